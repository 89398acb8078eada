//! Mapping files: all faults of one are reported at once, each with its place; and the published
//! schema is that of the program's types.

use std::path::Path;

use mustcheck_platform::Mapping;
use mustcheck_platform::simulator::Shape;

use crate::{simulate, small};

const GOOD: &str = r#"[[source]]
id = "platform"
base_url = "https://credit.example/api"

[source.request]
path = "query"
body = { code = "{identifier}" }

[source.lists]
W = "wage-arrears"

[source.response]
records = "/rows"
as_of = "/at"

[source.record]
id = "/id"
valid_from = "/from"

[source.record.subject]
kind = { constant = "organization" }
scheme = { constant = "uscc" }
identifier = "/code"
"#;

/// All faults of a mapping.
fn faults(mapping: &str) -> Vec<String> {
    let faults = Mapping::from_toml(mapping).expect_err("the mapping is bad");
    faults.iter().map(ToString::to_string).collect()
}

/// Faults of the good mapping after a change.
fn changed(from: &str, to: &str) -> Vec<String> {
    assert!(GOOD.contains(from), "{from}");
    faults(&GOOD.replace(from, to))
}

#[test]
fn a_good_mapping_is_read_and_the_simulator_s_too() {
    Mapping::from_toml(GOOD).unwrap();
    for shape in [Shape::Paged, Shape::Cursor] {
        Mapping::from_toml(&simulate(small(), shape, 2, &[]).mapping()).unwrap();
    }
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let bad = GOOD
        .replace("https://credit.example", "http://credit.example")
        .replace("body = { code = \"{identifier}\" }", "query = { code = \"{identifier}\" }")
        .replace("\"/rows\"", "\"rows\"")
        .replace("constant = \"uscc\"", "constant = \"ussc\"")
        .replace("identifier = \"/code\"", "identifier = {}");
    assert_eq!(
        faults(&bad),
        [
            "source[0].base_url: must be https; http only to this machine itself (line 3, column \
             12)",
            "source[0].request.query.code: puts the identifier into the URL, which stands in \
             logs: put it into the body or a header; where the source offers nothing else, say \
             why in `identifier_in_url` (line 7, column 18)",
            "source[0].response.records: `rows` is no JSON Pointer: it begins with `/` (line 13, \
             column 11)",
            "source[0].record.subject.scheme: `ussc` is none of uscc, resident-id, lei, passport \
             (line 22, column 10)",
            "source[0].record.subject.identifier: needs `path` or `constant`, and not both (line \
             23, column 14)",
        ]
    );
}

#[test]
fn what_is_no_mapping_is_told_with_its_place() {
    assert_eq!(faults(""), ["source: the mapping names no source (line 1, column 1)"]);
    assert_eq!(
        changed("path = \"query\"", "path = 1"),
        ["source[0].request.path: invalid type: integer `1`, expected a string (line 6, column 8)"]
    );
    let unknown = changed("as_of = \"/at\"", "as_off = \"/at\"");
    assert_eq!(
        unknown,
        ["source[0].response.as_off: unknown field `as_off`, expected one of `success`, \
          `records`, `as_of`, `live`, `records_from`, `total` (line 14, column 1)"]
    );
    let torn = ["the document: unclosed array table, expected `]` (line 1, column 10)"];
    assert_eq!(faults("[[source]\nid = 1"), torn);
}

