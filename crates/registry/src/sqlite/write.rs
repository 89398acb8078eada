//! Writing to databases.

use std::path::Path;

use mustcheck::registry::RegistryError;
use mustcheck::registry::held::{Entry, Refusal};
use mustcheck::registry::identities;
use mustcheck_model::CreditRecord;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, params};

use super::{APPLICATION_ID, LAYOUT, SCHEMA, check_layout};
use crate::error::StoreError;

/// Opens a registry for writing; creates one where there is none.
pub(crate) fn open_for_import(path: &Path) -> Result<Connection, StoreError> {
    make_private(path);
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(30))?;
    // Two first imports may begin at once: the one that gets the lock makes the tables.
    let transaction = begin(&mut connection)?;
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
    set_up(&connection, path)?;
    // Readers go on reading the old state while an import writes the new one. Where the mode
    // cannot be changed just now, the import waits for its readers instead.
    let mode = connection.pragma_update(None, "journal_mode", "WAL");
    if mode.as_ref().is_err_and(|e| e.sqlite_error_code() != Some(ErrorCode::DatabaseBusy)) {
        mode?;
    }
    Ok(connection)
}

/// Opens a registry that exists for writing.
pub(crate) fn open_for_repair(path: &Path) -> Result<Connection, StoreError> {
    if !path.exists() {
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(RegistryError::Io { path: path.display().to_string(), source }.into());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(30))?;
    set_up(&connection, path)?;
    Ok(connection)
}

/// Begins a write transaction; only one runs at a time.
pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

fn set_up(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    check_layout(connection, path)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // RAIL R13: removed content is overwritten, since it holds identifiers.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(())
}

/// Creates an empty file that only its owner may read, unless there is one. SQLite reports any
/// other fault of the place when it opens it.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Stores the parties that a record names.
pub(crate) fn put_parties(
    transaction: &Transaction<'_>,
    key: i64,
    record: &CreditRecord,
) -> Result<(), StoreError> {
    let mut party = transaction.prepare_cached(
        "INSERT INTO party (identifier, scheme, country, record) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (scheme, country, identifier) in identities(record) {
        party.execute(params![identifier, scheme.code(), country, key])?;
    }
    Ok(())
}

/// Stores an entry that could not be read, and the patterns that it leaves open.
// RAIL R2
pub(crate) fn put_entries(
    transaction: &Transaction<'_>,
    source: &str,
    refusal: &Refusal,
    entries: &[Entry],
    since: &str,
) -> Result<(), StoreError> {
    let Refusal { list, place, reason, mark, .. } = refusal;
    let mut opening = transaction.prepare_cached(
        "INSERT INTO opening (source, list, place, reason, mark, since, reach) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut pattern = transaction.prepare_cached(
        "INSERT OR IGNORE INTO pattern (key, opening, pattern, shape) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for Entry { reach, patterns } in entries {
        opening.execute(params![source, list, place, reason, mark, since, reach.code()])?;
        let key = transaction.last_insert_rowid();
        for one in patterns {
            let shape = one.shape().to_string();
            pattern.execute(params![one.key(), key, one.as_str(), shape])?;
        }
    }
    Ok(())
}

/// Updates the table of the shapes that patterns have.
pub(crate) fn count_shapes(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM shape", [])?;
    transaction.execute("INSERT INTO shape SELECT DISTINCT shape FROM pattern", [])?;
    Ok(())
}
