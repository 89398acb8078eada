//! The connection of the component with the rules: converts from the generated bindings to facts,
//! and back.
//!
//! Only built for WebAssembly: elsewhere the generated symbols have nothing to link against.

#![allow(clippy::all, reason = "generated code")]

use mustcheck_model::boundary::Convert;
use mustcheck_model::{AnswerFacts, ApplicationFacts};
use mustcheck_rules::catalogue::Catalogue;

use crate::baking;

wit_bindgen::generate!({ path: "../wit", world: "credit-check" });

use exports::mustcheck::credit::policy as wit;

struct Policy;

export!(Policy);

/// Returns the catalogue of a baked component. A component that was never baked has no policy and
/// traps: there is no decision that it could give.
fn catalogue() -> &'static Catalogue {
    match baking::catalogue() {
        Some(catalogue) => catalogue,
        None => core::arch::wasm32::unreachable(),
    }
}

impl wit::Guest for Policy {
    fn describe() -> wit::Description {
        catalogue().describe().convert()
    }

    fn due_lookups(application: wit::Application) -> Result<Vec<wit::Due>, wit::Refusal> {
        let application: ApplicationFacts = application.convert();
        mustcheck_rules::due::due(catalogue(), &application)
            .map(Convert::convert)
            .map_err(Convert::convert)
    }

    fn decide(
        application: wit::Application,
        answers: Vec<wit::Answer>,
    ) -> Result<wit::Verdict, wit::Refusal> {
        let application: ApplicationFacts = application.convert();
        let answers: Vec<AnswerFacts> = answers.convert();
        mustcheck_rules::decide::decide(catalogue(), &application, &answers)
            .map(Convert::convert)
            .map_err(Convert::convert)
    }
}

mustcheck_model::roles!(to_wit);
mustcheck_model::roles!(from_wit);
mustcheck_model::facts!(from_wit);
mustcheck_model::verdict!(to_wit);
mustcheck_model::description!(to_wit);
