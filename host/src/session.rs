//! A session: one sandbox, for one application, dropped whole whatever happened in it.

use mustcheck_model::boundary::Convert as _;
use mustcheck_model::{AnswerFacts, ApplicationFacts, Description, DueLookup, Refusal, Verdict};
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, InstancePre, Lift, Lower};

use crate::boundary::wit;
use crate::error::Fault;
use crate::limits::Limits;
use crate::sandbox::{Inside, Sandbox, component_fault};

#[cfg(test)]
mod tests;

/// The interface that a policy exports. It imports none.
pub const POLICY: &str = "mustcheck:credit/policy@0.2.0";

/// A component's functions, found once.
pub(crate) struct Exports {
    describe: ComponentExportIndex,
    due_lookups: ComponentExportIndex,
    decide: ComponentExportIndex,
}

impl Exports {
    /// Finds the functions of the policy interface; the name of the missing one otherwise.
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

/// Result of `due-lookups`.
type Due = (Result<Vec<wit::Due>, wit::Refusal>,);
/// Parameters and result of `decide`.
type Asked<'a> = (&'a wit::Application, &'a [wit::Answer]);
type Decided = (Result<wit::Verdict, wit::Refusal>,);

/// A session with a policy, in one sandbox.
pub(crate) struct Session<'a> {
    sandbox: Sandbox,
    exports: &'a Exports,
    limits: Limits,
    /// Units of fuel that the check had used before.
    used: u64,
}

impl<'a> Session<'a> {
    /// Begins a session in a fresh sandbox.
    pub(crate) fn start(
        pre: &InstancePre<Inside>,
        exports: &'a Exports,
        limits: Limits,
        used: u64,
    ) -> Result<Self, Fault> {
        let sandbox = Sandbox::start(pre, &limits, limits.fuel.saturating_sub(used))?;
        Ok(Self { sandbox, exports, limits, used })
    }

    /// Asks the policy for its description, once, when it is opened. This is also the place to
    /// check that the functions needed later have the right types.
    pub(crate) fn describe(&mut self) -> Result<Description, Fault> {
        let due = self.sandbox.function::<(&wit::Application,), Due>(&self.exports.due_lookups);
        due.map_err(|e| component_fault("due-lookups", &e, &self.limits))?;
        let decide = self.sandbox.function::<Asked<'_>, Decided>(&self.exports.decide);
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

    /// Asks the policy to decide. The caller has to check whether the verdict can be believed.
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

    /// Units of fuel used so far.
    pub(crate) fn fuel_used(&self) -> u64 {
        self.limits.fuel.saturating_sub(self.used).saturating_sub(self.sandbox.fuel_left())
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
        let called = self.sandbox.call(index, parameters);
        called.map_err(|error| component_fault(name, &error, &self.limits))
    }
}

/// Makes the fault of a component that refuses facts which are as the interface has them.
fn refused(during: &'static str, refusal: wit::Refusal) -> Fault {
    let refusal: Refusal = refusal.convert();
    Fault::component(during, format!("it refuses the facts: {refusal}"))
}
