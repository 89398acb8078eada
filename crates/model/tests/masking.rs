//! Masking what a text quotes, against a plain search.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use mustcheck_model::identifier::mask;
use mustcheck_model::masking::Identifiers;
use proptest::prelude::*;

#[test]
fn each_identifier_is_masked_wherever_it_stands_and_nothing_else() {
    let known = Identifiers::new(["91310115MA1K3H5Q4N", "310104197106123355", "E12345678"]);
    for (text, shown) in [
        ("沪人社监列〔2025〕17号", "沪人社监列〔2025〕17号"),
        ("", ""),
        ("E12345678", "E1…**"),
        ("关于91310115MA1K3H5Q4N、310104197106123355的决定", "关于9131…**、3101…**的决定"),
        // In the middle of more letters and digits.
        ("NoE123456789", "NoE1…**9"),
        ("91310115MA1K3H5Q4M", "91310115MA1K3H5Q4M"),
    ] {
        assert_eq!(known.masked_in(text), shown, "{text}");
    }
    assert_eq!(Identifiers::new([]).masked_in("E12345678"), "E12345678");
    assert_eq!(Identifiers::new([""]).masked_in("E12345678"), "E12345678");
}

#[test]
fn the_longer_of_two_that_begin_alike_is_masked_whole() {
    let known = Identifiers::new(["E12345678", "E1234567890"]);
    assert_eq!(known.masked_in("E1234567890，E12345678"), "E1…**，E1…**");
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
        let known = Identifiers::new(identifiers.iter().map(String::as_str));
        let shown = known.masked_in(&text);
        // A mask shows the beginning of what it stands for, which may be another one here.
        let rest = identifiers.iter().fold(shown.to_string(), |rest, i| rest.replace(&mask(i), "…"));
        for identifier in &identifiers {
            prop_assert!(!rest.contains(identifier.as_str()), "{} in {}", identifier, shown);
        }
        if !identifiers.iter().any(|identifier| text.contains(identifier)) {
            prop_assert_eq!(&*shown, &*text);
        }
    }

    #[test]
    fn one_identifier_is_masked_as_it_is_replaced(identifier in "[AB]{2,6}", text in "[AB字]{0,24}") {
        let known = Identifiers::new([identifier.as_str()]);
        prop_assert_eq!(known.masked_in(&text), text.replace(&identifier, &mask(&identifier)));
    }
}
