//! Large input: refused at once where it is too large, decided within a minute where it is not.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Folder, Run, application, record, registry, resident, uscc, with};

#[test]
fn a_file_of_50_megabytes_is_refused_at_once() {
    let folder = Folder::new();
    let size = 50 << 20;
    let mut bytes = with(&application(), "/id", "ID").to_string().into_bytes();
    bytes.resize(size, b' ');
    folder.write_bytes("application.json", &bytes);
    folder.write("registry.json", &registry(&[]));
    let begun = Instant::now();
    let run = folder.run_check();
    let cause = "the input has 52428800 bytes, more than the 16777216 that are read";
    let stderr = format!("error: `application.json` cannot be read\n  caused by: {cause}\n");
    assert_eq!(run.told(), (3, &*stderr));
    assert_eq!(run.json()["error"]["kind"], "input");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // A pipe has no length beforehand.
    let run = folder.run_with_input(&["check", "-", "--registry", "registry.json"], &bytes);
    let cause = "the input has 16777217 bytes, more than the 16777216 that are read";
    assert_eq!(run.told(), (3, &*format!("error: `-` cannot be read\n  caused by: {cause}\n")));
}

#[test]
fn an_application_of_almost_16_megabytes_is_read() {
    let folder = Folder::new();
    let mut bytes = application().to_string().into_bytes();
    bytes.resize(16 << 20, b' ');
    folder.write_bytes("application.json", &bytes);
    let run = folder.run(&["lookups", "application.json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_registry_of_50_megabytes_is_read() {
    let folder = Folder::new();
    let long = "长".repeat(1_000);
    let records: Vec<Value> = (0..16_000)
        .map(|n| with(&record(&format!("r{n}"), n), "/document", long.as_str()))
        .collect();
    folder.write("application.json", &application());
    let bytes = registry(&records).to_string().into_bytes();
    assert!(bytes.len() > 50 << 20);
    folder.write_bytes("registry.json", &bytes);
    let begun = Instant::now();
    let run = folder.run_check();
    assert_eq!(run.told(), (11, ""));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

/// A consortium of 5,000 members with 5,000 principals.
fn consortium() -> Value {
    let mut subjects = Vec::new();
    for n in 0..5_000 {
        let role = if n == 0 { "applicant" } else { "consortium-member" };
        subjects.push(json!({ "role": role, "kind": "organization", "scheme": "uscc",
                              "identifier": uscc(n), "name": format!("公司{n}") }));
        subjects.push(json!({ "role": "principal", "kind": "person", "scheme": "resident-id",
                              "identifier": resident(n), "name": format!("人{n}"),
                              "of": 2 * n }));
    }
    with(&with(&application(), "/consortium", true), "/subjects", subjects)
}

/// Decides the large consortium, within a minute.
fn decided(folder: &Folder, registry: &Value) -> Run {
    folder.write("application.json", &consortium());
    folder.write("registry.json", registry);
    let begun = Instant::now();
    let run = folder.run_check();
    println!("decided in {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    run
}

#[test]
fn ten_thousand_subjects_are_decided_within_a_minute() {
    let folder = Folder::new();
    // Every tenth member and its principal are on the list of wage arrears.
    let records: Vec<Value> = (0..5_000).step_by(10).map(|n| record(&format!("r{n}"), n)).collect();
    let run = decided(&folder, &registry(&records));
    assert_eq!(run.told(), (11, ""));
    let decision = run.json();
    assert_eq!(decision["lookups"].as_array().unwrap().len(), 5_000 * 18);
    let barred = |index: usize| {
        let measures = decision["measures"].as_array().unwrap().iter();
        measures
            .filter(|m| m["target"]["subject_index"] == index && m["force"] == "mandatory")
            .count()
    };
    assert!(barred(0) > 0 && barred(20) > 0 && barred(2) == 0);
}

#[test]
fn ten_thousand_subjects_without_any_answer_are_undetermined_within_a_minute() {
    let folder = Folder::new();
    let run = decided(&folder, &json!({}));
    assert_eq!(run.told(), (12, ""));
    let decision = run.json();
    let lookups = decision["lookups"].as_array().unwrap();
    assert!(lookups.iter().all(|l| l["status"] == "not-covered"));
}
