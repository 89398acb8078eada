//! Bad input gets a clear error and nothing is lost: exit code, exact text, and the error object
//! on stdout. Every run also asserts that no identifier is shown (see `support::Folder`).

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "bad_input/applications.rs"]
mod applications;
#[path = "bad_input/chinese.rs"]
mod chinese;
#[path = "bad_input/days.rs"]
mod days;
#[path = "bad_input/hostile.rs"]
mod hostile;
#[path = "bad_input/large.rs"]
mod large;

use serde_json::{Value, json};

use support::{Folder, Run, application, record, registry, with};

/// An error as `--format json` shows it.
fn error(kind: &str, path: &str, detail: &str) -> Value {
    json!({ "error": { "kind": kind, "path": path, "detail": detail } })
}

/// `check` of a text as application, which is refused before any policy is asked.
fn check_text(folder: &Folder, text: &str) -> Run {
    folder.write_text("application.json", text);
    folder.write("registry.json", &registry(&[]));
    folder.run_check()
}

/// Checks that the text is refused at this place for this reason.
fn refused(folder: &Folder, text: &str, path: &str, detail: &str) {
    let run = check_text(folder, text);
    assert_eq!(run.told(), (3, &*format!("error: {path}: {detail}\n")));
    assert_eq!(run.json(), error("input", path, detail));
}

#[test]
fn what_is_no_json_document_is_refused() {
    let folder = Folder::new();
    let whole = application().to_string();
    let after = whole.len() + 2;
    let value = "expected value (line 1, column 1)";
    for (text, path, detail) in [
        ("", "the document", "EOF while parsing a value (line 1, column 0)"),
        ("hello", "the document", value),
        ("<application/>", "the document", value),
        ("{", "the document", "EOF while parsing an object (line 1, column 1)"),
        ("{'id': 1}", "the document", "key must be a string (line 1, column 2)"),
        ("{\n  \"id\": NaN\n}", "id", "expected value (line 2, column 9)"),
        (
            &format!("{whole} x"),
            "after the document",
            &format!("trailing characters (line 1, column {after})"),
        ),
        (
            &format!("{whole}\n{whole}"),
            "after the document",
            "trailing characters (line 2, column 1)",
        ),
    ] {
        refused(&folder, text, path, detail);
    }
}

#[test]
fn what_is_not_utf_8_is_refused() {
    let folder = Folder::new();
    folder.write("registry.json", &registry(&[]));
    for (bytes, at) in [(b"{\"id\": \"\xb9\xe3\"}".as_slice(), 8), (b"\xff\xfe{\0".as_slice(), 0)] {
        folder.write_bytes("application.json", bytes);
        let run = folder.run_check();
        let detail = format!("the input is not UTF-8: byte {at} is invalid");
        assert_eq!(run.told(), (3, &*format!("error: {detail}\n")));
        assert_eq!(run.json(), json!({ "error": { "kind": "input", "detail": detail } }));
    }
}

#[test]
fn another_shape_is_refused_with_its_place() {
    let folder = Folder::new();
    let subject = "expected one of `role`, `kind`, `scheme`, `identifier`, `country`, `name`, \
                   `as_issued`, `also`, `of`";
    let roles = "expected one of `applicant`, `consortium-member`, `legal-representative`, \
                 `principal`, `directly-responsible`, `registered-practitioner`, `guarantor`";
    let date = "is not a date of the form YYYY-MM-DD that exists";
    for (pointer, value, path, detail) in [
        ("/id", json!(7), "id", "invalid type: integer `7`, expected a string"),
        ("/subjects", json!("x"), "subjects", "invalid type: string \"x\", expected a sequence"),
        (
            "/consortium",
            json!("yes"),
            "consortium",
            "invalid type: string \"yes\", expected a boolean",
        ),
        ("/matter", Value::Null, "the document", "missing field `matter`"),
        ("/office/name", Value::Null, "office", "missing field `name`"),
        ("/subjects/1/name", Value::Null, "subjects[1]", "missing field `name`"),
        (
            "/office/street",
            json!("x"),
            "office.street",
            "unknown field `street`, expected one of `name`, `region`, `address`, `telephone`",
        ),
        (
            "/subjects/0/age",
            json!(1),
            "subjects[0].age",
            &*format!("unknown field `age`, {subject}"),
        ),
        (
            "/subjects/0/role",
            json!("owner"),
            "subjects[0].role",
            &*format!("unknown variant `owner`, {roles}"),
        ),
        (
            "/subjects/0/scheme",
            json!("USCC"),
            "subjects[0].scheme",
            "unknown variant `USCC`, expected one of `uscc`, `resident-id`, `lei`, `passport`",
        ),
        (
            "/subjects/1/kind",
            json!("human"),
            "subjects[1].kind",
            "unknown variant `human`, expected `organization` or `person`",
        ),
        (
            "/as_of",
            json!(20_261_120),
            "as_of",
            "invalid type: integer `20261120`, expected a string",
        ),
        ("/as_of", json!("2026-02-29"), "as_of", &*format!("`2026-02-29` {date}")),
        ("/as_of", json!("20.11.2026"), "as_of", &*format!("`20.11.2026` {date}")),
        (
            "/commitment",
            json!({ "signed_on": "2026-11-31", "complete_by": "2026-12-04" }),
            "commitment.signed_on",
            &*format!("`2026-11-31` {date}"),
        ),
    ] {
        let run = check_text(&folder, &with(&application(), pointer, value).to_string());
        let start = format!("error: {path}: {detail} (line 1, column ");
        assert!(
            run.stderr.starts_with(&start) && run.stderr.lines().count() == 1,
            "{}",
            run.stderr
        );
        assert_eq!((run.code, run.json()["error"]["path"].as_str()), (3, Some(path)));
    }
    let twice = application().to_string().replacen('{', "{\"id\":\"GP-1\",", 1);
    let run = check_text(&folder, &twice);
    assert!(run.stderr.starts_with("error: the document: duplicate field `id` "), "{}", run.stderr);
}

