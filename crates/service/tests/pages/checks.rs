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

/// The form is as of today; of a check as of an earlier day, the page says when it was made.
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
fn the_papers_are_those_of_the_decision_in_both_languages() {
    let service = restricted();
    let mut visitor = Visitor::signed_in(&service);
    visitor.check(RESTRICTED);
    let decision = visitor.post("/decisions/1/json", &[]).json();
    let name = application(RESTRICTED)["subjects"][0]["name"].as_str().unwrap().to_owned();
    for (language, sheet, notice) in [
        ("zh", "信用信息核查结果单", "信用核查告知书"),
        ("en", "Credit check result sheet", "Credit check notice"),
    ] {
        visitor.language = language;
        let shown = visitor.get("/decisions/1");
        assert!(shown.text().contains("/decisions/1/notices/0"), "{}", plain(&shown));
        for (path, title) in [("sheet", sheet), ("notices/0", notice)] {
            let page = plain(&visitor.get(&format!("/decisions/1/{path}")));
            assert!(page.contains(title) && page.contains(&name), "{page}");
            assert!(page.contains(decision["receipt"]["id"].as_str().unwrap()), "{page}");
            for measure in decision["decision"]["measures"].as_array().unwrap() {
                let clause = measure["legal_basis"][0]["clause"].as_str().unwrap();
                let is_own = path == "sheet" || measure["target"]["subject_index"] == 0;
                assert!(!is_own || page.contains(clause), "{page}");
            }
        }
    }
    // A subject that no measure reaches has no notice.
    assert_eq!(visitor.get("/decisions/1/notices/9").status, 404);
}

/// The page says what is open, whom to ask, and that nothing may be decided on it; there is no
/// notice to print.
#[test]
fn an_undetermined_check_says_what_to_do_and_offers_no_notice() {
    let service = recording("0086-source-unavailable");
    let mut visitor = Visitor::signed_in(&service);
    visitor.language = "zh";
    let page = visitor.check("0086-source-unavailable");
    let text = plain(&page);
    assert!(text.contains("不得据此作出决定"), "{text}");
    assert!(text.contains("可向何处查询") && text.contains("数据源未答复"), "{text}");
    assert!(!page.text().contains("/notices/"), "{text}");
    assert_eq!(visitor.get("/decisions/1/notices/0").status, 404);
    assert_eq!(visitor.get("/decisions/1/sheet").status, 200);
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
fn no_identifier_stands_in_an_address_or_the_log_and_no_person_s_number_on_a_page() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let page = visitor.check(RESTRICTED);
    let pages = [page, visitor.get("/decisions/1/notices/0"), visitor.get("/overdue")];
    visitor.follow("/receipts", &[("receipt", &receipt_of(&visitor))]);
    visitor.post("/receipts", &[("number", "GP-2026-0002")]);
    let pages: Vec<String> = pages.iter().map(|page| page.text()).collect();
    let addresses = visitor.addresses.borrow().join("\n");
    let logged = logged();
    for subject in application(RESTRICTED)["subjects"].as_array().unwrap() {
        let identifier = subject["identifier"].as_str().unwrap();
        let name = subject["name"].as_str().unwrap();
        assert!(!addresses.contains(identifier) && !logged.contains(identifier));
        assert!(!logged.contains(name));
        let is_person = subject["kind"] == "person";
        assert_eq!(pages[0].contains(identifier), !is_person, "{}", pages[0]);
        // The notice of the firm is about nobody else, and what is due later names nobody.
        assert_eq!(pages[1].contains(identifier), !is_person, "{}", pages[1]);
        assert!(!pages[2].contains(identifier), "{}", pages[2]);
    }
    // A receipt's number is a digest; the case number may be anything that an office writes.
    assert!(addresses.contains(&receipt_of(&visitor)));
    assert!(!addresses.contains(application(RESTRICTED)["id"].as_str().unwrap()));
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

    // A receipt of another region is not shown either, nor are figures of everything.
    service.post("/v1/checks", &elsewhere);
    let receipt = service.post("/v1/checks", &elsewhere).json()["receipt"]["id"].clone();
    let answer = visitor.post("/receipts", &[("receipt", receipt.as_str().unwrap())]);
    assert_eq!(answer.status, 422, "{}", plain(&answer));
    assert!(plain(&answer).contains("The log has no receipt"), "{}", plain(&answer));
    let text = plain(&visitor.get("/receipts"));
    assert!(text.contains("0 cases."), "{text}");
    let lasting = visitor.get(&format!("/receipts/{}", receipt.as_str().unwrap()));
    assert_eq!(lasting.status, 404, "{}", plain(&lasting));
    let overdue = plain(&visitor.get("/overdue"));
    assert!(overdue.contains("0 late, 0 open"), "{overdue}");
}
