//! Contents of a registry, in whatever store, and the answers that follow from them.
//!
//! Each store has its own statements. What is stored, and what is answered, is decided here once,
//! so that all stores answer alike: any source can prove that a record is there; only a complete
//! one that keeps this kind of identifier can prove that none is.

mod change;
mod kept;
mod refusal;
mod repair;

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::date::{Date, Timestamp};
use mustcheck_model::{Answer, AnswerStatus, CreditRecord, Scheme};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::input::quotable;
use crate::registry::sources::Source;
use crate::registry::{Ask, RegistryError};

pub use change::{
    Admission, Change, ImportOptions, Removals, admit, change, foreign_place, last_day, unexpected,
};
pub use kept::{Kept, Naming};
pub use refusal::Marks;
pub use refusal::{Entry, Mark, Reach, Refusal};
pub use repair::{held_elsewhere, no_such_mark, nothing_before};

/// An acknowledgement of an entry that could not be read: somebody answers for it, with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acknowledgement {
    /// Name of the person or office that answers for it.
    pub by: String,
    /// Reason for the acknowledgement.
    pub why: String,
    /// The day on which it was recorded.
    pub on: Date,
}

/// An entry that could not be read, as a lookup about a subject that it may mean finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Key of the entry, unique in its store.
    pub key: i64,
    /// The source that lists it.
    pub source: String,
    /// The list; none if it may be any of the source's.
    pub list: Option<String>,
    /// Its place in the file, such as `row 17`.
    pub place: String,
    /// Reason why it could not be read.
    pub reason: String,
    /// Number of entries like it, itself included.
    pub entries: u64,
    /// Acknowledgement of the entry, if there is one: then it leaves nobody open.
    pub acknowledged: Option<Acknowledgement>,
}

impl Opening {
    fn is_of(&self, source: &str, list: &str) -> bool {
        self.source == source && self.list.as_ref().is_none_or(|own| own == list)
    }
}

/// A source as a store holds it.
#[derive(Clone, Debug)]
pub struct Held {
    /// The source.
    pub source: Source,
    /// Identifiers by which it keeps its subjects, [but for](Kept::but_for) entries that somebody
    /// answers for.
    pub kept: Kept,
    /// The entries that may mean anybody: the first of each list, with how many there are.
    pub everybody: Vec<Opening>,
    /// Number of entries without any identifier, by list; no list means any list of the source.
    pub unnamed: Vec<(Option<String>, u64)>,
}

impl Held {
    /// A source of which every entry could be read.
    pub fn readable(source: Source, naming: Naming) -> Self {
        let kept = naming.kept(&source).but_for(&BTreeSet::new());
        Self { source, kept, everybody: Vec::new(), unnamed: Vec::new() }
    }

    fn answer(
        &self,
        ask: &Ask<'_>,
        list: &str,
        found: &[&CreditRecord],
        openings: &[Opening],
    ) -> Answer {
        let (status, reason) = self.status(ask, list, openings);
        let own = found.iter().filter(|r| r.list == list && r.source == self.source.id);
        let silent = self.source.unavailable.is_some();
        Answer {
            query: ask.query,
            list: list.to_owned(),
            status,
            source: Some(self.source.state()),
            reason,
            // A record that was found is there, whatever the source cannot say of others.
            records: own.filter(|_| !silent).map(|record| (*record).clone()).collect(),
        }
    }

    /// Returns how the source answers for a list: `answered` if it can prove that the subject is
    /// not on it; else another status, and the reason.
    // RAIL R2: absence of proof is no proof of absence.
    fn status(
        &self,
        ask: &Ask<'_>,
        list: &str,
        openings: &[Opening],
    ) -> (AnswerStatus, Option<String>) {
        let (source, subject) = (&self.source, ask.subject);
        if let Some(reason) = &source.unavailable {
            return (AnswerStatus::Unavailable, Some(reason.clone()));
        }
        if !source.holds_kind(list, subject.kind) {
            let reason = format!("the source does not hold this list of kind `{}`", subject.kind);
            return (AnswerStatus::NotCovered, Some(reason));
        }
        // An entry that fits by two patterns is one entry.
        let meant = openings.iter().chain(&self.everybody).filter(|o| o.is_of(&source.id, list));
        let meant: BTreeMap<i64, &Opening> = meant.map(|opening| (opening.key, opening)).collect();
        let open = || meant.values().filter(|opening| opening.acknowledged.is_none());
        if let Some(first) = open().next() {
            let more = open().map(|opening| opening.entries).sum::<u64>().saturating_sub(1);
            return (AnswerStatus::Unavailable, Some(refused(first, more)));
        }
        if let Some(unkept) = self.kept.unkept(subject) {
            return (AnswerStatus::NotCovered, Some(format!("the source {unkept}")));
        }
        let of_list = self.unnamed.iter().filter(|(of, _)| of.as_ref().is_none_or(|of| of == list));
        let unnamed: u64 = of_list.map(|(_, entries)| entries).sum();
        let is_identified = subject.identities().any(|(scheme, _, _)| source.identifies_by(scheme));
        if unnamed > 0 && !is_identified {
            let reason = format!("entries that the source names by no identifier: {unnamed}");
            return (AnswerStatus::NotCovered, Some(reason));
        }
        let otherwise = self.kept.named_otherwise(list, subject);
        if otherwise > 0 && !is_identified && source.schemes.is_none() {
            let reason =
                format!("entries that the source names by no `{}`: {otherwise}", subject.scheme);
            return (AnswerStatus::NotCovered, Some(reason));
        }
        let acknowledged = meant.values().find_map(|opening| {
            let Acknowledgement { by, why, on } = opening.acknowledged.as_ref()?;
            let place = &opening.place;
            Some(quotable(&format!("{place} is answered for by {by} since {on}: {why}")))
        });
        (AnswerStatus::Answered, acknowledged)
    }
}

