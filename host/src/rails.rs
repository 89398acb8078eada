//! What the host holds against every component, however buggy or hostile.

use std::collections::BTreeSet;

use mustcheck_guest::date::Date;
use mustcheck_guest::disposition::{Signs, disposition};
use mustcheck_guest::identifier::mask;
use mustcheck_guest::lookups::{Days, judged, reason};
use mustcheck_guest::masking::Identifiers;
use mustcheck_guest::model::{
    Answer, Application, AppliedMeasure, Decision, Effect, Finding, ListStanding, Lookup,
    MeasureInfo, Polarity, Query, Role, SetAsideReason, Standing, Target,
};
use mustcheck_guest::standing::{self, standing};

use crate::described::{Described, Parts};
use crate::error::{Fault, Rail};
use crate::input::shortened;
use crate::limits::Limits;
use crate::registry::Ask;
use crate::source::Asked;

mod masked;
mod records;
mod targets;
#[cfg(test)]
mod tests;

use masked::masked;
use records::{AllGiven, Given, findings, given, set_aside};
use targets::Targets;

fn broken<T>(rail: Rail, detail: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Rail { rail, detail: detail.into() })
}

/// Holds the due lookups against what the policy says of the matter.
// RAIL R1: a component cannot shorten the check by asking for less.
pub(crate) fn due(
    policy: &Described,
    application: &Application,
    due: &[Query],
    limits: &Limits,
) -> Result<(), Fault> {
    let found = due.iter().map(|query| query.lists.len()).sum();
    if found > limits.lookups {
        return Err(Fault::Limit { what: "the lookups due", found, limit: limits.lookups });
    }
    let Some(matter) = policy.matter(&application.matter) else {
        return broken(Rail::R1, format!("`{}` is no matter of the policy", application.matter));
    };
    // Positions of the lists that are asked about each subject.
    let mut asked: Vec<Vec<usize>> = vec![Vec::new(); application.subjects.len()];
    for query in due {
        let subject = usize::try_from(query.subject).ok();
        let Some(lists) = subject.and_then(|i| asked.get_mut(i)) else {
            let detail = format!("a due lookup names subject {}, whom nobody named", query.subject);
            return broken(Rail::R1, detail);
        };
        for list in &query.lists {
            let Some(position) = policy.list_position(list) else {
                let list = shortened(list);
                return broken(Rail::R2, format!("`{list}` is no list of the policy"));
            };
            if lists.contains(&position) {
                return broken(Rail::R1, format!("list `{list}` is asked twice for one subject"));
            }
            lists.push(position);
        }
    }
    for (i, (subject, lists)) in application.subjects.iter().zip(&asked).enumerate() {
        for rule in matter.due.iter().filter(|rule| rule.roles.contains(&subject.role)) {
            for list in &rule.lists {
                if !policy.list_position(list).is_some_and(|position| lists.contains(&position)) {
                    let detail = format!("list `{list}` is due for subject {i} and was not asked");
                    return broken(Rail::R1, detail);
                }
            }
        }
        if subject.role == Role::Applicant && lists.is_empty() {
            return broken(Rail::R1, "no lookup is due for the applicant");
        }
    }
    Ok(())
}

/// Holds the registry's answers against what was asked.
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

/// The check that a decision is held against.
pub(crate) struct Checked<'a> {
    pub(crate) application: &'a Application,
    pub(crate) days: Days,
    pub(crate) due: &'a [Query],
    pub(crate) answers: &'a [Answer],
    /// Whether a notice was asked for.
    pub(crate) notices: bool,
}

/// Holds recorded answers against what is due; they were joined, so that one answers for every
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

/// Holds a decision against the application, the lookups that were made, and the policy.
pub(crate) fn decision(
    policy: &Described,
    checked: &Checked<'_>,
    decision: &Decision,
) -> Result<(), Fault> {
    let &Checked { application, days, answers, .. } = checked;
    echo(policy, checked, decision)?;
    let targets = Targets::of(application, days);
    let identifiers = Identifiers::of(application, answers);
    lookups(policy, &targets, &identifiers, checked, decision)?;
    let records = given(policy, checked);
    measures(policy, &targets, &records, decision)?;
    findings(&targets, &identifiers, &records, decision)?;
    set_aside(policy, &targets, &records, decision)?;
    obligations(decision)?;
    sums_up(policy, application, decision)?;
    masked(application, &identifiers, decision)
}

fn echo(policy: &Described, checked: &Checked<'_>, decision: &Decision) -> Result<(), Fault> {
    let application = checked.application;
    let same = decision.application == application.id
        && decision.matter == application.matter
        && decision.as_of == application.as_of
        && decision.policy == policy.description().policy;
    if !same {
        return broken(Rail::R11, "the decision is about another application or policy");
    }
    // RAIL R14
    if decision.made_on != checked.days.made_on {
        let (shown, made_on) = (decision.made_on, checked.days.made_on);
        return broken(
            Rail::R14,
            format!("the decision is of `{shown}` and was made on `{made_on}`"),
        );
    }
    let notice = checked.notices;
    match &decision.notice {
        Some(_) if !notice => broken(Rail::R11, "the decision has a notice that nobody asked for"),
        Some(text) if text.zh.trim().is_empty() || text.en.trim().is_empty() => {
            broken(Rail::R11, "the notice of the decision is empty")
        }
        None if notice => broken(Rail::R11, "the decision has no notice"),
        _ => Ok(()),
    }
}

