//! Checks that a measure has a basis of sufficient rank for its kind (RAIL R3).

use mustcheck_rules::catalogue::data::{Instrument, Measure, Rank};

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::shape::Item;

pub(super) fn measure(all: &Combination<'_>, item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    let (id, kind) = (&measure.id, measure.kind);
    let edition = &all.edition.value;
    let ranks: Vec<&Rank> = edition.ranks.iter().filter(|r| r.kinds.contains(&kind)).collect();
    if ranks.is_empty() {
        let zh = format!("措施`{id}`的种类为`{kind}`，版本没有规定其位阶");
        let en = format!("measure `{id}` is of kind `{kind}`, for which the edition has no rank");
        findings.add(&rules::NO_RANK, item.key("kind"), zh, en);
    }
    let known: Vec<&Instrument> = (measure.legal_basis.iter())
        .filter_map(|basis| all.instruments.get(&basis.instrument))
        .collect();
    // A measure that cites nothing known has findings of other rules.
    if known.is_empty() {
        return;
    }
    let founds = |rank: &&Rank| known.iter().any(|i| rank.founded_by.contains(&i.kind));
    if ranks.iter().all(founds) || local(all, measure, &known) {
        return;
    }
    let zh = format!("种类为`{kind}`的措施`{id}`没有足够位阶的依据");
    let en = format!("measure `{id}` of kind `{kind}` has no basis of sufficient rank");
    let regional = known.iter().any(|instrument| instrument.region.is_some());
    let rule = if regional { &rules::LOCAL_RANK } else { &rules::RANK_TOO_LOW };
    findings.add(rule, item.key("legal_basis"), zh, en);
}

/// Whether a local regulation is a sufficient basis of the measure: only for the kinds and matters
/// that the edition leaves to it.
fn local(all: &Combination<'_>, measure: &Measure, known: &[&Instrument]) -> bool {
    all.edition.value.local_ranks.iter().any(|rank| {
        rank.kinds.contains(&measure.kind)
            && measure.matters.iter().all(|matter| rank.matters.contains(matter))
            && known.iter().any(|i| i.region.is_some() && rank.founded_by.contains(&i.kind))
    })
}
