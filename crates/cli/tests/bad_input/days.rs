//! Days that no policy decides, and sources that are too old.

use serde_json::{Value, json};

use crate::support::{Folder, application, record, registry, with};

const CHECK: [&str; 4] = ["check", "application.json", "--registry", "registry.json"];

fn as_of(day: &str) -> Value {
    with(&application(), "/as_of", day)
}

fn batch(folder: &Folder, applications: &[Value], registry: &Value) -> Vec<Value> {
    folder.write_lines("applications.jsonl", applications);
    folder.write("registry.json", registry);
    folder.run(&["batch", "applications.jsonl", "--registry", "registry.json"]).rows()
}

/// Decides the application, each time on its own day.
fn each_day(days: &[&'static str], registry: &Value) -> Vec<Value> {
    let folder = Folder::new();
    let one = |day: &&'static str| batch(folder.on(day), &[as_of(day)], registry).remove(0);
    days.iter().map(one).collect()
}

fn error(detail: &str) -> Value {
    json!({ "kind": "application", "path": "as_of", "detail": detail })
}

const BACKDATED: &str = "today is `2026-11-20`, and a check as of a day before yesterday needs the \
                         right to it; `--backdated` gives it, and `mustcheck explain` shows a case \
                         by its own day";

// RAIL R14
#[test]
fn as_of_today_and_yesterday_and_no_other_day_without_a_right() {
    let days = ["2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18", "2016-05-29"];
    let rows = batch(&Folder::new(), &days.map(as_of), &registry(&[]));
    assert_eq!(rows[0]["error"], error("`2026-11-21` is in the future: today is `2026-11-20`"));
    for row in &rows[1..3] {
        assert_eq!(row["decision"]["disposition"], "clear", "{row}");
        assert_eq!(row["decision"]["made_on"], "2026-11-20");
    }
    for (row, day) in rows[3..].iter().zip(&days[3..]) {
        assert_eq!(row["error"], error(&format!("`{day}` is an earlier day: {BACKDATED}")));
        assert!(row.get("decision").is_none());
    }
}

// RAIL R14
#[test]
fn an_earlier_day_is_checked_by_who_takes_the_right_and_is_at_best_for_review() {
    let folder = Folder::new();
    folder.write_lines("applications.jsonl", &["2026-11-18", "2026-11-17"].map(as_of));
    folder.write("registry.json", &registry(&[]));
    let batch = ["batch", "applications.jsonl", "--registry", "registry.json"];
    for (option, checked) in [("--backdated", 2), ("--backdated=3", 2), ("--backdated=2", 1)] {
        let rows = folder.run(&[&batch[..], &[option]].concat()).rows();
        for row in &rows[..checked] {
            let decision = &row["decision"];
            assert_eq!(decision["disposition"], "review", "{option}: {row}");
            assert_eq!(decision["disposition_rule"], "earlier-day");
            assert_eq!(decision["made_on"], "2026-11-20");
        }
        for row in &rows[checked..] {
            let told = "`2026-11-17` lies 3 days before `2026-11-20`, more than the 2 allowed";
            assert_eq!(row["error"], error(told), "{option}");
        }
    }
    folder.write("application.json", &as_of("2026-11-18"));
    let run = folder.run(&[&CHECK[..], &["--backdated", "--lang", "en"]].concat());
    assert_eq!(run.told(), (10, ""));
    let sheet = run.stdout.split("\n\n").nth(1).unwrap();
    let first = "This check was made on 2026-11-20 as of the earlier day 2026-11-18; ";
    assert!(sheet.starts_with(first), "{sheet}");
    let run = folder.run(&["lookups", "application.json"]);
    let told = format!("error: as_of: `2026-11-18` is an earlier day: {BACKDATED}\n");
    assert_eq!(run.told(), (3, &*told));
    assert_eq!(folder.run(&["lookups", "application.json", "--backdated"]).told(), (0, ""));
    for wrong in ["--backdated=0", "--backdated=-1", "--backdated=x", "--backdated=70000"] {
        assert_eq!(folder.run(&[&CHECK[..], &[wrong]].concat()).code, 2, "{wrong}");
    }
}

/// A firm that is on the list today is not clear as of a day before it came on it.
// RAIL R14
#[test]
fn what_is_in_force_today_is_never_hidden_by_an_earlier_day() {
    let folder = Folder::new();
    let listed = with(&record("r1", 1), "/valid_from", "2026-11-20");
    folder.write("registry.json", &registry(&[listed]));
    for (day, options, rule) in [
        ("2026-11-19", &[][..], "earlier-day"),
        ("2026-11-18", &["--backdated"], "earlier-day"),
        ("2026-11-20", &[], "mandatory-restriction"),
    ] {
        folder.write("application.json", &as_of(day));
        let run = folder.run(&[&CHECK[..], options, &["--format", "json"]].concat());
        let decision = run.json();
        assert_eq!(decision["disposition_rule"], rule, "{day}: {}", run.stderr);
        let today = &decision["records"][0]["standing_today"];
        let expected = if day == "2026-11-20" { Value::Null } else { json!("in-force") };
        assert_eq!(*today, expected, "{day}");
    }
}

// RAIL R14
#[test]
fn a_case_is_shown_by_its_own_day_and_that_is_no_check() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[record("r1", 1)]));
    folder.write("application.json", &application());
    let check = folder.run(&[&CHECK[..], &["--lang", "en"]].concat());
    assert_eq!(check.code, 11);
    let explain = ["explain", "application.json", "--registry", "registry.json"];
    folder.on("2031-01-01");
    for (lang, first) in [
        (
            "en",
            "no check: shown by the case's own day, 2026-11-20; not recorded, nothing to decide on",
        ),
        ("zh", "不是核查：按案件自身的日期（2026-11-20）展示，不留存，不得据以作出决定"),
    ] {
        let run = folder.run(&[&explain[..], &["--lang", lang]].concat());
        assert_eq!(run.told(), (0, ""));
        let shown = run.stdout.strip_prefix(&format!("{first}\n\n"));
        assert!(shown.is_some_and(|shown| lang == "zh" || shown == check.stdout), "{}", run.stdout);
    }
    let shown = folder.run(&[&explain[..], &["--format", "json", "--lang", "en"]].concat()).json();
    assert!(shown["no_check"].as_str().unwrap().starts_with("no check: "));
    assert_eq!(shown["decision"]["disposition"], "restricted");
    assert_eq!(shown["disposition"], Value::Null);
    // It takes no option that puts a check on record.
    assert_eq!(folder.run(&[&explain[..], &["--audit", "log"]].concat()).code, 2);
    assert_eq!(folder.run(&[&explain[..], &["--backdated"]].concat()).code, 2);
}

