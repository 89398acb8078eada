//! Tests of the facts of a check: nobody's name or number is in them, equal things have equal
//! numbers, and impossible facts are refused.

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
use std::sync::LazyLock;

use firm::{FIRM, answered, application};
use mustcheck_authoring as authoring;
use mustcheck_facts as facts;
use mustcheck_model::boundary::Convert as _;
use mustcheck_model::date::Date;
use mustcheck_model::{
    Answer, AnswerFacts, Application, ApplicationFacts, Basis, CreditRecord, Disposition, Refusal,
    SetAsideReason,
};
use mustcheck_rules::Catalogue;
use mustcheck_rules::catalogue::ListRule;
use mustcheck_rules::cited::CITED;
use mustcheck_rules::decide::decide;
use mustcheck_rules::due::due;
use proptest::prelude::*;
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let compiled = authoring::compile(&folder, "statutes", "default").unwrap();
    Catalogue::adopt(compiled.data).unwrap()
});

const MATTER: &str = "tendering/government-procurement";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-20")
}

/// A record of the firm, with some fields of its own.
fn record(id: &str, source: &str, own: Value) -> CreditRecord {
    let mut record = json!({ "id": id, "list": "wage-arrears", "source": source,
        "subject": { "kind": "organization", "scheme": "uscc", "identifier": FIRM },
        "valid_from": "2026-01-01" });
    record.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

/// Answers of one source, and of a second one on the list of wage arrears.
fn given(application: &Application, one: Vec<CreditRecord>, two: Vec<CreditRecord>) -> Vec<Answer> {
    let policy = CATALOGUE.described();
    let asked = facts::application(policy, application, today()).unwrap();
    let queries = facts::queries(policy, &due(&CATALOGUE, &asked).unwrap());
    let from = Some(day("2016-01-01"));
    let mut all = answered(&queries, today(), from, |query, list| {
        let own = query.subject == 0 && list == "wage-arrears";
        if own { one.clone() } else { Vec::new() }
    });
    if !two.is_empty() {
        let of = |answer: &&Answer| answer.query == 0 && answer.list == "wage-arrears";
        let mut answer = all.iter().find(of).unwrap().clone();
        answer.source.as_mut().unwrap().id = "two".into();
        answer.records = two;
        all.push(answer);
    }
    all
}

fn facts_of(
    application: &Application,
    one: Vec<CreditRecord>,
    two: Vec<CreditRecord>,
) -> (ApplicationFacts, Vec<AnswerFacts>) {
    let policy = CATALOGUE.described();
    let asked = facts::application(policy, application, today()).unwrap();
    let queries = facts::queries(policy, &due(&CATALOGUE, &asked).unwrap());
    let given = given(application, one, two);
    let rows =
        facts::answers::answered(policy, application, asked.days(), &queries, &given).unwrap();
    let answers = facts::answers(policy, &rows);
    (asked, answers)
}

/// RAIL R6: another firm with other names in the same place gives the same facts.
#[test]
fn facts_are_the_same_whoever_it_is() {
    let own = || {
        let text = json!({ "decided_by": "某局", "document": "某文〔2026〕1号" });
        vec![record("WA-1", "one", text)]
    };
    let first = application(MATTER, today());
    let mut other = first.clone();
    other.id = "T-2".into();
    other.office.name = "另一局".into();
    other.subjects[0].identifier = "91310000MA1FL00157".into();
    other.subjects[0].name = "乙公司".into();
    other.subjects[1].name = "李某".into();
    let mut theirs = own();
    theirs[0].id = "another".into();
    theirs[0].subject.identifier = "91310000MA1FL00157".into();
    theirs[0].decided_by = Some("另一局".into());
    theirs[0].document = Some("另一文".into());
    assert_eq!(facts_of(&first, own(), Vec::new()), facts_of(&other, theirs, Vec::new()));
}

/// Copies of one decision have one number, if several sources hold them.
#[test]
fn copies_of_a_decision_are_told_by_list_authority_document_and_subject() {
    let of = |text: Value| record("a", "one", text);
    let paper = json!({ "decided_by": "某局", "document": "某文〔2026〕1号" });
    let copy = |own: Value| {
        let mut text = paper.clone();
        text.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        record("b", "two", text)
    };
    let are_copies = |one: Vec<CreditRecord>, two: Vec<CreditRecord>| {
        let (_, answers) = facts_of(&application(MATTER, today()), one, two);
        let records: Vec<_> = answers.iter().flat_map(|answer| &answer.records).collect();
        assert_eq!(records.len(), 2);
        records[0].decision.is_some() && records[0].decision == records[1].decision
    };
    assert!(are_copies(vec![of(paper.clone())], vec![copy(json!({}))]));
    for other in [
        json!({ "decided_by": "另一局" }),
        json!({ "document": "某文〔2026〕2号" }),
        json!({ "document": null }),
        json!({ "decided_by": null }),
    ] {
        assert!(!are_copies(vec![of(paper.clone())], vec![copy(other.clone())]), "{other}");
    }
    // One source that holds a decision twice contradicts nobody.
    let twice = vec![of(paper.clone()), record("b", "one", paper.clone())];
    assert!(!are_copies(twice, Vec::new()));
}

/// A copy that has ended at another source leaves the decision to the officer.
#[test]
fn a_copy_that_has_ended_contradicts() {
    let paper = json!({ "decided_by": "某局", "document": "某文〔2026〕1号" });
    let mut ended = record("b", "two", paper.clone());
    ended.events =
        serde_json::from_value(json!([{ "kind": "repaired", "on": "2026-10-01" }])).unwrap();
    let one = vec![record("a", "one", paper)];
    let (asked, answers) = facts_of(&application(MATTER, today()), one, vec![ended]);
    let verdict = decide(&CATALOGUE, &asked, &answers).unwrap();
    assert_eq!(verdict.disposition, Disposition::Review);
    let contradicted =
        verdict.set_aside.iter().find(|s| s.reason == SetAsideReason::ContradictingSources);
    assert_eq!(contradicted.unwrap().record, Some(0));
}

/// Positions and days that do not exist are refused, each by its name.
#[test]
fn what_facts_cannot_be_is_refused() {
    let honest = || {
        let own = json!({ "act": "market-order/wage-arrears" });
        facts_of(&application(MATTER, today()), vec![record("a", "one", own)], Vec::new())
    };
    let (asked, answers) = honest();
    assert_eq!(decide(&CATALOGUE, &asked, &answers).unwrap().disposition, Disposition::Restricted);
    let at = answers.iter().position(|answer| !answer.records.is_empty()).unwrap();
    type Lie = fn(&mut ApplicationFacts, &mut AnswerFacts);
    let lies: [(Lie, Refusal); 9] = [
        (|asked, _| asked.matter = 9_999, Refusal::NoSuchMatter(9_999)),
        (|asked, _| asked.subjects[1].of = Some(7), Refusal::NoSuchSubject(7)),
        (|asked, _| asked.as_of = Date::NONE, Refusal::NoSuchDay(Date::NONE)),
        (|asked, _| asked.made_on = i32::MAX.convert(), Refusal::NoSuchDay(Date::NONE)),
        (|_, answer| answer.subject = 7, Refusal::NoSuchSubject(7)),
        (|_, answer| answer.list = 9_999, Refusal::NoSuchList(9_999)),
        (|_, answer| answer.records[0].act = Some(9_999), Refusal::NoSuchAct(9_999)),
        (|_, answer| answer.records[0].matter = Some(9_999), Refusal::NoSuchMatter(9_999)),
        (
            |_, answer| answer.records[0].valid_until = Some(Date::NONE),
            Refusal::NoSuchDay(Date::NONE),
        ),
    ];
    for (lie, refusal) in lies {
        let (mut asked, mut answers) = honest();
        lie(&mut asked, &mut answers[at]);
        assert_eq!(decide(&CATALOGUE, &asked, &answers).unwrap_err(), refusal);
    }
    // What is due needs no answers to be refused.
    let (mut asked, _) = honest();
    asked.matter = 9_999;
    assert_eq!(due(&CATALOGUE, &asked).unwrap_err(), Refusal::NoSuchMatter(9_999));
}

proptest! {
    /// A day crosses the boundary as a number, and comes back as the same day.
    #[test]
    fn days_cross_the_boundary_and_back(year in 0_u16..=9999, month in 1_u8..=12, dom in 1_u8..=31) {
        let Some(on) = Date::new(year, month, dom) else { return Ok(()) };
        let number: i32 = on.convert();
        let back: Date = number.convert();
        prop_assert_eq!(back, on);
    }
}

/// Checks that every ground is where the catalogue says it is, in every edition and place.
#[test]
fn grounds_stand_where_they_are_named() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let mut places = 0;
    for (edition, overlay) in authoring::combinations::combinations(&folder).unwrap() {
        let compiled = authoring::compile(&folder, &edition, &overlay).unwrap();
        let catalogue = Catalogue::adopt(compiled.data).unwrap();
        let (policy, data) = (catalogue.described(), catalogue.data());
        let stands = |basis: Basis| policy.basis(basis).unwrap();
        for (list, at) in data.lists.iter().zip(0..) {
            assert_eq!(stands(catalogue.founds(at)), list.legal_basis);
            for (regime, rules) in list.rules.iter().enumerate() {
                let stands = |rule| stands(catalogue.list_rule(at, regime, rule));
                assert_eq!(stands(ListRule::Removal), rules.removal.legal_basis);
                assert_eq!(stands(ListRule::Objection), rules.objection.legal_basis);
                if let Some(stay) = &rules.stay {
                    assert_eq!(stands(ListRule::Stay), stay.legal_basis);
                }
                if let Some(lifts) = &rules.reorganisation {
                    assert_eq!(stands(ListRule::Reorganisation), lifts.legal_basis);
                }
            }
        }
        for (measure, at) in data.measures.iter().zip(0..) {
            for (exception, number) in measure.exceptions.iter().zip(0..) {
                assert_eq!(stands(catalogue.exception(at, number)), exception.legal_basis);
            }
        }
        for (closing, at) in data.overlay.closings.iter().zip(0..) {
            assert_eq!(stands(catalogue.closing(at)), closing.legal_basis);
            places += 1;
        }
        for (disclosure, at) in data.overlay.disclosures.iter().zip(0..) {
            assert_eq!(stands(catalogue.disclosure(at)), disclosure.legal_basis);
            places += 1;
        }
        for clause in CITED {
            assert_eq!(stands(Catalogue::clause(clause)), clause.basis());
        }
    }
    assert!(places > 2, "only {places} rules of places");
}
