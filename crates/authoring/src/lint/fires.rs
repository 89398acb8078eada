//! Checks for measures that can never apply, which say what nobody will hear, and for matters
//! without due lookups, which would be decided without a check (RAIL R1).

use std::collections::BTreeMap;

use mustcheck_model::{Effect, Role};
use mustcheck_rules::catalogue::data::{ExceptionWhen, FineTest, List, Matter, Measure};

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::lint::persons::reaches;
use crate::shape::Item;
use crate::source::Step;

/// Roles whose subjects are looked up, as bits, by matter and list.
pub(super) struct Lookups<'a>(BTreeMap<(&'a str, &'a str), u32>);

const fn bit(role: Role) -> u32 {
    1 << role as u32
}

impl<'a> Lookups<'a> {
    pub(super) fn of(all: &Combination<'a>) -> Self {
        let mut roles: BTreeMap<(&str, &str), u32> = BTreeMap::new();
        let mut add = |matter: &'a str, list: &'a str, due: &[Role]| {
            let bits = due.iter().fold(0, |bits, role| bits | bit(*role));
            *roles.entry((matter, list)).or_default() |= bits;
        };
        for item in all.matters.items() {
            for (_, due) in all.due(&item.value) {
                due.lists.iter().for_each(|list| add(&item.value.code, list, &due.roles));
            }
        }
        for due in &all.overlay.value.due {
            for matter in &due.matters {
                due.lists.iter().for_each(|list| add(matter, list, &due.roles));
            }
        }
        Self(roles)
    }

    fn is_due(&self, matter: &str, list: &str, role: Role) -> bool {
        self.0.get(&(matter, list)).is_some_and(|roles| roles & bit(role) != 0)
    }
}

/// Checks that a matter has due lookups in this edition.
pub(super) fn due(all: &Combination<'_>, item: &Item<Matter>, findings: &mut Findings) {
    let code = &item.value.code;
    let mut count = 0;
    for (index, due) in all.due(&item.value) {
        count += 1;
        for (key, empty) in [("roles", due.roles.is_empty()), ("lists", due.lists.is_empty())] {
            if empty {
                let at = item.at(&[Step::Key("due"), Step::Index(index), Step::Key(key)]);
                let zh = format!("事项`{code}`的应查项`{key}`为空");
                let en = format!("a due lookup of matter `{code}` has no `{key}`");
                findings.add(&rules::NO_DUE, at, zh, en);
            }
        }
    }
    if count == 0 {
        let edition = all.id();
        let (zh, en) = if item.value.due.is_empty() {
            (format!("事项`{code}`没有应查名单"), format!("matter `{code}` has no due lookups"))
        } else {
            (
                format!("事项`{code}`在版本`{edition}`中没有应查名单"),
                format!("matter `{code}` has no due lookups in edition `{edition}`"),
            )
        };
        findings.add(&rules::NO_DUE, item.key("code"), zh, en);
    }
}

/// Checks that a measure can apply.
pub(super) fn measure(
    all: &Combination<'_>,
    lookups: &Lookups<'_>,
    item: &Item<Measure>,
    findings: &mut Findings,
) {
    let measure = &item.value;
    let id = &measure.id;
    let mut say = |path: &[Step<'_>], zh: &str, en: &str| {
        let (zh, en) = (format!("措施`{id}`{zh}"), format!("measure `{id}` {en}"));
        findings.add(&rules::NEVER_FIRES, item.at(path), zh, en);
    };
    for (key, empty) in [
        ("matters", measure.matters.is_empty()),
        ("roles", measure.roles.is_empty()),
        ("lists", measure.lists.is_empty()),
    ] {
        if empty {
            let en = "names no matter, no role or no list";
            say(&[Step::Key(key)], "没有事项、角色或名单", en);
            return;
        }
    }
    if measure.longest_term.is_some_and(|term| (term.years, term.months) == (0, 0)) {
        say(&["longest_term".into()], "的最长期限为零", "has a longest term of no time");
    }
    let days = (measure.valid_from, measure.valid_until);
    let edition = &all.edition.value;
    if days.1.is_some_and(|last| last < edition.valid_from)
        || edition.valid_until.is_some_and(|last| last < days.0)
    {
        let zh = format!("在版本`{}`作出决定的日子都无效", edition.id);
        let en = format!("is valid on no day on which edition `{}` decides", edition.id);
        say(&["valid_from".into()], &zh, &en);
    }
    if let Some(test) = &measure.penalty
        && test.kinds.is_empty()
        && test.fine.is_none()
        && !test.unnamed
    {
        say(&["penalty".into()], "的处罚条件无一可满足", "has a test of penalties that none meets");
    }
    fine(all, item, findings);
    triggers(all, lookups, item, findings);
}

