//! Tables: their forms, and the records of their rows.

use encoding_rs::GB18030;
use mustcheck::model::{AnswerStatus, Scheme, SubjectKind};
use mustcheck::validate_identifier;
use mustcheck_registry::table::Encoding;
use serde_json::json;

use crate::{firm, person, resident, subject, table, uscc};

/// The mapping of a list of wage arrears.
pub const MAPPING: &str = r#"
[source]
id = "hrss"
name = "上海市人力资源和社会保障局"
as_of = "2026-11-19T20:00:00+08:00"
covers = ["wage-arrears"]

[record]
id = ["文书号"]
list = { constant = "wage-arrears" }
act = { constant = "market-order/wage-arrears" }
decided_by = "决定机关"
document = "文书号"
valid_from = "列入日期"
valid_until = { column = "截止日期", none = ["长期"] }

[record.subject]
kind = { constant = "organization" }
scheme = { constant = "uscc" }
identifier = "统一社会信用代码"
name = "企业名称"
split = true

[[record.persons]]
role = { constant = "legal-representative" }
scheme = { constant = "resident-id" }
identifier = "法定代表人身份证号"
name = "法定代表人"
split = true

[record.penalty]
kind = { column = "处罚", values = { "罚款" = "fine", "警告" = "warning" } }
amount = "金额"
unit = "ten-thousand-yuan"
"#;

pub const HEADER: &str = "企业名称,统一社会信用代码,法定代表人,法定代表人身份证号,决定机关,文书号,列入日期,截止日期,处罚,金额\n";

/// Makes a row about firm `n` and person `n`.
pub fn row(n: u32) -> String {
    let (code, id) = (uscc(n), resident(n));
    format!("公司{n},{code},张{n},{id},人社局,沪〔2025〕{n}号,2025-03-01,2028-02-29,罚款,1.5\n")
}

#[test]
fn a_row_becomes_a_record_with_all_that_it_says() {
    let made = table((HEADER.to_owned() + &row(1)).as_bytes(), MAPPING).unwrap();
    assert_eq!(
        made.document,
        json!({
            "sources": [{ "id": "hrss", "name": "上海市人力资源和社会保障局",
                          "as_of": "2026-11-19T20:00:00+08:00", "covers": ["wage-arrears"] }],
            "records": [{
                "id": "hrss/沪〔2025〕1号", "list": "wage-arrears", "source": "hrss",
                "act": "market-order/wage-arrears",
                "subject": { "kind": "organization", "scheme": "uscc", "identifier": uscc(1),
                             "name": "公司1" },
                "responsible_persons": [{ "role": "legal-representative",
                    "scheme": "resident-id", "identifier": resident(1), "name": "张1" }],
                "decided_by": "人社局", "document": "沪〔2025〕1号",
                "penalty": { "kind": "fine", "amount_fen": 1_500_000 },
                "valid_from": "2025-03-01", "valid_until": "2028-02-29",
            }],
        })
    );
    assert_eq!(
        made.imported(&[firm(1), person(1), firm(2)]).1,
        [(AnswerStatus::Answered, 1), (AnswerStatus::Answered, 1), (AnswerStatus::Answered, 0),]
    );
}

#[test]
fn every_encoding_gives_the_same_records() {
    let text = HEADER.to_owned() + &row(1) + &row(2).replace("公司2", "镕鑫㐀𠀀公司");
    let plain = table(text.as_bytes(), MAPPING).unwrap();
    assert_eq!(plain.report.encoding, Some(Encoding::Utf8));
    let marked = table(format!("\u{feff}{text}").as_bytes(), MAPPING).unwrap();
    assert_eq!(marked.document, plain.document);
    let (chinese, _, lost) = GB18030.encode(&text);
    assert!(!lost);
    let chinese = table(&chinese, MAPPING).unwrap();
    assert_eq!(chinese.report.encoding, Some(Encoding::Gb18030));
    assert_eq!(chinese.document, plain.document);
}

