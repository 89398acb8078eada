//! The engine and its limits: one fresh, limited sandbox per application.

use std::sync::Arc;

use mustcheck_guest::model::{Answer, Query};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine, Store, StoreLimits, StoreLimitsBuilder};

use crate::error::PolicyError;

/// The interface that a policy imports, and the only one it gets.
pub const REGISTRY: &str = "mustcheck:credit/registry@0.1.0";
/// The interface that a policy exports.
pub const POLICY: &str = "mustcheck:credit/policy@0.1.0";

/// What one check may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory in bytes.
    pub memory: usize,
    /// Elements of a table.
    pub table: usize,
    /// Units of fuel, about one for each WebAssembly instruction; the same input uses the same.
    pub fuel: u64,
}

impl Default for Limits {
    /// 256 MiB, 10,000 elements, 20 billion units: a bid with 10,000 subjects fits, an endless
    /// loop ends within seconds.
    fn default() -> Self {
        Self { memory: 256 << 20, table: 10_000, fuel: 20_000_000_000 }
    }
}

/// What a sandbox knows of its host.
pub(crate) struct Sandbox {
    limits: StoreLimits,
    /// The lookups that the host made, and what it saw; none before it has made them.
    pub(crate) made: Option<Arc<Vec<Answer>>>,
    /// The lookups that are due, to hold the component's question against.
    pub(crate) due: Arc<Vec<Query>>,
    /// How often the component asked.
    pub(crate) asked: u32,
    /// Why the host refused a question, in words for the component's author.
    pub(crate) refused: Option<String>,
}

/// An engine for policies.
pub(crate) fn engine() -> Result<Engine, PolicyError> {
    let mut config = Config::new();
    config.consume_fuel(true);
    config.concurrency_support(false);
    // What a policy may be is decided here and not by what the engine happens to support.
    config.wasm_component_model(true);
    config.wasm_relaxed_simd(false);
    Engine::new(&config).map_err(|e| PolicyError::Engine(format!("{e:#}")))
}

/// A store for one application.
pub(crate) fn store(engine: &Engine, limits: Limits) -> wasmtime::Result<Store<Sandbox>> {
    let sandbox = Sandbox {
        limits: StoreLimitsBuilder::new()
            .memory_size(limits.memory)
            .table_elements(limits.table)
            .instances(16)
            .memories(4)
            .tables(8)
            .trap_on_grow_failure(true)
            .build(),
        made: None,
        due: Arc::default(),
        asked: 0,
        refused: None,
    };
    let mut store = Store::new(engine, sandbox);
    store.limiter(|sandbox| &mut sandbox.limits);
    store.set_fuel(limits.fuel)?;
    Ok(store)
}

/// A linker that offers the registry and nothing else.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Sandbox>> {
    let mut linker = Linker::new(engine);
    linker.instance(REGISTRY)?.func_wrap("lookup", lookup)?;
    Ok(linker)
}

/// The policy's only capability: what the host has already looked up, if it asks for exactly that.
// RAIL R1: the host makes the lookups and watches; a question that differs ends the check.
fn lookup(
    mut store: wasmtime::StoreContextMut<'_, Sandbox>,
    (queries,): (Vec<Query>,),
) -> wasmtime::Result<(Arc<Vec<Answer>>,)> {
    let sandbox = store.data_mut();
    sandbox.asked += 1;
    let refusal = match &sandbox.made {
        None => "`lookup` may only be called by `check`, not by `due-lookups` or `describe`",
        Some(_) if sandbox.asked > 1 => "`check` calls `lookup` more than once",
        Some(_) if queries != *sandbox.due => {
            "`check` asks for other lookups than `due-lookups` said were due"
        }
        Some(made) => return Ok((Arc::clone(made),)),
    };
    sandbox.refused = Some(refusal.into());
    wasmtime::bail!(refusal)
}
