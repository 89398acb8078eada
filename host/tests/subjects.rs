//! Subjects with several identifiers, codes as they were issued, and sources that contradict each
//! other.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::sync::LazyLock;

use mustcheck::model::{Answer, AnswerStatus, Disposition, DispositionRule, SetAsideReason};
use mustcheck::{
    Application, ApplicationExt as _, Ask, CheckError, Date, Decision, Gate, JsonRegistry, Policy,
    Registry, RegistryError,
};
use serde_json::{Value, json};

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::embedded().unwrap());

const FIRM: &str = "91310000MA1FL0007C";
const FORMER: [&str; 3] = ["91310000MA1FL00157", "91310000MA1FL00232", "91310000MA1FL0031W"];
const PERSON: &str = "310101198001010018";
/// A code of the right length and alphabet, with a wrong check character.
const ISSUED: &str = "91310000MA1FL0007D";
const TODAY: Date = Date { year: 2026, month: 11, day: 20 };

fn application(applicant: &Value, others: &[Value]) -> Value {
    let mut first = json!({ "role": "applicant", "kind": "organization", "scheme": "uscc",
        "identifier": FIRM, "name": "甲公司" });
    first.as_object_mut().unwrap().extend(applicant.as_object().unwrap().clone());
    let person = json!({ "role": "legal-representative", "kind": "person",
        "scheme": "resident-id", "identifier": PERSON, "name": "张某" });
    let subjects = [first, person].into_iter().chain(others.iter().cloned());
    json!({ "id": "GP-1", "matter": "tendering/government-procurement", "as_of": TODAY,
        "office": { "name": "某局", "region": "310000" }, "subjects": subjects.collect::<Vec<_>>() })
}

fn also(identifier: &str) -> Value {
    json!({ "scheme": "uscc", "identifier": identifier })
}

/// Two sources with every list.
fn registry(records: &[Value]) -> JsonRegistry {
    let lists: Vec<_> = POLICY.description().lists.iter().map(|list| &list.code).collect();
    let source = |id: &str| {
        json!({ "id": id, "as_of": "2026-11-20T08:00:00+08:00", "records_from": "2016-01-01",
            "covers": lists })
    };
    let whole = records.iter().map(|record| {
        let mut whole = json!({ "source": "one", "valid_from": "2026-01-01",
            "list": "wage-arrears", "decided_by": "某局", "document": "某列〔2026〕1号",
            "subject": { "kind": "organization", "scheme": "uscc", "identifier": FIRM } });
        whole.as_object_mut().unwrap().extend(record.as_object().unwrap().clone());
        whole
    });
    let document = json!({ "sources": [source("one"), source("two")],
        "records": whole.collect::<Vec<_>>() });
    JsonRegistry::from_json(document.to_string().as_bytes()).unwrap()
}

fn check(registry: impl Registry + 'static, application: &Value) -> Result<Decision, String> {
    let application = Application::from_json(application.to_string().as_bytes()).unwrap();
    let gate = Gate::builder().policy(POLICY.clone()).registry(registry).today(TODAY);
    match gate.build().unwrap().check(&application) {
        Ok(checked) => Ok(checked.decision().clone()),
        Err(CheckError::Application(error)) => Err(error.to_string()),
        Err(error) => panic!("{error}"),
    }
}

fn found(decision: &Decision) -> (Disposition, DispositionRule) {
    (decision.disposition, decision.disposition_rule)
}

/// A firm may be listed under any of its identifiers, and may put any of them first.
#[test]
fn a_listed_subject_is_found_under_each_of_its_identifiers() {
    let all = [FIRM, FORMER[0], FORMER[1], FORMER[2]];
    for first in 0..all.len() {
        let further: Vec<_> =
            (0..all.len()).filter(|i| *i != first).map(|i| also(all[i])).collect();
        let applicant = json!({ "identifier": all[first], "also": further });
        let application = application(&applicant, &[]);
        for listed in all {
            let record = json!({ "id": "listed", "subject": { "kind": "organization",
                "scheme": "uscc", "identifier": listed } });
            let decision = check(registry(&[record]), &application).unwrap();
            assert_eq!(decision.disposition, Disposition::Restricted, "{first}, {listed}");
            assert_eq!(decision.records.len(), 1);
            // A firm is shown by the code that its application names it by.
            let shown = serde_json::to_string(&decision).unwrap();
            for identifier in all {
                assert_eq!(shown.contains(identifier), identifier == all[first], "{shown}");
            }
        }
        let decision = check(registry(&[]), &application).unwrap();
        assert_eq!(decision.disposition, Disposition::Clear);
    }
}

