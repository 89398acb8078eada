//! The two runs: what ends where, that nothing is lost, and that nothing undetermined passes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mustcheck::model::{Answer, AnswerStatus};
use mustcheck::registry::unanswered;
use mustcheck::{
    Application, ApplicationExt as _, Ask, Date, Gate, Policy, Registry, RegistryError,
};
use mustcheck_example_financing::{
    Desk, Held, Provinces, RunError, Totals, pass, report, retry, screen,
};
use serde_json::{Value, json};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn open(name: &str) -> Arc<dyn Registry> {
    mustcheck_registry::open(&data(name)).unwrap()
}

fn policy() -> Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(|| Policy::embedded().unwrap()).clone()
}

/// A gate on the day of the applications.
fn gate_over(registry: impl Registry + 'static) -> Gate {
    let today = Date { year: 2026, month: 11, day: 20 };
    Gate::builder().policy(policy()).registry(registry).today(today).build().unwrap()
}

fn desk_over(registry: impl Registry + 'static) -> Desk {
    Desk::behind(gate_over(registry))
}

fn desk(jiangsu: &str, zhejiang: &str) -> Desk {
    let provinces = [("31", "shanghai.json"), ("32", jiangsu), ("33", zhejiang)];
    let provinces = provinces.map(|(code, file)| (code.to_owned(), open(file)));
    desk_over(Provinces::new(open("national.json"), BTreeMap::from(provinces)))
}

fn input() -> BufReader<File> {
    BufReader::new(File::open(data("applications.jsonl")).unwrap())
}

fn lines_of_input() -> Vec<String> {
    let text = fs::read_to_string(data("applications.jsonl")).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn rows(folder: &Path, sheet: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(format!("{sheet}.jsonl"))).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn numbers(folder: &Path, sheet: &str) -> Vec<u64> {
    rows(folder, sheet).iter().map(|row| row["line"].as_u64().unwrap()).collect()
}

fn first_run(folder: &Path) -> Totals {
    screen(&desk("jiangsu-stale.json", "zhejiang-down.json"), input(), folder).unwrap()
}

#[test]
fn each_line_ends_in_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let totals = first_run(folder.path());
    let expected =
        Totals { lines: 12, run: 12, passed: 2, restricted: 2, review: 1, retry: 3, errors: 4 };
    assert_eq!(totals, expected);
    assert_eq!(numbers(folder.path(), "passed"), [1, 2]);
    // Line 10 is of the province that is down, but a restriction already stands.
    assert_eq!(numbers(folder.path(), "restricted"), [3, 10]);
    assert_eq!(numbers(folder.path(), "review"), [6]);
    assert_eq!(numbers(folder.path(), "retry"), [4, 5, 11]);
    assert_eq!(numbers(folder.path(), "errors"), [7, 8, 9, 12]);
    let restricted = &rows(folder.path(), "restricted")[0]["measures"][0];
    assert_eq!(restricted["legal_basis"][0]["instrument"], "wage-payment-regulations-2019");
    assert_eq!(restricted["legal_basis"][0]["article"], "48");
    let review = &rows(folder.path(), "review")[0]["measures"][0];
    assert_eq!(review["role"], "guarantor");
}

#[test]
fn what_is_missing_is_named_by_source_and_list() {
    let folder = tempfile::tempdir().unwrap();
    let totals = first_run(folder.path());
    let retries = rows(folder.path(), "retry");
    let missing = |i: usize| &retries[i]["missing"][0];
    assert_eq!(missing(0)["status"], "unavailable");
    assert_eq!(missing(0)["source"], "zhejiang-credit");
    assert_eq!(missing(0)["reason"], "connection refused");
    assert_eq!(missing(0)["list"], "abnormal-operations");
    assert_eq!(missing(1)["status"], "stale");
    assert_eq!(missing(1)["source"], "jiangsu-credit");
    // No province 44 is connected: nobody answered, which is not the same as nothing found.
    assert_eq!(missing(2)["status"], "not-covered");
    assert_eq!(missing(2)["source"], Value::Null);
    let text = report::lines(&totals, folder.path()).unwrap();
    assert_eq!(
        text,
        [
            "12 of 12 lines checked; now 2 passed, 2 restricted, 1 review, 3 retry, 4 errors",
            "waiting for jiangsu-credit (stale)",
            "  lists: abnormal-operations",
            "  lines: 5",
            "waiting for no source (not-covered)",
            "  lists: abnormal-operations",
            "  lines: 11",
            "waiting for zhejiang-credit (unavailable: connection refused)",
            "  lists: abnormal-operations",
            "  lines: 4",
        ]
    );
}

