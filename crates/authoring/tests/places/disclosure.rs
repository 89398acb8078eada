//! End of the disclosure of a record, and promises that are closed.

use mustcheck_model::Disposition::{Clear, Review};

use crate::registry::{Case, aside, measures};
use crate::{ENDED, day, example, papers};

/// 山东 38 and 上海 35: the last day of the five years, and the day after.
#[test]
fn disclosure_ends_after_five_years_and_extends_nothing() {
    let decide = |place: &str, region: &str, as_of: &str, change: &dyn Fn(&mut Case)| {
        let mut case = example(place, "fund");
        case.held.records.truncate(1);
        case.application.office.region = region.into();
        case.application.as_of = day(as_of);
        case.held.sources[0].as_of.date = day(as_of);
        change(&mut case);
        let decision = case.decide("statutes", place);
        (decision.disposition, aside(&decision))
    };
    let as_it_is = |_: &mut Case| {};
    let ended = vec![ENDED.to_owned()];
    for (place, region) in [("shanghai", "310000"), ("shandong", "370000")] {
        assert_eq!(decide(place, region, "2025-11-03", &as_it_is).0, Review);
        assert_eq!(decide(place, region, "2025-11-04", &as_it_is), (Clear, ended.clone()));
    }
    // A record's own end comes first, and is never moved.
    let own_end = |case: &mut Case| case.held.records[0].valid_until = Some(day("2023-11-02"));
    let (disposition, set_aside) = decide("shandong", "370000", "2023-11-03", &own_end);
    assert_eq!((disposition, set_aside), (Clear, vec!["GP-2020-3001 - expired".to_owned()]));
    // A state that lasts until it is remedied has no end on record.
    let defaulter = |case: &mut Case| {
        let record = &mut case.held.records[0];
        record.list = "judgment-defaulters".into();
        record.act = None;
    };
    assert_eq!(decide("shandong", "370000", "2026-06-10", &defaulter).0, Review);
}

/// 河南 19 and 浙江 16: a record on a list stays disclosed; a penalty on record does not.
#[test]
fn a_listed_record_stays_disclosed_where_the_place_says_so() {
    for (place, region) in [("henan", "410000"), ("zhejiang", "330000")] {
        let mut case = example(place, "tender");
        case.application.matter = "tendering/government-procurement".into();
        case.application.office.region = region.into();
        case.held.records.truncate(1);
        assert_eq!(case.decide("statutes", place).disposition, Review);
        let record = &mut case.held.records[0];
        record.list = "major-illegal-records".into();
        record.act = Some("market-order/false-advertising".into());
        let decision = case.decide("statutes", place);
        assert_eq!((decision.disposition, aside(&decision)), (Clear, vec![ENDED.to_owned()]));
        assert_eq!(decision.set_aside[0].measure, None);
    }
}

fn promised(place: &str, region: &str, matter: &str) -> Case {
    let mut case = example(place, "licence");
    case.application.matter = matter.into();
    case.application.office.region = region.into();
    case.held.records.retain(|r| r.list == "integrity-models");
    case
}

/// 深圳 59: a promise is closed by the matter or by an unrepaired serious record.
#[test]
fn shenzhen_closes_promises() {
    let closed = |matter: &str| {
        let decision = promised("shenzhen", "440300", matter).decide("statutes", "shenzhen");
        let of_tolerance =
            |id: &Option<String>| id.as_deref() == Some("opinions-4-incomplete-materials");
        let entry = decision.set_aside.iter().find(|s| of_tolerance(&s.measure)).cloned();
        entry.map(|s| (s.reason.code(), s.legal_basis[0].item))
    };
    let by_matter = Some(("condition-not-met", Some(1)));
    assert_eq!(closed("licensing/food-production"), by_matter);
    assert_eq!(closed("licensing/financial-institution"), by_matter);
    assert_eq!(closed("licensing/human-resources-service"), None);
    let open = promised("shenzhen", "440300", "licensing/human-resources-service");
    let decision = open.decide("statutes", "shenzhen");
    assert_eq!(measures(&decision), ["opinions-4-incomplete-materials"]);
    assert!(papers(&open, "shenzhen").0.contains("承诺及其履行情况记入信用记录"));
    // Elsewhere the same matter is open.
    let shandong = promised("shandong", "370000", "licensing/food-production");
    let decision = shandong.decide("statutes", "shandong");
    assert!(measures(&decision).contains(&"opinions-4-incomplete-materials"));
}
