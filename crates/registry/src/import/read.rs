//! Reading a registry file, and judging which of its records a database may take.
//!
//! The file is read record by record, twice: first its sources, which may come at its end, then its
//! records. Of each record only the digest of its id is kept.

mod remnant;
mod stream;

use std::collections::BTreeSet;
use std::path::Path;

use mustcheck::input::{parse_strictly, quotable};
use mustcheck::registry::held::{Marks, Refusal};
use mustcheck::registry::identities;
use mustcheck::registry::json::{record_fault, vocabulary_fault};
use mustcheck::registry::sources::{Coverage, Source, coverage, future_faults, sources_faults};
use mustcheck::registry::written::{Pattern, rounded};
use mustcheck::registry::{RegistryError, Vocabulary};
use mustcheck_model::CreditRecord;
use serde::Deserialize;

use super::Rejected;
use crate::digests::DigestSet;
use remnant::{Remnant, rejected};
use stream::{Input, Passed};

/// Everything in a file except its records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct FileHead {
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default, rename = "records")]
    _records: Passed,
}

/// An item of a file's records.
#[derive(Debug)]
pub enum Item {
    /// A record that is fit for import, with its source.
    Record(Box<CreditRecord>),
    /// A record that is not fit, or may mean others too; one item for each source that may list it.
    Refusal {
        /// The source.
        source: String,
        /// The refused entry.
        refusal: Refusal,
    },
}

/// A registry file whose sources are read and judged.
#[derive(Debug)]
pub struct Incoming {
    input: Input,
    vocabulary: Vocabulary,
    sources: Vec<Source>,
}

impl Incoming {
    /// Reads the sources of a registry file, and checks that the rest of it is JSON.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the file cannot be used at all.
    pub fn read(file: &Path, vocabulary: &Vocabulary) -> Result<Self, RegistryError> {
        let input = Input::open(file)?;
        let sources = input.parse::<FileHead>()?.sources;
        let mut faults = sources_faults(&sources);
        faults.extend(future_faults(&sources)?);
        for (s, source) in sources.iter().enumerate() {
            let words = source.vocabulary_faults(vocabulary).into_iter();
            faults.extend(words.map(|(place, fault)| format!("sources[{s}].{place}: {fault}")));
        }
        if faults.is_empty() {
            return Ok(Self { input, vocabulary: vocabulary.clone(), sources });
        }
        Err(input.fault(&faults.join("\n")))
    }

    /// The sources, in the order of the file.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Passes all items of the file to `take`, in its order, and returns the rejected records.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the file cannot be read; any error of `take`.
    pub fn each(
        &self,
        take: &mut dyn FnMut(Item) -> Result<(), RegistryError>,
    ) -> Result<Vec<Rejected>, RegistryError> {
        let mut judge = Judge {
            file: self,
            covers: coverage(&self.sources),
            ids: DigestSet::new()?,
            marks: Marks::default(),
            rejected: Vec::new(),
        };
        self.input.records(&mut |number, text| judge.take(number, text, take))?;
        Ok(judge.rejected)
    }
}

/// State of judging the records in turn.
struct Judge<'a> {
    file: &'a Incoming,
    covers: Coverage,
    /// Digests of the ids so far.
    ids: DigestSet,
    marks: Marks,
    rejected: Vec<Rejected>,
}

impl Judge<'_> {
    fn take(
        &mut self,
        number: u64,
        text: &str,
        take: &mut dyn FnMut(Item) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        match self.record(text)? {
            Ok(record) => {
                let beside = self.beside(number, text, &record);
                take(Item::Record(Box::new(record)))?;
                beside.map_or(Ok(()), take)
            }
            Err(reason) => {
                let (reason, place) = (quotable(&reason), format!("records[{number}]"));
                let mark = self.marks.of(text);
                let rejected = Rejected { place, reason, mark };
                self.refuse(text, &rejected, take)?;
                self.rejected.push(rejected);
                Ok(())
            }
        }
    }

    /// Returns a refusal for all others whom a record may mean, if a spreadsheet may have rounded
    /// its identifiers.
    // RAIL R2
    fn beside(&mut self, number: u64, text: &str, record: &CreditRecord) -> Option<Item> {
        let named = identities(record).into_iter();
        let open: BTreeSet<Pattern> = named.flat_map(|(_, _, id)| rounded(&id)).collect();
        let refusal = |judge: &mut Self| Refusal {
            id: None,
            list: Some(record.list.clone()),
            place: format!("records[{number}]"),
            reason: "an identifier ends as a number does that a spreadsheet rounded".into(),
            mark: judge.marks.of(text),
            open: open.clone(),
            unnamed: false,
            beside: true,
        };
        let source = record.source.clone();
        (!open.is_empty()).then(|| Item::Refusal { source, refusal: refusal(self) })
    }

    /// Returns the record if it can be judged; else the reason.
    fn record(&mut self, text: &str) -> Result<Result<CreditRecord, String>, RegistryError> {
        let judged = self.judge(text);
        let Ok(record) = &judged else { return Ok(judged) };
        if self.ids.insert([record.id.as_str()])? {
            Ok(judged)
        } else {
            Ok(Err(format!("id: `{}` stands twice", record.id)))
        }
    }

    fn judge(&self, text: &str) -> Result<CreditRecord, String> {
        if let Some(reason) = rejected(text) {
            return Err(reason);
        }
        let mut record =
            parse_strictly::<CreditRecord>(text.as_bytes()).map_err(|e| e.to_string())?;
        let fault = record_fault(&mut record, &self.covers)
            .or_else(|| vocabulary_fault(&record, &self.file.vocabulary));
        fault.map_or(Ok(record), Err)
    }

    /// Passes on a refusal with the identifiers that a rejected record may mean, to its source; to
    /// every source if it names none.
    // RAIL R2
    fn refuse(
        &self,
        text: &str,
        told: &Rejected,
        take: &mut dyn FnMut(Item) -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        let remnant: Remnant<'_> = serde_json::from_str(text).unwrap_or_default();
        let named = remnant.source().filter(|named| self.covers.contains_key(named));
        let (place, reason) = remnant.place(told);
        for source in &self.file.sources {
            if named.as_ref().is_some_and(|named| *named != source.id) {
                continue;
            }
            // A list that the source does not hold may be a misspelling of any that it does.
            let refusal = Refusal {
                id: remnant.id(),
                list: remnant.list().filter(|list| source.holds(list)),
                place: place.to_owned(),
                reason: reason.to_owned(),
                mark: told.mark.clone(),
                open: remnant.may_mean(),
                unnamed: remnant.is_unnamed(),
                beside: false,
            };
            take(Item::Refusal { source: source.id.clone(), refusal })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
