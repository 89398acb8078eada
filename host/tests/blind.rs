//! The component decides blind: a sandbox is given nothing that names anybody.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/golden.rs"]
mod golden;

use std::collections::BTreeSet;

use golden::{cases, checked, policies};
use mustcheck_facts as facts;
use mustcheck_model::described::Described;
use serde_json::Value;

/// Collects every text of a document that may say who somebody is, or quote it.
fn texts(value: &Value, key: &str, all: &mut BTreeSet<String>) {
    const TELLING: [&str; 10] = [
        "id",
        "identifier",
        "name",
        "document",
        "decided_by",
        "source",
        "reason",
        "detail",
        "title",
        "address",
    ];
    match value {
        Value::String(text) if TELLING.contains(&key) && text.chars().count() > 1 => {
            all.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, key, all)),
        Value::Object(members) => members.iter().for_each(|(key, value)| texts(value, key, all)),
        _ => {}
    }
}

/// RAIL R6, RAIL R13: facts hold positions, days, flags and codes of the interface, and no text of an
/// application or of a record.
#[test]
fn no_text_of_an_application_or_a_record_enters_a_sandbox() {
    let policies = policies();
    let mut looked_for = 0;
    for folder in cases() {
        let checked = checked(&folder, &policies);
        let case = checked.case();
        let policy = Described::new(case.description.clone().into_owned());
        let application = facts::application(&policy, &case.application, case.made_on).unwrap();
        let days = application.days();
        let rows =
            facts::answers::answered(&policy, &case.application, days, &case.due, &case.answers);
        let answers = facts::answers(&policy, &rows.unwrap());
        let given = serde_json::to_string(&(&application, &answers)).unwrap();
        let mut telling = BTreeSet::new();
        texts(&serde_json::to_value(&case.application).unwrap(), "", &mut telling);
        texts(&serde_json::to_value(&case.answers).unwrap(), "", &mut telling);
        for text in &telling {
            assert!(!given.contains(text.as_str()), "{}: `{text}`", folder.display());
        }
        looked_for += telling.len();
        // Not even in another alphabet: what is text in them is a code of the interface.
        assert!(given.is_ascii(), "{}", folder.display());
    }
    assert!(looked_for > 5_000, "{looked_for} texts");
}
