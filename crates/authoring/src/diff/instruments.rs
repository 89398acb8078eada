//! Comparison of instruments, amounts that a text leaves to be set, and the years' holidays.

use mustcheck_model::date::Date;
use mustcheck_model::{CalendarYear, Text};
use mustcheck_rules::catalogue::data::{CatalogueData, Instrument, Measure, Setting};

use crate::diff::compare::{Pair, SetOf, pairs, remark, sets, these, turned, wording};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{self, both, words};
use crate::diff::{Aspect, Bearing, ChangeKind, ChangedItem, measures};

/// Compares the instruments, settings and calendars of both catalogues.
pub(super) fn compare(log: &mut Log<'_>) {
    let (old, new) = (log.old, log.new);
    for (id, pair) in pairs(&old.instruments, &new.instruments, |i| i.id.clone().into()) {
        instrument(log, id, &pair);
    }
    for (id, pair) in pairs(&old.settings, &new.settings, |s| s.id.clone().into()) {
        setting(log, id, &pair);
    }
    for (year, pair) in pairs(&old.calendar, &new.calendar, |c| c.year.to_string()) {
        calendar(log, year, &pair);
    }
}

fn thing(log: &Log<'_>, item: ChangedItem, code: String, name: Text) -> Thing {
    Thing { item, code, name, from: log.first_day(), basis: Vec::new() }
}

fn instrument(log: &mut Log<'_>, id: String, pair: &Pair<'_, Instrument>) {
    let name = log.instrument_name(&id);
    let thing = thing(log, ChangedItem::Instrument, id, name);
    let (zh, en) = (&thing.name.zh, &thing.name.en);
    match pair {
        Pair::Both(old, new) => instruments(log, &thing, old, new),
        Pair::Come(new) => {
            let days = words::validity(Some(new.in_force_from), new.in_force_until);
            let text = Text::new(
                format!("新列为依据：{zh}（{}）。", days.zh),
                format!("Newly relied on: {en} ({}).", days.en),
            );
            let entry = Entry::new(ChangeKind::Added, Aspect::Whole, Bearing::Neither, text);
            log.add(&thing, entry.come(new));
        }
        Pair::Gone(old) => {
            let text =
                Text::new(format!("不再列为依据：{zh}。"), format!("No longer relied on: {en}."));
            let entry = Entry::new(ChangeKind::Ended, Aspect::Whole, Bearing::Neither, text);
            log.add(&thing, entry.gone(old));
        }
    }
}

/// Bearing of a longer force of an instrument: the bearing of the measures that rest on it, before
/// and after.
fn rests(log: &Log<'_>, id: &str) -> Bearing {
    let on = |data: &CatalogueData, m: &Measure| {
        m.legal_basis.iter().any(|b| *b.instrument == *id) && measures::applied(data, m).is_some()
    };
    let before = |m: &Measure| {
        log.old.measures.iter().any(|o| o.id == m.id && o.effect == m.effect && on(log.old, o))
    };
    let resting = log.new.measures.iter().filter(|m| on(log.new, m) && before(m));
    resting.fold(Bearing::Neither, |all, m| all.and(Bearing::of_effect(m.effect)))
}

