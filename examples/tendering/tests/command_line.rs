//! The program on files: exit codes, errors, and nothing in the output that identifies anybody.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::path::Path;
use std::process::{Command, Output};

use mustcheck_testing::CLOCK;

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name).display().to_string()
}

/// The program. Every test runs it from here.
fn run(document: &str, registry: &str, output: &Path) -> Output {
    run_with(document, registry, output, &[])
}

fn run_with(document: &str, registry: &str, output: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mustcheck-example-tendering"))
        .env(CLOCK, "2026-11-20")
        .args([document, "--registry", registry, "-o"])
        .arg(output)
        .args(more)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_sample_comes_out_as_the_readme_shows() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("checked.json");
    let output = run(&data("release.json"), &data("registry.json"), &out);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    // The results; what the catalogue says of each measure is tested where it is kept.
    let results = printed.lines().filter(|l| !l.starts_with("    "));
    for line in results {
        assert!(readme.contains(line), "the README does not show `{line}`");
    }
    for full in ["31010119800101", "C01X00T47"] {
        assert!(!printed.contains(full), "{printed}");
    }
    assert!(std::fs::read_to_string(out).unwrap().contains("\"status\": \"mayTakePart\""));
}

#[test]
fn a_document_that_cannot_be_read_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("checked.json");
    let document = folder.path().join("91310000MA1TD0014A.json");
    std::fs::write(&document, "{\"tender\": 1}").unwrap();
    let output = run(document.to_str().unwrap(), &data("registry.json"), &out);
    assert_eq!(output.status.code(), Some(3));
    let error = text(&output.stderr);
    let expected = "/9131…**.json`: tender: invalid type: integer `1`, expected struct Tender at \
                    line 1 column 12\n";
    assert!(error.ends_with(expected), "{error}");
    assert!(!out.exists());
}

#[test]
fn a_missing_registry_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("checked.json");
    let output = run(&data("release.json"), "/no/such.db", &out);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        "error: registry `/no/such.db`: `/no/such.db` cannot be read: No such file or directory \
         (os error 2)\n"
    );
}

#[test]
fn a_bidder_who_was_not_checked_is_in_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text_of = |name: &str| std::fs::read_to_string(data(name)).unwrap();
    let mut release: serde_json::Value = serde_json::from_str(&text_of("release.json")).unwrap();
    // Two of the sample, of whom the release says nothing but who they are.
    release["parties"].as_array_mut().unwrap().truncate(3);
    release["tender"]["tenderers"].as_array_mut().unwrap().truncate(2);
    for party in release["parties"].as_array_mut().unwrap() {
        party.as_object_mut().unwrap().remove("details");
    }
    std::fs::write(path("release.json"), release.to_string()).unwrap();
    let document = path("release.json").display().to_string();
    let registry = data("registry.json");
    let bare = run(&document, &registry, &path("checked.json"));
    assert_eq!(bare.status.code(), Some(12), "{}", text(&bare.stderr));
    let expected = "  not checked    上海青石建设工程有限公司 (tender.tenderers[0])\n\
        \x20                cannot be checked: parties[1]: names nobody who answers for it, and a \
        release has no place for one: give its representative by --representatives\n";
    assert!(text(&bare.stdout).contains(expected), "{}", text(&bare.stdout));
    std::fs::write(
        path("people.csv"),
        "organization,role,scheme,identifier,name\n\
         91310000MA1TD0014A,legal-representative,resident-id,310101198001012013,李某1\n\
         CN-USCI-91310000MA1TD00225,legal-representative,resident-id,310101198001012021,李某2\n",
    )
    .unwrap();
    let people = path("people.csv").display().to_string();
    let output =
        run_with(&document, &registry, &path("checked.json"), &["--representatives", &people]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).ends_with(
        "2 tenderers: 1 may take part, 1 excluded, 0 limited, 0 needs review, 0 undetermined, \
         0 not checked\n"
    ));
    let lone = run_with(&document, &registry, &path("checked.json"), &["--office", "采购中心"]);
    assert_eq!(lone.status.code(), Some(2));
}
