//! The flow, case by case: each sample, and what turns it the other way.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use mustcheck::model::{ObligationKind, Role};
use mustcheck::{Date, Disposition, Gate, JsonRegistry, Policy};
use mustcheck_example_licensing::completeness::Gap;
use mustcheck_example_licensing::{
    CaseFile, Completeness, Examined, Handled, NotApproved, Office, Outcome, approve, report,
};
use serde_json::{Value, json};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn json_of(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(data(name)).unwrap()).unwrap()
}

fn case(name: &str, change: impl FnOnce(&mut Value)) -> CaseFile {
    let mut value = json_of(&format!("cases/{name}.json"));
    change(&mut value);
    CaseFile::from_json(value.to_string().as_bytes()).unwrap()
}

/// The day of the cases.
const TODAY: Date = Date { year: 2026, month: 11, day: 20 };

fn office() -> &'static Office {
    static OFFICE: OnceLock<Office> = OnceLock::new();
    OFFICE.get_or_init(|| office_over(&json_of("registry.json"), 10))
}

fn policy() -> Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| Policy::embedded().unwrap()).clone()
}

fn office_over(registry: &Value, days: u16) -> Office {
    let registry = JsonRegistry::from_json(registry.to_string().as_bytes()).unwrap();
    let gate = Gate::builder().policy(policy()).registry(registry).today(TODAY);
    Office::behind(gate.build().unwrap(), days).unwrap()
}

fn handled(name: &str, change: impl FnOnce(&mut Value)) -> Handled {
    office().handle(case(name, change)).unwrap()
}

fn as_is(_: &mut Value) {}

fn issued(handled: &Handled) -> bool {
    matches!(handled.outcome, Outcome::Issued(_))
}

/// The registry with one more record on a list.
fn with_record(change: impl FnOnce(&mut Vec<Value>)) -> Office {
    let mut registry = json_of("registry.json");
    change(registry["records"].as_array_mut().unwrap());
    office_over(&registry, 10)
}

#[test]
fn complete_and_examined_is_issued_with_its_publication_day() {
    let handled = handled("01-food-complete", as_is);
    let Outcome::Issued(approval) = &handled.outcome else { panic!("{:?}", handled.outcome) };
    // Seven working days after Friday 2026-11-20.
    assert_eq!(approval.publish_by().unwrap().to_string(), "2026-12-01");
    assert_eq!(approval.application(), "SC-2026-0101");
    let decision = handled.checked.as_ref().unwrap().decision();
    assert!(decision.obligations.iter().any(|o| o.kind == ObligationKind::Publication));
    assert!(handled.green_channel());
}

#[test]
fn a_publication_day_beyond_the_published_calendar_is_not_guessed() {
    // The gate's clock forbids an as-of date late in the year, so the day is set.
    let registry = JsonRegistry::open(data("registry.json")).unwrap();
    let gate = Gate::builder().policy(policy()).registry(registry);
    let gate = gate.today("2026-12-31".parse().unwrap()).build().unwrap();
    let case = case("01-food-complete", |v| v["application"]["as_of"] = json!("2026-12-30"));
    let checked = gate.check(&case.application).unwrap();
    // The sources are stale by then, and nothing stale is approved.
    let examined = Examined::of(case).unwrap();
    assert_eq!(approve(examined, &checked), Err(NotApproved::Undetermined));
    let due = &checked.decision().obligations[0];
    assert_eq!(due.due_on, None);
    assert!(due.note.en.contains("the holidays of 2027 are not in this"), "{}", due.note.en);
}