fn instruments(log: &mut Log<'_>, thing: &Thing, old: &Instrument, new: &Instrument) {
    let mark = log.mark();
    let days = |i: &Instrument| words::validity(Some(i.in_force_from), i.in_force_until);
    let last = |i: &Instrument| i.in_force_until.unwrap_or(FAR);
    if (old.in_force_from, old.in_force_until) != (new.in_force_from, new.in_force_until) {
        let wider = new.in_force_from < old.in_force_from || last(new) > last(old);
        let narrower = new.in_force_from > old.in_force_from || last(new) < last(old);
        let kind = match (wider, narrower) {
            (true, false) => ChangeKind::Widened,
            (false, true) => ChangeKind::Narrowed,
            _ => ChangeKind::WidenedAndNarrowed,
        };
        let bearing = rests(log, &thing.code).moved(wider, narrower);
        let text = turned(words("施行期间", "In force"), &days(old), &days(new));
        let entry = Entry::new(kind, Aspect::Validity, bearing, text);
        let value = |i: &Instrument| (i.in_force_from, i.in_force_until);
        log.add(thing, entry.values(&value(old), &value(new)));
    }
    if old.kind != new.kind {
        let name = |i: &Instrument| words::instrument_kind(i.kind).into();
        let text = turned(words("文件层级", "Rank"), &name(old), &name(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Rank, Bearing::Neither, text);
        log.add(thing, entry.values(&old.kind, &new.kind));
    }
    if old.region != new.region {
        let name = |i: &Instrument| {
            i.region.as_ref().map_or_else(|| both("全国", "everywhere"), |r| both(r, r))
        };
        let text = turned(words("适用地域", "Region"), &name(old), &name(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Region, Bearing::Neither, text);
        log.add(thing, entry.values(&old.region, &new.region));
    }
    let label = (Aspect::Name, words("名称", "Title"));
    wording(log, thing, label, &old.title, &new.title);
    if old.number != new.number {
        let name =
            |i: &Instrument| i.number.as_ref().map_or_else(|| both("无", "none"), |n| both(n, n));
        let text = turned(words("文号", "Number"), &name(old), &name(new));
        let entry = Entry::new(ChangeKind::Wording, Aspect::Name, Bearing::Neither, text);
        log.add(thing, entry.values(&old.number, &new.number));
    }
    remark(log, thing, &old.remark, &new.remark);
    log.settle(thing, mark, old, new);
}

/// The last day of the calendar, in the place of an open end.
const FAR: Date = Date { year: 9999, month: 12, day: 31 };

/// Compares an amount, such as that of 较大数额罚款, on which a measure may depend.
///
/// Where no amount is set, whether a fine is a larger one is for the officer to judge. So a new
/// amount burdens those whose fine reaches it, and favours the others.
fn setting(log: &mut Log<'_>, id: String, pair: &Pair<'_, Setting>) {
    let name = if id == "larger-fine" {
        both("较大数额罚款的数额", "Amount of a larger fine")
    } else {
        both(&id, &id)
    };
    let mut thing = thing(log, ChangedItem::Setting, id, name);
    let (Pair::Both(_, known) | Pair::Come(known) | Pair::Gone(known)) = pair;
    thing.from = thing.from.max(known.valid_from);
    match pair {
        Pair::Both(old, new) => settings(log, &thing, old, new),
        Pair::Come(new) => {
            let stated = stated(new);
            let text = Text::new(
                format!("新设数额：{}。", stated.zh),
                format!("New amount: {}.", stated.en),
            );
            let entry = Entry::new(ChangeKind::Added, Aspect::Whole, Bearing::Both, text);
            log.add(&thing, entry.come(new));
        }
        Pair::Gone(old) => {
            let stated = stated(old);
            let text = Text::new(
                format!("不再设数额：{}。", stated.zh),
                format!("Amount ended: {}.", stated.en),
            );
            let entry = Entry::new(ChangeKind::Ended, Aspect::Whole, Bearing::Both, text);
            log.add(&thing, entry.gone(old));
        }
    }
}

fn stated(setting: &Setting) -> Text {
    let (amount, source) = (yuan(setting.amount_fen), &setting.source);
    let days = words::validity(Some(setting.valid_from), setting.valid_until);
    Text::new(
        format!("{}（{}；出处：{source}）", amount.zh, days.zh),
        format!("{} ({}; source: {source})", amount.en, days.en),
    )
}

/// An amount in yuan.
fn yuan(fen: u64) -> Text {
    let (yuan, rest) = (fen / 100, fen % 100);
    let amount = if rest == 0 { yuan.to_string() } else { format!("{yuan}.{rest:02}") };
    Text::new(format!("{amount}元"), format!("{amount} yuan"))
}

fn settings(log: &mut Log<'_>, thing: &Thing, old: &Setting, new: &Setting) {
    let mark = log.mark();
    if old.amount_fen != new.amount_fen {
        // A higher amount lets fewer fines count.
        let higher = new.amount_fen > old.amount_fen;
        let kind = if higher { ChangeKind::Narrowed } else { ChangeKind::Widened };
        let bearing = Bearing::Favour.moved(higher, !higher);
        let (was, is) = (yuan(old.amount_fen), yuan(new.amount_fen));
        let text = turned(words("数额", "Amount"), &was, &is);
        let entry = Entry::new(kind, Aspect::Amount, bearing, text);
        log.add(thing, entry.values(&old.amount_fen, &new.amount_fen));
    }
    let days = |s: &Setting| (s.valid_from, s.valid_until);
    if days(old) != days(new) {
        let shown = |s: &Setting| words::validity(Some(s.valid_from), s.valid_until);
        let text = turned(words("效力期间", "Validity"), &shown(old), &shown(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Validity, Bearing::Both, text);
        log.add(thing, entry.values(&days(old), &days(new)));
    }
    remark(log, thing, &(&old.source, old.secondary), &(&new.source, new.secondary));
    log.settle(thing, mark, old, new);
}

fn calendar(log: &mut Log<'_>, year: String, pair: &Pair<'_, CalendarYear>) {
    let name = Text::new(format!("{year}年放假安排"), format!("Holidays of {year}"));
    let thing = thing(log, ChangedItem::Calendar, year, name);
    let (zh, en) = (&thing.name.zh, &thing.name.en);
    match pair {
        Pair::Both(old, new) => {
            let mark = log.mark();
            let holidays = SetOf {
                aspect: Aspect::Days,
                label: words("休息日", "Days off"),
                leaves_out: false,
                more: Bearing::Neither,
                name: &|day| both(day, day),
            };
            let days = |all: &[Date]| these(all.iter().map(ToString::to_string));
            sets(log, &thing, &holidays, &days(&old.holidays), &days(&new.holidays));
            let workdays = SetOf { label: words("调休上班日", "Days worked"), ..holidays };
            sets(log, &thing, &workdays, &days(&old.workdays), &days(&new.workdays));
            log.settle(&thing, mark, *old, *new);
        }
        Pair::Come(new) => {
            let text = Text::new(format!("收录{zh}。"), format!("{en} taken in."));
            let entry = Entry::new(ChangeKind::Added, Aspect::Whole, Bearing::Neither, text);
            log.add(&thing, entry.come(new));
        }
        Pair::Gone(old) => {
            let text = Text::new(format!("不再收录{zh}。"), format!("{en} left out."));
            let entry = Entry::new(ChangeKind::Ended, Aspect::Whole, Bearing::Neither, text);
            log.add(&thing, entry.gone(old));
        }
    }
}
