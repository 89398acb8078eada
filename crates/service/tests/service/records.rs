//! Receipts and feedback.

use serde_json::{Value, json};

use crate::support::{
    CLEAR, Office, RECORDS, RESTRICTED, Request, Running, application, problem, recording,
};

fn office() -> Running {
    recording(RESTRICTED)
}

fn checked(service: &Running) -> (String, Value) {
    let answer = service.post("/v1/checks", &application(RESTRICTED));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    (body["receipt"]["id"].as_str().unwrap().to_owned(), body["decision"].clone())
}

fn applied(receipt: &str, decision: &Value) -> Value {
    let measure = &decision["measures"][0];
    json!({
        "receipt": receipt, "recorded_by": "window 3",
        "measures": [{ "measure": measure["measure"],
                       "subject_index": measure["target"]["subject_index"],
                       "outcome": "applied" }],
    })
}

#[test]
fn a_receipt_is_read_with_what_was_reported_about_it() {
    let service = office();
    let (first, decision) = checked(&service);
    let (second, _) = checked(&service);
    let answer = service.get(&format!("/v1/receipts/{first}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let receipt = answer.json();
    assert_eq!(receipt["id"], json!(first));
    assert_eq!(receipt["log_index"], 0);
    assert_eq!(receipt["feedback"], json!([]));
    assert_eq!(receipt["receipt"]["payload"]["disposition"], "restricted");
    // It is the log's own document: its signature holds under the public keys.
    let signed = mustcheck_evidence::Signed::<mustcheck_evidence::Receipt>::from_json(
        &mustcheck_evidence::canonical(&receipt["receipt"]).unwrap(),
    )
    .unwrap();
    assert_eq!(signed.id().to_string(), first);

    let feedback = service.post("/v1/feedback", &applied(&first, &decision));
    assert_eq!(feedback.status, 200, "{}", feedback.text());
    assert_eq!(feedback.json()["log_index"], 2);
    let receipt = service.get(&format!("/v1/receipts/{first}")).json();
    assert_eq!(receipt["feedback"][0]["id"], feedback.json()["id"]);
    assert_eq!(receipt["feedback"][0]["feedback"]["payload"], feedback.json()["feedback"]);
    let other = service.get(&format!("/v1/receipts/{second}")).json();
    assert_eq!((other["log_index"].clone(), other["feedback"].clone()), (json!(1), json!([])));
    let ready = service.get("/readyz").json();
    assert_eq!(ready, json!({ "status": "ready", "policies": 1, "log_entries": 3 }));
}

#[test]
fn feedback_that_does_not_fit_is_refused_with_its_place() {
    let service = office();
    let (receipt, decision) = checked(&service);
    let sound = applied(&receipt, &decision);
    let mut stranger = sound.clone();
    stranger["measures"][0]["measure"] = "no-such-measure".into();
    let mut named = sound.clone();
    named["recorded_by"] = "310104197106123355".into();
    let mut misshapen = sound.clone();
    misshapen["measures"][0]["outcome"] = "perhaps".into();
    for (body, path) in [
        (stranger, "measures[0].measure"),
        (named, "recorded_by"),
        (misshapen, "measures[0].outcome"),
    ] {
        let answer = service.post("/v1/feedback", &body);
        assert_eq!(answer.status, 422, "{}", answer.text());
        let problem = problem(&answer);
        assert_eq!(
            (&problem["type"], &problem["path"]),
            (&json!("invalid-feedback"), &json!(path))
        );
        assert!(!answer.text().contains("310104197106123355"));
    }
    // Twice is a correction, and says so.
    assert_eq!(service.post("/v1/feedback", &sound).status, 200);
    assert_eq!(problem(&service.post("/v1/feedback", &sound))["path"], "measures[0]");
    // With a key it is the same feedback.
    let mut second = sound.clone();
    second["measures"][0]["measure"] = decision["measures"][1]["measure"].clone();
    second["measures"][0]["subject_index"] =
        decision["measures"][1]["target"]["subject_index"].clone();
    let keyed = Request::post("/v1/feedback").token(&service.office.token).json(&second);
    let keyed = keyed.header("Idempotency-Key", "f1");
    let (first, again) = (service.send(keyed.clone()), service.send(keyed));
    assert_eq!((first.status, &first.body), (200, &again.body), "{}", first.text());
}

#[test]
fn an_unknown_receipt_is_not_found() {
    let service = office();
    let (receipt, decision) = checked(&service);
    let feedback_id = {
        let answer = service.post("/v1/feedback", &applied(&receipt, &decision));
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let nobody = "r00000000000000000000000000000000";
    let told = |id: &str| {
        let answer = service.get(&format!("/v1/receipts/{id}"));
        assert_eq!(answer.status, 404, "{id}");
        let problem = problem(&answer);
        assert_eq!(problem["type"], "unknown-receipt");
        problem["detail"].as_str().unwrap().to_owned()
    };
    assert_eq!(told(nobody), format!("the log has no receipt `{nobody}`"));
    assert_eq!(
        told(&feedback_id),
        format!("`{feedback_id}` is the id of a feedback; a receipt's begins with `r`")
    );
    for other in ["91310115MA1K3H5Q4N", "%ff", "r1", &receipt.to_uppercase()] {
        assert_eq!(told(other), "the log has no receipt of that id");
    }
    let answer = service.post("/v1/feedback", &applied(nobody, &decision));
    assert_eq!((answer.status, problem(&answer)["type"].clone()), (404, json!("unknown-receipt")));
}

#[test]
fn a_receipt_of_another_office_is_not_there() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let other = office.caller(
        "other",
        "roles = [\"receipts\", \"feedback\"]\nmatters = [\"*\"]\nregions = [\"32\"]",
    );
    let service = office.run(RECORDS);
    let (receipt, decision) = checked(&service);
    let read = Request::get(&format!("/v1/receipts/{receipt}")).token(&other);
    let report = Request::post("/v1/feedback").token(&other).json(&applied(&receipt, &decision));
    for request in [read, report] {
        let answer = service.send(request);
        assert_eq!(answer.status, 404);
        let expected = json!({
            "type": "unknown-receipt", "title": "there is no such receipt",
            "detail": format!("the log has no receipt `{receipt}`"),
        });
        assert_eq!(problem(&answer), expected);
    }
}

#[test]
fn without_a_log_there_are_no_receipts() {
    let service = Office::new(CLEAR).run("");
    let receipt = "r00000000000000000000000000000000";
    let feedback = json!({ "receipt": receipt, "recorded_by": "window 3" });
    for answer in
        [service.get(&format!("/v1/receipts/{receipt}")), service.post("/v1/feedback", &feedback)]
    {
        assert_eq!((answer.status, problem(&answer)["type"].clone()), (404, json!("no-records")));
    }
}

/// A log that cannot be written is a fault: there is no decision.
#[test]
fn what_cannot_be_recorded_is_not_decided() {
    let service = office();
    checked(&service);
    std::fs::remove_dir_all(service.office.path("log")).unwrap();
    let answer = service.post("/v1/checks", &application(RESTRICTED));
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(problem(&answer)["fault"], "record");
    assert_eq!(service.get("/readyz").status, 503);
    assert!(!answer.text().contains("disposition"));
}

#[test]
fn the_index_is_made_of_the_log_that_is_there() {
    let service = office();
    let (receipt, _) = checked(&service);
    let office = {
        let mut service = service;
        service.ended();
        let mut office = Office::new(RESTRICTED);
        std::mem::swap(&mut office, &mut service.office);
        office
    };
    let service = office.run(RECORDS);
    assert_eq!(service.get(&format!("/v1/receipts/{receipt}")).json()["log_index"], 0);
}

/// Records with an index that outlasts the service.
fn indexed() -> String {
    format!("{RECORDS}\nindex = \"log.index\"")
}

#[test]
fn receipts_are_found_after_a_start_without_reading_the_log_again() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let mut service = office.run(&indexed());
    let (receipt, decision) = checked(&service);
    assert_eq!(service.post("/v1/feedback", &applied(&receipt, &decision)).status, 200);
    let before = service.get(&format!("/v1/receipts/{receipt}")).json();
    assert_eq!(before["feedback"].as_array().unwrap().len(), 1);
    checked(&service);
    service.ended();
    let office = service.office.clone();
    let mut service = office.run(&indexed());
    assert_eq!(service.get(&format!("/v1/receipts/{receipt}")).json(), before);
    service.ended();

    // An index that points elsewhere does not show another case's receipt.
    let office = service.office.clone();
    let file = rusqlite::Connection::open(office.path("log.index")).unwrap();
    let change = "UPDATE receipt SET log_index = 2 WHERE log_index = 0";
    assert_eq!(file.execute(change, []).unwrap(), 1);
    drop(file);
    let mut service = office.run(&indexed());
    let answer = service.get(&format!("/v1/receipts/{receipt}"));
    assert_eq!(answer.status, 503, "{}", answer.text());
    service.ended();

    // Without it, it is made anew.
    let office = service.office.clone();
    std::fs::remove_file(office.path("log.index")).unwrap();
    let service = office.run(&indexed());
    assert_eq!(service.get(&format!("/v1/receipts/{receipt}")).json(), before);
}

/// The index is made even if nobody asks for a receipt.
#[test]
fn the_index_is_made_when_the_service_starts() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let mut service = office.run(RECORDS);
    for _ in 0..3 {
        checked(&service);
    }
    service.ended();
    let office = service.office.clone();
    let service = office.run(&indexed());
    let file = rusqlite::Connection::open(service.office.path("log.index")).unwrap();
    let read = || file.query_row("SELECT entries FROM state", [], |row| row.get::<_, i64>(0));
    while read().unwrap() < 3 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn an_index_that_is_something_else_keeps_the_service_from_starting() {
    let office = Office::new(RESTRICTED);
    office.keys();
    office.write("log.index", "not an index");
    let config = office.config(&indexed());
    let error = mustcheck_service::Service::builder(config).open().err().unwrap();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("log.index` is no index of a log"), "{error}: {why}");
    assert_eq!(std::fs::read_to_string(office.path("log.index")).unwrap(), "not an index");
}

