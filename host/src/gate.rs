//! The gate: the only way to a decision (RAIL R1).

mod asked;
mod builder;
mod faults;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use mustcheck_facts::validate;
use mustcheck_model::date::{Date, Timestamp};
use mustcheck_model::worded::GivenDay;
use mustcheck_model::{
    Answer, Application, ApplicationError, Decision, Language, Problem, Query, Reason, Verdict,
    is_backdated,
};
use mustcheck_writer::recorded::RecordedCase;
use mustcheck_writer::{Papers, papers};

use crate::asked::Asked;
use crate::checking::{Begun, Decided};
use crate::clock::{Clock, NoTime};
use crate::error::{CheckError, Fault, Rail};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::receipts::{AsyncJournal, Observed, RecordError, Recorded, Recorder};
use crate::registry::AsyncRegistry;
use crate::source::{self, Source};

pub use builder::GateBuilder;

/// The gate. Cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Gate {
    policies: Arc<Vec<Policy>>,
    registry: Source,
    limits: Limits,
    clock: Clock,
    /// Largest number of days before today that a check may be as of; none without the right to an
    /// earlier day.
    backdating: Option<u16>,
    recorder: Option<Arc<Recorder>>,
    /// Name of the caller that asks, for the receipt.
    asked_by: Option<Arc<str>>,
}

/// Proof that a check was made, and its decision. Only a [`Gate`] makes one: it has no
/// constructor, and a function that takes `&Checked` cannot be called without a check.
///
/// ```compile_fail
/// // An approval without a check does not compile.
/// let forged = mustcheck::Checked { };
/// ```
#[derive(Clone, Debug)]
pub struct Checked {
    policy: Policy,
    application: Arc<Application>,
    decision: Decision,
    due: Arc<Vec<Query>>,
    answers: Arc<Vec<Answer>>,
    verdict: Arc<Verdict>,
    fuel: u64,
    recorded: Option<Arc<Recorded>>,
}

impl Checked {
    /// Writes the papers: the officer's sheet, and a notice for each subject that is reached. They
    /// are written now, from what the check saw, and say the same whenever they are written.
    ///
    /// # Errors
    ///
    /// [`CheckError::Fault`] if they cannot be written, for which the check itself would have
    /// failed.
    // RAIL R11
    pub fn papers(&self, language: Language) -> Result<Papers, CheckError> {
        let receipt = self.receipt().map(|receipt| receipt.id.as_str());
        let written = self
            .case()
            .by(self.policy.described(), |case| papers(case, &self.decision, language, receipt));
        written.map_err(|detail| Fault::Rail { rail: Rail::R11, detail }.into())
    }

    /// Whether this is the check of an application: of exactly what was put to the gate, and not
    /// of another with the same number.
    pub fn is_of(&self, application: &Application) -> bool {
        *self.application == *application
    }

    /// The receipt, if the gate has a recorder: it is in the log already.
    pub fn receipt(&self) -> Option<&Recorded> {
        self.recorded.as_deref()
    }

    /// The decision.
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Returns the decision alone, for a caller that hands it on and needs the proof no longer.
    pub fn into_decision(self) -> Decision {
        self.decision
    }

    /// SHA-256 of the component that decided.
    pub fn component(&self) -> &str {
        self.policy.digest()
    }

    /// Answers of the registry, as given: the evidence for a later re-derivation. They hold
    /// identifiers in full.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Everything that the decision was written from, as evidence keeps it. It holds identifiers in
    /// full.
    pub fn case(&self) -> RecordedCase<'_> {
        RecordedCase {
            description: Cow::Borrowed(self.policy.description()),
            application: Cow::Borrowed(&self.application),
            made_on: self.decision.made_on,
            due: Cow::Borrowed(&self.due),
            answers: Cow::Borrowed(&self.answers),
            verdict: Cow::Borrowed(&self.verdict),
        }
    }

    /// Units of fuel that the component used; the same input uses the same.
    pub const fn fuel(&self) -> u64 {
        self.fuel
    }
}

impl Gate {
    /// Starts to build a gate.
    pub fn builder() -> GateBuilder {
        GateBuilder {
            policies: Vec::new(),
            registry: None,
            limits: Limits::default(),
            clock: Clock::System,
            backdating: None,
            recorder: None,
        }
    }

    /// Returns the same gate without the right to check as of an earlier day.
    // RAIL R14
    #[must_use]
    pub fn without_backdating(&self) -> Self {
        Self { backdating: None, ..self.clone() }
    }

