//! Lists in the shapes in which they are published.

use mustcheck::model::AnswerStatus;
use serde_json::json;

use crate::tables::{HEADER, MAPPING, row};
use crate::{Outcome, firm, person, resident, table, uscc};

const ONE: (AnswerStatus, usize) = (AnswerStatus::Answered, 1);
const NONE: (AnswerStatus, usize) = (AnswerStatus::Answered, 0);
const OPEN: (AnswerStatus, usize) = (AnswerStatus::Unavailable, 0);
/// Answer where the list holds somebody without an identifier.
const UNNAMED: (AnswerStatus, usize) = (AnswerStatus::NotCovered, 0);

fn made(text: &str, mapping: &str) -> Outcome {
    table(text.as_bytes(), mapping).unwrap()
}

fn told(text: &str, mapping: &str) -> String {
    table(text.as_bytes(), mapping).err().unwrap().to_string()
}

/// Adds lines about the file to the mapping.
fn of_file(lines: &str) -> String {
    format!("{MAPPING}\n[file]\n{lines}\n")
}

#[test]
fn a_quotation_mark_where_none_may_be_refuses_the_file() {
    let text = |from: &str, to: &str| HEADER.to_owned() + &row(1).replace(from, to) + &row(2);
    let inside =
        "`list.csv`: line 2: a quotation mark stands in a cell that does not begin with one";
    assert_eq!(told(&text("人社局", "人社\"局"), MAPPING), inside);
    let behind = "`list.csv`: line 2: something stands behind a cell's quotation mark";
    assert_eq!(told(&text("人社局", "\"人社\"局"), MAPPING), behind);
    // A code that a spreadsheet protects is as it was.
    let code = uscc(1);
    let made = made(&text(&code, &format!("=\"{code}\"")), MAPPING);
    assert_eq!(made.imported(&[firm(1), firm(2)]).1, [ONE, ONE]);
}

#[test]
fn a_cell_that_swallows_a_row_refuses_the_file() {
    let swallowed = "`list.csv`: a cell of the row that begins in line 3 has swallowed other rows: \
                     a quotation mark stands where none may be";
    let opened = |n| row(n).replace(&format!("公司{n}"), &format!("\"公司{n}"));
    let closed = |n| row(n).replace(&format!("公司{n}"), &format!("公司{n}\""));
    let text = HEADER.to_owned() + &row(1) + &opened(2) + &row(3) + &closed(4);
    assert_eq!(told(&text, MAPPING), swallowed);
    // A masked code is a row too.
    let masked = row(3).replace(&uscc(3), "9131**********3355").replace(&resident(3), "");
    let text = HEADER.to_owned() + &row(1) + &opened(2) + &masked + &closed(4);
    let cut = text.replace(&resident(2), "").replace(&uscc(2), "9131**********3356");
    assert_eq!(told(&cut, MAPPING), swallowed);
    // A line break alone swallows nothing, nor do codes below each other in their own column.
    let codes = format!("\"{}\n{}\"", uscc(1), uscc(2));
    let text = HEADER.to_owned() + &row(1).replace(&uscc(1), &codes).replace("公司1", "\"甲\n乙\"");
    assert_eq!(made(&text, MAPPING).imported(&[firm(1), firm(2)]).1, [ONE, ONE]);
    let text = HEADER.to_owned() + &row(1) + &row(2).replace("人社局", &codes);
    assert_eq!(told(&text, MAPPING), swallowed);
}

