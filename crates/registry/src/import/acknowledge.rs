//! Acknowledging entries that could not be read.

use std::path::Path;

use mustcheck::registry::RegistryError;
use mustcheck::registry::held::{Acknowledgement, Mark, no_such_mark};
use rusqlite::params;

use crate::error::StoreError;
use crate::sqlite::{begin, open_for_repair};

/// Records a person's acknowledgement, by name and with a reason, of entries that an import could
/// not read: they leave nobody open any more, as long as the source lists them unchanged. Returns
/// the number of these entries.
///
/// # Errors
///
/// [`RegistryError::Content`] if no entry has such a mark, or if name or reason is missing; another
/// [`RegistryError`] if the database cannot be used. Then nothing is recorded.
// RAIL R2: a named person answers for it.
pub fn acknowledge(
    database: &Path,
    marks: &[Mark],
    by: &str,
    why: &str,
) -> Result<u64, RegistryError> {
    Ok(recorded(database, marks, by, why)?)
}

fn recorded(database: &Path, marks: &[Mark], by: &str, why: &str) -> Result<u64, StoreError> {
    let Acknowledgement { by, why, on } = Acknowledgement::today(by, why)?;
    let mut connection = open_for_repair(database)?;
    let transaction = begin(&mut connection)?;
    let mut entries = 0;
    for mark in marks {
        let recorded = transaction.execute(
            "INSERT OR REPLACE INTO acknowledged (source, mark, by, why, day) \
             SELECT DISTINCT source, mark, ?2, ?3, ?4 FROM opening WHERE mark = ?1",
            params![mark, by, why, on.to_string()],
        )?;
        if recorded == 0 {
            return Err(no_such_mark(mark).into());
        }
        let sql = "SELECT count(*) FROM opening WHERE mark = ?1";
        let count: i64 = transaction.query_row(sql, [mark], |row| row.get(0))?;
        entries += count.unsigned_abs();
    }
    transaction.commit()?;
    Ok(entries)
}
