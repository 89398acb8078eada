//! The engine: one for the whole process, with a pool of sandboxes that are reset, never reused.

use std::sync::OnceLock;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, StoreLimits,
    StoreLimitsBuilder,
};

use crate::error::PolicyError;
use crate::limits::Limits;

/// Sandboxes that can exist at the same time; who comes later waits for one to be given back.
pub(crate) const SANDBOXES: u32 = 128;
/// The largest memory that a sandbox can have, in bytes, whatever the limits of a gate say: the
/// pool reserves address space, not memory, for each.
pub(crate) const LARGEST_MEMORY: usize = 1 << 30;
/// The largest table, in elements.
pub(crate) const LARGEST_TABLE: usize = 100_000;
/// Memory of an idle slot that stays with the process, in bytes: above what a check dirties, so
/// that the next check takes no page faults. What a check dirtied beyond it is given back.
const KEPT: usize = 4 << 20;
/// Sandboxes whose memory stays with the process when idle.
const WARM: u32 = 16;
/// WebAssembly stack in bytes. The rules do not recurse on input.
const STACK: usize = 256 << 10;

/// The engine of this process.
///
/// # Errors
///
/// [`PolicyError::Engine`] if the machine can run none.
pub(crate) fn engine() -> Result<&'static Engine, PolicyError> {
    static ENGINE: OnceLock<Result<Engine, String>> = OnceLock::new();
    let made = ENGINE.get_or_init(|| {
        let pooled = Engine::new(&config(true));
        // Where the address space is limited (`ulimit -v`) there is no pool: slower, not different.
        pooled.or_else(|_| Engine::new(&config(false))).map_err(|e| format!("{e:#}"))
    });
    made.as_ref().map_err(|e| PolicyError::Engine(e.clone()))
}

/// What a policy may be is decided here and not by what the engine happens to support.
fn config(pooled: bool) -> Config {
    let mut config = Config::new();
    // Fuel, not time: the same input uses the same, on every machine.
    config.consume_fuel(true);
    config.concurrency_support(false);
    config.wasm_component_model(true);
    config.wasm_relaxed_simd(false);
    config.max_wasm_stack(STACK);
    // A fault names its kind and function; an address in somebody's component says no more.
    config.wasm_backtrace_max_frames(None);
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    }
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(SANDBOXES);
    pool.total_core_instances(SANDBOXES * MODULES);
    pool.total_memories(SANDBOXES);
    pool.total_tables(SANDBOXES * TABLES);
    pool.max_core_instances_per_component(MODULES);
    pool.max_memories_per_component(1);
    pool.max_tables_per_component(TABLES);
    pool.max_memory_size(LARGEST_MEMORY);
    pool.table_elements(LARGEST_TABLE);
    pool.linear_memory_keep_resident(KEPT);
    pool.table_keep_resident(KEPT);
    pool.max_unused_warm_slots(WARM);
    // Linux 6.7 and later say which pages were written, so that only those are reset.
    pool.pagemap_scan(Enabled::Auto);
    pool
}

/// Core modules of one component: a policy has one, and a few that only connect it.
const MODULES: u32 = 8;
/// Tables of one component.
const TABLES: u32 = 4;

/// What a store may allocate.
pub(crate) fn store_limits(limits: &Limits) -> StoreLimits {
    StoreLimitsBuilder::new()
        .memory_size(limits.memory)
        .table_elements(limits.table)
        .instances(usize::try_from(MODULES).unwrap_or(usize::MAX) * 2)
        .memories(1)
        .tables(usize::try_from(TABLES).unwrap_or(usize::MAX))
        .trap_on_grow_failure(true)
        .build()
}
