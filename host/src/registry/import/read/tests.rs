#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

const FIRM: &str = "91310115MA1K3H5Q4N";

fn meant(record: &str) -> BTreeSet<String> {
    serde_json::from_str::<Remnant<'_>>(record).unwrap().identifiers()
}

fn about(identifier: &str, scheme: &str) -> BTreeSet<String> {
    let subject = format!(r#"{{ "scheme": "{scheme}", "identifier": "{identifier}" }}"#);
    meant(&format!(r#"{{ "subject": {subject} }}"#))
}

#[test]
fn an_identifier_that_cannot_be_read_leaves_open_everybody() {
    for (identifier, scheme) in [
        ("3101**********3355", "resident-id"),
        ("310104710612335", "resident-id"),
        ("310104197106123000", "resident-id"),
        ("9.13101E+17", "uscc"),
        ("MA1K3H5Q-4", "uscc"),
        ("310115000000001", "uscc"),
        ("无", "uscc"),
        ("--", "uscc"),
        ("", "uscc"),
        ("91310115", "uscc"),
        (FIRM, "no scheme"),
    ] {
        let everybody = about(identifier, scheme).contains(EVERYBODY);
        assert_eq!(everybody, identifier != FIRM, "{identifier}");
    }
}

#[test]
fn a_wrong_character_leaves_open_who_is_one_edit_away() {
    for damaged in ["91310115MA1K3H5Q4M", "91310115MA1K3H5Q4", "1310115MA1K3H5Q4N"] {
        let meant = about(damaged, "uscc");
        assert!(meant.contains(FIRM) && !meant.contains(EVERYBODY), "{damaged}: {meant:?}");
    }
}

#[test]
fn what_surrounds_an_exact_code_is_taken_off() {
    for written in ["9131 0115 MA1K 3H5Q 4N", "9131-0115-MA1K3H5Q4N", "91310115\u{200b}MA1K3H5Q4N"]
    {
        assert_eq!(about(written, "uscc"), BTreeSet::from([FIRM.to_owned()]), "{written:?}");
    }
}

#[test]
fn a_person_who_cannot_be_read_leaves_open_everybody_beside_the_firm() {
    let persons = r#"[{ "scheme": "resident-id", "identifier": "3101**********3355" }]"#;
    let record = format!(
        r#"{{ "subject": {{ "scheme": "uscc", "identifier": "{FIRM}" }},
             "responsible_persons": {persons} }}"#
    );
    let both = BTreeSet::from([EVERYBODY.to_owned(), FIRM.to_owned()]);
    assert_eq!(meant(&record), both);
}

#[test]
fn only_an_importer_tells_whom_an_entry_may_mean() {
    let open = r#""open": ["91310115MA1K3H5Q4N"]"#;
    let subject = r#""subject": { "scheme": "uscc", "identifier": "无" }"#;
    assert!(meant(&format!("{{ {subject}, {open} }}")).contains(EVERYBODY));
    let told = meant(&format!(r#"{{ {subject}, {open}, "rejected": "row 8: is empty" }}"#));
    assert_eq!(told, BTreeSet::from([FIRM.to_owned()]));
    let masked = meant(r#"{ "open": ["3101??????????3355"], "rejected": "row 9: …" }"#);
    assert_eq!(masked, BTreeSet::from([EVERYBODY.to_owned()]));
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
