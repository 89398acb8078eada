//! Comparison of the records that trigger a measure: their act, their matter, their penalty, and
//! the exceptions.

use std::collections::BTreeSet;

use mustcheck_model::{Effect, PenaltyKind, SubjectKind, Text};
use mustcheck_rules::catalogue::data::{ExceptionWhen, FineTest, Measure, RecordMatter};

use crate::diff::compare::{Codes, SetOf, bases, sets, turned};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{self, both, words, yes};
use crate::diff::{Aspect, Bearing, ChangeKind};

/// Code in the place of an act or a penalty: the record names none.
const UNNAMED: &str = "unnamed";
/// Code of a fine that the test of a larger fine does not meet.
const SMALLER: &str = "fine-below-larger-fine";
const LARGER: &str = "fine-at-least-larger-fine";
const UNDECIDABLE: &str = "fine-undecidable";

/// Compares the records that trigger a measure.
pub(super) fn compare(
    log: &mut Log<'_>,
    thing: &Thing,
    more: Bearing,
    old: &Measure,
    new: &Measure,
) {
    let names = Log::new(log.old, log.new);
    let of = SetOf {
        aspect: Aspect::Acts,
        label: words("所涉行为", "Acts"),
        leaves_out: false,
        more,
        name: &|code| act(&names, code),
    };
    sets(log, thing, &of, &acts(old), &acts(new));
    let of = SetOf {
        aspect: Aspect::Penalty,
        label: words("所涉处罚", "Penalties"),
        name: &penalty,
        ..of
    };
    sets(log, thing, &of, &penalties(old), &penalties(new));
    subject(log, thing, more, old, new);
    matter(log, thing, more, old, new);
    let of = SetOf {
        aspect: Aspect::Exceptions,
        label: words("例外", "Exceptions"),
        leaves_out: true,
        name: &|code| exception(&names, code),
        ..of
    };
    sets(log, thing, &of, &exceptions(old), &exceptions(new));
    let cited = |m: &Measure| -> Vec<_> {
        m.exceptions.iter().flat_map(|e| e.legal_basis.iter().cloned()).collect()
    };
    bases(log, thing, words("例外的依据", "Basis of the exceptions"), &cited(old), &cited(new));
    clean_years(log, thing, more, old, new);
}

/// Returns the acts that trigger a measure; `None` for any, named or not.
pub(super) fn acts(measure: &Measure) -> Codes {
    if measure.acts.is_empty() && !measure.unnamed_act {
        return None;
    }
    let named = measure.acts.iter().map(|act| act.clone().into());
    let unnamed = measure.unnamed_act.then(|| UNNAMED.to_owned());
    Some(named.chain(unnamed).collect())
}

/// Names an act, or its absence.
pub(super) fn act(log: &Log<'_>, code: &str) -> Text {
    if code == UNNAMED { both("未载明行为的", "none named on record") } else { log.act(code) }
}

/// Returns the penalties that trigger a measure, fines by their size; `None` for any, named or not.
pub(super) fn penalties(measure: &Measure) -> Codes {
    let test = measure.penalty.as_ref()?;
    let mut codes: BTreeSet<String> = BTreeSet::new();
    for kind in &test.kinds {
        if *kind == PenaltyKind::Fine {
            codes.extend([SMALLER, LARGER, UNDECIDABLE].map(str::to_owned));
        } else {
            codes.insert(kind.code().to_owned());
        }
    }
    match test.fine {
        Some(FineTest::AtLeastLargerFine) => codes.insert(LARGER.to_owned()),
        Some(FineTest::Undecidable) => codes.insert(UNDECIDABLE.to_owned()),
        None => false,
    };
    if test.unnamed {
        codes.insert(UNNAMED.to_owned());
    }
    Some(codes)
}

/// Names a penalty, or its absence.
pub(super) fn penalty(code: &str) -> Text {
    match code {
        UNNAMED => both("未载明处罚的", "none named on record"),
        SMALLER => both("未达较大数额的罚款", "fine below the larger amount"),
        LARGER => words::fine(FineTest::AtLeastLargerFine).into(),
        UNDECIDABLE => words::fine(FineTest::Undecidable).into(),
        code => {
            let known = PenaltyKind::ALL.iter().find(|kind| kind.code() == code);
            known.map_or_else(|| both(code, code), |kind| words::penalty(*kind).into())
        }
    }
}

/// Compares the kind of subject that a measure targets.
fn subject(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &Measure, new: &Measure) {
    let kind = match (old.subject, new.subject) {
        (one, other) if one == other => return,
        (_, None) => ChangeKind::Widened,
        (None, _) => ChangeKind::Narrowed,
        _ => ChangeKind::WidenedAndNarrowed,
    };
    let bearing = more.moved(kind != ChangeKind::Narrowed, kind != ChangeKind::Widened);
    let name = |of: Option<SubjectKind>| words::subject(of).into();
    let text = turned(words("主体类型", "Kind of subject"), &name(old.subject), &name(new.subject));
    let entry = Entry::new(kind, Aspect::Subject, bearing, text);
    log.add(thing, entry.values(&old.subject, &new.subject));
}

/// Compares the condition on the matter that the record names.
fn matter(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &Measure, new: &Measure) {
    let kind = match (old.record_matter, new.record_matter) {
        (one, other) if one == other => return,
        (_, None) => ChangeKind::Widened,
        (None, _) => ChangeKind::Narrowed,
        _ => ChangeKind::WidenedAndNarrowed,
    };
    let bearing = more.moved(kind != ChangeKind::Narrowed, kind != ChangeKind::Widened);
    let name = |of: Option<RecordMatter>| words::record_matter(of).into();
    let text = turned(
        words("与记录事项的关联", "Link with the matter on record"),
        &name(old.record_matter),
        &name(new.record_matter),
    );
    let entry = Entry::new(kind, Aspect::RecordMatter, bearing, text);
    log.add(thing, entry.values(&old.record_matter, &new.record_matter));
}

/// Returns each exception as a code: its condition, and the act or list.
fn exceptions(measure: &Measure) -> Codes {
    let mut codes = BTreeSet::new();
    for exception in &measure.exceptions {
        let (kind, named) = match exception.when {
            ExceptionWhen::Act => ("act", &exception.acts),
            ExceptionWhen::BanRunOut => ("ban-run-out", &exception.lists),
        };
        codes.extend(named.iter().map(|name| format!("{kind}: {name}")));
    }
    Some(codes)
}

fn exception(log: &Log<'_>, code: &str) -> Text {
    let (when, name) = match code.split_once(": ") {
        Some(("act", act)) => (ExceptionWhen::Act, log.act(act)),
        Some((_, list)) => (ExceptionWhen::BanRunOut, log.list(list)),
        None => return both(code, code),
    };
    let when = words::exception(when);
    Text::new(format!("{}{}", when.zh, name.zh), format!("{} {}", when.en, name.en))
}

/// Compares whether three clean years earn the measure too.
fn clean_years(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &Measure, new: &Measure) {
    let (was, is) = (old.or_three_clean_years, new.or_three_clean_years);
    if was == is {
        return;
    }
    // Only an incentive can be earned.
    let more = if new.effect == Effect::Incentive { more } else { Bearing::Neither };
    let kind = if is { ChangeKind::Widened } else { ChangeKind::Narrowed };
    let label = words("连续三年无不良记录亦可适用", "Three clean years earn it too");
    let text = turned(label, &yes(was), &yes(is));
    let entry = Entry::new(kind, Aspect::ThreeCleanYears, more.moved(is, was), text);
    log.add(thing, entry.values(&was, &is));
}
