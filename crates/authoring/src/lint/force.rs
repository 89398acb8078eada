//! Checks that a cited instrument is in force on every day on which something rests on it
//! (RAIL R3).

use mustcheck_model::LegalBasis;
use mustcheck_model::date::Date;
use mustcheck_rules::catalogue::data::Measure;

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::lint::bases::{self, Bases, key};
use crate::shape::Item;
use crate::source::Step;

pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    for item in all.measures.items() {
        measure(all, item, findings);
    }
    let edition = &all.edition.value;
    for (index, remedy) in edition.remedies.iter().enumerate() {
        let path = vec!["remedies".into(), index.into()];
        let name = ("版本的救济".to_owned(), "a remedy of the edition".to_owned());
        let days = (remedy.valid_from, remedy.valid_until.or(edition.valid_until));
        cited(all, all.edition, &name, &[(path, &remedy.legal_basis)], days, findings);
    }
    // The rules of a place last from its first day on.
    let place = &all.overlay.value;
    let name = (format!("地方采用`{}`", place.id), format!("overlay `{}`", place.id));
    let days = (all.first_day(), place.valid_until.or(edition.valid_until));
    cited(all, all.overlay, &name, &bases::of_overlay(place), days, findings);
    // A duty to ask lasts as long as the edition.
    for item in all.matters.items() {
        let code = &item.value.code;
        let name = (format!("事项`{code}`"), format!("matter `{code}`"));
        let own: Vec<Bases<'_>> = (all.due(&item.value))
            .map(|(i, due)| (vec![Step::Key("due"), Step::Index(i)], due.legal_basis.as_slice()))
            .collect();
        cited(all, item, &name, &own, (edition.valid_from, edition.valid_until), findings);
    }
}

/// Returns whether some of the days lie before an instrument is in force, and whether some lie
/// after it has ended; `None` if it is not known.
fn misses(
    all: &Combination<'_>,
    basis: &LegalBasis,
    (from, until): (Date, Option<Date>),
) -> Option<(bool, bool)> {
    let instrument = all.instruments.get(&basis.instrument)?;
    let last = instrument.in_force_until;
    let outlives = last.is_some_and(|last| until.is_none_or(|until| until > last));
    Some((from < instrument.in_force_from, outlives))
}

fn measure(all: &Combination<'_>, item: &Item<Measure>, findings: &mut Findings) {
    let Measure { id, valid_from, valid_until, .. } = &item.value;
    for (path, own) in bases::of_measure(&item.value) {
        for (index, basis) in own.iter().enumerate() {
            let days = (*valid_from, *valid_until);
            if let Some((true, _) | (_, true)) = misses(all, basis, days) {
                let cited = &basis.instrument;
                let zh = format!("措施`{id}`在`{cited}`未生效或已失效的日子有效");
                let en =
                    format!("measure `{id}` is valid on days on which `{cited}` is not in force");
                let at = item.at(&key(&path, index, "instrument"));
                findings.add(&rules::NOT_IN_FORCE, at, zh, en);
            }
        }
    }
}

fn cited<T>(
    all: &Combination<'_>,
    item: &Item<T>,
    (name_zh, name): &(String, String),
    own: &[Bases<'_>],
    days: (Date, Option<Date>),
    findings: &mut Findings,
) {
    for (path, bases) in own {
        for (index, basis) in bases.iter().enumerate() {
            let Some((early, late)) = misses(all, basis, days) else { continue };
            let cited = &basis.instrument;
            let at = || item.at(&key(path, index, "instrument"));
            if early {
                let zh = format!("{name_zh}在`{cited}`生效前引用它");
                let en = format!("{name} cites `{cited}` before it is in force");
                findings.add(&rules::NOT_IN_FORCE, at(), zh, en);
            }
            if late {
                let zh = format!("{name_zh}在`{cited}`失效后引用它");
                let en = format!("{name} cites `{cited}` after it has ended");
                findings.add(&rules::NOT_IN_FORCE, at(), zh, en);
            }
        }
    }
}
