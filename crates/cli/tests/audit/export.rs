//! The rows that offices exchange.

use age::secrecy::ExposeSecret as _;
use mustcheck_audit::Names;
use mustcheck_audit::Period;
use mustcheck_audit::export::{CsvWriter, JsonWriter, Question, Sink, export, safe_cell};
use serde_json::{Value, json};

use crate::office::{Office, moment, restricted};
use crate::report::{assert_golden, small};
use crate::support::{Folder, application, record, registry, resident, uscc};

fn question() -> Question {
    let at = moment("2026-11-25T09:30:00.000+08:00");
    Question { period: Period::default(), chinese: true, at }
}

/// The rows of a log as CSV.
fn csv(office: &Office) -> String {
    let mut rows = Vec::new();
    let mut sink = CsvWriter::new(&mut rows, false).unwrap();
    let names = Names::embedded().unwrap();
    let source = office.source();
    export(&source, &names, question(), None, &mut sink, &|_| {}).unwrap();
    drop(sink);
    String::from_utf8(rows).unwrap()
}

#[test]
fn the_rows_of_a_small_log() {
    assert_golden("export.csv", &csv(&small()));
}

#[test]
fn the_rows_as_json_are_those_of_the_csv() {
    let office = small();
    let mut json = Vec::new();
    let mut sink = JsonWriter::new(&mut json).unwrap();
    let names = Names::embedded().unwrap();
    export(&office.source(), &names, question(), None, &mut sink, &|_| {}).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let mut reader = csv::Reader::from_reader(std::io::Cursor::new(csv(&office)));
    let heads = reader.headers().unwrap().clone();
    let mut count = 0;
    for (record, row) in reader.records().zip(rows) {
        for (head, cell) in heads.iter().zip(record.unwrap().iter()) {
            let value = match &row[head] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(value, cell, "{head}");
        }
        count += 1;
    }
    assert_eq!(count, rows.len());
    assert_eq!(count, 4);
}

#[test]
fn cells_are_no_formulas() {
    for text in ["=1+1", "+1", "-1", "@x", "\t=1", "\r1", "＝1", "＋1", "  =1"] {
        assert_eq!(safe_cell(text), format!("'{text}"));
    }
    for text in ["", "GP-2026-0001", "1-1", "沪财采〔2026〕12号"] {
        assert_eq!(safe_cell(text), text);
    }
    let office = Office::new();
    office.receipt(restricted("2026-11-20T10:00:00.000+08:00", "=HYPERLINK(\"x\")"));
    assert!(csv(&office).contains("\"'=HYPERLINK(\"\"x\"\")\""));
}

#[test]
fn a_log_without_evidence_names_nobody_and_says_so() {
    let office = small();
    let run = office.folder.run(&["audit", "export", "--audit", "log", "--bom"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.starts_with("\u{feff}subject_code,subject_name,"));
    assert_eq!(
        run.stderr,
        "4 rows of 4 checks\nthe log holds no codes and names, so subject_code and subject_name \
         are empty; `--evidence` names the folder that has them\n1 report is about nothing that \
         the log has, and is not counted\n"
    );
}

/// A real check of firm 1 and its legal representative, on record with evidence.
fn recorded() -> Folder {
    recorded_with(&[])
}

fn recorded_with(more: &[&str]) -> Folder {
    let folder = Folder::new();
    // An export may name its subjects: the rule on the output of other commands does not hold.
    let write = |name: &str, json: Value| folder.write_bytes(name, json.to_string().as_bytes());
    write("application.json", application());
    write("registry.json", registry(&[record("R1", 1)]));
    let made = folder.run(&["audit", "keygen", "--name", "credit.example/test", "--keys", "keys"]);
    assert_eq!(made.code, 0, "{made:?}");
    let line = "check application.json --registry registry.json --audit log --keys keys --evidence \
                evidence --format json";
    let line: Vec<&str> = line.split_whitespace().chain(more.iter().copied()).collect();
    let run = folder.run(&line);
    assert_eq!(run.code, 11, "{run:?}");
    folder
}

#[test]
fn the_evidence_names_the_subjects() {
    let folder = recorded();
    let line = ["audit", "export", "--audit", "log", "--evidence", "evidence", "--format", "json"];
    let run = folder.run(&line);
    let rows = run.json();
    let rows = rows["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let expected = match row["subject_role"].as_str().unwrap() {
            "applicant" => (uscc(1), "甲公司"),
            _ => (resident(1), "张三"),
        };
        assert_eq!(row["subject_code"], expected.0);
        assert_eq!(row["subject_name"], expected.1);
    }
    let to_file = folder.run(&[&line[..6], &["--bom", "-o", "rows.csv"]].concat());
    assert_eq!((to_file.code, &*to_file.stdout), (0, ""));
    let written = std::fs::read_to_string(folder.path("rows.csv")).unwrap();
    assert!(written.contains(&uscc(1)));
}

