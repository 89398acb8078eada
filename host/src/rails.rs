//! Checks that the host makes on every component, however buggy or hostile: arithmetic on small
//! numbers.

use std::collections::BTreeSet;

use mustcheck_model::described::{Described, Parts};
use mustcheck_model::identifier::mask;
use mustcheck_model::{Answer, Application, ApplicationFacts, DueLookup, Query, Role};

use crate::asked::Asked;
use crate::error::{Fault, Rail};
use crate::limits::Limits;
use crate::registry::Ask;

#[cfg(test)]
mod tests;
mod verdict;

pub(crate) use verdict::{Held, verdict};

fn broken<T>(rail: Rail, detail: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Rail { rail, detail: detail.into() })
}

/// Checks the due lookups against what the policy says of the matter.
// RAIL R1: a component cannot shorten the check by asking for less.
pub(crate) fn due(
    policy: &Described,
    application: &ApplicationFacts,
    due: &[DueLookup],
    limits: &Limits,
) -> Result<(), Fault> {
    if due.len() > limits.lookups {
        let (what, found) = ("the lookups due", due.len());
        return Err(Fault::Limit { what, found, limit: limits.lookups });
    }
    let mut asked = BTreeSet::new();
    for lookup in due {
        let DueLookup { subject, list } = *lookup;
        if application.subject(subject).is_none() {
            let detail = format!("a due lookup names subject {subject}, whom nobody named");
            return broken(Rail::R1, detail);
        }
        let Some(known) = policy.list_at(list) else {
            return broken(Rail::R2, format!("there is no list {list} of the policy"));
        };
        if !asked.insert(*lookup) {
            let detail = format!("list `{}` is asked twice for subject {subject}", known.code);
            return broken(Rail::R1, detail);
        }
    }
    for (subject, position) in application.subjects.iter().zip(0..) {
        let rules = policy.due(application.matter).iter();
        for list in rules.filter(|r| r.roles.contains(&subject.role)).flat_map(|r| &r.lists) {
            let is_asked = |list: u32| asked.contains(&DueLookup { subject: position, list });
            if !list.is_some_and(is_asked) {
                let code = list.and_then(|list| policy.list_at(list)).map(|list| &*list.code);
                let code = code.unwrap_or_default();
                let detail = format!("list `{code}` is due for subject {position} and not asked");
                return broken(Rail::R1, detail);
            }
        }
        if subject.role == Role::Applicant && asked.iter().all(|due| due.subject != position) {
            return broken(Rail::R1, "no lookup is due for the applicant");
        }
    }
    Ok(())
}

/// Checks the registry's answers against what was asked.
// RAIL R2: every list has an answer. RAIL R6: every record names exactly who was asked about.
pub(crate) fn answers(asks: &[Ask<'_>], answers: &[Answer]) -> Result<(), Fault> {
    let mut open: BTreeSet<(u32, &str)> =
        (asks.iter()).flat_map(|ask| ask.lists.iter().map(|l| (ask.query, l.as_str()))).collect();
    for answer in answers {
        let ask = usize::try_from(answer.query).ok().and_then(|q| asks.get(q));
        let Some(ask) = ask.filter(|a| a.lists.contains(&answer.list)) else {
            let detail = format!("the registry answers for `{}`, unasked", answer.list);
            return broken(Rail::R2, detail);
        };
        open.remove(&(answer.query, answer.list.as_str()));
        for record in &answer.records {
            if !record.names(ask.subject) {
                let detail = format!(
                    "record `{}` does not name `{}`, who was asked about",
                    record.id,
                    mask(&ask.subject.identifier)
                );
                return broken(Rail::R6, detail);
            }
        }
    }
    match open.first() {
        None => Ok(()),
        Some((_, list)) => {
            broken(Rail::R2, format!("the registry gave no answer for list `{list}`"))
        }
    }
}

/// Checks recorded answers against what is due; they were joined, so that one answers for every
/// identifier of a subject.
pub(crate) fn replayed(
    application: &Application,
    due: &[Query],
    given: &[Answer],
) -> Result<(), Fault> {
    let parts = Parts::default();
    let asked = Asked::of(&parts, application, due);
    let mut asks = asked.asks();
    asks.truncate(due.len());
    answers(&asks, given)
}
