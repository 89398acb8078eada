//! An index of the log: the places of documents in it, on disk, so that the service's memory does
//! not grow with its log.
//!
//! The index says nothing that the log does not say, and can be removed at any time: the missing
//! part is read from the log again. It is used only for the log that it was made from.

mod search;

use std::ops::Range;
use std::path::Path;

use mustcheck::Timestamp;
use mustcheck::model::Disposition;
use mustcheck_audit::AuditError;
use mustcheck_audit::feedback::Places;
use mustcheck_evidence::{AuditReader, DocumentId, Entry, Receipt};
use rusqlite::{
    Connection, ErrorCode, OptionalExtension as _, Row, Transaction, TransactionBehavior, params,
};

use super::RecordsError;

/// Marks the file as ours ("mchi"), so that another database is neither used nor overwritten.
const APPLICATION_ID: i64 = 0x6d63_6869;
/// Version of the layout.
const LAYOUT: i64 = 2;
/// Number of entries in a step: work that is stopped continues after the last whole step.
const STEP: u64 = 4096;
/// Size of the cache in memory, in KiB, however long the log is.
const CACHE: i64 = 4096;

const SCHEMA: &str = "
CREATE TABLE receipt (
    id BLOB PRIMARY KEY,
    log_index INTEGER NOT NULL,
    -- China Standard Time, as a timestamp is written: texts are in the order of time.
    made_at TEXT NOT NULL,
    number TEXT NOT NULL,
    matter TEXT NOT NULL,
    region TEXT NOT NULL,
    office TEXT NOT NULL,
    disposition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_in_order ON receipt (log_index);
CREATE INDEX receipt_of_day ON receipt (made_at);
CREATE TABLE feedback (
    receipt BLOB NOT NULL,
    log_index INTEGER NOT NULL,
    PRIMARY KEY (receipt, log_index)
) STRICT, WITHOUT ROWID;
-- One row: how many entries were read, and the root of the log's tree over them.
CREATE TABLE state (
    entries INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;
INSERT INTO state VALUES (0, x'');
";

/// Removes the tables of an earlier layout: the index is then made anew from the log.
const EARLIER: &str = "
DROP TABLE IF EXISTS receipt; DROP TABLE IF EXISTS feedback; DROP TABLE IF EXISTS state;
";

/// Error: the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Its database fails.
    #[error(
        "the index of the log, {path}, cannot be used; it may be removed, and is then made anew"
    )]
    Database {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: rusqlite::Error,
    },
    /// The file cannot be made.
    #[error("the index of the log, `{path}`, cannot be made")]
    File {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The file is a database of something else.
    #[error("{0} is no index of a log, or of another version; name another file")]
    Stranger(String),
    /// The index points at an entry that is not the one it should be.
    #[error("the index of the log, {0}, does not fit it: remove it, and it is made anew")]
    Unfit(String),
}

/// An index of a log.
pub(super) struct Index {
    connection: Connection,
    /// Name of the file in errors.
    name: String,
    /// Entries that are read in one transaction.
    step: u64,
}

