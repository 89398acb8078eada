//! The log: one for all replicas, gap-free and tamper-evident.

mod append;
mod feedback;
mod mirror;
mod pages;
mod queue;
mod read;
mod verify;

use std::sync::Arc;

use mustcheck_evidence::journal::AppendFuture;
use mustcheck_evidence::{
    AsyncJournal, Journal, JournalError, Keys, KeysError, Ledger, LedgerError, LogState,
};
use tokio_postgres::Row;

use crate::requests::Claim;
use crate::{Database, Error};
use append::KnownSize;
pub use mirror::Mirrored;
use queue::Queue;
pub use read::LogEntry;
pub use verify::Verified;

/// The log in a database. Cheap to clone; clones share one queue of entries.
#[derive(Clone)]
pub struct PostgresLog(Arc<LogShared>);

struct LogShared {
    database: Database,
    ledger: Ledger,
    known: Arc<KnownSize>,
    queue: Queue,
}

impl PostgresLog {
    /// Opens the log of an office's keys, or begins it in a database that has none. The caller must
    /// be in a runtime of tokio; entries are appended as long as it lasts.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if the database holds a log of other keys, or one that was changed at its
    /// end.
    pub async fn open(database: &Database, keys: &Keys) -> Result<Self, Error> {
        let ledger = Ledger::of(keys).map_err(|e: KeysError| Error::Config(e.to_string()))?;
        let connection = database.connection().await?;
        let begin = "INSERT INTO mustcheck_head (id, size, peaks, checkpoint) \
                     VALUES (1, $1, $2, $3) ON CONFLICT (id) DO NOTHING";
        let empty = ledger.empty();
        connection.rows(begin, &[&0_i64, &empty.peaks(), &empty.checkpoint()]).await?;
        let row = connection.one(HEAD).await?;
        connection.done();
        let known = Arc::new(KnownSize::new(state(&ledger, &row)?.size()));
        let queue = Queue::serve(database.clone(), ledger.clone(), Arc::clone(&known));
        Ok(Self(Arc::new(LogShared { database: database.clone(), ledger, known, queue })))
    }

    /// Whether a database has a log. ([`PostgresLog::open`] begins one where there is none.)
    ///
    /// # Errors
    ///
    /// The database's failure.
    pub async fn is_begun(database: &Database) -> Result<bool, Error> {
        let connection = database.connection().await?;
        let rows = connection.rows("SELECT 1 FROM mustcheck_head WHERE id = 1", &[]).await?;
        connection.done();
        Ok(!rows.is_empty())
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The log for a check that answers a request. The receipt is appended only if the request is
    /// still claimed, and is tied to it in the same transaction.
    pub fn claimed(&self, claim: &Claim) -> ClaimedLog {
        ClaimedLog { log: self.clone(), claim: claim.clone() }
    }

    async fn append_entry(&self, entry: Vec<u8>, claim: Option<Claim>) -> Result<u64, Error> {
        self.0.queue.append(entry, claim).await
    }
}

impl std::fmt::Debug for PostgresLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresLog").field("origin", &self.0.ledger.origin()).finish()
    }
}

impl AsyncJournal for PostgresLog {
    fn append<'a>(&'a self, entry: Vec<u8>) -> AppendFuture<'a> {
        Box::pin(async move { Ok(self.append_entry(entry, None).await?) })
    }
}

impl Journal for PostgresLog {
    fn append(&self, entry: &[u8]) -> Result<u64, JournalError> {
        let append = self.append_entry(entry.to_vec(), None);
        Ok(self.0.database.wait(append)??)
    }
}

/// A [`PostgresLog`] for the check of one request.
#[derive(Clone, Debug)]
pub struct ClaimedLog {
    log: PostgresLog,
    claim: Claim,
}

impl AsyncJournal for ClaimedLog {
    fn append<'a>(&'a self, entry: Vec<u8>) -> AppendFuture<'a> {
        let claim = Some(self.claim.clone());
        Box::pin(async move { Ok(self.log.append_entry(entry, claim).await?) })
    }
}

/// Select of the log's head: its size, the peaks of its tree, and the last checkpoint.
const HEAD: &str = "SELECT size, peaks, checkpoint FROM mustcheck_head WHERE id = 1";

/// The state in the head's row.
///
/// # Errors
///
/// [`Error::Damaged`] if its checkpoint is not by these keys, or does not fit the tree.
fn state(ledger: &Ledger, head: &Row) -> Result<LogState, Error> {
    let size = head.try_get::<_, i64>(0)?;
    let damaged = |e: LedgerError| {
        let cause = std::error::Error::source(&e).map(|e| format!(": {e}")).unwrap_or_default();
        Error::Damaged(format!("{e}{cause}"))
    };
    ledger.open(size.unsigned_abs(), head.try_get(1)?, head.try_get(2)?).map_err(damaged)
}