fn refused(first: &Opening, more: u64) -> String {
    let Opening { place, reason, .. } = first;
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("a record was refused at import: {place}: {reason}{more}")
}

/// Answers one ask from the sources, in their order, from the records that name the subject, in
/// theirs, and from the entries that could not be read and may mean the subject.
pub fn answer(
    ask: &Ask<'_>,
    sources: &[Held],
    found: &[&CreditRecord],
    openings: &[Opening],
    answers: &mut Vec<Answer>,
) {
    for list in ask.lists {
        let before = answers.len();
        let holders = || sources.iter().filter(|held| held.source.holds(list));
        let fit = |held: &Held| held.source.holds_kind(list, ask.subject.kind);
        let any = holders().any(fit);
        for held in holders() {
            let answer = held.answer(ask, list, found, openings);
            // A source that holds the list of other kinds says nothing beside one that holds it of
            // this kind.
            if fit(held) || !any || !answer.records.is_empty() {
                answers.push(answer);
            }
        }
        if answers.len() == before {
            answers.push(not_covered(ask.query, list));
        }
    }
}

/// The answer for a list that no source holds.
fn not_covered(query: u32, list: &str) -> Answer {
    Answer {
        query,
        list: list.to_owned(),
        status: AnswerStatus::NotCovered,
        source: None,
        reason: None,
        records: Vec::new(),
    }
}

/// A summary of a source: how complete it is, and as of when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceSummary {
    /// The source.
    #[serde(flatten)]
    pub source: Source,
    /// Number of its records.
    pub records: u64,
    /// Number of its records by list.
    pub lists: BTreeMap<String, u64>,
    /// Identifiers by which it keeps its subjects.
    pub kept_schemes: BTreeSet<Scheme>,
    /// Counts of the entries that could not be read and are not acknowledged.
    pub open: OpenSummary,
    /// Number of entries that somebody answers for.
    pub acknowledged: u64,
    /// The first entries that could not be read.
    pub entries: Vec<EntrySummary>,
    /// Time of the snapshot that `registry undo` would bring back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<Timestamp>,
}

/// Largest number of unreadable entries that a summary lists one by one.
pub const ENTRIES_SHOWN: usize = 50;

/// Counts of the entries of a source that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OpenSummary {
    /// Entries that may mean any subject that fits their patterns.
    pub subjects: u64,
    /// Patterns of those.
    pub patterns: u64,
    /// Entries that may mean everybody.
    pub everybody: u64,
    /// Entries that name nobody by an identifier.
    pub unnamed: u64,
    /// Time of the first snapshot that had one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

impl OpenSummary {
    /// Number of all these entries.
    pub const fn entries(&self) -> u64 {
        self.subjects + self.everybody + self.unnamed
    }

    /// Adds entries of a reach; `since` is the time of the first snapshot that had one of them.
    pub fn count(&mut self, reach: Reach, entries: u64, since: Timestamp) {
        match reach {
            Reach::Subjects => self.subjects += entries,
            Reach::Everybody => self.everybody += entries,
            Reach::Unnamed => self.unnamed += entries,
        }
        let at = |t: &Timestamp| t.unix_seconds();
        self.since = self.since.into_iter().chain([since]).min_by_key(at);
    }
}

/// An entry that could not be read, as a summary lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntrySummary {
    /// Mark by which `registry acknowledge` names it.
    pub mark: String,
    /// The list; none if it may be any of the source's.
    pub list: Option<String>,
    /// Its place in the file.
    pub place: String,
    /// Reason why it could not be read.
    pub reason: String,
    /// Reach: the subjects that it leaves open.
    pub reach: Reach,
    /// Time of the first snapshot that had it.
    pub since: Timestamp,
    /// Acknowledgement of the entry, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
}

/// Writes a record or source as a database holds it.
///
/// # Errors
///
/// [`RegistryError`] if it cannot be written.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<String, RegistryError> {
    serde_json::to_string(value).map_err(|e| RegistryError::Other(e.to_string()))
}

/// Reads a record or source that a database holds.
///
/// # Errors
///
/// [`RegistryError`] if somebody else wrote it.
pub fn decode<T: DeserializeOwned>(body: &str) -> Result<T, RegistryError> {
    serde_json::from_str(body).map_err(|e| unreadable(&e.to_string()))
}

/// Makes the error for a row that somebody else wrote.
pub fn unreadable(detail: &str) -> RegistryError {
    // RAIL R13: the message may quote the row.
    let detail = quotable(detail);
    RegistryError::Other(format!("the database holds an unreadable row: {detail}"))
}

#[cfg(test)]
mod tests;
