//! Comparison of lists with their rules on persons, and of the acts that records may name.

mod rules;

use std::collections::BTreeSet;

use mustcheck_model::name::Name;
use mustcheck_model::{LegalBasis, ListStanding, Polarity, Text};
use mustcheck_rules::catalogue::data::{Act, List, PersonsRule};

use crate::diff::compare::{
    Codes, Moved, Pair, SetOf, bases, pairs, remark, sets, these, these_or_any, turned, wording,
};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{self, both, joined, words, yes};
use crate::diff::{Aspect, Bearing, ChangeKind, ChangedItem};

/// Compares the lists and acts of both catalogues.
pub(super) fn compare(log: &mut Log<'_>) {
    let (old, new) = (log.old, log.new);
    for (_, pair) in pairs(&old.lists, &new.lists, |l| l.code.clone().into()) {
        match pair {
            Pair::Both(one, other) => changed(log, one, other),
            Pair::Come(list) => {
                let (polarity, standing) =
                    (words::polarity(list.polarity), words::standing(list.standing));
                let text = Text::new(
                    format!("新设名单：{}（{}；{}）。", list.name.zh, polarity.zh, standing.zh),
                    format!("New list: {} ({}; {}).", list.name.en, polarity.en, standing.en),
                );
                // Its consequences are reported as changes of lookups and measures.
                let entry = Entry::new(ChangeKind::Added, Aspect::Whole, Bearing::Neither, text);
                log.add(&list_thing(log, list), entry.come(list));
            }
            Pair::Gone(list) => {
                let text = Text::new(
                    format!("不再有名单：{}。", list.name.zh),
                    format!("Ended list: {}.", list.name.en),
                );
                let entry = Entry::new(ChangeKind::Ended, Aspect::Whole, Bearing::Neither, text);
                log.add(&list_thing(log, list), entry.gone(list));
            }
        }
    }
    for (_, pair) in pairs(&old.acts, &new.acts, |a| a.code.clone().into()) {
        act(log, &pair);
    }
}

fn list_thing(log: &Log<'_>, list: &List) -> Thing {
    thing(log, ChangedItem::List, &list.code, &list.name, &list.legal_basis)
}

fn thing(log: &Log<'_>, item: ChangedItem, code: &str, name: &Text, basis: &[LegalBasis]) -> Thing {
    let (code, name, basis) = (code.to_owned(), name.clone(), basis.to_vec());
    Thing { item, code, name, from: log.first_day(), basis }
}