/// A registry that answers for every identifier but the one that it does not keep.
struct Keeping(JsonRegistry, &'static str, AnswerStatus);

impl Registry for Keeping {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut answers = self.0.lookup(asks)?;
        for answer in &mut answers {
            if asks.iter().any(|a| a.query == answer.query && a.subject.identifier == self.1) {
                answer.status = self.2;
                answer.reason = Some("it keeps no such code".into());
            }
        }
        Ok(answers)
    }
}

/// A part of the list of market supervision, which sources may publish as a list of its own.
const PART: &str = "food-drug-serious";

/// Sources that hold the whole lists; one of them answers for a part with this status.
struct Apart(JsonRegistry, AnswerStatus, &'static str);

impl Registry for Apart {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut answers = self.0.lookup(asks)?;
        let source = answers.iter().find_map(|answer| answer.source.clone());
        for answer in answers.iter_mut().filter(|answer| answer.list == PART) {
            answer.status = self.1;
            answer.source.clone_from(&source);
            answer.reason = Some(self.2.into());
        }
        Ok(answers)
    }
}

/// An answer for the whole list does not make up for a part that no source could answer for.
#[test]
fn what_a_source_cannot_say_of_a_part_leaves_the_list_open() {
    let application = application(&json!({}), &[]);
    let clean = check(registry(&[]), &application).unwrap();
    assert!(clean.lookups.iter().all(|row| row.list != PART), "{:?}", clean.lookups);
    assert_eq!(found(&clean).0, Disposition::Clear);
    for (status, reason) in [
        (AnswerStatus::NotCovered, "entries that the source names by no identifier: 1"),
        (AnswerStatus::Unavailable, "a record was refused at import: row 7"),
        (AnswerStatus::Stale, "its snapshot is old"),
    ] {
        let decision = check(Apart(registry(&[]), status, reason), &application).unwrap();
        assert_eq!(
            found(&decision),
            (Disposition::Undetermined, DispositionRule::UnansweredLookup),
            "{reason}"
        );
    }
    let said = Apart(registry(&[]), AnswerStatus::Answered, "nothing to say");
    assert_eq!(found(&check(said, &application).unwrap()), found(&clean));
}

/// A clean further identifier does not make up for one that nobody could look up.
#[test]
fn the_worst_answer_about_an_identifier_is_that_of_the_subject() {
    let application = application(&json!({ "also": [also(FORMER[0])] }), &[]);
    for unknown in [FIRM, FORMER[0]] {
        for status in [AnswerStatus::NotCovered, AnswerStatus::Unavailable, AnswerStatus::Stale] {
            let decision = check(Keeping(registry(&[]), unknown, status), &application).unwrap();
            assert_eq!(
                found(&decision),
                (Disposition::Undetermined, DispositionRule::UnansweredLookup)
            );
            let of_firm = decision.lookups.iter().filter(|lookup| lookup.subject_index == 0);
            for lookup in of_firm {
                assert_eq!(lookup.status, status);
                assert_eq!(lookup.reason.as_deref(), Some("it keeps no such code"));
            }
        }
    }
    // A record that it does give is there, whatever it cannot answer.
    let listed = registry(&[json!({ "id": "listed" })]);
    let decision = check(Keeping(listed, FIRM, AnswerStatus::NotCovered), &application).unwrap();
    assert_eq!(decision.disposition, Disposition::Restricted);
}

#[test]
fn further_identifiers_are_checked_like_the_first() {
    let said = |applicant: Value| {
        check(registry(&[]), &application(&applicant, &[])).map(|d| found(&d)).unwrap_err()
    };
    assert_eq!(
        said(json!({ "also": [also(FORMER[0]), also(ISSUED)] })),
        "subjects[0].also[1].identifier: `9131…**` is no valid uscc: the check character at \
         position 18 is wrong (not `D`)"
    );
    let twice = "subjects[0].also[0].identifier: `9131…**` stands twice";
    assert_eq!(said(json!({ "also": [also(FIRM)] })), twice);
    let twice = "subjects[0].also[1].identifier: `9131…**` stands twice";
    assert_eq!(said(json!({ "also": [also(FORMER[0]), also(FORMER[0])] })), twice);
}