impl Index {
    /// Opens an index, or begins one. Several processes may use the same file.
    ///
    /// # Errors
    ///
    /// [`IndexError`] if the file cannot be used, or is something else.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, IndexError> {
        path.map_or(Ok(()), for_this_user)?;
        // A database without a name is a temporary file, of which only the cache is in memory.
        let connection = Connection::open(path.unwrap_or_else(|| Path::new("")));
        let name = path.map_or_else(|| "a temporary file".into(), |p| format!("`{}`", p.display()));
        let connection = match connection {
            Ok(connection) => connection,
            Err(source) => return Err(IndexError::Database { path: name, source }),
        };
        let mut index = Self { connection, name, step: STEP };
        match index.prepare() {
            Ok(true) => Ok(index),
            Err(source) if source.sqlite_error_code() != Some(ErrorCode::NotADatabase) => {
                Err(index.failed(source))
            }
            Ok(false) | Err(_) => Err(IndexError::Stranger(index.name)),
        }
    }

    /// Prepares the file. Returns whether it is an index, or has become one.
    fn prepare(&mut self) -> rusqlite::Result<bool> {
        self.connection.busy_timeout(std::time::Duration::from_secs(30))?;
        self.connection.pragma_update(None, "cache_size", -CACHE)?;
        // This comes before anything is written: the file may be another program's.
        let found = Stamp::of(&self.connection.transaction()?)?;
        if found.tables > 0 && !found.is_ours() && !found.is_earlier() {
            return Ok(false);
        }
        // Not write-ahead: while SQLite changes a file to that mode, no process can wait for it,
        // and processes that begin it together are refused.
        let begun = self.begin()?;
        // Another process may have been first.
        if !Stamp::of(&begun)?.is_ours() {
            begun.execute_batch(EARLIER)?;
            begun.execute_batch(SCHEMA)?;
            begun.pragma_update(None, "application_id", APPLICATION_ID)?;
            begun.pragma_update(None, "user_version", LAYOUT)?;
        }
        begun.commit()?;
        Ok(true)
    }

    fn begin(&mut self) -> rusqlite::Result<Transaction<'_>> {
        self.connection.transaction_with_behavior(TransactionBehavior::Immediate)
    }

    /// Reads the entries that were appended since; all of them if the log is another one.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the log cannot be read, or the index not written.
    pub(super) fn catch_up(&mut self, reader: &AuditReader) -> Result<(), RecordsError> {
        while !self.step(reader)? {}
        Ok(())
    }

    /// Reads the next step of entries. Returns whether the index is up to date.
    ///
    /// # Errors
    ///
    /// As [`Self::catch_up`].
    pub(super) fn step(&mut self, reader: &AuditReader) -> Result<bool, RecordsError> {
        let state = |row: &Row<'_>| Ok(State { entries: row.get(0)?, root: row.get(1)? });
        let before = self.connection.query_row("SELECT entries, root FROM state", [], state);
        let before = before.map_err(|source| self.failed(source))?;
        let is_same = before.is_of(reader)?;
        if is_same && before.entries == reader.size() {
            return Ok(true);
        }
        let from = if is_same { before.entries } else { 0 };
        let entries = from.saturating_add(self.step).min(reader.size());
        let found = found(reader, from..entries)?;
        let now = State { entries, root: root(reader, entries)? };
        let added = self.add(&found, is_same, &before, &now);
        let is_added = added.map_err(|source| self.failed(source))?;
        Ok(is_added && entries == reader.size())
    }

    /// Adds the documents that were found. Returns `false`, and adds nothing, if another process
    /// has changed the index since.
    fn add(
        &mut self,
        found: &[Found],
        is_same: bool,
        before: &State,
        now: &State,
    ) -> rusqlite::Result<bool> {
        let begun = self.begin()?;
        let change = "UPDATE state SET entries = ?, root = ? WHERE entries = ? AND root = ?";
        let change =
            begun.execute(change, params![now.entries, now.root, before.entries, before.root])?;
        if change == 0 {
            return Ok(false);
        }
        if !is_same {
            begun.execute_batch("DELETE FROM receipt; DELETE FROM feedback;")?;
        }
        {
            let receipt = "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
            let mut receipt = begun.prepare_cached(receipt)?;
            let mut about =
                begun.prepare_cached("INSERT OR REPLACE INTO feedback VALUES (?, ?)")?;
            for one in found {
                match one {
                    Found::Receipt(id, at, of) => receipt.execute(params![
                        id,
                        at,
                        of.made_at.to_string(),
                        of.number,
                        of.matter,
                        of.region,
                        of.office,
                        of.disposition.to_string()
                    ])?,
                    Found::Feedback(id, at) => about.execute(params![id, at])?,
                };
            }
        }
        begun.commit()?;
        Ok(true)
    }

    /// Finds the places of a receipt and of the feedback about it.
    ///
    /// # Errors
    ///
    /// [`IndexError`] if the index cannot be read.
    pub(super) fn places(&self, id: &DocumentId) -> Result<Option<Places>, IndexError> {
        let Some(id) = bytes_of(id) else { return Ok(None) };
        let read = || {
            let of_it = "SELECT log_index FROM receipt WHERE id = ?";
            let at = self.connection.prepare_cached(of_it)?.query_row([&id], |row| row.get(0));
            let Some(receipt) = at.optional()? else { return Ok(None) };
            let about = "SELECT log_index FROM feedback WHERE receipt = ? ORDER BY log_index";
            let mut about = self.connection.prepare_cached(about)?;
            let feedback = about.query_map([&id], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(Some(Places { receipt, feedback }))
        };
        read().map_err(|source| self.failed(source))
    }

    /// Returns the error that an entry is not the one that the index says.
    pub(super) fn unfit(&self) -> IndexError {
        IndexError::Unfit(self.name.clone())
    }

    fn failed(&self, source: rusqlite::Error) -> IndexError {
        IndexError::Database { path: self.name.clone(), source }
    }
}

