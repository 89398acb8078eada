//! That a decision shows the records that were given, and no others.

use std::collections::{HashMap, HashSet};

use mustcheck_guest::identifier::masked_in;
use mustcheck_guest::model::{Answer, AnswerStatus, CreditRecord, Decision, Finding, Target};
use mustcheck_guest::reach::identifiers;
use mustcheck_guest::standing::{disputed, standing};

use super::targets::Targets;
use super::{broken, source_of};
use crate::described::Described;
use crate::error::{Fault, Rail};
use crate::input::shortened;

/// The records that were given and may be relied on, by id.
pub(super) fn given<'a>(
    answers: &'a [Answer],
    decision: &Decision,
) -> HashMap<&'a str, &'a CreditRecord> {
    let answered = decision.lookups.iter().filter(|r| r.status == AnswerStatus::Answered);
    let relied: HashSet<(&str, Option<&str>)> =
        answered.map(|r| (r.list.as_str(), r.source.as_deref())).collect();
    let answers = answers.iter().filter(|a| relied.contains(&(a.list.as_str(), source_of(a))));
    answers.flat_map(|a| &a.records).map(|r| (r.id.as_str(), r)).collect()
}

/// Every record that was given is shown, as it was given; and nothing is passed over in silence.
pub(super) fn set_aside(
    policy: &Described,
    targets: &Targets<'_>,
    records: &HashMap<&str, &CreditRecord>,
    decision: &Decision,
) -> Result<(), Fault> {
    for finding in &decision.records {
        let Target { role, subject_index, subject } = &finding.target;
        targets.check(*subject_index, *role, subject)?;
        let Some(record) = records.get(finding.record.as_str()) else {
            let record = shortened(&finding.record);
            return broken(
                Rail::R1,
                format!("the decision shows record `{record}`, which nobody gave"),
            );
        };
        if finding.standing != standing(record, targets.application.as_of) {
            let detail = format!("record `{}` is shown with a standing it lacks", finding.record);
            return broken(Rail::R4R5, detail);
        }
        if !is_as_given(finding, record, targets)? {
            let detail = format!("record `{}` is not shown as it was given", finding.record);
            return broken(Rail::R1, detail);
        }
    }
    // No record that was given is passed over in silence.
    let shown: HashSet<_> = decision.records.iter().map(|f| f.record.as_str()).collect();
    if let Some(missing) = records.keys().filter(|id| !shown.contains(**id)).min() {
        return broken(Rail::R2, format!("record `{missing}` was given and is not shown"));
    }
    for entry in &decision.set_aside {
        let Target { role, subject_index, subject } = &entry.target;
        targets.check(*subject_index, *role, subject)?;
        if entry.legal_basis.is_empty() {
            return broken(Rail::R11, "something is set aside without a rule");
        }
        if entry.record.as_ref().is_some_and(|record| !records.contains_key(record.as_str())) {
            return broken(Rail::R1, "a record is set aside that nobody gave");
        }
        if entry.measure.as_ref().is_some_and(|measure| policy.measure(measure).is_none()) {
            return broken(
                Rail::R3,
                "a measure is set aside that is not in the policy's catalogue",
            );
        }
    }
    if decision.obligations.iter().any(|obligation| obligation.legal_basis.is_empty()) {
        return broken(Rail::R3, "something is due later without legal basis");
    }
    Ok(())
}

/// Whether the facts of a finding are those of its record.
fn is_as_given(
    finding: &Finding,
    record: &CreditRecord,
    targets: &Targets<'_>,
) -> Result<bool, Fault> {
    let subject = targets.subject(finding.target.subject_index)?;
    let is_shown = |shown: &Option<String>, given: &Option<String>| match (shown, given) {
        (Some(shown), Some(given)) => *shown == masked_in(given, identifiers(record, subject)),
        (None, None) => true,
        _ => false,
    };
    Ok(finding.list == record.list
        && finding.valid_from == record.valid_from
        && finding.valid_until == record.valid_until
        && finding.disputed == disputed(record, targets.application.as_of)
        && is_shown(&finding.decided_by, &record.decided_by)
        && is_shown(&finding.document, &record.document))
}