#[test]
fn bytes_of_no_encoding_refuse_the_file_with_their_place() {
    let told = |bytes: &[u8], declared: &str| {
        let mapping = format!("{MAPPING}\n[file]\nencoding = \"{declared}\"\n");
        table(bytes, &mapping).err().unwrap().to_string()
    };
    let text = HEADER.to_owned() + &row(1);
    let mut bytes = text.clone().into_bytes();
    let at = bytes.len();
    bytes.extend(b"\xff\xff,");
    let place = format!("byte {}, in line 3", at + 1);
    assert_eq!(told(&bytes, "utf-8"), format!("`list.csv`: {place}, is no utf-8"));
    let (chinese, _, _) = GB18030.encode(&text);
    let mut chinese = chinese.into_owned();
    let at = chinese.len();
    chinese.extend(b"\xff,");
    let place = format!("byte {}, in line 3", at + 1);
    assert_eq!(told(&chinese, "gb18030"), format!("`list.csv`: {place}, is no gb18030"));
    assert_eq!(
        told(&chinese, "auto"),
        format!("`list.csv`: byte 1, in line 1, is no utf-8; {place}, is no gb18030")
    );
    let wide: Vec<u8> = "\u{feff}a".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(told(&wide, "auto"), "`list.csv`: it is UTF-16: save it as UTF-8 or GB18030");
}

#[test]
fn what_spreadsheets_do_to_cells_is_undone() {
    let (code, id) = (uscc(1), resident(1));
    let wide: String =
        code.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let rows = [
        format!(
            "公司1,'{code},张1,\"=\"\"{id}\"\"\",局, 1号 ,2025/3/1,2028年2月29日,罚款,1.5万元\n"
        ),
        format!("\"公司\n1\", {wide}\u{a0},张1,{id},局,2号,20250301,20280229,罚款,\"15,000元\"\n"),
        format!(
            "公司1,{},,,局,3号,2025-03-01 00:00:00,２０２８．２．２９,警告,\n",
            code.to_lowercase()
        ),
        format!("\"=HYPERLINK(\"\"http://a.example\"\")\",{code},,,局,4号,2025.3.1,长期,,\n"),
    ];
    let made = table((HEADER.to_owned() + &rows.concat()).as_bytes(), MAPPING).unwrap();
    assert_eq!(made.reasons(), []);
    let records = made.records();
    for record in &records {
        assert_eq!(record["subject"]["identifier"], json!(uscc(1)));
        assert_eq!(record["valid_from"], json!("2025-03-01"));
    }
    assert_eq!(records[0]["penalty"], json!({ "kind": "fine", "amount_fen": 1_500_000 }));
    assert_eq!(records[1]["penalty"], records[0]["penalty"]);
    assert_eq!(records[1]["subject"]["name"], json!("公司\n1"));
    assert_eq!(records[0]["responsible_persons"], records[1]["responsible_persons"]);
    assert_eq!(records[2]["valid_until"], json!("2028-02-29"));
    assert_eq!(records[2]["penalty"], json!({ "kind": "warning" }));
    assert_eq!(records[3].get("valid_until"), None);
    assert_eq!(records[3]["subject"]["name"], json!("=HYPERLINK(\"http://a.example\")"));
}

#[test]
fn cells_with_several_values_are_split() {
    let codes = format!("{}、{}", uscc(1), uscc(2));
    let ids = format!("{}；{};{}", resident(1), resident(2), resident(3));
    let row = format!("甲公司、乙公司,{codes},张1；张2;张3,{ids},局,1号,2025-03-01,长期,,\n");
    let made = table((HEADER.to_owned() + &row).as_bytes(), MAPPING).unwrap();
    let records = made.records();
    let ids: Vec<_> = records.iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["hrss/1号/1", "hrss/1号/2"]);
    assert_eq!(records[1]["subject"]["name"], json!("乙公司"));
    assert_eq!(records[1]["responsible_persons"][2]["name"], json!("张3"));
    let found = made.imported(&[firm(1), firm(2), person(2)]).1;
    assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), [1, 1, 2]);

    let row = row.replace("甲公司、乙公司", "甲公司、乙公司、丙公司");
    let made = table((HEADER.to_owned() + &row).as_bytes(), MAPPING).unwrap();
    assert_eq!(made.reasons(), [(2, "subject: 2 identifiers and 3 names".to_owned())]);
    let open = (AnswerStatus::Unavailable, 0);
    assert_eq!(made.imported(&[firm(1), firm(2), person(3)]).1, [open, open, open]);
}

