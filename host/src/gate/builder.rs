//! Builds a gate.

use std::sync::Arc;

use mustcheck_model::date::Date;

use super::Gate;
use crate::clock::Clock;
use crate::error::PolicyError;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::receipts::Recorder;
use crate::registry::{AsyncRegistry, Registry, RegistryError, Vocabulary};
use crate::source::{self, Source};

/// Builds a gate.
pub struct GateBuilder {
    pub(super) policies: Vec<Policy>,
    pub(super) registry: Option<Source>,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) backdating: Option<u16>,
    pub(super) recorder: Option<Arc<Recorder>>,
}

impl GateBuilder {
    /// Adds a policy. With several, each check is decided by the one that is in force on the day of
    /// the check and begins latest.
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

    /// Sets the limits of one check.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the recorder, which puts every check on record before its decision is given out. A
    /// check that cannot be recorded is a fault, and there is no decision.
    #[must_use]
    pub fn recorder(mut self, recorder: Recorder) -> Self {
        self.recorder = Some(Arc::new(recorder));
        self
    }

    /// Sets a recorder that several gates share; see [`GateBuilder::recorder`].
    #[must_use]
    pub fn shared_recorder(mut self, recorder: Arc<Recorder>) -> Self {
        self.recorder = Some(recorder);
        self
    }

    /// Sets the day of every check, for evidence and tests; without it, the system's clock decides.
    /// The age of sources and the choice of law follow it.
    // RAIL R14: the host's to set, never the application's.
    #[must_use]
    pub const fn today(mut self, today: Date) -> Self {
        self.clock = Clock::Fixed(today);
        self
    }

    /// Gives the right to check as of an earlier day, at most so many days before today; without
    /// it, a check is as of today or yesterday. The decision of such a check says so, and is never
    /// better than `review`.
    #[must_use]
    pub const fn backdating(mut self, days: u16) -> Self {
        self.backdating = Some(days);
        self
    }

    /// Builds the gate. The codes of an asynchronous registry are not compared with those of the
    /// policies: [`GateBuilder::build_async`] does that.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Missing`] without a policy or a registry; [`PolicyError::Vocabulary`] if
    /// the registry names a list, act or matter that no policy knows (RAIL R2);
    /// [`PolicyError::Engine`] if the limits are more than a sandbox can have.
    pub fn build(self) -> Result<Gate, PolicyError> {
        let registry = self.source()?;
        if let Source::AtOnce(registry) = &registry {
            registry.check_vocabulary(&self.vocabulary()).map_err(unknown)?;
        }
        Ok(self.gate(registry))
    }

    /// Builds the gate, once its registry has confirmed that every code in it is known.
    ///
    /// # Errors
    ///
    /// As [`GateBuilder::build`]; and [`PolicyError::Registry`] if the registry fails, or does not
    /// answer within [`Limits::registry_time`].
    pub async fn build_async(self) -> Result<Gate, PolicyError> {
        let registry = self.source()?;
        let vocabulary = self.vocabulary();
        let checked = match &registry {
            Source::AtOnce(registry) => registry.check_vocabulary(&vocabulary),
            Source::Awaited(registry) => {
                let checking = registry.check_vocabulary(&vocabulary);
                source::within(checking, self.limits.registry_time).await
            }
        };
        checked.map_err(unknown)?;
        Ok(self.gate(registry))
    }

    /// Returns the registry, if there is all that a gate needs.
    fn source(&self) -> Result<Source, PolicyError> {
        if self.policies.is_empty() {
            return Err(PolicyError::Missing("a policy"));
        }
        let registry = self.registry.clone().ok_or(PolicyError::Missing("a registry"))?;
        self.limits.check()?;
        Ok(registry)
    }

    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::of(self.policies.iter().map(Policy::description))
    }

    fn gate(self, registry: Source) -> Gate {
        Gate {
            policies: Arc::new(self.policies),
            registry,
            limits: self.limits,
            clock: self.clock,
            backdating: self.backdating,
            asked_by: None,
            recorder: self.recorder,
        }
    }
}

fn unknown(error: RegistryError) -> PolicyError {
    match error {
        RegistryError::Content(unknown) => PolicyError::Vocabulary(unknown),
        failed => PolicyError::Registry(failed),
    }
}
