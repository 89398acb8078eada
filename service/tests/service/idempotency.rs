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
