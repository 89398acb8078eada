//! Faults: there is no decision, their kinds are distinguished, and the metrics count them.

use std::sync::Arc;

use serde_json::json;

use crate::support::registries::Broken;
use crate::support::{CLEAR, Office, application, line_of, problem};

#[test]
fn a_registry_that_is_down_is_a_fault_that_may_pass() {
    let service = Office::new(CLEAR).run_with("", Some(Arc::new(Broken::Down)));
    let answer = service.post("/v1/checks", &application(CLEAR));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("5"));
    let expected = json!({
        "type": "unavailable", "title": "no check was made: something is unavailable",
        "detail": "there is no decision, which does not mean that nothing was found; try again",
        "fault": "registry",
    });
    assert_eq!(problem(&answer), expected);
    assert_eq!(service.metric("mustcheck_faults_total{kind=\"registry\"}"), Some(1.0));
    // What it said is for the log, without the identifier that it quoted.
    let line = line_of(answer.header("x-request-id").unwrap());
    assert_eq!(line["fault"], "registry");
    assert!(
        line["detail"].as_str().unwrap().starts_with("the registry failed: no answer about 9131")
    );
}

#[test]
fn a_damaged_registry_is_a_fault_that_stays() {
    let service = Office::new(CLEAR).run_with("", Some(Arc::new(Broken::Content)));
    let answer = service.post("/v1/checks", &application(CLEAR));
    assert_eq!(answer.status, 500);
    assert_eq!(answer.header("retry-after"), None);
    assert_eq!(problem(&answer)["type"], "fault");
    assert_eq!(problem(&answer)["fault"], "registry");
}

#[test]
fn a_registry_that_panics_is_a_fault_and_the_service_lives() {
    let service = Office::new(CLEAR).run_with("", Some(Arc::new(Broken::Panics)));
    for _ in 0..3 {
        let answer = service.post("/v1/checks", &application(CLEAR));
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert_eq!(problem(&answer)["fault"], "registry");
    }
    assert_eq!(service.get("/healthz").json(), json!({ "status": "alive" }));
}

#[test]
fn readiness_says_whether_the_registry_answers() {
    let service = Office::new(CLEAR).run("");
    assert_eq!(service.get("/readyz").json(), json!({ "status": "ready", "policies": 1 }));
    drop(service);
    let service = Office::new(CLEAR).run_with("", Some(Arc::new(Broken::Down)));
    let answer = service.get("/readyz");
    assert_eq!(answer.status, 503);
    assert_eq!(problem(&answer)["detail"], "the registry does not answer");
    assert_eq!(problem(&answer)["type"], "not-ready");
}