#[test]
fn a_promise_is_accepted_with_its_deadline_and_no_licence_before_completion() {
    let first = handled("02-hr-tolerated", as_is);
    let Outcome::AwaitingMaterials(notice) = &first.outcome else { panic!("{first:?}") };
    // Ten working days after Wednesday 2026-11-18.
    assert_eq!(notice.complete_by.unwrap().to_string(), "2026-12-02");
    assert!(notice.tolerated);
    assert_eq!(
        notice.lines(true),
        [
            "一次性告知（2026-11-25前告知）",
            "  缺：业务流程说明（原件1份，非法定材料）",
            "  期限：2026-12-02（含当日）",
            "  理由：申请人为诚信典型（包括纳税信用A级纳税人）或者连续三年无不良信用记录，\
             法律法规要求的材料齐全、其他材料有欠缺的，书面承诺在规定期限内提供后，可以先行受理。",
            "  后果：逾期（2026-12-02后）未补齐的，受理失效，申请人可以重新申请。",
        ]
    );
    let completed = handled("02-hr-tolerated", |v| {
        let material = json!({ "name": "业务流程说明", "on": "2026-11-20" });
        v["provided"].as_array_mut().unwrap().push(material);
    });
    assert_eq!(completed.completeness, Completeness::Complete);
    assert!(issued(&completed), "{:?}", completed.outcome);
}

#[test]
fn the_deadline_counts_working_days_and_its_last_day_still_counts() {
    // Signed before National Day: 1 to 7 October are off, and Saturday the 10th is worked.
    let signed = |as_of: &str, came: Option<&str>| {
        case("02-hr-tolerated", |v| {
            v["application"]["as_of"] = json!(as_of);
            v["received_on"] = json!("2026-09-28");
            v["promise"]["signed_on"] = json!("2026-09-28");
            v.as_object_mut().unwrap().remove("examination");
            for material in v["provided"].as_array_mut().unwrap() {
                material["on"] = json!("2026-09-28");
            }
            if let Some(day) = came {
                let material = json!({ "name": "业务流程说明", "on": day });
                v["provided"].as_array_mut().unwrap().push(material);
            }
        })
    };
    // Each day the office has that day's snapshots.
    let handled = |as_of: &str, came| {
        let mut registry = json_of("registry.json");
        for source in registry["sources"].as_array_mut().unwrap() {
            source["as_of"] = json!(format!("{as_of}T00:00:00+08:00"));
        }
        let registry = JsonRegistry::from_json(registry.to_string().as_bytes()).unwrap();
        let gate = Gate::builder().policy(policy()).registry(registry);
        let gate = gate.today(as_of.parse().unwrap()).build().unwrap();
        Office::behind(gate, 10).unwrap().handle(signed(as_of, came)).unwrap()
    };
    let last = handled("2026-10-16", None);
    let Outcome::ForExamination { notice: Some(notice), .. } = &last.outcome else {
        panic!("{last:?}")
    };
    assert_eq!(notice.complete_by.unwrap().to_string(), "2026-10-16");
    let in_time = handled("2026-10-17", Some("2026-10-16"));
    assert!(matches!(in_time.outcome, Outcome::ForExamination { notice: None, .. }));
    for (day, came) in [("2026-10-17", None), ("2026-10-18", Some("2026-10-17"))] {
        let lapsed = handled(day, came);
        assert!(lapsed.checked.is_none());
        let Outcome::Lapsed { complete_by, overdue } = &lapsed.outcome else { panic!() };
        assert_eq!(complete_by.to_string(), "2026-10-16");
        assert_eq!(overdue[0].name, "业务流程说明");
    }
}

#[test]
fn a_year_without_a_calendar_gives_no_deadline_and_no_tolerance() {
    let office = office_over(&json_of("registry.json"), 40);
    let handled = office.handle(case("02-hr-tolerated", as_is)).unwrap();
    let Completeness::Incomplete { gap, .. } = handled.completeness else { panic!() };
    assert_eq!(gap, Gap::NoDeadline { year: 2027 });
    let Outcome::SentBack(notice) = handled.outcome else { panic!() };
    assert_eq!(notice.complete_by, None);
    assert_eq!(
        &*notice.why.en,
        "The holidays of 2027 are not published, so the promise has no deadline and nothing is \
         tolerated."
    );
}

