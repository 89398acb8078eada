//! Statistics: goldens of one small log.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::office::{
    MEASURE, Office, applied, feedback_to, lookup, measure, not_applied, publication, receipt,
    restricted,
};

pub fn assert_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit/golden").join(name);
    if std::env::var_os("MUSTCHECK_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        golden == found,
        "tests/audit/golden/{name} is not what came out; if the change is meant: \
         MUSTCHECK_BLESS=1 cargo test --release --workspace --test audit\n{found}"
    );
}

/// Eight checks of October and November 2026: two offices, three matters, one that failed; feedback
/// in time, late, corrected and missing.
pub fn small() -> Office {
    let office = Office::new();
    let one = office.receipt(restricted("2026-10-09T09:00:00.000+08:00", "GP-2026-0001"));
    office.feedback(
        &one,
        "2026-10-12T10:30:00.000+08:00",
        json!({
            "measures": [applied(None)],
            "obligations": [{ "kind": "feedback", "to": "人力资源社会保障行政部门",
                              "done_on": "2026-10-12" }],
        }),
    );
    let two = office.receipt(restricted("2026-10-20T09:00:00.000+08:00", "GP-2026-0002"));
    let first = office.feedback(
        &two,
        "2026-10-20T15:00:00.000+08:00",
        json!({
            "measures": [applied(None)],
        }),
    );
    office.feedback(
        &two,
        "2026-10-22T15:00:00.000+08:00",
        json!({
            "measures": [not_applied("record-repaired", Some(&first))],
        }),
    );
    office.receipt(restricted("2026-10-21T09:00:00.000+08:00", "GP-2026-0003"));
    office.failure("2026-10-21T09:05:00.000+08:00", "registry");
    let unanswered = office.receipt(receipt(
        "2026-11-02T09:00:00.000+08:00",
        "GP-2026-0004",
        json!({
            "lookups": [
                lookup("wage-arrears", "stale", Some("platform"), 0),
                lookup("judgment-defaulters", "unavailable", Some("court"), 0),
                lookup("integrity-models", "not-covered", None, 0),
            ],
            "disposition": "undetermined", "disposition_rule": "unanswered-lookup",
        }),
    ));
    let mut licence = receipt(
        "2026-11-03T09:00:00.000+08:00",
        "XK-2026-0005",
        json!({
            "lookups": [lookup("wage-arrears", "answered", Some("platform"), 2)],
            "records": { "found": 2, "disputed": 1, "standings": [
                { "standing": "repaired", "count": 1 }, { "standing": "suspended", "count": 1 } ] },
            "disposition": "facilitated", "disposition_rule": "incentive",
            "measures": [measure("guofa-33-4-green-channel", "incentive", 0)],
            "obligations": [publication("2026-11-12"), feedback_to("税务机关", "tax authorities")],
        }),
    );
    licence["case"]["matter"] = json!("licensing/food-production");
    licence["case"]["office"] = json!({ "name": "杭州市市场监督管理局", "region": "330100" });
    licence["measures"][0]["lists"] = json!(["integrity-models", "tax-class-a"]);
    let licence = office.receipt(licence);
    office.feedback(
        &licence,
        "2026-11-16T09:00:00.000+08:00",
        json!({
            "measures": [{ "measure": "guofa-33-4-green-channel", "subject_index": 0,
                           "outcome": { "not-applied": { "code": "not-wanted", "text": "" } } }],
            "obligations": [{ "kind": "publication", "to": "政府网站", "done_on": "2026-11-13" }],
        }),
    );
    let mut late = receipt(
        "2026-11-04T09:00:00.000+08:00",
        "XK-2026-0006",
        json!({
            "obligations": [publication("2026-11-13")],
        }),
    );
    late["case"]["matter"] = json!("licensing/food-production");
    office.receipt(late);
    office.receipt(receipt("2026-11-05T09:00:00.000+08:00", "GP-2026-0007", json!({})));
    // A report about a measure that the receipt does not have: counted nowhere, and reported.
    office.feedback(
        &unanswered,
        "2026-11-06T09:00:00.000+08:00",
        json!({
            "measures": [{ "measure": MEASURE, "subject_index": 0, "outcome": "applied" }],
        }),
    );
    office
}