#[test]
fn the_header_is_found_below_a_title() {
    let title = "2026年拖欠农民工工资名单,,,,,,,,,\n单位：人社局,,,,,,制表日期,2026-11-19,,\n";
    let text = format!("{title}{HEADER}{}{title}{HEADER}{}", row(1), row(2));
    let found = made(&text, MAPPING);
    let report = &found.report;
    assert_eq!((report.rows, report.records, report.headers), (5, 2, 3));
    assert_eq!(found.imported(&[firm(1), firm(2)]).1, [ONE, ONE]);

    // A row above the header that may be a record is an error.
    let text = format!("{}{HEADER}{}", row(1), row(2));
    assert_eq!(
        told(&text, MAPPING),
        "`list.csv`: row 1 may be a record, and stands above the header in row 2: say by \
         `skip_rows` where the header is"
    );
    let late = ",,,,,,,,,\n".repeat(50) + HEADER + &row(1);
    assert!(told(&late, MAPPING).starts_with("`list.csv`: no column is called `企业名称`"));
    assert_eq!(made(&late, &of_file("skip_rows = 50")).report.records, 1);
}

#[test]
fn rows_that_are_no_record_are_declared() {
    let rules = "skip = [{ column = \"列入日期\", is = \"empty\" }, { letter = \"A\", starts_with = \
                 \"注：\" }, { column = \"文书号\", equals = \"撤销\" }]";
    let empty = |n| row(n).replace("2025-03-01", "");
    let note = "注：截止日期为空的长期有效,,,,,,,,,\n";
    let text = HEADER.to_owned() + &row(1) + &empty(2) + note;
    let found = made(&text, &of_file(rules));
    assert_eq!((found.report.skipped, found.report.records, found.report.rejected), (2, 1, 0));
    assert_eq!(found.imported(&[firm(1), firm(2)]).1, [ONE, NONE]);
    // Without the rules, nobody is clear by such rows.
    assert_eq!(made(&text, MAPPING).imported(&[firm(1), firm(2), firm(3)]).1[1..], [OPEN, UNNAMED]);
    // In a row that has lost a cell, the day of listing may be the one that is missing.
    let torn =
        HEADER.to_owned() + &row(1) + &row(2).replace(",2025-03-01,2028-02-29,罚款,1.5", ",");
    assert_eq!(made(&torn, &of_file(rules)).imported(&[firm(1), firm(2)]).1, [ONE, OPEN]);
    // A cell that merges with the one above is not empty.
    let merged = of_file(&format!("{rules}\nfill_down = [\"列入日期\"]"));
    assert_eq!(made(&text, &merged).imported(&[firm(1), firm(2)]).1, [ONE, ONE]);
}

#[test]
fn a_table_that_is_not_whole_is_refused() {
    let total = |n: &str| format!("合计,{n},,,,,,,,\n");
    let text = HEADER.to_owned() + &row(1) + &row(2);
    let mapping = of_file("total = \"统一社会信用代码\"");
    assert_eq!(made(&(text.clone() + &total("共2家")), &mapping).report.records, 2);
    assert_eq!(
        told(&(text.clone() + &total("3")), &mapping),
        "`list.csv`: it has 2 row(s), and its row of totals says 3"
    );
    let none = "`list.csv`: no row of totals says how many rows it has";
    assert_eq!(told(&text, &mapping), none);
    assert_eq!(made(&text, &of_file("expected_rows = 2")).report.records, 2);
    assert_eq!(
        told(&text, &of_file("expected_rows = 3")),
        "`list.csv`: it has 2 row(s), and should have 3"
    );
}

/// Makes the mapping of a list of firms and persons.
fn of_both() -> String {
    let one = MAPPING.find("[record.subject]").unwrap();
    let persons = MAPPING.find("[[record.persons]]").unwrap();
    format!(
        "{}[[record.subjects]]\nkind = {{ constant = \"organization\" }}\nscheme = {{ constant = \
         \"uscc\" }}\nidentifier = {{ column = \"统一社会信用代码\", none = [\"无\"] }}\nname = \
         \"企业名称\"\n\n[[record.subjects]]\nkind = {{ constant = \"person\" }}\nscheme = {{ \
         constant = \"resident-id\" }}\nidentifier = \"法定代表人身份证号\"\nname = \
         \"法定代表人\"\n\n{}",
        &MAPPING[..one],
        &MAPPING[persons..]
    )
}

