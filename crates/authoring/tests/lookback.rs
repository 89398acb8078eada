//! Tests of answers on bars that outlast their records. An answer proves that there is no bar only
//! if its source still holds every record on which one may rest.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/firm.rs"]
mod firm;

use std::path::Path;

use firm::{answered, application};
use mustcheck_authoring as authoring;
use mustcheck_authoring::check::check;
use mustcheck_model::date::Date;
use mustcheck_model::lookback::since;
use mustcheck_model::{AnswerStatus, Days, Decision, Disposition, Query, Role, Term, TermRule};
use mustcheck_rules::catalogue::Catalogue;
use mustcheck_rules::catalogue::data::CatalogueData;
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn shipped() -> CatalogueData {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    authoring::compile(&folder, "statutes", "default").unwrap().data
}

fn catalogue() -> Catalogue {
    Catalogue::adopt(shipped()).unwrap()
}

/// Decides an application on which one source, complete from a day on, holds no record.
fn decided(catalogue: &Catalogue, matter: &str, on: Date, from: Option<Date>) -> Decision {
    let mut registry = |queries: &[Query]| answered(queries, on, from, |_, _| Vec::new());
    check(catalogue, &application(matter, on), on, &mut registry).unwrap()
}

fn open(decision: &Decision) -> Vec<(&str, Role)> {
    let open = decision.lookups.iter().filter(|l| l.status == AnswerStatus::NotCovered);
    open.map(|l| (l.list.as_str(), l.role)).collect()
}

/// 食品安全法 135 (1): five years from the penalty. To the day.
#[test]
fn a_source_is_complete_from_the_day_that_the_longest_bar_looks_back_to() {
    let (catalogue, on) = (catalogue(), day("2026-11-20"));
    let matter = "licensing/food-production";
    let far = decided(&catalogue, matter, on, Some(day("2021-11-20")));
    assert_eq!((far.disposition, open(&far)), (Disposition::Facilitated, Vec::new()));
    let short = decided(&catalogue, matter, on, Some(day("2021-11-21")));
    assert_eq!(short.disposition, Disposition::Undetermined);
    let lists = open(&short);
    assert!(lists.contains(&("licensing-barred", Role::Applicant)), "{lists:?}");
    assert!(lists.contains(&("major-illegal-records", Role::LegalRepresentative)), "{lists:?}");
    // A list on which no bar outlasts its records is answered.
    assert!(lists.iter().all(|(list, _)| *list != "wage-arrears"), "{lists:?}");
    let row = short.lookups.iter().find(|l| l.list == "licensing-barred").unwrap();
    assert_eq!(
        row.reason.as_deref(),
        Some(
            "what had ended before `2021-11-21` is not held, and a record since `2021-11-20` may \
             still bar"
        )
    );
    // Without the day, a snapshot holds what stands on it: shorter bars are open, too.
    let none = decided(&catalogue, matter, on, None);
    let all = open(&none);
    assert!(lists.iter().all(|row| all.contains(row)), "{all:?}");
    let three_years = ("market-supervision-serious", Role::LegalRepresentative);
    assert!(all.contains(&three_years) && !lists.contains(&three_years), "{all:?}");
}

/// Checks that the bars that count are those of the law on the day of the check, and of the place.
#[test]
fn only_measures_that_may_apply_ask_for_it() {
    let catalogue = catalogue();
    let policy = catalogue.described();
    let of_matter = |matter: &str| policy.matter_position(matter).unwrap();
    let procurement = of_matter("tendering/government-procurement");
    let of = |list: &str, role, on: &str| {
        let list = policy.list_position(list).unwrap();
        policy.since(procurement, list, role, Days { as_of: day(on), made_on: day(on) })
    };
    let three_years = Some(day("2023-11-20"));
    assert_eq!(of("major-illegal-records", Role::Applicant, "2026-11-20"), three_years);
    assert_eq!(of("wage-arrears", Role::Applicant, "2026-11-20"), None);
    assert_eq!(of("major-illegal-records", Role::Guarantor, "2026-11-20"), None);
    let days = Days { as_of: day("2026-11-20"), made_on: day("2026-11-20") };
    assert_eq!(policy.since(u32::MAX, 0, Role::Applicant, days), None);
}

proptest! {
    /// Checks that a bar which began before the day has run out, by the terms themselves.
    #[test]
    fn what_began_earlier_bars_no_more(
        (year, month, dom) in (2000_u16..2100, 1_u8..=12, 1_u8..=31),
        terms in prop::collection::vec((0_u16..12, 0_u16..24), 1..4),
        back in 1_u32..3000,
    ) {
        let Some(on) = Date::new(year, month, dom) else { return Ok(()) };
        let rules: Vec<TermRule> = terms
            .iter()
            .map(|(years, months)| TermRule::Fixed(Term { years: *years, months: *months }))
            .collect();
        let first = since(rules.iter().copied(), on).unwrap();
        let mut earlier = first;
        for _ in 0..back {
            earlier = earlier.yesterday().unwrap();
        }
        for rule in &rules {
            let last = rule.last_day(earlier, None).unwrap();
            prop_assert!(last < on, "{rule:?} from {earlier} lasts to {last}, on {on}");
        }
    }
}
