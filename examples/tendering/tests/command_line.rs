//! The program on files: exit codes, errors, and nothing in the output that identifies anybody.

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::path::Path;
use std::process::{Command, Output};

fn data(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name).display().to_string()
}

fn run(document: &str, registry: &str, output: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mustcheck-example-tendering"))
        .args([document, "--registry", registry, "-o"])
        .arg(output)
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
    for full in ["91310000MA1TD", "31010119800101", "C01X00T47", "529900T8BM"] {
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
