//! Tests of places: the effect of five local regulations on the same edition, and the limits of
//! every place.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "places/disclosure.rs"]
mod disclosure;
#[path = "places/rails.rs"]
mod rails;
#[path = "support/registry.rs"]
mod registry;

use std::collections::BTreeSet;
use std::fs;

use Disposition::{Restricted, Review};
use mustcheck_authoring as authoring;
use mustcheck_model::date::Date;
use mustcheck_model::{
    ApplicationError, Commitment, Decision, Disposition, Effect, Event, EventKind, Force, Material,
    MeasureKind, Standing,
};
use mustcheck_writer::Language;

use registry::{Case, aside, catalogue, catalogue_folder, folder, measures};

/// Each place with the division of an office in it.
const PLACES: [(&str, &str); 5] = [
    ("henan", "410000"),
    ("shandong", "370000"),
    ("shanghai", "310000"),
    ("shenzhen", "440300"),
    ("zhejiang", "330000"),
];

fn example(place: &str, what: &str) -> Case {
    let folder = folder("examples/places");
    let read = |file: &str| fs::read(folder.join(file)).unwrap();
    Case {
        application: serde_json::from_slice(&read(&format!("{place}/{what}/application.json")))
            .unwrap(),
        held: serde_json::from_slice(&read("registry.json")).unwrap(),
    }
}

fn day(text: &str) -> Date {
    serde_json::from_str(&format!("{text:?}")).unwrap()
}

/// Writes the papers in both languages.
fn papers(case: &Case, place: &str) -> (String, String) {
    let written = |language| case.papers("statutes", place, language);
    (written(Language::Zh), written(Language::En))
}

#[test]
fn every_place_compiles_with_the_statutes() {
    let mut known = authoring::overlays(&catalogue_folder()).unwrap();
    known.retain(|overlay| overlay != "default");
    assert_eq!(known, PLACES.map(|(place, _)| place));
    for (place, _) in PLACES {
        let description = catalogue("statutes", place).describe();
        assert_eq!(description.policy.overlay, place);
        let findings = authoring::compile(&catalogue_folder(), "guofa-2016-33", place).unwrap_err();
        let expected = format!("overlay `{place}` does not go with edition `guofa-2016-33`");
        assert!(
            findings.iter().any(|f| *f.what.en == *expected),
            "{}",
            registry::listed(&findings)
        );
    }
}

/// The example asks the same of five offices.
#[test]
fn the_applications_differ_in_the_office_alone() {
    for what in ["fund", "tender", "licence"] {
        let mut seen = Vec::new();
        for (place, region) in PLACES {
            let mut application = example(place, what).application;
            assert_eq!(application.office.region, region);
            application.office = example("henan", what).application.office;
            seen.push(application);
        }
        assert!(seen.iter().all(|application| *application == seen[0]), "{what}");
    }
}

type Expected<'a> = (&'a str, Disposition, &'a [&'a str], &'a [&'a str]);

const DISPUTED: &str = "MS-2025-3002 - objection-under-verification";
const ENDED: &str = "GP-2020-3001 - beyond-term";