/// Checks that there is a setting, if a fine is weighed by it.
fn fine(all: &Combination<'_>, item: &Item<Measure>, findings: &mut Findings) {
    let weighs = item.value.penalty.as_ref().and_then(|test| test.fine);
    if weighs == Some(FineTest::AtLeastLargerFine) && !all.settings.knows("larger-fine") {
        let id = &item.value.id;
        let at = item.at(&["penalty".into(), "fine".into()]);
        let zh = format!("措施`{id}`以`larger-fine`衡量罚款，而没有该设定");
        let en = format!("measure `{id}` weighs a fine by `larger-fine`, which no setting gives");
        findings.add(&rules::SETTING_MISSING, at, zh, en);
    }
}

/// Checks by acts, exceptions and lookups whether any record can trigger the measure, and on which
/// matters.
fn triggers(
    all: &Combination<'_>,
    lookups: &Lookups<'_>,
    item: &Item<Measure>,
    findings: &mut Findings,
) {
    let measure = &item.value;
    let id = &measure.id;
    let lists: Vec<&List> = measure.lists.iter().filter_map(|code| all.lists.get(code)).collect();
    // A list with a fault of its own may hold anything.
    if lists.len() < measure.lists.len() {
        return;
    }
    let named = !measure.acts.is_empty() && !measure.unnamed_act;
    if named && !lists.iter().any(|list| holds(list, measure)) {
        let zh = format!("措施`{id}`的行为不在其任何名单之中");
        let en = format!("measure `{id}` names acts that none of its lists holds");
        findings.add(&rules::NEVER_FIRES, item.key("acts"), zh, en);
        return;
    }
    let spared = |act| {
        let exceptions = measure.exceptions.iter().filter(|e| e.when == ExceptionWhen::Act);
        exceptions.clone().any(|exception| exception.acts.contains(act))
    };
    if named && measure.acts.iter().all(spared) {
        let zh = format!("措施`{id}`的每一种行为都被例外排除");
        let en = format!("measure `{id}` excepts every act that triggers it");
        findings.add(&rules::NEVER_FIRES, item.key("exceptions"), zh, en);
        return;
    }
    if measure.or_three_clean_years {
        return;
    }
    let can = |matter: &str| lists.iter().any(|list| asked(all, lookups, measure, matter, list));
    let known = |code: &&_| all.matters.get(code).is_some();
    let live = measure.matters.iter().filter(|matter| can(matter)).count();
    if live == 0 && measure.matters.iter().all(|code| known(&&**code)) {
        let zh = format!("措施`{id}`的名单在其任何事项上都不向其角色查询");
        let en = format!(
            "measure `{id}` can never apply: none of its lists is due on any of its matters for \
             any of its roles"
        );
        findings.add(&rules::NEVER_FIRES, item.key("lists"), zh, en);
        return;
    }
    for (index, code) in measure.matters.iter().enumerate() {
        if known(&&**code) && !can(code) {
            let zh = format!("措施`{id}`在`{code}`上永远不会适用：其名单不向其角色查询");
            let en = format!(
                "measure `{id}` never applies on `{code}`: none of its lists is due there for any \
                 of its roles"
            );
            findings.add(&rules::DEAD_MATTER, item.element("matters", index), zh, en);
        }
    }
}

/// Whether the records of a list may name an act of a measure.
fn holds(list: &List, measure: &Measure) -> bool {
    list.acts.is_empty() || measure.acts.iter().any(|act| list.acts.contains(act))
}

/// Whether a record of a list can reach somebody in a role of a measure on a matter.
fn asked(
    all: &Combination<'_>,
    lookups: &Lookups<'_>,
    measure: &Measure,
    matter: &str,
    list: &List,
) -> bool {
    let acts = measure.acts.is_empty() || measure.unnamed_act || holds(list, measure);
    let persons = || all.persons(list).any(|(_, rule)| reaches(rule, measure, matter));
    acts && measure.roles.iter().any(|role| {
        lookups.is_due(matter, &list.code, *role)
            && (!role.stands_behind() || measure.effect == Effect::Incentive || persons())
    })
}