#[test]
fn firms_and_persons_stand_in_one_list() {
    let alone =
        |n: u32, code: &str| row(n).replace(&format!("公司{n},{}", uscc(n)), &format!(",{code}"));
    let text = HEADER.to_owned() + &row(1) + &alone(2, "") + &alone(3, "无");
    let found = made(&text, &of_both());
    assert_eq!(found.reasons(), []);
    let subjects: Vec<_> =
        found.records().iter().map(|r| r["subject"]["identifier"].clone()).collect();
    assert_eq!(subjects, [json!(uscc(1)), json!(resident(2)), json!(resident(3))]);
    assert_eq!(found.records()[1].get("responsible_persons"), None);
    assert_eq!(found.records()[0]["responsible_persons"][0]["identifier"], json!(resident(1)));
    let asked = [firm(1), person(1), person(2), person(3), firm(2), firm(9)];
    assert_eq!(found.imported(&asked).1, [ONE, ONE, ONE, ONE, NONE, NONE]);
    // A row that names nobody may mean anybody.
    let nobody = text + &alone(4, "").replace(&resident(4), "");
    let found = made(&nobody, &of_both());
    assert_eq!(found.reasons(), [(5, "subjects: no column names anybody".to_owned())]);
    assert_eq!(found.imported(&[firm(9)]).1, [UNNAMED]);
    // A word for nothing that the mapping does not have is none.
    let word = HEADER.to_owned() + &row(1) + &alone(2, "不详");
    assert_eq!(made(&word, &of_both()).imported(&[firm(9), person(2)]).1, [OPEN, OPEN]);
}

#[test]
fn a_row_that_names_two_subjects_is_refused() {
    let mapping = of_both();
    let mapping = mapping.replace(&mapping[mapping.find("[[record.persons]]").unwrap()..], "");
    let found = made(&(HEADER.to_owned() + &row(1) + &row(2)), &mapping);
    let told = "subjects[1].identifier: is filled, and so is that of subjects[0]";
    assert_eq!(found.reasons(), [(2, told.to_owned()), (3, told.to_owned())]);
    assert_eq!(found.imported(&[firm(1), person(2), firm(9)]).1, [OPEN, OPEN, NONE]);
}

#[test]
fn a_code_beside_a_note_is_taken() {
    let code = uscc(1);
    for cell in [
        format!("{code}（原组织机构代码：MA1XX203-9）"),
        format!("{code} (USCC)"),
        format!("{code} (USCC); 0868520 (CR No.)"),
        format!("USCC no. {code}"),
        format!("统一社会信用代码：{code}"),
        format!("{code}（注册号310115002345678）"),
    ] {
        let text = HEADER.to_owned() + &row(1).replace(&code, &cell) + &row(2);
        for mapping in [MAPPING.to_owned(), MAPPING.replacen("split = true\n", "", 1)] {
            let found = made(&text, &mapping);
            assert_eq!(found.reasons(), [], "{cell}");
            assert_eq!(found.records()[0]["subject"]["identifier"], json!(code), "{cell}");
            assert_eq!(found.imported(&[firm(1), firm(2), firm(3)]).1, [ONE, ONE, NONE]);
        }
    }
}

#[test]
fn whoever_else_may_stand_beside_a_code_is_left_open() {
    let code = uscc(1);
    let cut = &uscc(2)[..17];
    for (cell, reason) in [
        (format!("{code}（法定代表人3101**********3355）"), "may be another's"),
        (format!("{code}（{cut}）"), "may be another's"),
        (format!("{code}、{cut}"), "2 identifiers and 1 names"),
        (format!("{code}、{}", uscc(2)), "2 identifiers and 1 names"),
        (format!("{code}（原{}）", uscc(2)), "is no valid uscc"),
    ] {
        let text = HEADER.to_owned() + &row(1).replace(&code, &cell) + &row(3);
        let found = made(&text, MAPPING);
        assert!(found.reasons()[0].1.contains(reason), "{cell}: {:?}", found.reasons());
        assert_eq!(found.imported(&[firm(1), firm(2), firm(3)]).1[..2], [OPEN, OPEN], "{cell}");
    }
}

