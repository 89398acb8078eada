//! Decisions over HTTP.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mustcheck::{ApplicationExt as _, Date, Decision};
use serde_json::{Value, json, value::RawValue};

use crate::support::{
    CLEAR, Office, RESTRICTED, Request, Running, TODAY, application, case, problem, repository,
};

/// The decision as it is in an answer, byte for byte.
fn decision_of(body: &[u8]) -> String {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).unwrap();
    members["decision"].get().to_owned()
}

#[test]
fn a_check_is_answered_with_its_decision() {
    let service = Office::new(RESTRICTED).run("");
    let answer = service.post("/v1/checks", &application(RESTRICTED));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body = answer.json();
    assert_eq!(body["decision"]["disposition"], "restricted");
    assert_eq!(body.get("receipt"), None, "no records are kept");
    let component = body["component"].as_str().unwrap();
    assert_eq!(service.get("/v1/policies").json()["policies"][0]["component"], component);
}

/// Every golden case of the editions that are loaded comes out as the command line has it, on its
/// own day.
#[test]
fn decisions_are_those_of_the_golden_cases_byte_for_byte() {
    let editions =
        "[[policies]]\nedition = \"statutes\"\n[[policies]]\nedition = \"guofa-2016-33\"";
    let mut by_day: BTreeMap<Date, Vec<(PathBuf, Decision)>> = BTreeMap::new();
    for folder in std::fs::read_dir(repository().join("examples/cases")).unwrap() {
        let folder = folder.unwrap().path();
        let Ok(expected) = std::fs::read(folder.join("decision.json")) else { continue };
        let expected: Decision = serde_json::from_slice(&expected).unwrap();
        by_day.entry(expected.made_on).or_default().push((folder, expected));
    }
    let compared: usize = by_day.values().map(Vec::len).sum();
    assert!(compared > 180, "only {compared} cases");
    for (today, cases) in by_day {
        let mut office = Office::new(CLEAR);
        office.today = today;
        let service = office.run(editions);
        for (folder, expected) in cases {
            let registry = service.office.path("registry.json");
            std::fs::copy(folder.join("registry.json"), registry).unwrap();
            service.reloads.all();
            let body = std::fs::read(folder.join("application.json")).unwrap();
            let request = Request::post("/v1/checks")
                .token(&service.office.token)
                .header("Content-Type", "application/json")
                .body(&body);
            let answer = service.send(request);
            assert_eq!(answer.status, 200, "{}: {}", folder.display(), answer.text());
            let expected = serde_json::to_string(&expected).unwrap();
            assert_eq!(decision_of(&answer.body), expected, "{}", folder.display());
        }
    }
}

#[test]
fn undetermined_is_a_finding_and_not_clear() {
    let service = Office::new(CLEAR).run("");
    service.office.write("registry.json", "{}");
    service.reloads.all();
    let answer = service.post("/v1/checks", &application(CLEAR));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["decision"]["disposition"], "undetermined");
}

