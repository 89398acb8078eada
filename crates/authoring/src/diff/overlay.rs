//! Comparison of the overlay's own statements: where and when it holds, which measures it adopts,
//! which departments it names.

use std::collections::BTreeMap;

use mustcheck_model::date::Date;
use mustcheck_model::name::Name;
use mustcheck_model::{Force, LegalBasis, Text};
use mustcheck_rules::catalogue::data::{CatalogueData, LocalDue, Overlay};

use crate::diff::compare::{SetOf, bases, remark, sets, these, these_or_any};
use crate::diff::compare::{turned, wording};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::measures::applied;
use crate::diff::words::{self, both, count, words, yes};
use crate::diff::{Aspect, Bearing, ChangeKind, ChangedItem};

/// Compares the overlays of both catalogues.
pub(super) fn compare(log: &mut Log<'_>) {
    let (old, new) = (&log.old.overlay, &log.new.overlay);
    let thing = Thing {
        item: ChangedItem::Overlay,
        code: new.id.clone().into(),
        name: new.name.clone(),
        from: log.first_day(),
        basis: Vec::new(),
    };
    head(log, &thing, old, new);
    freshness(log, &thing, old, new);
    adopts(log, &thing, old, new);
    let mark = log.mark();
    adoptions(log);
    if !any_told(log, old.adoptions.iter().chain(&new.adoptions).flat_map(|a| &a.measures)) {
        log.settle(&thing, mark, &old.adoptions, &new.adoptions);
    }
    let mark = log.mark();
    let named = |o: &Overlay| -> Departments {
        let all = o.initiators.iter().map(|i| (&i.lists, &i.name, &i.legal_basis));
        departments(all)
    };
    department(log, ChangedItem::List, &named(old), &named(new));
    log.settle(&thing, mark, &old.initiators, &new.initiators);
    let mark = log.mark();
    let named = |o: &Overlay| -> Departments {
        let all = o.implementers.iter().map(|i| (&i.measures, &i.name, &i.legal_basis));
        departments(all)
    };
    department(log, ChangedItem::Measure, &named(old), &named(new));
    log.settle(&thing, mark, &old.implementers, &new.implementers);
    local_lookups(log, &thing);
    remark(log, &thing, &old.notes, &new.notes);
}

