//! Receipts, feedback, the overdue list, statistics.

use serde_json::Value;

use crate::support::{Office, RESTRICTED, Running, logged};
use crate::visitor::{Visitor, plain, restricted};

/// A visitor who looks at the receipt of a check that was just made, and its number.
fn at_receipt(service: &Running) -> (Visitor, String) {
    let visitor = Visitor::signed_in(service);
    visitor.check(RESTRICTED);
    let decision = visitor.post("/decisions/1/json", &[]).json();
    let receipt = decision["receipt"]["id"].as_str().unwrap().to_owned();
    let page = visitor.follow("/receipts", &[("receipt", &receipt)]);
    assert!(plain(&page).contains(&receipt), "{}", plain(&page));
    (visitor, receipt)
}

fn feedback_of(service: &Running, receipt: &str) -> Value {
    service.get(&format!("/v1/receipts/{receipt}")).json()["feedback"].clone()
}

#[test]
fn a_receipt_is_found_by_its_number_however_it_is_typed() {
    let service = restricted();
    let (visitor, receipt) = at_receipt(&service);
    for typed in [format!("  {receipt} "), receipt.to_uppercase()] {
        let page = visitor.follow("/receipts", &[("receipt", &typed)]);
        assert!(plain(&page).contains(&receipt), "{typed}");
    }
    let downloaded = visitor.post(&format!("/receipts/{receipt}/json"), &[]);
    let kept = service.get(&format!("/v1/receipts/{receipt}")).json()["receipt"].clone();
    assert_eq!(downloaded.json(), kept, "the signed receipt, to the letter");

    let nobody = format!("r{}", "0".repeat(32));
    for (typed, told) in [
        (nobody.as_str(), "The log has no receipt"),
        ("91310115MA1K3H5Q4N", "A receipt's number is `r` and 32 digits or letters from a to f."),
    ] {
        let answer = visitor.post("/receipts", &[("receipt", typed)]);
        assert_eq!(answer.status, 422, "{typed}");
        assert!(plain(&answer).contains(told), "{told:?} is not in {}", plain(&answer));
    }
}

#[test]
fn feedback_is_recorded_and_corrected_and_both_stay() {
    let service = restricted();
    let (visitor, receipt) = at_receipt(&service);
    let first = [
        ("recorded_by", "window 3"),
        ("measures[0].outcome", "not-applied"),
        ("measures[0].code", "other"),
        ("measures[0].text", "the tender was withdrawn"),
        ("do", "record"),
    ];
    let path = format!("/receipts/{receipt}/feedback");
    let page = visitor.follow(&path, &first);
    assert!(plain(&page).contains("The feedback is on record"), "{}", plain(&page));
    let kept = feedback_of(&service, &receipt);
    let measure = &kept[0]["feedback"]["payload"]["measures"][0];
    assert_eq!(measure["outcome"]["not-applied"]["text"], "the tender was withdrawn");
    assert_eq!(kept[0]["feedback"]["payload"]["recorded_by"], "window 3");

    // The page has what it replaces; the form sends that back.
    let replaces = kept[0]["id"].as_str().unwrap();
    assert!(page.text().contains(&format!("name=\"measures[0].replaces\" value=\"{replaces}\"")));
    let second = [
        ("recorded_by", "window 3"),
        ("measures[0].outcome", "applied"),
        ("measures[0].replaces", replaces),
        ("do", "record"),
    ];
    visitor.follow(&path, &second);
    let kept = feedback_of(&service, &receipt);
    assert_eq!(kept.as_array().unwrap().len(), 2);
    assert_eq!(kept[1]["feedback"]["payload"]["measures"][0]["outcome"], "applied");

    // An officer who saw the page before that does not undo it unknowingly.
    let stale = visitor.post(&path, &second);
    assert_eq!(stale.status, 422);
    assert!(plain(&stale).contains("What holds about"), "{}", plain(&stale));
    assert_eq!(feedback_of(&service, &receipt).as_array().unwrap().len(), 2);
}

/// The fields that are typed, the field where one is wrong, and the words about it.
type Misfit<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn feedback_that_does_not_fit_is_told_at_its_field_and_stays_typed() {
    let service = restricted();
    let (visitor, receipt) = at_receipt(&service);
    let applied = ("measures[0].outcome", "applied");
    let cases: [Misfit<'_>; 9] = [
        (&[applied], "recorded_by", "This is needed."),
        (&[("recorded_by", "w3")], "feedback", "Nothing is reported"),
        (
            &[("recorded_by", "310104197106123355"), applied],
            "recorded_by",
            "it may hold an identifier",
        ),
        (
            &[("recorded_by", "w3"), ("measures[0].outcome", "not-applied")],
            "measures-0-code",
            "Choose why it was not applied.",
        ),
        (
            &[
                ("recorded_by", "w3"),
                ("measures[0].outcome", "not-applied"),
                ("measures[0].code", "other"),
            ],
            "measures-0-text",
            "`other` asks for the reason in words",
        ),
        (
            &[("recorded_by", "w3"), ("measures[0].document", "2026-7")],
            "measures-0-outcome",
            "Say whether it was applied.",
        ),
        (
            &[("recorded_by", "w3"), applied, ("measures[0].decided_on", "2199-01-01")],
            "measures-0-decided_on",
            "is after today",
        ),
        (
            &[("recorded_by", "w3"), applied, ("measures[0].amount", "1,5")],
            "measures-0-amount",
            "Write the amount in yuan, with two decimals at most",
        ),
        (
            &[("recorded_by", "w3"), applied, ("measures[0].start", "tomorrow")],
            "measures-0-start",
            "Write the day as year-month-day",
        ),
    ];
    for (fields, place, told) in cases {
        let mut all = fields.to_vec();
        all.push(("do", "record"));
        let answer = visitor.post(&format!("/receipts/{receipt}/feedback"), &all);
        let text = plain(&answer);
        assert_eq!(answer.status, 422, "{fields:?}: {text}");
        assert!(text.to_lowercase().contains(&told.to_lowercase()), "{told:?} is not in {text}");
        let html = answer.text();
        assert!(html.contains(&format!("id=\"{place}-error\"")), "{place}: {html}");
        for (name, value) in fields.iter().filter(|(name, _)| !name.ends_with("outcome")) {
            assert!(html.contains(&format!("value=\"{value}\"")), "{name} is lost");
        }
    }
    assert_eq!(feedback_of(&service, &receipt), serde_json::json!([]));
}

