//! The same request twice is one check and one receipt.

use std::sync::Arc;

use serde_json::json;

use crate::support::registries::{Broken, Held};
use crate::support::{CLEAR, Office, RECORDS, Request, application, case, problem, recording};

fn keyed(token: &str, key: &str) -> Request {
    let request = Request::post("/v1/checks").token(token).json(&application(CLEAR));
    request.header("Idempotency-Key", key)
}

#[test]
fn the_same_request_twice_is_one_receipt() {
    let service = recording(CLEAR);
    let first = service.send(keyed(&service.office.token, "GP-2026-0001/1"));
    let second = service.send(keyed(&service.office.token, "\"GP-2026-0001/1\""));
    assert_eq!((first.status, second.status), (200, 200), "{}", first.text());
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    let other = service.send(keyed(&service.office.token, "GP-2026-0001/2"));
    assert_ne!(first.json()["receipt"], other.json()["receipt"]);
    assert_eq!(other.json()["receipt"]["log_index"], 1, "two checks were made, and not three");
    assert_eq!(service.metric("mustcheck_log_entries"), Some(2.0));
}

#[test]
fn a_race_is_one_check() {
    let office = Office::new(CLEAR);
    office.keys();
    let registry = Held::new(&std::fs::read(case(CLEAR).join("registry.json")).unwrap());
    let service = office.run_with(RECORDS, Some(Arc::clone(&registry) as _));
    std::thread::scope(|scope| {
        let send = || service.send(keyed(&service.office.token, "race"));
        let first = scope.spawn(send);
        registry.wait_for(1);
        for _ in 0..8 {
            let answer = send();
            assert_eq!(answer.status, 409);
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert_eq!(problem(&answer)["type"], "in-progress");
        }
        registry.open();
        let first = first.join().unwrap();
        assert_eq!(first.status, 200);
        assert_eq!(send().body, first.body);
    });
    assert_eq!(service.metric("mustcheck_log_entries"), Some(1.0));
}

#[test]
fn a_key_is_for_one_body() {
    let service = Office::new(CLEAR).run("");
    assert_eq!(service.send(keyed(&service.office.token, "one")).status, 200);
    let mut other = application(CLEAR);
    other["id"] = "GP-2026-0002".into();
    let request = Request::post("/v1/checks").token(&service.office.token).json(&other);
    let answer = service.send(request.header("Idempotency-Key", "one"));
    assert_eq!(answer.status, 422);
    let expected = json!({
        "type": "idempotency-key-reused",
        "title": "the idempotency key was used for another request",
        "detail": "one key is for one request, to the byte",
    });
    assert_eq!(problem(&answer), expected);
}

#[test]
fn keys_are_each_callers_own() {
    let office = Office::new(CLEAR);
    let rules = "roles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]";
    let other = office.caller("other", rules);
    let service = office.run("");
    assert_eq!(service.send(keyed(&service.office.token, "one")).status, 200);
    let answer = service.send(keyed(&other, "one"));
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (200, None));
}

#[test]
fn a_request_that_failed_gives_its_key_back() {
    let office = Office::new(CLEAR);
    let service = office.run_with("", Some(Arc::new(Broken::Panics)));
    for _ in 0..2 {
        assert_eq!(service.send(keyed(&service.office.token, "one")).status, 503);
    }
    let mut bad = application(CLEAR);
    bad["matter"] = "tendering/nothing".into();
    let request = Request::post("/v1/checks").token(&service.office.token).json(&bad);
    let answer = service.send(request.header("Idempotency-Key", "one"));
    assert_eq!(problem(&answer)["type"], "invalid-application");
}

#[test]
fn a_key_has_a_form() {
    let service = Office::new(CLEAR).run("");
    let long = "k".repeat(256);
    for key in ["", "a b", "\"\"", "键", &long] {
        let answer = service.send(keyed(&service.office.token, key));
        assert_eq!(answer.status, 400, "{key}");
        assert_eq!(problem(&answer)["type"], "invalid-idempotency-key");
    }
    let twice = keyed(&service.office.token, "a").header("Idempotency-Key", "a");
    assert_eq!(service.send(twice).status, 400);
}

/// A caller with fewer permissions than before gets no answer from before.
#[test]
fn an_answer_is_given_again_to_whoever_may_still_have_it() {
    let office = Office::new(CLEAR);
    office.keys();
    let rules =
        "roles = [\"check\", \"feedback\"]\nmatters = [\"tendering/*\"]\nregions = [\"31\"]";
    let token = office.caller("narrowed", rules);
    let service = office.run(RECORDS);
    let ask = || service.send(keyed(&token, "one"));
    let first = ask();
    assert_eq!(first.status, 200, "{}", first.text());
    let receipt = first.json()["receipt"]["id"].as_str().unwrap().to_owned();
    let report = || {
        let feedback = json!({
            "receipt": receipt, "recorded_by": "window 3",
            "obligations": [{ "kind": "publication", "done_on": "2000-01-01" }],
        });
        let request = Request::post("/v1/feedback").token(&token).json(&feedback);
        service.send(request.header("Idempotency-Key", "two"))
    };
    // It does not fit, so nothing of it is kept; but its problem shows that the receipt may be
    // seen.
    assert_eq!(report().status, 422, "{}", report().text());
    for (from, to, place) in [
        ("\"tendering/*\"", "\"licensing/*\"", "matter"),
        ("\"licensing/*\"", "\"*\"", ""),
        ("\"31\"", "\"44\"", "office.region"),
    ] {
        service.office.change_callers(from, to);
        service.reloads.all();
        let answer = ask();
        if place.is_empty() {
            assert_eq!((answer.status, answer.body), (200, first.body.clone()));
            continue;
        }
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert_eq!(problem(&answer)["path"], place);
        assert_eq!(problem(&report())["type"], "unknown-receipt");
    }
}

/// A lookup that was not answered may be by now: the same request is checked again.
#[test]
fn what_was_undetermined_is_asked_again() {
    let office = Office::new(CLEAR);
    office.keys();
    let registry = std::fs::read_to_string(office.path("registry.json")).unwrap();
    office.write("registry.json", "{}");
    let service = office.run(RECORDS);
    let ask = || service.send(keyed(&service.office.token, "one"));
    for index in 0..2 {
        let answer = ask();
        assert_eq!(answer.json()["decision"]["disposition"], "undetermined");
        assert_eq!(answer.header("idempotency-replayed"), None);
        assert_eq!(answer.json()["receipt"]["log_index"], index);
    }
    service.office.write("registry.json", &registry);
    service.reloads.all();
    let answer = ask();
    assert_eq!(answer.json()["decision"]["disposition"], "clear");
    assert_eq!(answer.header("idempotency-replayed"), None);
    assert_eq!(ask().header("idempotency-replayed"), Some("true"));
}