#[test]
fn a_term_takes_the_place_of_a_last_day() {
    let term = "term = { length = \"截止日期\" }";
    let last = "valid_until = { column = \"截止日期\", none = [\"长期\"] }";
    let mapping = MAPPING.replace(last, term);
    let until = |mapping: &str, words: &str| {
        let found = made(&(HEADER.to_owned() + &row(1).replace("2028-02-29", words)), mapping);
        match found.records().first() {
            Some(record) => record.get("valid_until").map_or("none".into(), ToString::to_string),
            None => found.reasons()[0].1.clone(),
        }
    };
    for (words, expected) in [
        ("一年内", "\"2026-03-01\""),
        ("36个月", "\"2028-03-01\""),
        ("1年6个月", "\"2026-09-01\""),
        ("半年", "\"2025-09-01\""),
        ("3 years", "\"2028-03-01\""),
        ("长期", "none"),
        ("", "none"),
    ] {
        assert_eq!(until(&mapping, words), expected, "{words}");
    }
    let what = "is no length of time, such as 三年, 36个月, 1年6个月 or 3 years";
    assert_eq!(until(&mapping, "若干年"), format!("term.length: `若干年` {what}"));
    assert_eq!(until(&mapping, "3"), format!("term.length: `3` {what}"));
    let years = mapping.replace("\"截止日期\" }", "\"截止日期\", unit = \"years\" }");
    assert_eq!(until(&years, "3"), "\"2028-03-01\"");
    let within = mapping.replace("\"截止日期\" }", "\"截止日期\", within = true }");
    assert_eq!(until(&within, "处罚款，在一年内禁止参加政府采购活动"), "\"2026-03-01\"");
    // A row that cannot be read leaves its firm open.
    let bad = HEADER.to_owned() + &row(1).replace("2028-02-29", "若干年") + &row(2);
    assert_eq!(made(&bad, &mapping).imported(&[firm(1)]).1, [OPEN]);
    // Where a row states its last day, that is it.
    let constant =
        MAPPING.replace(last, &format!("{last}\nterm = {{ length = {{ constant = \"三年\" }} }}"));
    assert_eq!(until(&constant, "2026-01-01"), "\"2026-01-01\"");
    assert_eq!(until(&constant, ""), "\"2028-03-01\"");
    assert_eq!(until(&constant, "长期"), "none");
}

#[test]
fn days_are_read_where_they_have_one_meaning() {
    let from = |mapping: &str, words: &str| {
        let found = made(&(HEADER.to_owned() + &row(1).replace("2025-03-01", words)), mapping);
        let first = found.records().first().map(|record| record["valid_from"].to_string());
        first.unwrap_or_else(|| found.reasons()[0].1.clone())
    };
    for words in ["2025-3-1", "2025年3月1日", "20250301", "1 March 2025", "\"March 1, 2025\""] {
        assert_eq!(from(MAPPING, words), "\"2025-03-01\"", "{words}");
    }
    let order = "does not say which number is the day and which the month: the mapping must \
                 declare its `order`";
    assert_eq!(from(MAPPING, "1.3.2025"), format!("valid_from: `1.3.2025` {order}"));
    let day = |more: &str| {
        MAPPING.replace("\"列入日期\"", &format!("{{ column = \"列入日期\", {more} }}"))
    };
    assert_eq!(from(&day("order = \"day-month-year\""), "1.3.2025"), "\"2025-03-01\"");
    assert_eq!(from(&day("order = \"month-day-year\""), "03/01/2025"), "\"2025-03-01\"");
    // In a text, the first day of a number is unknown: the mapping states it.
    assert!(from(MAPPING, "45717").contains("is no day that exists"));
    let both = day("shape = \"written-or-serial\"");
    assert_eq!(from(&both, "45717"), "\"2025-03-01\"");
    assert_eq!(from(&both, "2025-03-01"), "\"2025-03-01\"");
}