fn act(log: &mut Log<'_>, pair: &Pair<'_, Act>) {
    let (Pair::Both(_, known) | Pair::Come(known) | Pair::Gone(known)) = pair;
    let thing = thing(log, ChangedItem::Act, &known.code, &known.name, &known.legal_basis);
    let (zh, en) = (&known.name.zh, &known.name.en);
    match pair {
        Pair::Both(old, new) => {
            let mark = log.mark();
            let label = (Aspect::Name, words("名称", "Name"));
            wording(log, &thing, label, &old.name, &new.name);
            bases(log, &thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
            log.settle(&thing, mark, *old, *new);
        }
        Pair::Come(act) => {
            let text = Text::new(format!("新增行为：{zh}。"), format!("New act: {en}."));
            let entry = Entry::new(ChangeKind::Added, Aspect::Whole, Bearing::Neither, text);
            log.add(&thing, entry.come(act));
        }
        Pair::Gone(act) => {
            let text = Text::new(format!("不再列行为：{zh}。"), format!("Ended act: {en}."));
            let entry = Entry::new(ChangeKind::Ended, Aspect::Whole, Bearing::Neither, text);
            log.add(&thing, entry.gone(act));
        }
    }
}

fn changed(log: &mut Log<'_>, old: &List, new: &List) {
    let mark = log.mark();
    let thing = list_thing(log, new);
    let more = match (old.standing, new.standing) {
        (ListStanding::Statutory, ListStanding::Statutory) if old.polarity == new.polarity => {
            Bearing::of_list(new.polarity, new.standing)
        }
        _ => Bearing::Neither,
    };
    nature(log, &thing, old, new);
    if old.initiator != new.initiator {
        let text = turned(words("发起部门", "Initiator"), &old.initiator, &new.initiator);
        let entry = Entry::new(ChangeKind::Changed, Aspect::Initiator, Bearing::Neither, text);
        log.add(&thing, entry.values(&old.initiator, &new.initiator));
    }
    let names = Log::new(log.old, log.new);
    let of = SetOf {
        aspect: Aspect::Acts,
        label: words("记录可载明的行为", "Acts that its records may name"),
        leaves_out: false,
        more,
        name: &|code| names.act(code),
    };
    sets(log, &thing, &of, &these_or_any(&old.acts), &these_or_any(&new.acts));
    persons(log, &thing, more, &old.persons, &new.persons);
    rules::compare(log, &thing, more, &old.rules, &new.rules);
    if old.serious != new.serious {
        let told = |list: &List| yes(list.serious.is_none());
        let text =
            turned(words("每条记录均属严重", "Every record is serious"), &told(old), &told(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Penalty, Bearing::Neither, text);
        log.add(&thing, entry.values(&old.serious, &new.serious));
    }
    bases(log, &thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
    let label = (Aspect::Name, words("名称", "Name"));
    wording(log, &thing, label, &old.name, &new.name);
    remark(log, &thing, &old.notes, &new.notes);
    log.settle(&thing, mark, old, new);
}

/// Compares the polarity of a list, and its standing: statutory or for reference.
fn nature(log: &mut Log<'_>, thing: &Thing, old: &List, new: &List) {
    let weight = |polarity: Polarity| match polarity {
        Polarity::Commendation => 0,
        Polarity::Watch => 1,
        Polarity::Restriction => 2,
    };
    if old.polarity != new.polarity {
        let harder = weight(new.polarity) > weight(old.polarity);
        let bearing = Bearing::Burden.moved(harder, !harder);
        let name = |l: &List| words::polarity(l.polarity).into();
        let text = turned(words("名单性质", "Polarity"), &name(old), &name(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Polarity, bearing, text);
        log.add(thing, entry.values(&old.polarity, &new.polarity));
    }
    if old.standing != new.standing {
        let was = Bearing::of_list(old.polarity, old.standing).reversed();
        let bearing = was.and(Bearing::of_list(new.polarity, new.standing));
        let name = |l: &List| words::standing(l.standing).into();
        let text = turned(words("名单效力", "Standing"), &name(old), &name(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Standing, bearing, text);
        log.add(thing, entry.values(&old.standing, &new.standing));
    }
}

/// Compares the list's own rule on persons (RAIL R8).
fn persons(
    log: &mut Log<'_>,
    thing: &Thing,
    more: Bearing,
    old: &[PersonsRule],
    new: &[PersonsRule],
) {
    if old.len().max(new.len()) > 1 {
        several(log, thing, more, old, new);
        return;
    }
    for (_, pair) in pairs(old, new, |_| String::new()) {
        let mut thing = thing.clone();
        let (Pair::Both(_, rule) | Pair::Come(rule) | Pair::Gone(rule)) = pair;
        thing.basis.clone_from(&rule.legal_basis);
        match pair {
            Pair::Both(old, new) => {
                let mark = log.mark();
                rules(log, &thing, more, old, new);
                log.settle(&thing, mark, old, new);
            }
            Pair::Come(rule) => {
                let reached = reached(log, rule);
                let text = Text::new(
                    format!("现及于个人：{}。", reached.zh),
                    format!("Now reaches persons: {}.", reached.en),
                );
                log.add(
                    &thing,
                    Entry::new(ChangeKind::Widened, Aspect::Persons, more, text).come(rule),
                );
            }
            Pair::Gone(rule) => {
                let reached = reached(log, rule);
                let text = Text::new(
                    format!("不再及于个人：{}。", reached.zh),
                    format!("No longer reaches persons: {}.", reached.en),
                );
                let bearing = more.reversed();
                let entry = Entry::new(ChangeKind::Narrowed, Aspect::Persons, bearing, text);
                log.add(&thing, entry.gone(rule));
            }
        }
    }
}

/// Compares rules for several groups of acts together: the persons whom they reach, through which
/// act, on which matter.
fn several(
    log: &mut Log<'_>,
    thing: &Thing,
    more: Bearing,
    old: &[PersonsRule],
    new: &[PersonsRule],
) {
    let mark = log.mark();
    let all = || old.iter().chain(new);
    // Code in the place of every act or matter that no rule names.
    const OTHER: &str = "";
    let acts: BTreeSet<&str> = all().flat_map(|r| &r.acts).map(|act| act.as_str()).collect();
    let matters: BTreeSet<&str> = all().flat_map(|r| &r.matters).map(|m| m.as_str()).collect();
    let spread = |named: &'_ [Name], known: &BTreeSet<&str>| -> Vec<String> {
        if named.is_empty() {
            known.iter().copied().chain([OTHER]).map(str::to_owned).collect()
        } else {
            named.iter().map(|name| name.clone().into()).collect()
        }
    };
    let reach = |rules: &[PersonsRule]| -> Codes {
        let mut codes = BTreeSet::new();
        for rule in rules {
            let named = rule.roles.iter().filter(|_| !rule.own_record).map(|role| role.code());
            for way in named.chain(["itself"]) {
                for act in spread(&rule.acts, &acts) {
                    let matters = spread(&rule.matters, &matters);
                    codes.extend(matters.iter().map(|matter| format!("{way} {act} {matter}")));
                }
            }
        }
        Some(codes)
    };
    let cited = |rules: &[PersonsRule]| -> Vec<LegalBasis> {
        rules.iter().flat_map(|rule| rule.legal_basis.iter().cloned()).collect()
    };
    let mut thing = thing.clone();
    thing.basis = if new.is_empty() { cited(old) } else { cited(new) };
    let moved = Moved::of(&reach(old), &reach(new));
    if let Some(kind) = moved.kind() {
        let said = |rules: &[PersonsRule]| {
            if rules.is_empty() {
                return both("不及于个人", "no person");
            }
            let each: Vec<Text> = rules.iter().map(|rule| reached(log, rule)).collect();
            let zh: Vec<&str> = each.iter().map(|text| &*text.zh).collect();
            let en: Vec<&str> = each.iter().map(|text| &*text.en).collect();
            Text::new(zh.join("；又及于"), en.join("; and "))
        };
        let text = turned(words("及于的个人", "Persons reached"), &said(old), &said(new));
        let bearing = more.moved(moved.wider, moved.narrower);
        let entry = Entry::new(kind, Aspect::Persons, bearing, text);
        log.add(&thing, entry.values(&old, &new));
    }
    let label = words("及于个人的依据", "Basis of reaching persons");
    bases(log, &thing, label, &cited(old), &cited(new));
    log.settle(&thing, mark, &old, &new);
}

/// Names the persons whom a rule reaches.
fn reached(log: &Log<'_>, rule: &PersonsRule) -> Text {
    let who = if rule.own_record {
        Text::new("记录以其本人为主体的个人", "those whom a record of their own is about")
    } else {
        words::roles(&rule.roles)
    };
    let (mut zh, mut en) = (who.zh.to_string(), who.en.to_string());
    if !rule.acts.is_empty() {
        let acts = joined(rule.acts.iter().map(|act| log.act(act)));
        zh.push_str(&format!("；限于行为{}", acts.zh));
        en.push_str(&format!("; only for {}", acts.en));
    }
    if !rule.matters.is_empty() {
        let matters = joined(rule.matters.iter().map(|matter| log.matter(matter)));
        zh.push_str(&format!("；限于事项{}", matters.zh));
        en.push_str(&format!("; only on {}", matters.en));
    }
    Text::new(zh, en)
}

fn rules(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &PersonsRule, new: &PersonsRule) {
    let names = Log::new(log.old, log.new);
    let roles = SetOf {
        aspect: Aspect::Persons,
        label: words("及于的个人", "Persons reached"),
        leaves_out: false,
        more,
        name: &words::role,
    };
    let codes = |rule: &PersonsRule| these(rule.roles.iter().map(|role| role.code()));
    sets(log, thing, &roles, &codes(old), &codes(new));
    let acts = SetOf {
        label: words("据以及于个人的行为", "Acts by which persons are reached"),
        name: &|code| names.act(code),
        ..roles
    };
    sets(log, thing, &acts, &these_or_any(&old.acts), &these_or_any(&new.acts));
    let matters = SetOf {
        label: words("及于个人的事项", "Matters on which persons are reached"),
        name: &|code| names.matter(code),
        ..acts
    };
    sets(log, thing, &matters, &these_or_any(&old.matters), &these_or_any(&new.matters));
    let (was, is) = (old.own_record, new.own_record);
    if was != is {
        let kind = if is { ChangeKind::Narrowed } else { ChangeKind::Widened };
        let label =
            words("仅及于以其本人为主体的记录", "Only through a record about the person itself");
        let text = turned(label, &yes(was), &yes(is));
        let entry = Entry::new(kind, Aspect::Persons, more.moved(was, is), text);
        log.add(thing, entry.values(&was, &is));
    }
    let label = words("及于个人的依据", "Basis of reaching persons");
    bases(log, thing, label, &old.legal_basis, &new.legal_basis);
}
