//! Retries, the circuit breaker, kept answers, and many questions at the same time.

use std::time::{Duration, Instant};

use mustcheck::model::AnswerStatus;
use mustcheck::{Ask, AsyncRegistry};
use mustcheck_platform::simulator::Shape;
use serde_json::json;

use crate::canned::{Canned, http, ok};
use crate::{
    about_firm, ask, file, firm, more, open, person, reason, record, simulate, small, uscc,
};

const QUICK: &str = "retries = { times = 2, first_milliseconds = 1, longest_milliseconds = 2 }";
const BODY: &str = r#"body = { code = "{identifier}" }"#;

#[test]
fn what_passes_is_asked_again_and_what_stays_is_not() {
    for fault in ["status=503#1-2", "down#1-2", "truncate#1-2", "throttle=0#1-2"] {
        let running = simulate(small(), Shape::Paged, 10, &[fault]);
        let registry = open(&more(&running.mapping(), QUICK));
        assert_eq!(about_firm(&registry).records.len(), 3, "{fault}");
        assert_eq!(running.simulator().asked(), 3, "{fault}");
    }
    for (fault, asked, told) in [
        ("status=503", 3, "it answers 503"),
        ("status=500", 1, "it answers 500"),
        ("status=401", 1, "it answers 401: it does not accept who asks"),
        ("redirect", 1, "it answers 302: it sends elsewhere, where nobody follows"),
        ("not-json", 1, "the answer is no JSON: expected value at line 1 column 1"),
        ("short-count", 2, "it says that there are 3 records, and gave 2"),
    ] {
        let running = simulate(small(), Shape::Paged, 10, &[fault]);
        let registry = open(&more(&running.mapping(), QUICK));
        assert_eq!(reason(&registry), told);
        assert_eq!(running.simulator().asked(), asked, "{fault}");
    }
}

#[test]
fn a_wait_that_outlasts_the_time_is_not_begun() {
    let running = simulate(small(), Shape::Paged, 10, &["throttle=60"]);
    let registry = open(&more(&running.mapping(), QUICK));
    let begun = Instant::now();
    assert_eq!(reason(&registry), "it answers 429 and asks to be left alone for 60s");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(running.simulator().asked(), 1);

    // A day in the past means no wait at all.
    let past = http("503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT", b"");
    let empty = json!({ "rows": [], "total": 0, "at": "2024-11-19" }).to_string();
    let canned = Canned::new(vec![past, ok(&empty)]);
    let registry = open(&canned.mapping(QUICK, BODY, ""));
    assert_eq!(about_firm(&registry).status, AnswerStatus::Answered);
    assert_eq!(canned.requests().len(), 2);
}

#[test]
fn a_source_that_is_slow_or_gone_is_told() {
    let running = simulate(small(), Shape::Paged, 10, &["slow=900"]);
    let said = "timeouts = { whole_milliseconds = 150 }\nretries = { times = 0 }";
    assert_eq!(reason(&open(&more(&running.mapping(), said))), "no answer within 150ms");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let canned = Canned::new(vec![ok("{}")]);
    let gone = canned
        .mapping(QUICK, BODY, "")
        .replace(&format!("127.0.0.1:{}", canned.port), &format!("127.0.0.1:{port}"));
    assert_eq!(reason(&open(&gone)), "no connection: Connection refused (os error 111)");
}

#[test]
fn the_slow_do_not_hold_up_the_others() {
    let records = [record("a", "r1", 1), record("b", "r2", 1)];
    let lists: &[&str] = &["wage-arrears"];
    let file = file(&[("a", lists), ("b", lists)], &records);
    let running = simulate(file, Shape::Paged, 10, &["b:slow=5000"]);
    let registry = open(&format!("time_seconds = 1\n{}", running.mapping()));
    let begun = Instant::now();
    let answers = ask(&registry, &[firm(1), person(1)], lists);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let told: Vec<_> =
        answers.iter().map(|a| (a.query, a.records.len(), a.reason.as_deref())).collect();
    let late = Some("source `b`: no answer within 1s");
    assert_eq!(told, [(0, 1, None), (0, 0, late), (1, 1, None), (1, 0, late)]);
}

#[test]
fn many_are_asked_at_the_same_time_and_each_once() {
    let running = simulate(small(), Shape::Paged, 10, &["slow=100"]);
    let said = "limits = { concurrency = 4 }";
    let registry = open(&more(&running.mapping(), said));
    let mut subjects: Vec<_> = (1..=8).map(firm).collect();
    subjects.push(firm(1));
    let begun = Instant::now();
    let answers = ask(&registry, &subjects, &["wage-arrears", "tax-serious"]);
    let took = begun.elapsed();
    assert_eq!(answers.len(), 18);
    assert_eq!(running.simulator().asked(), 8);
    assert!(took >= Duration::from_millis(200), "four at a time: {took:?}");
    assert!(took < Duration::from_millis(790), "at the same time: {took:?}");
}

#[test]
fn a_source_that_fails_again_and_again_is_left_alone() {
    let running = simulate(small(), Shape::Paged, 10, &["status=500#1-3"]);
    let said = "retries = { times = 0 }\n\
                breaker = { failures = 3, window_milliseconds = 60000, open_milliseconds = 200 }";
    let registry = open(&more(&running.mapping(), said));
    for _ in 0..3 {
        assert_eq!(reason(&registry), "it answers 500");
    }
    let told = "it is left alone for a while after failures, of which the last: it answers 500";
    assert_eq!(reason(&registry), told);
    assert_eq!(running.simulator().asked(), 3);
    std::thread::sleep(Duration::from_millis(250));
    assert_eq!(about_firm(&registry).records.len(), 3);
    assert_eq!(about_firm(&registry).records.len(), 3);
}

