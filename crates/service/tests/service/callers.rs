//! Callers, and what each may do.

use serde_json::json;

use crate::support::{CLEAR, Office, Request, application, problem};

const ROUTES: [(&str, &str); 6] = [
    ("POST", "/v1/checks"),
    ("POST", "/v1/lookups"),
    ("POST", "/v1/feedback"),
    ("GET", "/v1/receipts/r00000000000000000000000000000000"),
    ("GET", "/v1/policies"),
    ("GET", "/metrics"),
];

#[test]
fn who_is_unknown_gets_nothing() {
    let service = Office::new(CLEAR).run("");
    for (method, path) in ROUTES {
        let request = Request::new(method, path).json(&application(CLEAR));
        let ways = [
            request.clone(),
            request.clone().token("mustcheck_of-nobody"),
            request.clone().header("Authorization", &service.office.token),
            request.clone().header("Authorization", "Basic dGVzdHM6dGVzdHM="),
            request.clone().token(&service.office.token).token(&service.office.token),
        ];
        for request in ways {
            let answer = service.send(request);
            assert_eq!(answer.status, 401, "{path}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            let expected = json!({
                "type": "unauthenticated", "title": "the caller is unknown",
                "detail": "give the token of a caller, or a caller's certificate",
            });
            assert_eq!(problem(&answer), expected);
        }
    }
}

#[test]
fn anybody_may_see_that_it_lives_and_how_to_call_it() {
    let service = Office::new(CLEAR).run("");
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(service.send(Request::get(path)).status, 200, "{path}");
    }
}

#[test]
fn a_caller_has_roles() {
    let office = Office::new(CLEAR);
    let none = office.caller("nothing", "roles = []\nmatters = [\"*\"]\nregions = [\"*\"]");
    let service = office.run("");
    let needs = ["check", "check", "feedback", "receipts"];
    for ((method, path), role) in ROUTES.into_iter().zip(needs) {
        let request = Request::new(method, path).token(&none).json(&application(CLEAR));
        let answer = service.send(request);
        assert_eq!(answer.status, 403, "{path}");
        let expected = json!({
            "type": "forbidden", "title": "the caller may not do this",
            "detail": format!("this asks for the role `{role}`"),
        });
        assert_eq!(problem(&answer), expected);
    }
    assert_eq!(service.send(Request::get("/v1/policies").token(&none)).status, 200);
    assert_eq!(service.send(Request::get("/metrics").token(&none)).status, 403);
}

#[test]
fn a_caller_has_matters_and_regions() {
    let office = Office::new(CLEAR);
    let role = "roles = [\"check\"]";
    let domain = office
        .caller("domain", &format!("{role}\nmatters = [\"tendering/*\"]\nregions = [\"31\"]"));
    let other = office.caller(
        "other",
        &format!("{role}\nmatters = [\"tendering/statutory-tender\"]\nregions = [\"*\"]"),
    );
    let elsewhere = office
        .caller("elsewhere", &format!("{role}\nmatters = [\"*\"]\nregions = [\"32\", \"310101\"]"));
    let service = office.run("");
    let check = |token: &str| {
        service.send(Request::post("/v1/checks").token(token).json(&application(CLEAR)))
    };
    assert_eq!(check(&domain).status, 200);
    let answer = check(&other);
    assert_eq!(answer.status, 403);
    let expected = json!({
        "type": "forbidden", "title": "the caller may not do this", "path": "matter",
        "detail": "the caller may not ask about this matter",
    });
    assert_eq!(problem(&answer), expected);
    let answer = check(&elsewhere);
    assert_eq!(answer.status, 403);
    assert_eq!(problem(&answer)["path"], "office.region");
    let lookups = Request::post("/v1/lookups").token(&elsewhere).json(&application(CLEAR));
    assert_eq!(service.send(lookups).status, 403);
}

#[test]
fn callers_are_read_again_and_a_bad_file_changes_nothing() {
    let service = Office::new(CLEAR).run("");
    let rules = "roles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]";
    let check = |token: &str| {
        service.send(Request::post("/v1/checks").token(token).json(&application(CLEAR))).status
    };
    let token = service.office.caller("late", rules);
    service.reloads.changed();
    assert_eq!(check(&token), 200);
    service.office.write_private("callers.toml", "[[callers]]\nnam = 1");
    service.reloads.changed();
    assert_eq!(check(&token), 200, "who could call still can");
    let failed = "mustcheck_reloads_total{what=\"callers\",result=\"failed\"}";
    assert_eq!(service.metric(failed), Some(1.0));
}

#[test]
fn a_caller_who_asks_too_often_waits() {
    let office = Office::new(CLEAR);
    let rules = "roles = []\nmatters = [\"*\"]\nregions = [\"*\"]\nrequests_per_second = 2";
    let slow = office.caller("slow", rules);
    let service = office.run("");
    let ask = || service.send(Request::get("/v1/policies").token(&slow));
    let answers: Vec<_> = (0..10).map(|_| ask()).collect();
    assert_eq!(answers[0].status, 200);
    let refused = answers.iter().find(|a| a.status != 200).expect("one is refused");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(problem(refused)["type"], "rate-limited");
    // What is open to strangers is open to it all the same, and costs it nothing.
    for _ in 0..10 {
        assert_eq!(service.send(Request::get("/healthz").token(&slow)).status, 200);
    }
    // Nobody else is slowed down, and the file's change gives no fresh allowance.
    assert_eq!(service.get("/v1/policies").status, 200);
    service.reloads.all();
    while ask().status == 200 {}
    service.reloads.all();
    assert_eq!(ask().status, 429);
}
