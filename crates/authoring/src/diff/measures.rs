//! Comparison of measures: added, ended, widened, narrowed, and adopted or not.

use std::collections::BTreeMap;

use mustcheck_model::date::Date;
use mustcheck_model::{Effect, Force, LegalBasis, TermRule, Text};
use mustcheck_rules::catalogue::data::{CatalogueData, Measure};
use serde_json::{Value, json};

use crate::diff::compare::{Pair, SetOf, bases, pairs, remark, sets, these, turned, wording};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{self, both, joined, roles, words};
use crate::diff::{Aspect, Bearing, ChangeKind, ChangedItem, first_day, trigger};

/// Compares the measures of both catalogues.
pub(super) fn compare(log: &mut Log<'_>) {
    let (old, new) = (log.old, log.new);
    for (_, pair) in pairs(&old.measures, &new.measures, |m| m.id.clone().into()) {
        match pair {
            Pair::Both(one, other) => changed(log, one, other),
            Pair::Come(measure) => {
                let thing = thing(log, new, measure, measure.valid_from);
                let bearing = bearing(new, measure);
                let text = whole(log, new, measure, None);
                let entry = Entry::new(ChangeKind::Added, Aspect::Whole, bearing, text);
                log.add(&thing, entry.come(measure));
            }
            Pair::Gone(measure) => {
                let thing = thing(log, old, measure, log.first_day());
                let bearing = bearing(old, measure).reversed();
                let text = whole(log, old, measure, Some(log.first_day()));
                let entry = Entry::new(ChangeKind::Ended, Aspect::Whole, bearing, text);
                log.add(&thing, entry.gone(measure));
            }
        }
    }
}

/// Force of a measure in a place: mandatory, adopted by the place, or `None` if it does not apply.
pub(super) fn applied(data: &CatalogueData, measure: &Measure) -> Option<Force> {
    let overlay = &data.overlay;
    let taken = || overlay.adoptions.iter().filter(|a| a.measures.contains(&measure.id));
    if measure.force == Force::Mandatory || taken().any(|a| a.force == Some(Force::Mandatory)) {
        Some(Force::Mandatory)
    } else {
        let incentives =
            measure.effect == Effect::Incentive && overlay.adopts_recommended_incentives;
        let adopted =
            incentives || overlay.adopts.contains(&measure.id) || taken().next().is_some();
        adopted.then_some(Force::Recommended)
    }
}

/// Articles by which a place adopts a measure.
fn adoption(data: &CatalogueData, measure: &Measure) -> Vec<LegalBasis> {
    let taken = data.overlay.adoptions.iter().filter(|a| a.measures.contains(&measure.id));
    taken.flat_map(|a| a.legal_basis.iter().cloned()).collect()
}

fn bearing(data: &CatalogueData, measure: &Measure) -> Bearing {
    let applies = applied(data, measure).is_some();
    if applies { Bearing::of_effect(measure.effect) } else { Bearing::Neither }
}

fn thing(log: &Log<'_>, data: &CatalogueData, measure: &Measure, from: Date) -> Thing {
    let mut basis = measure.legal_basis.clone();
    basis.extend(adoption(data, measure));
    Thing {
        item: ChangedItem::Measure,
        code: measure.id.clone().into(),
        name: measure.text.clone(),
        from: from.max(log.first_day()).max(first_day(data)),
        basis,
    }
}

/// State of a measure in a place, in words for the reader.
fn how(data: &CatalogueData, measure: &Measure) -> Text {
    match applied(data, measure) {
        Some(Force::Mandatory) => both("强制性", "mandatory"),
        Some(Force::Recommended) => both("推荐性，本地采用", "recommended, adopted"),
        None => both("推荐性，本地未采用", "recommended, not adopted"),
    }
}