#[test]
fn a_status_about_one_question_leaves_the_source_open_to_others() {
    let left_alone = "it is left alone for a while after failures";
    let said = "retries = { times = 0 }\nbreaker = { failures = 5 }";
    for (status, is_left_alone) in [
        (204, false),
        (400, false),
        (404, false),
        (409, false),
        (413, false),
        (422, false),
        (401, true),
        (403, true),
        (407, true),
        (408, true),
        (429, true),
        (500, true),
        (503, true),
    ] {
        let running = simulate(small(), Shape::Paged, 10, &[&format!("status={status}#1-5")]);
        let registry = open(&more(&running.mapping(), said));
        for _ in 0..5 {
            assert!(reason(&registry).starts_with(&format!("it answers {status}")));
        }
        let answer = ask(&registry, &[firm(2)], &["wage-arrears"]).remove(0);
        assert_eq!(answer.records.len(), usize::from(!is_left_alone), "{status}");
        let told = answer.reason.unwrap_or_default();
        assert_eq!(told.contains(left_alone), is_left_alone, "{status}: {told}");
    }
    // A source that asks to be left alone is left alone, whatever the status.
    let wait = http("404 Not Found\r\nRetry-After: 60", b"");
    let canned = Canned::new(vec![wait]);
    let said = "retries = { times = 0 }\nbreaker = { failures = 1 }";
    let registry = open(&canned.mapping(said, BODY, ""));
    assert_eq!(reason(&registry), "it answers 404 and asks to be left alone for 60s");
    assert!(reason(&registry).starts_with(left_alone));
}

#[test]
fn an_answer_about_one_subject_that_cannot_be_read_leaves_the_source_open_to_others() {
    let running = simulate(small(), Shape::Paged, 10, &["missing-field"]);
    let said = "breaker = { failures = 1 }";
    let registry = open(&more(&running.mapping(), said));
    for _ in 0..3 {
        assert_eq!(reason(&registry), "/data/列表/2/列入日期: is missing");
    }
}

#[test]
fn what_is_kept_keeps_its_age_and_failures_are_not_kept() {
    let at = |at: &str| ok(&json!({ "rows": [], "total": 0, "at": at }).to_string());
    let failed = http("500 No", b"");
    let canned = Canned::new(vec![failed, at("2024-11-18"), at("2024-11-19")]);
    let said = "retries = { times = 0 }\ncache_seconds = 60";
    let registry = open(&canned.mapping(said, BODY, ""));
    assert_eq!(reason(&registry), "it answers 500");
    let first = about_firm(&registry);
    assert_eq!(first.source.as_ref().unwrap().as_of.to_string(), "2024-11-18T00:00:00+08:00");
    assert_eq!(about_firm(&registry), first);
    assert_eq!(canned.requests().len(), 2);
    // Another subject is another question.
    ask(&registry, &[firm(2)], &["wage-arrears"]);
    assert_eq!(canned.requests().len(), 3);

    let canned = Canned::new(vec![at("2024-11-18"), at("2024-11-19")]);
    let registry = open(&canned.mapping("retries = { times = 0 }", BODY, ""));
    about_firm(&registry);
    assert_ne!(about_firm(&registry), first, "without `cache_seconds` nothing is kept");
}

#[test]
fn it_answers_inside_any_runtime_and_outside_of_one() {
    let running = simulate(small(), Shape::Paged, 10, &[]);
    let registry = open(&running.mapping());
    let (subject, lists) = (firm(1), vec!["wage-arrears".to_owned()]);
    let asks = [Ask { query: 0, subject: &subject, as_of: crate::TODAY, lists: &lists }];
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let inside = runtime.block_on(AsyncRegistry::lookup(&registry, &asks)).unwrap();
    assert_eq!(inside, ask(&registry, &[firm(1)], &["wage-arrears"]));
    // Dropped inside of a runtime, where it must not wait.
    runtime.block_on(async { drop(registry) });
}

#[test]
fn a_record_that_comes_in_two_versions_leaves_both_open() {
    let row = |until: &str| {
        json!({ "rows": [{ "id": "1", "list": "W", "code": uscc(1), "from": "2023-03-01",
                           "until": until, "who": crate::resident(1) }],
                "total": 1, "at": "2024-11-19" })
        .to_string()
    };
    let canned = Canned::new(vec![ok(&row("2026-01-01")), ok(&row("2026-01-02"))]);
    let person = "\n[[source.record.persons]]\nidentifier = \"/who\"\n\
                  role = { constant = \"legal-representative\" }\n\
                  scheme = { constant = \"resident-id\" }\n";
    let registry = open(&(canned.mapping("limits = { concurrency = 1 }", BODY, "") + person));
    let answers = ask(&registry, &[firm(1), crate::person(1)], &["wage-arrears"]);
    for answer in answers {
        let told = "source `platform`: record `platform/1` came in two versions";
        assert_eq!(answer.reason.as_deref(), Some(told));
        assert!(answer.records.is_empty());
    }
}
