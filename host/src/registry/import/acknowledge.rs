//! Answering for entries that could not be read.

use std::path::Path;

use rusqlite::params;

use crate::input::quotable;
use crate::registry::RegistryError;
use crate::registry::held::Mark;
use crate::registry::sources::now;
use crate::registry::sqlite::open_for_repair;

/// Records who answers for entries that an import could not read, and why: they leave nobody open
/// any more, as long as the source lists them unchanged. Returns how many entries that are.
///
/// # Errors
///
/// [`RegistryError::Content`] if nobody has such a mark or something is not said, and then nothing
/// is recorded; or if the database cannot be used.
// RAIL R2: somebody answers for it by name.
pub fn acknowledge(
    database: &Path,
    marks: &[Mark],
    by: &str,
    why: &str,
) -> Result<u64, RegistryError> {
    for (what, text) in [("who answers for the entry", by), ("why", why)] {
        if text.trim().is_empty() {
            return Err(RegistryError::Content(format!("nobody said {what}")));
        }
    }
    let today = now()?.date.to_string();
    let mut connection = open_for_repair(database)?;
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut entries = 0;
    for mark in marks {
        // RAIL R13: who writes why may write about whom.
        let recorded = transaction.execute(
            "INSERT OR REPLACE INTO acknowledged (source, mark, by, why, day) \
             SELECT DISTINCT source, mark, ?2, ?3, ?4 FROM opening WHERE mark = ?1",
            params![mark, quotable(by.trim()), quotable(why.trim()), today],
        )?;
        if recorded == 0 {
            let shown = quotable(mark);
            let fault = format!("no entry that could not be read has the mark `{shown}`");
            return Err(RegistryError::Content(fault));
        }
        let sql = "SELECT count(*) FROM opening WHERE mark = ?1";
        let count: i64 = transaction.query_row(sql, [mark], |row| row.get(0))?;
        entries += count.unsigned_abs();
    }
    transaction.commit()?;
    Ok(entries)
}