fn head(log: &mut Log<'_>, thing: &Thing, old: &Overlay, new: &Overlay) {
    if old.id != new.id {
        let name = |o: &Overlay| {
            Text::new(format!("{}（{}）", o.name.zh, o.id), format!("{} ({})", o.name.en, o.id))
        };
        let text = turned(words("地方采用", "Place"), &name(old), &name(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Identity, Bearing::Neither, text);
        log.add(thing, entry.values(&old.id, &new.id));
    } else {
        let label = (Aspect::Name, words("名称", "Name"));
        wording(log, thing, label, &old.name, &new.name);
    }
    // Where a place holds decides which office it speaks for, not what it says.
    let of = SetOf {
        aspect: Aspect::Region,
        label: words("适用地域", "Region"),
        leaves_out: false,
        more: Bearing::Neither,
        name: &|code| both(code, code),
    };
    sets(log, thing, &of, &these_or_any(&old.regions), &these_or_any(&new.regions));
    let of =
        SetOf {
            aspect: Aspect::Editions, label: words("配套版本", "Goes with editions"), ..of
        };
    sets(log, thing, &of, &these_or_any(&old.editions), &these_or_any(&new.editions));
    let days = |o: &Overlay| (o.valid_from, o.valid_until);
    if days(old) != days(new) {
        let shown = |o: &Overlay| words::validity(o.valid_from, o.valid_until);
        let label = words("适用期间", "Holds");
        let text = turned(label, &shown(old), &shown(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Validity, Bearing::Neither, text);
        log.add(thing, entry.values(&days(old), &days(new)));
    }
}

/// Compares the accepted age of a snapshot. An older snapshot leaves the result open, and the
/// office has to resolve it.
fn freshness(log: &mut Log<'_>, thing: &Thing, old: &Overlay, new: &Overlay) {
    let days = |days: u16| Text::new(format!("{days}日"), count(days, "day"));
    let mut say = |label: Text, was: Option<u16>, is: Option<u16>| {
        if was == is {
            return;
        }
        let general = |o: &Overlay, own: Option<u16>| own.unwrap_or(o.freshness_days);
        let (before, after) = (general(old, was), general(new, is));
        let kind = if after > before {
            ChangeKind::Lengthened
        } else if after < before {
            ChangeKind::Shortened
        } else {
            ChangeKind::Changed
        };
        let none = || both("同一般规定", "as in general");
        let shown = |of: Option<u16>| of.map_or_else(none, days);
        let text = turned(label, &shown(was), &shown(is));
        let entry = Entry::new(kind, Aspect::Freshness, Bearing::Neither, text);
        log.add(thing, entry.values(&was, &is));
    };
    let label = both("数据时效", "Accepted age of a snapshot");
    say(label, Some(old.freshness_days), Some(new.freshness_days));
    let own = |o: &Overlay| -> BTreeMap<String, u16> {
        o.sources.iter().map(|s| (s.source.clone().into(), s.freshness_days)).collect()
    };
    let (was, is) = (own(old), own(new));
    let mut sources: Vec<&String> = was.keys().chain(is.keys()).collect();
    sources.sort();
    sources.dedup();
    for source in sources {
        let label = Text::new(
            format!("数据源{source}的时效"),
            format!("Accepted age of a snapshot of {source}"),
        );
        say(label, was.get(source).copied(), is.get(source).copied());
    }
}

/// Whether a change in the state of a measure is reported with the measure itself.
fn told(log: &Log<'_>, id: &str) -> bool {
    let state =
        |data: &CatalogueData| data.measures.iter().find(|m| m.id == *id).map(|m| applied(data, m));
    state(log.old) != state(log.new)
}

fn any_told<'n>(log: &Log<'_>, ids: impl Iterator<Item = &'n Name>) -> bool {
    let mut ids = ids;
    ids.any(|id| told(log, id))
}

/// Compares the measures adopted one by one or all together. The effect on a measure is reported
/// with the measure.
fn adopts(log: &mut Log<'_>, thing: &Thing, old: &Overlay, new: &Overlay) {
    let (was, is) = (old.adopts_recommended_incentives, new.adopts_recommended_incentives);
    if was != is {
        let label = words("采用全部推荐性激励措施", "Adopts every recommended incentive");
        let text = turned(label, &yes(was), &yes(is));
        // A place that does not may still adopt each of them.
        let entry = Entry::new(ChangeKind::Changed, Aspect::Adoption, Bearing::Neither, text);
        log.add(thing, entry.values(&was, &is));
    }
    let untold = |one: &Overlay| these(one.adopts.iter().filter(|id| !told(log, id)));
    let (was, is) = (untold(old), untold(new));
    let of = SetOf {
        aspect: Aspect::Adoption,
        label: words("逐项列明采用的措施", "Measures adopted by name"),
        leaves_out: false,
        more: Bearing::Neither,
        name: &|code| both(code, code),
    };
    sets(log, thing, &of, &was, &is);
}

/// The place's statements on one measure.
#[derive(Default, PartialEq)]
struct PlaceStatements {
    force: Vec<Option<Force>>,
    bases: Vec<LegalBasis>,
    notes: Vec<Name>,
}

fn adoptions(log: &mut Log<'_>) {
    let taken = |data: &CatalogueData| {
        let mut all: BTreeMap<String, PlaceStatements> = BTreeMap::new();
        for adoption in &data.overlay.adoptions {
            for id in &adoption.measures {
                let taken = all.entry(id.clone().into()).or_default();
                taken.force.push(adoption.force);
                taken.bases.extend_from_slice(&adoption.legal_basis);
                taken.notes.extend_from_slice(&adoption.notes);
            }
        }
        all
    };
    let (old, mut new) = (taken(log.old), taken(log.new));
    let mut both_sides: BTreeMap<String, (PlaceStatements, PlaceStatements)> = BTreeMap::new();
    for (id, was) in old {
        let is = new.remove(&id).unwrap_or_default();
        both_sides.insert(id, (was, is));
    }
    both_sides.extend(new.into_iter().map(|(id, is)| (id, (PlaceStatements::default(), is))));
    for (id, (was, is)) in both_sides {
        if told(log, &id) {
            continue;
        }
        let measures = log.new.measures.iter().chain(&log.old.measures);
        let name = { measures }.find(|m| m.id == id).map(|m| m.text.clone());
        let name = name.unwrap_or_else(|| both(&id, &id));
        let thing = thing(log, ChangedItem::Measure, id, name, &is.bases);
        bases(log, &thing, words("本地采用的依据", "Basis of adopting it"), &was.bases, &is.bases);
        if was.force != is.force && !was.force.is_empty() && !is.force.is_empty() {
            let name = |taken: &PlaceStatements| {
                let mandatory = taken.force.contains(&Some(Force::Mandatory));
                words::force(if mandatory { Force::Mandatory } else { Force::Recommended }).into()
            };
            let text =
                turned(words("本地规定的约束力", "Force in the place"), &name(&was), &name(&is));
            let entry = Entry::new(ChangeKind::Changed, Aspect::Force, Bearing::Neither, text);
            log.add(&thing, entry.values(&was.force, &is.force));
        }
        remark(log, &thing, &was.notes, &is.notes);
    }
}

fn thing(
    log: &Log<'_>,
    item: ChangedItem,
    code: String,
    name: Text,
    basis: &[LegalBasis],
) -> Thing {
    Thing { item, code, name, from: log.first_day(), basis: basis.to_vec() }
}

/// Departments that a place names, with their bases, by list or measure.
type Departments = BTreeMap<String, (Vec<Text>, Vec<LegalBasis>)>;

fn departments<'d>(
    named: impl Iterator<Item = (&'d Vec<Name>, &'d Text, &'d Vec<LegalBasis>)>,
) -> Departments {
    let mut all = Departments::new();
    for (codes, name, bases) in named {
        for code in codes {
            let known = all.entry(code.clone().into()).or_default();
            known.0.push(name.clone());
            known.1.extend_from_slice(bases);
        }
    }
    all
}

fn department(log: &mut Log<'_>, item: ChangedItem, old: &Departments, new: &Departments) {
    let mut codes: Vec<&String> = old.keys().chain(new.keys()).collect();
    codes.sort();
    codes.dedup();
    let (label, aspect) = if item == ChangedItem::List {
        (words("本地发起部门", "Initiator in the place"), Aspect::Initiator)
    } else {
        (words("本地实施部门", "Carried out in the place by"), Aspect::Implementer)
    };
    let none = (Vec::new(), Vec::new());
    for code in codes {
        let (was, is) = (old.get(code).unwrap_or(&none), new.get(code).unwrap_or(&none));
        if was == is {
            continue;
        }
        let known = if item == ChangedItem::List {
            log.list(code)
        } else {
            let mut all = log.new.measures.iter().chain(&log.old.measures);
            let found = all.find(|m| m.id == *code).map(|m| m.text.clone());
            found.unwrap_or_else(|| both(code, code))
        };
        let basis = if is.1.is_empty() { &was.1 } else { &is.1 };
        let thing = thing(log, item, code.clone(), known, basis);
        // The last one named holds, as when the overlay is joined with its edition.
        let general = both("同一般规定", "as in general");
        let (before, after) = (was.0.last(), is.0.last());
        if before == after {
            bases(log, &thing, label, &was.1, &is.1);
            continue;
        }
        let text = turned(label, before.unwrap_or(&general), after.unwrap_or(&general));
        let entry = Entry::new(ChangeKind::Changed, aspect, Bearing::Neither, text);
        log.add(&thing, entry.values(&before, &after));
    }
}

/// Compares the lookups that the place adds. Those on known matters are also reported, with their
/// bearing, under their matters.
fn local_lookups(log: &mut Log<'_>, thing: &Thing) {
    let (old, new) = (&log.old.overlay.due, &log.new.overlay.due);
    let asked = |all: &[LocalDue]| {
        let matters = all.iter().flat_map(|due| due.matters.iter().map(move |m| (due, m)));
        let lists = matters.flat_map(|(due, m)| due.lists.iter().map(move |l| (due, m, l)));
        these(lists.flat_map(|(due, matter, list)| {
            due.roles.iter().map(move |role| format!("{matter} {list} {role}"))
        }))
    };
    if old != new && asked(old) == asked(new) {
        let cited = |all: &[LocalDue]| -> Vec<LegalBasis> {
            all.iter().flat_map(|due| due.legal_basis.iter().cloned()).collect()
        };
        let mark = log.mark();
        let label = words("本地应查的依据", "Basis of the place's lookups");
        bases(log, thing, label, &cited(old), &cited(new));
        log.settle(thing, mark, old, new);
    } else if old != new {
        let of = SetOf {
            aspect: Aspect::Lookups,
            label: words("本地另设的应查", "Lookups that the place adds"),
            leaves_out: false,
            more: Bearing::Neither,
            name: &|code| both(code, code),
        };
        sets(log, thing, &of, &asked(old), &asked(new));
    }
}

/// First as-of date of a rule that has a first day of its own.
pub(super) fn later(log: &Log<'_>, own: Date) -> Date {
    own.max(log.first_day())
}