#[test]
fn the_edition_in_force_on_the_day_of_the_check_decides() {
    let days = ["2016-05-30", "2020-12-31", "2021-01-01"];
    let rows =
        each_day(&days, &with(&registry(&[]), "/sources/0/as_of", "2016-05-30T00:00:00+08:00"));
    let edition = |row: &Value| row["decision"]["policy"]["edition"].clone();
    assert_eq!(edition(&rows[0]), "guofa-2016-33");
    assert_eq!(edition(&rows[1]), "guofa-2016-33");
    assert_eq!(edition(&rows[2]), "statutes");
    let early = with(&registry(&[]), "/sources/0/as_of", "2016-05-29T00:00:00+08:00");
    let rows = each_day(&["2016-05-29"], &early);
    let told = json!({ "kind": "input", "detail": "no edition decides as of `2016-05-29`: the first \
                                                   begins on `2016-05-30`" });
    assert_eq!(rows[0]["error"], told);
}

#[test]
fn an_edition_that_is_named_decides_only_its_days() {
    let folder = Folder::new();
    folder.write("application.json", &as_of("2020-12-31"));
    let early = with(&registry(&[]), "/sources/0/as_of", "2020-12-30T20:00:00+08:00");
    folder.write("registry.json", &early);
    folder.on("2020-12-31");
    let run = folder.run(&[&CHECK[..], &["--edition", "statutes", "--format", "json"]].concat());
    let detail = "`2020-12-31` is outside edition `statutes`, which decides from `2021-01-01` to \
                  no end";
    assert_eq!(run.told(), (3, &*format!("error: as_of: {detail}\n")));
    assert_eq!(run.json()["error"], error(detail));
    let run = folder.run(&[&CHECK[..], &["--edition", "2016"]].concat());
    let message = "error: `2016` is no embedded edition; there are `guofa-2016-33`, `statutes`\n";
    assert_eq!(run.told(), (3, message));
}

