//! The temporal proof holds for everything that ships, and it can fail.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mustcheck_authoring::check::Registry;
use mustcheck_authoring::combinations::combinations;
use mustcheck_authoring::temporal::{
    Covered, Gap, Proof, ProofFault, Violation, coverage, proof, proof_by,
};
use mustcheck_model::date::Date;
use mustcheck_model::{Application, Effect, Force};
use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::catalogue::data::CatalogueData;

fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

fn compiled(edition: &str, overlay: &str) -> CatalogueData {
    mustcheck_authoring::compile(&catalogue(), edition, overlay).unwrap().data
}

/// Every edition with every overlay that goes with it.
static SHIPPED: LazyLock<Vec<CatalogueData>> = LazyLock::new(|| {
    let all = combinations(&catalogue()).unwrap();
    all.iter().map(|(edition, overlay)| compiled(edition, overlay)).collect()
});

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn listed(violations: &[Violation]) -> String {
    violations.iter().take(20).map(|v| format!("{v}\n")).collect()
}

/// The same place, if it adopted every measure that it may adopt: measures that no place adopts are
/// tried too.
fn adopting_all(mut data: CatalogueData) -> CatalogueData {
    let recommended = data.measures.iter().filter(|m| m.force == Force::Recommended);
    data.overlay.adopts = recommended.map(|m| m.id.clone()).collect();
    data.overlay.id = format!("{}-adopting-all", data.overlay.id).into();
    data
}

#[test]
fn what_ships_is_lawful_on_every_day() {
    let mut editions = SHIPPED.clone();
    editions.extend(SHIPPED.iter().cloned().map(adopting_all));
    let proof = proof(&editions);
    assert!(proof.violations.is_empty(), "{}", listed(&proof.violations));
    let Proof { days, matters, measures, checks, fired, silent, .. } = &proof;
    println!(
        "{days} days, {matters} matters, {measures} measures, {checks} checks, \
         {fired} fired, {silent} silent"
    );
    assert!(*days > 90 && *checks > 100_000 && *fired > *silent);
    // Each measure has fired in some edition with some overlay, or under the rest of the grid it
    // has stayed silent for want of adoption alone.
    let known: BTreeSet<&str> = proof.tallies.iter().map(|t| t.measure.as_str()).collect();
    let mute: Vec<&str> = (known.into_iter())
        .filter(|id| proof.tallies.iter().all(|t| t.measure != *id || t.fired == 0))
        .collect();
    assert_eq!(mute, [""; 0]);
    for tally in proof.tallies.iter().filter(|t| t.overlay.ends_with("-adopting-all")) {
        assert!(tally.fired > 0, "{tally:?}");
    }
}

/// Kinds of fault among the violations of a proof.
fn faults(proof: &Proof) -> BTreeSet<ProofFault> {
    proof.violations.iter().map(|v| v.fault).collect()
}

/// A catalogue cut down to a few measures, so that its proof takes no time.
fn small() -> CatalogueData {
    let mut data = compiled("statutes", "default");
    data.measures.retain(|m| {
        ["procurement-law-77-ban", "opinions-5-priority", "food-law-135-licence-revoked-person"]
            .contains(&m.id.as_str())
    });
    let matters: BTreeSet<_> = data.measures.iter().flat_map(|m| m.matters.clone()).collect();
    data.matters.retain(|m| matters.contains(&m.code));
    for list in &mut data.lists {
        list.persons.iter_mut().for_each(|rule| rule.matters.retain(|m| matters.contains(m)));
    }
    data
}

#[test]
fn the_small_catalogue_is_sound() {
    let proof = proof(&[small()]);
    assert!(proof.violations.is_empty(), "{}", listed(&proof.violations));
}

#[test]
fn a_measure_that_outlives_its_basis_is_found() {
    let mut data = small();
    let law = data.instruments.iter_mut().find(|i| *i.id == *"government-procurement-law-2014");
    law.unwrap().in_force_until = Some(day("2024-06-30"));
    let proof = proof(&[data]);
    let first = proof.violations.iter().find(|v| v.fault == ProofFault::OutlivesBasis).unwrap();
    assert_eq!(
        first.to_string(),
        "2024-07-01 edition `statutes` overlay `default` measure `procurement-law-77-ban`: is \
         valid although `government-procurement-law-2014` article 77 is not in force"
    );
    // The lookups of 政府采购法 23 rest on it, too.
    let expected = BTreeSet::from([ProofFault::OutlivesBasis, ProofFault::UnfoundedLookup]);
    assert_eq!(faults(&proof), expected);
}

#[test]
fn a_lookup_whose_basis_ends_is_found() {
    let mut data = small();
    let opinions = data.instruments.iter_mut().find(|i| *i.id == *"guofa-2016-33").unwrap();
    opinions.in_force_until = Some(day("2025-12-31"));
    let proof = proof(&[data]);
    let first = proof.violations.iter().find(|v| v.fault == ProofFault::UnfoundedLookup).unwrap();
    assert_eq!(first.day, day("2026-01-01"));
    assert_eq!(first.why, "a lookup is due although `guofa-2016-33` article 14 is not in force");
    assert!(first.matter.is_some());
}

#[test]
fn a_matter_without_lookups_is_found() {
    let mut data = small();
    data.matters[0].due.clear();
    let proof = proof(&[data]);
    let [violation] = proof.violations.as_slice() else { panic!("{}", listed(&proof.violations)) };
    assert_eq!(violation.fault, ProofFault::NotAdopted);
    assert!(violation.why.ends_with("has no due lookups"), "{violation}");
}

