//! No identifier is in the log, a metric, a problem or a header (RAIL R13).

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::registries::Broken;
use crate::support::{CLEAR, Office, RESTRICTED, Request, application, logged};

/// Texts that could identify somebody in these tests.
const SECRETS: [&str; 8] = [
    "91310115MA1K3H5Q4N",
    "310104197106123355",
    "E12345678",
    "91310000MA1FL0001X",
    "310104197106123356",
    "沈国樑",
    "上海申禾建设工程有限公司",
    "张秘密",
];

/// Number of the first of [`SECRETS`], which a problem must not repeat even to their sender. A name
/// in the place of a code is quoted back, to its sender alone.
const IDENTIFIERS: usize = 5;

fn hold_none(text: &str, of: &str) {
    let quoted = if of == "a problem" { IDENTIFIERS } else { SECRETS.len() };
    for secret in &SECRETS[..quoted] {
        assert!(!text.contains(*secret), "`{secret}` stands in {of}");
    }
}

/// Requests that put identifiers wherever one can be put.
fn requests(token: &str) -> Vec<Request> {
    let mut requests = Vec::new();
    let sound = application(CLEAR);
    let mut bodies = vec![sound.clone()];
    for secret in SECRETS {
        for pointer in [
            "/id",
            "/matter",
            "/as_of",
            "/office/region",
            "/office/name",
            "/subjects/0/role",
            "/subjects/0/scheme",
            "/subjects/0/identifier",
            "/subjects/0/kind",
        ] {
            let mut changed = sound.clone();
            *changed.pointer_mut(pointer).unwrap() = secret.into();
            bodies.push(changed);
        }
        let mut unknown = sound.clone();
        unknown[secret] = json!(secret);
        bodies.push(unknown);
        bodies.push(json!(secret));
        bodies.push(json!({ "receipt": secret, "recorded_by": secret, secret: secret }));
        let get = |path: String| Request::get(&path.replace(|c: char| !c.is_ascii(), "-"));
        requests.push(get(format!("/v1/receipts/{secret}")).token(token));
        requests.push(get(format!("/{secret}")).token(token));
        requests.push(get(format!("/v1/policies?subject={secret}")).token(token));
        requests.push(Request::get("/v1/policies").token(secret));
        for name in [
            "X-Request-Id",
            "traceparent",
            "Idempotency-Key",
            "User-Agent",
            "Referer",
            "Accept",
            "Accept-Language",
            "Content-Type",
            "X-Forwarded-For",
        ] {
            let trace = format!("00-{secret}00000000000000-b7ad6b7169203331-01");
            let value = if name == "traceparent" { &trace } else { secret };
            let request = Request::post("/v1/checks").token(token).header(name, value);
            requests.push(request.json(&sound));
        }
    }
    for body in bodies {
        for path in ["/v1/checks", "/v1/lookups", "/v1/feedback"] {
            requests.push(Request::post(path).token(token).json(&body));
            let cut = body.to_string();
            let half = cut.char_indices().nth(cut.chars().count() / 2).map_or(0, |(at, _)| at);
            let request =
                Request::post(path).token(token).header("Content-Type", "application/json");
            requests.push(request.body(&cut.as_bytes()[..half]));
        }
    }
    requests
}

fn send_all(service: &crate::support::Running) -> usize {
    let mut bad = 0;
    for request in requests(&service.office.token) {
        let answer = service.send(request);
        for (name, value) in &answer.headers {
            hold_none(value, name);
        }
        if answer.status != 200 {
            bad += 1;
            let problem: Value = answer.json();
            hold_none(&problem.to_string(), "a problem");
        }
    }
    hold_none(&service.get("/metrics").text(), "the metrics");
    hold_none(&service.get("/v1/policies").text(), "the policies");
    bad
}

#[test]
fn nothing_but_a_body_names_anybody() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let service = office.run("[records]\nlog = \"log\"\nkeys = \"keys\"");
    assert!(send_all(&service) > 300);
    drop(service);
    for broken in [Broken::Down, Broken::Content, Broken::Panics] {
        let service = Office::new(CLEAR).run_with("", Some(Arc::new(broken)));
        let answer = service.post("/v1/checks", &application(CLEAR));
        hold_none(&answer.text(), "a fault");
    }
    let log = logged();
    assert!(log.lines().count() > 500, "the log was kept");
    hold_none(&log, "the log");
}

#[test]
fn a_line_of_the_log_says_what_was_done() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let service = office.run("[records]\nlog = \"log\"\nkeys = \"keys\"");
    let id = "0193e0c8-7f2d-7c4e-9a51-3b0f6d2c8e22";
    let request = Request::post("/v1/checks")
        .token(&service.office.token)
        .header("X-Request-Id", id)
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let answer = service.send(request.json(&application(RESTRICTED)));
    let line = crate::support::line_of(id);
    let expected = [
        ("request_id", json!(id)),
        ("trace_id", json!("0af7651916cd43dd8448eb211c80319c")),
        ("parent_id", json!("b7ad6b7169203331")),
        ("route", json!("/v1/checks")),
        ("caller", json!("tests")),
        ("matter", json!("tendering/government-procurement")),
        ("disposition", json!("restricted")),
        ("receipt", answer.json()["receipt"]["id"].clone()),
        ("status", json!(200)),
        ("level", json!("INFO")),
        ("message", json!("request")),
    ];
    for (name, value) in expected {
        assert_eq!(line[name], value, "{name}: {line}");
    }
    assert!(line["seconds"].as_f64().unwrap() > 0.0);
    let labels = "{matter=\"tendering/government-procurement\",disposition=\"restricted\"}";
    assert_eq!(service.metric(&format!("mustcheck_checks_total{labels}")), Some(1.0));
    let text = service.get("/metrics").text();
    for name in [
        "mustcheck_lookups_total{source=\"",
        "mustcheck_policy{",
        "mustcheck_log_entries 1",
        "mustcheck_request_duration_seconds_bucket{le=\"0.0001\",route=\"/v1/checks\"}",
        "mustcheck_requests_total{route=\"/v1/checks\",status=\"200\"} 1",
        "# EOF",
    ] {
        assert!(text.contains(name), "{name} in {text}");
    }
}