#[test]
fn a_serious_record_in_force_defeats_tolerance_until_it_is_repaired() {
    let refused = handled("03-hr-tolerance-refused", as_is);
    let Outcome::SentBack(notice) = &refused.outcome else { panic!("{refused:?}") };
    assert_eq!(
        &*notice.why.en,
        "Not tolerated (defeated-by-restriction): Defeated by record `LB-2025-007`, which is in \
         force."
    );
    // The bar of that record has a term fixed by law, which no repair shortens; an entry on the
    // list of serious violations can be repaired after a year.
    let listed = |events: Value| {
        with_record(|records| {
            let bar = records[1].clone();
            records[1] = json!({ "id": "MS-2025-007", "list": "market-supervision-serious",
                "source": "market-supervision", "act": "market-supervision/obstruction",
                "subject": bar["subject"], "decided_by": bar["decided_by"],
                "valid_from": "2025-06-10", "events": events });
        })
    };
    let office = listed(json!([]));
    let refused = office.handle(case("03-hr-tolerance-refused", as_is)).unwrap();
    let Outcome::SentBack(notice) = &refused.outcome else { panic!("{refused:?}") };
    assert!(notice.why.en.contains("Defeated by record `MS-2025-007`"), "{}", notice.why.en);
    let repaired = listed(json!([{ "kind": "repaired", "on": "2026-11-20" }]));
    let tolerated = repaired.handle(case("03-hr-tolerance-refused", as_is)).unwrap();
    let Outcome::ForExamination { notice: Some(notice), .. } = &tolerated.outcome else {
        panic!("{:?}", tolerated.outcome)
    };
    assert!(notice.tolerated);
}

#[test]
fn a_missing_statutory_material_is_sent_back_and_nobody_is_looked_up() {
    let handled = handled("07-food-statutory-missing", as_is);
    assert!(handled.checked.is_none());
    let Outcome::SentBack(notice) = &handled.outcome else { panic!("{handled:?}") };
    assert!(!notice.tolerated);
    assert_eq!(
        notice.lines(false),
        [
            "one-time notice (to be given by 2026-11-23)",
            "  missing: 食品安全管理制度清单 (原件1份; required by law)",
            "  deadline: none is set",
            "  why: A law or regulation requires a missing material, so nothing is tolerated.",
            "  consequence: The application is not accepted until everything is there.",
        ]
    );
}

#[test]
fn without_a_promise_nothing_is_tolerated() {
    let handled = handled("02-hr-tolerated", |v| {
        v.as_object_mut().unwrap().remove("promise");
    });
    let Completeness::Incomplete { gap, .. } = handled.completeness else { panic!() };
    assert_eq!(gap, Gap::NoPromise);
}

#[test]
fn the_bar_holds_for_food_and_not_for_human_resources() {
    let barred = handled("04-food-barred", as_is);
    let Outcome::Refused(measures) = &barred.outcome else { panic!("{barred:?}") };
    assert_eq!(measures[0].measure, "licensing-law-79-reapplication-bar");
    assert_eq!(&*measures[0].legal_basis[0].article, "79");
    assert_eq!(measures[0].because, ["LB-2025-007"]);
    let text = report::lines(&barred, false).join("\n");
    assert!(text.contains("administrative-licensing-law-2019 art. 79: 「"), "{text}");
    let free = handled("05-hr-not-barred", as_is);
    assert!(issued(&free), "{:?}", free.outcome);
}

