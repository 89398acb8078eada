//! Importing registry files into SQLite.
//!
//! One transaction per source: the snapshot replaces what the source held, and a killed import
//! leaves the old state. What the source no longer lists is removed. Events that are newer than
//! the snapshot are kept: an event always beats an older snapshot (RAIL R5).
//!
//! A record that cannot be judged is reported with its place and not imported. Whom it names is
//! remembered, so that a lookup about them is `unavailable` rather than empty (RAIL R2).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mustcheck_guest::model::CreditRecord;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::input::{misplaced_array, normalise, parse, parse_strictly, quotable, read_file};
use crate::registry::held::{Change, EVERYBODY, change, decode, encode, foreign_place, outdated};
use crate::registry::json::{
    Coverage, REGISTRY_LIMIT, Source, coverage, identities, record_fault, sources_faults,
    vocabulary_fault,
};
use crate::registry::sqlite::{open_for_import, source};
use crate::registry::{RegistryError, Vocabulary};

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default)]
    records: Vec<Box<RawValue>>,
}

/// A record that was refused, and whom it names.
#[derive(Debug)]
pub struct Refusal {
    /// Its id, as far as anybody can tell.
    pub id: Option<String>,
    /// Its list; none if it may be any of the source's.
    pub list: Option<String>,
    /// Everybody whom it names, or [`EVERYBODY`].
    pub identifiers: BTreeSet<String>,
    /// Why.
    pub reason: String,
}

/// What can be read of a record that cannot be read as one: any field may be of any shape, and
/// what lies deeper is passed over.
#[derive(Default, Deserialize)]
struct Remnant<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    list: Option<&'a RawValue>,
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    responsible_persons: Option<&'a RawValue>,
    /// Why an importer of another format could not make a record of it.
    #[serde(borrow)]
    rejected: Option<&'a RawValue>,
}

/// Why an importer of another format refused what stands in the place of a record, if it did.
fn rejected(record: &str) -> Option<String> {
    if !record.contains("\"rejected\"") {
        return None;
    }
    written(serde_json::from_str::<Remnant<'_>>(record).ok()?.rejected)
}

/// The identifier of whatever party can be read.
#[derive(Default, Deserialize)]
struct Party<'a> {
    #[serde(borrow)]
    identifier: Option<&'a RawValue>,
}

/// A text, or a number as it was written: spreadsheets turn codes into numbers.
fn written(value: Option<&RawValue>) -> Option<String> {
    let raw = value?.get();
    match serde_json::from_str::<String>(raw) {
        Ok(text) => Some(text),
        Err(_) if raw.starts_with(|c: char| c.is_ascii_digit()) => Some(raw.to_owned()),
        Err(_) => None,
    }
}

impl Remnant<'_> {
    /// Everybody whom the record names, as far as anybody can tell.
    fn identifiers(&self) -> BTreeSet<String> {
        let subject = self.subject.and_then(|s| serde_json::from_str::<Party<'_>>(s.get()).ok());
        let persons = self
            .responsible_persons
            .and_then(|p| serde_json::from_str::<Vec<&RawValue>>(p.get()).ok());
        let persons = persons.unwrap_or_default();
        let persons =
            persons.iter().filter_map(|p| serde_json::from_str::<Party<'_>>(p.get()).ok());
        let named = subject.into_iter().chain(persons);
        named
            .filter_map(|party| written(party.identifier))
            .map(|mut identifier| {
                normalise(&mut identifier);
                identifier
            })
            .collect()
    }
}

/// What a file holds for one source.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The records that are fit for import.
    pub records: Vec<CreditRecord>,
    /// Those that are not.
    pub refusals: Vec<Refusal>,
}

/// A registry file, read and judged: what of it a database may take.
#[derive(Debug)]
pub struct Incoming {
    sources: Vec<Source>,
    snapshots: BTreeMap<String, Snapshot>,
    rejected: Vec<Rejected>,
}

impl Incoming {
    /// Reads a registry file.
    ///
    /// # Errors
    ///
    /// If the file cannot be used at all; records that were refused are no error.
    pub fn read(file: &Path, vocabulary: &Vocabulary) -> Result<Self, RegistryError> {
        let json = read_file(file, REGISTRY_LIMIT)
            .map_err(|source| RegistryError::Io { path: file.display().to_string(), source })?;
        let raw: RawFile = parse(&json)
            .map_err(|e| RegistryError::Content(format!("`{}`: {e}", file.display())))?;
        let mut faults = sources_faults(&raw.sources);
        faults.extend(misplaced(&json, &raw.sources));
        for (s, source) in raw.sources.iter().enumerate() {
            for (l, list) in source.covers.iter().enumerate() {
                if let Some(fault) = vocabulary.list_fault(list) {
                    faults.push(format!("sources[{s}].covers[{l}]: {fault}"));
                }
            }
        }
        if !faults.is_empty() {
            let faults = faults.join("\n");
            return Err(RegistryError::Content(format!("`{}`: {faults}", file.display())));
        }
        let mut report = Report::default();
        let snapshots = sort(&raw, vocabulary, &mut report);
        let snapshots = snapshots.into_iter().map(|(id, one)| (id.to_owned(), one)).collect();
        Ok(Self { snapshots, rejected: report.rejected, sources: raw.sources })
    }

