//! A session: one sandbox, for one application, dropped whole whatever happened in it.

use std::sync::{Condvar, Mutex, PoisonError};

use mustcheck_guest::date::Date;
use mustcheck_guest::model::{Answer, Application, ApplicationError, Decision, Description, Query};
use std::sync::Arc;
use wasmtime::component::{
    ComponentExportIndex, ComponentNamedList, Instance, InstancePre, Lift, Linker, Lower, TypedFunc,
};
use wasmtime::{Engine, PoolConcurrencyLimitError, Store, StoreContextMut, Trap};

use crate::engine::{Allowance, Refused, SANDBOXES};
use crate::error::{CheckError, Fault};
use crate::limits::Limits;

/// The interface that a policy imports, and the only one it gets.
pub const REGISTRY: &str = "mustcheck:credit/registry@0.1.0";
/// The interface that a policy exports.
pub const POLICY: &str = "mustcheck:credit/policy@0.1.0";

/// What makes the lookups that a component asks for, once.
pub(crate) type Lookup = Box<dyn FnOnce(Vec<Query>) -> Result<Made, CheckError> + Send>;

/// Lookups that the host made.
#[derive(Clone)]
pub(crate) struct Made {
    /// What was due.
    pub(crate) due: Arc<Vec<Query>>,
    /// What the registry answered.
    pub(crate) answers: Arc<Vec<Answer>>,
}

/// What a sandbox knows of its host.
pub(crate) struct Sandbox {
    allowance: Allowance,
    /// What may be called once; none before `check` and after it was called.
    lookup: Option<Lookup>,
    /// Whether `check` runs.
    checking: bool,
    /// The lookups that the host made for the component.
    made: Option<Made>,
    /// Why the host refused the component's question.
    refused: Option<CheckError>,
}

/// A component's functions, found once.
pub(crate) struct Exports {
    describe: ComponentExportIndex,
    due_lookups: ComponentExportIndex,
    check: ComponentExportIndex,
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
            check: function("check")?,
        })
    }
}

/// A linker that offers the registry and nothing else.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<Sandbox>> {
    let mut linker = Linker::new(engine);
    linker.instance(REGISTRY)?.func_wrap("lookup", lookup)?;
    Ok(linker)
}

/// The policy's only capability.
// RAIL R1: the host itself makes the lookups, and holds the question against what is due.
fn lookup(
    mut store: StoreContextMut<'_, Sandbox>,
    (queries,): (Vec<Query>,),
) -> wasmtime::Result<(Arc<Vec<Answer>>,)> {
    let sandbox = store.data_mut();
    let answered = match sandbox.lookup.take() {
        Some(lookup) => lookup(queries),
        None => {
            let detail = if sandbox.checking {
                "`check` calls `lookup` more than once"
            } else {
                "`lookup` may only be called by `check`, not by `due-lookups` or `describe`"
            };
            Err(Fault::component("lookup", detail).into())
        }
    };
    match answered {
        Ok(made) => {
            let answers = Arc::clone(&made.answers);
            sandbox.made = Some(made);
            Ok((answers,))
        }
        Err(refused) => {
            sandbox.refused = Some(refused);
            wasmtime::bail!("the host refused the lookup")
        }
    }
}

/// What `due-lookups` returns.
type Due = (Result<Vec<Query>, ApplicationError>,);
/// What `check` returns.
type Decided = (Result<Decision, ApplicationError>,);

/// One sandbox.
pub(crate) struct Session<'a> {
    store: Store<Sandbox>,
    instance: Instance,
    exports: &'a Exports,
    limits: Limits,
    /// Given back after the store, which holds the slot.
    _place: Place,
}

impl<'a> Session<'a> {
    /// A fresh sandbox.
    pub(crate) fn start(
        pre: &InstancePre<Sandbox>,
        exports: &'a Exports,
        limits: Limits,
    ) -> Result<Self, Fault> {
        let place = Place::take();
        let mut missed = 0;
        loop {
            let mut store = Self::store(pre, &limits);
            let started = store.set_fuel(limits.fuel).and_then(|()| pre.instantiate(&mut store));
            match started {
                Ok(instance) => {
                    return Ok(Self { store, instance, exports, limits, _place: place });
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
        let sandbox = Sandbox {
            allowance: Allowance::of(limits),
            lookup: None,
            checking: false,
            made: None,
            refused: None,
        };
        let mut store = Store::new(pre.engine(), sandbox);
        store.limiter(|sandbox| &mut sandbox.allowance);
        store.set_hostcall_fuel(limits.output);
        // Nothing in the interface is a resource; a handle lies in the host's memory.
        store.set_max_component_handles(0);
        store
    }

    /// What the policy says of itself; asked once, when it is opened, and so the place to see that
    /// the functions which it has for later are of their types too.
    pub(crate) fn describe(&mut self) -> Result<Description, CheckError> {
        let due = self.function::<(&Application, Date), Due>(&self.exports.due_lookups);
        due.map_err(|e| component_fault("due-lookups", &e, &self.limits))?;
        let check = self.function::<(&Application, Date, bool), Decided>(&self.exports.check);
        check.map_err(|e| component_fault("check", &e, &self.limits))?;
        let index = self.exports.describe;
        let (description,) = self.call::<(), (Description,)>("describe", &index, ())?;
        Ok(description)
    }

    pub(crate) fn due_lookups(
        &mut self,
        application: &Application,
        made_on: Date,
    ) -> Result<Result<Vec<Query>, ApplicationError>, CheckError> {
        let index = self.exports.due_lookups;
        let parameters = (application, made_on);
        let (due,) = self.call::<(&Application, Date), Due>("due-lookups", &index, parameters)?;
        Ok(due)
    }

    /// Runs the check. The component asks through `lookup`, at most once; whether it did is for
    /// the caller to see.
    pub(crate) fn check(
        &mut self,
        application: &Application,
        made_on: Date,
        notice: bool,
        lookup: Lookup,
    ) -> Result<Result<Decision, ApplicationError>, CheckError> {
        let sandbox = self.store.data_mut();
        sandbox.lookup = Some(lookup);
        sandbox.checking = true;
        let index = self.exports.check;
        let parameters = (application, made_on, notice);
        let (decision,) =
            self.call::<(&Application, Date, bool), Decided>("check", &index, parameters)?;
        Ok(decision)
    }

    /// The lookups that the component asked for and the host made.
    pub(crate) fn made(&mut self) -> Option<Made> {
        self.store.data_mut().made.take()
    }

    /// Fuel used so far.
    pub(crate) fn fuel_used(&self) -> u64 {
        self.limits.fuel.saturating_sub(self.store.get_fuel().unwrap_or_default())
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
    ) -> Result<R, CheckError>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        let function = self.function::<P, R>(index);
        let called = function.and_then(|f| f.call(&mut self.store, parameters));
        called.map_err(|error| match self.store.data_mut().refused.take() {
            Some(refused) => refused,
            None => component_fault(name, &error, &self.limits).into(),
        })
    }
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
        // The imports are connected last.
        Some(Trap::IndirectCallToNull) if during == "start" => {
            "it calls through an empty table entry: `lookup` may not be called while it starts"
                .into()
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