#[test]
fn what_a_mapping_may_not_leave_open_is_told() {
    let age = "source[0].response: an answer needs its age: `as_of`, or `live` where the source's \
               documentation says that it answers from what it holds at the moment (line 12, \
               column 1)";
    assert_eq!(changed("as_of = \"/at\"\n", ""), [age]);
    assert_eq!(
        changed("as_of = \"/at\"", "as_of = { constant = \"2024-01-01\" }"),
        ["source[0].response.as_of: a constant is no age of an answer (line 14, column 9)"]
    );
    assert_eq!(
        changed("body = { code = \"{identifier}\" }", "body = { code = \"x\" }"),
        ["source[0].request: nothing says `{identifier}`: whom to ask about (line 5, column 1)"]
    );
    assert_eq!(
        changed("\"{identifier}\"", "\"{identifier}{pages}\""),
        [
            "source[0].request: nothing says `{identifier}`: whom to ask about (line 5, column 1)",
            "source[0].request.body.code: `{pages}` is none of {identifier}, {scheme}, {kind}, \
          {country}, {list}, {page}, {offset}, {size}, {cursor} (line 7, column 17)"
        ]
    );
    let paged = "[source.paging]\nkind = \"page\"\nsize = 0\n\n[source.lists]";
    assert_eq!(
        changed("[source.lists]", paged),
        [
            "source[0].request: nothing says `{page}`: every part would be the first (line 5, column \
          1)",
            "source[0].paging.size: must not be 0 (line 11, column 8)",
            "source[0].response.total: a source that is asked page by page must say how many records \
          there are (line 16, column 1)"
        ]
    );
    assert_eq!(
        changed("W = \"wage-arrears\"", "W = \"wage-arrears\"\nT = \"tax-serious\""),
        ["source[0].record: neither the request says `{list}` nor a record its `list`: a record \
          may be of any (line 17, column 1)"]
    );
    assert_eq!(
        changed("valid_from", "act = \"/act\"\nvalid_from"),
        ["source[0].record.act: needs `values`: the catalogue's codes (line 18, column 7)"]
    );
    assert_eq!(
        changed("[source.request]", "[source.authentication]\n\n[source.request]"),
        ["source[0].authentication: needs `file` or `environment`, and not both (line 5, column \
          1)"]
    );
    assert_eq!(
        changed("https://credit.example/api", "https://user:pass@credit.example/api"),
        [
            "source[0].base_url: must hold no user or password: see `authentication` (line 3, column \
          12)"
        ]
    );
}

#[test]
fn a_canary_and_whom_a_record_is_about_are_held_against_what_they_may_be() {
    let canary = |said: &str| {
        changed("[source.response]", &format!("[[source.canary]]\n{said}\n\n[source.response]"))
    };
    let good = crate::uscc(1);
    assert_eq!(
        canary(&format!("scheme = \"uscc\"\nidentifier = \"{good}\"\nlist = \"V\"")),
        ["source[0].canary[0].list: `V` is none of W (line 15, column 8)"]
    );
    let wrong = format!("{}#", &good[..17]);
    assert_eq!(
        canary(&format!("scheme = \"uscc\"\nidentifier = \"{wrong}\"")),
        [
            "source[0].canary[0].identifier: `9131…**` is no valid uscc: the character at position 18 \
          is not in the alphabet (no I, O, S, V, Z) (line 14, column 14)"
        ]
    );
    let two = GOOD
        .replace("W = \"wage-arrears\"", "W = \"wage-arrears\"\nT = \"tax-serious\"")
        .replace("valid_from", "list = \"/list\"\nvalid_from");
    let two = two.replace(
        "[source.response]",
        &format!(
            "[[source.canary]]\nscheme = \"uscc\"\nidentifier = \"{good}\"\n\n[source.response]"
        ),
    );
    assert_eq!(
        faults(&two),
        ["source[0].canary[0]: needs `list`: on which of the source's lists it is known to be \
          (line 13, column 1)"]
    );
    let (before, _) = GOOD.split_once("\n[source.record.subject]").unwrap();
    let about =
        |word: &str| before.replace("id = \"/id\"", &format!("id = \"/id\"\nsubject = \"{word}\""));
    Mapping::from_toml(&about("asked")).unwrap();
    assert_eq!(
        faults(&about("aksed")),
        ["source[0].record.subject: invalid value: string \"aksed\", expected `asked` or a table \
          (line 18, column 11)"]
    );
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/platform-mapping.schema.json");
    let current = serde_json::to_string_pretty(&schemars::schema_for!(Mapping)).unwrap() + "\n";
    if std::env::var_os("MUSTCHECK_BLESS").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == current,
        "schemas/platform-mapping.schema.json is not that of the types; if the change is meant: \
         MUSTCHECK_BLESS=1 cargo test --release -p mustcheck-platform --test platform"
    );
}
