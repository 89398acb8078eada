//! The statutes beyond licensing, tendering and wages: each measure, met by a case.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/registry.rs"]
mod registry;

use std::fs;

use Disposition::{Clear, Facilitated, Restricted, Review};
use mustcheck_authoring as authoring;
use mustcheck_model::date::Date;
use mustcheck_model::{Decision, Disposition};
use mustcheck_rules::Catalogue;
use mustcheck_rules::catalogue::data::PersonsRule;
use mustcheck_writer::Language;

use registry::{Case, aside, catalogue, folder, measures};

const CLEAN: &str = "- opinions-4-green-channel condition-not-met";
const DEFEATED: &str = "- opinions-4-green-channel defeated-by-restriction";

type Expected = (&'static str, Disposition, &'static [&'static str], &'static [&'static str]);

const FOOD_AND_DRUGS: &[Expected] = &[
    ("0200", Restricted, &["food-law-135-licence-revoked-2025"], &[CLEAN]),
    ("0201", Clear, &[], &["LB-2021-2200 food-law-135-licence-revoked-2025 beyond-term", CLEAN]),
    ("0202", Restricted, &["food-law-135-licence-revoked-person-2025"], &[DEFEATED]),
    ("0203", Restricted, &["food-law-135-crime-2025"], &[DEFEATED]),
    (
        "0204",
        Review,
        &["food-law-135-crime-applicant-2025", "licensing-law-34-other-ban"],
        &[CLEAN],
    ),
    (
        "0205",
        Review,
        &["opinions-10-closer-supervision", "food-113-drug-105-closer-supervision-2025"],
        &[],
    ),
    ("0206", Restricted, &["drug-law-116-123-reapplication-bar"], &[CLEAN]),
    ("0207", Restricted, &["drug-law-122-123-ban"], &[DEFEATED]),
    ("0208", Restricted, &["drug-law-118-ban"], &[DEFEATED]),
    ("0209", Restricted, &["drug-law-124-126-ban"], &[DEFEATED]),
    ("0210", Restricted, &["drug-law-141-ban"], &[DEFEATED]),
    ("0211", Restricted, &["drug-law-142-ban"], &[DEFEATED]),
    (
        "0212",
        Facilitated,
        &["opinions-4-green-channel"],
        &["LB-2021-2211 drug-law-142-ban beyond-term"],
    ),
    ("0230", Facilitated, &["opinions-4-green-channel"], &["LB-2025-2230 - role-not-reached"]),
    ("0240", Facilitated, &["opinions-4-green-channel"], &["LB-2024-2240 - role-not-reached"]),
    (
        "0241",
        Review,
        &["opinions-10-closer-supervision", "food-113-drug-105-closer-supervision-2025"],
        &[],
    ),
];

const WORK_SAFETY: &[Expected] = &[
    ("0213", Review, &["opinions-10-licence-examination"], &[CLEAN]),
    (
        "0214",
        Restricted,
        &["work-safety-law-78-project-approval", "opinions-10-licence-examination"],
        &[CLEAN],
    ),
    (
        "0215",
        Review,
        &["opinions-10-closer-supervision", "work-safety-law-78-closer-supervision"],
        &[],
    ),
    ("0216", Restricted, &["work-safety-law-94-113-principal-ban"], &[DEFEATED]),
    (
        "0217",
        Restricted,
        &["work-safety-law-94-113-principal-ban", "work-safety-law-94-113-lifetime-ban"],
        &[DEFEATED],
    ),
    ("0218", Restricted, &["work-safety-law-94-113-principal-ban"], &[DEFEATED]),
    (
        "0232",
        Review,
        &["work-safety-law-94-113-unnamed-trade", "opinions-4-green-channel"],
        &["LB-2021-2232 work-safety-law-94-113-principal-ban beyond-term"],
    ),
    (
        "0233",
        Facilitated,
        &["opinions-4-green-channel"],
        &["LB-2021-2233 work-safety-law-94-113-principal-ban beyond-term"],
    ),
    (
        "0234",
        Restricted,
        &["work-safety-law-94-113-lifetime-ban"],
        &["LB-2021-2234 work-safety-law-94-113-principal-ban beyond-term", DEFEATED],
    ),
    ("0235", Review, &["work-safety-law-78-occupation-ban", "opinions-4-green-channel"], &[]),
    (
        "0236",
        Review,
        &["work-safety-law-78-occupation-ban-unnamed", "opinions-4-green-channel"],
        &[],
    ),
];

const ISSUES_AND_PUBLICITY: &[Expected] = &[
    ("0219", Restricted, &["securities-law-12-criminal-record"], &[]),
    ("0220", Review, &["securities-law-12-undecided-record"], &[]),
    ("0221", Review, &["securities-law-14-share-proceeds"], &[]),
    ("0222", Restricted, &["securities-law-17-bond-proceeds"], &[]),
    ("0223", Review, &["spc-rules-8-examination", "securities-law-17-debt-default"], &[]),
    ("0224", Restricted, &["securities-law-221-market-ban"], &[]),
    ("0225", Clear, &[], &["JD-2024-2225 - role-not-reached"]),
    ("0226", Review, &["company-law-178-judgment-defaulter"], &[]),
    (
        "0227",
        Restricted,
        &["publicity-regulations-2024-19-listed", "opinions-10-trade-examination"],
        &[],
    ),
    ("0228", Restricted, &["publicity-regulations-2024-19-abnormal-operations"], &[]),
    ("0229", Review, &[], &[CLEAN]),
    (
        "0231",
        Review,
        &[
            "insurance-law-68-guarantee-7-shareholder",
            "fund-law-13-shareholder",
            "futures-law-60-shareholder",
            "payment-institution-7-shareholder",
            "private-fund-9-financial-penalty",
            "securities-law-118-shareholder-record",
        ],
        &[CLEAN],
    ),
    (
        "0237",
        Review,
        &["company-law-178-closed-business", "work-safety-law-94-113-principal-ban-elsewhere"],
        &[],
    ),
    ("0238", Review, &["company-law-178-conviction"], &[]),
    ("0239", Review, &["company-law-178-criminal-penalty"], &[]),
];

fn case(number: &str) -> Case {
    let cases = fs::read_dir(folder("examples/cases")).unwrap().map(|entry| entry.unwrap());
    let mut cases = cases.filter(|e| e.file_name().to_string_lossy().starts_with(number));
    Case::read(&cases.next().unwrap_or_else(|| panic!("no case {number}")).path())
}

fn hold(expected: &[Expected]) {
    for (number, disposition, applied, set_aside) in expected {
        let decision = case(number).decide("statutes", "default");
        assert_eq!(decision.disposition, *disposition, "{number}");
        assert_eq!(measures(&decision), *applied, "{number}");
        assert_eq!(aside(&decision), *set_aside, "{number}");
    }
}

#[test]
fn food_and_drugs() {
    hold(FOOD_AND_DRUGS);
}

#[test]
fn work_safety() {
    hold(WORK_SAFETY);
}

#[test]
fn issues_and_publicity() {
    hold(ISSUES_AND_PUBLICITY);
}

/// The longest term, and the record's own where the article sets none.
#[test]
fn each_bar_ends_when_its_article_says() {
    let until = |number: &str| {
        let decision = case(number).decide("statutes", "default");
        decision.measures[0].until.map(|day| day.to_string())
    };
    let on = |day: &str| Some(day.to_owned());
    assert_eq!(until("0200"), on("2026-07-01"));
    assert_eq!(until("0202"), on("2029-03-11"));
    assert_eq!(until("0203"), None);
    assert_eq!(until("0206"), on("2030-05-08"));
    assert_eq!(until("0207"), on("2032-09-14"));
    assert_eq!(until("0208"), None);
    assert_eq!(until("0209"), on("2038-02-19"));
    assert_eq!(until("0211"), on("2026-04-21"));
    assert_eq!(until("0216"), on("2027-06-10"));
    assert_eq!(until("0219"), on("2027-08-12"));
    assert_eq!(until("0222"), None);
    assert_eq!(until("0218"), on("2027-06-10"));
    assert_eq!(until("0227"), on("2027-07-15"));
    assert_eq!(until("0234"), None);
    assert_eq!(until("0235"), on("2028-01-31"));
    assert_eq!(until("0237"), on("2027-05-20"));
}

/// 安全生产法 113: five years in any trade, and for life in the trade in a serious case. The graver
/// case does not lift the five years, and the lighter one never bars for life.
#[test]
fn the_principal_of_a_closed_business_is_barred_by_the_gravity_on_record() {
    let (lifetime, five) =
        ("work-safety-law-94-113-lifetime-ban", "work-safety-law-94-113-principal-ban");
    let by = |act: &str, first: Date| {
        let mut closed = case("0217");
        closed.held.records[0].act = Some(act.into());
        closed.held.records[0].valid_from = first;
        measures(&closed.decide("statutes", "default")).join(" ")
    };
    let last = Date { year: 2021, month: 4, day: 20 };
    let over = Date { year: 2021, month: 4, day: 19 };
    for serious in ["work-safety/unit-closed-serious", "work-safety/major-accident"] {
        assert_eq!(by(serious, last), format!("{five} {lifetime}"));
        assert_eq!(by(serious, over), lifetime);
    }
    for lighter in ["work-safety/unit-closed", "work-safety/principal-penalised"] {
        assert_eq!(by(lighter, last), five);
        // What is over stands in the way of nothing.
        assert_eq!(by(lighter, over), "opinions-4-green-channel");
    }
}

/// Checks that a person whom a record names is reached in the roles of the article that bans, and
/// in no other (RAIL R8).
#[test]
fn each_law_names_the_persons_whom_it_bans() {
    use mustcheck_model::Role::RegisteredPractitioner;
    use mustcheck_model::Role::{self, DirectlyResponsible, LegalRepresentative, Principal};
    let reached = |act: &str, matter: &str, role: Role| {
        let mut named = case("0202");
        named.application.matter = matter.into();
        named.held.records[0].act = Some(act.into());
        named.held.records[0].matter = Some(matter.into());
        named.held.records[0].responsible_persons[0].role = role;
        !aside(&named.decide("statutes", "default")).iter().any(|s| s.ends_with("not-reached"))
    };
    let roles = [LegalRepresentative, Principal, DirectlyResponsible, RegisteredPractitioner];
    let (food, drugs) = ("licensing/food-production", "licensing/drug-production");
    for (act, matter, expected) in [
        ("food-safety/licence-revoked", food, [true, false, true, false]),
        ("drug/counterfeit", drugs, [true, true, true, false]),
        ("work-safety/unit-closed", food, [true, true, false, false]),
        ("work-safety/major-accident", food, [true, true, false, false]),
        ("health-and-safety/work-safety", food, [true, true, true, true]),
        ("licensing/deception-or-bribery", food, [false, false, false, false]),
    ] {
        assert_eq!(roles.map(|role| reached(act, matter, role)), expected, "{act}");
    }
}

/// Two rules for one act would let the first that stands there decide (RAIL R8).
#[test]
fn a_list_has_one_rule_on_persons_for_an_act() {
    let compiled = authoring::compile(&folder("catalogue"), "statutes", "default").unwrap();
    let told = |change: &dyn Fn(&mut Vec<PersonsRule>)| {
        let mut data = compiled.data.clone();
        let list = data.lists.iter_mut().find(|l| l.code == "licensing-barred").unwrap();
        change(&mut list.persons);
        Catalogue::adopt(data).err()
    };
    assert_eq!(told(&|_| {}), None);
    let expected =
        Some("list `licensing-barred` has more than one rule on persons for an act".to_owned());
    assert_eq!(told(&|rules| rules[1].acts.push("food-safety/licence-revoked".into())), expected);
    assert_eq!(told(&|rules| rules[1].acts.clear()), expected);
    assert_eq!(told(&|rules| rules.truncate(1)), None);
}

/// 证券法 12 (一)(四): a crime of an issuer is examined even if its act is one of this law.
#[test]
fn a_criminal_penalty_for_misused_proceeds_is_examined() {
    let mut issue = case("0220");
    issue.held.records[0].act = Some("securities/bond-proceeds-misused".into());
    let decision = issue.decide("statutes", "default");
    assert_eq!(measures(&decision), ["securities-law-12-undecided-record"]);
}

/// A person is reached by the acts for which a law bans persons, and by no other (RAIL R8).
#[test]
fn a_ban_of_the_unit_alone_reaches_no_person() {
    let mut unit = case("0202");
    assert_eq!(unit.decide("statutes", "default").disposition, Restricted);
    unit.held.records[0].act = Some("licensing/deception-or-bribery".into());
    let decision = unit.decide("statutes", "default");
    assert_eq!(decision.disposition, Facilitated);
    assert_eq!(aside(&decision), ["LB-2024-2202 - role-not-reached"]);
    unit.held.records[0].act = None;
    assert_eq!(unit.decide("statutes", "default").disposition, Facilitated);
}

/// A person is no defaulter because a unit is, on whatever matter (法发〔2019〕35号, secondary).
#[test]
fn a_defaulting_unit_reaches_nobody_whom_its_record_names() {
    let mut named = case("0226");
    let person = named.held.records[0].subject.clone();
    let company = case("0223").held.records[0].subject.clone();
    let record = &mut named.held.records[0];
    record.subject = company;
    record.subject.identifier = case("0227").application.subjects[0].identifier.clone();
    record.responsible_persons = vec![mustcheck_model::ResponsiblePerson {
        role: mustcheck_model::Role::LegalRepresentative,
        scheme: person.scheme,
        identifier: person.identifier,
        country: None,
        name: person.name,
    }];
    let decision = named.decide("statutes", "default");
    assert_eq!(decision.disposition, Clear);
    assert_eq!(aside(&decision), ["JD-2024-2225 - role-not-reached"]);
}

/// One application, decided by what was in force on the day (editions side by side). Both
/// decisions say why.
#[test]
fn one_application_across_a_change_of_law() {
    let tender = case("0031");
    let mut later = case("0031");
    later.application.as_of = Date { year: 2021, month: 1, day: 1 };
    let old = tender.decide("guofa-2016-33", "default");
    let new = later.decide("statutes", "default");
    assert_eq!(old.disposition, Restricted);
    assert!(cited(&old).iter().all(|basis| basis == "guofa-2016-33 10"), "{:?}", cited(&old));
    assert_eq!(new.disposition, Review);
    assert_eq!(cited(&new), ["spc-judgment-defaulters-2017 8", "guofa-2016-33 10"]);
    // A past date is decided by what was in force then, and no edition speaks outside its days.
    let statutes = catalogue("statutes", "default");
    assert!(tender.application.as_of < statutes.described().description().edition.valid_from);

    // Within an edition: the Work Safety Law as amended.
    let (before, after) = (case("0213"), case("0214"));
    let mut same = before.application.clone();
    same.id.clone_from(&after.application.id);
    same.as_of = after.application.as_of;
    assert_eq!(same, after.application);
    let papers = |case: &Case| case.papers("statutes", "default", Language::Zh);
    let (told_before, told_after) = (papers(&before), papers(&after));
    let before = before.decide("statutes", "default");
    let after = after.decide("statutes", "default");
    assert_eq!(cited(&before), ["guofa-2016-33 10", "guofa-2016-33 10"]);
    assert_eq!(cited(&after)[0], "work-safety-law-2021 78");
    assert!(told_before.contains("从严审核行政许可审批项目"));
    assert!(!told_before.contains("暂停项目审批"));
    assert!(told_after.contains("《中华人民共和国安全生产法》第七十八条"));
}

fn cited(decision: &Decision) -> Vec<String> {
    let bases = decision.measures.iter().flat_map(|m| &m.legal_basis);
    bases.map(|b| format!("{} {}", b.instrument, b.article)).collect()
}

/// Every folder has its row, and the row says how the case is decided.
#[test]
fn the_table_of_cases_is_that_of_the_folders() {
    let table = fs::read_to_string(folder("examples/cases/README.md")).unwrap();
    for expected in [FOOD_AND_DRUGS, WORK_SAFETY, ISSUES_AND_PUBLICITY] {
        for (number, disposition, ..) in expected {
            let row = table.lines().find(|line| line.starts_with(&format!("| [{number}]")));
            let row = row.unwrap_or_else(|| panic!("no row for {number}"));
            assert!(row.contains(&format!("| `{disposition}` |")), "{row}");
        }
    }
}
