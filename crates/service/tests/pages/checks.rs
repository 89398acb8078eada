//! A check by the form: what the officer sees is what programs are answered.

use serde_json::Value;

use crate::support::{CLEAR, Office, RECORDS, RESTRICTED, application, logged, recording};
use crate::visitor::{Visitor, borrowed, fields_of, plain, restricted};

#[test]
fn the_page_shows_the_decision_that_programs_are_answered() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let page = visitor.check(RESTRICTED);
    let by_program = service.post("/v1/checks", &application(RESTRICTED)).json();
    let downloaded = visitor.post("/decisions/1/json", &[]);
    assert_eq!(
        downloaded.header("content-disposition"),
        Some("attachment; filename=\"decision.json\"")
    );
    let downloaded = downloaded.json();
    assert_eq!(downloaded["decision"], by_program["decision"]);
    assert_eq!(downloaded["component"], by_program["component"]);

    let text = plain(&page);
    let decision = &by_program["decision"];
    assert!(text.contains("restrictions apply"), "{text}");
    for measure in decision["measures"].as_array().unwrap() {
        assert!(text.contains(measure["text"]["en"].as_str().unwrap()), "{text}");
        for basis in measure["legal_basis"].as_array().unwrap() {
            let clause = basis["clause"].as_str().unwrap();
            let clause: Vec<&str> = clause.split_whitespace().collect();
            assert!(text.contains(&clause.join(" ")), "{clause:?} is not in {text}");
        }
        for record in measure["because"].as_array().unwrap() {
            assert!(text.contains(record.as_str().unwrap()), "{text}");
        }
    }
    for entry in decision["set_aside"].as_array().unwrap() {
        assert!(text.contains(entry["text"]["en"].as_str().unwrap()), "{text}");
    }
    for lookup in decision["lookups"].as_array().unwrap() {
        assert!(text.contains(lookup["subject"].as_str().unwrap()), "{text}");
    }
    let receipt = downloaded["receipt"]["id"].as_str().unwrap();
    assert!(text.contains(receipt), "{text}");
    let read = service.get(&format!("/v1/receipts/{receipt}")).json();
    assert_eq!(read["receipt"]["payload"]["disposition"], "restricted");
}

/// The form is as of today, and of an earlier day the page says when it was checked.
// RAIL R14
#[test]
fn an_officer_who_may_checks_as_of_an_earlier_day_and_sees_that() {
    let office = Office::new(RESTRICTED);
    office.keys();
    office.change_callers("\"check\"", "\"check\", \"backdate\"");
    let service = office.run(RECORDS);
    let visitor = Visitor::signed_in(&service);
    assert!(visitor.get("/").text().contains("value=\"2026-11-18\""));
    let made_on = "Made on 2026-11-18";
    for (as_of, shown) in [("2026-11-18", false), ("2026-11-14", true)] {
        let mut application = application(RESTRICTED);
        application["as_of"] = as_of.into();
        let fields = fields_of(&application);
        let answer = visitor.post("/", &borrowed(&fields));
        assert_eq!(answer.status, 303, "{}", plain(&answer));
        let location = answer.header("location").unwrap().to_owned();
        let text = plain(&visitor.get(&location));
        assert_eq!(text.contains(made_on), shown, "{text}");
        let downloaded = visitor.post(&format!("{location}/json"), &[]).json();
        let receipt = downloaded["receipt"]["id"].as_str().unwrap();
        let kept = service.get(&format!("/v1/receipts/{receipt}")).json();
        assert_eq!(kept["receipt"]["payload"]["case"]["made_on"], "2026-11-18");
        let text = plain(&visitor.follow("/receipts", &[("receipt", receipt)]));
        assert_eq!(text.contains(made_on), shown, "{text}");
    }
}

#[test]
fn the_notice_is_the_decisions_own_in_both_languages() {
    let service = restricted();
    let mut visitor = Visitor::signed_in(&service);
    visitor.check(RESTRICTED);
    let decision = visitor.post("/decisions/1/json", &[]).json();
    for language in ["zh", "en"] {
        visitor.language = language;
        let page = plain(&visitor.get("/decisions/1/notice"));
        let notice = decision["decision"]["notice"][language].as_str().unwrap();
        for line in notice.lines().filter(|line| !line.trim().is_empty()) {
            let line = line.trim().trim_start_matches(['　', '·', '-', ' ']);
            let line: Vec<&str> = line.split_whitespace().collect();
            assert!(page.contains(&line.join(" ")), "{line:?} is not in {page}");
        }
        assert!(page.contains(decision["receipt"]["id"].as_str().unwrap()));
    }
}

