//! Checks on the items in a place's own folder: they have a basis of the place, and do not widen a
//! measure that the edition leaves to the office.

use std::collections::BTreeMap;

use mustcheck_model::{Force, MeasureKind};
use mustcheck_rules::catalogue::data::Measure;

use crate::finding::{Findings, rules};
use crate::lint::Combination;
use crate::lint::combination::is_local;
use crate::shape::Item;
use crate::source::FilePlace;

pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    regions(all, findings);
    let Some(local) = all.local else { return };
    let recommended = recommended(all);
    for item in &local.measures {
        let measure = &item.value;
        let id = &measure.id;
        let own = |basis: &mustcheck_model::LegalBasis| {
            all.instruments.get(&basis.instrument).is_some_and(|i| i.region.is_some())
        };
        if !measure.legal_basis.is_empty() && !measure.legal_basis.iter().any(own) {
            let zh = format!("地方措施`{id}`没有引用本地法规");
            let en = format!("local measure `{id}` cites no regulation of its place");
            findings.add(&rules::LOCAL_BASIS, item.key("legal_basis"), zh, en);
        }
        widens(item, &recommended, findings);
    }
}

type Founded<'a> = (MeasureKind, &'a str, &'a str, &'a str);

/// Returns the measures that the edition leaves to the office, by kind, list and article.
fn recommended<'a>(all: &Combination<'a>) -> BTreeMap<Founded<'a>, &'a Item<Measure>> {
    let mut found = BTreeMap::new();
    for item in all.measures.items().filter(|item| item.value.force == Force::Recommended) {
        if is_local(item) {
            continue;
        }
        for key in founded(&item.value) {
            found.entry(key).or_insert(item);
        }
    }
    found
}

fn founded(measure: &Measure) -> impl Iterator<Item = Founded<'_>> {
    measure.lists.iter().flat_map(move |list| {
        let bases = measure.legal_basis.iter();
        bases.map(move |b| (measure.kind, list.as_str(), &*b.instrument, &*b.article))
    })
}

/// Checks for a local measure that binds, or goes further, than the measure on the same article,
/// kind and list that the edition leaves to the office.
fn widens(
    item: &Item<Measure>,
    recommended: &BTreeMap<Founded<'_>, &Item<Measure>>,
    findings: &mut Findings,
) {
    let measure = &item.value;
    let Some(base) = founded(measure).find_map(|key| recommended.get(&key)) else { return };
    let of = &base.value;
    let binds = measure.force == Force::Mandatory;
    let further = !measure.matters.iter().all(|matter| of.matters.contains(matter))
        || !measure.roles.iter().all(|role| of.roles.contains(role));
    if binds || further {
        let FilePlace { file, line, .. } = base.key("id");
        let (id, base) = (&measure.id, &of.id);
        let zh = format!("地方措施`{id}`扩大了推荐性措施`{base}`（{file}第{line}行）");
        let en =
            format!("local measure `{id}` widens the recommended measure `{base}` ({file}:{line})");
        let key = if binds { "force" } else { "matters" };
        findings.add(&rules::WIDENS, item.key(key), zh, en);
    }
}

/// Checks that nothing outside its place rests on a local regulation (RAIL R3).
fn regions(all: &Combination<'_>, findings: &mut Findings) {
    let place = &all.overlay.value;
    for (index, region) in place.regions.iter().enumerate().filter(|(_, r)| !is_code(r)) {
        no_code(region, all.overlay.element("regions", index), findings);
    }
    for item in all.instruments.items() {
        let Some(region) = &item.value.region else { continue };
        if !is_code(region) {
            no_code(region, item.key("region"), findings);
        }
        if place.regions.is_empty() || !place.regions.iter().all(|r| r.starts_with(region.as_str()))
        {
            let (id, overlay) = (&item.value.id, &place.id);
            let zh = format!("法规`{id}`在地方采用`{overlay}`所及之处不适用");
            let en = format!("instrument `{id}` does not hold where overlay `{overlay}` does");
            findings.add(&rules::ELSEWHERE, item.key("region"), zh, en);
        }
    }
}

fn no_code(region: &str, at: FilePlace, findings: &mut Findings) {
    let zh = format!("`{region}`不是两位、四位或六位的行政区划代码");
    let en = format!("`{region}` is no division code of two, four or six digits");
    findings.add(&rules::REGION, at, zh, en);
}

fn is_code(region: &str) -> bool {
    matches!(region.len(), 2 | 4 | 6) && region.bytes().all(|b| b.is_ascii_digit())
}
