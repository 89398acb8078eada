//! The gate: the only way to a decision (RAIL R1).

use std::sync::Arc;

use mustcheck_guest::date::Date;
use mustcheck_guest::identifier;
use mustcheck_guest::model::{Answer, Application, ApplicationError, Decision, Problem, Query};

use crate::engine::Limits;
use crate::error::{CheckError, Fault, PolicyError};
use crate::input::quotable;
use crate::policy::{Policy, Session};
use crate::rails;
use crate::registry::{Ask, AsyncRegistry, Registry, RegistryError, Vocabulary};

/// The gate. Cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Gate {
    policies: Arc<Vec<Policy>>,
    registry: Source,
    limits: Limits,
    today: Option<Date>,
}

#[derive(Clone)]
enum Source {
    AtOnce(Arc<dyn Registry>),
    Awaited(Arc<dyn AsyncRegistry>),
}

/// Puts a gate together.
#[derive(Default)]
pub struct GateBuilder {
    policies: Vec<Policy>,
    registry: Option<Source>,
    limits: Limits,
    today: Option<Date>,
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
    decision: Decision,
    component: String,
    answers: Arc<Vec<Answer>>,
    fuel: u64,
}

impl Checked {
    /// The decision.
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }

    /// SHA-256 of the component that decided.
    pub fn component(&self) -> &str {
        &self.component
    }

    /// What the registry answered, as given: the evidence for a later re-derivation. It holds
    /// identifiers in full.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Fuel that the component used; the same input uses the same.
    pub const fn fuel(&self) -> u64 {
        self.fuel
    }
}

impl Gate {
    /// Begins a gate.
    pub fn builder() -> GateBuilder {
        GateBuilder::default()
    }

    /// The lookups that are due for an application, without making them.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if the application cannot be evaluated or the component fails.
    pub fn due_lookups(&self, application: &Application) -> Result<Vec<Query>, CheckError> {
        Ok(self.begin(application)?.due.to_vec())
    }

    /// Checks an application: makes every due lookup and decides on the answers.
    ///
    /// # Errors
    ///
    /// [`CheckError::Application`] if the application cannot be evaluated, [`CheckError::Fault`]
    /// if the registry, the component or a rail fails. Neither is a finding.
    pub fn check(&self, application: &Application) -> Result<Checked, CheckError> {
        let Source::AtOnce(registry) = &self.registry else {
            return Err(Fault::NeedsAsync.into());
        };
        let begun = self.begin(application)?;
        let due = Arc::clone(&begun.due);
        let asks = asks(application, &due);
        let answers = registry.lookup(&asks).map_err(Fault::Registry)?;
        begun.finish(application, &asks, answers)
    }

    /// Checks an application with a registry that is waited for. The component is not kept
    /// waiting: it is asked what is due, and decides once everything is answered.
    ///
    /// # Errors
    ///
    /// As [`Gate::check`].
    pub async fn check_async(&self, application: &Application) -> Result<Checked, CheckError> {
        let begun = self.begin(application)?;
        let due = Arc::clone(&begun.due);
        let asks = asks(application, &due);
        let answers = match &self.registry {
            Source::AtOnce(registry) => registry.lookup(&asks),
            Source::Awaited(registry) => registry.lookup(&asks).await,
        };
        begun.finish(application, &asks, answers.map_err(Fault::Registry)?)
    }

    /// The policy that decides as of a day: of those that do, the one that begins latest.
    pub fn policy_as_of(&self, as_of: Date) -> Option<&Policy> {
        let deciding = self.policies.iter().filter(|p| p.decides(as_of));
        deciding.max_by_key(|p| p.description().valid_from)
    }

    fn begin(&self, application: &Application) -> Result<Begun, CheckError> {
        self.admit(application)?;
        // Where no edition decides, the latest says so in its own words.
        let newest = || self.policies.iter().max_by_key(|p| p.description().valid_from);
        let policy = self.policy_as_of(application.as_of).or_else(newest);
        let policy = policy.ok_or_else(|| Fault::Component {
            during: "start",
            detail: "the gate has no policy".into(),
            source: None,
        })?;
        let mut session = policy.session(self.limits)?;
        let due = session.due_lookups(application)?.map_err(application_error)?;
        rails::due(policy.description(), application, &due)?;
        Ok(Begun { policy: policy.clone(), session, due: Arc::new(due) })
    }