/// Every answer has its row, with its source and, but for age, its status; and no row is invented.
fn lookups(
    policy: &Described,
    targets: &Targets<'_>,
    identifiers: &Identifiers<'_>,
    &Checked { due, answers, days, .. }: &Checked<'_>,
    decision: &Decision,
) -> Result<(), Fault> {
    if decision.lookups.len() != answers.len() {
        let detail = format!(
            "{} lookups were made and the decision shows {}",
            answers.len(),
            decision.lookups.len()
        );
        return broken(Rail::R1, detail);
    }
    // Each answer beside its row: both in the order of subject, list and source.
    let mut made = Vec::with_capacity(answers.len());
    for answer in answers {
        let query = usize::try_from(answer.query).ok().and_then(|q| due.get(q));
        let Some(query) = query else {
            return broken(Rail::R1, "an answer answers no query");
        };
        made.push((query.subject, answer));
    }
    made.sort_by(|(one, a), (other, b)| {
        (one, &a.list).cmp(&(other, &b.list)).then_with(|| source_of(a).cmp(&source_of(b)))
    });
    let mut rows: Vec<&Lookup> = decision.lookups.iter().collect();
    rows.sort_by(|a, b| {
        (a.subject_index, &a.list, &a.source).cmp(&(b.subject_index, &b.list, &b.source))
    });
    for ((subject, answer), row) in made.into_iter().zip(rows) {
        let source = answer.source.as_ref();
        let same = row.subject_index == subject
            && row.list == answer.list
            && row.source.as_ref() == source.map(|s| &s.id)
            && row.source_as_of == source.map(|s| s.as_of)
            && usize::try_from(row.records).ok() == Some(answer.records.len());
        if !same {
            let detail = format!("the lookup of list `{}` is not shown as it was", answer.list);
            return broken(Rail::R1, detail);
        }
        let since = policy.since(&decision.matter, &answer.list, row.role, days);
        let expected = judged(answer, days, freshness(policy, answer), since);
        if row.status != expected {
            let detail = format!(
                "the lookup of list `{}` is shown as `{}` and is `{expected}`",
                answer.list, row.status
            );
            return broken(Rail::R2, detail);
        }
        let list = policy.list(&answer.list);
        let is_due = list.is_some_and(|l| l.standing == ListStanding::Statutory);
        if row.due != is_due {
            return broken(Rail::R2, format!("the lookup of list `{}` is due", answer.list));
        }
        targets.check(row.subject_index, row.role, &row.subject)?;
        if row.reason != reason(answer, days, since, identifiers) {
            let detail = format!("the lookup of list `{}` gives another reason", answer.list);
            return broken(Rail::R2, detail);
        }
    }
    Ok(())
}

fn source_of(answer: &Answer) -> Option<&str> {
    answer.source.as_ref().map(|source| source.id.as_str())
}

/// The age that the policy accepts of an answer's source, in days.
fn freshness(policy: &Described, answer: &Answer) -> u16 {
    let Some(source) = &answer.source else { return 0 };
    let freshness = &policy.description().freshness;
    let own = freshness.iter().find(|f| f.source.as_ref() == Some(&source.id));
    let other = || freshness.iter().find(|f| f.source.is_none());
    own.or_else(other).map_or(0, |f| f.days)
}

