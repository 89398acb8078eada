//! Readiness: whether the service can decide. It is found out once a second at most, however often
//! anybody asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::problem::{Kind, Problem};
use crate::shared::{Shared, panicked};

/// Time for which a result holds for everybody who asks.
const HOLDS: Duration = Duration::from_secs(1);
/// Longest time that a result is waited for. Orchestrators give up a second later.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answer of a service that can decide.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Readiness {
    /// Always `ready`.
    pub status: String,
    /// Number of policies in force; for callers with the role `metrics` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<usize>,
    /// Number of entries of the log, if there is one; for callers with the role `metrics` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_entries: Option<u64>,
}

/// The last result, and the time when it was found.
type Last = Option<(Instant, Result<(), Problem>)>;

/// The last result, and how far the next one is.
#[derive(Clone, Default)]
pub(crate) struct Found {
    /// The last result. The task that finds out the next one holds the lock, and everybody else
    /// waits for it.
    last: Arc<Mutex<Last>>,
    /// Whether that task has the registry's answer, and waits for the records.
    has_registry: Arc<AtomicBool>,
}

impl Found {
    /// Returns the problem of a result that does not come.
    fn late(&self) -> Problem {
        if self.has_registry.load(Ordering::Relaxed) { no_records() } else { no_registry() }
    }
}

impl Shared {
    /// Checks whether the service can decide, for anybody who asks.
    ///
    /// # Errors
    ///
    /// [`Kind::NotReady`] with what is missing.
    pub(crate) async fn ready(self: &Arc<Self>) -> Result<Readiness, Problem> {
        self.goes_on()?;
        let found = tokio::time::timeout(PATIENCE, self.find()).await;
        found.unwrap_or_else(|_| Err(self.found.late()))?;
        Ok(Readiness { status: "ready".into(), policies: None, log_entries: None })
    }

    /// Checks whether the service can decide, and adds its counts, for the operator. The log is
    /// read for that.
    ///
    /// # Errors
    ///
    /// [`Kind::NotReady`] with what is missing.
    pub(crate) async fn ready_in_detail(self: &Arc<Self>) -> Result<Readiness, Problem> {
        let ready = self.ready().await?;
        let log_entries = match &self.records {
            None => None,
            Some(records) => Some(records.entries().await.map_err(|_| no_records())?),
        };
        log_entries.inspect(|entries| self.metrics.log_entries(*entries));
        let policies = Some(self.policies.current().loaded.len());
        Ok(Readiness { policies, log_entries, ..ready })
    }

    fn goes_on(&self) -> Result<(), Problem> {
        if self.is_stopping() {
            return Err(missing("服务即将停止", "the service is about to end"));
        }
        Ok(())
    }

    /// Returns the result of the last second, or finds it out now: by one request, for all. That
    /// work goes on even if nobody waits for it any more, so that it is never done twice at a time.
    async fn find(self: &Arc<Self>) -> Result<(), Problem> {
        let held = Arc::clone(&self.found.last).lock_owned().await;
        if let Some((at, found)) = &*held
            && at.elapsed() < HOLDS
        {
            return found.clone();
        }
        let finding = tokio::spawn(find(Arc::clone(self), held));
        finding.await.map_err(panicked)?
    }
}

/// Finds out, and keeps the result.
async fn find(shared: Arc<Shared>, mut held: OwnedMutexGuard<Last>) -> Result<(), Problem> {
    let set = shared.policies.current();
    let has_registry = &shared.found.has_registry;
    has_registry.store(false, Ordering::Relaxed);
    let mut found = set.check_registry().await.map_err(|_| no_registry());
    if let (Ok(()), Some(records)) = (&found, &shared.records) {
        has_registry.store(true, Ordering::Relaxed);
        found = records.check().await.map_err(|_| no_records());
    }
    *held = Some((Instant::now(), found.clone()));
    found
}

fn missing(zh: &str, en: &str) -> Problem {
    Problem::new(Kind::NotReady).says(zh, en)
}

fn no_registry() -> Problem {
    missing("信用数据源无应答", "the registry does not answer")
}

fn no_records() -> Problem {
    missing("日志不可用", "the records cannot be used")
}
