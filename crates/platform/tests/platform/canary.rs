//! Sources that answer, but not with all that they hold.

use mustcheck::model::{AnswerStatus, SubjectKind};
use mustcheck_platform::simulator::{Options, Running, Shape, Simulator};
use serde_json::json;

use crate::canned::{Canned, ok};
use crate::{about_firm, ask, file, firm, more, open, person, reason, record, small, uscc};

const BODY: &str = r#"body = { code = "{identifier}" }"#;

/// A simulator whose mapping names canaries.
pub fn with_canaries(
    file: mustcheck::registry::json::RegistryFile,
    shape: Shape,
    size: usize,
    faults: &[&str],
) -> Running {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let options = Options { shape, size, faults, canaries: true, ..Options::default() };
    Simulator::new(file, options).start("127.0.0.1:0".parse().unwrap()).unwrap()
}

const GONE: &str =
    "canary 1, known to be on list `A02`, is not found: it does not give what it holds";

#[test]
fn a_source_that_has_nothing_about_anybody_clears_nobody() {
    for shape in [Shape::Paged, Shape::Cursor] {
        let running = with_canaries(small(), shape, 10, &["empty"]);
        let registry = open(&running.mapping());
        // Subjects on the list, and not on it; for its list, and for another list of that source.
        let answers = ask(&registry, &[firm(1), firm(3)], &["wage-arrears", "tax-serious"]);
        assert_eq!(answers.len(), 4);
        for answer in answers {
            assert_eq!(answer.status, AnswerStatus::Unavailable, "{shape:?} {answer:?}");
            assert_eq!(answer.reason, Some(format!("source `platform`: {GONE}")));
        }
        // Without a canary this cannot be noticed.
        let running = crate::simulate(small(), shape, 10, &["empty"]);
        assert_eq!(about_firm(&open(&running.mapping())).status, AnswerStatus::Answered);
    }
}

#[test]
fn a_source_that_finds_its_canaries_is_believed() {
    for shape in [Shape::Paged, Shape::Cursor] {
        let running = with_canaries(small(), shape, 10, &[]);
        let registry = open(&running.mapping());
        let answers = ask(&registry, &[firm(1), firm(3), person(2)], &["wage-arrears"]);
        let found: Vec<_> = answers.iter().map(|a| (a.status, a.records.len())).collect();
        let answered = AnswerStatus::Answered;
        assert_eq!(found, [(answered, 3), (answered, 0), (answered, 1)], "{shape:?}");
    }
}

#[test]
fn a_canary_that_was_found_is_believed_for_a_while_and_one_that_was_not_is_asked_for_again() {
    let asked_for = |said: &str, faults: &[&str]| {
        let running = with_canaries(small(), Shape::Paged, 10, faults);
        let registry = open(&more(&running.mapping(), said));
        let mut told = Vec::new();
        for _ in 0..3 {
            let answer = ask(&registry, &[firm(3)], &["wage-arrears"]).remove(0);
            told.push((answer.status, running.simulator().asked()));
        }
        told
    };
    let (answered, unavailable) = (AnswerStatus::Answered, AnswerStatus::Unavailable);
    // Once for the canary, and once for each check.
    assert_eq!(asked_for("", &[]), [(answered, 2), (answered, 3), (answered, 4)]);
    let with_every_check = [(answered, 2), (answered, 4), (answered, 6)];
    assert_eq!(asked_for("canary_seconds = 0", &[]), with_every_check);
    let empty_at_first = [(unavailable, 2), (answered, 4), (answered, 5)];
    assert_eq!(asked_for("", &["empty#1-2"]), empty_at_first);
    // Answers kept for checks and those kept for canaries are kept apart.
    let kept = [(answered, 2), (answered, 2), (answered, 2)];
    assert_eq!(asked_for("cache_seconds = 60", &[]), kept);
}

