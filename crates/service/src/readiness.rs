//! Whether the service can decide: found once a second at most, whoever asks and however often.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::problem::{Kind, Problem};
use crate::shared::{Shared, panicked};

/// How long an answer holds for whoever else asks.
const HOLDS: Duration = Duration::from_secs(1);
/// How long it is waited for. Orchestrators give up a second later.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a service that can decide says.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Readiness {
    /// `ready`.
    pub status: String,
    /// The policies in force; for callers with the role `metrics` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<usize>,
    /// Entries of the log, if there is one; for callers with the role `metrics` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_entries: Option<u64>,
}

/// What was found last, and when.
type Last = Option<(Instant, Result<(), Problem>)>;

/// What was found last. Whoever finds out has it, and everybody else waits for that.
#[derive(Clone, Default)]
pub(crate) struct Found(Arc<Mutex<Last>>);

impl Shared {
    /// Whether the service can decide, for anybody.
    ///
    /// # Errors
    ///
    /// [`Kind::NotReady`] with what is missing.
    pub(crate) async fn ready(self: &Arc<Self>) -> Result<Readiness, Problem> {
        self.goes_on()?;
        let found = tokio::time::timeout(PATIENCE, self.find()).await;
        found.unwrap_or_else(|_| Err(no_registry()))?;
        Ok(Readiness { status: "ready".into(), policies: None, log_entries: None })
    }

    /// Whether the service can decide, with its counts, for whoever watches over it: the log is
    /// read for it.
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

    /// What was found within the last second, or is found now: by one request, for all. What that
    /// waits for, it goes on waiting for when nobody is there any more, so that no second one does.
    async fn find(self: &Arc<Self>) -> Result<(), Problem> {
        let held = Arc::clone(&self.found.0).lock_owned().await;
        if let Some((at, found)) = &*held
            && at.elapsed() < HOLDS
        {
            return found.clone();
        }
        let finding = tokio::spawn(find(Arc::clone(self), held));
        finding.await.map_err(panicked)?
    }
}

/// Finds out, and keeps it.
async fn find(shared: Arc<Shared>, mut held: OwnedMutexGuard<Last>) -> Result<(), Problem> {
    let set = shared.policies.current();
    let mut found = set.check_registry().await.map_err(|_| no_registry());
    if let (Ok(()), Some(records)) = (&found, &shared.records) {
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
