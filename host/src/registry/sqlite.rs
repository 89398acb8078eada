//! A registry in SQLite, the embedded default: found by exact identifier through an index.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use mustcheck_guest::model::{Answer, CreditRecord, Subject};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, params};

use crate::registry::held::{EVERYBODY, Refused, answer, decode};
use crate::registry::json::SourceSummary;
use crate::registry::sources::Source;
use crate::registry::{Ask, Registry, RegistryError, Vocabulary};

/// Marks the file as ours ("mchk"), so that another database is not mistaken for a registry.
const APPLICATION_ID: i64 = 0x6d63_686b;
/// The layout's version.
const LAYOUT: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE source (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE record (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL REFERENCES source (id),
    list TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX record_by_source ON record (source);
-- Everybody whom a record names, as its subject or as a responsible person.
CREATE TABLE party (
    identifier TEXT NOT NULL,
    scheme TEXT NOT NULL,
    country TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record (key) ON DELETE CASCADE,
    PRIMARY KEY (identifier, scheme, country, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_by_record ON party (record);
-- Records that an import refused, by whom they name: a lookup about them is not answered.
CREATE TABLE rejected (
    identifier TEXT NOT NULL,
    source TEXT NOT NULL REFERENCES source (id),
    list TEXT,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX rejected_by_identifier ON rejected (identifier);
CREATE INDEX rejected_by_source ON rejected (source);
";

/// A registry in a SQLite database. Lookups read one consistent state, also while an import runs.
#[derive(Debug)]
pub struct SqliteRegistry {
    path: PathBuf,
    /// Idle connections; each lookup takes one and gives it back.
    idle: Mutex<Vec<Open>>,
}

/// A connection, and what it has read once.
#[derive(Debug)]
struct Open {
    connection: Connection,
    sources: Option<KnownSources>,
}

/// The sources of one state of the database. Every lookup needs all of them, and they change only
/// with an import.
#[derive(Debug)]
struct KnownSources {
    /// What SQLite counts up for this connection whenever another one has written.
    state: i64,
    sources: Vec<Source>,
}

impl SqliteRegistry {
    /// Opens a registry for lookups.
    ///
    /// # Errors
    ///
    /// If the file is missing, unreadable, or no registry of this layout.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let registry = Self { path: path.as_ref().to_owned(), idle: Mutex::new(Vec::new()) };
        let open = registry.connect()?;
        registry.give_back(open);
        Ok(registry)
    }

    fn connect(&self) -> Result<Open, RegistryError> {
        if !self.path.exists() {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(RegistryError::Io { path: self.path.display().to_string(), source });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        // One plan for each statement: without this, it is planned anew for every identifier.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        check_layout(&connection, &self.path)?;
        Ok(Open { connection, sources: None })
    }

    fn take(&self) -> Result<Open, RegistryError> {
        // A poisoned lock only means that another lookup panicked; the connections are sound.
        let mut idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match idle.pop() {
            Some(open) => Ok(open),
            None => {
                drop(idle);
                self.connect()
            }
        }
    }

    fn give_back(&self, open: Open) {
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(open);
    }

    /// The sources, with their counts.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub fn summary(&self) -> Result<Vec<SourceSummary>, RegistryError> {
        let open = self.take()?;
        let connection = &open.connection;
        let count = |table: &str, id: &str| -> Result<u64, RegistryError> {
            let sql = format!("SELECT count(*) FROM {table} WHERE source = ?1");
            let count: i64 = connection.prepare_cached(&sql)?.query_row([id], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        };
        let mut all = Vec::new();
        for source in sources(connection)? {
            let records = count("record", &source.id)?;
            let rejected = count("rejected", &source.id)?;
            all.push(SourceSummary { source, records, rejected });
        }
        self.give_back(open);
        Ok(all)
    }

    /// Every record that names a subject, whatever its list.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub fn records_about(&self, subject: &Subject) -> Result<Vec<CreditRecord>, RegistryError> {
        let open = self.take()?;
        let records = records(&open.connection, subject)?;
        self.give_back(open);
        Ok(records)
    }
}

impl Registry for SqliteRegistry {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut open = self.take()?;
        // One transaction, so that all answers are of one state: the sources' too.
        let transaction = open.connection.transaction()?;
        let sources = sources_once(&transaction, &mut open.sources)?;
        let mut answers = Vec::new();
        for ask in asks {
            let found = records(&transaction, ask.subject)?;
            let refused = refused(&transaction, ask.subject)?;
            answer(ask, sources, &found, &refused, &mut answers);
        }
        transaction.finish()?;
        self.give_back(open);
        Ok(answers)
    }

    /// A local file; a lock is waited for as long as `busy_timeout` says.
    fn may_wait(&self) -> bool {
        false
    }

    fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        let open = self.take()?;
        let mut faults = Vec::new();
        for source in sources(&open.connection)? {
            for (_, fault) in source.vocabulary_faults(vocabulary) {
                faults.push(format!("source `{}`: {fault}", source.id));
            }
        }
        self.give_back(open);
        if faults.is_empty() { Ok(()) } else { Err(RegistryError::Content(faults.join("\n"))) }
    }
}

/// Opens a registry for writing; makes one where there is none.
pub(crate) fn open_for_import(path: &Path) -> Result<Connection, RegistryError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(30))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Two first imports may begin at once: whoever gets the lock makes the tables.
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let empty: bool =
        transaction.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    let id: i64 = transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if empty && id == 0 {
        let head = format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {LAYOUT}; {SCHEMA}"
        );
        transaction.execute_batch(&head)?;
    }
    transaction.commit()?;
    check_layout(&connection, path)?;
    // Readers go on reading the old state while an import writes the new one. Where the mode
    // cannot be changed just now, the import waits for its readers instead.
    let mode = connection.pragma_update(None, "journal_mode", "WAL");
    if mode.as_ref().is_err_and(|e| e.sqlite_error_code() != Some(ErrorCode::DatabaseBusy)) {
        mode?;
    }
    Ok(connection)
}

