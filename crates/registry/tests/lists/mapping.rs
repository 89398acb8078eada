//! Mapping files of tables and of entities: every fault is reported at once, with its place.

use mustcheck_registry::follow_the_money::MoneyMapping;
use mustcheck_registry::table::TableMapping;

use crate::entities;
use crate::tables::MAPPING;

fn table(mapping: &str) -> Vec<String> {
    let faults = TableMapping::from_toml(mapping).expect_err("the mapping is bad");
    faults.iter().map(ToString::to_string).collect()
}

fn money(mapping: &str) -> Vec<String> {
    let faults = MoneyMapping::from_toml(mapping).expect_err("the mapping is bad");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn every_fault_of_a_table_s_mapping_is_told() {
    let bad = MAPPING
        .replace("id = [\"文书号\"]", "id = []")
        .replace("{ constant = \"uscc\" }", "{ constant = \"ussc\" }")
        .replace("decided_by = \"决定机关\"", "decided_by = { column = \"机关\", letter = \"A\" }")
        .replace("\"警告\" = \"warning\"", "\"警告\" = \"warn\"")
        .replace("\n[record]", "\n[file]\ndelimiter = \"，\"\nheader_rows = 0\n\n[record]");
    let penalties = "warning, criticism, fine, confiscation, suspension-of-business, \
                     licence-revocation, disqualification, criminal, other";
    assert_eq!(
        table(&bad),
        [
            "file.delimiter: must be one ASCII sign, or `tab` (line 9, column 13)".to_owned(),
            "file.header_rows: must not be 0: columns are told by their header (line 10, column \
             15)"
            .into(),
            "record.id: must not be empty (line 13, column 6)".into(),
            "record.decided_by: needs one of `column`, `letter` and `constant` (line 16, column \
             14)"
            .into(),
            "record.subject.scheme: `ussc` is none of uscc, resident-id, lei, passport (line 23, \
             column 10)"
                .into(),
            format!("record.penalty.kind: `warn` is none of {penalties} (line 36, column 8)"),
        ]
    );
    assert_eq!(
        table(&MAPPING.replace("name = \"企业名称\"", "nmae = \"企业名称\"")),
        ["record.subject.nmae: unknown field `nmae`, expected one of `kind`, `scheme`, \
          `identifier`, `country`, `name`, `split` (line 21, column 1)"]
    );
    assert_eq!(
        table(
            &MAPPING
                .replace("identifier = \"统一社会信用代码\"", "identifier = { constant = \"x\" }")
        ),
        ["record.subject: a constant names the same subject in every row (line 17, column 1)"]
    );
    assert_eq!(
        table(&MAPPING.replace("\"决定机关\"", "{ letter = \"a1\" }")),
        ["record.decided_by: `a1` is no letter of a column, `A` to `ZZZ` (line 12, column 14)"]
    );
}

#[test]
fn every_fault_of_what_a_table_declares_is_told() {
    let with = |from: &str, to: &str| table(&MAPPING.replace(from, to));
    let file = |line: &str| with("\n[record]", &format!("\n[file]\n{line}\n\n[record]"));
    let at = "(line 9, column 9)";
    for (rule, told) in [
        ("{ is = \"empty\" }", "needs one of `column` and `letter`"),
        ("{ column = \"a\" }", "needs one of `is`, `equals` and `starts_with`"),
        ("{ letter = \"a\", is = \"empty\" }", "`a` is no letter of a column, `A` to `ZZZ`"),
        (
            "{ column = \"a\", starts_with = \"\" }",
            "an empty text would pass over every row: say `is = \"empty\"`",
        ),
    ] {
        assert_eq!(file(&format!("skip = [{rule}]")), [format!("file.skip[0]: {told} {at}")]);
    }
    let as_of = "as_of = \"2026-11-19T20:00:00+08:00\"";
    let place = "(line 5, column 14)";
    for (line, told) in [
        (
            "as_of_cell = \"2B\"",
            format!("source.as_of_cell: `2B` is no cell, such as `B2` {place}"),
        ),
        (
            "as_of_name = \"list.csv\"",
            format!("source.as_of_name: `list.csv` must hold `{{date}}` once {place}"),
        ),
    ] {
        assert_eq!(with(as_of, line), [told]);
    }
    assert_eq!(
        with(as_of, &format!("{as_of}\nas_of_cell = \"B1\"")),
        ["source: needs only one of `as_of`, `as_of_cell` and `as_of_name` (line 2, column 1)"]
    );
    assert_eq!(
        with(
            "[record.subject]",
            "[[record.subjects]]\nkind = \"a\"\nscheme = \"b\"\n\
              identifier = \"c\"\n\n[record.subject]"
        ),
        ["record: needs either `subject` or `subjects` (line 8, column 1)"]
    );
    assert_eq!(
        with("valid_from = \"列入日期\"", "valid_from = { constant = \"2025\", range = \"last\" }"),
        ["record.valid_from: a constant is no range (line 14, column 14)"]
    );
}

#[test]
fn every_fault_of_an_entities_mapping_is_told() {
    let bad = entities::MAPPING
        .replace("topics = [\"debarment\"]", "")
        .replace("list = \"association-members\"", "list = \"tax-serious\"");
    assert_eq!(
        money(&bad),
        [
            "source.covers[0]: nothing puts an entity on `association-members` (line 5, column 11)",
            "list[0]: needs `topics`, `programs`, `authorities` or `datasets` (line 7, column 1)",
            "list[0].list: `tax-serious` is not one that the source covers (line 8, column 8)",
        ]
    );
}