/// The marks of a database, which say whose it is.
struct Stamp {
    application: i64,
    layout: i64,
    tables: i64,
}

impl Stamp {
    /// Reads the marks in one transaction: another process may be about to begin the index.
    fn of(within: &Transaction<'_>) -> rusqlite::Result<Self> {
        let pragma = |name: &str| within.pragma_query_value(None, name, |row| row.get(0));
        Ok(Self {
            application: pragma("application_id")?,
            layout: pragma("user_version")?,
            tables: within.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
        })
    }

    fn is_ours(&self) -> bool {
        (self.application, self.layout) == (APPLICATION_ID, LAYOUT)
    }

    /// Whether it is an index that an earlier version made.
    fn is_earlier(&self) -> bool {
        self.application == APPLICATION_ID && (1..LAYOUT).contains(&self.layout)
    }
}

/// A document of the log: the bytes of an id, which is a digest, and the index in the log.
enum Found {
    Receipt([u8; 16], u64, IndexedCase),
    /// A feedback, by the receipt that it is about.
    Feedback([u8; 16], u64),
}

/// The case of a receipt, by which it is found.
struct IndexedCase {
    made_at: Timestamp,
    number: String,
    matter: String,
    region: String,
    office: String,
    disposition: Disposition,
}

impl IndexedCase {
    fn of(receipt: &Receipt) -> Self {
        let Receipt { made_at, case, disposition, .. } = receipt;
        Self {
            made_at: made_at.to_second(),
            number: case.id.clone(),
            matter: case.matter.clone(),
            region: case.office.region.clone(),
            office: case.office.name.clone(),
            disposition: *disposition,
        }
    }
}

/// The part of the log that was read.
struct State {
    entries: u64,
    /// Root of the log's tree over these entries.
    root: Vec<u8>,
}

impl State {
    /// Whether it is a part of this log.
    fn is_of(&self, reader: &AuditReader) -> Result<bool, AuditError> {
        Ok(self.entries == 0
            || self.entries <= reader.size() && root(reader, self.entries)? == self.root)
    }
}

fn root(reader: &AuditReader, entries: u64) -> Result<Vec<u8>, AuditError> {
    Ok(reader.root(entries)?.as_bytes().to_vec())
}

fn found(reader: &AuditReader, range: Range<u64>) -> Result<Vec<Found>, AuditError> {
    let mut found = Vec::new();
    for read in reader.entries(range) {
        let (at, entry) = read?;
        found.extend(match &entry {
            Entry::Receipt(receipt) => {
                let of = IndexedCase::of(&receipt.payload);
                bytes_of(&receipt.id()).map(|id| Found::Receipt(id, at, of))
            }
            Entry::Feedback(feedback) => {
                bytes_of(&feedback.payload.receipt).map(|id| Found::Feedback(id, at))
            }
            Entry::Failure(_) => None,
        });
    }
    Ok(found)
}

/// Makes the file, if there is none, for this user alone: it has the case numbers of the log.
#[cfg(unix)]
fn for_this_user(path: &Path) -> Result<(), IndexError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(source) if source.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(IndexError::File { path: path.display().to_string(), source })
        }
        _ => Ok(()),
    }
}

/// The file is made as the system makes files.
#[cfg(not(unix))]
const fn for_this_user(_: &Path) -> Result<(), IndexError> {
    Ok(())
}

fn bytes_of(id: &DocumentId) -> Option<[u8; 16]> {
    const_hex::decode_to_array(id.as_str().get(1..)?).ok()
}

#[cfg(test)]
mod tests;
