//! That a decision shows the records that were given, and no others.

use std::cell::Cell;
use std::collections::BTreeMap;

use mustcheck_guest::contradiction::is_contradicted;
use mustcheck_guest::lookups::is_relied_on;
use mustcheck_guest::masking::Identifiers;
use mustcheck_guest::model::{
    CreditRecord, Decision, Finding, ListRules, SetAside, SetAsideReason, Target,
};
use mustcheck_guest::standing::{disputed, standing};

use super::targets::Targets;
use super::{Checked, broken, freshness};
use crate::described::Described;
use crate::error::{Fault, Rail};
use crate::input::shortened;

/// A record that was given and may be relied on.
pub(super) struct Given<'a> {
    /// The subject that was asked about.
    pub(super) subject_index: u32,
    pub(super) record: &'a CreditRecord,
    /// The rules of its list on the day of the check.
    pub(super) rules: &'a ListRules,
    /// Whether the decision shows it.
    is_shown: Cell<bool>,
}

/// By the record's id: several if it was given for several subjects.
pub(super) type AllGiven<'a> = BTreeMap<&'a str, Vec<Given<'a>>>;

/// The records that were given and may be relied on.
pub(super) fn given<'a>(policy: &'a Described, checked: &Checked<'a>) -> AllGiven<'a> {
    let &Checked { due, answers, days, .. } = checked;
    let mut given = AllGiven::new();
    let with_records = answers.iter().filter(|answer| !answer.records.is_empty());
    for answer in with_records.filter(|a| is_relied_on(a, days, freshness(policy, a))) {
        let query = usize::try_from(answer.query).ok().and_then(|query| due.get(query));
        let Some(subject_index) = query.map(|query| query.subject) else { continue };
        let rules = policy.list(&answer.list).map_or(&[][..], |list| &list.rules);
        let rules = ListRules::on(rules, days.made_on);
        for record in &answer.records {
            given.entry(&record.id).or_default().push(Given {
                subject_index,
                record,
                rules,
                is_shown: Cell::new(false),
            });
        }
    }
    given
}

/// Every record that was given is shown, as it was given, and no other.
pub(super) fn findings(
    targets: &Targets<'_>,
    identifiers: &Identifiers<'_>,
    records: &AllGiven<'_>,
    decision: &Decision,
) -> Result<(), Fault> {
    for finding in &decision.records {
        let Target { role, subject_index, subject } = &finding.target;
        targets.check(*subject_index, *role, subject)?;
        let Some(given) = records.get(finding.record.as_str()) else {
            let record = shortened(&finding.record);
            return broken(
                Rail::R1,
                format!("the decision shows record `{record}`, which nobody gave"),
            );
        };
        let as_of = targets.application.as_of;
        let state = |given: &Given<'_>| standing(given.record, given.rules, as_of);
        let made_on = targets.days.made_on;
        let today = |given: &Given<'_>| {
            let today = standing(given.record, given.rules, made_on);
            Some(today).filter(|today| *today != finding.standing)
        };
        if given
            .iter()
            .any(|given| state(given) != finding.standing || today(given) != finding.standing_today)
        {
            let detail = format!("record `{}` is shown with a standing it lacks", finding.record);
            return broken(Rail::R4R5, detail);
        }
        let as_given =
            given.iter().filter(|given| given.has_facts_of(finding, targets, identifiers));
        if as_given.inspect(|given| given.is_shown.set(true)).count() == 0 {
            let detail = format!("record `{}` is not shown as it was given", finding.record);
            return broken(Rail::R1, detail);
        }
    }
    // No record that was given is passed over in silence, of nobody.
    let mut hidden = records.iter().filter(|(_, given)| !given.iter().all(|g| g.is_shown.get()));
    match hidden.next() {
        Some((missing, _)) => {
            broken(Rail::R2, format!("record `{missing}` was given and is not shown"))
        }
        None => Ok(()),
    }
}

/// What is set aside was given, or is in the catalogue, and says by which rule.
pub(super) fn set_aside(
    policy: &Described,
    targets: &Targets<'_>,
    records: &AllGiven<'_>,
    decision: &Decision,
) -> Result<(), Fault> {
    for entry in &decision.set_aside {
        let Target { role, subject_index, subject } = &entry.target;
        targets.check(*subject_index, *role, subject)?;
        if entry.legal_basis.is_empty() {
            return broken(Rail::R11, "something is set aside without a rule");
        }
        if entry.record.as_ref().is_some_and(|record| !records.contains_key(record.as_str())) {
            return broken(Rail::R1, "a record is set aside that nobody gave");
        }
        if entry.reason == SetAsideReason::ContradictingSources
            && !contradicted(entry, records, targets)
        {
            let detail = "a record is set aside as contradicted, and no other source says so";
            return broken(Rail::R2, detail);
        }
        if entry.measure.as_ref().is_some_and(|measure| policy.measure(measure).is_none()) {
            return broken(
                Rail::R3,
                "a measure is set aside that is not in the policy's catalogue",
            );
        }
    }
    Ok(())
}

/// Whether another source holds the decision of a record that is set aside as ended.
fn contradicted(entry: &SetAside, records: &AllGiven<'_>, targets: &Targets<'_>) -> bool {
    let subject = entry.target.subject_index;
    let of_subject = || records.values().flatten().filter(|g| g.subject_index == subject);
    let own = entry.record.as_deref().and_then(|id| of_subject().find(|g| g.record.id == id));
    own.is_some_and(|own| {
        of_subject()
            .any(|other| is_contradicted(own.record, other.record, own.rules, targets.days.as_of))
    })
}

impl Given<'_> {
    /// Whether a finding shows it: the same subject, and but for the standing the same facts.
    fn has_facts_of(
        &self,
        finding: &Finding,
        targets: &Targets<'_>,
        identifiers: &Identifiers<'_>,
    ) -> bool {
        let record = self.record;
        let is_shown = |shown: &Option<String>, given: &Option<String>| match (shown, given) {
            (Some(shown), Some(given)) => *shown == identifiers.masked_in(given),
            (None, None) => true,
            _ => false,
        };
        finding.target.subject_index == self.subject_index
            && finding.list == record.list
            && finding.valid_from == record.valid_from
            && finding.valid_until == record.valid_until
            && finding.disputed == disputed(record, targets.application.as_of)
            && is_shown(&finding.decided_by, &record.decided_by)
            && is_shown(&finding.document, &record.document)
    }
}
