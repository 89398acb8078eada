//! Comparison of matters, and of the lookups that are due on them: the edition's and the place's
//! together.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::{LegalBasis, Role, Text};
use mustcheck_rules::catalogue::data::{CatalogueData, Matter, MatterTrait};

use crate::diff::compare::{
    Pair, SetOf, bases, pairs, pinpoint, remark, sets, these, turned, wording,
};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{self, joined, words, yes};
use crate::diff::{Aspect, Bearing, ChangeKind, ChangedItem};

/// Lookups that are due, by role and list, with the articles that make them due.
type DueBases = BTreeMap<(Role, String), Vec<LegalBasis>>;

/// Compares the matters of both catalogues.
pub(super) fn compare(log: &mut Log<'_>) {
    let (old, new) = (log.old, log.new);
    let none = DueBases::new();
    for (_, pair) in pairs(&old.matters, &new.matters, |m| m.code.clone().into()) {
        let (whole, matter) = match pair {
            Pair::Both(one, other) => {
                changed(log, one, other);
                continue;
            }
            Pair::Come(matter) => (ChangeKind::Added, matter),
            Pair::Gone(matter) => (ChangeKind::Ended, matter),
        };
        let thing = thing(log, matter);
        let (zh, en) = (&matter.name.zh, &matter.name.en);
        let (text, values) = if whole == ChangeKind::Added {
            let asked = asked(new, matter);
            (Text::new(format!("新设事项：{zh}。"), format!("New matter: {en}.")), asked)
        } else {
            let asked = asked(old, matter);
            (Text::new(format!("不再有事项：{zh}。"), format!("Ended matter: {en}.")), asked)
        };
        let entry = Entry::new(whole, Aspect::Whole, Bearing::Neither, text);
        if whole == ChangeKind::Added {
            log.add(&thing, entry.come(matter));
            lookups(log, &thing, &none, &values);
        } else {
            log.add(&thing, entry.gone(matter));
            lookups(log, &thing, &values, &none);
        }
    }
}

fn thing(log: &Log<'_>, matter: &Matter) -> Thing {
    let mut basis = Vec::new();
    for due in &matter.due {
        basis.extend(
            due.legal_basis.iter().filter(|b| !basis.contains(*b)).cloned().collect::<Vec<_>>(),
        );
    }
    Thing {
        item: ChangedItem::Matter,
        code: matter.code.clone().into(),
        name: matter.name.clone(),
        from: log.first_day(),
        basis,
    }
}

fn changed(log: &mut Log<'_>, old: &Matter, new: &Matter) {
    let mark = log.mark();
    let thing = thing(log, new);
    if old.domain != new.domain {
        let (was, is) = (words::domain(old.domain).into(), words::domain(new.domain).into());
        let text = turned(words("领域", "Domain"), &was, &is);
        let entry = Entry::new(ChangeKind::Changed, Aspect::Domain, Bearing::Neither, text);
        log.add(&thing, entry.values(&old.domain, &new.domain));
    }
    let traits = SetOf {
        aspect: Aspect::Traits,
        label: words("特征", "Traits"),
        leaves_out: false,
        more: Bearing::Neither,
        name: &|code| trait_name(code),
    };
    let codes = |m: &Matter| these(m.traits.iter().map(|t| trait_code(*t)));
    sets(log, &thing, &traits, &codes(old), &codes(new));
    lookups(log, &thing, &asked(log.old, old), &asked(log.new, new));
    let named = |m: &Matter| m.due.iter().any(|due| due.required);
    let (was, is) = (named(old), named(new));
    if was != is {
        let kind = if is { ChangeKind::Widened } else { ChangeKind::Narrowed };
        let label = words(
            "申请单位须列明法定代表人或者主要负责人",
            "Each organization must name its legal representative or principal",
        );
        let bearing = Bearing::Burden.moved(is, was);
        let text = turned(label, &yes(was), &yes(is));
        let entry = Entry::new(kind, Aspect::Representative, bearing, text);
        log.add(&thing, entry.values(&was, &is));
    }
    let label = (Aspect::Name, words("名称", "Name"));
    wording(log, &thing, label, &old.name, &new.name);
    remark(log, &thing, &old.notes, &new.notes);
    log.settle(&thing, mark, old, new);
}

const fn trait_code(of: MatterTrait) -> &'static str {
    match of {
        MatterTrait::ConcernsPublicSafety => "concerns-public-safety",
        MatterTrait::TenderRequiredByLaw => "tender-required-by-law",
    }
}

pub(super) fn trait_name(code: &str) -> Text {
    let all = [MatterTrait::ConcernsPublicSafety, MatterTrait::TenderRequiredByLaw];
    let known = all.into_iter().find(|of| trait_code(*of) == code);
    known.map_or_else(|| Text::new(code, code), |of| words::matter_trait(of).into())
}

/// Codes of the traits of a closing or a matter.
pub(super) fn trait_codes(traits: &[MatterTrait]) -> BTreeSet<String> {
    traits.iter().map(|of| trait_code(*of).to_owned()).collect()
}

/// Returns the lookups due on a matter, by the edition and by the place.
fn asked(data: &CatalogueData, matter: &Matter) -> DueBases {
    let mut all = DueBases::new();
    let own = matter.due.iter().map(|d| (&d.roles, &d.lists, &d.legal_basis));
    let local = data.overlay.due.iter().filter(|d| d.matters.contains(&matter.code));
    let local = local.map(|d| (&d.roles, &d.lists, &d.legal_basis));
    for (roles, lists, bases) in own.chain(local) {
        for (role, list) in roles.iter().flat_map(|r| lists.iter().map(move |l| (*r, l))) {
            let known = all.entry((role, list.clone().into())).or_default();
            for basis in bases {
                if !known.contains(basis) {
                    known.push(basis.clone());
                }
            }
        }
    }
    all
}