#[test]
fn the_bar_ends_with_its_term() {
    let ended = with_record(|records| {
        records[1]["valid_from"] = json!("2023-11-19");
        records[1]["valid_until"] = json!("2026-11-19");
    });
    let free = ended.handle(case("04-food-barred", as_is)).unwrap();
    assert!(matches!(free.outcome, Outcome::ForExamination { manual: false, .. }));
    let last_day = with_record(|records| {
        records[1]["valid_from"] = json!("2023-11-20");
        records[1]["valid_until"] = json!("2026-11-20");
    });
    let barred = last_day.handle(case("04-food-barred", as_is)).unwrap();
    assert!(matches!(barred.outcome, Outcome::Refused(_)));
    // The law fixes the term: neither a repair ends it, nor a record that ends before it.
    let repaired = with_record(|records| {
        records[1]["events"] = json!([{ "kind": "repaired", "on": "2026-11-20" }]);
    });
    let barred = repaired.handle(case("04-food-barred", as_is)).unwrap();
    assert!(matches!(barred.outcome, Outcome::Refused(_)));
    let ended = with_record(|records| records[1]["valid_until"] = json!("2026-06-09"));
    let barred = ended.handle(case("04-food-barred", as_is)).unwrap();
    assert!(matches!(barred.outcome, Outcome::Refused(_)));
}

#[test]
fn a_watch_hit_needs_two_officers() {
    let one = handled("06-hr-watched", as_is);
    assert!(matches!(one.outcome, Outcome::ForExamination { manual: true, .. }), "{one:?}");
    let two = handled("06-hr-watched", |v| {
        v["examination"]["officers"] = json!(["周某", "吴某"]);
    });
    assert!(issued(&two), "{:?}", two.outcome);
}

#[test]
fn a_finding_against_the_applicant_refuses() {
    let handled = handled("01-food-complete", |v| {
        v["examination"]["meets_conditions"] = json!(false);
        v["examination"]["finding"] = json!("生产场所不符合要求");
    });
    assert!(matches!(&handled.outcome, Outcome::ConditionsNotMet(f) if f == "生产场所不符合要求"));
}

#[test]
fn an_unanswered_lookup_suspends_and_never_passes() {
    let down = office_over(&json_of("registry-source-down.json"), 10);
    for name in ["01-food-complete", "02-hr-tolerated", "05-hr-not-barred", "06-hr-watched"] {
        let handled = down.handle(case(name, as_is)).unwrap();
        let Outcome::Suspended(lookups) = &handled.outcome else { panic!("{name}: {handled:?}") };
        let lists: Vec<(Role, &str)> = lookups.iter().map(|l| (l.role, l.list.as_str())).collect();
        // The persons behind the applicant are asked about too.
        let expected = [
            (Role::Applicant, "market-supervision-serious"),
            (Role::Applicant, "abnormal-operations"),
            (Role::Applicant, "licensing-barred"),
            (Role::LegalRepresentative, "licensing-barred"),
            (Role::LegalRepresentative, "market-supervision-serious"),
        ];
        assert_eq!(lists, expected, "{name}");
        let examined = Examined::of(handled.case).unwrap();
        let verdict = approve(examined, handled.checked.as_ref().unwrap());
        assert_eq!(verdict, Err(NotApproved::Undetermined));
    }
}

#[test]
fn a_restriction_never_passes_whoever_examined() {
    let barred = case("04-food-barred", |v| {
        v["examination"] = json!({ "officers": ["周某", "吴某", "郑某"], "on": "2026-11-20",
                                    "meets_conditions": true, "finding": "符合许可条件" });
    });
    let handled = office().handle(barred).unwrap();
    assert!(matches!(handled.outcome, Outcome::Refused(_)));
    let checked = handled.checked.unwrap();
    assert_eq!(checked.decision().disposition, Disposition::Restricted);
    assert_eq!(
        approve(Examined::of(handled.case).unwrap(), &checked),
        Err(NotApproved::Restricted)
    );
}

/// The registry with one more record, of another enterprise that the legal representative of the
/// case led.
fn with_record_of_another_led_by(case: &CaseFile, about: &Value) -> Office {
    let person = &case.application.subjects[1].identifier;
    with_record(|records| {
        let mut record = about.clone();
        record["subject"] = json!({ "kind": "organization", "scheme": "uscc",
            "identifier": "91310000MA1LC0097L", "name": "上海远山食品有限公司" });
        record["responsible_persons"] = json!([{ "role": "legal-representative",
            "scheme": "resident-id", "identifier": person, "name": "陈某甲" }]);
        records.push(record);
    })
}

