#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::input::parse_strictly;

fn source(more: &str) -> Result<Source, String> {
    let text = format!(r#"{{ "id": "platform", "as_of": "2025-11-17T20:00:00+08:00", {more} }}"#);
    parse_strictly(text.as_bytes()).map_err(|e| e.to_string())
}

#[test]
fn a_list_is_covered_for_everybody_or_for_some_kinds() {
    let of_kinds = r#"{ "list": "b", "kinds": ["organization"] }"#;
    let source = source(&format!(r#""covers": ["a", {of_kinds}, {{ "list": "c" }}]"#)).unwrap();
    let kinds = [SubjectKind::Organization, SubjectKind::Person];
    let held = |list: &str| kinds.map(|kind| source.holds_kind(list, kind));
    assert_eq!([held("a"), held("b"), held("c")], [[true, true], [true, false], [true, true]]);
    assert_eq!(source.lists().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(held("d"), [false, false]);
}

#[test]
fn a_cover_of_another_shape_is_told() {
    for (cover, told) in [
        ("7", "covers[0]: invalid type: integer `7`, expected the code of a list, or an object"),
        (r#"["a", ["person"]]"#, "covers[0]: invalid type: sequence, expected the code of a list"),
        (r#"{ "kinds": ["person"] }"#, "covers[0]: missing field `list`"),
        (r#"{ "list": "a", "kind": [] }"#, "covers[0].kind: unknown field `kind`, expected"),
        (r#"{ "list": "a", "kinds": ["firm"] }"#, "covers[0].kinds[0]: unknown variant `firm`"),
    ] {
        let fault = source(&format!(r#""covers": [{cover}]"#)).unwrap_err();
        assert!(fault.starts_with(told), "{fault}");
    }
}

#[test]
fn what_is_declared_empty_is_told() {
    let empty = r#""covers": [{ "list": "a", "kinds": [] }], "schemes": [], "identified_by": []"#;
    let faults = sources_faults(&[source(empty).unwrap()]);
    let told = ["covers[0].kinds", "schemes", "identified_by"];
    assert_eq!(faults, told.map(|at| format!("sources[0].{at}: must not be empty")));
}

#[test]
fn a_source_keeps_the_identifiers_of_china_and_those_that_its_records_have() {
    let plain = source(r#""covers": []"#).unwrap();
    let china = [Scheme::Uscc, Scheme::ResidentId];
    for (occurring, kept) in [
        (&[][..], &china[..]),
        (&[Scheme::Uscc], &china),
        (&[Scheme::ResidentId, Scheme::Passport], &[china[0], china[1], Scheme::Passport]),
        (&[Scheme::Lei], &[Scheme::Lei]),
    ] {
        let kept: BTreeSet<Scheme> = kept.iter().copied().collect();
        assert_eq!(plain.kept_schemes(&occurring.iter().copied().collect()), kept);
    }
    let declared = source(r#""covers": [], "schemes": ["lei"]"#).unwrap();
    assert_eq!(declared.kept_schemes(&china.into()), [Scheme::Lei].into());
}
