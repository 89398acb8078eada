//! Sandboxes: one instance of a component, fresh and limited, dropped whole whatever happened in it.

use std::sync::{Condvar, Mutex, PoisonError};

use wasmtime::component::{
    ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Lower, TypedFunc,
};
use wasmtime::{PoolConcurrencyLimitError, Store, Trap};

use crate::engine::{Allowance, Refused, SANDBOXES, is_unclean};
use crate::error::Fault;
use crate::limits::Limits;

/// Data of the host for one sandbox.
pub(crate) struct Inside {
    allowance: Allowance,
}

/// One sandbox.
pub(crate) struct Sandbox {
    store: Store<Inside>,
    instance: Instance,
    /// Given back after the store, which holds the slot.
    _place: Place,
}

impl Sandbox {
    /// Starts a fresh sandbox, with so much fuel.
    pub(crate) fn start(
        pre: &InstancePre<Inside>,
        limits: &Limits,
        fuel: u64,
    ) -> Result<Self, Fault> {
        if is_unclean() {
            return Err(Fault::Swap);
        }
        let place = Place::take();
        let mut missed = 0;
        loop {
            let mut store = Self::store(pre, limits);
            let started = store.set_fuel(fuel).and_then(|()| pre.instantiate(&mut store));
            match started {
                Ok(instance) => return Ok(Self { store, instance, _place: place }),
                // The pool keeps its slots in parts and looks through one after the other: a slot
                // that is given back behind its back is missed, and found the next time.
                Err(error) if missed < MISSES && error.is::<PoolConcurrencyLimitError>() => {
                    missed += 1;
                    std::thread::yield_now();
                }
                Err(error) => return Err(component_fault("start", &error, limits)),
            }
        }
    }

    /// Makes the store of a sandbox, with the limits on memory, table and output.
    fn store(pre: &InstancePre<Inside>, limits: &Limits) -> Store<Inside> {
        let inside = Inside { allowance: Allowance::of(limits) };
        let mut store = Store::new(pre.engine(), inside);
        store.limiter(|inside| &mut inside.allowance);
        store.set_hostcall_fuel(limits.output);
        // Nothing in the interfaces is a resource; a handle lies in the host's memory.
        store.set_max_component_handles(0);
        store
    }

    /// Units of fuel that are left.
    pub(crate) fn fuel_left(&self) -> u64 {
        self.store.get_fuel().unwrap_or_default()
    }

    /// A function of the component.
    pub(crate) fn function<P, R>(
        &mut self,
        index: &ComponentExportIndex,
    ) -> wasmtime::Result<TypedFunc<P, R>>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        self.instance.get_typed_func::<P, R>(&mut self.store, index)
    }

    /// Calls a function of the component.
    pub(crate) fn call<P, R>(
        &mut self,
        index: &ComponentExportIndex,
        parameters: P,
    ) -> wasmtime::Result<R>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        self.function::<P, R>(index)?.call(&mut self.store, parameters)
    }
}

/// A fault of a policy's component, in words that tell its author what to change.
pub(crate) fn component_fault(
    during: &'static str,
    error: &wasmtime::Error,
    limits: &Limits,
) -> Fault {
    Fault::component(during, described(during, error, limits, "wit/credit.wit"))
}

/// Describes what happened in a component of the interface in `wit`.
pub(crate) fn described(
    during: &'static str,
    error: &wasmtime::Error,
    limits: &Limits,
    wit: &str,
) -> String {
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return refused.to_string();
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => {
            format!("it ran out of fuel ({}): it loops, or needs a higher limit", limits.fuel)
        }
        Some(Trap::StackOverflow) => "its stack overflowed: it recurses without end".into(),
        Some(Trap::UnreachableCodeReached) => {
            "it trapped: it panicked, or its catalogue was never baked in".into()
        }
        Some(trap) => {
            let trap = trap.to_string();
            format!("it trapped: {}", trap.strip_prefix("wasm trap: ").unwrap_or(&trap))
        }
        None => untyped(during, &format!("{error:#}"), limits, wit),
    }
}

/// Describes an error for which the engine has no type, by its words; a test checks each of them.
fn untyped(during: &'static str, said: &str, limits: &Limits, wit: &str) -> String {
    if said.contains("fuel allocated for hostcalls") {
        format!("it hands the host more than {} bytes at once", limits.output)
    } else if said.contains("store handle limit") {
        "it makes a handle of a resource: the interface has none".into()
    } else if let Some((_, mismatch)) =
        said.split_once("failed to convert function to given type: ")
    {
        format!("its type is not that of the interface: {mismatch}")
    } else if during == "start" {
        format!("its sandbox cannot be made: {said}")
    } else {
        format!(
            "a value that it takes or returns is not laid out as the interface has it: {said}; \
             generate its bindings from `{wit}`"
        )
    }
}

/// Largest number of times that the pool may miss a slot that is free. Several in a row are rare,
/// and a pool that is really full has to say so.
const MISSES: u32 = 1_000;

/// One of the sandboxes that the pool holds. A caller that finds none waits for one.
struct Place;

static FREE: Mutex<u32> = Mutex::new(SANDBOXES);
static GIVEN_BACK: Condvar = Condvar::new();

impl Place {
    fn take() -> Self {
        // A count is sound whatever the thread did that panicked with the lock.
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = GIVEN_BACK.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Self
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *FREE.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        GIVEN_BACK.notify_one();
    }
}
