//! A registry that answers as the sources did: with what they said, and nothing that was not asked.

use std::collections::BTreeMap;

use mustcheck::model::{Answer, AnswerStatus, CreditRecord};
use mustcheck::registry::json::RegistryFile;
use mustcheck::registry::sources::{Cover, Source};
use mustcheck::{Date, Timestamp};

/// Returns a registry that gives the same answers.
pub fn of(answers: &[Answer], as_of: Date) -> RegistryFile {
    let mut sources: BTreeMap<String, Source> = BTreeMap::new();
    let mut records: BTreeMap<&str, CreditRecord> = BTreeMap::new();
    for answer in answers {
        let Some(source) = source_of(answer, as_of) else { continue };
        let known = sources.entry(source.id.clone()).or_insert(source);
        if !known.holds(&answer.list) {
            known.covers.push(Cover::from(answer.list.as_str()));
        }
        if answer.status == AnswerStatus::Answered {
            records.extend(answer.records.iter().map(|r| (r.id.as_str(), r.clone())));
        }
    }
    RegistryFile {
        sources: sources.into_values().collect(),
        records: records.into_values().collect(),
    }
}

/// Returns the source of an answer; none if no source holds the list. Lists that a source did not
/// answer get a source of their own: a source in a file answers for all its lists or for none.
fn source_of(answer: &Answer, as_of: Date) -> Option<Source> {
    let state = answer.source.as_ref();
    let id = state.map_or("source", |state| state.id.as_str());
    let unavailable = match answer.status {
        AnswerStatus::NotCovered => return None,
        AnswerStatus::Answered => None,
        status => Some(status.code().to_owned()),
    };
    let midnight = Timestamp { date: as_of, hour: 0, minute: 0, second: 0 };
    Some(Source {
        id: match &unavailable {
            None => id.to_owned(),
            Some(status) => format!("{id}-{status}"),
        },
        name: String::new(),
        as_of: state.map_or(midnight, |state| state.as_of),
        records_from: state.and_then(|state| state.records_from),
        covers: Vec::new(),
        schemes: None,
        identified_by: None,
        expected: None,
        unavailable,
    })
}
