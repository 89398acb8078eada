//! For reference only: one instance of the component, used for every check.
//!
//! No product of ours does this: what one application leaves behind could reach the next. It
//! shows how much of a fresh check is the freshness and the host's own rails, none of which it has.

use std::sync::Arc;

use mustcheck::model::{Answer, Application, ApplicationError, Decision, Query};
use mustcheck::{JsonRegistry, Policy};
use wasmtime::component::{Component, Linker, TypedFunc};
use wasmtime::{Config, Engine, Store};

use super::ask;

const REGISTRY: &str = "mustcheck:credit/registry@0.1.0";
const POLICY: &str = "mustcheck:credit/policy@0.1.0";

/// What the instance's only import sees.
struct Host {
    registry: Arc<JsonRegistry>,
    application: Option<Application>,
}

/// The instance.
pub struct Reused {
    store: Store<Host>,
    check: TypedFunc<(Application, bool), (Result<Decision, ApplicationError>,)>,
}

impl Reused {
    /// Starts the instance, with the engine's settings of a gate.
    pub fn new(policy: &Policy, registry: Arc<JsonRegistry>) -> Self {
        let mut config = Config::new();
        config.consume_fuel(true);
        config.concurrency_support(false);
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, policy.component()).unwrap();
        let mut linker = Linker::<Host>::new(&engine);
        linker
            .instance(REGISTRY)
            .unwrap()
            .func_wrap(
                "lookup",
                |store, (queries,): (Vec<Query>,)| -> wasmtime::Result<(Vec<Answer>,)> {
                    let store: wasmtime::StoreContextMut<'_, Host> = store;
                    let host = store.data();
                    let application = host.application.as_ref().unwrap();
                    Ok((ask(&*host.registry, application, &queries),))
                },
            )
            .unwrap();
        let mut store = Store::new(&engine, Host { registry, application: None });
        store.set_fuel(u64::MAX).unwrap();
        let instance = linker.instantiate(&mut store, &component).unwrap();
        let interface = instance.get_export_index(&mut store, None, POLICY).unwrap();
        let function = instance.get_export_index(&mut store, Some(&interface), "check").unwrap();
        let check = instance.get_typed_func(&mut store, function).unwrap();
        Self { store, check }
    }

    /// Application JSON in, decision JSON out.
    pub fn check(&mut self, json: &[u8]) -> Vec<u8> {
        let application: Application = serde_json::from_slice(json).unwrap();
        self.store.data_mut().application = Some(application.clone());
        let (decision,) = self.check.call(&mut self.store, (application, true)).unwrap();
        serde_json::to_vec(&decision.unwrap()).unwrap()
    }
}