    /// The sources, in the order of the file.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Takes what the file holds for a source.
    pub fn take(&mut self, source: &str) -> Snapshot {
        self.snapshots.remove(source).unwrap_or_default()
    }

    /// Takes the records that nobody may import.
    pub fn take_rejected(&mut self) -> Vec<Rejected> {
        std::mem::take(&mut self.rejected)
    }
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
    for source in incoming.sources.clone() {
        let snapshot = incoming.take(&source.id);
        let file = &incoming.sources;
        let done = import_source(&mut connection, file, &source, &snapshot, &mut report, progress)?;
        report.sources.push(done);
    }
    Ok(report)
}

/// Arrays in the place of the document or of a source.
fn misplaced(json: &[u8], sources: &[Source]) -> Option<String> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        sources: serde_json::Value,
    }
    let object = json.iter().find(|b| !b.is_ascii_whitespace() && b.is_ascii());
    if object == Some(&b'[') {
        return Some("the document: invalid type: sequence, expected an object".into());
    }
    let written = serde_json::from_slice::<Head>(json).ok()?.sources;
    let read = serde_json::to_value(sources).ok()?;
    let path = misplaced_array(&written, &read, "sources".into())?;
    Some(format!("{path}: invalid type: sequence, expected an object"))
}

/// Judges every record and sorts it to its source.
fn sort<'a>(
    raw: &'a RawFile,
    vocabulary: &Vocabulary,
    report: &mut Report,
) -> BTreeMap<&'a str, Snapshot> {
    let covers: Coverage = coverage(&raw.sources);
    let mut snapshots: BTreeMap<&str, Snapshot> = BTreeMap::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for (i, text) in raw.records.iter().enumerate() {
        let parsed = match rejected(text.get()) {
            Some(reason) => Err(reason),
            None => {
                parse_strictly::<CreditRecord>(text.get().as_bytes()).map_err(|e| e.to_string())
            }
        };
        let judged = parsed.and_then(|mut record| {
            let fault = record_fault(&mut record, &covers)
                .or_else(|| vocabulary_fault(&record, vocabulary))
                .or_else(|| {
                    ids.contains(&record.id).then(|| format!("id: `{}` stands twice", record.id))
                });
            fault.map_or(Ok(record), Err)
        });
        match judged {
            Ok(record) => {
                ids.insert(record.id.clone());
                let source = raw.sources.iter().find(|s| s.id == record.source);
                let Some(source) = source else { continue };
                snapshots.entry(&source.id).or_default().records.push(record);
            }
            Err(reason) => {
                let reason = quotable(&reason);
                refuse(raw, text.get(), &reason, &mut snapshots);
                report.rejected.push(Rejected { place: format!("records[{i}]"), reason });
            }
        }
    }
    snapshots
}

/// Remembers whom a refused record names, with its source; with every source if it names none.
/// A record of which nobody can tell whom it names stands for everybody: until the source is
/// imported again, nobody is clear by it.
// RAIL R2
fn refuse<'a>(
    raw: &'a RawFile,
    record: &str,
    reason: &str,
    snapshots: &mut BTreeMap<&'a str, Snapshot>,
) {
    let remnant: Remnant<'_> = serde_json::from_str(record).unwrap_or_default();
    let mut identifiers = remnant.identifiers();
    if identifiers.is_empty() {
        identifiers.insert(EVERYBODY.to_owned());
    }
    let (named, list) = (written(remnant.source), written(remnant.list));
    let known = |id: &String| raw.sources.iter().any(|s| s.id == *id);
    let named = named.filter(known);
    for source in &raw.sources {
        if named.as_ref().is_some_and(|named| *named != source.id) {
            continue;
        }
        // A list that the source does not hold may be a misspelling of any that it does.
        let list = list.clone().filter(|l| source.covers.contains(l));
        snapshots.entry(&source.id).or_default().refusals.push(Refusal {
            id: written(remnant.id),
            list,
            identifiers: identifiers.clone(),
            reason: reason.to_owned(),
        });
    }
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
