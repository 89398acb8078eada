//! The facts of a check, made from what the office and the sources report: codes become positions;
//! identifiers, names and words stay behind (RAIL R6).

pub mod answers;
pub mod validate;

use std::collections::BTreeMap;

use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_model::lookback::held_from;
use mustcheck_model::{
    AnswerFacts, Application, ApplicationError, ApplicationFacts, CreditRecord, DueLookup,
    EventFacts, MaterialFacts, Query, RecordFacts, SubjectFacts,
};

use crate::answers::Answered;

/// Checks an application and makes its facts.
///
/// # Errors
///
/// [`ApplicationError`] for the first thing that is wrong with the application, with its path.
pub fn application(
    policy: &Described,
    application: &Application,
    made_on: Date,
) -> Result<ApplicationFacts, ApplicationError> {
    let matter = validate::application(policy, application, made_on)?;
    let subjects = application.subjects.iter().map(|subject| SubjectFacts {
        role: subject.role,
        kind: subject.kind,
        scheme: subject.scheme,
        of: subject.of,
        as_issued: subject.as_issued.is_some(),
    });
    let materials = application.materials.iter().map(|material| MaterialFacts {
        statutory: material.statutory,
        provided: material.provided,
    });
    Ok(ApplicationFacts {
        matter,
        as_of: application.as_of,
        made_on,
        subjects: subjects.collect(),
        materials: materials.collect(),
        commitment: application.commitment,
    })
}

/// Makes the queries to a registry from the due lookups: the lists of each subject.
pub fn queries(policy: &Described, due: &[DueLookup]) -> Vec<Query> {
    let mut queries: Vec<Query> = Vec::new();
    for lookup in due {
        let Some(list) = policy.list_at(lookup.list) else { continue };
        match queries.last_mut().filter(|query| query.subject == lookup.subject) {
            Some(query) => query.lists.push(list.code.clone()),
            None => {
                let lists = vec![list.code.clone()];
                queries.push(Query { subject: lookup.subject, lists });
            }
        }
    }
    queries
}

/// Makes the facts of all answers.
pub fn answers(policy: &Described, answered: &[Answered<'_>]) -> Vec<AnswerFacts> {
    let mut numbers = Numbers::default();
    let decisions = decisions(answered);
    let mut position = 0;
    let facts = answered.iter().map(|row| {
        let source = row.answer.source.as_ref();
        let records = row.records.iter().map(|record| {
            let decision = decisions.get(position).copied().flatten();
            position += 1;
            numbers.record(policy, row, record, decision)
        });
        let records = records.collect();
        AnswerFacts {
            subject: row.subject_index,
            list: row.list_index,
            status: row.status,
            source: source.map(|source| numbers.sources.of(&source.id)),
            records_from: source.and_then(|source| source.records_from),
            held_from: source.map(held_from),
            records,
        }
    });
    facts.collect()
}

/// Numbers in the place of texts, from 0; equal texts have equal numbers.
#[derive(Default)]
struct Numbered<'a>(BTreeMap<&'a str, u32>);

impl<'a> Numbered<'a> {
    fn of(&mut self, text: &'a str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(text).or_insert(next)
    }
}

/// Numbers of the sources, records and documents of a check.
#[derive(Default)]
struct Numbers<'a> {
    sources: Numbered<'a>,
    records: Numbered<'a>,
    documents: Numbered<'a>,
}

impl<'a> Numbers<'a> {
    fn record(
        &mut self,
        policy: &Described,
        row: &Answered<'a>,
        record: &'a CreditRecord,
        decision: Option<u32>,
    ) -> RecordFacts {
        let is_about = record.is_about(row.subject);
        let named_as = if is_about { Vec::new() } else { record.named_as(row.subject).collect() };
        let events =
            record.events.iter().map(|event| EventFacts { kind: event.kind, on: event.on });
        RecordFacts {
            number: self.records.of(&record.id),
            act: record.act.as_deref().and_then(|act| policy.act_position(act)),
            matter: record.matter.as_deref().and_then(|matter| policy.matter_position(matter)),
            is_about,
            named_as,
            valid_from: record.valid_from,
            valid_until: record.valid_until,
            events: events.collect(),
            penalty: record.penalty.clone(),
            document: record.document.as_deref().map(|document| self.documents.of(document)),
            decision,
        }
    }
}

/// Numbers the decision of each record of all answers: the records of one list, authority and
/// document about one subject in several sources are copies of one decision. A record without a
/// copy has none.
///
/// INTERPRETATION: two records are about one subject if they share any identifier, or if each
/// shares one with a third copy.
fn decisions(answered: &[Answered<'_>]) -> Vec<Option<u32>> {
    let records: Vec<&CreditRecord> =
        answered.iter().flat_map(|row| row.records.iter().copied()).collect();
    let mut decisions = vec![None; records.len()];
    if records.len() < 2 {
        return decisions;
    }
    let mut alike: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (position, record) in records.iter().enumerate() {
        if let (Some(by), Some(document)) = (&record.decided_by, &record.document) {
            alike.entry((&record.list, by, document)).or_default().push(position);
        }
    }
    let same = |one: usize, other: usize| match (records.get(one), records.get(other)) {
        (Some(one), Some(other)) => one.source != other.source && are_one(one, other),
        _ => false,
    };
    let mut next = 0;
    for copies in alike.into_values().filter(|copies| copies.len() > 1) {
        let mut open = copies;
        while let Some(first) = open.pop() {
            // All copies that are tied to the first, by however many others.
            let mut tied = vec![first];
            let mut reached = 0;
            while let Some(one) = tied.get(reached).copied() {
                let (more, rest) = open.into_iter().partition(|other| same(one, *other));
                tied.extend::<Vec<usize>>(more);
                open = rest;
                reached += 1;
            }
            if tied.len() > 1 {
                for position in tied {
                    if let Some(decision) = decisions.get_mut(position) {
                        *decision = Some(next);
                    }
                }
                next += 1;
            }
        }
    }
    decisions
}

/// Whether two records are about one subject.
fn are_one(one: &CreditRecord, other: &CreditRecord) -> bool {
    let (one, other) = (&one.subject, &other.subject);
    one.identities().any(|own| other.identities().any(|theirs| own == theirs))
}