#[test]
fn a_second_run_takes_only_the_lines_that_wait() {
    let folder = tempfile::tempdir().unwrap();
    first_run(folder.path());
    let before: Vec<String> = ["passed", "restricted", "errors"]
        .map(|s| fs::read_to_string(folder.path().join(format!("{s}.jsonl"))).unwrap())
        .into();
    let totals =
        retry(&desk("jiangsu-stale.json", "zhejiang.json"), input(), folder.path()).unwrap();
    assert_eq!((totals.lines, totals.run, totals.review, totals.retry), (12, 3, 2, 2));
    // The line that would have passed without its province needs a review.
    assert_eq!(numbers(folder.path(), "review"), [6, 4]);
    assert_eq!(rows(folder.path(), "review")[1]["records"][0]["list"], "abnormal-operations");
    assert_eq!(numbers(folder.path(), "retry"), [5, 11]);
    assert_eq!(rows(folder.path(), "retry")[0]["attempts"], 2);
    let after: Vec<String> = ["passed", "restricted", "errors"]
        .map(|s| fs::read_to_string(folder.path().join(format!("{s}.jsonl"))).unwrap())
        .into();
    assert_eq!(before, after);
    // A third run with every source back, but for the province that nobody connected.
    let fresh = desk("jiangsu.json", "zhejiang.json");
    let totals = retry(&fresh, input(), folder.path()).unwrap();
    assert_eq!((totals.run, totals.passed, totals.retry), (2, 3, 1));
    assert_eq!(numbers(folder.path(), "passed"), [1, 2, 5]);
}

#[test]
fn nothing_undetermined_passes_whatever_is_down() {
    struct Silent(AnswerStatus);
    impl Registry for Silent {
        fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
            Ok(unanswered(asks, self.0, "91310000MA1FN0016R timed out"))
        }
    }
    for status in [AnswerStatus::Unavailable, AnswerStatus::Stale, AnswerStatus::NotCovered] {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk_over(Silent(status));
        let totals = screen(&desk, input(), folder.path()).unwrap();
        assert_eq!((totals.passed, totals.retry, totals.errors), (0, 8, 4), "{status}");
        let reason = &rows(folder.path(), "retry")[0]["missing"][0]["reason"];
        assert_eq!(reason, "9131…** timed out");
    }
}

