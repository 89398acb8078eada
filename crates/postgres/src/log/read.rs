//! Reading single entries through an index.

use mustcheck_evidence::{DocumentId, Logged};
use tokio_postgres::Row;

use super::{HEAD, PostgresLog, state};
use crate::Error;

/// The columns of an entry, in the order of [`LogRow`].
pub(super) const COLUMNS: &str = "idx, id, about, leaf, entry, large";
pub(super) const ENTRY_OF: &str =
    "SELECT idx, id, about, leaf, entry, large FROM mustcheck_entry WHERE id = $1";
pub(super) const FEEDBACK_ABOUT: &str = "SELECT idx, id, about, leaf, entry, large \
     FROM mustcheck_entry WHERE about = $1 ORDER BY idx";

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its index, from 0.
    pub index: u64,
    /// The entry.
    pub entry: Vec<u8>,
}

/// A row of the log.
pub(super) struct LogRow {
    pub(super) index: u64,
    id: Option<String>,
    about: Option<String>,
    leaf: Vec<u8>,
    pub(super) entry: Vec<u8>,
    large: Option<Vec<u8>>,
}

impl LogRow {
    pub(super) fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            index: row.try_get::<_, i64>(0)?.unsigned_abs(),
            id: row.try_get(1)?,
            about: row.try_get(2)?,
            leaf: row.try_get(3)?,
            entry: row.try_get(4)?,
            large: row.try_get(5)?,
        })
    }

    /// The whole entry.
    pub(super) fn whole(&self) -> &[u8] {
        self.large.as_deref().unwrap_or(&self.entry)
    }

    /// Fault of the row, if its parts do not belong together.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let logged = Logged::of(self.whole());
        let text = |id: &Option<DocumentId>| id.as_ref().map(|id| id.as_str().to_owned());
        if *logged.leaf != *self.entry {
            return Some("does not stand for the entry beside it");
        }
        if logged.hash() != *self.leaf {
            return Some("was changed");
        }
        if text(&logged.id) != self.id || text(&logged.about) != self.about {
            return Some("is filed under another id");
        }
        None
    }
}

impl LogEntry {
    pub(super) fn read(row: &Row) -> Result<Self, Error> {
        let stored = LogRow::read(row)?;
        match stored.fault() {
            None => Ok(Self { index: stored.index, entry: stored.whole().to_vec() }),
            Some(fault) => Err(Error::Damaged(format!("entry {} {fault}", stored.index))),
        }
    }
}

impl PostgresLog {
    /// The entry of a receipt or feedback. Its bytes are checked to be those of this id; only
    /// [`PostgresLog::verify`] checks the whole log.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if somebody changed the row, or the database's failure.
    pub async fn receipt(&self, id: &DocumentId) -> Result<Option<LogEntry>, Error> {
        let connection = self.database().connection().await?;
        let rows = connection.rows(ENTRY_OF, &[&id.as_str()]).await?;
        connection.done();
        rows.first().map(LogEntry::read).transpose()
    }

    /// The feedback about a receipt, in the order of the log.
    ///
    /// # Errors
    ///
    /// As [`PostgresLog::receipt`].
    pub async fn feedback(&self, receipt: &DocumentId) -> Result<Vec<LogEntry>, Error> {
        let connection = self.database().connection().await?;
        let rows = connection.rows(FEEDBACK_ABOUT, &[&receipt.as_str()]).await?;
        connection.done();
        rows.iter().map(LogEntry::read).collect()
    }

    /// The last signed checkpoint, for an auditor to keep.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`] if it is not by the office's keys or does not fit the tree, or the
    /// database's failure.
    pub async fn checkpoint(&self) -> Result<String, Error> {
        let connection = self.database().connection().await?;
        let head = connection.one(HEAD).await?;
        connection.done();
        Ok(state(&self.0.ledger, &head)?.checkpoint().to_owned())
    }

    /// Number of entries.
    ///
    /// # Errors
    ///
    /// As [`PostgresLog::checkpoint`].
    pub async fn size(&self) -> Result<u64, Error> {
        let connection = self.database().connection().await?;
        let head = connection.one(HEAD).await?;
        connection.done();
        Ok(state(&self.0.ledger, &head)?.size())
    }
}
