//! Lines that cannot be checked, and command lines that cannot be run.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mustcheck::{APPLICATION_LIMIT, Date, Gate, Policy};
use mustcheck_example_financing::{Desk, screen};
use mustcheck_testing::CLOCK;
use serde_json::{Value, json};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn sample(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let text = fs::read_to_string(data("applications.jsonl")).unwrap();
    let mut value: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    change(&mut value);
    value.to_string().into_bytes()
}

/// The errors of a file of these lines, each as `line path: detail`.
fn errors(lines: &[Vec<u8>]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let gate = Gate::builder().policy(Policy::embedded().unwrap());
    let gate = gate.registry(mustcheck_registry::open(&data("national.json")).unwrap());
    let gate = gate.today(Date { year: 2026, month: 11, day: 20 }).build().unwrap();
    let desk = Desk::behind(gate);
    let input = lines.join(&b'\n');
    let totals = screen(&desk, input.as_slice(), folder.path()).unwrap();
    assert_eq!(totals.lines, u64::try_from(lines.len()).unwrap());
    let text = fs::read_to_string(folder.path().join("errors.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| {
        assert_eq!(row["kind"], "bad-input", "{row}");
        let path = row["path"].as_str().unwrap_or("-");
        format!("{} {path}: {}", row["line"], row["detail"].as_str().unwrap())
    })
    .collect()
}

#[test]
fn each_error_names_its_line_and_place() {
    let unnamed = |v: &mut Value| {
        v["subjects"].as_array_mut().unwrap().pop();
    };
    let lines = [
        b"[]x".to_vec(),
        b"\xe4\xb8".to_vec(),
        b"  ".to_vec(),
        sample(|v| v["subjects"][0]["score"] = json!(700)),
        sample(|v| v["as_of"] = json!("2026-02-30")),
        sample(|v| v["matter"] = json!("licensing/food-production")),
        sample(unnamed),
        sample(|v| v["as_of"] = json!("9999-12-31")),
        sample(|v| v["id"] = json!("")),
        sample(|v| v["matter"] = json!("91310000MA1FN0016R")),
    ];
    let errors = errors(&lines);
    let expected = [
        "2 -: the input is not UTF-8: byte 0 is invalid",
        "3 -: the line is empty",
        "5 as_of: `2026-02-30` is not a date of the form YYYY-MM-DD that exists (column 21)",
        "6 matter: `licensing/food-production` is not screened here: \
         `financing/fiscal-project-fund` and `financing/guaranteed-loan` are",
        "7 subjects: 1 organizations apply and 0 of role `legal-representative` or `principal` \
         are named: matter `financing/fiscal-project-fund` needs one for each",
        "9 id: must not be empty",
        "10 matter: `9131…**` is not screened here: `financing/fiscal-project-fund` and \
         `financing/guaranteed-loan` are",
    ];
    for line in expected {
        assert!(errors.iter().any(|e| e == line), "{line}\n{errors:#?}");
    }
    assert!(errors[0].starts_with("1 "), "{errors:#?}");
    assert!(errors[3].starts_with("4 subjects[0].score: unknown field `score`"), "{errors:#?}");
    assert!(errors[7].starts_with("8 as_of: `9999-12-31` is in the future"), "{errors:#?}");
    assert_eq!(errors.len(), lines.len());
}

#[test]
fn a_line_too_long_is_read_past() {
    let long = vec![b'x'; usize::try_from(APPLICATION_LIMIT).unwrap() + 9];
    let errors = errors(&[long, sample(|v| v["id"] = json!(""))]);
    assert_eq!(
        errors,
        [
            "1 -: the input has 16777226 bytes, more than the 16777216 that are read",
            "2 id: must not be empty",
        ]
    );
}

#[test]
fn a_persons_number_is_masked_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["screen"], folder.path(), "national.json");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (told, mut shown) = (text(&output.stderr), text(&output.stdout));
    for sheet in ["passed", "restricted", "review", "retry", "errors"] {
        shown += &fs::read_to_string(folder.path().join(format!("{sheet}.jsonl"))).unwrap();
    }
    let input = fs::read_to_string(data("applications.jsonl")).unwrap();
    for line in input.lines().filter_map(|l| serde_json::from_str::<Value>(l).ok()) {
        for subject in line["subjects"].as_array().unwrap() {
            let identifier = subject["identifier"].as_str().unwrap();
            assert!(!told.contains(identifier), "{told}");
            // A firm's code is public, and is shown whole in results.
            let is_public = ["uscc", "lei"].contains(&subject["scheme"].as_str().unwrap());
            assert!(is_public || !shown.contains(identifier), "{shown}");
        }
    }
}

fn run(arguments: &[&str], folder: &Path, registry: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mustcheck-example-financing"))
        .env(CLOCK, "2026-11-20")
        .args(arguments)
        .arg(data("applications.jsonl"))
        .arg("--registry")
        .arg(data(registry))
        .arg("--out")
        .arg(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_run_that_cannot_be_made_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["retry"], folder.path(), "national.json");
    assert_eq!(output.status.code(), Some(1));
    let path = folder.path().join("passed.jsonl").display().to_string();
    assert_eq!(
        text(&output.stderr),
        format!(
            "error: `{path}` cannot be read or written: No such file or directory (os error 2)\n"
        )
    );
    let output = run(&["screen"], folder.path(), "none.json");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr)
            .ends_with("none.json` cannot be read: No such file or directory (os error 2)\n")
    );
    let output = run(&["screen", "--province", "Zhejiang=z.json"], folder.path(), "national.json");
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(error.contains("`Zhejiang` is no province of two digits (GB/T 2260)"), "{error}");
    let shanghai = format!("31={}", data("shanghai.json").display());
    let twice = ["screen", "--province", &shanghai, "--province", &shanghai];
    let output = run(&twice, folder.path(), "national.json");
    assert_eq!(text(&output.stderr), "error: --province: `31` stands twice\n");
}