#[test]
fn codes_that_ran_together_with_their_neighbours_are_found() {
    let bad = row(1).replace(&format!("公司1,{}", uscc(1)), &format!("公司1{}", uscc(1)));
    let made = table((HEADER.to_owned() + &bad).as_bytes(), MAPPING).unwrap();
    let open = (AnswerStatus::Unavailable, 0);
    let none = (AnswerStatus::Answered, 0);
    assert_eq!(made.imported(&[firm(1), person(1), firm(2)]).1, [open, open, none]);
    // A row that does not fit and names nobody to the last character may name anybody.
    let torn = row(1).replace(&uscc(1), "91310000").replace(&format!(",{}", resident(1)), "");
    let made = table((HEADER.to_owned() + &torn).as_bytes(), MAPPING).unwrap();
    assert_eq!(made.imported(&[firm(1), firm(2)]).1, [open, open]);
}

#[test]
fn merged_cells_are_filled_only_where_the_mapping_says() {
    let below = format!(",,李2,{},局,2号,2025-03-01,长期,,\n", resident(2));
    let text = HEADER.to_owned() + &row(1) + &below;
    let made = table(text.as_bytes(), MAPPING).unwrap();
    assert_eq!(made.reasons(), [(3, "subject.identifier: is empty".to_owned())]);
    let filled = format!("{MAPPING}\n[file]\nfill_down = [\"企业名称\", {{ letter = \"B\" }}]\n");
    let made = table(text.as_bytes(), &filled).unwrap();
    assert_eq!(made.records()[1]["subject"], made.records()[0]["subject"]);
    assert_eq!(made.records()[1]["responsible_persons"][0]["name"], json!("李2"));
}

#[test]
fn titles_totals_blank_and_repeated_rows_are_counted() {
    let text = format!(
        "2026年拖欠农民工工资名单,,,,,,,,,\n,,,,,,,,,\n企业,,个人,,,,期间,,处罚,\n{HEADER}{}{}{},,,,,,,,,\n合 计：,,,,,,,,,3\n",
        row(1),
        row(2),
        row(1),
    );
    let mapping = format!("{MAPPING}\n[file]\nskip_rows = 2\nheader_rows = 2\n");
    let report = table(text.as_bytes(), &mapping).unwrap().report;
    let counts = (report.rows, report.records, report.rejected);
    assert_eq!(counts, (5, 2, 0));
    assert_eq!((report.totals, report.blank, report.duplicates), (1, 1, 1));
    // A row of totals that names somebody is none.
    let odd = format!("合计,{},,,,,,,,\n", uscc(3));
    let made = table((HEADER.to_owned() + &odd).as_bytes(), MAPPING).unwrap();
    assert_eq!(made.reasons(), [(2, "id: is empty".to_owned())]);
}

#[test]
fn rows_that_cannot_be_read_are_told_and_leave_their_subjects_open() {
    let code = uscc(1);
    let day = "is no day that exists, such as 2025-03-01, 2025/3/1, 20250301 or 2025年3月1日";
    let wrong = format!("{}{}", &code[..17], if code.ends_with('0') { '1' } else { '0' });
    for (from, to, told) in [
        ("2025-03-01", "2025-02-30", format!("valid_from: `2025-02-30` {day}")),
        ("2025-03-01", "", "valid_from: is empty".into()),
        (
            "2028-02-29",
            "2024-01-01",
            "valid_from: record `hrss/沪〔2025〕1号` ends on `2024-01-01`, \
            before it begins on `2025-03-01`"
                .into(),
        ),
        ("罚款", "罚没", "penalty.kind: `罚没` is a word that the mapping does not have".into()),
        ("1.5\n", "约1.5\n", "penalty.amount: `约1.5` is no amount that is exact in fen".into()),
        ("沪〔2025〕1号", "", "id: is empty".into()),
        ("罚款,1.5", "罚款", "it has 9 cells, and the header 10".into()),
        ("1.5\n", "1.5,6\n", "it has 11 cells, and the header 10".into()),
        ("沪〔2025〕1号", &code, "id: holds the identifier `9131…**`".into()),
    ] {
        let bad = row(1).replace(from, to);
        let made = table((HEADER.to_owned() + &bad + &row(2)).as_bytes(), MAPPING).unwrap();
        assert_eq!(made.reasons(), [(2, told.clone())], "{to}");
        let (report, found) = made.imported(&[firm(1), person(1), firm(2), firm(3)]);
        assert_eq!(report.rejected.len(), 1);
        assert_eq!(report.rejected[0].reason, format!("row 2: {told}"));
        let open = (AnswerStatus::Unavailable, 0);
        let (one, none) = ((AnswerStatus::Answered, 1), (AnswerStatus::Answered, 0));
        assert_eq!(found, [open, open, one, none], "{to}");
    }
    let made = table((HEADER.to_owned() + &row(1).replace(&code, &wrong)).as_bytes(), MAPPING);
    let reasons = made.unwrap().reasons();
    assert!(
        reasons[0].1.starts_with("subject.identifier: `9131…**` is no valid uscc"),
        "{reasons:?}"
    );
    let lost = row(1).replace(&code, "9.1310E+17");
    let made = table((HEADER.to_owned() + &lost).as_bytes(), MAPPING).unwrap();
    let told = "subject.identifier: a spreadsheet made a number of the code, and its last digits \
                are lost";
    assert_eq!(made.reasons(), [(2, told.to_owned())]);
}

