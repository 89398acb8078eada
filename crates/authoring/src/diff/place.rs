//! Comparison of a place's rules on records and promises, and of the remedies of edition and place.

use mustcheck_model::{LegalBasis, Text};
use mustcheck_rules::catalogue::data::{Closing, Disclosure, Objection, Remark, Remedy};

use crate::diff::compare::{
    Pair, SetOf, bases, pairs, pinpoints, remark, sets, these, turned, wording,
};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::lookups::{trait_codes, trait_name};
use crate::diff::overlay::later;
use crate::diff::words::{self, both, count, joined, words, yes};
use crate::diff::{Aspect, Bearing, ChangeKind, ChangedItem};

/// Compares the places' rules on records and promises, and the remedies.
pub(super) fn compare(log: &mut Log<'_>) {
    let (old, new) = (&log.old.overlay, &log.new.overlay);
    let key = |d: &Disclosure| pinpoints(&d.legal_basis);
    for (code, pair) in pairs(&old.disclosures, &new.disclosures, key) {
        disclosure(log, code, &pair);
    }
    objection(log, old.objection.as_ref(), new.objection.as_ref());
    let key = |c: &Closing| pinpoints(&c.legal_basis);
    for (code, pair) in pairs(&old.closings, &new.closings, key) {
        closing(log, code, &pair);
    }
    let key = |r: &Remark| pinpoints(&r.legal_basis);
    for (code, pair) in pairs(&old.remarks, &new.remarks, key) {
        officer(log, code, &pair);
    }
    let key = |r: &Remedy| pinpoints(&r.legal_basis);
    let (old_own, new_own) = (&log.old.edition.remedies, &log.new.edition.remedies);
    for (code, pair) in pairs(old_own, new_own, key) {
        remedy(log, code, &pair);
    }
    for (code, pair) in pairs(&old.remedies, &new.remedies, key) {
        remedy(log, code, &pair);
    }
}

fn thing(
    log: &Log<'_>,
    item: ChangedItem,
    code: String,
    name: &Text,
    basis: &[LegalBasis],
) -> Thing {
    Thing { item, code, name: name.clone(), from: log.first_day(), basis: basis.to_vec() }
}

/// Entry for a rule that is new or gone, with its sentence.
fn whole(more: Bearing, come: bool, text: &Text) -> Entry {
    if come {
        let text = Text::new(format!("新设：{}", text.zh), format!("New: {}", text.en));
        Entry::new(ChangeKind::Added, Aspect::Whole, more, text)
    } else {
        let text = Text::new(format!("不再有：{}", text.zh), format!("Ended: {}", text.en));
        Entry::new(ChangeKind::Ended, Aspect::Whole, more.reversed(), text)
    }
}

/// Compares an end of disclosure. It favours the person: the record is no longer relied on.
fn disclosure(log: &mut Log<'_>, code: String, pair: &Pair<'_, Disclosure>) {
    let (Pair::Both(_, known) | Pair::Come(known) | Pair::Gone(known)) = pair;
    let thing = thing(log, ChangedItem::Disclosure, code, &known.text, &known.legal_basis);
    let stated = |d: &Disclosure| {
        let lists = joined(d.lists.iter().map(|list| log.list(list)));
        let acts = joined(d.except_acts.iter().map(|act| log.act(act)));
        let (years, years_en) = (d.years, count(d.years, "year"));
        Text::new(
            format!(
                "{}（自记录首日起{years}年；名单：{}；除外的行为：{}）",
                d.text.zh, lists.zh, acts.zh
            ),
            format!(
                "{} ({years_en} from the first day of the record; lists: {}; acts left out: {})",
                d.text.en, lists.en, acts.en
            ),
        )
    };
    match pair {
        Pair::Both(old, new) => disclosures(log, &thing, old, new),
        Pair::Come(new) => {
            let text = stated(new);
            log.add(&thing, whole(Bearing::Favour, true, &text).come(new));
        }
        Pair::Gone(old) => {
            let text = stated(old);
            log.add(&thing, whole(Bearing::Favour, false, &text).gone(old));
        }
    }
}