/// Describes a measure that is new or gone, in full. `ended` is the first day on which a measure
/// that is gone no longer applies.
fn whole(log: &Log<'_>, data: &CatalogueData, measure: &Measure, ended: Option<Date>) -> Text {
    let what = if ended.is_some() { words("不再有", "Ended:") } else { words("新设", "New") };
    let (effect, kind) = (words::effect(measure.effect), words::kind(measure.kind));
    let how = how(data, measure);
    let matters = joined(measure.matters.iter().map(|m| log.matter(m)));
    let lists = joined(measure.lists.iter().map(|l| log.list(l)));
    let roles = roles(&measure.roles);
    let mut zh = format!(
        "{}{}措施（{}；{}）。适用事项：{}。对象：{}。所据名单：{}。",
        what.zh, effect.zh, kind.zh, how.zh, matters.zh, roles.zh, lists.zh
    );
    let mut en = format!(
        "{} {} ({}; {}). On: {}. For: {}. By a record on: {}.",
        what.en, effect.en, kind.en, how.en, matters.en, roles.en, lists.en
    );
    if let Some(acts) = trigger::acts(measure) {
        let acts = joined(acts.iter().map(|act| trigger::act(log, act)));
        zh.push_str(&format!("限于行为：{}。", acts.zh));
        en.push_str(&format!(" Only for: {}.", acts.en));
    }
    if let Some(penalties) = trigger::penalties(measure) {
        let penalties = joined(penalties.iter().map(|code| trigger::penalty(code)));
        zh.push_str(&format!("限于处罚：{}。", penalties.zh));
        en.push_str(&format!(" Only for the penalty: {}.", penalties.en));
    }
    if measure.term() != TermRule::OfRecord {
        let term = words::term_rule(measure.term());
        zh.push_str(&format!("期限：{}。", term.zh));
        en.push_str(&format!(" Term: {}.", term.en));
    }
    match ended {
        None => {
            let days = words::validity(Some(measure.valid_from), measure.valid_until);
            zh.push_str(&format!("效力期间：{}。", days.zh));
            en.push_str(&format!(" Valid {}.", days.en));
        }
        Some(day) => {
            zh.push_str(&format!("自{day}起不再适用。"));
            en.push_str(&format!(" No longer applies from {day}."));
        }
    }
    Text::new(zh, en)
}

