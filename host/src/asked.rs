//! The due lookups as a registry is asked them, and its answers as the component takes them.

use std::collections::BTreeMap;
use std::mem::swap;

use mustcheck_model::described::Parts;
use mustcheck_model::{Answer, AnswerStatus, Application, Query, Subject};

use crate::registry::Ask;

/// The due lookups as a registry is asked them: once for each identifier of a subject, and once
/// more for the parts of each list that has any.
pub(crate) struct Asked<'a> {
    application: &'a Application,
    due: &'a [Query],
    parts: &'a Parts,
    /// Subjects under each of their further identifiers, with the position of the query.
    further: Vec<(u32, Subject)>,
}

impl<'a> Asked<'a> {
    /// The due lookups of an application.
    pub(crate) fn of(parts: &'a Parts, application: &'a Application, due: &'a [Query]) -> Self {
        let mut further = Vec::new();
        for (query, subject) in subjects(application, due) {
            further.extend((0..subject.also.len()).map(|n| (query, under(subject, n))));
        }
        Self { application, due, parts, further }
    }

    /// Returns the asks of a registry, in the order of their positions: the due lookups come first.
    pub(crate) fn asks(&self) -> Vec<Ask<'_>> {
        let all = (0_u32..).zip(self.questions());
        all.map(|(place, (_, subject, lists))| Ask {
            query: place,
            subject,
            lists,
            as_of: self.application.as_of,
        })
        .collect()
    }

    /// The position of the query, the subject under one of its identifiers, and the lists.
    fn questions(&self) -> impl Iterator<Item = (u32, &Subject, &[String])> {
        let further = || self.further.iter().map(|(query, subject)| (*query, subject));
        let named = move || subjects(self.application, self.due).chain(further());
        let whole = named().map(|(query, subject)| (query, subject, self.lists(query)));
        let parts = named().flat_map(|(query, subject)| {
            let of = self.lists(query).iter().filter_map(|list| self.parts.of(list));
            of.map(move |parts| (query, subject, parts))
        });
        whole.chain(parts)
    }

    fn lists(&self, query: u32) -> &'a [String] {
        let query = usize::try_from(query).ok().and_then(|query| self.due.get(query));
        query.map_or(&[], |query| query.lists.as_slice())
    }

    /// Joins the answers as the component takes them: one for each query, list and source.
    pub(crate) fn joined(&self, mut answers: Vec<Answer>) -> Vec<Answer> {
        let queries: Vec<u32> = self.questions().map(|(query, _, _)| query).collect();
        let first = self.due.len();
        if queries.len() == first {
            return answers;
        }
        let place = |answer: &Answer| usize::try_from(answer.query).unwrap_or(usize::MAX);
        let more: Vec<Answer> = answers.extract_if(.., |answer| place(answer) >= first).collect();
        let mut of_query: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (i, answer) in answers.iter().enumerate() {
            of_query.entry(answer.query).or_default().push(i);
        }
        for mut answer in more {
            if let Some(query) = queries.get(place(&answer)) {
                answer.query = *query;
            }
            let Some(answer) = self.of_whole(answer) else { continue };
            let known = of_query.entry(answer.query).or_default();
            let same = |i: &&usize| answers.get(**i).is_some_and(|other| is_joined(other, &answer));
            match known.iter().find(same).copied().and_then(|i| answers.get_mut(i)) {
                Some(other) => join(other, answer),
                None => {
                    known.push(answers.len());
                    answers.push(answer);
                }
            }
        }
        answers
    }

    /// Turns the answer for a part of a list into one for the list. None where no source holds the
    /// part: the answer for the list itself says which source holds the list.
    // RAIL R2: a part proves who is on it, and never that nobody is on the list. What its source
    // cannot say leaves the list open.
    fn of_whole(&self, mut answer: Answer) -> Option<Answer> {
        let Some(whole) = self.parts.whole(&answer.list) else { return Some(answer) };
        if answer.status == AnswerStatus::NotCovered
            && (answer.source.is_none() && answer.reason.is_none() && answer.records.is_empty())
        {
            return None;
        }
        for record in &mut answer.records {
            whole.clone_into(&mut record.list);
        }
        whole.clone_into(&mut answer.list);
        Some(answer)
    }
}

/// Whether two answers to a query are of one list and one source.
fn is_joined(one: &Answer, other: &Answer) -> bool {
    let ids = [one, other].map(|answer| answer.source.as_ref().map(|source| &source.id));
    let [one_id, other_id] = ids;
    one.list == other.list && one_id == other_id
}

/// A subject under one of its further identifiers, which changes places with the first.
fn under(subject: &Subject, n: usize) -> Subject {
    let mut under = Subject { as_issued: None, ..subject.clone() };
    if let Some(also) = under.also.get_mut(n) {
        swap(&mut under.scheme, &mut also.scheme);
        swap(&mut under.identifier, &mut also.identifier);
        swap(&mut under.country, &mut also.country);
    }
    under
}

/// Every due lookup's subject, with the position of the query.
fn subjects<'a>(
    application: &'a Application,
    due: &'a [Query],
) -> impl Iterator<Item = (u32, &'a Subject)> {
    (0_u32..).zip(due).filter_map(|(query, lookup)| {
        // `rails::due` has seen that every subject exists.
        let subject = usize::try_from(lookup.subject).ok();
        subject.and_then(|i| application.subjects.get(i)).map(|subject| (query, subject))
    })
}

/// Adds what a source answers for another identifier of the same subject, or for a part of the
/// list.
// RAIL R2: it has answered for the subject and the list only if it answered for each.
fn join(answer: &mut Answer, other: Answer) {
    let weight = |status: AnswerStatus| match status {
        AnswerStatus::Answered => 0,
        AnswerStatus::NotCovered => 1,
        AnswerStatus::Stale => 2,
        AnswerStatus::Unavailable => 3,
    };
    if weight(other.status) > weight(answer.status) {
        answer.status = other.status;
        answer.reason = other.reason;
    }
    for record in other.records {
        if answer.records.iter().all(|known| *known != record) {
            answer.records.push(record);
        }
    }
}