#[test]
fn two_days_of_a_cell_are_told_apart() {
    let mapping =
        MAPPING.replace("\"列入日期\"", "{ column = \"列入日期\", range = \"first\" }").replace(
            "{ column = \"截止日期\", none = [\"长期\"] }",
            "{ column = \"列入日期\", range = \"last\", none = [\"长期\"] }",
        );
    let read = |words: &str| {
        let found = made(&(HEADER.to_owned() + &row(1).replace("2025-03-01", words)), &mapping);
        let days = |r: &&serde_json::Value| format!("{} {}", r["valid_from"], r["valid_until"]);
        found.records().first().map_or_else(|| found.reasons()[0].1.clone(), days)
    };
    assert_eq!(read("2024-01-01至2025-01-01"), "\"2024-01-01\" \"2025-01-01\"");
    assert_eq!(read("2024/1/1 - 2025/1/1"), "\"2024-01-01\" \"2025-01-01\"");
    assert_eq!(read("2024-01-01至长期"), "\"2024-01-01\" null");
    for words in ["2024-01-01", "2024-01-01至", "2024-01-01至2025-01-01至2026-01-01"] {
        assert_eq!(read(words), format!("valid_from: `{words}` is no range of two days"));
    }
}

#[test]
fn a_table_says_itself_as_of_when_it_is() {
    let of = |line: &str| MAPPING.replace("as_of = \"2026-11-19T20:00:00+08:00\"", line);
    let as_of = |text: &str, mapping: &str| {
        made(text, mapping).document["sources"][0]["as_of"].as_str().unwrap().to_owned()
    };
    let title = "名单,数据截至2026年11月18日,,,,,,,,\n";
    let text = format!("{title}{HEADER}{}", row(1));
    let cell = of("as_of_cell = \"B1\"");
    assert_eq!(as_of(&text, &cell), "2026-11-18T00:00:00+08:00");
    let place = "`list.csv`: cell `B1`: in";
    assert_eq!(
        told(&text.replace("18日", "日"), &cell),
        format!("{place} `数据截至2026年11月日` there is not exactly one day")
    );
    assert_eq!(
        told(&text, &of("as_of_cell = \"B9\"")).replace("B9", "B1"),
        format!("{place} `` there is not exactly one day")
    );
    assert_eq!(
        told(&text, &of("as_of_name = \"名单_{date}.csv\"")),
        "`list.csv`: its name is not `名单_{date}.csv`"
    );
    assert_eq!(
        told(&text, &of("as_of_name = \"{date}.csv\"")),
        "`list.csv`: its name: `list` is no day that exists, such as 2025-03-01, 2025/3/1, \
         20250301 or 2025年3月1日"
    );
    assert_eq!(
        told(&text, &of("")),
        "`list.csv`: the mapping does not say as of when the list is: `as_of`, `as_of_cell` or \
         `as_of_name` of its source is missing"
    );
    // The name of the file that the test writes is `list.csv`: dated files are read beside it.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("名单_20261117.csv");
    std::fs::write(&file, &text).unwrap();
    let mapping = of("as_of_name = \"名单_{date}.csv\"");
    let mapping = mustcheck_registry::table::TableMapping::from_toml(&mapping).unwrap();
    let mut out = Vec::new();
    mustcheck_registry::table::convert(&file, &mapping, &crate::VOCABULARY, &mut out, None)
        .unwrap();
    let out: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(out["sources"][0]["as_of"], json!("2026-11-17T00:00:00+08:00"));
}

#[test]
fn a_source_says_whom_it_keeps_and_by_which_identifiers() {
    let mapping = MAPPING.replace(
        "covers = [\"wage-arrears\"]",
        "covers = [{ list = \"wage-arrears\", kinds = [\"organization\"] }]\nschemes = [\"uscc\"]",
    );
    let found = made(&(HEADER.to_owned() + &row(1)), &mapping);
    let source = &found.document["sources"][0];
    assert_eq!(source["covers"], json!([{ "list": "wage-arrears", "kinds": ["organization"] }]));
    assert_eq!(source["schemes"], json!(["uscc"]));
}