    /// What the host checks before any component sees the application.
    fn admit(&self, application: &Application) -> Result<(), ApplicationError> {
        for (i, subject) in application.subjects.iter().enumerate() {
            // RAIL R6: an identifier that fails its check character stops the check here.
            let valid = identifier::validate(
                subject.kind,
                subject.scheme,
                &subject.identifier,
                subject.country.as_deref(),
            );
            if let Err(detail) = valid {
                let path = format!("subjects[{i}].identifier");
                return Err(ApplicationError::InvalidIdentifier(Problem { path, detail }));
            }
        }
        let today = self.today.or_else(today);
        if let Some(today) = today.filter(|today| application.as_of > *today) {
            let detail = format!("`{}` is in the future: today is `{today}`", application.as_of);
            return Err(ApplicationError::InvalidDate(Problem { path: "as_of".into(), detail }));
        }
        Ok(())
    }
}

/// Today in China Standard Time.
fn today() -> Option<Date> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(now.as_secs()).ok()?;
    mustcheck_guest::date::Timestamp::from_unix_seconds(seconds).map(|now| now.date)
}

fn asks<'a>(application: &'a Application, due: &'a [Query]) -> Vec<Ask<'a>> {
    let mut asks = Vec::with_capacity(due.len());
    for (query, lookup) in (0_u32..).zip(due) {
        let subject = usize::try_from(lookup.subject).ok();
        // `rails::due` has seen that every subject exists.
        let Some(subject) = subject.and_then(|i| application.subjects.get(i)) else { continue };
        asks.push(Ask { query, subject, lists: &lookup.lists });
    }
    asks
}

/// An answer that cannot be evaluated is the registry's fault and not the applicant's.
fn application_error(error: ApplicationError) -> CheckError {
    match error {
        ApplicationError::InvalidAnswer(_) => Fault::Answer(error).into(),
        error => error.into(),
    }
}

/// A check whose due lookups are known.
struct Begun {
    policy: Policy,
    session: Session,
    due: Arc<Vec<Query>>,
}

impl Begun {
    fn finish(
        mut self,
        application: &Application,
        asks: &[Ask<'_>],
        mut answers: Vec<Answer>,
    ) -> Result<Checked, CheckError> {
        rails::answers(asks, &answers)?;
        for reason in answers.iter_mut().filter_map(|a| a.reason.as_mut()) {
            // RAIL R13: what a remote source complains of may quote what it was asked.
            *reason = quotable(reason);
        }
        let answers = Arc::new(answers);
        let sandbox = self.session.sandbox();
        sandbox.made = Some(Arc::clone(&answers));
        sandbox.due = Arc::clone(&self.due);
        let decision = self.session.check(application)?.map_err(application_error)?;
        // RAIL R1: the host saw the component take the answers; a claim is not enough.
        if self.session.sandbox().asked != 1 {
            let detail = "`check` decided without asking the registry".into();
            return Err(Fault::Rail { rail: crate::error::Rail::R1, detail }.into());
        }
        let description = self.policy.description();
        rails::decision(description, application, &self.due, &answers, &decision)?;
        Ok(Checked {
            decision,
            component: self.policy.digest().to_owned(),
            answers,
            fuel: self.session.fuel_used(),
        })
    }
}

impl GateBuilder {
    /// Adds a policy. With several, each application is decided by the one that is in force on
    /// its as-of date and begins latest.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policies.push(policy);
        self
    }

    /// Sets the registry.
    #[must_use]
    pub fn registry(mut self, registry: impl Registry + 'static) -> Self {
        self.registry = Some(Source::AtOnce(Arc::new(registry)));
        self
    }

    /// Sets a registry that is waited for; the gate then checks by [`Gate::check_async`].
    #[must_use]
    pub fn async_registry(mut self, registry: impl AsyncRegistry + 'static) -> Self {
        self.registry = Some(Source::Awaited(Arc::new(registry)));
        self
    }

    /// Sets what one check may use.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the day after which an as-of date is in the future; without it, the system's clock
    /// says.
    #[must_use]
    pub const fn today(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// The gate.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Missing`] without a policy or a registry; [`PolicyError::Vocabulary`] if
    /// the registry names a list, act or matter that no policy knows (RAIL R2).
    pub fn build(self) -> Result<Gate, PolicyError> {
        if self.policies.is_empty() {
            return Err(PolicyError::Missing("a policy"));
        }
        let registry = self.registry.ok_or(PolicyError::Missing("a registry"))?;
        if let Source::AtOnce(registry) = &registry {
            let vocabulary = Vocabulary::of(self.policies.iter().map(Policy::description));
            registry.check_vocabulary(&vocabulary).map_err(|e| match e {
                RegistryError::Content(unknown) => PolicyError::Vocabulary(unknown),
                failed => PolicyError::Registry(failed),
            })?;
        }
        Ok(Gate {
            policies: Arc::new(self.policies),
            registry,
            limits: self.limits,
            today: self.today,
        })
    }
}