fn shown(office: &Office, rest: &[&str]) -> String {
    let line = ["audit", "report", "--audit", "log", "--as-of", "2026-11-20"];
    let run = office.folder.run(&[&line[..], rest].concat());
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

#[test]
fn the_statistics_of_a_small_log() {
    let office = small();
    assert_golden("report.en.txt", &shown(&office, &[]));
    assert_golden("report.zh.txt", &shown(&office, &["--lang", "zh"]));
    assert_golden("report.json", &shown(&office, &["--format", "json"]));
    assert_golden("report.office.csv", &shown(&office, &["--by", "office", "--format", "csv"]));
    for by in ["list", "measure", "month", "source"] {
        assert_golden(&format!("report.{by}.txt"), &shown(&office, &["--by", by]));
    }
}

/// Three checks of one day: as of that day, as of the day before, which needs no right, and as of a
/// month before. Only the first two say nothing of the day on which they were made.
fn backdated() -> Office {
    let office = Office::new();
    for (case, as_of) in [("1", "2026-11-20"), ("2", "2026-11-19"), ("3", "2026-10-20")] {
        let mut made = restricted("2026-11-20T00:00:01.000+08:00", &format!("GP-2026-000{case}"));
        made["case"]["as_of"] = json!(as_of);
        if case == "3" {
            made["case"]["made_on"] = json!("2026-11-20");
        }
        office.receipt(made);
    }
    office
}

// RAIL R14
#[test]
fn checks_as_of_an_earlier_day_are_counted_and_shown_as_such() {
    let office = backdated();
    let english = shown(&office, &[]);
    let told = "\nof those made, as of more than a day before the check 1\n";
    assert!(english.contains(told), "{english}");
    let table = |text: &str| {
        let (_, table) = text.split_once("\n\n").unwrap();
        table.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(table(&english)[0].contains("  as of an earlier day  "), "{english}");
    let row = &table(&english)[1];
    let figures: Vec<&str> =
        row.strip_prefix("Government procurement").unwrap().split_whitespace().collect();
    assert_eq!(figures[..4], ["3", "3", "1", "0"]);
    let chinese = shown(&office, &["--lang", "zh"]);
    assert!(chinese.contains("\n已查中按较早日期核查（基准日早于核查前一日）1\n"), "{chinese}");
    assert!(table(&chinese)[0].contains("按较早日期"), "{chinese}");
    let json = shown(&office, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["total"]["checks"]["backdated"], 1);
    assert_eq!(json["groups"][0]["figures"]["checks"]["backdated"], 1);
    for by in ["matter", "office", "month"] {
        let csv = shown(&office, &["--by", by, "--format", "csv"]);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let at = reader.headers().unwrap().iter().position(|h| h == "checks_backdated").unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!((rows.len(), &rows[0][at]), (1, "1"), "by {by}");
    }
    for (lang, term, note) in [
        (
            "en",
            "checks as of an earlier day",
            "As of an earlier day are the checks whose as-of day",
        ),
        ("zh", "按较早日期核查", "“按较早日期”指查询基准日早于核查前一日的核查"),
    ] {
        shown(&office, &["--html", "page.html", "--lang", lang]);
        let page = fs::read_to_string(office.folder.path("page.html")).unwrap();
        assert!(page.contains(&format!("<dt>{term}</dt><dd>1</dd>")), "{page}");
        assert!(page.contains(note), "{page}");
    }
    let run = office.folder.run(&["audit", "export", "--audit", "log", "--format", "json"]);
    let rows = run.json();
    let rows = rows["rows"].as_array().unwrap().iter();
    let rows =
        rows.map(|row| (row["as_of"].as_str().unwrap(), row["backdated"].as_bool().unwrap()));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [("2026-10-20", true), ("2026-11-19", false), ("2026-11-20", false)]
    );
}

#[test]
fn a_period_holds_both_its_days() {
    let office = small();
    let made = |from: &str, to: &str| {
        let json = shown(&office, &["--from", from, "--to", to, "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        (json["total"]["checks"]["made"].clone(), json["log"]["outside"].clone())
    };
    assert_eq!(made("2026-10-09", "2026-10-20"), (json!(2), json!(6)));
    assert_eq!(made("2026-11-03", "2026-11-04"), (json!(2), json!(6)));
    assert_eq!(made("2027-01-01", "2027-12-31"), (json!(0), json!(8)));
}

#[test]
fn what_is_reported_about_nothing_is_told_and_not_counted() {
    let office = small();
    let run = office.folder.run(&["audit", "report", "--audit", "log", "--as-of", "2026-11-20"]);
    assert_eq!(run.stderr, "1 report is about nothing that the log has, and is not counted\n");
}

#[test]
fn an_empty_log_has_no_figures() {
    let office = Office::new();
    assert_golden("report.empty.txt", &shown(&office, &[]));
}

#[test]
fn csv_is_for_tables() {
    let office = Office::new();
    let run = office.folder.run(&["audit", "overdue", "--audit", "log", "--format", "csv"]);
    assert_eq!(run.code, 2);
    let told = "error: `--format csv` is for `audit report` and `audit export`\n";
    assert!(run.stderr.starts_with(told), "{}", run.stderr);
}

/// A report as of a day, of a check and of feedback about it.
fn as_of(office: &Office, day: &str) -> serde_json::Value {
    let line = ["audit", "report", "--audit", "log", "--as-of", day, "--format", "json"];
    office.folder.run(&line).json()
}

#[test]
fn a_report_counts_what_was_known_on_its_day() {
    let office = Office::new();
    let check = office.receipt(restricted("2026-10-20T09:00:00.000+08:00", "GP-2026-0001"));
    let first = office.feedback(
        &check,
        "2026-10-20T15:00:00.000+08:00",
        json!({ "measures": [applied(None)] }),
    );
    let correction = not_applied("record-repaired", Some(&first));
    office.feedback(&check, "2026-10-22T15:00:00.000+08:00", json!({ "measures": [correction] }));
    let restrictions = |day: &str| as_of(&office, day)["total"]["measures"]["restrictions"].clone();
    for (day, unreported, applied, corrected) in
        [("2026-10-19", 1, 0, 0), ("2026-10-21", 0, 1, 0), ("2026-10-22", 0, 0, 1)]
    {
        let counted = restrictions(day);
        let found = ["unreported", "applied", "corrected"].map(|key| counted[key].clone());
        assert_eq!(found, [json!(unreported), json!(applied), json!(corrected)], "{day}");
    }
}

#[test]
fn a_report_about_nothing_dates_no_decision_and_is_one_for_each_measure() {
    let office = Office::new();
    let check = office.receipt(restricted("2026-10-20T09:00:00.000+08:00", "GP-2026-0001"));
    let stranger =
        json!({ "measure": "no-such-measure", "subject_index": 0, "outcome": "applied" });
    let strangers = json!({ "measures": [stranger, { "measure": "nor-this", "subject_index": 0,
                                                     "outcome": "applied" }] });
    office.feedback(&check, "2026-10-20T09:10:00.000+08:00", strangers.clone());
    assert_eq!(as_of(&office, "2026-11-20")["total"]["decision_time"]["cases"], 0);
    office.feedback(
        &check,
        "2026-10-20T10:00:00.000+08:00",
        json!({ "measures": [applied(None)] }),
    );
    let counted = as_of(&office, "2026-11-20");
    assert_eq!(counted["total"]["decision_time"]["median_minutes"], 60);
    assert_eq!(counted["log"]["strangers"], 2);
    // Two more, about a receipt that leaves nothing to be done.
    let clear = office.receipt(receipt("2026-10-21T09:00:00.000+08:00", "GP-2026-0002", json!({})));
    office.feedback(&clear, "2026-10-21T10:00:00.000+08:00", strangers);
    assert_eq!(as_of(&office, "2026-11-20")["log"]["strangers"], 4);
}