#[test]
fn a_row_that_names_nobody_leaves_everybody_open() {
    let text = HEADER.to_owned() + &row(2) + "公司1,,,,局,9号,2025-03-01,长期,,\n";
    let made = table(text.as_bytes(), MAPPING).unwrap();
    let open = (AnswerStatus::Unavailable, 0);
    // The firm of this row has no identifier: the list cannot prove of anybody that they are not on
    // it.
    let unnamed = [(AnswerStatus::NotCovered, 0), (AnswerStatus::NotCovered, 1)];
    assert_eq!(made.imported(&[firm(1), firm(2)]).1, unnamed);
    // The firm may be anybody, although its legal representative is known.
    let unreadable = [open, (AnswerStatus::Unavailable, 1)];
    for (lost, found) in [("", unnamed), ("9.1310E+17", unreadable)] {
        let text = HEADER.to_owned() + &row(2) + &row(1).replace(&uscc(1), lost);
        let made = table(text.as_bytes(), MAPPING).unwrap();
        assert_eq!(made.imported(&[firm(1), firm(2)]).1, found);
    }
    // A code in another column still leaves its owner open.
    let moved = row(1).replace(&uscc(1), "").replace("公司1", &uscc(1));
    let made = table((HEADER.to_owned() + &row(2) + &moved).as_bytes(), MAPPING).unwrap();
    let one = (AnswerStatus::Answered, 1);
    assert_eq!(made.imported(&[firm(1), firm(2)]).1, [open, one]);
}

