//! A session: one sandbox, for one application, dropped whole whatever happened in it.

use std::sync::{Condvar, Mutex, PoisonError};

use mustcheck_model::boundary::Convert as _;
use mustcheck_model::{AnswerFacts, ApplicationFacts, Description, DueLookup, Refusal, Verdict};
use wasmtime::component::{
    ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Lower, TypedFunc,
};
use wasmtime::{PoolConcurrencyLimitError, Store, Trap};

use crate::boundary::wit;
use crate::engine::{Allowance, Refused, SANDBOXES, is_unclean};
use crate::error::Fault;
use crate::limits::Limits;

/// The interface that a policy exports. It imports none.
pub const POLICY: &str = "mustcheck:credit/policy@0.2.0";

/// What a sandbox knows of its host.
pub(crate) struct Sandbox {
    allowance: Allowance,
}

/// A component's functions, found once.
pub(crate) struct Exports {
    describe: ComponentExportIndex,
    due_lookups: ComponentExportIndex,
    decide: ComponentExportIndex,
}

impl Exports {
    /// The functions of the policy interface; the name of the one that is missing otherwise.
    pub(crate) fn of(component: &wasmtime::component::Component) -> Result<Self, &'static str> {
        let interface = component.get_export_index(None, POLICY).ok_or(POLICY)?;
        let function =
            |name: &'static str| component.get_export_index(Some(&interface), name).ok_or(name);
        Ok(Self {
            describe: function("describe")?,
            due_lookups: function("due-lookups")?,
            decide: function("decide")?,
        })
    }
}

/// What `due-lookups` returns.
type Due = (Result<Vec<wit::Due>, wit::Refusal>,);
/// What `decide` takes and returns.
type Asked<'a> = (&'a wit::Application, &'a [wit::Answer]);
type Decided = (Result<wit::Verdict, wit::Refusal>,);

/// One sandbox.
pub(crate) struct Session<'a> {
    store: Store<Sandbox>,
    instance: Instance,
    exports: &'a Exports,
    limits: Limits,
    /// Fuel that the check had used before.
    used: u64,
    /// Given back after the store, which holds the slot.
    _place: Place,
}

impl<'a> Session<'a> {
    /// A fresh sandbox.
    pub(crate) fn start(
        pre: &InstancePre<Sandbox>,
        exports: &'a Exports,
        limits: Limits,
        used: u64,
    ) -> Result<Self, Fault> {
        if is_unclean() {
            return Err(Fault::Swap);
        }
        let place = Place::take();
        let mut missed = 0;
        loop {
            let mut store = Self::store(pre, &limits);
            let fuel = limits.fuel.saturating_sub(used);
            let started = store.set_fuel(fuel).and_then(|()| pre.instantiate(&mut store));
            match started {
                Ok(instance) => {
                    return Ok(Self { store, instance, exports, limits, used, _place: place });
                }
                // The pool keeps its slots in parts and looks through one after the other: a slot
                // that is given back behind its back is missed, and found the next time.
                Err(error) if missed < MISSES && error.is::<PoolConcurrencyLimitError>() => {
                    missed += 1;
                    std::thread::yield_now();
                }
                Err(error) => return Err(component_fault("start", &error, &limits)),
            }
        }
    }

    /// What a sandbox is made in.
    fn store(pre: &InstancePre<Sandbox>, limits: &Limits) -> Store<Sandbox> {
        let sandbox = Sandbox { allowance: Allowance::of(limits) };
        let mut store = Store::new(pre.engine(), sandbox);
        store.limiter(|sandbox| &mut sandbox.allowance);
        store.set_hostcall_fuel(limits.output);
        // Nothing in the interface is a resource; a handle lies in the host's memory.
        store.set_max_component_handles(0);
        store
    }

    /// What the policy says of itself; asked once, when it is opened, and so the place to see that
    /// the functions which it has for later are of their types too.
    pub(crate) fn describe(&mut self) -> Result<Description, Fault> {
        let due = self.function::<(&wit::Application,), Due>(&self.exports.due_lookups);
        due.map_err(|e| component_fault("due-lookups", &e, &self.limits))?;
        let decide = self.function::<Asked<'_>, Decided>(&self.exports.decide);
        decide.map_err(|e| component_fault("decide", &e, &self.limits))?;
        let index = self.exports.describe;
        let (description,) = self.call::<(), (wit::Description,)>("describe", &index, ())?;
        Ok(description.convert())
    }

    pub(crate) fn due_lookups(
        &mut self,
        application: &ApplicationFacts,
    ) -> Result<Vec<DueLookup>, Fault> {
        let index = self.exports.due_lookups;
        let application = application.clone().convert();
        let (due,) =
            self.call::<(&wit::Application,), Due>("due-lookups", &index, (&application,))?;
        due.map(|due| due.convert()).map_err(|refusal| refused("due-lookups", refusal))
    }

    /// Has the policy decide. Whether its verdict can be believed is for the caller to see.
    pub(crate) fn decide(
        &mut self,
        application: &ApplicationFacts,
        answers: &[AnswerFacts],
    ) -> Result<Verdict, Fault> {
        let index = self.exports.decide;
        let application = application.clone().convert();
        let answers: Vec<wit::Answer> = answers.to_vec().convert();
        let parameters = (&application, answers.as_slice());
        let (verdict,) = self.call::<Asked<'_>, Decided>("decide", &index, parameters)?;
        verdict.map(|verdict| verdict.convert()).map_err(|refusal| refused("decide", refusal))
    }

    /// Fuel used so far.
    pub(crate) fn fuel_used(&self) -> u64 {
        let left = self.store.get_fuel().unwrap_or_default();
        self.limits.fuel.saturating_sub(self.used).saturating_sub(left)
    }

    fn function<P, R>(&mut self, index: &ComponentExportIndex) -> wasmtime::Result<TypedFunc<P, R>>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        self.instance.get_typed_func::<P, R>(&mut self.store, index)
    }

    fn call<P, R>(
        &mut self,
        name: &'static str,
        index: &ComponentExportIndex,
        parameters: P,
    ) -> Result<R, Fault>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        let function = self.function::<P, R>(index);
        let called = function.and_then(|f| f.call(&mut self.store, parameters));
        called.map_err(|error| component_fault(name, &error, &self.limits))
    }
}

/// A component that does not decide on facts which are as the interface has them.
fn refused(during: &'static str, refusal: wit::Refusal) -> Fault {
    let refusal: Refusal = refusal.convert();
    Fault::component(during, format!("it refuses the facts: {refusal}"))
}

/// What happened in a component, in words that tell its author what to change.
fn component_fault(during: &'static str, error: &wasmtime::Error, limits: &Limits) -> Fault {
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return Fault::component(during, refused.to_string());
    }
    let detail = match error.downcast_ref::<Trap>() {
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
        None => untyped(during, &format!("{error:#}"), limits),
    };
    Fault::component(during, detail)
}

/// What the engine has no type for, told apart by its words; a test holds each of them.
fn untyped(during: &'static str, said: &str, limits: &Limits) -> String {
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
             generate its bindings from `wit/credit.wit`"
        )
    }
}

/// How often the pool may miss the slot that a place stands for. Several in a row are rare, and a
/// pool that is full in truth has to say so.
const MISSES: u32 = 1_000;

/// One of the sandboxes that the pool holds. Whoever finds none waits for one.
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
