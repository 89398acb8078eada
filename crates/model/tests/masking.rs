//! Masking what a text quotes, against a plain search.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use mustcheck_model::identifier::shown;
use mustcheck_model::masking::Identifiers;
use mustcheck_model::{Answer, Application, Scheme};
use proptest::prelude::*;

#[test]
fn each_identifier_is_masked_wherever_it_stands_and_nothing_else() {
    let known = Identifiers::new([
        (Scheme::ResidentId, "310104197106123355"),
        (Scheme::Passport, "E12345678"),
    ]);
    for (text, shown) in [
        ("沪人社监列〔2025〕17号", "沪人社监列〔2025〕17号"),
        ("", ""),
        ("E12345678", "E******78"),
        (
            "关于91310115MA1K3H5Q4N、310104197106123355的决定",
            "关于91310115MA1K3H5Q4N、3101**********3355的决定",
        ),
        // In the middle of more letters and digits.
        ("NoE123456789", "NoE******789"),
        ("91310115MA1K3H5Q4M", "91310115MA1K3H5Q4M"),
    ] {
        assert_eq!(known.masked_in(text), shown, "{text}");
    }
    assert_eq!(Identifiers::new([]).masked_in("E12345678"), "E12345678");
    assert_eq!(Identifiers::new([(Scheme::Passport, "")]).masked_in("E12345678"), "E12345678");
}

#[test]
fn the_longer_of_two_that_begin_alike_is_masked_whole() {
    let known =
        Identifiers::new([(Scheme::Passport, "E12345678"), (Scheme::Passport, "E1234567890")]);
    assert_eq!(known.masked_in("E1234567890，E12345678"), "E********90，E******78");
}

/// An application and an answer with one record, which name a firm and two persons.
fn check() -> (Application, Vec<Answer>) {
    let application = serde_json::json!({
        "id": "C-1", "matter": "tendering/government-procurement", "as_of": "2026-11-23",
        "office": { "name": "某中心", "region": "310000" },
        "subjects": [{ "role": "applicant", "kind": "organization", "scheme": "uscc",
            "identifier": "91310115MA1K3H5Q4N", "name": "甲公司",
            "also": [{ "scheme": "lei", "identifier": "5493001KJTIIGC8Y1R12" }] }],
    });
    let answers = serde_json::json!([{
        "query": 0, "list": "wage-arrears", "status": "answered", "records": [{
            "id": "r1", "list": "wage-arrears", "source": "s", "valid_from": "2025-03-01",
            "subject": { "kind": "person", "scheme": "passport", "country": "US",
                "identifier": "E12345678" },
            "responsible_persons": [{ "role": "principal", "scheme": "resident-id",
                "identifier": "310104197106123355" }],
        }],
    }]);
    let read = serde_json::from_value;
    (read(application).unwrap(), serde_json::from_value(answers).unwrap())
}

#[test]
fn a_firm_s_code_stands_whole_and_everybody_s_number_is_masked() {
    let (application, answers) = check();
    let text = "91310115MA1K3H5Q4N 5493001KJTIIGC8Y1R12 E12345678 310104197106123355";
    let now = Identifiers::of(&application, &answers);
    let masked = "91310115MA1K3H5Q4N 5493001KJTIIGC8Y1R12 E******78 3101**********3355";
    assert_eq!(now.masked_in(text), masked);
    assert_eq!(now.target(&application.subjects[0], 0).subject, "91310115MA1K3H5Q4N");
    // As evidence of earlier versions has it.
    let before = Identifiers::in_short(&application, &answers);
    assert_eq!(before.masked_in(text), "9131…** 5493…** E1…** 3101…**");
    assert_eq!(before.target(&application.subjects[0], 0).subject, "9131…**");
}

/// Identifiers, and a text that holds them or nearly does, many times.
fn quoting() -> impl Strategy<Value = (Vec<String>, String)> {
    let piece = prop_oneof!["[AB]{1,6}", Just("字".into()), Just("-".into())];
    (proptest::collection::vec("[AB]{2,6}|[AB]字", 0..6), proptest::collection::vec(piece, 0..12))
        .prop_map(|(identifiers, text): (_, Vec<String>)| (identifiers, text.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(4_000)
    })]

    #[test]
    fn no_identifier_is_left((identifiers, text) in quoting()) {
        let known = Identifiers::new(identifiers.iter().map(|i| (Scheme::Passport, i.as_str())));
        let masked = known.masked_in(&text);
        // A mask shows the beginning of the identifier that it replaces, which may be another one
        // here.
        let rest = identifiers.iter().fold(masked.to_string(), |rest, i| rest.replace(&shown(Scheme::Passport, i), "…"));
        for identifier in &identifiers {
            prop_assert!(!rest.contains(identifier.as_str()), "{} in {}", identifier, masked);
        }
        if !identifiers.iter().any(|identifier| text.contains(identifier)) {
            prop_assert_eq!(&*masked, &*text);
        }
    }

    #[test]
    fn one_identifier_is_masked_as_it_is_replaced(identifier in "[AB]{2,6}", text in "[AB字]{0,24}") {
        let known = Identifiers::new([(Scheme::Passport, identifier.as_str())]);
        let masked = shown(Scheme::Passport, &identifier);
        prop_assert_eq!(known.masked_in(&text), text.replace(&identifier, &masked));
    }
}
