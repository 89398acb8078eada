//! What a database holds, whichever it is: how an import changes it, and what it answers.
//!
//! Each database has its own statements. What they store, and what is said of what they found, is
//! decided here once, so that all of them answer alike.

use mustcheck_guest::model::{Answer, AnswerStatus, CreditRecord, Event};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::input::quotable;
use crate::registry::json::not_covered;
use crate::registry::sources::Source;
use crate::registry::{Ask, RegistryError};

/// Stands for everybody among those whom refused records name; no identifier is spelt so.
pub const EVERYBODY: &str = "*";

/// A record that an import refused, as a lookup about somebody whom it names meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The source that lists it.
    pub source: String,
    /// The list; none if it may be any of the source's.
    pub list: Option<String>,
    /// Why it was refused.
    pub reason: String,
}

/// Answers one ask from the sources, in their order, from the records that name the subject, in
/// theirs, and from the refused records that name the subject or everybody.
pub fn answer(
    ask: &Ask<'_>,
    sources: &[Source],
    found: &[CreditRecord],
    refused: &[Refused],
    answers: &mut Vec<Answer>,
) {
    for list in ask.lists {
        let before = answers.len();
        for source in sources.iter().filter(|s| s.holds(list)) {
            let refusal = refused
                .iter()
                .find(|r| r.source == source.id && r.list.as_ref().is_none_or(|l| l == list));
            let reason = source.unavailable.clone().or_else(|| {
                refusal.map(|r| format!("a record was refused at import: {}", r.reason))
            });
            let own = found.iter().filter(|r| r.list == *list && r.source == source.id);
            // RAIL R2: a refused record leaves the question open.
            let status = match reason {
                Some(_) => AnswerStatus::Unavailable,
                None => AnswerStatus::Answered,
            };
            answers.push(Answer {
                query: ask.query,
                list: list.clone(),
                status,
                source: Some(source.state()),
                records: if reason.is_some() { vec![] } else { own.cloned().collect() },
                reason,
            });
        }
        if answers.len() == before {
            answers.push(not_covered(ask.query, list));
        }
    }
}

/// Why the snapshot of a source is not imported: the one held is newer.
pub fn outdated(new: &Source, held: &Source) -> Option<String> {
    (held.as_of > new.as_of).then(|| {
        format!("the snapshot of `{}` is older than the one held, of `{}`", new.as_of, held.as_of)
    })
}

/// What an import does with a record that is fit for import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new, or another than the one held under its id.
    Put {
        /// What is stored.
        record: Box<CreditRecord>,
        /// The same as it is written.
        body: String,
        /// Events of the record held, newer than the snapshot, that were kept.
        events_kept: u64,
    },
    /// It is as the one held.
    Same {
        /// Events of the record held, newer than the snapshot, that were kept.
        events_kept: u64,
    },
    /// Its id belongs to another source's record: it is refused, for this reason.
    Foreign {
        /// Why.
        reason: String,
    },
}

/// Decides what becomes of a record of a source, `held` being what is stored under its id;
/// `file` are the sources of the file.
///
/// # Errors
///
/// [`RegistryError`] if what is held cannot be read.
pub fn change(
    record: &CreditRecord,
    held: Option<&str>,
    source: &Source,
    file: &[Source],
) -> Result<Change, RegistryError> {
    let mut record = record.clone();
    let mut events_kept = 0;
    if let Some(body) = held {
        let old: CreditRecord = decode(body)?;
        // Ids are unique in a file, so a record that another source of this file held has moved.
        let moved = file.iter().any(|s| s.id == old.source);
        if old.source != source.id && !moved {
            let reason = format!("id: `{}` is held from source `{}`", record.id, old.source);
            return Ok(Change::Foreign { reason: quotable(&reason) });
        }
        events_kept = keep_newer_events(&old, &mut record, source);
        if encode(&record)? == body {
            return Ok(Change::Same { events_kept });
        }
    }
    let body = encode(&record)?;
    Ok(Change::Put { record: Box::new(record), body, events_kept })
}

/// The place that a report gives for a record whose id belongs to another source.
pub fn foreign_place(record: &CreditRecord, source: &Source) -> String {
    quotable(&format!("record `{}` of source `{}`", record.id, source.id))
}

/// Keeps what happened on or after the day of the snapshot and that the snapshot does not show:
/// an event of that day may have come after the snapshot was taken.
// RAIL R5: an event always beats an older snapshot.
fn keep_newer_events(old: &CreditRecord, new: &mut CreditRecord, source: &Source) -> u64 {
    let newer: Vec<Event> = (old.events.iter())
        .filter(|event| event.on >= source.as_of.date && !new.events.contains(event))
        .cloned()
        .collect();
    let kept = u64::try_from(newer.len()).unwrap_or(u64::MAX);
    if kept > 0 {
        new.events.extend(newer);
        new.events.sort_by_key(|event| event.on);
    }
    kept
}

/// A record or source as a database holds it.
///
/// # Errors
///
/// [`RegistryError`] if it cannot be written.
pub fn encode<T: Serialize>(value: &T) -> Result<String, RegistryError> {
    serde_json::to_string(value).map_err(|e| RegistryError::Other(e.to_string()))
}

/// Reads a record or source that a database holds.
///
/// # Errors
///
/// [`RegistryError`] if somebody else wrote it.
pub fn decode<T: DeserializeOwned>(body: &str) -> Result<T, RegistryError> {
    serde_json::from_str(body).map_err(|e| {
        // RAIL R13: the message may quote what stands in the row.
        let detail = quotable(&e.to_string());
        RegistryError::Other(format!("the database holds an unreadable row: {detail}"))
    })
}