#[test]
fn rejected_rows_are_the_owner_s_alone_and_inert() {
    let bad = row(1).replace("2025-03-01", "=cmd|x").replace("公司1", "@公司");
    let made = table((HEADER.to_owned() + &bad).as_bytes(), MAPPING).unwrap();
    assert!(made.rejected.contains(",'@公司,"), "{}", made.rejected);
    assert!(made.rejected.contains(",'=cmd|x,"), "{}", made.rejected);
    assert!(made.rejected.contains(&uscc(1)), "the row as it was");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = std::fs::metadata(made.folder.path().join("rejected.csv")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_document_s_number_that_stands_twice_is_no_record_twice() {
    let second = row(2).replace("2号", "1号");
    let made = table((HEADER.to_owned() + &row(1) + &second).as_bytes(), MAPPING).unwrap();
    assert_eq!(made.reasons(), [(3, "id: `hrss/沪〔2025〕1号` stands twice".to_owned())]);
}

#[test]
fn a_quotation_mark_that_is_not_closed_refuses_the_file() {
    let torn = HEADER.to_owned() + &row(1).replace("人社局", "\"人社局") + &row(2) + &row(3);
    let told = table(torn.as_bytes(), MAPPING).err().unwrap().to_string();
    assert_eq!(told, "`list.csv`: a quotation mark is not closed in the row that begins in line 2");
    let told = table(b"", MAPPING).err().unwrap().to_string();
    assert_eq!(told, "`list.csv`: it ends before its header does");
}

#[test]
fn a_header_without_a_column_refuses_the_file() {
    let text = HEADER.replace("文书号", "文号").replace("处罚", "金额") + &row(1);
    let told = table(text.as_bytes(), MAPPING).err().unwrap().to_string();
    assert_eq!(
        told,
        "`list.csv`: no column is called `处罚`; no column is called `文书号`; two columns are \
         called `金额`"
    );
    let letters = MAPPING.replace("\"决定机关\"", "{ letter = \"K\" }");
    let told = table((HEADER.to_owned() + &row(1)).as_bytes(), &letters).err().unwrap().to_string();
    assert_eq!(told, "`list.csv`: there is no column `K`");
    // Layout puts white space into a header.
    let spaced = HEADER.replace("企业名称", "企 业\u{3000}名 称");
    assert_eq!(table((spaced + &row(1)).as_bytes(), MAPPING).unwrap().report.records, 1);
}

#[test]
fn a_penalty_that_is_always_a_fine_is_one_where_there_is_an_amount() {
    let kind = "{ column = \"处罚\", values = { \"罚款\" = \"fine\", \"警告\" = \"warning\" } }";
    let mapping = MAPPING.replace(kind, "{ constant = \"fine\" }");
    let rows = HEADER.to_owned() + &row(1) + &row(2).replace(",1.5\n", ",\n");
    let made = table(rows.as_bytes(), &mapping).unwrap();
    let penalties: Vec<_> = made.records().iter().map(|r| r["penalty"]["kind"].clone()).collect();
    assert_eq!(penalties, [json!("fine"), json!(null)]);
}

#[test]
fn events_need_their_day() {
    let mapping = format!(
        "{MAPPING}\n[[record.events]]\nkind = {{ column = \"金额\", none = [\"1.5\"], values = \
         {{ \"已修复\" = \"repaired\" }} }}\non = {{ letter = \"H\", shape = \"excel-serial\" }}\n"
    );
    let mapping = mapping
        .replace("amount = \"金额\"\n", "")
        .replace("valid_until = { column = \"截止日期\", none = [\"长期\"] }\n", "");
    let made = |state: &str, day: &str| {
        let row = row(1).replace(",1.5\n", &format!(",{state}\n")).replace("2028-02-29", day);
        let made = table((HEADER.to_owned() + &row).as_bytes(), &mapping).unwrap();
        let record = made.records().first().map(|r| r["events"].to_string());
        record.unwrap_or_else(|| made.reasons()[0].1.clone())
    };
    assert_eq!(made("已修复", "45800"), r#"[{"kind":"repaired","on":"2025-05-23"}]"#);
    assert_eq!(made("1.5", ""), "null");
    assert_eq!(made("已修复", ""), "events[0].on: is empty");
    assert_eq!(made("1.5", "45800"), "events[0].kind: is empty");
    assert_eq!(
        made("异议中", "45800"),
        "events[0].kind: `异议中` is a word that the mapping does not have"
    );
}

/// RAIL R2: a damaged number may pass its check as somebody else's, or as another code.
#[test]
fn a_damaged_number_that_passes_for_another_by_chance_leaves_its_owner_open() {
    let sound = |text: &str| {
        validate_identifier(SubjectKind::Person, Scheme::ResidentId, text, None).is_ok()
    };
    let own = resident(1);
    // A digit too many, without the last or the first of which it is another's number.
    let longer = (0..18).flat_map(|at| ('0'..='9').map(move |digit| (at, digit)));
    let mut longer = longer.map(|(at, digit)| format!("{}{digit}{}", &own[..at], &own[at..]));
    let longer = longer.find(|text| sound(&text[..18]) && text[..18] != own).expect("one passes");
    // Rounded by a spreadsheet, it is the code of a firm.
    let rounded = "310104198908080000";
    let firms = validate_identifier(SubjectKind::Organization, Scheme::Uscc, rounded, None);
    assert_eq!(firms, Ok(()));
    for (written, owner) in [(longer.as_str(), own.as_str()), (rounded, "310104198908080398")] {
        let text = HEADER.to_owned() + &row(1).replace(&own, written) + &row(2);
        let made = table(text.as_bytes(), MAPPING).unwrap();
        let owner = subject(SubjectKind::Person, Scheme::ResidentId, owner, None);
        let found = made.imported(&[owner, person(3), person(2)]).1;
        let open = (AnswerStatus::Unavailable, 0);
        let (none, one) = ((AnswerStatus::Answered, 0), (AnswerStatus::Answered, 1));
        assert_eq!(found, [open, none, one], "{written}");
    }
}
