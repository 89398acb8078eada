//! Importing registry files into SQLite.
//!
//! One transaction per source: the snapshot replaces what the source held, and a killed import
//! leaves the old state. What the source no longer lists is removed. Events that are newer than
//! the snapshot are kept: an event always beats an older snapshot (RAIL R5).
//!
//! A record that cannot be judged is reported with its place and not imported. Whom it names is
//! remembered, so that a lookup about them is `unavailable` rather than empty (RAIL R2).

mod read;

use std::collections::BTreeSet;
use std::path::Path;

use mustcheck_guest::model::CreditRecord;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use crate::registry::held::{Change, change, decode, encode, foreign_place, outdated};
use crate::registry::json::identities;
use crate::registry::sources::Source;
use crate::registry::sqlite::{open_for_import, source};
use crate::registry::{RegistryError, Vocabulary};

pub use read::{Incoming, Refusal, Snapshot};

/// What an import did for one source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// The source.
    pub source: String,
    /// Records that are new.
    pub added: u64,
    /// Records that changed.
    pub changed: u64,
    /// Records that are as they were.
    pub unchanged: u64,
    /// Records that the source no longer lists.
    pub removed: u64,
    /// Events newer than the snapshot that were kept.
    pub events_kept: u64,
    /// Why nothing was imported, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A record that was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its place in the file.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// By source, in the order of the file.
    pub sources: Vec<SourceReport>,
    /// Records that were not imported.
    pub rejected: Vec<Rejected>,
}

/// Imports a registry file into a database, which is made if it does not exist.
///
/// `progress` is called with each record that was written.
///
/// # Errors
///
/// If the file or the database cannot be used at all; what one source or record does wrong is in
/// the report.
pub fn import(
    file: &Path,
    database: &Path,
    vocabulary: &Vocabulary,
    progress: &mut dyn FnMut(),
) -> Result<Report, RegistryError> {
    let mut incoming = Incoming::read(file, vocabulary)?;
    let mut report = Report { rejected: incoming.take_rejected(), ..Report::default() };
    let mut connection = open_for_import(database)?;
    for source in incoming.sources().to_vec() {
        let snapshot = incoming.take(&source.id);
        let file = incoming.sources();
        let done = import_source(&mut connection, file, &source, &snapshot, &mut report, progress)?;
        report.sources.push(done);
    }
    Ok(report)
}

fn import_source(
    connection: &mut Connection,
    file: &[Source],
    new: &Source,
    snapshot: &Snapshot,
    report: &mut Report,
    progress: &mut dyn FnMut(),
) -> Result<SourceReport, RegistryError> {
    let mut done = SourceReport { source: new.id.clone(), ..SourceReport::default() };
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    done.refused = source(&transaction, &new.id)?.and_then(|held| outdated(new, &held));
    if done.refused.is_some() {
        return Ok(done);
    }
    let body = encode(new)?;
    transaction.execute(
        "INSERT INTO source (id, body) VALUES (?1, ?2) \
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        params![new.id, body],
    )?;
    let mut gone: BTreeSet<String> = held_ids(&transaction, &new.id)?;
    transaction.execute("DELETE FROM rejected WHERE source = ?1", [&new.id])?;
    for record in &snapshot.records {
        gone.remove(&record.id);
        put(&transaction, &Owner { source: new, file }, record, &mut done, report)?;
        progress();
    }
    for refusal in &snapshot.refusals {
        // The source still lists it: the held version stays, and its parties stay unanswered.
        let held = refusal.id.as_ref().filter(|id| gone.remove(*id));
        let held = held.map(|id| held_record(&transaction, id)).transpose()?.flatten();
        let before = held.iter().flat_map(identities).map(|(_, _, identifier)| identifier);
        for identifier in before.chain(refusal.identifiers.iter().cloned()) {
            reject(&transaction, new, &identifier, refusal.list.as_deref(), &refusal.reason)?;
        }
    }
    for id in gone {
        transaction.execute("DELETE FROM record WHERE id = ?1", [id])?;
        done.removed += 1;
    }
    transaction.commit()?;
    Ok(done)
}

fn held_ids(
    transaction: &Transaction<'_>,
    source: &str,
) -> Result<BTreeSet<String>, RegistryError> {
    let mut statement = transaction.prepare_cached("SELECT id FROM record WHERE source = ?1")?;
    let ids = statement.query_map([source], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn held_record(
    transaction: &Transaction<'_>,
    id: &str,
) -> Result<Option<CreditRecord>, RegistryError> {
    let mut statement = transaction.prepare_cached("SELECT body FROM record WHERE id = ?1")?;
    let body = statement.query_row([id], |row| row.get::<_, String>(0)).optional()?;
    body.map(|body| decode(&body)).transpose()
}

fn reject(
    transaction: &Transaction<'_>,
    source: &Source,
    identifier: &str,
    list: Option<&str>,
    reason: &str,
) -> Result<(), RegistryError> {
    transaction
        .prepare_cached(
            "INSERT INTO rejected (identifier, source, list, reason) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![identifier, source.id, list, reason])?;
    Ok(())
}

/// The source that is imported, beside the others of its file.
struct Owner<'a> {
    source: &'a Source,
    file: &'a [Source],
}

fn put(
    transaction: &Transaction<'_>,
    owner: &Owner<'_>,
    record: &CreditRecord,
    done: &mut SourceReport,
    report: &mut Report,
) -> Result<(), RegistryError> {
    let source = owner.source;
    let held: Option<(i64, String)> = transaction
        .prepare_cached("SELECT key, body FROM record WHERE id = ?1")?
        .query_row([&record.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let body = held.as_ref().map(|(_, body)| body.as_str());
    let (record, body) = match change(record, body, source, owner.file)? {
        Change::Put { record, body, events_kept } => {
            done.events_kept += events_kept;
            (record, body)
        }
        Change::Same { events_kept } => {
            done.events_kept += events_kept;
            done.unchanged += 1;
            return Ok(());
        }
        Change::Foreign { reason } => {
            for (_, _, identifier) in identities(record) {
                reject(transaction, source, &identifier, Some(&record.list), &reason)?;
            }
            report.rejected.push(Rejected { place: foreign_place(record, source), reason });
            return Ok(());
        }
    };
    match held {
        Some((key, _)) => {
            transaction.execute("DELETE FROM record WHERE key = ?1", [key])?;
            done.changed += 1;
        }
        None => done.added += 1,
    }
    transaction
        .prepare_cached("INSERT INTO record (id, source, list, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![record.id, record.source, record.list, body])?;
    let key = transaction.last_insert_rowid();
    let mut party = transaction.prepare_cached(
        "INSERT INTO party (identifier, scheme, country, record) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (scheme, country, identifier) in identities(&record) {
        party.execute(params![identifier, scheme.code(), country, key])?;
    }
    Ok(())
}