    /// The lookups that are due for an application, without making them.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if the application cannot be evaluated or the component fails.
    pub fn due_lookups(&self, application: &Application) -> Result<Vec<Query>, CheckError> {
        Ok(self.begin(application)?.0.due().to_vec())
    }

    /// Checks an application: makes every due lookup and decides on the answers.
    ///
    /// # Errors
    ///
    /// [`CheckError::Application`] if the application cannot be evaluated, [`CheckError::Fault`]
    /// if the registry, the component or a rail fails. Neither is a finding.
    pub fn check(&self, application: &Application) -> Result<Checked, CheckError> {
        if self.recorder.as_ref().is_some_and(|recorder| recorder.waits()) {
            return Err(Fault::Record(RecordError::NeedsAsync).into());
        }
        let begun = Instant::now();
        let checked = self.decide_now(application).and_then(|decided| {
            let record = |recorder: &Recorder| {
                let observed = self.observed(&decided, begun);
                recorder.check(&observed, decided.policy.component())
            };
            let recorded = self.recorder.as_deref().map(record).transpose();
            Ok(decided.checked(recorded.map_err(Fault::Record)?))
        });
        checked.inspect_err(|error| self.record_failure(application, error))
    }

    /// Checks an application, waiting for a registry and a recorder that are waited for. No
    /// sandbox is kept waiting for a registry: one says what is due, and another decides once
    /// everything is answered.
    ///
    /// # Errors
    ///
    /// As [`Gate::check`].
    pub async fn check_async(&self, application: &Application) -> Result<Checked, CheckError> {
        self.check_into(application, None).await
    }

    /// Checks an application as [`Gate::check_async`] does, but puts the receipt into a journal for
    /// this check alone: one that ties it to the request which asked for it. Everything else goes
    /// where the recorder has it.
    ///
    /// # Errors
    ///
    /// As [`Gate::check`]; a gate without a recorder has nothing to put into the journal, which
    /// is a fault.
    pub async fn check_async_into(
        &self,
        application: &Application,
        journal: &dyn AsyncJournal,
    ) -> Result<Checked, CheckError> {
        if self.recorder.is_none() {
            return Err(Fault::Record(RecordError::NoRecorder).into());
        }
        self.check_into(application, Some(journal)).await
    }

    async fn check_into(
        &self,
        application: &Application,
        journal: Option<&dyn AsyncJournal>,
    ) -> Result<Checked, CheckError> {
        let checked = self.record_awaited(application, journal).await;
        if let (Some(recorder), Err(CheckError::Fault(fault))) = (&self.recorder, &checked) {
            // The caller gets the fault in any case, and no decision.
            let _ = recorder.failure_awaited(application, fault).await;
        }
        checked
    }

    async fn record_awaited(
        &self,
        application: &Application,
        journal: Option<&dyn AsyncJournal>,
    ) -> Result<Checked, CheckError> {
        let begun = Instant::now();
        let decided = match &self.registry {
            Source::AtOnce(_) => self.decide_now(application)?,
            Source::Awaited(registry) => self.decide_awaited(application, &**registry).await?,
        };
        let mut recorded = None;
        if let Some(recorder) = &self.recorder {
            let observed = self.observed(&decided, begun);
            let record = recorder.check_awaited(&observed, decided.policy.component(), journal);
            recorded = Some(record.await.map_err(Fault::Record)?);
        }
        Ok(decided.checked(recorded))
    }

