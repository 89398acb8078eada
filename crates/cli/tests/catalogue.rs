//! The commands of those who keep the list: lint, diff, prove, status, new.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use support::{Folder, Run, command};

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue");

/// A new catalogue in a folder `mine`.
fn new() -> Folder {
    let folder = Folder::new();
    let run = folder.run(&["catalogue", "new", "mine", "--id", "one", "--lang", "en"]);
    assert_eq!(run.code, 0, "{run:?}");
    folder
}

fn edit(folder: &Folder, file: &str, from: &str, to: &str) {
    let path = folder.path(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {run:?}"))
}

#[test]
fn what_ships_lints_without_a_finding_and_holds_on_every_day() {
    let folder = Folder::new();
    let run = folder.run(&["catalogue", "lint", CATALOGUE, "--strict", "--format", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(json(&run), serde_json::json!({ "errors": 0, "warnings": 0, "findings": [] }));
    let run = folder.run(&["catalogue", "prove", CATALOGUE, "--format", "json"]);
    assert_eq!(run.code, 0);
    let proof = json(&run);
    assert_eq!(proof["violations"], serde_json::json!([]));
    // The default overlay and five places, without a day between two editions.
    let coverage = proof["coverage"].as_array().unwrap();
    assert_eq!(coverage.len(), 6);
    assert!(coverage.iter().all(|place| place["gaps"] == serde_json::json!([])));
    assert!(proof["fired"].as_u64() > proof["measures"].as_u64());
}

#[test]
fn a_finding_has_its_place_its_clause_and_how_to_mend_it() {
    let folder = new();
    let lint = |more: &[&str]| folder.run(&[&["catalogue", "lint", "mine"], more].concat());
    assert_eq!(lint(&["--strict"]).code, 0);
    edit(
        &folder,
        "mine/measures/one/public-resources.toml",
        "judgment-defaulters\"]",
        "judgment-defaulter\"]",
    );
    let run = lint(&["--lang", "en"]);
    assert_eq!(run.code, 3);
    let first: Vec<&str> = run.stdout.lines().take(3).collect();
    assert!(
        first[0].starts_with("measures/one/public-resources.toml:")
            && first[0].contains(": error[unknown-list]: ")
            && first[0].contains("`judgment-defaulter`"),
        "{run:?}"
    );
    assert!(run.stdout.contains("  mend: did you mean `judgment-defaulters`?"), "{run:?}");
    assert!(run.stderr == "mine: errors 1, warnings 0\n", "{run:?}");
    let run = lint(&["--lang", "zh"]);
    assert!(run.stdout.contains("  改正: ") && run.stderr.starts_with("mine：错误"), "{run:?}");
    let run = lint(&["--format", "json"]);
    assert_eq!(json(&run)["findings"][0]["rule"], "unknown-list");
    // What does not lint does not bake, is not proved and not compared.
    let bake = ["policy", "bake", "mine", "--edition", "one", "-o", "x.wasm"];
    assert_ne!(folder.run(&bake).code, 0);
    assert!(!folder.path("x.wasm").exists());
    assert_eq!(folder.run(&["catalogue", "prove", "mine"]).code, 3);
    assert_eq!(folder.run(&["catalogue", "diff", "mine", "mine"]).code, 3);
}

#[test]
fn a_new_catalogue_bakes_and_is_not_written_over() {
    let folder = new();
    let run = folder.run(&["catalogue", "new", "mine", "--id", "two"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.starts_with("error: "), "{run:?}");
    let run = folder.run(&["policy", "bake", "mine", "--edition", "one", "-o", "one.wasm"]);
    assert_eq!(run.code, 0, "{run:?}");
    let case = "mine/cases/0001-judgment-defaulter";
    folder.on("2026-11-23");
    let run = folder.run(&[
        "check",
        &format!("{case}/application.json"),
        "--registry",
        &format!("{case}/registry.json"),
        "--policy",
        "one.wasm",
    ]);
    assert_eq!(run.code, 11, "{run:?}");
}

#[test]
fn a_catalogue_in_one_file_has_its_edition_and_its_overlay() {
    let folder = Folder::new();
    let catalogue = mustcheck::Policy::embedded_catalogue("statutes").unwrap();
    folder.write_text("one.json", std::str::from_utf8(catalogue).unwrap());
    for what in ["edition", "overlay"] {
        let option = format!("--{what}");
        let run = folder.run(&["policy", "bake", "one.json", &option, "default", "-o", "x.wasm"]);
        let told = format!("error: `one.json` holds one {what}: leave `{option}` out\n");
        assert_eq!((run.code, &*run.stderr), (1, &*told));
        assert!(!folder.path("x.wasm").exists());
    }
}

#[test]
fn a_difference_is_told_in_law_terms_once_for_all_places() {
    let folder = Folder::new();
    copy(Path::new(CATALOGUE), &folder.path("new"));
    let law = "new/measures/statutes/procurement-law.toml";
    edit(&folder, law, "longest_term.years = 3", "longest_term.years = 2");
    let run = folder.run(&["catalogue", "diff", CATALOGUE, "new", "--lang", "en"]);
    assert_eq!(run.code, 0, "{run:?}");
    let told = "Term: “at most 3 years” before, “at most 2 years” now. [in favour of the person concerned]";
    // Shenzhen's regulation begins later, and so does the change there.
    assert_eq!(run.stdout.matches(told).count(), 2, "{run:?}");
    let also = "The same changes in: statutes + henan, statutes + shandong, statutes + shanghai, \
                statutes + zhejiang\n";
    assert!(run.stdout.contains(also), "{run:?}");
    let run = folder.run(&["catalogue", "diff", CATALOGUE, CATALOGUE, "--lang", "zh"]);
    assert_eq!((run.code, &*run.stdout), (0, "规定没有变动。\n"));
    // Embedded editions by name, against a folder.
    let run = folder.run(&["catalogue", "diff", "statutes", "new", "--format", "json"]);
    assert_eq!(json(&run)["changes"][0]["kind"], "shortened", "{run:?}");
    let run = folder.run(&["catalogue", "diff", "statutes+nowhere", "new"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("edition `statutes` has no overlay `nowhere`"), "{run:?}");
}

/// A reader that goes away gets no message, and never the exit code of `clear`.
#[test]
fn a_closed_output_is_no_success() {
    let folder = Folder::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut show = command(folder.path("").as_path(), &["catalogue", "show"]);
    let output = show.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

/// The status of each legal text: citations, days on which it is in force, and last check.
#[test]
fn the_status_of_each_text_is_told() {
    let folder = Folder::new();
    let run = folder.run(&["catalogue", "status", CATALOGUE, "--format", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    let all = json(&run);
    let one = |id: &str| all.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
    let old = one("food-safety-law-2021");
    assert_eq!(old["in_force_until"], "2025-11-30");
    assert_eq!(old["successor"], "food-safety-law-2025");
    assert!(old["cited"].as_u64().unwrap() > 0 && old["checked_on"].is_string(), "{old}");
    let articles = old["articles"].as_array().unwrap();
    assert_eq!(articles, &["113", "135"]);
    assert!(all.as_array().unwrap().iter().all(|one| one["checked_on"].is_string()));
    for (lang, told) in [
        ("en", "  from 2021-04-29, ended on 2025-11-30, replaced by `food-safety-law-2025`\n"),
        ("zh", "  自2021-04-29起，2025-11-30失效，由`food-safety-law-2025`接替\n"),
    ] {
        let run = folder.run(&["catalogue", "status", CATALOGUE, "--lang", lang]);
        assert!(run.code == 0 && run.stdout.contains(told), "{run:?}");
    }
    // A file that cannot be read is reported, and nothing is left out in silence.
    let folder = new();
    edit(&folder, "mine/instruments.toml", "\n[[instrument]]", "\n[[instruments]]");
    let run = folder.run(&["catalogue", "status", "mine", "--lang", "en"]);
    assert!(run.code == 3 && run.stdout.contains("instruments"), "{run:?}");
}
