//! The gate: the only way to a decision (RAIL R1).

use std::sync::Arc;

use mustcheck_guest::date::Date;
use mustcheck_guest::identifier;
use mustcheck_guest::model::{Answer, Application, ApplicationError, Decision, Problem, Query};

use crate::error::{CheckError, Fault, PolicyError, Rail};
use crate::input::shortened;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::rails;
use crate::registry::{AsyncRegistry, Registry, RegistryError, Vocabulary};
use crate::session::{Lookup, Made};
use crate::source::{self, Source};

/// The gate. Cheap to clone, safe to share between threads.
#[derive(Clone)]
pub struct Gate {
    policies: Arc<Vec<Policy>>,
    registry: Source,
    limits: Limits,
    notices: bool,
    today: Option<Date>,
}

/// Puts a gate together.
pub struct GateBuilder {
    policies: Vec<Policy>,
    registry: Option<Source>,
    limits: Limits,
    notices: bool,
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
    component: Arc<str>,
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
        GateBuilder {
            policies: Vec::new(),
            registry: None,
            limits: Limits::default(),
            notices: true,
            today: None,
        }
    }

    /// The lookups that are due for an application, without making them.
    ///
    /// # Errors
    ///
    /// [`CheckError`] if the application cannot be evaluated or the component fails.
    pub fn due_lookups(&self, application: &Application) -> Result<Vec<Query>, CheckError> {
        let policy = self.admit(application)?;
        let due = policy.session(self.limits)?.due_lookups(application)?.map_err(of_component)?;
        rails::due(policy.described(), application, &due, &self.limits)?;
        Ok(due)
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
        let policy = self.admit(application)?;
        let (registry, limits) = (Arc::clone(registry), self.limits);
        let (asking, asked) = (policy.clone(), Arc::new(application.clone()));
        let lookup = move |due: Vec<Query>| {
            rails::due(asking.described(), &asked, &due, &limits)?;
            let due = Arc::new(due);
            let answers = source::lookup(&registry, &asked, &due, limits.registry_time)?;
            Ok(Made { answers: source::accept(&asked, &due, answers, &limits)?, due })
        };
        self.decide(policy, application, Box::new(lookup))
    }

    /// Checks an application with a registry that is waited for. No sandbox is kept waiting: one
    /// says what is due, and another decides once everything is answered.
    ///
    /// # Errors
    ///
    /// As [`Gate::check`].
    pub async fn check_async(&self, application: &Application) -> Result<Checked, CheckError> {
        let Source::Awaited(registry) = &self.registry else { return self.check(application) };
        let due = Arc::new(self.due_lookups(application)?);
        let asks = source::asks(application, &due);
        // The call that makes the future is the registry's too.
        let lookup = async { registry.lookup(&asks).await };
        let answers = source::within(lookup, self.limits.registry_time).await;
        let answers = answers.map_err(Fault::Registry)?;
        let answers = source::accept(application, &due, answers, &self.limits)?;
        let lookup = move |queries: Vec<Query>| {
            // RAIL R1: what is decided on is what was asked.
            if queries == *due {
                return Ok(Made { due, answers });
            }
            let detail = "`check` asks for other lookups than `due-lookups` said were due";
            Err(Fault::component("check", detail).into())
        };
        self.decide(self.admit(application)?, application, Box::new(lookup))
    }

    /// The policy that decides as of a day: of those that do, the one that begins latest.
    pub fn policy_as_of(&self, as_of: Date) -> Option<&Policy> {
        let deciding = self.policies.iter().filter(|p| p.decides(as_of));
        deciding.max_by_key(|p| p.description().valid_from)
    }

    /// Runs the check in a sandbox of its own, and holds what it says against the rails.
    fn decide(
        &self,
        policy: &Policy,
        application: &Application,
        lookup: Lookup,
    ) -> Result<Checked, CheckError> {
        let mut session = policy.session(self.limits)?;
        let decision = session.check(application, self.notices, lookup)?.map_err(of_component)?;
        // RAIL R1: the host made the lookups for the component; a claim is not enough.
        let Some(Made { due, answers }) = session.made() else {
            let detail = "`check` decided without asking the registry".into();
            return Err(Fault::Rail { rail: Rail::R1, detail }.into());
        };
        rails::decision(policy.described(), application, &due, &answers, &decision, self.notices)?;
        Ok(Checked {
            decision,
            component: Arc::clone(policy.shared_digest()),
            answers,
            fuel: session.fuel_used(),
        })
    }

    /// What the host checks before any component sees the application; then the policy that
    /// decides.
    fn admit(&self, application: &Application) -> Result<&Policy, CheckError> {
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
                return Err(ApplicationError::InvalidIdentifier(Problem { path, detail }).into());
            }
        }
        let today = self.today.or_else(today);
        if let Some(today) = today.filter(|today| application.as_of > *today) {
            let detail = format!("`{}` is in the future: today is `{today}`", application.as_of);
            let path = "as_of".into();
            return Err(ApplicationError::InvalidDate(Problem { path, detail }).into());
        }
        // Where no edition decides, the latest says so in its own words.
        let newest = || self.policies.iter().max_by_key(|p| p.description().valid_from);
        let policy = self.policy_as_of(application.as_of).or_else(newest);
        policy.ok_or_else(|| Fault::component("start", "the gate has no policy").into())
    }
}

/// Today in China Standard Time.
fn today() -> Option<Date> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(now.as_secs()).ok()?;
    mustcheck_guest::date::Timestamp::from_unix_seconds(seconds).map(|now| now.date)
}

/// An answer that cannot be evaluated is the registry's fault and not the applicant's.
fn of_component(error: ApplicationError) -> CheckError {
    use ApplicationError as E;
    // RAIL R13: the words are the component's, and go to a log.
    let safe = |p: Problem| Problem { path: shortened(&p.path), detail: shortened(&p.detail) };
    CheckError::Application(match error {
        E::InvalidAnswer(p) => return Fault::Answer(E::InvalidAnswer(safe(p))).into(),
        E::UnknownMatter(p) => E::UnknownMatter(safe(p)),
        E::InvalidIdentifier(p) => E::InvalidIdentifier(safe(p)),
        E::InvalidRoles(p) => E::InvalidRoles(safe(p)),
        E::InvalidDate(p) => E::InvalidDate(safe(p)),
        E::OutsideEdition(p) => E::OutsideEdition(safe(p)),
        E::InvalidValue(p) => E::InvalidValue(safe(p)),
    })
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

    /// Sets whether decisions carry their notice; without this, they do. Who screens many
    /// applications and prints none saves most of the work; everything else of the decision is
    /// the same. An office that decides against somebody owes the notice: it checks with one.
    #[must_use]
    pub const fn notices(mut self, notices: bool) -> Self {
        self.notices = notices;
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
    /// the registry names a list, act or matter that no policy knows (RAIL R2);
    /// [`PolicyError::Engine`] if the limits are more than a sandbox can have.
    pub fn build(self) -> Result<Gate, PolicyError> {
        if self.policies.is_empty() {
            return Err(PolicyError::Missing("a policy"));
        }
        let registry = self.registry.ok_or(PolicyError::Missing("a registry"))?;
        self.limits.check()?;
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
            notices: self.notices,
            today: self.today,
        })
    }
}