#[test]
fn a_fault_is_told_from_bad_input_and_passes_nobody() {
    struct Broken;
    impl Registry for Broken {
        fn lookup(&self, _: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
            Err(RegistryError::Other("the disk is full".into()))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let totals = screen(&desk_over(Broken), input(), folder.path()).unwrap();
    assert_eq!((totals.passed, totals.errors), (0, 12));
    let kinds: Vec<String> = rows(folder.path(), "errors")
        .iter()
        .map(|r| r["kind"].as_str().unwrap().to_owned())
        .collect();
    let bad: Vec<usize> = (0..12).filter(|i| kinds[*i] == "bad-input").map(|i| i + 1).collect();
    // Line 12 has the number of line 1, which was not checked either.
    assert_eq!(bad, [7, 8, 9]);
    let first = &rows(folder.path(), "errors")[0];
    assert_eq!((&first["line"], &first["kind"]), (&json!(1), &json!("fault")));
    assert_eq!(first["detail"], "the registry failed: the disk is full");
    assert_eq!(first.get("path"), None);
}

#[test]
fn results_are_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    first_run(folder.path());
    let desk = desk("jiangsu-stale.json", "zhejiang-down.json");
    let error = screen(&desk, input(), folder.path()).unwrap_err();
    let path = folder.path().join("passed.jsonl");
    assert_eq!(
        error.to_string(),
        format!("`{}` is there already: run `retry`, or give another folder", path.display())
    );
}

#[test]
fn a_second_run_over_another_input_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    first_run(folder.path());
    let before = fs::read_to_string(folder.path().join("retry.jsonl")).unwrap();
    let desk = desk("jiangsu.json", "zhejiang.json");
    let mut other = lines_of_input();
    other.swap(3, 4);
    let short = lines_of_input()[..4].join("\n");
    for (input, line, id) in [(other.join("\n"), 4, "KJ-2026-004"), (short, 5, "DB-2026-005")] {
        let error = retry(&desk, input.as_bytes(), folder.path()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "line {line} of the input is not application `{id}`: give the file that was \
                 screened"
            )
        );
        let after = fs::read_to_string(folder.path().join("retry.jsonl")).unwrap();
        assert_eq!(before, after);
    }
    // What the failed runs left beside the files does not disturb the next.
    assert_eq!(retry(&desk, input(), folder.path()).unwrap().retry, 1);
}

#[test]
fn a_run_killed_while_moving_its_files_counts_no_line_twice() {
    let folder = tempfile::tempdir().unwrap();
    first_run(folder.path());
    let old = fs::read_to_string(folder.path().join("retry.jsonl")).unwrap();
    let desk = desk("jiangsu-stale.json", "zhejiang.json");
    retry(&desk, input(), folder.path()).unwrap();
    // Killed before its last move: line 4 is on `review` and still on `retry`.
    fs::write(folder.path().join("retry.jsonl"), old).unwrap();
    let totals = retry(&desk, input(), folder.path()).unwrap();
    assert_eq!((totals.run, totals.review, totals.retry), (2, 2, 2));
}

#[test]
fn a_row_that_was_tampered_with_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    first_run(folder.path());
    let path = folder.path().join("retry.jsonl");
    let text = fs::read_to_string(&path).unwrap().replacen("\"attempts\":1", "\"attempts\":-1", 1);
    fs::write(&path, text).unwrap();
    let desk = desk("jiangsu.json", "zhejiang.json");
    let error = retry(&desk, input(), folder.path()).unwrap_err();
    assert!(matches!(error, RunError::Row { .. }), "{error:?}");
    assert!(
        error.to_string().contains("the row of line 4: invalid value: integer `-1`"),
        "{error}"
    );
}

#[test]
fn a_proof_of_another_application_passes_nobody() {
    let lines = lines_of_input();
    let [first, second] = [0, 1].map(|i| Application::from_json(lines[i].as_bytes()).unwrap());
    let registry = Provinces::new(
        open("national.json"),
        BTreeMap::from([("31".into(), open("shanghai.json"))]),
    );
    let gate = gate_over(registry);
    let checked = gate.check(&first).unwrap();
    assert!(pass(&first, &checked).unwrap().incentives().is_empty());
    let error = pass(&second, &checked).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the check is of `KJ-2026-001`, not of `DB-2026-002` as it stands"
    );
    // The same number over other subjects is another application.
    let other = Application { subjects: second.subjects, ..first.clone() };
    assert!(matches!(pass(&other, &checked), Err(Held::OtherApplication { .. })));
    let third = Application::from_json(lines[2].as_bytes()).unwrap();
    assert_eq!(pass(&third, &gate.check(&third).unwrap()), Err(Held::Restricted));
    let fourth = Application::from_json(lines[3].as_bytes()).unwrap();
    assert_eq!(pass(&fourth, &gate.check(&fourth).unwrap()), Err(Held::Undetermined));
}
