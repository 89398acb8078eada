//! A registry in SQLite, the embedded default. Records are found by exact identifier through an
//! index.

mod openings;
mod summary;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use mustcheck::registry::held::{Held, SourceSummary, answer, decode};
use mustcheck::registry::sources::{Source, future_faults};
use mustcheck::registry::written::Shape;
use mustcheck::registry::{Ask, Registry, RegistryError, Vocabulary};
use mustcheck_model::{Answer, CreditRecord, Subject};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};

use crate::error::StoreError;
pub(crate) use write::{
    begin, count_shapes, open_for_import, open_for_repair, put_entries, put_parties,
};

/// Application id of the file ("mchk"), so that another database is not mistaken for a registry.
const APPLICATION_ID: i64 = 0x6d63_686b;
/// Version of the layout.
const LAYOUT: i64 = 3;

const SCHEMA: &str = include_str!("sqlite/schema.sql");

/// A registry in a SQLite database. Lookups read one consistent state, also while an import runs.
#[derive(Debug)]
pub struct SqliteRegistry {
    path: PathBuf,
    /// Idle connections; each lookup takes one and gives it back.
    idle: Mutex<Vec<Open>>,
}

/// A connection, and the state that it has read once.
#[derive(Debug)]
struct Open {
    connection: Connection,
    known: Option<KnownState>,
}

/// The part of a state that every lookup needs, and that changes only with an import.
#[derive(Debug)]
struct KnownState {
    /// SQLite's `data_version`: it differs for this connection after another one has written.
    state: i64,
    sources: Vec<Held>,
    /// Shapes of the open patterns.
    shapes: Vec<Shape>,
}

impl SqliteRegistry {
    /// Opens a registry for lookups.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the file is missing, unreadable, or no registry of this layout, or if a
    /// snapshot in it was taken after now.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let registry = Self::open_of_any_day(path)?;
        let open = registry.take()?;
        let faults = future_faults(&sources(&open.connection)?)?;
        registry.give_back(open);
        // RAIL R2: nobody could ever call such a snapshot stale.
        if faults.is_empty() {
            Ok(registry)
        } else {
            Err(RegistryError::Content(faults.join("\n")))
        }
    }

    /// Opens a registry for lookups and inspection; a snapshot in it may have been taken after now.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the file is missing, unreadable, or no registry of this layout.
    pub fn open_of_any_day(path: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let registry = Self { path: path.as_ref().to_owned(), idle: Mutex::new(Vec::new()) };
        let open = registry.connect()?;
        registry.give_back(open);
        Ok(registry)
    }

    fn connect(&self) -> Result<Open, StoreError> {
        if !self.path.exists() {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(RegistryError::Io { path: self.path.display().to_string(), source }.into());
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        // One plan for each statement: without this, it is planned anew for every identifier.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        check_layout(&connection, &self.path)?;
        Ok(Open { connection, known: None })
    }

    fn take(&self) -> Result<Open, StoreError> {
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

    /// Returns the sources, with their counts and with the entries that could not be read.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the database fails.
    pub fn summary(&self) -> Result<Vec<SourceSummary>, RegistryError> {
        let open = self.take()?;
        let all = summary::summary(&open.connection)?;
        self.give_back(open);
        Ok(all)
    }

    /// Returns every record that names a subject, whatever its list.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the database fails.
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
        let transaction = open.connection.transaction().map_err(StoreError::from)?;
        let known = known_once(&transaction, &mut open.known)?;
        let mut answers = Vec::new();
        for ask in asks {
            let found = records(&transaction, ask.subject)?;
            let found: Vec<&CreditRecord> = found.iter().collect();
            let open = openings::meaning(&transaction, &known.shapes, &ask.subject.identifier)?;
            answer(ask, &known.sources, &found, &open, &mut answers);
        }
        transaction.finish().map_err(StoreError::from)?;
        self.give_back(open);
        Ok(answers)
    }

    /// Always false: the file is local. A lock is waited for at most as long as `busy_timeout`
    /// says.
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

fn check_layout(connection: &Connection, path: &Path) -> Result<(), StoreError> {
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
    Err(RegistryError::Content(format!("`{}` {what}", path.display())).into())
}

/// Returns the state that the transaction reads: the one from before, unless another connection has
/// written since. Reading `data_version` is what begins the transaction's read.
fn known_once<'a>(
    transaction: &Transaction<'_>,
    known: &'a mut Option<KnownState>,
) -> Result<&'a KnownState, StoreError> {
    let mut statement = transaction.prepare_cached("PRAGMA data_version")?;
    let state: i64 = statement.query_row([], |row| row.get(0))?;
    let held = match known.take() {
        Some(held) if held.state == state => held,
        _ => KnownState {
            state,
            sources: openings::held(transaction)?,
            shapes: openings::shapes(transaction)?,
        },
    };
    Ok(known.insert(held))
}

pub(crate) fn sources(connection: &Connection) -> Result<Vec<Source>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT body FROM source ORDER BY id")?;
    let bodies = statement.query_map([], |row| row.get::<_, String>(0))?;
    bodies.map(|body| Ok(decode(&body?)?)).collect()
}

pub(crate) fn source(connection: &Connection, id: &str) -> Result<Option<Source>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT body FROM source WHERE id = ?1")?;
    let body = statement.query_row([id], |row| row.get::<_, String>(0)).optional()?;
    Ok(body.map(|body| decode(&body)).transpose()?)
}

fn records(connection: &Connection, subject: &Subject) -> Result<Vec<CreditRecord>, StoreError> {
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
    bodies.map(|body| Ok(decode(&body?)?)).collect()
}