/// Nobody is named in the log, however an office numbers its cases.
#[test]
fn a_case_number_that_names_somebody_names_nobody_in_the_log() {
    let office = Office::new(CLEAR);
    office.keys();
    // Without bundles, the log is all that there is.
    let service = office.run("[records]\nlog = \"log\"\nkeys = \"keys\"");
    let mut application = application(CLEAR);
    let person = application["subjects"][1].clone();
    let (name, number) = (person["name"].as_str().unwrap(), person["identifier"].as_str().unwrap());
    let spelled = format!("{} {}-{}", &number[..6], &number[6..14], &number[14..]);
    let id = format!("护照E12345678-电话13800138000-{name}-{spelled}-{}", number.to_lowercase());
    application["id"] = json!(id);
    application["office"]["name"] = json!(format!("某中心（{name}，{number}）"));
    let answer = service.post("/v1/checks", &application);
    assert_eq!(answer.status, 200, "{}", answer.text());
    // The sender gets it whole.
    assert_eq!(answer.json()["decision"]["application"], json!(id));
    let receipt = answer.json()["receipt"]["id"].as_str().unwrap().to_owned();
    let kept = service.get(&format!("/v1/receipts/{receipt}"));
    let case = kept.json()["receipt"]["payload"]["case"].clone();
    let [passport, phone, number] = ["E12345678", "13800138000", number].map(mustcheck::mask);
    assert_eq!(case["id"], json!(format!("护照{passport}-电话{phone}-**-{number}-{number}")));
    assert_eq!(case["office"]["name"], json!(format!("某中心（**，{number}）")));
}

/// Feedback that could name somebody in the log is refused.
#[test]
fn feedback_that_names_somebody_is_refused() {
    let service = office();
    let (receipt, decision) = checked(&service);
    for text in ["护照E12345678", "13800138000", "138-0013-8000", "310104 19710612 3355"] {
        let mut feedback = applied(&receipt, &decision);
        feedback["recorded_by"] = json!(format!("窗口（{text}）"));
        let answer = service.post("/v1/feedback", &feedback);
        assert_eq!(answer.status, 422, "{text}: {}", answer.text());
        let problem = problem(&answer);
        assert_eq!(problem["path"], "recorded_by");
        assert!(!problem["detail"].as_str().unwrap().contains(text), "{problem}");
    }
}
