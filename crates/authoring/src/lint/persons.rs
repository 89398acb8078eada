//! Checks that a natural person is reached only where the list's own rule says so (RAIL R8).

use std::collections::BTreeSet;

use mustcheck_model::Effect;
use mustcheck_rules::catalogue::data::{Measure, PersonsRule};

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::shape::Item;
use crate::source::Step;

/// Checks for rules on persons that contradict themselves, and for a second rule on one act.
pub(super) fn lists(all: &Combination<'_>, findings: &mut Findings) {
    for item in all.lists.items() {
        let code = &item.value.code;
        let rules = all.persons(&item.value).count();
        let mut ruled = BTreeSet::new();
        for (position, (index, rule)) in (1..).zip(all.persons(&item.value)) {
            let at = |key: &'static str| {
                item.at(&[Step::Key("persons"), Step::Index(index), Step::Key(key)])
            };
            // RAIL R8: for each act the one rule of its article, so that no role is read into
            // another. The last may be for all acts that no other names.
            let again = rule.acts.iter().filter(|act| !ruled.insert((*act).clone())).count() > 0;
            if again || (rule.acts.is_empty() && position < rules) {
                let zh = format!("名单`{code}`对同一行为有不止一条人员规则");
                let en = format!("list `{code}` has more than one rule on persons for an act");
                findings.add(&rules::PERSONS_RULE, item.element("persons", index), zh, en);
            }
            if rule.roles.is_empty() != rule.own_record {
                let zh =
                    format!("名单`{code}`的人员规则既不写明角色，也不只凭本人记录，或者两者兼有");
                let en = format!("list `{code}` reaches persons by name in no role, or not at all");
                findings.add(&rules::PERSONS_RULE, at("roles"), zh, en);
            }
        }
    }
}

/// Checks for roles of persons that a measure targets and no rule of its lists reaches.
pub(super) fn measure(all: &Combination<'_>, item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    if measure.effect != Effect::Restriction
        || !measure.lists.iter().all(|l| all.lists.get(l).is_some())
    {
        return;
    }
    let reached = measure.lists.iter().filter_map(|code| all.lists.get(code)).any(|list| {
        all.persons(list).any(|(_, rule)| measure.matters.iter().any(|m| reaches(rule, measure, m)))
    });
    if reached {
        return;
    }
    let roles = measure.roles.iter().enumerate().filter(|(_, role)| role.stands_behind());
    for (index, role) in roles {
        let id = &measure.id;
        let zh = format!("措施`{id}`针对`{role}`，而其名单没有及于相关人员的规则");
        let en =
            format!("measure `{id}` targets `{role}`, and no rule of its lists reaches persons");
        findings.add(&rules::PERSON_WITHOUT_RULE, item.element("roles", index), zh, en);
    }
}

/// Checks for a measure that refuses an application because of somebody who only stands behind it.
// RAIL R8: an applicant who is not listed is not barred because a person is.
pub(super) fn unseated(item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    let refuses = measure.effect == Effect::Restriction && !measure.kind.is_examination();
    if !refuses || measure.unseats {
        return;
    }
    let mut roles = measure.roles.iter().enumerate().filter(|(_, role)| role.stands_behind());
    if let Some((index, role)) = roles.next() {
        let id = &measure.id;
        let zh = format!("措施`{id}`因`{role}`而拒绝或者限制申请");
        let en = format!("measure `{id}` refuses or limits because of a `{role}`");
        findings.add(&rules::PERSON_NOT_UNSEATED, item.element("roles", index), zh, en);
    }
}

/// Whether a rule on persons can meet a measure on a matter.
pub(super) fn reaches(rule: &PersonsRule, measure: &Measure, matter: &str) -> bool {
    let matters = rule.matters.is_empty() || rule.matters.iter().any(|m| m == matter);
    // A rule that names acts reaches nobody through a record that names none.
    let acts = rule.acts.is_empty()
        || (measure.acts.is_empty() && !measure.unnamed_act)
        || measure.acts.iter().any(|act| rule.acts.contains(act));
    matters && acts
}