/// Papers come with a check of their own, in the language asked for; the decision is the same, and
/// there is no notice for a check on which nothing may be decided.
#[test]
fn papers_are_written_with_the_check_that_they_are_of() {
    let service = Office::new(RESTRICTED).run("");
    let application = application(RESTRICTED);
    let asked = |language: &str| json!({ "language": language, "application": application });
    let decision = service.post("/v1/checks", &application).json()["decision"].clone();
    for (language, title) in [("zh", "信用信息核查结果单"), ("en", "Credit check result sheet")]
    {
        let answer = service.post("/v1/papers", &asked(language));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body = answer.json();
        assert_eq!(body["check"]["decision"], decision);
        assert_eq!(body["sheet"]["title"], title);
        assert!(body["sheet"]["html"].as_str().unwrap().starts_with("<!DOCTYPE html>"));
        let reached: Vec<&Value> =
            body["notices"].as_array().unwrap().iter().map(|n| &n["subject_index"]).collect();
        let measures = decision["measures"].as_array().unwrap().iter();
        let mut of: Vec<&Value> = measures.map(|m| &m["target"]["subject_index"]).collect();
        of.sort_by_key(|index| index.as_u64());
        of.dedup();
        assert_eq!(reached, of);
        for subject in application["subjects"].as_array().unwrap() {
            let number = subject["identifier"].as_str().unwrap();
            let is_person = subject["kind"] == "person";
            assert!(!is_person || !answer.text().contains(number), "{}", answer.text());
        }
    }
    for (language, path) in [(json!("fr"), "-"), (json!(null), "-")] {
        let answer = service
            .post("/v1/papers", &json!({ "language": language, "application": application }));
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert_eq!(answer.json()["path"], path);
    }
    let mut bad = asked("zh");
    bad["application"]["matter"] = "weather".into();
    let answer = service.post("/v1/papers", &bad);
    assert_eq!((answer.status, &answer.json()["path"]), (422, &json!("matter")));
    bad["surplus"] = 1.into();
    assert_eq!(service.post("/v1/papers", &bad).status, 422);
    let undetermined = Office::new("0086-source-unavailable").run("");
    let asked = json!({ "language": "zh",
        "application": crate::support::application("0086-source-unavailable") });
    let body = undetermined.post("/v1/papers", &asked).json();
    assert_eq!(body["notices"], json!([]));
    assert!(body["sheet"]["text"].as_str().unwrap().contains("不得据此作出决定"), "{body}");
}

#[test]
fn due_lookups_are_listed_and_masked() {
    let service = Office::new(CLEAR).run("");
    let application = application(CLEAR);
    let answer = service.post("/v1/lookups", &application);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["application"], "GP-2026-0001");
    assert_eq!(body["policy"]["edition"], "statutes");
    let first = &body["lookups"][0];
    assert_eq!(first["role"], "applicant");
    assert_eq!(first["subject_index"], 0);
    let identifier = application["subjects"][0]["identifier"].as_str().unwrap();
    assert_eq!(first["subject"], identifier, "a firm's code is public");
    for person in application["subjects"].as_array().unwrap().iter().skip(1) {
        let number = person["identifier"].as_str().unwrap();
        assert_eq!(person["kind"], "person");
        assert!(!answer.text().contains(number), "{}", answer.text());
    }
    assert!(first["lists"].as_array().unwrap().contains(&json!("wage-arrears")));
    assert!(!body["rules"].as_array().unwrap().is_empty());
}

/// An application that cannot be evaluated is refused with its place, and is never "no measures".
#[test]
fn an_application_that_cannot_be_evaluated_is_refused_with_its_place() {
    let service = Office::new(CLEAR).run("");
    let sound = application(CLEAR);
    let with = |pointer: &str, value: Value| {
        let mut changed = sound.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    let refused = [
        (with("/matter", "tendering/nothing".into()), "matter"),
        (with("/subjects/0/identifier", "91310115MA1K3H5Q4M".into()), "subjects[0].identifier"),
        (with("/as_of", "2199-01-01".into()), "as_of"),
        (with("/as_of", "2026-02-30".into()), "as_of"),
        (with("/subjects/0/role", "king".into()), "subjects[0].role"),
        (with("/office/region", "310".into()), "office.region"),
    ];
    for (body, path) in refused {
        for route in ["/v1/checks", "/v1/lookups"] {
            let answer = service.post(route, &body);
            assert_eq!(answer.status, 422, "{path}: {}", answer.text());
            let problem = problem(&answer);
            assert_eq!(problem["type"], "invalid-application");
            assert_eq!(problem["path"], path, "{problem}");
            assert_eq!(problem["title"], "the application cannot be evaluated");
        }
    }
    let mut unknown = sound.clone();
    unknown["colour"] = "red".into();
    let answer = service.post("/v1/checks", &unknown);
    assert_eq!(problem(&answer)["path"], "colour");
    assert_eq!(service.metric("mustcheck_checks_total"), None, "none was a check");
}

#[test]
fn what_is_no_json_is_malformed() {
    let service = Office::new(CLEAR).run("");
    let bodies: [&[u8]; 12] = [
        b"",
        b"{",
        b"{]",
        b"\xff\xfe",
        b"[1,",
        b"nul",
        b"{\"id\" 1}",
        b"{\"id\":\"\\x\"}",
        b"01",
        b"{\"id\":\"a\"} x",
        b"{1:2}",
        b"\"\x01\"",
    ];
    for body in bodies {
        let request = Request::post("/v1/checks").token(&service.office.token);
        let answer = service.send(request.header("Content-Type", "application/json").body(body));
        let shown = String::from_utf8_lossy(body).into_owned();
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text());
        assert_eq!(problem(&answer)["type"], "malformed-request", "{shown}");
    }
}

