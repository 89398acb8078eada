//! The engine: one for the whole process, with a pool of sandboxes that are reset, never reused.

use std::sync::OnceLock;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OperatorCost, PoolingAllocationConfig,
    ResourceLimiter,
};

use crate::error::PolicyError;
use crate::limits::{LARGEST_MEMORY, LARGEST_TABLE, Limits};
use crate::swap;

/// Largest number of sandboxes at the same time; a later check waits until one is given back.
pub(crate) const SANDBOXES: u32 = 128;
/// Memory of an idle slot that stays with the process, in bytes: above what a check dirties, so
/// that the next check takes no page faults. What a check dirtied beyond it is given back.
const KEPT: usize = 4 << 20;
/// Memory of a slot that is overwritten after each check where the kernel does not report which
/// pages were written, in bytes: the stack, and the input of a check. What lies behind is given
/// back.
const REWRITTEN: usize = 128 << 10;
/// Sandboxes whose memory stays with the process when idle.
const WARM: u32 = 16;
/// WebAssembly stack in bytes. The rules do not recurse on input.
const STACK: usize = 256 << 10;

/// The engine of this process.
///
/// # Errors
///
/// [`PolicyError::Engine`] if no engine runs on this machine.
pub(crate) fn engine() -> Result<&'static Engine, PolicyError> {
    made().as_ref().map(|made| &made.engine).map_err(|e| PolicyError::Engine(e.clone()))
}

/// Whether the address space is limited (`ulimit -v`), so that there is no pool.
pub(crate) fn is_confined() -> bool {
    made().as_ref().is_ok_and(|made| !made.pooled)
}

/// Whether a sandbox may hold data that another left: its pages are only known to be clean without
/// swap, and swap has appeared.
pub(crate) fn is_unclean() -> bool {
    made().as_ref().is_ok_and(|made| made.scanned) && swap::has_appeared()
}

struct Made {
    engine: Engine,
    pooled: bool,
    /// Whether the kernel is asked which pages were written.
    scanned: bool,
}

fn made() -> &'static Result<Made, String> {
    static ENGINE: OnceLock<Result<Made, String>> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let scanned = !swap::is_there();
        let made = |pooled| {
            let engine = Engine::new(&config(pooled, scanned))?;
            Ok::<_, wasmtime::Error>(Made { engine, pooled, scanned: pooled && scanned })
        };
        // Without the pool it is slower, not different.
        made(true).or_else(|_| made(false)).map_err(|e| format!("{e:#}"))
    })
}

/// Returns the engine's configuration. It fixes which features a policy may use, so that this does
/// not depend on what the engine happens to support.
fn config(pooled: bool, scanned: bool) -> Config {
    let mut config = Config::new();
    // Fuel, not time: the same input uses the same, on every machine.
    config.consume_fuel(true);
    config.operator_cost(costs());
    config.concurrency_support(false);
    config.wasm_component_model(true);
    config.wasm_relaxed_simd(false);
    config.max_wasm_stack(STACK);
    // A fault names its kind and function; an address in somebody's component says no more.
    config.wasm_backtrace_max_frames(None);
    config.generate_address_map(false);
    if pooled {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(scanned)));
    } else {
        reserve_little(&mut config);
    }
    config
}

/// Configures memories for a limited address space: a memory may not reserve 4 GiB before it holds
/// anything, so it is moved when it grows, and its bounds are checked in code.
pub(crate) fn reserve_little(config: &mut Config) {
    config.memory_reservation(0);
    config.memory_reservation_for_growth(16 << 20);
    config.memory_guard_size(0);
}

/// Returns the error for a component that the engine did not compile, in words for its author.
pub(crate) fn unfit(error: &wasmtime::Error) -> PolicyError {
    let cause = error.root_cause().to_string();
    let cause = match cause.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => cause,
    };
    PolicyError::Component(if format!("{error:#}").contains("pooling allocator") {
        format!(
            "it needs more than a sandbox has, which is {MODULES} core modules, one memory of up \
             to {LARGEST_MEMORY} bytes, and one table in a module: {cause}"
        )
    } else {
        format!("it does not compile: {cause}")
    })
}

/// Fuel costs of the instructions that go through the host even when they do nothing: at one unit
/// each, a loop over them would run ten times as long as any other on the same fuel. The rules
/// hardly use them.
fn costs() -> OperatorCost {
    let mut cost = OperatorCost::new();
    (cost.MemoryGrow, cost.TableGrow) = (100, 100);
    (cost.TableCopy, cost.TableFill, cost.TableInit) = (20, 20, 20);
    (cost.MemoryInit, cost.DataDrop, cost.ElemDrop, cost.RefFunc) = (20, 20, 20, 20);
    cost
}

fn pool(scanned: bool) -> PoolingAllocationConfig {
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
    pool.linear_memory_keep_resident(if scanned { KEPT } else { REWRITTEN });
    pool.table_keep_resident(KEPT);
    pool.max_unused_warm_slots(WARM);
    // Linux 6.7 and later say which pages were written, so that only those are reset.
    pool.pagemap_scan(if scanned { Enabled::Auto } else { Enabled::No });
    pool
}

/// Core modules of one component: a policy has one, and a few that only connect it.
const MODULES: u32 = 8;
/// Tables of one component.
const TABLES: u32 = 4;

/// Memory and table that a store may allocate, in bytes and elements. A component that asks for
/// more is ended with an error that names the limit: a program that sees its allocation fail says
/// less.
pub(crate) struct Allowance {
    memory: usize,
    table: usize,
}

impl Allowance {
    pub(crate) const fn of(limits: &Limits) -> Self {
        Self { memory: limits.memory, table: limits.table }
    }
}

/// Error: a component asked for more than its limit, or than there is.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(String);

fn within(what: &str, asked: usize, unit: &str, limit: usize) -> wasmtime::Result<bool> {
    if asked <= limit {
        return Ok(true);
    }
    let refused = format!("it asks for a {what} of {asked} {unit}, more than the limit of {limit}");
    Err(Refused(refused).into())
}

impl ResourceLimiter for Allowance {
    fn memory_growing(
        &mut self,
        _current: usize,
        asked: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        within("memory", asked, "bytes", self.memory)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Refused(format!("its memory cannot grow: {error}")).into())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        asked: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        within("table", asked, "elements", self.table)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Refused(format!("its table cannot grow: {error}")).into())
    }

    fn instances(&self) -> usize {
        // The component's own, and those that only connect them.
        usize::try_from(MODULES).unwrap_or(usize::MAX) * 2
    }

    fn tables(&self) -> usize {
        usize::try_from(TABLES).unwrap_or(usize::MAX)
    }

    fn memories(&self) -> usize {
        1
    }
}