fn statuses(row: &Value) -> Vec<String> {
    let lookups = row["decision"]["lookups"].as_array().unwrap().iter();
    let mut all: Vec<String> = lookups.map(|l| l["status"].as_str().unwrap().to_owned()).collect();
    all.dedup();
    all
}

#[test]
fn a_source_is_fresh_for_seven_days_of_the_clock() {
    let registry =
        with(&registry(&[record("r1", 1)]), "/sources/0/as_of", "2026-11-01T23:59:59+08:00");
    let rows = each_day(&["2026-11-02", "2026-11-08", "2026-11-09"], &registry);
    for row in &rows[..2] {
        assert_eq!(statuses(row), ["answered"]);
        assert_eq!(row["decision"]["disposition"], "restricted");
    }
    // On the eighth day it neither restricts nor clears.
    assert_eq!(statuses(&rows[2]), ["stale"]);
    assert_eq!(rows[2]["decision"]["disposition"], "undetermined");
    assert_eq!(rows[2]["decision"]["measures"], json!([]));
    // And an earlier as-of date does not make it young again.
    let folder = Folder::new();
    let row = batch(folder.on("2026-11-09"), &[as_of("2026-11-08")], &registry).remove(0);
    assert_eq!(statuses(&row), ["stale"]);
    assert_eq!(row["decision"]["disposition"], "undetermined");
}

#[test]
fn the_age_of_a_source_is_counted_in_china_standard_time() {
    // In China this is the first second of 2 November.
    let late = with(&registry(&[]), "/sources/0/as_of", "2026-11-01T16:00:00Z");
    let rows = each_day(&["2026-11-09", "2026-11-10"], &late);
    let disposition = |row: &Value| row["decision"]["disposition"].clone();
    assert_eq!(disposition(&rows[0]), "clear");
    assert_eq!(disposition(&rows[1]), "undetermined");
    assert_eq!(rows[0]["decision"]["lookups"][0]["source_as_of"], "2026-11-02T00:00:00+08:00");
}

#[test]
fn a_source_that_is_down_leaves_the_check_undetermined_and_a_restriction_standing() {
    let folder = Folder::new();
    let mut down = crate::support::source("down");
    down["covers"] = json!(["tax-serious"]);
    down["unavailable"] = json!("maintenance until 08:00");
    let with_down = |records: &[Value]| {
        let covers: Vec<_> =
            crate::support::LISTS.into_iter().filter(|l| *l != "tax-serious").collect();
        let document = with(&registry(records), "/sources/0/covers", covers);
        with(&document, "/sources/+", down.clone())
    };
    for (records, disposition) in [(vec![], "undetermined"), (vec![record("r1", 1)], "restricted")]
    {
        let row = batch(&folder, &[application()], &with_down(&records)).remove(0);
        let decision = &row["decision"];
        assert_eq!(decision["disposition"], disposition);
        let lookups = decision["lookups"].as_array().unwrap();
        let tax = lookups.iter().find(|l| l["list"] == "tax-serious").unwrap();
        assert_eq!(tax["status"], "unavailable");
        assert_eq!(tax["reason"], "maintenance until 08:00");
    }
}
