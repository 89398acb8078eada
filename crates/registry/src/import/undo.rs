//! Bringing back the snapshot from before the last import.

use std::path::Path;

use mustcheck::registry::RegistryError;
use mustcheck::registry::held::{
    Entry, Reach, Refusal, decode, held_elsewhere, nothing_before, unreadable,
};
use mustcheck::registry::sources::Source;
use mustcheck::registry::written::Pattern;
use mustcheck_model::CreditRecord;
use mustcheck_model::date::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use crate::error::StoreError;
use crate::sqlite::{begin, count_shapes, open_for_repair, put_entries, put_parties};

/// Brings back the snapshot of a source from before its last import, once. Returns the time of that
/// snapshot.
///
/// # Errors
///
/// [`RegistryError::Content`] if none is kept, or if a record of it now belongs to another source;
/// another [`RegistryError`] if the database cannot be used. Then nothing is changed.
pub fn undo(database: &Path, source: &str) -> Result<Timestamp, RegistryError> {
    Ok(brought_back(database, source)?)
}

fn brought_back(database: &Path, source: &str) -> Result<Timestamp, StoreError> {
    let mut connection = open_for_repair(database)?;
    let transaction = begin(&mut connection)?;
    let sql = "SELECT body, kept FROM before_source WHERE id = ?1";
    let before: Option<(String, String)> =
        transaction.query_row(sql, [source], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((body, kept)) = before else {
        return Err(nothing_before(source).into());
    };
    let held: Source = decode(&body)?;
    records(&transaction, source)?;
    openings(&transaction, source)?;
    let sql = "UPDATE source SET body = ?2, kept = ?3 WHERE id = ?1";
    transaction.execute(sql, params![source, body, kept])?;
    for sql in [
        "DELETE FROM before_source WHERE id = ?1",
        "DELETE FROM before_record WHERE source = ?1",
        "DELETE FROM before_opening WHERE source = ?1",
        "DELETE FROM acknowledged WHERE source = ?1 \
         AND mark NOT IN (SELECT mark FROM opening WHERE source = ?1)",
    ] {
        transaction.execute(sql, [source])?;
    }
    count_shapes(&transaction)?;
    transaction.commit()?;
    Ok(held.as_of)
}

fn records(transaction: &Transaction<'_>, source: &str) -> Result<(), StoreError> {
    let elsewhere = "SELECT record.id, record.source FROM before_record \
                     JOIN record ON record.id = before_record.id \
                     WHERE before_record.source = ?1 AND record.source <> ?1 LIMIT 1";
    let elsewhere: Option<(String, String)> = transaction
        .query_row(elsewhere, [source], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((id, owner)) = elsewhere {
        return Err(held_elsewhere(&id, &owner).into());
    }
    let now = "DELETE FROM record WHERE id IN (SELECT id FROM before_record WHERE source = ?1)";
    transaction.execute(now, [source])?;
    let before = "SELECT id, owner, list, until, body FROM before_record \
                  WHERE source = ?1 AND body IS NOT NULL";
    let mut before = transaction.prepare(before)?;
    let mut rows = before.query([source])?;
    while let Some(row) = rows.next()? {
        let (id, owner, list): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (until, body): (String, String) = (row.get(3)?, row.get(4)?);
        transaction
            .prepare_cached(
                "INSERT INTO record (id, source, list, until, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![id, owner, list, until, body])?;
        let key = transaction.last_insert_rowid();
        put_parties(transaction, key, &decode::<CreditRecord>(&body)?)?;
    }
    Ok(())
}

fn openings(transaction: &Transaction<'_>, source: &str) -> Result<(), StoreError> {
    transaction.execute("DELETE FROM opening WHERE source = ?1", [source])?;
    let before = "SELECT list, place, reason, mark, since, reach, patterns FROM before_opening \
                  WHERE source = ?1 ORDER BY rowid";
    let mut before = transaction.prepare(before)?;
    let mut rows = before.query([source])?;
    while let Some(row) = rows.next()? {
        let (since, reach): (String, String) = (row.get(4)?, row.get(5)?);
        let patterns: String = row.get(6)?;
        let read = patterns.split_whitespace().map(Pattern::read).collect::<Option<_>>();
        let (Some(patterns), Some(reach)) = (read, Reach::of(&reach)) else {
            return Err(unreadable("an entry that could not be read").into());
        };
        let refusal = Refusal {
            id: None,
            list: row.get(0)?,
            place: row.get(1)?,
            reason: row.get(2)?,
            mark: row.get(3)?,
            open: Default::default(),
            unnamed: false,
            beside: false,
        };
        put_entries(transaction, source, &refusal, &[Entry { reach, patterns }], &since)?;
    }
    Ok(())
}