#[test]
fn a_restriction_on_a_person_behind_the_applicant_is_for_the_head_of_the_office() {
    let case = case("01-food-complete", as_is);
    let revoked = json!({ "id": "LB-2026-001", "list": "licensing-barred",
        "source": "market-supervision", "act": "food-safety/licence-revoked",
        "decided_by": "上海市市场监督管理局", "valid_from": "2026-01-01" });
    let handled = with_record_of_another_led_by(&case, &revoked).handle(case).unwrap();
    let Outcome::Held(measures) = &handled.outcome else { panic!("{:?}", handled.outcome) };
    assert_eq!(&*measures[0].legal_basis[0].article, "135");
    assert_eq!(measures[0].because, ["LB-2026-001"]);
}

#[test]
fn a_person_whom_no_article_unseats_needs_two_officers() {
    let arrears = json!({ "id": "WA-2026-001", "list": "wage-arrears",
        "source": "national-credit-platform", "act": "market-order/wage-arrears",
        "decided_by": "上海市人力资源和社会保障局", "valid_from": "2026-01-01" });
    let one = case("01-food-complete", |v| v["examination"]["officers"] = json!(["周某"]));
    let office = with_record_of_another_led_by(&one, &arrears);
    let handled = office.handle(one).unwrap();
    let Outcome::ForExamination { manual: true, .. } = handled.outcome else {
        panic!("{:?}", handled.outcome)
    };
    let measures = &handled.checked.as_ref().unwrap().decision().measures;
    let listed = measures.iter().find(|m| m.because == ["WA-2026-001"]).unwrap();
    assert_eq!(&*listed.legal_basis[0].article, "48");
    let two = office.handle(case("01-food-complete", as_is)).unwrap();
    assert!(issued(&two), "{:?}", two.outcome);
}

#[test]
fn a_proof_of_another_case_approves_nothing() {
    let other = handled("05-hr-not-barred", as_is).checked.unwrap();
    let examined = Examined::of(case("01-food-complete", as_is)).unwrap();
    let error = approve(examined, &other).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the check is of application `RL-2026-0105`, not of `SC-2026-0101` as it stands"
    );
    // The same case on another day is another check.
    let examined = Examined::of(case("05-hr-not-barred", |v| {
        v["application"]["as_of"] = json!("2026-11-21");
    }));
    let error = approve(examined.unwrap(), &other).unwrap_err();
    assert!(matches!(error, NotApproved::OtherCase { .. }));
    // So is the same case with another applicant.
    let own = handled("01-food-complete", as_is);
    let examined = Examined::of(own.case.clone()).unwrap();
    approve(examined, own.checked.as_ref().unwrap()).unwrap();
    let mut swapped = own.case;
    swapped.application.subjects = case("05-hr-not-barred", as_is).application.subjects;
    let error = approve(Examined::of(swapped).unwrap(), &own.checked.unwrap()).unwrap_err();
    assert!(matches!(error, NotApproved::OtherCase { .. }));
}

#[test]
fn a_case_that_nobody_examined_cannot_be_approved() {
    assert!(Examined::of(case("08-food-ordinary", as_is)).is_none());
    let handled = handled("08-food-ordinary", as_is);
    assert!(matches!(handled.outcome, Outcome::ForExamination { manual: false, .. }));
}

#[test]
fn the_green_channel_goes_first_and_then_the_day_of_receipt() {
    let names = ["08-food-ordinary", "06-hr-watched", "01-food-complete", "02-hr-tolerated"];
    let (handled, failed) = office().handle_all(names.map(|name| case(name, as_is)));
    assert!(failed.is_empty());
    let order: Vec<(&str, bool)> =
        handled.iter().map(|h| (h.case.application.id.as_str(), h.green_channel())).collect();
    assert_eq!(
        order,
        [
            ("RL-2026-0102", true),
            ("SC-2026-0101", true),
            ("SC-2026-0108", false),
            ("RL-2026-0106", false),
        ]
    );
}
