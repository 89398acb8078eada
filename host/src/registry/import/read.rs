//! Reading a registry file, and judging what of it a database may take.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mustcheck_guest::model::{CreditRecord, Scheme};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Rejected, Report};
use crate::input::{misplaced_array, parse, parse_strictly, quotable, read_file};
use crate::registry::held::EVERYBODY;
use crate::registry::json::{REGISTRY_LIMIT, record_fault, vocabulary_fault};
use crate::registry::sources::{Coverage, Source, coverage, future_faults, sources_faults};
use crate::registry::written::{Pattern, Shape, all_exact, left_open, normalised};
use crate::registry::{RegistryError, Vocabulary};

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
    /// Whom it may mean, as that importer tells.
    #[serde(default)]
    open: Option<BTreeSet<String>>,
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
    scheme: Option<&'a RawValue>,
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
    /// Everybody whom the record may mean, as far as anybody can tell; [`EVERYBODY`] among them
    /// where it may be somebody who is not named.
    // RAIL R2: an identifier that cannot be read names nobody who is ever asked about.
    fn identifiers(&self) -> BTreeSet<String> {
        // Only an importer tells; in a file that somebody wrote, it is one more unknown key.
        if let (Some(open), Some(_)) = (&self.open, self.rejected) {
            return open.iter().filter_map(|text| Pattern::read(text)).map(named).collect();
        }
        let subject = self.subject.and_then(|s| serde_json::from_str::<Party<'_>>(s.get()).ok());
        let Some(subject) = subject.filter(|subject| subject.identifier.is_some()) else {
            return BTreeSet::new();
        };
        let persons = self
            .responsible_persons
            .and_then(|p| serde_json::from_str::<Vec<&RawValue>>(p.get()).ok());
        let persons = persons.unwrap_or_default();
        let persons =
            persons.iter().filter_map(|p| serde_json::from_str::<Party<'_>>(p.get()).ok());
        std::iter::once(subject).chain(persons).flat_map(|party| party.may_mean()).collect()
    }
}

impl Party<'_> {
    fn may_mean(&self) -> BTreeSet<String> {
        let Some(text) = written(self.identifier) else {
            return std::iter::once(EVERYBODY.to_owned()).collect();
        };
        let scheme = written(self.scheme);
        let scheme = Scheme::ALL.iter().find(|s| Some(s.code()) == scheme.as_deref()).copied();
        let whole = normalised(&text);
        let exact = all_exact(&whole).iter().any(|(_, identifier)| *identifier == whole);
        if exact || scheme == Some(Scheme::Passport) {
            let pattern = Pattern::exact(&whole).unwrap_or_else(Pattern::everybody);
            return std::iter::once(named(pattern)).collect();
        }
        left_open(&text, scheme).into_patterns().into_iter().map(named).collect()
    }
}

/// The identifier that a pattern is of; [`EVERYBODY`] for one that several fit.
fn named(pattern: Pattern) -> String {
    match pattern.shape() {
        Shape::Whole => pattern.as_str().to_owned(),
        _ => EVERYBODY.to_owned(),
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
        faults.extend(future_faults(&raw.sources)?);
        faults.extend(misplaced(&json, &raw.sources));
        for (s, source) in raw.sources.iter().enumerate() {
            let words = source.vocabulary_faults(vocabulary).into_iter();
            faults.extend(words.map(|(place, fault)| format!("sources[{s}].{place}: {fault}")));
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
        let list = list.clone().filter(|l| source.holds(l));
        snapshots.entry(&source.id).or_default().refusals.push(Refusal {
            id: written(remnant.id),
            list,
            identifiers: identifiers.clone(),
            reason: reason.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests;