#[test]
fn a_canary_that_cannot_be_asked_for_is_none_that_was_found() {
    let empty = ok(&json!({ "rows": [], "total": 0, "at": "2024-11-19" }).to_string());
    let failed = crate::canned::http("500 No", b"");
    for answers in [vec![empty.clone(), failed.clone()], vec![failed, empty]] {
        let canned = Canned::new(answers);
        let canary =
            format!("\n[[source.canary]]\nscheme = \"uscc\"\nidentifier = \"{}\"\n", uscc(2));
        let said = "retries = { times = 0 }\nlimits = { concurrency = 1 }";
        let registry = open(&(canned.mapping(said, BODY, "") + &canary));
        let told = reason(&registry);
        assert!(["it answers 500", "canary 1: it answers 500"].contains(&&*told), "{told}");
        assert_eq!(canned.requests().len(), 2);
    }
}

#[test]
fn each_source_answers_for_its_own_canaries_alone() {
    let lists: &[&str] = &["wage-arrears"];
    let records = [record("a", "r1", 1), record("b", "r2", 2)];
    let running = with_canaries(
        file(&[("a", lists), ("b", lists)], &records),
        Shape::Paged,
        10,
        &["b:empty"],
    );
    let answers = ask(&open(&running.mapping()), &[firm(1), firm(2)], lists);
    let told: Vec<_> = answers.iter().map(|a| (a.records.len(), a.reason.as_deref())).collect();
    let gone = "source `b`: canary 1, known to be on list `A01`, is not found: it does not give \
                what it holds";
    assert_eq!(told, [(1, None), (0, Some(gone)), (0, None), (0, Some(gone))]);
}

#[test]
fn a_canary_on_another_list_than_it_is_known_to_be_on_is_not_found() {
    let running = with_canaries(small(), Shape::Paged, 10, &[]);
    let wrong = running.mapping().replace("list = \"A02\"", "list = \"A01\"");
    let told = "canary 1, known to be on list `A01`, is not found: it does not give what it holds";
    assert_eq!(reason(&open(&wrong)), told);
}

/// The mapping of a platform whose answers do not repeat their subject.
fn about_whom_was_asked(mapping: &str) -> String {
    let (before, rest) = mapping.split_once("[source.record.subject]").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let id = before.lines().find(|line| line.starts_with("id = \"/")).unwrap();
    before.replace(id, &format!("{id}\nsubject = \"asked\"")) + after
}

#[test]
fn a_record_without_a_subject_is_about_whom_was_asked_where_the_mapping_says_so() {
    for (shape, missing) in [
        (Shape::Paged, "/data/列表/0/主体类别: is missing"),
        (Shape::Cursor, "/items/0/subject/type: is missing"),
    ] {
        let running = crate::simulate(small(), shape, 2, &["no-subject"]);
        assert_eq!(reason(&open(&running.mapping())), missing);

        let registry = open(&about_whom_was_asked(&running.mapping()));
        let answers = ask(&registry, &[firm(1), person(2), firm(3)], &["wage-arrears"]);
        let found: Vec<_> = answers.iter().map(|a| (a.status, a.records.len())).collect();
        let answered = AnswerStatus::Answered;
        assert_eq!(found, [(answered, 3), (answered, 1), (answered, 0)], "{shape:?}");
        for (asked, answer) in [firm(1), person(2)].iter().zip(&answers) {
            for subject in answer.records.iter().map(|record| &record.subject) {
                assert_eq!((subject.kind, subject.scheme), (asked.kind, asked.scheme));
                assert_eq!(subject.identifier, asked.identifier);
            }
        }
        assert_eq!(answers[1].records[0].subject.kind, SubjectKind::Person);
    }
}

#[test]
fn one_record_about_two_who_were_asked_for_leaves_both_open() {
    let running = crate::simulate(small(), Shape::Paged, 10, &[]);
    let registry = open(&about_whom_was_asked(&running.mapping()));
    for answer in ask(&registry, &[firm(2), person(2)], &["wage-arrears"]) {
        let told = "source `platform`: record `platform/r4` came in two versions";
        assert_eq!(answer.reason.as_deref(), Some(told));
        assert!(answer.records.is_empty());
    }
}
