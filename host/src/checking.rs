//! A check, step by step: facts, due lookups, answers, verdict, words. One path for registries that
//! answer at once, for those that are waited for, and for evidence that is derived again.

use std::sync::Arc;

use mustcheck_facts as facts;
use mustcheck_facts::answers::answered;
use mustcheck_model::date::Date;
use mustcheck_model::{
    Answer, Application, ApplicationError, ApplicationFacts, Decision, Problem, Query, Verdict,
};
use mustcheck_writer::{self as writer, Case};

use crate::due::Due;
use crate::error::{CheckError, Fault, Rail};
use crate::input::shortened;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::rails;

/// A check whose due lookups are known and not yet made.
pub(crate) struct Begun<'p> {
    policy: &'p Policy,
    application: Arc<Application>,
    facts: ApplicationFacts,
    due: Due,
    limits: Limits,
}

/// Result of a check.
pub(crate) struct Decided {
    pub(crate) decision: Decision,
    /// Lookups that were due.
    pub(crate) due: Arc<Vec<Query>>,
    /// Answers of the registry.
    pub(crate) answers: Arc<Vec<Answer>>,
    /// Verdict of the component.
    pub(crate) verdict: Arc<Verdict>,
    pub(crate) fuel: u64,
}

impl<'p> Begun<'p> {
    /// Makes the facts of an application, and has the policy say what is due. A check takes the same
    /// fuel whichever registry it asks.
    pub(crate) fn begin(
        policy: &'p Policy,
        application: Arc<Application>,
        made_on: Date,
        limits: Limits,
    ) -> Result<Self, CheckError> {
        let described = policy.described();
        let facts = facts::application(described, &application, made_on).map_err(invalid)?;
        let due = due(policy, &facts, limits)?;
        Ok(Self { policy, application, facts, due, limits })
    }

    /// Returns the due lookups.
    pub(crate) const fn due(&self) -> &Arc<Vec<Query>> {
        &self.due.queries
    }

    /// Returns the application that is checked.
    pub(crate) const fn application(&self) -> &Arc<Application> {
        &self.application
    }

    /// Asks the policy to decide on the answers, checks its verdict against the rails, and writes
    /// the decision.
    pub(crate) fn decide(self, answers: Arc<Vec<Answer>>) -> Result<Decided, CheckError> {
        let (described, days) = (self.policy.described(), self.facts.days());
        let answered = answered(described, &self.application, days, self.due(), &answers);
        let answered = answered.map_err(invalid)?;
        let facts = facts::answers(described, &answered);
        let mut session = self.policy.session(self.limits, self.due.fuel)?;
        let verdict = session.decide(&self.facts, &facts)?;
        let fuel = self.due.fuel + session.fuel_used();
        // Writing needs no sandbox any more.
        drop(session);
        let held = rails::Held {
            policy: described,
            application: &self.facts,
            answers: &facts,
            answered: &answered,
        };
        rails::verdict(&held, &verdict)?;
        let case = Case::new(described, &self.application, days, &answers, &answered, &verdict);
        let decision = writer::decision(&case)
            .map_err(|e| Fault::Rail { rail: Rail::R11, detail: e.to_string() })?;
        let verdict = Arc::new(verdict);
        Ok(Decided { decision, due: self.due.queries, answers, verdict, fuel })
    }
}

/// The due lookups of an application: as the policy named them before for equal facts, or else in a
/// sandbox of its own, which is not kept waiting for a registry.
///
/// # Errors
///
/// [`Fault`] if the component fails, or leaves out what the matter obliges the office to query.
pub(crate) fn due(
    policy: &Policy,
    application: &ApplicationFacts,
    limits: Limits,
) -> Result<Due, Fault> {
    let known = policy.known_due();
    if let Some(due) = known.find(application, limits) {
        return Ok(due);
    }
    let mut session = policy.session(limits, 0)?;
    let due = session.due_lookups(application)?;
    // RAIL R1: only what holds is kept.
    rails::due(policy.described(), application, &due, &limits)?;
    let queries = Arc::new(facts::queries(policy.described(), &due));
    let due = Due { queries, fuel: session.fuel_used() };
    known.keep(application, limits, &due);
    Ok(due)
}

/// Converts an error of the facts: an answer that cannot be evaluated is the registry's fault and
/// not the applicant's.
fn invalid(error: ApplicationError) -> CheckError {
    match safe(error) {
        answer @ ApplicationError::InvalidAnswer(_) => Fault::Answer(answer).into(),
        application => CheckError::Application(application),
    }
}

/// Shortens what an error quotes of the input: its words go to a log.
// RAIL R13
pub(crate) fn safe(error: ApplicationError) -> ApplicationError {
    use ApplicationError as E;
    let safe = |p: Problem| p.rewritten(&shortened);
    match error {
        E::InvalidAnswer(p) => E::InvalidAnswer(safe(p)),
        E::UnknownMatter(p) => E::UnknownMatter(safe(p)),
        E::InvalidIdentifier(p) => E::InvalidIdentifier(safe(p)),
        E::InvalidRoles(p) => E::InvalidRoles(safe(p)),
        E::InvalidDate(p) => E::InvalidDate(safe(p)),
        E::OutsideEdition(p) => E::OutsideEdition(safe(p)),
        E::InvalidValue(p) => E::InvalidValue(safe(p)),
    }
}
