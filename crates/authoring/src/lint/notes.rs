//! Checks that a note says whether it is a reading or a gap.

use mustcheck_model::name::Name;
use mustcheck_rules::catalogue::data::{Edition, List, Matter, Measure, Overlay};

use crate::finding::{Findings, rules};
use crate::shape::Item;
use crate::source::Step;

/// Beginnings of notes.
const PREFIXES: [&str; 2] = ["INTERPRETATION: ", "NOT MODELLED: "];

fn check<T>(item: &Item<T>, within: &[Step<'_>], notes: &[Name], findings: &mut Findings) {
    for (index, note) in notes.iter().enumerate() {
        let words = PREFIXES.iter().find_map(|prefix| note.strip_prefix(prefix));
        if words.is_some_and(|words| !words.trim().is_empty()) {
            continue;
        }
        let mut path = within.to_vec();
        path.extend([Step::Key("notes"), Step::Index(index)]);
        let begin: String = note.chars().take(24).collect();
        let zh = format!("注释“{begin}…”未说明是解释还是未建模");
        let en = format!("the note `{begin}…` does not say whether it is a reading or a gap");
        findings.add(&rules::NOTE_PREFIX, item.at(&path), zh, en);
    }
}

pub(super) fn measure(item: &Item<Measure>, findings: &mut Findings) {
    check(item, &[], &item.value.notes, findings);
}

pub(super) fn list(item: &Item<List>, findings: &mut Findings) {
    check(item, &[], &item.value.notes, findings);
}

pub(super) fn matter(item: &Item<Matter>, findings: &mut Findings) {
    check(item, &[], &item.value.notes, findings);
}

pub(super) fn edition(item: &Item<Edition>, findings: &mut Findings) {
    for (index, rank) in item.value.local_ranks.iter().enumerate() {
        check(item, &["local_ranks".into(), index.into()], &rank.notes, findings);
    }
}

pub(super) fn overlay(item: &Item<Overlay>, findings: &mut Findings) {
    let place = &item.value;
    check(item, &[], &place.notes, findings);
    let mut within = |key: &'static str, index: usize, notes: &[Name]| {
        check(item, &[key.into(), index.into()], notes, findings);
    };
    place.adoptions.iter().enumerate().for_each(|(i, a)| within("adoptions", i, &a.notes));
    place.disclosures.iter().enumerate().for_each(|(i, d)| within("disclosures", i, &d.notes));
    place.closings.iter().enumerate().for_each(|(i, c)| within("closings", i, &c.notes));
    place.remarks.iter().enumerate().for_each(|(i, r)| within("remarks", i, &r.notes));
    if let Some(objection) = &place.objection {
        check(item, &["objection".into()], &objection.notes, findings);
    }
}
