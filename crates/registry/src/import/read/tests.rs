#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use mustcheck::registry::written::Pattern;

use super::*;

const FIRM: &str = "91310115MA1K3H5Q4N";

fn texts(open: &BTreeSet<Pattern>) -> BTreeSet<String> {
    open.iter().map(Pattern::to_string).collect()
}

fn meant(record: &str) -> BTreeSet<String> {
    texts(&serde_json::from_str::<Remnant<'_>>(record).unwrap().may_mean())
}

fn about(identifier: &str, scheme: &str) -> BTreeSet<String> {
    let subject = format!(r#"{{ "scheme": "{scheme}", "identifier": "{identifier}" }}"#);
    meant(&format!(r#"{{ "subject": {subject} }}"#))
}

fn one(text: &str) -> BTreeSet<String> {
    BTreeSet::from([text.to_owned()])
}

#[test]
fn an_identifier_that_says_nothing_leaves_open_everybody() {
    for (identifier, scheme) in [("无", "uscc"), ("--", "uscc"), ("", "uscc"), ("91310115", "uscc")]
    {
        assert_eq!(about(identifier, scheme), one("*"), "{identifier}");
    }
    for nobody in ["{}", r#"{ "subject": 7 }"#, r#"{ "subject": { "scheme": "uscc" } }"#] {
        assert_eq!(meant(nobody), one("*"), "{nobody}");
    }
}

#[test]
fn an_identifier_that_says_a_part_leaves_open_whom_it_may_mean() {
    for (identifier, scheme, pattern) in [
        ("3101**********3355", "resident-id", "3101??????????3355"),
        ("310104710612335", "resident-id", "310104??710612335?"),
        ("310104197106123000", "resident-id", "310104197106123???"),
        ("MA1K3H5Q-4", "uscc", "????????MA1K3H5Q4?"),
    ] {
        let meant = about(identifier, scheme);
        assert!(meant.contains(pattern) && !meant.contains("*"), "{identifier}: {meant:?}");
    }
}

#[test]
fn a_number_may_have_been_rounded_into_somebody_else_s() {
    let number = r#"{ "subject": { "scheme": "resident-id", "identifier": 310104196607198000 } }"#;
    let meant = meant(number);
    assert!(meant.contains("310104196607198???") && !meant.contains("*"), "{meant:?}");
}

#[test]
fn a_wrong_character_leaves_open_who_is_one_edit_away() {
    for damaged in ["91310115MA1K3H5Q4M", "91310115MA1K3H5Q4", "1310115MA1K3H5Q4N"] {
        let meant = about(damaged, "uscc");
        assert!(meant.contains(FIRM) && !meant.contains("*"), "{damaged}: {meant:?}");
    }
}

#[test]
fn what_surrounds_an_exact_code_is_taken_off() {
    for written in [
        "9131 0115 MA1K 3H5Q 4N",
        "9131-0115-MA1K3H5Q4N",
        "91310115\u{200b}MA1K3H5Q4N",
        "统一社会信用代码：91310115MA1K3H5Q4N",
        "91310115MA1K3H5Q4N（已注销）",
        FIRM,
    ] {
        assert_eq!(about(written, "uscc"), one(FIRM), "{written:?}");
        let meant = about(written, "no scheme");
        assert!(meant.contains(FIRM) && !meant.contains("*"), "{written:?}: {meant:?}");
    }
    // Beside it is the identifier of another.
    let two = about("91310115MA1K3H5Q4N 3101**********3355", "uscc");
    assert!(two.contains("*") && two.contains(FIRM), "{two:?}");
}

#[test]
fn a_damaged_number_that_passes_for_a_code_of_a_firm_means_the_person_too() {
    // `1` became `F`: as a code of a firm it passes.
    let meant = about("310104197102224F12", "resident-id");
    assert!(
        meant.iter().any(|one| one.starts_with("310104197102224") && one != "310104197102224F12")
    );
    assert!(meant.contains("310104197102224F12"), "{meant:?}");
}

#[test]
fn a_person_who_cannot_be_read_is_left_open_beside_the_firm() {
    let of = |persons: &str| {
        let firm = format!(r#""subject": {{ "scheme": "uscc", "identifier": "{FIRM}" }}"#);
        meant(&format!(r#"{{ {firm}, "responsible_persons": {persons} }}"#))
    };
    let masked = of(r#"[{ "scheme": "resident-id", "identifier": "3101**********3355" }]"#);
    assert!(masked.contains(FIRM) && masked.contains("3101??????????3355"), "{masked:?}");
    for persons in ["7", r#"["张三"]"#, "[{}]", r#"{ "identifier": 7 }"#] {
        assert_eq!(of(persons), BTreeSet::from(["*".to_owned(), FIRM.to_owned()]), "{persons}");
    }
}

#[test]
fn only_an_importer_tells_whom_an_entry_may_mean() {
    let open = r#""open": ["91310115MA1K3H5Q4N"], "unnamed": true"#;
    let subject = r#""subject": { "scheme": "uscc", "identifier": "无" }"#;
    let own: Remnant<'_> = serde_json::from_str("{}").unwrap();
    assert!(!own.is_unnamed());
    let written = format!("{{ {subject}, {open} }}");
    let written: Remnant<'_> = serde_json::from_str(&written).unwrap();
    assert_eq!((texts(&written.may_mean()), written.is_unnamed()), (one("*"), false));
    let told = format!(r#"{{ {subject}, {open}, "rejected": "row 8: is empty" }}"#);
    let told: Remnant<'_> = serde_json::from_str(&told).unwrap();
    assert_eq!((texts(&told.may_mean()), told.is_unnamed()), (one(FIRM), true));
    let masked = r#"{ "open": ["3101??????????3355"], "rejected": "row 9: …" }"#;
    assert_eq!(meant(masked), one("3101??????????3355"));
    for unreadable in [r#"["3101*3355*"]"#, r#"["甲"]"#, "7", r#"["91310115MA1K3H5Q4N", 7]"#] {
        let told = format!(r#"{{ "open": {unreadable}, "rejected": "row 9: …" }}"#);
        assert_eq!(meant(&told), one("*"), "{unreadable}");
    }
}

#[test]
fn an_importer_says_the_row_of_its_own_file() {
    for (told, place, reason) in [
        ("row 17: is empty", "row 17", "is empty"),
        ("line 3: no code: none", "line 3", "no code: none"),
        ("column: is empty", "records[4]", "column: is empty"),
        ("row of a list: x", "records[4]", "row of a list: x"),
    ] {
        let told =
            Rejected { place: "records[4]".into(), reason: told.into(), mark: String::new() };
        let remnant: Remnant<'_> = serde_json::from_str(r#"{ "rejected": "x" }"#).unwrap();
        assert_eq!(remnant.place(&told), (place, reason));
        let own: Remnant<'_> = serde_json::from_str("{}").unwrap();
        assert_eq!(own.place(&told), ("records[4]", &*told.reason));
    }
}

#[test]
fn a_snapshot_of_the_future_is_refused() {
    let source = r#"{ "id": "platform", "as_of": "2062-11-17T20:00:00+08:00", "covers": [] }"#;
    let source: Source = serde_json::from_str(source).unwrap();
    let faults = future_faults(std::slice::from_ref(&source)).unwrap();
    let told = "sources[0].as_of: `2062-11-17T20:00:00+08:00` lies in the future: it is `";
    assert!(faults.iter().any(|fault| fault.starts_with(told)), "{faults:?}");
    let past = Source { as_of: "2025-11-17T20:00:00+08:00".parse().unwrap(), ..source };
    assert_eq!(future_faults(&[past]).unwrap(), Vec::<String>::new());
}