    /// Decides with a registry that answers at once.
    fn decide_now(&self, application: &Application) -> Result<ByPolicy<'_>, CheckError> {
        let Source::AtOnce(registry) = &self.registry else {
            return Err(Fault::NeedsAsync.into());
        };
        let (begun, admitted) = self.begin(application)?;
        let parts = admitted.policy.described().parts();
        let (due, time) = (begun.due(), self.limits.registry_time);
        let answers = source::lookup(registry, parts, begun.application(), due, time)?;
        self.finish(begun, admitted, answers)
    }

    async fn decide_awaited(
        &self,
        application: &Application,
        registry: &dyn AsyncRegistry,
    ) -> Result<ByPolicy<'_>, CheckError> {
        let (begun, admitted) = self.begin(application)?;
        let parts = admitted.policy.described().parts();
        let asked = Asked::of(parts, application, begun.due());
        let asks = asked.asks();
        // The call that makes the future is the registry's too.
        let lookup = async { registry.lookup(&asks).await };
        let answers = source::within(lookup, self.limits.registry_time).await;
        self.finish(begun, admitted, answers.map_err(Fault::Registry)?)
    }

    /// Does everything up to the lookups.
    fn begin(&self, application: &Application) -> Result<(Begun<'_>, Admitted<'_>), CheckError> {
        let admitted = self.admit(application)?;
        let (policy, made_on) = (admitted.policy, admitted.now.date);
        let application = Arc::new(application.clone());
        Ok((Begun::begin(policy, application, made_on, self.limits)?, admitted))
    }

    /// Does everything after the lookups. Nobody sees the decision before it is on record.
    fn finish<'a>(
        &self,
        begun: Begun<'a>,
        Admitted { policy, now }: Admitted<'a>,
        answers: Vec<Answer>,
    ) -> Result<ByPolicy<'a>, CheckError> {
        let parts = policy.described().parts();
        let application = Arc::clone(begun.application());
        let answers = source::accept(parts, &application, begun.due(), answers, now, &self.limits)?;
        let decided = begun.decide(answers)?;
        Ok(ByPolicy { policy, application, decided })
    }

    /// Puts a fault on record: a check was due and there is no decision.
    fn record_failure(&self, application: &Application, error: &CheckError) {
        if let (Some(recorder), CheckError::Fault(fault)) = (&self.recorder, error) {
            // The caller gets the fault in any case, and no decision.
            let _ = recorder.failure(application, fault);
        }
    }

    /// The day of a check that is made now, by which its policy is chosen.
    ///
    /// # Errors
    ///
    /// [`NoTime`] if the system's clock is outside 1970 to 9999.
    pub fn today(&self) -> Result<Date, NoTime> {
        Ok(self.clock.now()?.date)
    }

    /// The policy that decides on a day: of those that do, the one that begins latest.
    pub fn policy_as_of(&self, as_of: Date) -> Option<&Policy> {
        let deciding = self.policies.iter().filter(|p| p.decides(as_of));
        deciding.max_by_key(|p| p.description().valid_from)
    }

    fn observed<'a>(&'a self, by: &'a ByPolicy<'_>, begun: Instant) -> Observed<'a> {
        let ByPolicy { policy, application, decided } = by;
        Observed {
            asked_by: self.asked_by.as_deref(),
            application,
            due: &decided.due,
            answers: &decided.answers,
            decision: &decided.decision,
            verdict: &decided.verdict,
            component: policy.content_digest(),
            baked: policy.baked(),
            limits: &self.limits,
            fuel: decided.fuel,
            took: begun.elapsed(),
        }
    }

    /// Checks the application before any component sees it; then finds the policy that decides, and
    /// the time of the check.
    fn admit(&self, application: &Application) -> Result<Admitted<'_>, CheckError> {
        // RAIL R6: an identifier that fails its check character stops the check here.
        validate::identifiers(application)?;
        // RAIL R14: without a clock nobody can tell what is old, so there is no check.
        let now = self.clock.now().map_err(Fault::Clock)?;
        self.day_fault(application.as_of, now.date).map_or(Ok(()), |reason| {
            Err(ApplicationError::InvalidDate(Problem::at("as_of", reason)))
        })?;
        // Where no edition decides, the latest says so in its own words.
        let newest = || self.policies.iter().max_by_key(|p| p.description().valid_from);
        let policy = self.policy_as_of(now.date).or_else(newest);
        let policy = policy.ok_or_else(|| Fault::component("start", "the gate has no policy"))?;
        Ok(Admitted { policy, now })
    }

    /// Returns the reason why a check may not be as of a day, if there is one.
    // RAIL R14
    fn day_fault(&self, as_of: Date, today: Date) -> Option<Reason> {
        let day = GivenDay(as_of);
        if as_of > today {
            return Some(Reason::Future { as_of: day, today });
        }
        if !is_backdated(as_of, today) {
            return None;
        }
        match self.backdating {
            None => Some(Reason::EarlierDay { as_of: day, today }),
            Some(days) => {
                let back = today.days_since(as_of).unwrap_or(i32::MAX);
                let reason = Reason::TooEarly { as_of: day, back, today, days };
                (back > i32::from(days)).then_some(reason)
            }
        }
    }
}

/// An application that may be checked: the policy for it, and the time of the check.
struct Admitted<'a> {
    policy: &'a Policy,
    now: Timestamp,
}

/// Decision of a policy, not yet on record.
struct ByPolicy<'a> {
    policy: &'a Policy,
    application: Arc<Application>,
    decided: Decided,
}

impl ByPolicy<'_> {
    fn checked(self, recorded: Option<Recorded>) -> Checked {
        let Decided { decision, due, answers, verdict, fuel } = self.decided;
        Checked {
            policy: self.policy.clone(),
            application: self.application,
            decision,
            due,
            answers,
            verdict,
            fuel,
            recorded: recorded.map(Arc::new),
        }
    }
}
