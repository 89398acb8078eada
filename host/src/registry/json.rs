//! A registry in one JSON file, for trials and tests; the shape that importers read too.
//!
//! Strict: one record that cannot be judged makes the whole file an error, because a file with a
//! record left out would call its subject clear.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use mustcheck_facts::answers::{dates_fault, early_event};
use mustcheck_model::identifier;
use mustcheck_model::{Answer, CreditRecord, Subject, SubjectKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::input::{normalise, normalise_further, parse_strictly, quotable, read_file};
use crate::registry::held::{Held, Naming, OpenSummary, SourceSummary, answer, unexpected};
use crate::registry::identities::{Identity, identities};
use crate::registry::sources::{Coverage, Source, coverage, future_faults, sources_faults};
use crate::registry::{Ask, Registry, RegistryError, Vocabulary};

/// The largest registry file that is read, in bytes.
pub const REGISTRY_LIMIT: u64 = 1 << 30;

/// The registry file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryFile {
    /// The sources; none is a registry that covers nothing.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Their records.
    #[serde(default)]
    pub records: Vec<CreditRecord>,
}

/// A registry in memory.
#[derive(Debug)]
pub struct JsonRegistry {
    records: Vec<CreditRecord>,
    sources: Vec<Held>,
    parties: HashMap<Identity, Vec<usize>>,
}

impl JsonRegistry {
    /// Reads a registry file.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] with every record that cannot be judged, each with its place, or if a
    /// snapshot in it was taken after now.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let registry = Self::open_of_any_day(path)?;
        let sources: Vec<Source> = registry.sources.iter().map(|s| s.source.clone()).collect();
        let faults = future_faults(&sources)?;
        // RAIL R2: nobody could ever call such a snapshot stale.
        if faults.is_empty() { Ok(registry) } else { Err(content(faults)) }
    }

    /// Reads a registry file for a test, in which snapshots may be of a day to come.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] with every record that cannot be judged, each with its place.
    pub fn open_of_any_day(path: impl AsRef<Path>) -> Result<Self, RegistryError> {
        let path = path.as_ref();
        let json = read_file(path, REGISTRY_LIMIT)
            .map_err(|source| RegistryError::Io { path: path.display().to_string(), source })?;
        Self::from_json(&json)
    }

    /// Reads a registry from JSON.
    ///
    /// # Errors
    ///
    /// As [`JsonRegistry::open_of_any_day`].
    pub fn from_json(json: &[u8]) -> Result<Self, RegistryError> {
        let mut file: RegistryFile =
            parse_strictly(json).map_err(|e| RegistryError::Content(e.to_string()))?;
        let mut faults = sources_faults(&file.sources);
        let covers = coverage(&file.sources);
        let mut ids = BTreeSet::new();
        let mut parties: HashMap<Identity, Vec<usize>> = HashMap::new();
        for (i, record) in file.records.iter_mut().enumerate() {
            if let Some(fault) = record_fault(record, &covers) {
                faults.push(format!("records[{i}].{fault}"));
            }
            if !ids.insert(record.id.clone()) {
                faults.push(format!("records[{i}].id: `{}` stands twice", record.id));
            }
            for party in identities(record) {
                parties.entry(party).or_default().push(i);
            }
        }
        for (i, source) in file.sources.iter().enumerate() {
            let records = file.records.iter().filter(|r| r.source == source.id).count();
            let records = u64::try_from(records).unwrap_or(u64::MAX);
            faults.extend(unexpected(source, records).map(|f| format!("sources[{i}]: {f}")));
        }
        if !faults.is_empty() {
            return Err(content(faults));
        }
        let RegistryFile { sources, records } = file;
        let mut named: BTreeMap<&str, Naming> = BTreeMap::new();
        for record in &records {
            named.entry(&record.source).or_default().count(record);
        }
        let held = |source: Source| {
            let naming = named.remove(source.id.as_str()).unwrap_or_default();
            Held::readable(source, naming)
        };
        let sources = sources.into_iter().map(held).collect();
        Ok(Self { sources, records, parties })
    }

    /// The sources, with their counts.
    pub fn summary(&self) -> Vec<SourceSummary> {
        self.sources.iter().map(|held| self.of_source(held)).collect()
    }

    fn of_source(&self, held: &Held) -> SourceSummary {
        let source = held.source.clone();
        let mut lists: BTreeMap<String, u64> = source.lists().map(|l| (l.to_owned(), 0)).collect();
        for record in self.records.iter().filter(|record| record.source == source.id) {
            *lists.entry(record.list.clone()).or_default() += 1;
        }
        SourceSummary {
            records: lists.values().sum(),
            lists,
            kept_schemes: held.kept.schemes.clone(),
            open: OpenSummary::default(),
            acknowledged: 0,
            entries: Vec::new(),
            undo: None,
            source,
        }
    }

    /// Every record that names a subject, whatever its list.
    pub fn records_about(&self, subject: &Subject) -> Vec<CreditRecord> {
        self.found(subject).cloned().collect()
    }

    // RAIL R6: by exact identifier, never by name.
    fn found(&self, subject: &Subject) -> impl Iterator<Item = &CreditRecord> {
        let country = subject.country.clone().unwrap_or_default();
        let identity = (subject.scheme, country, subject.identifier.clone());
        let positions = self.parties.get(&identity).map_or(&[][..], Vec::as_slice);
        positions.iter().filter_map(|i| self.records.get(*i))
    }
}