fn hold(what: &str, expected: &[Expected<'_>]) {
    for (place, disposition, applied, set_aside) in expected {
        let decision = example(place, what).decide("statutes", place);
        assert_eq!(decision.disposition, *disposition, "{place}");
        assert_eq!(measures(&decision), *applied, "{place}");
        assert_eq!(aside(&decision), *set_aside, "{place}");
    }
}

#[test]
fn five_decisions_on_one_application_for_public_funds() {
    let defeated = "IM-2025-3003 opinions-5-priority defeated-by-restriction";
    hold(
        "fund",
        &[
            ("shanghai", Review, &[], &[DISPUTED, ENDED, defeated]),
            ("shandong", Review, &[], &[DISPUTED, ENDED, defeated]),
            (
                "henan",
                Restricted,
                &["henan-32-policy-support", "opinions-10-trade-examination"],
                &[DISPUTED, defeated],
            ),
            (
                "zhejiang",
                Review,
                &["zhejiang-26-policy-support", "opinions-10-trade-examination"],
                &[DISPUTED, defeated],
            ),
            ("shenzhen", Review, &["opinions-10-trade-examination"], &[DISPUTED, defeated]),
        ],
    );
}

#[test]
fn five_decisions_on_one_bid() {
    let defeated = "IM-2025-3003 opinions-5-evaluation-preference defeated-by-restriction";
    let examined: &[&str] = &["opinions-10-trade-examination"];
    hold(
        "tender",
        &[
            ("shanghai", Review, &[], &[DISPUTED, ENDED, defeated]),
            ("shandong", Review, &[], &[DISPUTED, ENDED, defeated]),
            ("henan", Review, examined, &[DISPUTED, defeated]),
            ("zhejiang", Review, examined, &[DISPUTED, defeated]),
            ("shenzhen", Review, examined, &[DISPUTED, defeated]),
        ],
    );
}

#[test]
fn five_decisions_on_one_licence() {
    let tolerance = "IM-2025-3003 opinions-4-incomplete-materials defeated-by-restriction";
    let channel = "IM-2025-3003 opinions-4-green-channel defeated-by-restriction";
    hold(
        "licence",
        &[
            ("shanghai", Review, &[], &[DISPUTED, ENDED, channel, tolerance]),
            ("shandong", Review, &[], &[DISPUTED, ENDED, channel, tolerance]),
            (
                "henan",
                Review,
                &["opinions-10-licence-examination", "henan-32-licence-examination"],
                &[
                    DISPUTED,
                    channel,
                    tolerance,
                    "IM-2025-3003 henan-30-priority-handling defeated-by-restriction",
                ],
            ),
            (
                "zhejiang",
                Review,
                &["opinions-10-licence-examination", "zhejiang-23-licence-examination"],
                &[DISPUTED, channel, tolerance],
            ),
            (
                "shenzhen",
                Review,
                &["opinions-10-licence-examination"],
                &[DISPUTED, channel, tolerance],
            ),
        ],
    );
    // Shenzhen says itself why the promise is closed.
    let shenzhen = example("shenzhen", "licence").decide("statutes", "shenzhen");
    let closed = shenzhen.set_aside.last().unwrap();
    assert_eq!(&*closed.legal_basis[0].instrument, "shenzhen-social-credit-2023");
    assert_eq!(closed.legal_basis[0].item, Some(4));
}

/// The annotation is the place's, the suspension that of the Opinions: two facts, both shown.
#[test]
fn a_disputed_record_is_annotated_and_suspended_by_two_texts() {
    let said = |place: &str| papers(&example(place, "fund"), place);
    let expected = [
        (
            "shanghai",
            "应当在1个工作日（2026年6月9日前，含当日）内作出异议标注；处理期限5个工作日（2026年6月15日前，\
             含当日），最长7个工作日（2026年6月17日前，含当日）。",
        ),
        ("henan", "应当作出异议标注；处理期限3个工作日（2026年6月11日前，含当日），最长7个工作日"),
        (
            "zhejiang",
            "应当作出异议标注；处理期限5个工作日（2026年6月15日前，含当日），最长20个工作日（2026年7月7日前",
        ),
        (
            "shenzhen",
            "应当立即作出异议标注；处理期限3个工作日（2026年6月11日前，含当日），最长6个工作日",
        ),
    ];
    for (place, words) in expected {
        let (zh, en) = said(place);
        let disputed = "当事人于2026年6月8日对记录“MS-2025-3002”提出异议：";
        assert!(zh.contains(&format!("{disputed}{words}")), "{zh}");
        assert!(
            zh.contains("核实期间，惩戒措施暂不执行（国发〔2016〕33号第（二十二）项）"),
            "{zh}"
        );
        assert!(en.contains("Annotating is not suspending: "), "{en}");
    }
    let (zh, en) = said("shandong");
    assert!(zh.contains("提出异议：处理期限3个工作日（2026年6月11日前"), "{zh}");
    assert!(!zh.contains("作出异议标注；"), "{zh}");
    assert!(en.contains("That the measure is not carried out meanwhile rests on"), "{en}");
    for (place, _) in PLACES {
        let decision = example(place, "fund").decide("statutes", place);
        let record = decision.records.iter().find(|r| r.record == "MS-2025-3002").unwrap();
        assert!(record.disputed);
        assert_eq!(record.standing, Standing::Suspended);
    }
    // Once it is dismissed, nothing is annotated any more.
    let mut dismissed = example("shanghai", "fund");
    dismissed.held.records[1].events.push(Event {
        kind: EventKind::ObjectionDismissed,
        on: day("2026-06-09"),
        document: None,
    });
    let decision = dismissed.decide("statutes", "shanghai");
    assert_eq!(decision.disposition, Review);
    assert!(!papers(&dismissed, "shanghai").0.contains("提出异议："));
}

#[test]
fn what_no_record_tells_is_shown_to_the_officer() {
    let (zh, _) = papers(&example("shenzhen", "fund"), "shenzhen");
    assert!(zh.contains("情节轻微、没有造成危害后果的，不予实施惩戒措施"), "{zh}");
    assert!(zh.contains("《深圳经济特区社会信用条例》第六十七条"), "{zh}");
    let (zh, _) = papers(&example("henan", "fund"), "henan");
    assert!(zh.contains("实施部门：河南省国家机关"), "{zh}");
    // Nothing restricts in Shanghai, so nothing is to be verified of a restriction.
    let (zh, _) = papers(&example("shanghai", "fund"), "shanghai");
    assert!(!zh.contains("请核实"), "{zh}");
    // What is not carried out reaches nobody, and so nobody is given a notice of it.
    assert!(!zh.contains("信用核查告知书"), "{zh}");
    let (zh, _) = papers(&example("shanghai", "listed-fund"), "shanghai");
    assert!(zh.contains("可以向市公共信用信息服务中心提出异议。"), "{zh}");
}

#[test]
fn feedback_goes_to_the_department_that_the_place_names() {
    let mut case = example("shandong", "fund");
    case.held.records.truncate(1);
    let record = &mut case.held.records[0];
    record.list = "government-procurement-serious".into();
    record.act = None;
    record.valid_from = day("2026-01-05");
    let to = |place: &str, region: &str| {
        let mut case = case.clone();
        case.application.office.region = region.into();
        case.decide("statutes", place).obligations[0].to.zh.to_string()
    };
    assert_eq!(to("shandong", "370000"), "山东省县级以上人民政府财政部门");
    assert_eq!(to("default", "370000"), "财政部门");
}

#[test]
fn a_place_decides_for_its_own_offices_on_its_own_days() {
    let refused = |place: &str, region: &str, as_of: &str| {
        let mut case = example("shanghai", "fund");
        case.application.office.region = region.into();
        case.application.as_of = day(as_of);
        let catalogue = catalogue("statutes", place);
        mustcheck_authoring::check::due_lookups(
            &catalogue,
            &case.application,
            case.application.as_of,
        )
        .unwrap_err()
    };
    match refused("shanghai", "320500", "2026-06-10") {
        ApplicationError::InvalidValue(problem) => {
            assert_eq!(problem.path, "office.region");
            assert_eq!(
                problem.reason.to_string(),
                "`320500` is outside overlay `shanghai`, which holds in `31`"
            );
        }
        other => panic!("{other:?}"),
    }
    match refused("shenzhen", "440300", "2023-02-28") {
        ApplicationError::OutsideEdition(problem) => {
            assert_eq!(problem.path, "as_of");
            assert_eq!(
                problem.reason.to_string(),
                "`2023-02-28` is outside overlay `shenzhen`, which holds from `2023-03-01` to no end"
            );
        }
        other => panic!("{other:?}"),
    }
    // Guangdong is not Shenzhen.
    assert!(matches!(
        refused("shenzhen", "440100", "2026-06-10"),
        ApplicationError::InvalidValue(_)
    ));
    let description = catalogue("statutes", "shenzhen").describe();
    assert_eq!(description.valid_from, day("2023-03-01"));
}

/// Checks that every measure of a place's own is met by one of its applications.
#[test]
fn every_local_measure_applies_somewhere() {
    let fund = "financing/fiscal-project-fund";
    let licence = "licensing/human-resources-service";
    let honour = "awards/honour";
    let tried: &[(&str, &str, &str, &str, &str)] = &[
        ("shanghai", "310000", licence, "tax-serious", "shanghai-30-licence-examination"),
        ("shanghai", "310000", fund, "tax-serious", "shanghai-30-policy-support"),
        ("shandong", "370000", honour, "integrity-models", "shandong-26-honour-priority"),
        ("shandong", "370000", fund, "tax-serious", "shandong-28-funds"),
        ("shandong", "370000", honour, "judgment-defaulters", "shandong-28-honour"),
        ("henan", "410000", licence, "integrity-models", "henan-30-priority-handling"),
        ("henan", "410000", honour, "integrity-models", "henan-30-honour-recommendation"),
        ("henan", "410000", licence, "market-supervision-serious", "henan-32-licence-examination"),
        ("henan", "410000", fund, "tax-serious", "henan-32-policy-support"),
        ("henan", "410000", honour, "judgment-defaulters", "henan-32-honour"),
        ("zhejiang", "330000", licence, "wage-arrears", "zhejiang-23-licence-examination"),
        ("zhejiang", "330000", fund, "work-safety-serious", "zhejiang-26-policy-support"),
        ("zhejiang", "330000", honour, "tax-serious", "zhejiang-26-honour"),
        ("zhejiang", "330000", honour, "tax-serious", "zhejiang-26-honour-withdraw"),
    ];
    let mut met = BTreeSet::new();
    for (place, region, matter, list, measure) in tried {
        let mut case = example(place, "licence");
        case.application.matter = (*matter).into();
        case.application.office.region = (*region).into();
        case.held.records.truncate(1);
        let record = &mut case.held.records[0];
        record.list = (*list).into();
        record.act = None;
        record.valid_from = day("2026-01-05");
        let decision = case.decide("statutes", place);
        let applied = decision.measures.iter().find(|m| m.measure == *measure);
        let applied = applied.unwrap_or_else(|| panic!("{measure}: {:?}", measures(&decision)));
        let local = applied.legal_basis.iter().any(|b| b.instrument.starts_with(place));
        assert!(local, "{measure} is founded elsewhere");
        met.insert((*measure).to_owned());
    }
    for (place, _) in PLACES {
        for measure in catalogue("statutes", place).describe().measures {
            let own = measure.id.starts_with(&format!("{place}-"));
            assert!(!own || (measure.adopted && met.contains(&measure.id)), "{}", measure.id);
        }
    }
}

/// Checks the bases and the force of a measure that places adopt.
#[test]
fn an_adopted_measure_cites_the_place_beside_the_opinions() {
    let force = |place: &str| {
        let description = catalogue("statutes", place).describe();
        let measure = description.measures.into_iter().find(|m| m.id == "opinions-5-priority");
        let measure = measure.unwrap();
        let cites = measure.legal_basis.iter().any(|b| b.instrument.starts_with(place));
        (measure.adopted, measure.force, cites)
    };
    assert_eq!(force("henan"), (true, Force::Mandatory, true));
    assert_eq!(force("shanghai"), (true, Force::Recommended, true));
    assert_eq!(force("shenzhen"), (false, Force::Recommended, false));
    assert_eq!(force("default"), (true, Force::Recommended, false));
}

/// No place excludes anybody whom the edition does not exclude, nor lets a record restrict that is
/// not in force (RAILS R4, R5, R7): over every case of the edition.
#[test]
fn no_place_widens() {
    let mut compared = 0;
    let shipped = catalogue("statutes", "default");
    let measures = &shipped.data().measures;
    let fixed: BTreeSet<String> =
        measures.iter().filter(|m| m.term().outlasts()).map(|m| m.id.to_string()).collect();
    for entry in fs::read_dir(folder("examples/cases")).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let case = Case::read(&path);
        if case.application.as_of < day("2023-03-01") || case.held.sources.len() != 1 {
            continue;
        }
        let excluding = |decision: &Decision| -> BTreeSet<(String, u32)> {
            let bans = [MeasureKind::Disqualify, MeasureKind::ReapplicationBar];
            let measures = decision.measures.iter().filter(|m| bans.contains(&m.kind));
            measures.map(|m| (m.measure.clone(), m.target.subject_index)).collect()
        };
        let everywhere = excluding(&case.decide("statutes", "default"));
        for (place, region) in PLACES {
            let mut here = case.clone();
            here.application.office.region = region.into();
            let decision = here.decide("statutes", place);
            assert!(excluding(&decision).is_subset(&everywhere), "{} {place}", path.display());
            for measure in decision.measures.iter().filter(|m| m.effect == Effect::Restriction) {
                for id in &measure.because {
                    let record = decision.records.iter().find(|r| r.record == *id).unwrap();
                    // What a law fixes outlasts the record.
                    let fixed = fixed.contains(&measure.measure);
                    let in_force = record.standing == Standing::InForce;
                    assert!(in_force || fixed, "{} {place}", path.display());
                }
            }
            compared += 1;
        }
    }
    assert!(compared > 300, "only {compared} decisions");
}

/// A promise needs a missing material and a deadline; the example has both.
#[test]
fn the_example_promises_what_no_law_requires() {
    let application = example("shandong", "licence").application;
    let missing: Vec<&Material> = application.materials.iter().filter(|m| !m.provided).collect();
    assert!(!missing.is_empty() && missing.iter().all(|m| !m.statutory));
    let promise = Commitment { signed_on: day("2026-06-09"), complete_by: day("2026-06-23") };
    assert_eq!(application.commitment, Some(promise));
}