/// Lookups that share their articles and their bearing.
struct Group {
    roles: BTreeSet<Role>,
    lists: BTreeSet<String>,
    bases: Vec<LegalBasis>,
    bearing: Bearing,
}

/// Groups lookups: the lists that the same roles are looked up on, by the same articles and with
/// the same bearing, form one group.
fn groups<'a>(
    bearing_of: impl Fn(&str) -> Bearing,
    asked: impl Iterator<Item = (&'a (Role, String), &'a Vec<LegalBasis>)>,
) -> Vec<Group> {
    // The words of the bases, the bearing of the list, and its code.
    type Key<'a> = (String, Bearing, &'a str);
    let mut by_list: BTreeMap<Key<'_>, (BTreeSet<Role>, &[LegalBasis])> = BTreeMap::new();
    for ((role, list), bases) in asked {
        let key = (words_of(bases), bearing_of(list), list.as_str());
        by_list.entry(key).or_insert_with(|| (BTreeSet::new(), bases)).0.insert(*role);
    }
    let mut all: Vec<Group> = Vec::new();
    for ((_, bearing, list), (roles, bases)) in by_list {
        let same = |g: &&mut Group| {
            g.roles == roles && g.bearing == bearing && g.bases.as_slice() == bases
        };
        match all.iter_mut().find(same) {
            Some(group) => {
                group.lists.insert(list.to_owned());
            }
            None => all.push(Group {
                roles,
                lists: BTreeSet::from([list.to_owned()]),
                bases: bases.to_vec(),
                bearing,
            }),
        }
    }
    all
}

/// Bearing of a lookup on a list, by the records that can be found there.
fn of_list(data: &CatalogueData) -> impl Fn(&str) -> Bearing {
    |code| {
        let known = data.lists.iter().find(|l| l.code == *code);
        known.map_or(Bearing::Neither, |l| Bearing::of_list(l.polarity, l.standing))
    }
}

/// Bases as a key: their places and their words.
fn words_of(bases: &[LegalBasis]) -> String {
    bases.iter().map(|b| format!("{} {}\n", pinpoint(b), b.clause)).collect()
}

fn lookups(log: &mut Log<'_>, thing: &Thing, old: &DueBases, new: &DueBases) {
    let come = groups(of_list(log.new), new.iter().filter(|(key, _)| !old.contains_key(*key)));
    let gone = groups(of_list(log.old), old.iter().filter(|(key, _)| !new.contains_key(*key)));
    for (kind, group) in come
        .iter()
        .map(|g| (ChangeKind::Added, g))
        .chain(gone.iter().map(|g| (ChangeKind::Ended, g)))
    {
        let (roles, lists) = named(log, group);
        let mut thing = thing.clone();
        thing.basis.clone_from(&group.bases);
        let (text, bearing) = if kind == ChangeKind::Added {
            let zh = format!("增加应查：对{}，查询{}。", roles.zh, lists.zh);
            let en = format!("Lookup due: {} on {}.", roles.en, lists.en);
            (Text::new(zh, en), group.bearing)
        } else {
            let zh = format!("不再应查：对{}，不再须查询{}。", roles.zh, lists.zh);
            let en = format!("Lookup no longer due: {} on {}.", roles.en, lists.en);
            (Text::new(zh, en), group.bearing.reversed())
        };
        let entry = Entry::new(kind, Aspect::Lookups, bearing, text);
        let value = (&group.roles, &group.lists);
        let entry = if kind == ChangeKind::Added { entry.come(&value) } else { entry.gone(&value) };
        log.add(&thing, entry);
    }
    refounded(log, thing, old, new);
}

/// Logs the lookups that stay due by other articles, or by other words.
fn refounded(log: &mut Log<'_>, thing: &Thing, old: &DueBases, new: &DueBases) {
    let stay = new.iter().filter(|(key, bases)| old.get(*key).is_some_and(|was| was != *bases));
    let mut seen: BTreeMap<(String, String), DueBases> = BTreeMap::new();
    for (key, bases) in stay {
        let was = old.get(key).map(|was| words_of(was)).unwrap_or_default();
        seen.entry((was, words_of(bases))).or_default().insert(key.clone(), bases.clone());
    }
    for asked in seen.values() {
        for group in groups(|_| Bearing::Neither, asked.iter()) {
            let first = group.roles.first().zip(group.lists.first());
            let was = first.and_then(|(role, list)| old.get(&(*role, list.clone())));
            let (roles, lists) = named(log, &group);
            let label = Text::new(
                format!("对{}查询{}的依据", roles.zh, lists.zh),
                format!("Basis of looking up {} on {}", roles.en, lists.en),
            );
            let mut thing = thing.clone();
            thing.basis.clone_from(&group.bases);
            bases(log, &thing, label, was.map_or(&[][..], |was| was), &group.bases);
        }
    }
}

fn named(log: &Log<'_>, group: &Group) -> (Text, Text) {
    let roles: Vec<Role> = group.roles.iter().copied().collect();
    (words::roles(&roles), joined(group.lists.iter().map(|list| log.list(list))))
}