/// The policy of the longest region that fits decides, and of these the one of the day.
#[test]
fn the_office_region_and_the_day_choose_the_policy() {
    let mut office = Office::new(CLEAR);
    let folder = repository().join("catalogue");
    let place = mustcheck::Policy::from_folder(&folder, "statutes", "shanghai").unwrap();
    std::fs::write(office.path("shanghai.wasm"), place.component()).unwrap();
    let policies = "[[policies]]\nedition = \"statutes\"\n[[policies]]\nedition = \
                    \"guofa-2016-33\"\n[[policies]]\nfile = \"shanghai.wasm\"\nregions = \
                    [\"31\"]";
    let overlay = |service: &Running, region: &str, as_of: &str| {
        let mut body = application(CLEAR);
        body["office"]["region"] = region.into();
        body["as_of"] = as_of.into();
        let answer = service.post("/v1/checks", &body);
        (answer.json()["decision"]["policy"].clone(), answer)
    };
    let service = office.clone().run(policies);
    assert_eq!(overlay(&service, "310000", "2026-11-18").0["overlay"], "shanghai");
    assert_eq!(overlay(&service, "320500", "2026-11-18").0["overlay"], "default");
    drop(service);
    office.today = Date { year: 2020, month: 12, day: 31 };
    let service = office.run(policies);
    assert_eq!(overlay(&service, "320500", "2020-12-31").0["edition"], "guofa-2016-33");
    // A place's policies decide alone: its edition begins later, and nobody else's law steps in.
    let (_, answer) = overlay(&service, "310000", "2020-12-31");
    assert_eq!(answer.status, 422, "{}", answer.text());
    assert_eq!(problem(&answer)["path"], "as_of");
}

/// A caller without the role checks as of today and yesterday, and the refusal names the role that
/// would let it go further back; a caller with it goes as far as the service allows.
// RAIL R14
#[test]
fn an_earlier_day_asks_for_a_role_and_has_a_limit() {
    let office = Office::new(RESTRICTED);
    let rights = "roles = [\"check\", \"backdate\"]\nmatters = [\"*\"]\nregions = [\"*\"]";
    let auditor = office.caller("auditor", rights);
    let service = office.run("[limits]\nas_of_days_back = 5");
    let asked = |token: &str, route: &str, as_of: &str, language: &str| {
        let mut body = application(RESTRICTED);
        body["as_of"] = as_of.into();
        let request = Request::post(route).token(token).json(&body);
        service.send(request.header("Accept-Language", language))
    };
    let usual = service.office.token.clone();
    let role = |day: &str| format!("`{day}` is before yesterday: it asks for role `backdate`");
    let limit = |day: &str| format!("`{day}` is too early: `as_of_days_back` of this service is 5");
    for route in ["/v1/checks", "/v1/lookups"] {
        for (token, day, told) in [
            (&usual, "2026-11-18", None),
            (&usual, "2026-11-17", None),
            (&usual, "2026-11-16", Some(role("2026-11-16"))),
            (&usual, "2020-01-02", Some(role("2020-01-02"))),
            (&auditor, "2026-11-18", None),
            (&auditor, "2026-11-16", None),
            (&auditor, "2026-11-13", None),
            (&auditor, "2026-11-12", Some(limit("2026-11-12"))),
        ] {
            let answer = asked(token, route, day, "en");
            let Some(told) = told else {
                assert_eq!(answer.status, 200, "{route} {day}: {}", answer.text());
                continue;
            };
            let expected = json!({
                "type": "invalid-application", "title": "the application cannot be evaluated",
                "detail": told, "path": "as_of",
            });
            assert_eq!((answer.status, problem(&answer)), (422, expected), "{route} {day}");
        }
    }
    let told = |token: &str, day| asked(token, "/v1/checks", day, "zh-CN").json()["detail"].clone();
    let expected = "“2026-11-16”早于昨天：须有“backdate”权限，才能按更早日期核查";
    assert_eq!(told(&usual, "2026-11-16"), expected);
    let expected = "“2026-11-12”过早：本服务最多可按5天以前的日期核查（`as_of_days_back`）";
    assert_eq!(told(&auditor, "2026-11-12"), expected);
    // Of the checks that were made, two were of an earlier day.
    assert_eq!(service.metric("mustcheck_backdated_checks_total"), Some(2.0));
}

