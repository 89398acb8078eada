//! The one place where the component meets the rules: generated bindings in, facts out, and back.
//!
//! Only built for WebAssembly: elsewhere the generated symbols have nothing to link against.

#![allow(clippy::all, reason = "generated code")]

use crate::baking;
use crate::boundary::Convert;
use crate::catalogue::Catalogue;
use crate::model::{AnswerFacts, ApplicationFacts};

wit_bindgen::generate!({ path: "../wit", world: "credit-check" });

use exports::mustcheck::credit::policy as wit;

struct Policy;

export!(Policy);

/// The catalogue of a baked component. A component that was never baked has no policy, and says
/// so by trapping: there is no decision that it could give.
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
        crate::due::due(catalogue(), &application).map(Convert::convert).map_err(Convert::convert)
    }

    fn decide(
        application: wit::Application,
        answers: Vec<wit::Answer>,
    ) -> Result<wit::Verdict, wit::Refusal> {
        let application: ApplicationFacts = application.convert();
        let answers: Vec<AnswerFacts> = answers.convert();
        crate::decide::decide(catalogue(), &application, &answers)
            .map(Convert::convert)
            .map_err(Convert::convert)
    }
}

crate::roles!(to_wit);
crate::roles!(from_wit);
crate::facts!(from_wit);
crate::verdict!(to_wit);
crate::description!(to_wit);