fn measures(
    policy: &Described,
    targets: &Targets<'_>,
    records: &AllGiven<'_>,
    decision: &Decision,
) -> Result<(), Fault> {
    let application = targets.application;
    for applied in &decision.measures {
        let Target { role, subject_index, subject } = &applied.target;
        let whom = targets.check(*subject_index, *role, subject)?;
        let id = &applied.measure;
        let Some(known) = policy.measure(id) else {
            let detail = format!("measure `{}` is not in the policy's catalogue", shortened(id));
            return broken(Rail::R3, detail);
        };
        let text = known.text.about(whom.kind);
        let same = (known.effect, known.force, known.kind, &*text, &known.legal_basis)
            == (applied.effect, applied.force, applied.kind, &applied.text, &applied.legal_basis);
        if !same || known.legal_basis.is_empty() {
            return broken(Rail::R3, format!("measure `{id}` differs from the catalogue"));
        }
        // RAIL R14: the law is that of the day of the check.
        let made_on = targets.days.made_on;
        let in_force =
            known.valid_from <= made_on && known.valid_until.is_none_or(|u| made_on <= u);
        let linked = known.matters.contains(&application.matter) && known.roles.contains(role);
        if !in_force || !linked || !known.adopted {
            let detail = format!("measure `{id}` does not apply to this matter, role or day");
            return broken(Rail::R3, detail);
        }
        if applied.effect == Effect::Restriction && applied.because.is_empty() {
            return broken(Rail::R11, format!("measure `{id}` restricts without a record"));
        }
        for because in &applied.because {
            let Some(given) = records.get(because.as_str()) else {
                let because = shortened(because);
                let detail =
                    format!("measure `{id}` rests on record `{because}`, which nobody gave");
                return broken(Rail::R1, detail);
            };
            for Given { record, rules, .. } in given {
                if !known.lists.contains(&record.list) {
                    let list = &record.list;
                    let detail = format!("measure `{id}` rests on a record of list `{list}`");
                    return broken(Rail::R3, detail);
                }
                let state = standing(record, rules, application.as_of);
                let has_ended = matches!(state, Standing::Expired | Standing::Repaired);
                let outlasts = known.term().outlasts() && has_ended;
                if state != Standing::InForce && !outlasts {
                    let detail = format!("measure `{id}` rests on record `{because}`, `{state}`");
                    return broken(Rail::R4R5, detail);
                }
            }
        }
        // RAIL R7: neither longer nor shorter than the article says.
        if applied.effect == Effect::Restriction
            && applied.until != last_day(known, applied, records, application.as_of)
        {
            let detail = format!("measure `{id}` ends on another day than its article says");
            return broken(Rail::R7, detail);
        }
        let mut ends = applied.cut.iter().map(|cut| &cut.record);
        let mut later = applied.prolonged.iter().map(|prolonged| &prolonged.record);
        if ends.any(|record| !applied.because.contains(record))
            || later.any(|record| !applied.because.contains(record))
        {
            let detail = format!("measure `{id}` cuts the term of a record it does not rest on");
            return broken(Rail::R1, detail);
        }
    }
    Ok(())
}

/// The last day of a restriction by its article and by the records that it rests on; the latest of
/// several, none if one has none.
fn last_day(
    known: &MeasureInfo,
    applied: &AppliedMeasure,
    records: &AllGiven<'_>,
    as_of: Date,
) -> Option<Date> {
    let index = applied.target.subject_index;
    let given = applied.because.iter().filter_map(|id| records.get(id.as_str())).flatten();
    let own = given.filter(|given| given.subject_index == index);
    let ends = own.map(|Given { record, rules, .. }| {
        let last = standing::last_day(record, rules, as_of);
        known.term().last_day(standing::first_day(record, rules, as_of), last)
    });
    ends.reduce(|one, other| one.zip(other).map(|(a, b)| a.max(b))).flatten()
}

/// What is due later has its basis, as a measure has.
fn obligations(decision: &Decision) -> Result<(), Fault> {
    if decision.obligations.iter().any(|obligation| obligation.legal_basis.is_empty()) {
        return broken(Rail::R3, "something is due later without legal basis");
    }
    Ok(())
}

/// The disposition follows from what the decision itself shows.
// RAIL R2: a component cannot call clear what is not. RAIL R14: nor what is of an earlier day.
fn sums_up(
    policy: &Described,
    application: &Application,
    decision: &Decision,
) -> Result<(), Fault> {
    let passed_over = |record: &str, index: u32| {
        decision.set_aside.iter().any(|s| {
            s.record.as_deref() == Some(record)
                && s.target.subject_index == index
                && s.reason == SetAsideReason::RoleNotReached
        })
    };
    let watch_hit = decision.records.iter().any(|f| {
        f.standing == Standing::InForce
            && policy.is_watch(&f.list)
            && !passed_over(&f.record, f.target.subject_index)
    });
    let set_aside_for =
        |reason: SetAsideReason| decision.set_aside.iter().any(|s| s.reason == reason);
    let came_since = |f: &Finding| {
        f.standing != Standing::InForce
            && f.standing_today == Some(Standing::InForce)
            && policy.list(&f.list).is_some_and(|list| {
                list.polarity != Polarity::Commendation && list.standing == ListStanding::Statutory
            })
    };
    let open = |standing: Standing| {
        decision.records.iter().any(|f| {
            f.standing == standing
                && policy.list(&f.list).is_some_and(|list| {
                    list.polarity != Polarity::Commendation
                        && list.standing == ListStanding::Statutory
                })
                && !passed_over(&f.record, f.target.subject_index)
        })
    };
    let signs = Signs {
        suspended_record: open(Standing::Suspended),
        lifted_record: open(Standing::Lifted),
        watch_hit,
        contradicting_sources: set_aside_for(SetAsideReason::ContradictingSources),
        unproven_exception: set_aside_for(SetAsideReason::UnprovenException),
        code_as_issued: application.subjects.iter().any(|s| s.as_issued.is_some()),
        earlier_day: decision.is_backdated() || decision.records.iter().any(came_since),
    };
    let (found, rule) = disposition(&decision.lookups, &decision.measures, signs);
    if (decision.disposition, decision.disposition_rule) == (found, rule) {
        return Ok(());
    }
    let detail = format!("the disposition is `{}` and must be `{found}`", decision.disposition);
    broken(Rail::R2, detail)
}
