//! Comparison of the edition's head, and of the instruments that may be the basis of each kind of
//! measure.

use std::collections::BTreeSet;

use mustcheck_model::{InstrumentKind, MeasureKind, Text};
use mustcheck_rules::catalogue::data::Edition;

use crate::diff::compare::{Codes, Moved, SetOf, remark, sets, turned, wording};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{self, both, joined, words};
use crate::diff::{Aspect, Bearing, ChangeKind, ChangedItem};

/// Compares the heads of both editions.
pub(super) fn compare(log: &mut Log<'_>) {
    let (old, new) = (&log.old.edition, &log.new.edition);
    let thing = Thing {
        item: ChangedItem::Edition,
        code: new.id.clone().into(),
        name: new.name.clone(),
        from: log.first_day(),
        basis: Vec::new(),
    };
    if old.id != new.id {
        let name = |e: &Edition| {
            Text::new(format!("{}（{}）", e.name.zh, e.id), format!("{} ({})", e.name.en, e.id))
        };
        let text = turned(words("版本", "Edition"), &name(old), &name(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Identity, Bearing::Neither, text);
        log.add(&thing, entry.values(&old.id, &new.id));
    }
    let days = |e: &Edition| (e.valid_from, e.valid_until);
    if days(old) != days(new) {
        let shown = |e: &Edition| words::validity(Some(e.valid_from), e.valid_until);
        let text =
            turned(words("据以决定的基准日", "As-of dates decided"), &shown(old), &shown(new));
        let entry = Entry::new(ChangeKind::Changed, Aspect::Validity, Bearing::Neither, text);
        log.add(&thing, entry.values(&days(old), &days(new)));
    }
    if old.id == new.id {
        let label = (Aspect::Name, words("名称", "Name"));
        wording(log, &thing, label, &old.name, &new.name);
    }
    if old.version != new.version {
        let text = turned(
            words("数据版次", "Version of the data"),
            &both(&old.version, &old.version),
            &both(&new.version, &new.version),
        );
        let entry = Entry::new(ChangeKind::Wording, Aspect::Identity, Bearing::Neither, text);
        log.add(&thing, entry.values(&old.version, &new.version));
    }
    remark(log, &thing, &old.remark, &new.remark);
    let mark = log.mark();
    ranks(log, old, new);
    log.settle(&thing, mark, &old.ranks, &new.ranks);
    let mark = log.mark();
    local_ranks(log, old, new);
    log.settle(&thing, mark, &old.local_ranks, &new.local_ranks);
}

fn rank_thing(log: &Log<'_>, kind: MeasureKind) -> Thing {
    Thing {
        item: ChangedItem::Rank,
        code: kind.code().to_owned(),
        name: words::kind(kind).into(),
        from: log.first_day(),
        basis: Vec::new(),
    }
}

fn instrument_kind(code: &str) -> Text {
    let known = InstrumentKind::ALL.iter().find(|kind| kind.code() == code);
    known.map_or_else(|| both(code, code), |kind| words::instrument_kind(*kind).into())
}

/// Names the kinds of instrument, the highest rank first.
fn by_rank(set: &BTreeSet<InstrumentKind>) -> Text {
    joined(set.iter().map(|kind| words::instrument_kind(*kind).into()))
}

/// Returns the sets of instrument kinds; a measure of this kind needs a basis from each of them
/// (RAIL R3).
fn founding(edition: &Edition, kind: MeasureKind) -> Vec<BTreeSet<InstrumentKind>> {
    let of = edition.ranks.iter().filter(|rank| rank.kinds.contains(&kind));
    of.map(|rank| rank.founded_by.iter().copied().collect()).collect()
}

fn ranks(log: &mut Log<'_>, old: &Edition, new: &Edition) {
    for kind in MeasureKind::ALL {
        let (was, is) = (founding(old, *kind), founding(new, *kind));
        if was == is {
            continue;
        }
        let moved = match (was.as_slice(), is.as_slice()) {
            ([], _) => Some(ChangeKind::Widened),
            (_, []) => Some(ChangeKind::Narrowed),
            ([was], [is]) => Moved::of(&codes(was), &codes(is)).kind(),
            _ => Some(ChangeKind::Changed),
        };
        // A rank burdens nobody until a measure rests on it.
        let text =
            turned(words("可据以设定的文件", "May be founded by"), &shown(&was), &shown(&is));
        let entry =
            Entry::new(moved.unwrap_or(ChangeKind::Changed), Aspect::Rank, Bearing::Neither, text);
        log.add(&rank_thing(log, *kind), entry.values(&was, &is));
    }
}

fn codes(set: &BTreeSet<InstrumentKind>) -> Codes {
    Some(set.iter().map(|kind| kind.code().to_owned()).collect())
}

fn shown(sets: &[BTreeSet<InstrumentKind>]) -> Text {
    let all: Vec<Text> = sets.iter().map(by_rank).collect();
    if all.is_empty() {
        return both("不得设定", "nothing");
    }
    let zh: Vec<&str> = all.iter().map(|text| &*text.zh).collect();
    let en: Vec<&str> = all.iter().map(|text| &*text.en).collect();
    Text::new(zh.join("，并且"), en.join("; and "))
}

/// Returns each matter with each kind of instrument that may be the basis of such a measure there.
fn local(edition: &Edition, kind: MeasureKind) -> Codes {
    let ranks = edition.local_ranks.iter().filter(|rank| rank.kinds.contains(&kind));
    let pairs = ranks.flat_map(|rank| {
        let of = |matter| rank.founded_by.iter().map(move |k| format!("{matter} {k}"));
        rank.matters.iter().flat_map(of)
    });
    Some(pairs.collect())
}

fn local_ranks(log: &mut Log<'_>, old: &Edition, new: &Edition) {
    let names = Log::new(log.old, log.new);
    let name = |code: &str| match code.split_once(' ') {
        Some((matter, kind)) => {
            let (matter, kind) = (names.matter(matter), instrument_kind(kind));
            Text::new(
                format!("{}（由{}）", matter.zh, kind.zh),
                format!("{} by {}", matter.en, kind.en),
            )
        }
        None => both(code, code),
    };
    let of = SetOf {
        aspect: Aspect::Rank,
        label: words("本地可以设定的事项", "A place may found it on"),
        leaves_out: false,
        more: Bearing::Neither,
        name: &name,
    };
    for kind in MeasureKind::ALL {
        sets(log, &rank_thing(log, *kind), &of, &local(old, *kind), &local(new, *kind));
    }
    let notes = |edition: &Edition| -> Vec<_> {
        edition.local_ranks.iter().flat_map(|rank| rank.notes.clone()).collect()
    };
    let mut thing = rank_thing(log, MeasureKind::Limit);
    (thing.code, thing.name) =
        ("local".into(), both("本地可以设定的事项", "What a place may found"));
    remark(log, &thing, &notes(old), &notes(new));
}