#[test]
fn a_person_stands_behind_an_organization_that_is_named() {
    let person = |of: u32| {
        json!({ "role": "principal", "kind": "person", "scheme": "resident-id",
            "identifier": "310101198001010026", "name": "李某", "of": of })
    };
    let said = |others: &[Value]| check(registry(&[]), &application(&json!({}), others));
    assert!(said(&[person(0)]).is_ok());
    assert_eq!(said(&[person(9)]).unwrap_err(), "subjects[2].of: there is no subject 9");
    assert_eq!(said(&[person(1)]).unwrap_err(), "subjects[2].of: subject 1 is no organization");
    let of_itself = application(&json!({ "of": 0 }), &[]);
    assert_eq!(
        check(registry(&[]), &of_itself).unwrap_err(),
        "subjects[0].of: only a person stands behind an organization"
    );
    // Who answers for the guarantor does not answer for the applicant.
    let guarantor = json!({ "role": "guarantor", "kind": "organization", "scheme": "uscc",
        "identifier": FORMER[0], "name": "乙公司" });
    let mut other = application(&json!({}), &[guarantor]);
    assert!(check(registry(&[]), &other).is_ok());
    other["subjects"][1]["of"] = json!(2);
    assert_eq!(
        check(registry(&[]), &other).unwrap_err(),
        "subjects[0]: nobody of role `legal-representative` or `principal` names it by `of`: \
         matter `tendering/government-procurement` needs one for each organization that applies"
    );
}

#[test]
fn a_code_as_it_was_issued_is_left_to_the_officer() {
    let issued = |identifier: &str, document: &str| {
        let applicant = json!({ "identifier": identifier, "as_issued": document });
        application(&applicant, &[])
    };
    let decision = check(registry(&[]), &issued(ISSUED, "营业执照")).unwrap();
    assert_eq!(found(&decision), (Disposition::Review, DispositionRule::CodeAsIssued));
    // Matched exactly: a record of the code next to it is of another.
    let decision = check(registry(&[json!({ "id": "other" })]), &issued(ISSUED, "营业执照"));
    assert!(decision.unwrap().records.is_empty());
    let own = json!({ "id": "own", "subject": { "kind": "organization", "scheme": "uscc",
        "identifier": ISSUED, "as_issued": "营业执照" } });
    let decision = check(registry(&[own]), &issued(ISSUED, "营业执照")).unwrap();
    assert_eq!(decision.disposition, Disposition::Restricted);

    let said = |application: &Value| check(registry(&[]), application).unwrap_err();
    assert_eq!(
        said(&issued(FIRM, "营业执照")),
        "subjects[0].identifier: `9131…**` follows its standard: it needs no `as_issued`"
    );
    assert_eq!(
        said(&issued(ISSUED, " ")),
        "subjects[0].identifier: `as_issued` names the document that shows the code, and is empty"
    );
    assert!(said(&issued("91310000MA1FL0007", "营业执照")).contains("is no valid uscc"));
}

#[test]
fn sources_that_contradict_each_other_are_left_to_the_officer() {
    let repaired = json!([{ "kind": "repaired", "on": "2026-11-01" }]);
    let listed = json!({ "id": "listed" });
    let copy = json!({ "id": "copy", "source": "two", "events": repaired });
    let decide =
        |records: &[Value]| check(registry(records), &application(&json!({}), &[])).unwrap();
    for records in [[listed.clone(), copy.clone()], [copy.clone(), listed.clone()]] {
        let decision = decide(&records);
        assert_eq!(found(&decision), (Disposition::Review, DispositionRule::ContradictingSources));
        assert_eq!(decision.records.len(), 2);
        let aside = decision.set_aside.iter().find(|s| s.record.as_deref() == Some("listed"));
        assert_eq!(aside.unwrap().reason, SetAsideReason::ContradictingSources);
    }
    // Other last days, and still in force in both: it restricts.
    let longer = json!({ "id": "copy", "source": "two", "valid_until": "2029-01-01" });
    assert_eq!(decide(&[listed.clone(), longer]).disposition, Disposition::Restricted);
    // What is not the same decision says nothing of it.
    for (field, value) in [
        ("document", json!("某列〔2026〕2号")),
        ("document", Value::Null),
        ("decided_by", json!("另一局")),
        ("source", json!("one")),
    ] {
        let mut other = copy.clone();
        other[field] = value;
        let decision = decide(&[listed.clone(), other]);
        assert_eq!(decision.disposition, Disposition::Restricted, "{field}");
    }
    // Ended in both, nothing is left to contradict.
    let mut ended = listed;
    ended["events"] = repaired;
    assert_eq!(decide(&[ended, copy]).disposition, Disposition::Clear);
}