fn check_layout(connection: &Connection, path: &Path) -> Result<(), RegistryError> {
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let layout: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if id == APPLICATION_ID && layout == LAYOUT {
        return Ok(());
    }
    let what = if id == APPLICATION_ID {
        format!("is of layout {layout}; this program reads layout {LAYOUT}")
    } else {
        "is no mustcheck registry".into()
    };
    Err(RegistryError::Content(format!("`{}` {what}", path.display())))
}

/// The sources in the state that the transaction reads: those that are known unless another
/// connection has written since. Asking for the state is what begins to read it.
fn sources_once<'a>(
    transaction: &Transaction<'_>,
    known: &'a mut Option<KnownSources>,
) -> Result<&'a [Source], RegistryError> {
    let mut statement = transaction.prepare_cached("PRAGMA data_version")?;
    let state: i64 = statement.query_row([], |row| row.get(0))?;
    let held = match known.take() {
        Some(held) if held.state == state => held,
        _ => KnownSources { state, sources: sources(transaction)? },
    };
    Ok(&known.insert(held).sources)
}

pub(crate) fn sources(connection: &Connection) -> Result<Vec<Source>, RegistryError> {
    let mut statement = connection.prepare_cached("SELECT body FROM source ORDER BY id")?;
    let bodies = statement.query_map([], |row| row.get::<_, String>(0))?;
    bodies.map(|body| decode(&body?)).collect()
}

pub(crate) fn source(connection: &Connection, id: &str) -> Result<Option<Source>, RegistryError> {
    let mut statement = connection.prepare_cached("SELECT body FROM source WHERE id = ?1")?;
    let body = statement.query_row([id], |row| row.get::<_, String>(0)).optional()?;
    body.map(|body| decode(&body)).transpose()
}

fn records(connection: &Connection, subject: &Subject) -> Result<Vec<CreditRecord>, RegistryError> {
    // RAIL R6: by exact identifier, never by name. The order is that of the records' ids, so that
    // the same state always gives the same answer.
    let mut statement = connection.prepare_cached(
        "SELECT record.body FROM party JOIN record ON record.key = party.record \
         WHERE identifier = ?1 AND scheme = ?2 AND country = ?3 ORDER BY record.id",
    )?;
    let country = subject.country.as_deref().unwrap_or_default();
    let bodies = statement
        .query_map(params![subject.identifier, subject.scheme.code(), country], |row| {
            row.get::<_, String>(0)
        })?;
    bodies.map(|body| decode(&body?)).collect()
}

fn refused(connection: &Connection, subject: &Subject) -> Result<Vec<Refused>, RegistryError> {
    let mut statement = connection
        .prepare_cached("SELECT source, list, reason FROM rejected WHERE identifier IN (?1, ?2)")?;
    let rows = statement.query_map([subject.identifier.as_str(), EVERYBODY], |row| {
        Ok(Refused { source: row.get(0)?, list: row.get(1)?, reason: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