#[test]
fn what_is_not_reported_is_listed_and_leads_to_its_receipt() {
    let service = restricted();
    let (visitor, receipt) = at_receipt(&service);
    let list = visitor.get("/overdue");
    let text = plain(&list);
    assert!(text.contains("0 late,"), "{text}");
    assert!(list.text().contains(&format!("href=\"/receipts/{receipt}\"")), "{text}");
    let list = visitor.post("/overdue", &[("as_of", "2027-06-01"), ("within", "5")]);
    let text = plain(&list);
    assert!(!text.contains("0 late,") && text.contains("GP-2026-0002"), "{text}");
    for (field, typed) in [("as_of", "soon"), ("within", "0"), ("within", "367"), ("within", "x")] {
        let mut fields = vec![("as_of", "2027-06-01"), ("within", "5")];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, typed));
        let answer = visitor.post("/overdue", &fields);
        assert_eq!(answer.status, 422, "{field} = {typed}");
        assert!(answer.text().contains(&format!("id=\"{field}-error\"")));
    }
}

#[test]
fn statistics_count_checks_and_what_was_done() {
    let service = restricted();
    let (visitor, _) = at_receipt(&service);
    service.post("/v1/checks", &crate::support::application(RESTRICTED));
    for by in ["matter", "office", "list", "measure", "month", "source"] {
        let page = visitor.post("/statistics", &[("by", by)]);
        assert_eq!(page.status, 200, "{by}: {}", plain(&page));
        let html = page.text();
        assert!(html.contains("<svg"), "{by}");
        assert!(plain(&page).contains("checks due 2"), "{}", plain(&page));
    }
    let page = visitor.post("/statistics", &[("from", "2027-01-01"), ("by", "matter")]);
    assert!(plain(&page).contains("checks due 0"), "{}", plain(&page));
    let page = visitor.post("/statistics", &[("from", "yesterday")]);
    assert_eq!(page.status, 422);
}

/// A damaged log is not counted: the officer learns that, and the operator learns where the damage
/// is.
#[test]
fn a_damaged_log_is_no_statistics_and_stands_in_the_services_log() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    // A bundle is a file of its own once it is full.
    for _ in 0..256 {
        service.post("/v1/checks", &crate::support::application(RESTRICTED));
    }
    let bundle = service.office.path("log/tile/entries/000");
    let mut entries = std::fs::read(&bundle).unwrap();
    let middle = entries.len() / 2;
    entries[middle] ^= 1;
    std::fs::write(&bundle, entries).unwrap();
    let page = visitor.post("/statistics", &[("by", "matter")]);
    assert_eq!(page.status, 503, "{}", plain(&page));
    assert!(!plain(&page).contains("checks due"), "{}", plain(&page));
    let logged = logged();
    let mut lines = logged.lines().filter(|line| line.contains("a page could not read the log"));
    let line: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(line["level"], "ERROR");
    assert!(line.to_string().contains("damaged"), "{line}");
    assert_eq!(lines.next(), None);
}

#[test]
fn a_service_without_records_says_so() {
    let service = Office::new(RESTRICTED).run("");
    let visitor = Visitor::signed_in(&service);
    let page = visitor.check(RESTRICTED);
    assert!(plain(&page).contains("This service keeps no records."), "{}", plain(&page));
    for path in ["/overdue", "/statistics"] {
        let answer = visitor.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(plain(&answer).contains("This service keeps no records."));
    }
    let nobody = format!("r{}", "0".repeat(32));
    assert_eq!(visitor.post("/receipts", &[("receipt", &nobody)]).status, 404);
}

#[test]
fn whoever_only_reads_receipts_neither_checks_nor_reports() {
    let service = restricted();
    let (_, receipt) = at_receipt(&service);
    let rules = "roles = [\"receipts\"]\nmatters = [\"*\"]\nregions = [\"*\"]";
    let token = service.office.caller("auditor", rules);
    service.reloads.all();
    let auditor = Visitor::with_token(&service, &token);
    assert_eq!(auditor.get("/").header("location"), Some("/receipts"));
    assert_eq!(auditor.get("/json").status, 403);
    let page = auditor.follow("/receipts", &[("receipt", &receipt)]);
    assert!(!page.text().contains("id=\"feedback\""), "no form for what is not allowed");
    let fields = [("recorded_by", "w"), ("measures[0].outcome", "applied"), ("do", "record")];
    let path = format!("/receipts/{receipt}");
    assert_eq!(auditor.post(&format!("{path}/feedback"), &fields).status, 403);
    // Papers name persons and firms: they are for whoever checks.
    assert!(!page.text().contains("/papers"), "no way to what is not allowed");
    for paper in ["papers", "papers/sheet", "papers/notice-0"] {
        assert_eq!(auditor.get(&format!("{path}/{paper}")).status, 403, "{paper}");
    }
    assert_eq!(feedback_of(&service, &receipt), serde_json::json!([]));
}
