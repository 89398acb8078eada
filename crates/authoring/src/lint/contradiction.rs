//! Check for two measures that say different things about the same record.
//!
//! Two measures contradict if they have the same effect and kind, share a matter, a role, a list
//! and an act (a measure that names none has all), have the same conditions on the record's matter
//! and penalty, the scope and the kind of subject, are valid on a common day, cite the same article
//! of the same instrument, and differ in force or term. An article cannot both bind and recommend,
//! nor set two ceilings.
//!
//! An incentive and a restriction from the same record are excluded by the polarity of their lists,
//! which has a rule of its own.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::date::Date;
use mustcheck_model::{Effect, Force, MeasureKind, Role, TermRule};
use mustcheck_rules::catalogue::data::Measure;

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::shape::Item;
use crate::source::FilePlace;

/// The properties that two measures have to share, their acts and days aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SharedScope<'a> {
    effect: Effect,
    kind: MeasureKind,
    matter: &'a str,
    role: Role,
    list: &'a str,
    article: (&'a str, &'a str),
    /// The other conditions on the record and its subject.
    asked: &'a str,
}

/// Force and term, in which the measures may not differ.
type Says = (Force, TermRule);

pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    let asked: Vec<String> = all.measures.items().map(|item| asked(&item.value)).collect();
    let mut groups: BTreeMap<SharedScope<'_>, Vec<&Item<Measure>>> = BTreeMap::new();
    for (item, asked) in all.measures.items().zip(&asked) {
        for shared in shared(&item.value, asked) {
            groups.entry(shared).or_default().push(item);
        }
    }
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for items in groups.into_values().filter(|items| items.len() > 1) {
        let first = items.first().map(|item| says(&item.value));
        if items.iter().all(|item| Some(says(&item.value)) == first) {
            continue;
        }
        for (one, other) in by_act(&items) {
            if told.insert((&one.value.id, &other.value.id)) {
                tell(one, other, findings);
            }
        }
    }
}

fn shared<'a>(measure: &'a Measure, asked: &'a str) -> BTreeSet<SharedScope<'a>> {
    let mut all = BTreeSet::new();
    for matter in &measure.matters {
        for role in &measure.roles {
            for list in &measure.lists {
                all.extend(measure.legal_basis.iter().map(|basis| SharedScope {
                    effect: measure.effect,
                    kind: measure.kind,
                    matter,
                    role: *role,
                    list,
                    article: (&*basis.instrument, &*basis.article),
                    asked,
                }));
            }
        }
    }
    all
}

fn asked(measure: &Measure) -> String {
    let Measure { record_matter, penalty, scope, subject, .. } = measure;
    format!("{record_matter:?} {penalty:?} {scope:?} {subject:?}")
}

fn says(measure: &Measure) -> Says {
    (measure.force, measure.term())
}

/// Returns pairs of measures that share an act and a day and say different things, for each act at
/// most one for each measure.
fn by_act<'a>(items: &[&'a Item<Measure>]) -> Vec<(&'a Item<Measure>, &'a Item<Measure>)> {
    let mut acts: BTreeMap<&str, Vec<&Item<Measure>>> = BTreeMap::new();
    let mut any: Vec<&Item<Measure>> = Vec::new();
    let mut unnamed: Vec<&Item<Measure>> = Vec::new();
    for item in items {
        let measure = &item.value;
        if measure.acts.is_empty() && !measure.unnamed_act {
            any.push(item);
        }
        if measure.acts.is_empty() || measure.unnamed_act {
            unnamed.push(item);
        }
        measure.acts.iter().for_each(|act| acts.entry(act).or_default().push(item));
    }
    let mut pairs = on_a_common_day(unnamed);
    pairs.extend(on_a_common_day(any.clone()));
    for mut named in acts.into_values() {
        named.extend(&any);
        pairs.extend(on_a_common_day(named));
    }
    pairs
}

/// Returns each measure with an earlier one that is still valid and says something else, in the
/// order of their first days.
fn on_a_common_day<'a>(
    mut items: Vec<&'a Item<Measure>>,
) -> Vec<(&'a Item<Measure>, &'a Item<Measure>)> {
    items.sort_by(|one, other| {
        let key = |item: &'a Item<Measure>| (item.value.valid_from, &item.value.id);
        key(one).cmp(&key(other))
    });
    // By force and term, the measure that lasts longest.
    let mut lasting: BTreeMap<Says, (Option<Date>, &Item<Measure>)> = BTreeMap::new();
    let mut pairs = Vec::new();
    for item in items {
        let own = says(&item.value);
        let valid = |last: &Option<Date>| last.is_none_or(|last| last >= item.value.valid_from);
        let other = lasting.iter().find(|(said, (last, _))| **said != own && valid(last));
        if let Some((_, (_, earlier))) = other {
            pairs.push((*earlier, item));
        }
        let until = item.value.valid_until;
        let longer = |known: &Option<Date>| known.is_some_and(|k| until.is_none_or(|u| u > k));
        if lasting.get(&own).is_none_or(|(known, _)| longer(known)) {
            lasting.insert(own, (until, item));
        }
    }
    pairs
}

fn tell(one: &Item<Measure>, other: &Item<Measure>, findings: &mut Findings) {
    let FilePlace { file, line, .. } = one.key("id");
    let (first, second) = (&one.value, &other.value);
    let (key, zh, en) = if first.force == second.force {
        ("id", "期限", "their term")
    } else {
        ("force", "强制力", "their force")
    };
    let zh = format!("措施`{}`与`{}`（{file}第{line}行）依同一条文而{zh}不同", second.id, first.id);
    let en = format!(
        "measure `{}` contradicts `{}` ({file}:{line}): the same article and records, and {en} differs",
        second.id, first.id
    );
    findings.add(&rules::CONTRADICTION, other.key(key), zh, en);
}