#[test]
fn a_gap_between_editions_is_found() {
    let (mut first, second) = (compiled("guofa-2016-33", "default"), small());
    first.measures.clear();
    first.edition.valid_until = Some(day("2020-11-30"));
    let proof = proof(&[second, first]);
    let gap = Gap {
        after: "guofa-2016-33".into(),
        before: "statutes".into(),
        from: day("2020-12-01"),
        until: day("2020-12-31"),
    };
    assert_eq!(proof.coverage[0].gaps, [gap]);
    let [violation] = proof.violations.as_slice() else { panic!("{}", listed(&proof.violations)) };
    assert_eq!(violation.fault, ProofFault::Gap);
    assert_eq!(
        violation.to_string(),
        "2020-12-01 edition `guofa-2016-33` overlay `default`: no edition decides from 2020-12-01 \
         to 2020-12-31, before `statutes` begins"
    );
}

#[test]
fn the_editions_cover_all_days_from_the_first_on() {
    let all = coverage(&SHIPPED);
    let default = all.iter().find(|c| c.overlay == "default").unwrap();
    let covered = |edition: &str, from: &str, until: Option<&str>| Covered {
        edition: edition.into(),
        from: day(from),
        until: until.map(day),
    };
    let expected = [
        covered("guofa-2016-33", "2016-05-30", Some("2020-12-31")),
        covered("statutes", "2021-01-01", None),
    ];
    assert_eq!(default.editions, expected);
    let shenzhen = all.iter().find(|c| c.overlay == "shenzhen").unwrap();
    assert_eq!(shenzhen.editions, [covered("statutes", "2023-03-01", None)]);
    assert!(all.iter().all(|c| c.gaps.is_empty()));
}

/// Decides by rules that were adopted from another catalogue than the one under proof.
fn by_rules_of(rules: CatalogueData, data: CatalogueData) -> Proof {
    let catalogue = Catalogue::adopt(rules).unwrap();
    let mut decide = |_: usize, application: &Application, registry: &mut dyn Registry| {
        Some(mustcheck_authoring::check::check(
            &catalogue,
            application,
            application.as_of,
            registry,
        ))
    };
    proof_by(&[data], &mut decide)
}

/// Checks that rules which do not keep to a measure's days are found out, each way.
#[test]
fn rules_that_fire_on_wrong_days_are_found() {
    let mut ended = small();
    let ban = ended.measures.iter_mut().find(|m| m.id == "procurement-law-77-ban").unwrap();
    ban.valid_until = Some(day("2024-06-30"));

    let proof = by_rules_of(small(), ended.clone());
    assert_eq!(faults(&proof), BTreeSet::from([ProofFault::FiresWrongly]));
    let first = &proof.violations[0];
    assert_eq!(
        (first.day, first.measure.as_deref()),
        (day("2024-07-01"), Some("procurement-law-77-ban"))
    );
    let start = "fires for the applicant, although it is not valid on 2024-07-01, by a record on \
                 `government-procurement-serious` of act `procurement/false-materials`, ";
    assert!(first.why.starts_with(start), "{first}");

    let proof = by_rules_of(ended, small());
    // The grid of the whole has no day in June 2024; every day after it that is a day is one.
    assert_eq!(faults(&proof), BTreeSet::from([ProofFault::SilentWrongly]));
    assert!(proof.violations.iter().all(|v| v.day > day("2024-06-30")));
}

/// Checks that rules which apply measures that the place has not adopted, decide outside their
/// days, or ask too little are found out.
#[test]
fn rules_that_do_more_or_less_than_they_should_are_found() {
    let mut reserved = small();
    reserved.overlay.adopts_recommended_incentives = false;
    let proof = by_rules_of(small(), reserved);
    assert_eq!(faults(&proof), BTreeSet::from([ProofFault::FiresWrongly]));
    assert!(proof.violations[0].why.contains("although a condition of it is not met"));

    let mut later = small();
    later.edition.valid_from = day("2022-01-01");
    let proof = by_rules_of(small(), later.clone());
    assert_eq!(faults(&proof), BTreeSet::from([ProofFault::DecidesOutside]));
    let proof = by_rules_of(later, small());
    assert_eq!(faults(&proof), BTreeSet::from([ProofFault::Refuses]));

    let mut fewer = small();
    fewer.matters.iter_mut().for_each(|m| {
        m.due.iter_mut().for_each(|due| due.lists.retain(|list| *list != *"association-members"));
    });
    let proof = by_rules_of(fewer, small());
    assert_eq!(faults(&proof), BTreeSet::from([ProofFault::WrongLookups]));
}

/// Checks that the proof covers the rules by which persons are reached.
#[test]
fn rules_that_reach_a_person_whom_the_list_does_not_are_found() {
    let mut narrower = small();
    assert!(narrower.measures.iter().any(|m| m.effect == Effect::Restriction));
    let barred = narrower.lists.iter_mut().find(|l| l.code == "licensing-barred").unwrap();
    barred.persons.clear();
    let proof = by_rules_of(small(), narrower);
    assert_eq!(faults(&proof), BTreeSet::from([ProofFault::FiresWrongly]));
    let measures: BTreeSet<_> = proof.violations.iter().map(|v| v.measure.as_deref()).collect();
    assert_eq!(measures, BTreeSet::from([Some("food-law-135-licence-revoked-person")]));
    assert!(proof.violations.iter().all(|v| !v.why.contains("for the applicant")));
}