#[test]
fn a_source_that_does_not_answer_is_told_first_and_never_as_clear() {
    let service = recording("0086-source-unavailable");
    let visitor = Visitor::signed_in(&service);
    let page = visitor.check("0086-source-unavailable");
    let html = page.text();
    assert!(html.contains("class=\"finding undetermined\""), "{html}");
    assert!(!html.contains("class=\"finding clear\""));
    let text = plain(&page);
    assert!(text.contains("Not answered, which is not clear:"), "{text}");
}

#[test]
fn a_clear_application_is_told_clear() {
    let service = recording(CLEAR);
    let page = Visitor::signed_in(&service).check(CLEAR);
    assert!(page.text().contains("class=\"finding clear\""), "{}", plain(&page));
}

// RAIL R13
#[test]
fn no_identifier_stands_in_an_address_a_decision_or_the_log() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let page = visitor.check(RESTRICTED);
    let pages = [page, visitor.get("/decisions/1/notice"), visitor.get("/overdue")];
    visitor.follow("/receipts", &[("receipt", &receipt_of(&visitor))]);
    let pages: Vec<String> = pages.iter().map(|page| page.text()).collect();
    let addresses = visitor.addresses.borrow().join("\n");
    let logged = logged();
    for subject in application(RESTRICTED)["subjects"].as_array().unwrap() {
        let identifier = subject["identifier"].as_str().unwrap();
        let name = subject["name"].as_str().unwrap();
        assert!(!addresses.contains(identifier) && !logged.contains(identifier));
        assert!(!logged.contains(name));
        for page in &pages {
            assert!(!page.contains(identifier), "{page}");
        }
    }
    assert!(!addresses.contains(&receipt_of(&visitor)), "nor a receipt's number in an address");
}

/// The receipt of the first decision of a session.
fn receipt_of(visitor: &Visitor) -> String {
    let decision = visitor.post("/decisions/1/json", &[]).json();
    decision["receipt"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn one_session_does_not_see_what_another_checked() {
    let service = restricted();
    let (one, other) = (Visitor::signed_in(&service), Visitor::signed_in(&service));
    one.check(RESTRICTED);
    assert_eq!(other.get("/decisions/1").status, 404);
    assert_eq!(other.post("/decisions/1/json", &[]).status, 404);
}

#[test]
fn json_is_checked_as_the_form_is() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let json = application(RESTRICTED).to_string();
    let page = visitor.follow("/json", &[("json", &json), ("do", "check")]);
    assert!(page.text().contains("class=\"finding restricted\""), "{}", plain(&page));
    let by_form = visitor.check(RESTRICTED);
    let decisions = ["/decisions/1/json", "/decisions/2/json"]
        .map(|path| visitor.post(path, &[]).json()["decision"].clone());
    assert_eq!(decisions[0], decisions[1]);
    drop(by_form);
}

#[test]
fn a_caller_sees_the_matters_and_regions_that_it_may() {
    let service = restricted();
    let rules =
        "roles = [\"check\", \"receipts\"]\nmatters = [\"tendering/*\"]\nregions = [\"31\"]";
    let token = service.office.caller("window", rules);
    service.reloads.all();
    let visitor = Visitor::with_token(&service, &token);
    let form = visitor.get("/").text();
    assert!(form.contains("value=\"tendering/government-procurement\""));
    assert!(!form.contains("value=\"licensing/"), "other matters are not offered");

    let mut foreign = application(RESTRICTED);
    foreign["matter"] = Value::from("licensing/food-production");
    let refused = |fields| {
        let answer = visitor.post("/", &borrowed(&fields));
        assert_eq!(answer.status, 422, "{}", plain(&answer));
        plain(&answer)
    };
    let told = refused(fields_of(&foreign));
    assert!(told.contains("Your access does not reach this matter."), "{told}");
    let mut elsewhere = application(RESTRICTED);
    elsewhere["office"]["region"] = Value::from("370000");
    let told = refused(fields_of(&elsewhere));
    assert!(told.contains("Your access does not reach offices of this region."), "{told}");
    assert_eq!(service.get("/readyz").json()["log_entries"], 0, "nothing was checked");

    // A receipt of elsewhere is not shown either, and figures of everything are not for it.
    service.post("/v1/checks", &elsewhere);
    let receipt = service.post("/v1/checks", &elsewhere).json()["receipt"]["id"].clone();
    let answer = visitor.post("/receipts", &[("receipt", receipt.as_str().unwrap())]);
    assert_eq!(answer.status, 422, "{}", plain(&answer));
    assert!(plain(&answer).contains("The log has no receipt"), "{}", plain(&answer));
    assert_eq!(visitor.get("/statistics").status, 403);
    let overdue = plain(&visitor.get("/overdue"));
    assert!(overdue.contains("0 late, 0 open"), "{overdue}");
}