fn disclosures(log: &mut Log<'_>, thing: &Thing, old: &Disclosure, new: &Disclosure) {
    let mark = log.mark();
    let names = Log::new(log.old, log.new);
    let lists = SetOf {
        aspect: Aspect::Lists,
        label: words("名单", "Lists"),
        leaves_out: false,
        more: Bearing::Favour,
        name: &|code| names.list(code),
    };
    sets(log, thing, &lists, &these(&old.lists), &these(&new.lists));
    let acts = SetOf {
        aspect: Aspect::Acts,
        label: words("除外的行为", "Acts left out"),
        leaves_out: true,
        name: &|code| names.act(code),
        ..lists
    };
    sets(log, thing, &acts, &these(&old.except_acts), &these(&new.except_acts));
    if old.years != new.years {
        let longer = new.years > old.years;
        let kind = if longer { ChangeKind::Lengthened } else { ChangeKind::Shortened };
        let years = |d: &Disclosure| Text::new(format!("{}年", d.years), count(d.years, "year"));
        let text = turned(words("披露期限", "Disclosure"), &years(old), &years(new));
        let bearing = Bearing::Burden.moved(longer, !longer);
        let entry = Entry::new(kind, Aspect::Years, bearing, text);
        log.add(thing, entry.values(&old.years, &new.years));
    }
    bases(log, thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
    wording(log, thing, (Aspect::Text, words("文字", "Wording")), &old.text, &new.text);
    remark(log, thing, &old.notes, &new.notes);
    log.settle(thing, mark, old, new);
}

/// Compares the rules on the handling of objections.
fn objection(log: &mut Log<'_>, old: Option<&Objection>, new: Option<&Objection>) {
    let Some(known) = new.or(old) else { return };
    let name = both("异议处理", "Handling of objections");
    let thing = thing(log, ChangedItem::Objection, "objection".into(), &name, &known.legal_basis);
    match (old, new) {
        (Some(old), Some(new)) => objections(log, &thing, old, new),
        (None, Some(new)) => {
            let text = handling(new);
            log.add(&thing, whole(Bearing::Favour, true, &text).come(new));
        }
        (Some(old), None) => {
            let text = handling(old);
            log.add(&thing, whole(Bearing::Favour, false, &text).gone(old));
        }
        (None, None) => {}
    }
}

/// Names a number of working days.
fn working_days(days: u16) -> Text {
    Text::new(format!("{days}个工作日"), count(days, "working day"))
}

/// Names the working days within which a dispute is annotated.
fn annotation(objection: &Objection) -> Text {
    match (objection.annotated, objection.annotate_within) {
        (false, _) => both("不作标注", "none"),
        (true, None) => both("标注，未定期限", "yes, no day set"),
        (true, Some(0)) => both("即时标注", "at once"),
        (true, Some(days)) => {
            let days = working_days(days);
            Text::new(format!("{}内标注", days.zh), format!("within {}", days.en))
        }
    }
}

fn handling(objection: &Objection) -> Text {
    let (usual, most) =
        (working_days(objection.decide_within), working_days(objection.decide_at_most));
    let annotation = annotation(objection);
    Text::new(
        format!("异议应在{}内处理，最长{}；异议标注：{}。", usual.zh, most.zh, annotation.zh),
        format!(
            "An objection is decided within {}, {} at most; annotation: {}.",
            usual.en, most.en, annotation.en
        ),
    )
}

fn objections(log: &mut Log<'_>, thing: &Thing, old: &Objection, new: &Objection) {
    let mark = log.mark();
    for (label, was, is) in [
        (words("一般处理期限", "Ordinary time"), old.decide_within, new.decide_within),
        (words("最长处理期限", "Longest time"), old.decide_at_most, new.decide_at_most),
    ] {
        if was != is {
            let kind = if is > was { ChangeKind::Lengthened } else { ChangeKind::Shortened };
            let text = turned(label, &working_days(was), &working_days(is));
            let bearing = Bearing::Burden.moved(is > was, is < was);
            let entry = Entry::new(kind, Aspect::Handling, bearing, text);
            log.add(thing, entry.values(&was, &is));
        }
    }
    let noted = |o: &Objection| (o.annotated, o.annotate_within);
    if noted(old) != noted(new) {
        // Sooner is better; an annotation without a set day ranks after every set day.
        let weight = |o: &Objection| match noted(o) {
            (false, _) => u32::MAX,
            (true, None) => u32::MAX - 1,
            (true, Some(days)) => u32::from(days),
        };
        let (was, is) = (weight(old), weight(new));
        let text = turned(words("异议标注", "Annotation"), &annotation(old), &annotation(new));
        let bearing = Bearing::Burden.moved(is > was, is < was);
        let entry = Entry::new(ChangeKind::Changed, Aspect::Annotation, bearing, text);
        log.add(thing, entry.values(&noted(old), &noted(new)));
    }
    bases(log, thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
    remark(log, thing, &old.notes, &new.notes);
    log.settle(thing, mark, old, new);
}

/// Compares a closing. It burdens the person: incomplete materials are not tolerated on a promise.
fn closing(log: &mut Log<'_>, code: String, pair: &Pair<'_, Closing>) {
    let (Pair::Both(_, known) | Pair::Come(known) | Pair::Gone(known)) = pair;
    let thing = thing(log, ChangedItem::Closing, code, &known.text, &known.legal_basis);
    match pair {
        Pair::Come(new) => log.add(&thing, whole(Bearing::Burden, true, &new.text).come(new)),
        Pair::Gone(old) => log.add(&thing, whole(Bearing::Burden, false, &old.text).gone(old)),
        Pair::Both(old, new) => {
            let mark = log.mark();
            if old.when != new.when {
                let (was, is) = (words::closing(old.when).into(), words::closing(new.when).into());
                let text = turned(words("情形", "When"), &was, &is);
                let entry = Entry::new(ChangeKind::Changed, Aspect::When, Bearing::Both, text);
                log.add(&thing, entry.values(&old.when, &new.when));
            }
            let names = Log::new(log.old, log.new);
            let matters = SetOf {
                aspect: Aspect::Matters,
                label: words("事项", "Matters"),
                leaves_out: false,
                more: Bearing::Burden,
                name: &|code| names.matter(code),
            };
            sets(log, &thing, &matters, &these(&old.matters), &these(&new.matters));
            let traits = SetOf {
                aspect: Aspect::Traits,
                label: words("事项特征", "Traits of further matters"),
                name: &trait_name,
                ..matters
            };
            let codes = |c: &Closing| Some(trait_codes(&c.traits));
            sets(log, &thing, &traits, &codes(old), &codes(new));
            bases(log, &thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
            wording(log, &thing, (Aspect::Text, words("文字", "Wording")), &old.text, &new.text);
            remark(log, &thing, &old.notes, &new.notes);
            log.settle(&thing, mark, *old, *new);
        }
    }
}

/// Compares a remark to the officer. It neither burdens nor favours.
fn officer(log: &mut Log<'_>, code: String, pair: &Pair<'_, Remark>) {
    let (Pair::Both(_, known) | Pair::Come(known) | Pair::Gone(known)) = pair;
    let thing = thing(log, ChangedItem::Remark, code, &known.text, &known.legal_basis);
    match pair {
        Pair::Come(new) => log.add(&thing, whole(Bearing::Neither, true, &new.text).come(new)),
        Pair::Gone(old) => log.add(&thing, whole(Bearing::Neither, false, &old.text).gone(old)),
        Pair::Both(old, new) => {
            let mark = log.mark();
            if old.when != new.when {
                let name = |r: &Remark| words::remark_when(r.when).into();
                let text = turned(words("提示时机", "When"), &name(old), &name(new));
                let entry = Entry::new(ChangeKind::Changed, Aspect::When, Bearing::Neither, text);
                log.add(&thing, entry.values(&old.when, &new.when));
            }
            bases(log, &thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
            wording(log, &thing, (Aspect::Text, words("文字", "Wording")), &old.text, &new.text);
            remark(log, &thing, &old.notes, &new.notes);
            log.settle(&thing, mark, *old, *new);
        }
    }
}

/// Compares a remedy. It favours the person.
fn remedy(log: &mut Log<'_>, code: String, pair: &Pair<'_, Remedy>) {
    let (Pair::Both(_, known) | Pair::Come(known) | Pair::Gone(known)) = pair;
    let mut thing = thing(log, ChangedItem::Remedy, code, &known.text, &known.legal_basis);
    thing.from = later(log, known.valid_from);
    match pair {
        Pair::Come(new) => log.add(&thing, whole(Bearing::Favour, true, &new.text).come(new)),
        Pair::Gone(old) => {
            thing.from = log.first_day();
            log.add(&thing, whole(Bearing::Favour, false, &old.text).gone(old));
        }
        Pair::Both(old, new) => {
            let mark = log.mark();
            if old.persons_only != new.persons_only {
                let (was, is) = (old.persons_only, new.persons_only);
                let kind = if is { ChangeKind::Narrowed } else { ChangeKind::Widened };
                let label = words("仅限个人", "For persons only");
                let text = turned(label, &yes(was), &yes(is));
                let entry = Entry::new(kind, Aspect::Persons, Bearing::Favour.moved(was, is), text);
                log.add(&thing, entry.values(&was, &is));
            }
            remedy_days(log, &thing, old, new);
            bases(log, &thing, words("依据", "Basis"), &old.legal_basis, &new.legal_basis);
            wording(log, &thing, (Aspect::Text, words("文字", "Wording")), &old.text, &new.text);
            log.settle(&thing, mark, *old, *new);
        }
    }
}

/// Compares the first days of a remedy. A remedy that a later edition states from its own first day
/// on is the same on every day that the edition decides, so a first day before it moves nothing.
fn remedy_days(log: &mut Log<'_>, thing: &Thing, old: &Remedy, new: &Remedy) {
    let (was, is) = (old.valid_from, new.valid_from);
    let shown = |day: mustcheck_model::date::Date| words::validity(Some(day), None);
    let text = || turned(words("效力期间", "Validity"), &shown(was), &shown(is));
    if was == is {
        return;
    }
    let first = log.first_day();
    let entry = if was.max(first) == is.max(first) {
        Entry::new(ChangeKind::Wording, Aspect::Validity, Bearing::Neither, text())
    } else {
        let kind = if is < was { ChangeKind::Widened } else { ChangeKind::Narrowed };
        let bearing = Bearing::Favour.moved(is < was, is > was);
        Entry::new(kind, Aspect::Validity, bearing, text())
    };
    let mut thing = thing.clone();
    thing.from = later(log, was.min(is));
    log.add(&thing, entry.values(&was, &is));
}