#[test]
fn whoever_is_named_by_no_identifier_is_not_told_to_be_absent() {
    let row = row(1).replace(&resident(1), "");
    let text = HEADER.to_owned() + &row;
    let found = made(&text, MAPPING);
    assert_eq!((found.report.records, found.report.unnamed, found.report.rejected), (1, 1, 0));
    assert_eq!(found.reasons(), [(2, "persons[0]: is named by no identifier".to_owned())]);
    let entry = &found.document["records"][1];
    assert_eq!((&entry["open"], &entry["unnamed"]), (&json!([]), &json!(true)));
    assert_eq!(entry["list"], json!("wage-arrears"));
    assert_eq!(found.imported(&[person(1)]).1, [UNNAMED]);
    // Except where its source identifies everybody.
    let all = MAPPING.replace("\n[record]", "identified_by = [\"uscc\"]\n\n[record]");
    let (firms, persons) = ([firm(1), firm(2)], [person(1)]);
    assert_eq!(made(&text, &all).imported(&firms).1, [ONE, NONE]);
    assert_eq!(made(&text, &all).imported(&persons).1, [UNNAMED]);
    // A list of organizations says nothing about persons, even if it names some.
    let covers = "covers = [{ list = \"wage-arrears\", kinds = [\"organization\"] }]";
    let firms = MAPPING.replace("covers = [\"wage-arrears\"]", covers);
    assert_eq!(made(&text, &firms).report.unnamed, 0);
    // Nor does a row in which nobody is named.
    let nobody = HEADER.to_owned() + &row.replace("张1", "--");
    assert_eq!(made(&nobody, MAPPING).report.unnamed, 0);
    // The firm without a code is on the list, and nobody can look it up.
    let firm_alone = HEADER.to_owned() + &crate::tables::row(1).replace(&uscc(1), "");
    let entries = &made(&firm_alone, MAPPING).document["records"];
    let told = |i: usize| (entries[i]["open"].clone(), entries[i]["unnamed"].clone());
    assert_eq!(told(0), (json!([resident(1)]), json!(false)));
    assert_eq!(told(1), (json!([]), json!(true)));
}

#[test]
fn a_code_that_may_be_rounded_leaves_open_who_shares_its_digits() {
    // The first whole hundred whose check character is a zero.
    let rounded = (1900..2020)
        .map(|year| crate::standards::resident_id(310_101, &format!("{year}0307"), 100))
        .find(|id| id.ends_with("000"))
        .unwrap();
    let text = HEADER.to_owned() + &row(1).replace(&resident(1), &rounded) + &row(2);
    let found = made(&text, MAPPING);
    assert_eq!((found.report.records, found.report.rounded), (2, 1));
    let what = "a code ends in 000, as it does where a spreadsheet made a number of it";
    assert_eq!(found.reasons(), [(2, what.to_owned())]);
    let entries = &found.document["records"];
    assert_eq!(entries[0]["responsible_persons"][0]["identifier"], json!(rounded));
    let open: Vec<_> = entries[1]["open"].as_array().unwrap().iter().collect();
    assert!(open.contains(&&json!(format!("{}???", &rounded[..15]))), "{open:?}");
    assert!(!open.contains(&&json!("*")), "{open:?}");
}

#[test]
fn rejected_rows_hold_no_formula_of_any_width() {
    for sign in ["=", "+", "-", "@", "＝", "＋", "－", "＠"] {
        let bad = row(1).replace("2025-03-01", &format!("{sign}1+1"));
        let found = made(&(HEADER.to_owned() + &bad), MAPPING);
        assert!(found.rejected.contains(&format!(",'{sign}1+1,")), "{}", found.rejected);
    }
}