fn changed(log: &mut Log<'_>, old: &Measure, new: &Measure) {
    let mark = log.mark();
    let thing = thing(log, log.new, new, new.valid_from);
    let stands = applied(log.old, old).is_some() && applied(log.new, new).is_some();
    // A measure that is not applied burdens nobody; one that turns from a favour into a burden is
    // reported by its effect.
    let more = if stands && old.effect == new.effect {
        Bearing::of_effect(new.effect)
    } else {
        Bearing::Neither
    };
    nature(log, &thing, old, new);
    standing(log, &thing, old, new);
    validity(log, &thing, more, old, new);
    reach(log, &thing, more, old, new);
    trigger::compare(log, &thing, more, old, new);
    term(log, &thing, more, old, new);
    department(log, &thing, old, new);
    bases(log, &thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
    let label = (Aspect::Text, words("文字", "Wording"));
    wording(log, &thing, label, &old.text, &new.text);
    remark(log, &thing, &old.notes, &new.notes);
    log.settle(&thing, mark, old, new);
}

/// Compares the effect and the kind of a measure.
fn nature(log: &mut Log<'_>, thing: &Thing, old: &Measure, new: &Measure) {
    if old.effect != new.effect {
        let applies = bearing(log.old, old).reversed().and(bearing(log.new, new));
        let (was, is) = (words::effect(old.effect).into(), words::effect(new.effect).into());
        let text = turned(words("性质", "Effect"), &was, &is);
        let entry = Entry::new(ChangeKind::Changed, Aspect::Effect, applies, text);
        log.add(thing, entry.values(&old.effect, &new.effect));
    }
    if old.kind != new.kind {
        // A closer look refuses nothing; of two that refuse, none is the lesser.
        let harder = Bearing::of_effect(new.effect);
        let moved = match (old.kind.is_examination(), new.kind.is_examination()) {
            (true, false) => harder,
            (false, true) => harder.reversed(),
            _ => Bearing::Both,
        };
        let stands = applied(log.old, old).is_some() && applied(log.new, new).is_some();
        let moved = if stands && old.effect == new.effect { moved } else { Bearing::Neither };
        let (was, is) = (words::kind(old.kind).into(), words::kind(new.kind).into());
        let text = turned(words("措施种类", "Kind"), &was, &is);
        let entry = Entry::new(ChangeKind::Changed, Aspect::Kind, moved, text);
        log.add(thing, entry.values(&old.kind, &new.kind));
    }
}

/// Compares the force of a measure in the place: mandatory, adopted, or neither.
fn standing(log: &mut Log<'_>, thing: &Thing, old: &Measure, new: &Measure) {
    let (was, is) = (applied(log.old, old), applied(log.new, new));
    let weight = |force: Option<Force>| match force {
        None => 0,
        Some(Force::Recommended) => 1,
        Some(Force::Mandatory) => 2,
    };
    if was == is {
        if old.force != new.force {
            let (was, is) = (words::force(old.force).into(), words::force(new.force).into());
            let text = turned(words("约束力", "Force"), &was, &is);
            let entry = Entry::new(ChangeKind::Changed, Aspect::Force, Bearing::Neither, text);
            log.add(thing, entry.values(&old.force, &new.force));
        }
        return;
    }
    let more = weight(is) > weight(was);
    let of =
        if old.effect == new.effect { Bearing::of_effect(new.effect) } else { Bearing::Neither };
    let kind = if more { ChangeKind::Widened } else { ChangeKind::Narrowed };
    let adopted = was.is_none() || is.is_none();
    let aspect = if adopted { Aspect::Adoption } else { Aspect::Force };
    let text = turned(words("约束力", "Force"), &how(log.old, old), &how(log.new, new));
    let mut thing = thing.clone();
    thing.basis = if more { adoption(log.new, new) } else { adoption(log.old, old) };
    if thing.basis.is_empty() {
        thing.basis.clone_from(&new.legal_basis);
    }
    let entry = Entry::new(kind, aspect, of.moved(more, !more), text);
    log.add(&thing, entry.values(&was, &is));
}

/// Compares the days on which a measure is valid.
fn validity(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &Measure, new: &Measure) {
    let days = |m: &Measure| words::validity(Some(m.valid_from), m.valid_until);
    let text = || turned(words("效力期间", "Validity"), &days(old), &days(new));
    let first = log.first_day();
    if old.valid_from != new.valid_from {
        let wider = new.valid_from < old.valid_from;
        let kind = if wider { ChangeKind::Widened } else { ChangeKind::Narrowed };
        let mut thing = thing.clone();
        thing.from = old.valid_from.min(new.valid_from).max(first);
        let bearing = more.moved(wider, !wider);
        let entry = Entry::new(kind, Aspect::Validity, bearing, text());
        log.add(&thing, entry.values(&old.valid_from, &new.valid_from));
    }
    let (kind, last) = match (old.valid_until, new.valid_until) {
        (one, other) if one == other => return,
        (None, Some(last)) => (ChangeKind::Ended, Some(last)),
        (Some(last), None) => (ChangeKind::Added, Some(last)),
        (one, other) if one < other => (ChangeKind::Widened, one),
        (_, other) => (ChangeKind::Narrowed, other),
    };
    let wider = matches!(kind, ChangeKind::Added | ChangeKind::Widened);
    let mut thing = thing.clone();
    thing.from = last.and_then(Date::tomorrow).unwrap_or(thing.from).max(first);
    let entry = Entry::new(kind, Aspect::Validity, more.moved(wider, !wider), text());
    log.add(&thing, entry.values(&old.valid_until, &new.valid_until));
}

/// Compares the matters, lists, roles and scope of a measure.
fn reach(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &Measure, new: &Measure) {
    let (one, other) = (log.old, log.new);
    let names = Log::new(one, other);
    let matters = SetOf {
        aspect: Aspect::Matters,
        label: words("适用事项", "Matters"),
        leaves_out: false,
        more,
        name: &|code| names.matter(code),
    };
    sets(log, thing, &matters, &these(&old.matters), &these(&new.matters));
    let lists = SetOf {
        aspect: Aspect::Lists,
        label: words("所据名单", "Lists"),
        name: &|code| names.list(code),
        ..matters
    };
    sets(log, thing, &lists, &these(&old.lists), &these(&new.lists));
    let roles =
        SetOf {
            aspect: Aspect::Roles, label: words("对象", "Roles"), name: &words::role, ..lists
        };
    let codes = |m: &Measure| these(m.roles.iter().map(|role| role.code()));
    sets(log, thing, &roles, &codes(old), &codes(new));
    if old.scope != new.scope {
        // The matters are named one by one; the scope is the test that each of them meets.
        let scope = |m: &Measure| {
            m.scope.map_or_else(|| both("不限", "any"), |t| words::matter_trait(t).into())
        };
        let kind = match (old.scope, new.scope) {
            (None, _) => ChangeKind::Narrowed,
            (_, None) => ChangeKind::Widened,
            _ => ChangeKind::WidenedAndNarrowed,
        };
        let text = turned(words("条文适用范围", "Scope of the article"), &scope(old), &scope(new));
        let entry = Entry::new(kind, Aspect::Scope, Bearing::Neither, text);
        log.add(thing, entry.values(&old.scope, &new.scope));
    }
}

fn term(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &Measure, new: &Measure) {
    let (was, is) = (old.term(), new.term());
    if was == is {
        return;
    }
    // An incentive lasts as long as its commendation: no term cuts it.
    let more = if new.effect == Effect::Restriction { more } else { Bearing::Neither };
    let longer = (reach_of(is), is) > (reach_of(was), was);
    let kind = if longer { ChangeKind::Lengthened } else { ChangeKind::Shortened };
    let text = turned(words("期限", "Term"), &words::term_rule(was), &words::term_rule(is));
    let value = |m: &Measure| {
        let stated = [
            ("longest_term", m.longest_term),
            ("fixed_term", m.fixed_term),
            ("shortest_term", m.shortest_term),
        ];
        let stated = stated.into_iter().filter_map(|(key, term)| Some((key, json!(term?))));
        let life = m.lifelong.then_some(("lifelong", json!(true)));
        let keys: BTreeMap<&str, Value> = stated.chain(life).collect();
        (!keys.is_empty()).then_some(keys)
    };
    let entry = Entry::new(kind, Aspect::LongestTerm, more.moved(longer, !longer), text);
    log.add(thing, entry.values(&value(old), &value(new)));
}

/// Length of a term as a rank: its months, then how little the record's own end bounds it.
fn reach_of(term: TermRule) -> (u32, u8) {
    match term {
        TermRule::AtMost(term) => (term.in_months(), 0),
        TermRule::Fixed(term) => (term.in_months(), 1),
        TermRule::OfRecord => (u32::MAX, 0),
        // The record's own end, and not before this.
        TermRule::AtLeast(_) => (u32::MAX, 1),
        TermRule::Lifelong => (u32::MAX, 2),
    }
}

fn department(log: &mut Log<'_>, thing: &Thing, old: &Measure, new: &Measure) {
    if old.implementer == new.implementer {
        return;
    }
    let none = both("未指明", "not named");
    let (was, is) = (old.implementer.as_ref(), new.implementer.as_ref());
    let label = words("实施部门", "Carried out by");
    let text = turned(label, was.unwrap_or(&none), is.unwrap_or(&none));
    let entry = Entry::new(ChangeKind::Changed, Aspect::Implementer, Bearing::Neither, text);
    log.add(thing, entry.values(&old.implementer, &new.implementer));
}
