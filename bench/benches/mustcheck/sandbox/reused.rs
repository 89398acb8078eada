//! For reference only: one instance of the component, used for every check.
//!
//! No product of ours does this: data of one application could reach the next. It shows how much of
//! a fresh check is the fresh sandbox and the host's own rails, none of which it has.

use std::sync::Arc;

use mustcheck::model::{AnswerFacts, Application, ApplicationFacts, DueLookup, Verdict};
use mustcheck::{JsonRegistry, Policy};
use mustcheck_facts as facts;
use mustcheck_model::boundary::Convert;
use mustcheck_model::described::Described;
use mustcheck_writer::{self as writer, Case};
use wasmtime::component::{Component, Linker, TypedFunc};
use wasmtime::{Config, Engine, Store};

use super::ask;

mod generated {
    #![allow(clippy::all, missing_docs, unused_qualifications, reason = "generated code")]

    wasmtime::component::bindgen!({ path: "../wit", world: "credit-check" });
}

use generated::exports::mustcheck::credit::policy as wit;

mustcheck_model::roles!(to_wit);
mustcheck_model::roles!(from_wit);
mustcheck_model::facts!(to_wit);
mustcheck_model::verdict!(from_wit);

const POLICY: &str = "mustcheck:credit/policy@0.2.0";

type Due = TypedFunc<(wit::Application,), (Result<Vec<wit::Due>, wit::Refusal>,)>;
type Decide =
    TypedFunc<(wit::Application, Vec<wit::Answer>), (Result<wit::Verdict, wit::Refusal>,)>;

/// The instance.
pub struct Reused {
    store: Store<()>,
    registry: Arc<JsonRegistry>,
    described: Described,
    due: Due,
    decide: Decide,
}

impl Reused {
    /// Starts the instance, with the engine settings of a gate.
    pub fn new(policy: &Policy, registry: Arc<JsonRegistry>) -> Self {
        let mut config = Config::new();
        config.consume_fuel(true);
        config.concurrency_support(false);
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, policy.component()).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX).unwrap();
        let instance = Linker::new(&engine).instantiate(&mut store, &component).unwrap();
        let interface = instance.get_export_index(&mut store, None, POLICY).unwrap();
        let due = instance.get_export_index(&mut store, Some(&interface), "due-lookups").unwrap();
        let decide = instance.get_export_index(&mut store, Some(&interface), "decide").unwrap();
        let due = instance.get_typed_func(&mut store, due).unwrap();
        let decide = instance.get_typed_func(&mut store, decide).unwrap();
        let described = Described::new(policy.description().clone());
        Self { store, registry, described, due, decide }
    }

    /// Checks an application: its JSON in, decision JSON out.
    pub fn check(&mut self, json: &[u8]) -> Vec<u8> {
        let application: Application = serde_json::from_slice(json).unwrap();
        let policy = &self.described;
        let asked: ApplicationFacts =
            facts::application(policy, &application, application.as_of).unwrap();
        let (due,) = self.due.call(&mut self.store, (asked.clone().convert(),)).unwrap();
        let due: Vec<DueLookup> = due.unwrap().convert();
        let queries = facts::queries(policy, &due);
        let given = ask(&*self.registry, &application, &queries);
        let rows =
            facts::answers::answered(policy, &application, asked.days(), &queries, &given).unwrap();
        let known: Vec<AnswerFacts> = facts::answers(policy, &rows);
        let parameters = (asked.clone().convert(), known.convert());
        let (verdict,) = self.decide.call(&mut self.store, parameters).unwrap();
        let verdict: Verdict = verdict.unwrap().convert();
        let case = Case::new(policy, &application, asked.days(), &given, &rows, &verdict);
        serde_json::to_vec(&writer::decision(&case).unwrap()).unwrap()
    }
}