impl Registry for JsonRegistry {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut answers = Vec::new();
        for ask in asks {
            let found: Vec<&CreditRecord> = self.found(ask.subject).collect();
            answer(ask, &self.sources, &found, &[], &mut answers);
        }
        Ok(answers)
    }

    /// Never: the registry is in memory.
    fn may_wait(&self) -> bool {
        false
    }

    fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        let mut faults = Vec::new();
        for (s, held) in self.sources.iter().enumerate() {
            let words = held.source.vocabulary_faults(vocabulary).into_iter();
            faults.extend(words.map(|(place, fault)| format!("sources[{s}].{place}: {fault}")));
        }
        for (i, record) in self.records.iter().enumerate() {
            if let Some(fault) = vocabulary_fault(record, vocabulary) {
                faults.push(format!("records[{i}].{fault}"));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(content(faults)) }
    }
}

/// All faults of a file in one error: the first ones, and how many more there are.
fn content(faults: Vec<String>) -> RegistryError {
    const SHOWN: usize = 50;
    let more = faults.len().saturating_sub(SHOWN);
    let mut lines: Vec<String> = faults.iter().take(SHOWN).map(|f| quotable(f)).collect();
    if more > 0 {
        lines.push(format!("… and {more} more"));
    }
    RegistryError::Content(lines.join("\n"))
}

/// Normalises a record's identifiers and returns what makes the record impossible to judge, if
/// anything: a field and what is wrong there.
pub fn record_fault(record: &mut CreditRecord, covers: &Coverage) -> Option<String> {
    let identifiers =
        std::iter::once((&mut record.subject.identifier, &mut record.subject.country)).chain(
            record.responsible_persons.iter_mut().map(|p| (&mut p.identifier, &mut p.country)),
        );
    for (identifier, country) in identifiers {
        normalise(identifier);
        if let Some(country) = country {
            normalise(country);
        }
    }
    normalise_further(&mut record.subject.also);
    if record.id.trim().is_empty() {
        return Some("id: must not be empty".into());
    }
    match covers.get(&record.source) {
        None => return Some(format!("source: `{}` is no source of this file", record.source)),
        Some(lists) if !lists.contains(&record.list) => {
            let (list, source) = (&record.list, &record.source);
            return Some(format!("list: `{list}` is not one that source `{source}` covers"));
        }
        Some(_) => {}
    }
    let about = &record.subject;
    if let Err(fault) = identifier::validate_issued(
        about.kind,
        about.scheme,
        &about.identifier,
        about.country.as_deref(),
        about.as_issued.as_deref(),
    ) {
        return Some(format!("subject.identifier: {fault}"));
    }
    for (a, also) in about.also.iter().enumerate() {
        let country = also.country.as_deref();
        if let Err(fault) = identifier::validate(about.kind, also.scheme, &also.identifier, country)
        {
            return Some(format!("subject.also[{a}].identifier: {fault}"));
        }
    }
    for (p, person) in record.responsible_persons.iter().enumerate() {
        if let Err(fault) = identifier::validate(
            SubjectKind::Person,
            person.scheme,
            &person.identifier,
            person.country.as_deref(),
        ) {
            return Some(format!("responsible_persons[{p}].identifier: {fault}"));
        }
    }
    let mut identifiers = identities(record).into_iter().map(|(_, _, identifier)| identifier);
    if let Some(identifier) = identifiers.find(|i| record.id.contains(i.as_str())) {
        // RAIL R13: the id of a record stands in decisions, logs and statistics.
        return Some(format!("id: holds the identifier `{}`", identifier::mask(&identifier)));
    }
    let fault = dates_fault(record).or_else(|| early_event(record));
    fault.map(|fault| format!("valid_from: {fault}"))
}

/// Returns the field and the fault of a code in a record that no policy knows, if there is one.
pub fn vocabulary_fault(record: &CreditRecord, vocabulary: &Vocabulary) -> Option<String> {
    if let Some(fault) = vocabulary.list_fault(&record.list) {
        return Some(format!("list: {fault}"));
    }
    if let Some(fault) = record.act.as_ref().and_then(|a| vocabulary.act_fault(&record.list, a)) {
        return Some(format!("act: {fault}"));
    }
    let fault = record.matter.as_ref().and_then(|m| vocabulary.matter_fault(m))?;
    Some(format!("matter: {fault}"))
}