/// An earlier as-of date does not hide what is in force today, and no request says what day it is.
// RAIL R14
#[test]
fn the_day_of_a_check_is_the_service_s() {
    let office = Office::new(RESTRICTED);
    office.change_callers("\"check\"", "\"check\", \"backdate\"");
    let mut registry: Value =
        serde_json::from_slice(&std::fs::read(office.path("registry.json")).unwrap()).unwrap();
    registry["records"][0]["valid_from"] = "2026-11-18".into();
    registry["sources"][0]["records_from"] = "2016-01-01".into();
    office.write("registry.json", &registry.to_string());
    let service = office.run("");
    for (as_of, disposition) in
        [("2026-11-18", "restricted"), ("2026-11-17", "review"), ("2026-11-12", "review")]
    {
        let mut body = application(RESTRICTED);
        body["as_of"] = as_of.into();
        let decision = service.post("/v1/checks", &body).json()["decision"].clone();
        assert_eq!(decision["disposition"], disposition, "{as_of}: {decision}");
        assert_eq!(decision["made_on"], "2026-11-18");
        body["made_on"] = as_of.into();
        let answer = service.post("/v1/checks", &body);
        assert_eq!((answer.status, &problem(&answer)["path"]), (422, &json!("made_on")));
    }
}

#[test]
fn a_region_without_a_policy_is_refused() {
    let service =
        Office::new(CLEAR).run("[[policies]]\nedition = \"statutes\"\nregions = [\"32\"]");
    let answer = service.post("/v1/checks", &application(CLEAR));
    assert_eq!(answer.status, 422);
    let expected = json!({
        "type": "invalid-application", "title": "the application cannot be evaluated",
        "detail": "no policy is loaded for `310000`", "path": "office.region",
    });
    assert_eq!(problem(&answer), expected);
}

/// Golden cases are compared with the gate itself, so that both ways cannot be wrong alike.
#[test]
fn the_service_says_what_the_gate_says() {
    let service = Office::new(RESTRICTED).run("");
    let gate = mustcheck::Gate::builder()
        .policy(mustcheck::Policy::embedded_edition("statutes").unwrap())
        .registry(mustcheck::JsonRegistry::open(case(RESTRICTED).join("registry.json")).unwrap())
        .today(TODAY)
        .build()
        .unwrap();
    let json = application(RESTRICTED).to_string();
    let application = mustcheck::Application::from_json(json.as_bytes()).unwrap();
    let expected = serde_json::to_string(gate.check(&application).unwrap().decision()).unwrap();
    let answer = service.post("/v1/checks", &serde_json::from_str(&json).unwrap());
    assert_eq!(decision_of(&answer.body), expected);
}