#[test]
fn an_array_is_no_object() {
    let folder = Folder::new();
    for (pointer, value, path) in [
        ("/office", json!(["上海市财政局", "310000"]), "office"),
        (
            "/subjects/0",
            json!(["applicant", "organization", "uscc", support::uscc(1), null, "甲"]),
            "subjects[0]",
        ),
    ] {
        let run = check_text(&folder, &with(&application(), pointer, value).to_string());
        let start = format!("error: {path}: invalid type: sequence, expected ");
        assert!(run.stderr.starts_with(&start), "{}: {}", run.code, run.stderr);
        assert_eq!(run.code, 3);
    }
    folder.write("application.json", &application());
    folder.write_text("registry.json", "[]");
    let run = folder.run_check();
    assert_eq!(run.code, 3, "{}", run.stderr);
}

#[test]
fn a_bad_registry_file_is_told_with_every_fault() {
    let folder = Folder::new();
    let one = with(&record("r1", 1), "/valid_until", "2025-02-28");
    let two = with(&record("r2", 2), "/list", "wage-arears");
    let run = folder.check(&application(), &registry(&[one, two]));
    let faults = "records[0].valid_from: record `r1` ends on `2025-02-28`, before it begins on \
                  `2025-03-01`\nrecords[1].list: `wage-arears` is not one that source `platform` \
                  covers";
    let stderr = format!("error: registry `registry.json`\n  caused by: {faults}\n");
    assert_eq!(run.told(), (3, &*stderr));
    let detail = "registry `registry.json`";
    let expected = json!({ "kind": "input", "detail": detail, "causes": [faults] });
    assert_eq!(run.json(), json!({ "error": expected }));

    // Only a policy knows the codes: the gate refuses.
    let misspelled = with(&registry(&[record("r1", 1)]), "/sources/0/covers/0", "tax-seriuos");
    let run = folder.check(&application(), &misspelled);
    let message = "the registry names what no policy knows: sources[0].covers[0]: `tax-seriuos` is \
                   an unknown list; did you mean `tax-serious`?";
    assert_eq!(run.told(), (3, &*format!("error: {message}\n")));
    assert_eq!(run.json(), json!({ "error": { "kind": "input", "detail": message } }));

    let run = {
        folder.write_text("registry.json", "{\"sources\": 1}");
        folder.run_check()
    };
    let cause = "sources: invalid type: integer `1`, expected a sequence (line 1, column 13)";
    let stderr = format!("error: registry `registry.json`\n  caused by: {cause}\n");
    assert_eq!(run.told(), (3, &*stderr));
}

#[test]
fn files_that_are_not_there_are_named() {
    let folder = Folder::new();
    folder.write("application.json", &application());
    folder.write("registry.json", &registry(&[]));
    let run = folder.run(&["check", "nowhere.json", "--registry", "registry.json"]);
    let missing = "No such file or directory (os error 2)";
    let stderr = format!("error: `nowhere.json` cannot be read\n  caused by: {missing}\n");
    assert_eq!(run.told(), (3, &*stderr));
    // A registry that is down is no fault of the applicant's.
    let run = folder.run(&["check", "application.json", "--registry", "nowhere.db"]);
    let stderr = format!(
        "error: registry `nowhere.db`\n  caused by: `nowhere.db` cannot be read\n  caused by: \
         {missing}\n"
    );
    assert_eq!(run.told(), (1, &*stderr));
    let run = folder.run(&["check", ".", "--registry", "registry.json"]);
    let directory = "Is a directory (os error 21)";
    let stderr = format!("error: `.` cannot be read\n  caused by: {directory}\n");
    assert_eq!(run.told(), (3, &*stderr));
}

#[test]
fn an_empty_registry_answers_nothing_and_so_the_check_is_undetermined() {
    let folder = Folder::new();
    let run = folder.check(&application(), &json!({}));
    assert_eq!(run.told(), (12, ""));
    let decision = run.json();
    assert_eq!(decision["disposition"], "undetermined");
    assert_eq!(decision["disposition_rule"], "unanswered-lookup");
    let lookups = decision["lookups"].as_array().unwrap();
    assert_eq!(lookups.iter().filter(|l| l["due"] == true).count(), 17);
    for lookup in lookups {
        assert_eq!(lookup["status"], "not-covered");
        assert_eq!(lookup["records"], 0);
        assert!(lookup.get("source").is_none());
    }
    assert_eq!(decision["measures"], json!([]));
}