#[test]
fn encrypted_evidence_names_the_subjects_to_whoever_can_open_it() {
    let (reader, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    let folder = recorded_with(&["--encrypt-to", &reader.to_public().to_string()]);
    for (name, identity) in [("reader.txt", &reader), ("other.txt", &other)] {
        folder.write_text(name, identity.to_string().expose_secret());
    }
    let line = ["audit", "export", "--audit", "log", "--evidence", "evidence"];
    let export = |more: &[&str]| folder.run(&[&line[..], more].concat());
    let opened = export(&["--identity", "reader.txt"]);
    assert_eq!(opened.code, 0, "{opened:?}");
    assert!(opened.stdout.contains(&uscc(1)) && opened.stdout.contains("甲公司"), "{opened:?}");
    // A reader who cannot open it gets the rows, and learns why they name nobody.
    for (more, why) in [
        (&["--identity", "other.txt"][..], "encrypted, and `--identity` does not open it"),
        (&[], "encrypted"),
    ] {
        let closed = export(more);
        assert_eq!(closed.code, 0, "{closed:?}");
        assert!(closed.stderr.contains(why), "{closed:?}");
        assert!(closed.stderr.ends_with("their subjects are empty\n"), "{closed:?}");
        assert!(!closed.stdout.contains(&uscc(1)) && !closed.stdout.contains("甲公司"));
        assert_eq!(closed.stdout.lines().count(), opened.stdout.lines().count());
    }
    // A damaged one is not taken for one that others can open.
    let bundle = bundle(&folder);
    let whole = std::fs::read(&bundle).unwrap();
    std::fs::write(&bundle, &whole[..whole.len() - 1]).unwrap();
    let damaged = export(&["--identity", "reader.txt"]);
    assert_eq!((damaged.code, &*damaged.stdout), (3, ""), "{damaged:?}");
    let told = ".evidence.json.age` cannot be opened\n  caused by: it could not be decrypted: ";
    assert!(damaged.stderr.contains(told), "{damaged:?}");
}

#[test]
fn evidence_that_was_changed_names_nobody() {
    let folder = recorded();
    let bundle = bundle(&folder);
    let text = std::fs::read_to_string(&bundle).unwrap();
    std::fs::write(&bundle, text.replace("甲公司", "乙公司")).unwrap();
    let run = folder.run(&["audit", "export", "--audit", "log", "--evidence", "evidence"]);
    let name = bundle.strip_prefix(folder.path("")).unwrap().display().to_string();
    let receipt = bundle.file_name().unwrap().to_str().unwrap().split('.').next().unwrap();
    let told = format!(
        "error: `{name}` does not fit receipt `{receipt}`: `application` is not what the receipt \
         was made of\n"
    );
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (3, "", &*told));
    std::fs::remove_file(&bundle).unwrap();
    let run = folder.run(&["audit", "export", "--audit", "log", "--evidence", "evidence"]);
    assert_eq!(run.code, 0);
    let told = "no evidence of 1 check in that folder: their subjects are empty\n";
    assert!(run.stderr.ends_with(told), "{run:?}");
}

fn bundle(folder: &Folder) -> std::path::PathBuf {
    let months = std::fs::read_dir(folder.path("evidence")).unwrap();
    let files = months.flatten().filter_map(|month| std::fs::read_dir(month.path()).ok());
    let mut files = files.flatten().flatten().map(|file| file.path());
    files.find(|path| path.to_string_lossy().contains(".evidence.json")).unwrap()
}

#[test]
fn json_of_nothing_is_a_document() {
    let mut json = Vec::new();
    JsonWriter::new(&mut json).unwrap().end().unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json, json!({ "format": "mustcheck-export/1", "rows": [] }));
}
