//! Case files that cannot be taken in: each error names its place, and stops only its own case.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "these are tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mustcheck_example_licensing::CaseFile;
use mustcheck_testing::CLOCK;
use serde_json::{Value, json};

/// A change to a sample.
type Change = &'static dyn Fn(&mut Value);

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn sample() -> Value {
    let path = data("cases/02-hr-tolerated.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn refused(change: impl FnOnce(&mut Value)) -> String {
    let mut value = sample();
    change(&mut value);
    CaseFile::from_json(value.to_string().as_bytes()).unwrap_err().to_string()
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mustcheck-example-licensing"));
    command.env(CLOCK, "2026-11-20").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_case_file_that_is_no_case_file() {
    let error = |json: &[u8]| CaseFile::from_json(json).unwrap_err().to_string();
    assert_eq!(error(b"\xff"), "the case file: byte 0 is not UTF-8");
    assert_eq!(error(b"nonsense"), "the case file: expected ident at line 1 column 2");
    assert_eq!(error(b"{}"), "the case file: missing field `application` at line 1 column 2");
}

#[test]
fn what_contradicts_itself_is_named_with_its_place() {
    let unknown = refused(|v| v["application"]["subjects"][0]["tel"] = json!(1));
    assert!(unknown.starts_with("application.subjects[0].tel: unknown field `tel`"), "{unknown}");
    let unknown = refused(|v| v["required"][1]["copies"] = json!(1));
    assert!(unknown.starts_with("required[1].copies: unknown field `copies`"), "{unknown}");
    let cases: [(&str, Change); 12] = [
        ("application.matter: `tendering/land-use-right` is no licence", &|v| {
            v["application"]["matter"] = json!("tendering/land-use-right");
        }),
        (
            "application.materials: comes from `required` and `provided`, and must not be given",
            &|v| {
                v["application"]["materials"] =
                    json!([{ "name": "甲", "statutory": true, "provided": true }]);
            },
        ),
        ("application.commitment: is computed from `promise`, and must not be given", &|v| {
            v["application"]["commitment"] =
                json!({ "signed_on": "2026-11-18", "complete_by": "2027-11-18" });
        }),
        ("required: must name the materials of this matter", &|v| v["required"] = json!([])),
        ("required[0].name: must not be empty", &|v| v["required"][0]["name"] = json!(" ")),
        ("required[1].name: `人力资源服务许可申请书` stands twice", &|v| {
            v["required"][1]["name"] = json!("人力资源服务许可申请书");
        }),
        ("provided[0].name: `身份证` is not among the required materials", &|v| {
            v["provided"][0]["name"] = json!("身份证");
        }),
        ("provided[0].on: `2026-11-21` is after the as-of date `2026-11-20`", &|v| {
            v["provided"][0]["on"] = json!("2026-11-21");
        }),
        ("promise.signed_on: `2026-11-21` is after the as-of date `2026-11-20`", &|v| {
            v["promise"]["signed_on"] = json!("2026-11-21");
        }),
        ("examination.on: `2026-11-17` is before the case was received", &|v| {
            v["examination"]["on"] = json!("2026-11-17");
        }),
        ("examination.officers: must name who examined", &|v| {
            v["examination"]["officers"] = json!([]);
        }),
        ("examination.officers[1]: `周某` stands twice", &|v| {
            v["examination"]["officers"] = json!(["周某", "周某"]);
        }),
    ];
    for (expected, change) in cases {
        assert_eq!(refused(change), expected);
    }
    let day = refused(|v| v["received_on"] = json!("2026-02-30"));
    assert!(
        day.starts_with(
            "received_on: `2026-02-30` is not a date of the form YYYY-MM-DD that exists"
        ),
        "{day}"
    );
}

#[test]
fn an_identifier_in_the_wrong_place_is_masked() {
    let error = refused(|v| v["provided"][0]["name"] = json!("91310000MA1LC0011R"));
    assert_eq!(error, "provided[0].name: `9131…**` is not among the required materials");
    let error = refused(|v| v["received_on"] = json!("91310000MA1LC0011R"));
    assert!(!error.contains("MA1LC"), "{error}");
}

#[test]
fn one_bad_case_stops_no_other_and_sets_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = sample();
    wrong["application"]["subjects"][0]["identifier"] = json!("91310000MA1LC0011X");
    // The identifier in the name of the file is masked as well.
    let path = folder.path().join("91310000MA1LC0011R.json");
    std::fs::write(&path, "{}").unwrap();
    let digit = folder.path().join("digit.json");
    std::fs::write(&digit, wrong.to_string()).unwrap();
    let registry = data("registry.json");
    let good = data("cases/01-food-complete.json");
    let files = [&path, &digit, &good, &registry].map(|p| p.to_str().unwrap().to_owned());
    let output = run(&["--registry", &files[3], &files[0], &files[1], &files[2]]);
    assert_eq!(output.status.code(), Some(3));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(out.contains("SC-2026-0101  licensing/food-production"), "{out}");
    assert!(
        out.ends_with("1 issued, 0 refused, 0 suspended, 0 waiting or sent back, 2 not handled\n"),
        "{out}"
    );
    assert!(err.contains("9131…**.json`: the case file: missing field `application`"), "{err}");
    let reason = "error: case `RL-2026-0102`: subjects[0].identifier: `9131…**` is no valid uscc: \
                  the check character at position 18 is wrong (not `X`)\n";
    assert!(err.ends_with(reason), "{err}");
    // A firm's code is public, and is shown whole in a result; no error has one.
    assert!(!out.contains("310101198001011"), "{out}");
    for full in ["91310000MA1LC", "310101198001011"] {
        assert!(!err.contains(full), "{err}");
    }
}

#[test]
fn a_registry_that_cannot_be_used_is_a_fault() {
    let case = data("cases/01-food-complete.json");
    let output = run(&["--registry", "/no/such/registry.json", case.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        "error: registry `/no/such/registry.json`: `/no/such/registry.json` cannot be read: No \
         such file or directory (os error 2)\n"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn the_samples_come_out_as_the_readme_shows() {
    let mut arguments = vec!["--registry".to_owned(), data("registry.json").display().to_string()];
    let mut cases: Vec<_> =
        std::fs::read_dir(data("cases")).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    arguments.extend(cases.iter().map(|p| p.display().to_string()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let out = text(&output.stdout);
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    // The results; what the catalogue says of each measure is tested where it is kept.
    for case in out.split("\n\n") {
        let id = case.split_whitespace().next().unwrap();
        let results =
            ["  check ", "  decision ", "    one-time", "      deadline", "  publication"];
        let mut lines = case.lines().filter(|l| results.iter().any(|r| l.starts_with(r)));
        if let (true, Some(line)) =
            (readme.contains(&format!("{id}  licensing/")), lines.find(|l| !readme.contains(l)))
        {
            panic!("{id}: the README does not show `{line}`");
        }
    }
    assert!(readme.contains(out.lines().last().unwrap()), "{out}");
}
