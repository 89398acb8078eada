//! Days that no policy decides, and sources that are too old.

use mustcheck::{Date, Timestamp};
use serde_json::{Value, json};

use crate::support::{Folder, application, record, registry, with};

/// Today in China, as the program sees it.
fn today() -> Date {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_unix_seconds(i64::try_from(now.as_secs()).unwrap()).unwrap().date
}

fn as_of(day: &str) -> Value {
    with(&application(), "/as_of", day)
}

fn batch(folder: &Folder, applications: &[Value], registry: &Value) -> Vec<Value> {
    folder.write_lines("applications.jsonl", applications);
    folder.write("registry.json", registry);
    folder.run(&["batch", "applications.jsonl", "--registry", "registry.json"]).rows()
}

#[test]
fn a_day_before_the_first_edition_or_after_today_is_refused() {
    let folder = Folder::new();
    let days = ["2016-05-29", "2016-05-30", "2020-12-31", "2021-01-01", "2099-01-01"];
    let before = today();
    let rows = batch(&folder, &days.map(as_of), &registry(&[]));
    assert_eq!(
        rows[0]["error"],
        json!({ "kind": "input", "detail": "no edition decides as of `2016-05-29`: the first \
                                            begins on `2016-05-30`" })
    );
    let edition = |row: &Value| row["decision"]["policy"]["edition"].clone();
    assert_eq!(edition(&rows[1]), "guofa-2016-33");
    assert_eq!(edition(&rows[2]), "guofa-2016-33");
    assert_eq!(edition(&rows[3]), "statutes");
    // The test may run over midnight.
    let told = [before, today()].map(|today| {
        json!({ "kind": "application", "path": "as_of",
                "detail": format!("`2099-01-01` is in the future: today is `{today}`") })
    });
    assert!(told.contains(&rows[4]["error"]), "{}", rows[4]["error"]);
}

#[test]
fn an_edition_that_is_named_decides_only_its_days() {
    let folder = Folder::new();
    folder.write("application.json", &as_of("2020-12-31"));
    folder.write("registry.json", &registry(&[]));
    let arguments = ["check", "application.json", "--registry", "registry.json"];
    let run =
        folder.run(&[&arguments[..], &["--edition", "statutes", "--format", "json"]].concat());
    let detail = "`2020-12-31` is outside edition `statutes`, which decides from `2021-01-01` to \
                  no end";
    assert_eq!(run.told(), (3, &*format!("error: as_of: {detail}\n")));
    let expected = json!({ "kind": "application", "path": "as_of", "detail": detail });
    assert_eq!(run.json()["error"], expected);
    let run = folder.run(&[&arguments[..], &["--edition", "2016"]].concat());
    let message = "error: `2016` is no embedded edition; there are `guofa-2016-33`, `statutes`\n";
    assert_eq!(run.told(), (3, message));
}

#[test]
fn a_source_is_fresh_for_seven_days() {
    let folder = Folder::new();
    let registry =
        with(&registry(&[record("r1", 1)]), "/sources/0/as_of", "2026-11-01T23:59:59+08:00");
    let days = ["2026-10-01", "2026-11-01", "2026-11-08", "2026-11-09"];
    let rows = batch(&folder, &days.map(as_of), &registry);
    let statuses = |row: &Value| -> Vec<String> {
        let lookups = row["decision"]["lookups"].as_array().unwrap().iter();
        let mut all: Vec<String> =
            lookups.map(|l| l["status"].as_str().unwrap().to_owned()).collect();
        all.dedup();
        all
    };
    for row in &rows[..3] {
        assert_eq!(statuses(row), ["answered"]);
        assert_eq!(row["decision"]["disposition"], "restricted");
    }
    // On the eighth day it neither restricts nor clears.
    assert_eq!(statuses(&rows[3]), ["stale"]);
    assert_eq!(rows[3]["decision"]["disposition"], "undetermined");
    assert_eq!(rows[3]["decision"]["measures"], json!([]));
}

#[test]
fn the_age_of_a_source_is_counted_in_china_standard_time() {
    let folder = Folder::new();
    // In China this is the first second of 2 November.
    let late = with(&registry(&[]), "/sources/0/as_of", "2026-11-01T16:00:00Z");
    let rows = batch(&folder, &[as_of("2026-11-09"), as_of("2026-11-10")], &late);
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
