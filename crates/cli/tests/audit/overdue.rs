//! Items that are not reported, and those of them that are late.

use mustcheck::WorkingCalendar;
use mustcheck_audit::overdue::{DueBy, Overdue, Question, overdue};
use serde_json::json;

use crate::office::{Office, applied, feedback_to, publication, receipt, restricted};

const LABOUR: &str = "人力资源社会保障行政部门";

fn listed(office: &Office, as_of: &str, within: Option<u16>) -> Overdue {
    let calendar = WorkingCalendar::embedded().unwrap();
    let question = Question { as_of: as_of.parse().unwrap(), within };
    overdue(&office.source(), &calendar, question, &|_| {}).unwrap()
}

/// A check of 30 September: National Day 2026 is off from 1 to 7 October, and 10 October is worked.
fn before_the_holidays() -> Office {
    let office = Office::new();
    let mut made = restricted("2026-09-30T16:00:00.000+08:00", "GP-2026-0001");
    made["obligations"] =
        json!([feedback_to(LABOUR, "labour departments"), publication("2026-10-15")]);
    office.receipt(made);
    office
}

#[test]
fn a_day_of_the_receipt_is_late_the_day_after() {
    let office = before_the_holidays();
    let on_the_day = listed(&office, "2026-10-15", None);
    assert_eq!((on_the_day.late, on_the_day.open), (0, 3));
    let after = listed(&office, "2026-10-16", None);
    assert_eq!((after.late, after.open), (1, 2));
    assert_eq!(after.items[0].days_late, Some(1));
    assert_eq!(after.items[0].due_by, DueBy::Receipt);
    // An item for which no legal text sets a day stays open, with its age, however long.
    let years = listed(&office, "2028-10-16", None);
    assert_eq!((years.late, years.open), (1, 2));
    assert_eq!(years.items[1].age_days, 747);
    assert_eq!(years.items[1].due_by, DueBy::None);
}

#[test]
fn working_days_of_the_office_leave_out_holidays() {
    let office = before_the_holidays();
    // 8, 9, the worked Saturday 10, and 12 October.
    let due = "2026-10-12".parse().ok();
    let on_the_day = listed(&office, "2026-10-12", Some(4));
    assert_eq!((on_the_day.late, on_the_day.open), (0, 3));
    let of_office: Vec<_> =
        on_the_day.items.iter().filter(|item| item.due_by == DueBy::Office).collect();
    assert_eq!(of_office.len(), 2);
    assert!(of_office.iter().all(|item| item.due_on == due));
    let after = listed(&office, "2026-10-13", Some(4));
    assert_eq!((after.late, after.open), (2, 1));
}

#[test]
fn a_year_without_holidays_gives_no_day() {
    let office = Office::new();
    office.receipt(restricted("2097-12-30T16:00:00.000+08:00", "GP-2097-0001"));
    let found = listed(&office, "2099-01-01", Some(5));
    assert_eq!((found.late, found.open), (0, 2));
    assert!(found.items.iter().all(|item| item.due_by == DueBy::Unpublished(2097)));
}

#[test]
fn what_is_reported_is_gone_from_the_day_of_the_report_on() {
    let office = Office::new();
    let id = office.receipt(restricted("2026-11-02T10:00:00.000+08:00", "GP-2026-0001"));
    office.feedback(
        &id,
        "2026-11-20T10:00:00.000+08:00",
        json!({
            "measures": [applied(None)],
            "obligations": [{ "kind": "feedback", "to": LABOUR, "done_on": "2026-11-19" }],
        }),
    );
    assert_eq!(listed(&office, "2026-11-19", Some(5)).late, 2);
    assert_eq!(listed(&office, "2026-11-20", Some(5)).items.len(), 0);
    // A check of a later day is not there yet.
    assert_eq!(listed(&office, "2026-11-01", Some(5)).items.len(), 0);
}

#[test]
fn an_empty_log_has_nothing_open() {
    let office = Office::new();
    let run = office.folder.run(&["audit", "overdue", "--audit", "log", "--as-of", "2026-11-25"]);
    assert_eq!((run.code, &*run.stdout), (0, "as of 2026-11-25: 0 late, 0 open\n"));
}

/// Three checks: one is late, one open, one has nothing to report.
fn three() -> Office {
    let office = before_the_holidays();
    let mut licence = receipt("2026-10-09T09:00:00.000+08:00", "XK-2026-0002", json!({}));
    licence["case"]["matter"] = json!("licensing/food-production");
    licence["obligations"] = json!([publication("2026-10-20")]);
    office.receipt(licence);
    office.receipt(receipt("2026-10-10T09:00:00.000+08:00", "GP-2026-0003", json!({})));
    office
}

#[test]
fn the_list_in_english() {
    let office = three();
    let run = office.folder.run(&["audit", "overdue", "--audit", "log", "--as-of", "2026-10-19"]);
    assert_eq!(run.code, 10);
    crate::report::assert_golden("overdue.en.txt", &run.stdout);
}

#[test]
fn the_list_in_chinese() {
    let office = three();
    let line = ["audit", "overdue", "--audit", "log", "--as-of", "2026-10-19", "--lang", "zh"];
    let run = office.folder.run(&[&line[..], &["--within", "3"]].concat());
    assert_eq!(run.code, 10);
    crate::report::assert_golden("overdue.zh.txt", &run.stdout);
}

#[test]
fn the_list_as_json() {
    let office = three();
    let line = ["audit", "overdue", "--audit", "log", "--as-of", "2026-10-19", "--format", "json"];
    crate::report::assert_golden("overdue.json", &office.folder.run(&line).stdout);
}
