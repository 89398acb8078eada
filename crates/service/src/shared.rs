//! State that all requests share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use mustcheck::{Application, CheckError, Checked, Gate};
use mustcheck_postgres::{Claim, ClaimedLog};

use crate::admission::Admission;
use crate::callers::{Callers, Days};
use crate::config::{Config, ServiceLimits};
use crate::idempotency::{DatabaseKeys, Idempotency, MemoryKeys};
use crate::metrics::Metrics;
use crate::policies::{Policies, PolicySet, Run};
use crate::problem::{Kind, Problem};
use crate::readiness::Found;
use crate::records::{Archive, Records};

/// Largest number of subjects that are checked without another thread. A check of a few is done
/// before a thread would have been woken.
const INLINE_SUBJECTS: usize = 16;

/// State that all requests share.
pub struct Shared {
    pub(crate) policies: Policies,
    pub(crate) records: Option<Records>,
    pub(crate) archive: Arc<Archive>,
    pub(crate) idempotency: Idempotency,
    pub(crate) metrics: Metrics,
    pub(crate) admission: Admission,
    pub(crate) limits: ServiceLimits,
    /// Whether the service itself ends TLS.
    pub(crate) speaks_tls: bool,
    /// The last result of whether the service can decide.
    pub(crate) found: Found,
    callers: RwLock<Arc<Callers>>,
    stopping: AtomicBool,
}

impl Shared {
    pub(crate) fn new(
        config: &Config,
        policies: Policies,
        records: Option<Records>,
        keys: Option<DatabaseKeys>,
        callers: Callers,
    ) -> Self {
        let limits = config.limits.clone();
        let idempotency = match keys {
            Some(keys) => Idempotency::Database(keys),
            None => {
                let kept = &config.idempotency;
                Idempotency::Memory(MemoryKeys::new(kept.keys, kept.bytes, kept.age))
            }
        };
        let metrics = Metrics::new();
        metrics.policies(&policies.current());
        Self {
            policies,
            records,
            archive: Arc::new(Archive::new(config.cache.clone())),
            idempotency,
            metrics,
            admission: Admission::new(limits.concurrent, limits.queue),
            limits,
            speaks_tls: config.tls.is_some(),
            found: Found::default(),
            callers: RwLock::new(Arc::new(callers)),
            stopping: AtomicBool::new(false),
        }
    }

    pub(crate) fn callers(&self) -> Arc<Callers> {
        Arc::clone(&self.callers.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace_callers(&self, callers: Callers) {
        *self.callers.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(callers);
    }

    /// Makes readiness report that the service is about to end.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Returns the records of checks.
    ///
    /// # Errors
    ///
    /// [`Kind::NoRecords`] if the service keeps none.
    pub fn records(&self) -> Result<&Records, Problem> {
        self.records.as_ref().ok_or_else(|| Problem::new(Kind::NoRecords))
    }

    /// Finds everything that is wrong with an application, without checking it.
    ///
    /// # Errors
    ///
    /// The problem if that is not known.
    pub(crate) fn faults(
        &self,
        application: &Application,
        days: Days,
    ) -> Result<Vec<Problem>, Problem> {
        let set = self.policies.current();
        let gate = match set.gate_of(&application.office.region, days) {
            Ok(gate) => gate,
            Err(no_place) => return Ok(vec![no_place]),
        };
        let faults = gate.faults(application).map_err(|error| Problem::from(&error))?;
        let problem = |fault| set.problem(&CheckError::Application(fault), application.as_of, days);
        Ok(faults.into_iter().map(problem).collect())
    }

    /// Checks an application by the policy of its place, and counts the result.
    ///
    /// # Errors
    ///
    /// The problem: of the application, or a fault. Neither means "no measures".
    pub async fn check(
        self: &Arc<Self>,
        application: Application,
        days: Days,
        asked_by: Option<Arc<str>>,
        claim: Option<&Claim>,
    ) -> Result<Checked, Problem> {
        let set = self.policies.current();
        let mut gate = set.gate_of(&application.office.region, days)?;
        if let Some(caller) = asked_by {
            gate = gate.asked_by(caller);
        }
        let journal = match (&self.records, claim) {
            (Some(Records::Database(database)), Some(claim)) => Some(database.claimed(claim)),
            _ => None,
        };
        let as_of = application.as_of;
        let checked = run(gate, &set, application, journal).await?;
        let checked = checked.map_err(|error| set.problem(&error, as_of, days))?;
        self.metrics.check(checked.decision());
        if let Some(recorded) = checked.receipt() {
            self.metrics.log_entries(recorded.index.saturating_add(1));
        }
        Ok(checked)
    }
}

/// Runs a check on a thread where it keeps no other request waiting.
async fn run(
    gate: Gate,
    set: &PolicySet,
    application: Application,
    journal: Option<ClaimedLog>,
) -> Result<Result<Checked, CheckError>, Problem> {
    Ok(match set.run {
        Run::Inline if application.subjects.len() <= INLINE_SUBJECTS => gate.check(&application),
        Run::Inline | Run::Blocking => {
            tokio::task::spawn_blocking(move || gate.check(&application)).await.map_err(panicked)?
        }
        Run::Awaited => {
            // Sandbox and recorder do not wait, but they work; the lookups alone are awaited.
            let runtime = tokio::runtime::Handle::current();
            let check = move || match journal {
                Some(journal) => runtime.block_on(gate.check_async_into(&application, &journal)),
                None => runtime.block_on(gate.check_async(&application)),
            };
            tokio::task::spawn_blocking(check).await.map_err(panicked)?
        }
    })
}

/// Problem: our code, or a registry, panicked. The message of the panic goes nowhere.
// RAIL R13
pub(crate) fn panicked<P>(_: P) -> Problem {
    Problem::new(Kind::Internal).told("the work on the request panicked".into())
}
