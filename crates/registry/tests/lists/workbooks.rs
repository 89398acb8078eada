//! Workbooks, and files that are no tables whatever their names.

use std::io::Write as _;

use mustcheck::model::{AnswerStatus, Scheme, SubjectKind};
use mustcheck_registry::table::Kind;
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::tables::{HEADER, MAPPING, row};
use crate::xlsx::Value::{self, Day, Formula, Text};
use crate::xlsx::{archive, number, one_sheet, sheet_xml, text, xlsx};
use crate::{Outcome, firm, person, standards, subject, table, uscc};

/// Splits a line of CSV into cells.
fn texts(line: &str) -> Vec<Value> {
    line.trim_end().split(',').map(text).collect()
}

fn told(bytes: &[u8], mapping: &str) -> String {
    table(bytes, mapping).err().unwrap().to_string()
}

/// Makes the row of firm `n`, with other cells in some places.
fn with(n: u32, others: &[(usize, Value)]) -> Vec<Value> {
    let mut cells = texts(&row(n));
    for (at, value) in others {
        cells[*at] = value.clone();
    }
    cells
}

fn answers(made: &Outcome, subjects: &[mustcheck::model::Subject]) -> Vec<(AnswerStatus, usize)> {
    made.imported(subjects).1
}

const ONE: (AnswerStatus, usize) = (AnswerStatus::Answered, 1);
const NONE: (AnswerStatus, usize) = (AnswerStatus::Answered, 0);
const OPEN: (AnswerStatus, usize) = (AnswerStatus::Unavailable, 0);

#[test]
fn a_sheet_is_read_as_the_table_that_it_shows() {
    let rows = [
        vec![text("2026年名单")],
        texts(HEADER),
        with(1, &[(6, Day("45717")), (7, number("47177")), (9, number("1.5"))]),
        with(2, &[(6, text("2025年3月1日")), (7, text("长期"))]),
        with(3, &[(6, number("20250301")), (7, Day("47177.5"))]),
    ];
    let made = table(&one_sheet(&rows), MAPPING).unwrap();
    assert_eq!(made.reasons(), []);
    let report = &made.report;
    assert_eq!((report.workbook, report.sheet.as_deref()), (Some(Kind::Xlsx), Some("名单")));
    assert_eq!((report.encoding, report.records), (None, 3));
    for record in made.records() {
        assert_eq!(record["valid_from"], json!("2025-03-01"));
    }
    assert_eq!(made.records()[0]["valid_until"], json!("2029-02-28"));
    assert_eq!(made.records()[2]["valid_until"], json!("2029-02-28"));
    assert_eq!(made.records()[0]["penalty"], json!({ "kind": "fine", "amount_fen": 1_500_000 }));
    assert_eq!(answers(&made, &[firm(1), person(2), firm(3), firm(4)]), [ONE, ONE, ONE, NONE]);
}

#[test]
fn days_are_counted_from_1904_where_the_workbook_does() {
    let rows = [texts(HEADER), with(1, &[(6, Day("44255")), (7, number("45715"))])];
    let made = table(&xlsx(&[("a", sheet_xml(&rows, ""))], true), MAPPING).unwrap();
    assert_eq!(made.records()[0]["valid_from"], json!("2025-03-01"));
    assert_eq!(made.records()[0]["valid_until"], json!("2029-02-28"));
}

#[test]
fn a_code_that_is_a_number_is_rounded_and_never_exact() {
    // Whether its check character is right or not, the sheet holds other digits than the list.
    let rows = [texts(HEADER), with(1, &[(3, number("310101197003070015"))]), with(2, &[])];
    let made = table(&one_sheet(&rows), MAPPING).unwrap();
    let what = "a spreadsheet made a number of the code, and its last digits are lost";
    assert_eq!(made.reasons(), [(2, format!("persons[0].identifier: {what}"))]);
    // All who share the digits that are left, and nobody else.
    let elsewhere = subject(
        SubjectKind::Person,
        Scheme::ResidentId,
        &standards::resident_id(110_101, "19700307", 1),
        None,
    );
    let asked = [firm(1), person(1), person(9), elsewhere, firm(2)];
    assert_eq!(answers(&made, &asked), [OPEN, OPEN, OPEN, NONE, ONE]);
    let refused = &made.document["records"][0];
    let open: Vec<_> =
        refused["open"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
    // The row leaves open its firm, and everybody whose number has the digits that are left.
    assert!(open.contains(&uscc(1).as_str()), "{open:?}");
    assert!(open.contains(&"31010119700307????"), "{open:?}");
    assert!(!open.contains(&"*"), "{open:?}");
}

#[test]
fn merged_cells_mean_every_row_that_they_span() {
    let rows = [
        texts(HEADER),
        with(1, &[]),
        with(2, &[(0, text("")), (1, text("")), (5, text("2号"))]),
        with(3, &[]),
    ];
    let merged = "<mergeCells count=\"2\"><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"B2:B3\"/>\
                  </mergeCells>";
    let made = table(&xlsx(&[("a", sheet_xml(&rows, merged))], false), MAPPING).unwrap();
    assert_eq!(made.reasons(), []);
    let codes: Vec<_> = made.records().iter().map(|r| r["subject"]["identifier"].clone()).collect();
    assert_eq!(codes, [json!(uscc(1)), json!(uscc(1)), json!(uscc(3))]);
    // A cell that only looks merged names nobody.
    let made = table(&one_sheet(&rows), MAPPING).unwrap();
    assert_eq!(made.reasons(), [(3, "subject.identifier: is empty".to_owned())]);
}

#[test]
fn a_formula_without_a_value_is_not_an_empty_cell() {
    let mapping =
        format!("{MAPPING}\n[file]\nskip = [{{ column = \"列入日期\", is = \"empty\" }}]\n");
    let rows = [texts(HEADER), with(1, &[(6, Formula("TODAY()"))]), with(2, &[(6, text(""))])];
    let made = table(&one_sheet(&rows), &mapping).unwrap();
    assert_eq!(made.report.skipped, 1);
    assert_eq!(answers(&made, &[firm(1), firm(2)]), [OPEN, NONE]);
}

#[test]
fn of_several_sheets_the_mapping_names_one() {
    let sheet = |n| sheet_xml(&[texts(HEADER), with(n, &[])], "");
    let book = xlsx(&[("一月", sheet(1)), ("二月", sheet(2)), ("空", sheet_xml(&[], ""))], false);
    assert_eq!(
        told(&book, MAPPING),
        "`list.csv`: several of its sheets hold something: the mapping must say by `sheet` which \
         of `一月`, `二月`"
    );
    let of = |name: &str| format!("{MAPPING}\n[file]\nsheet = \"{name}\"\n");
    let made = table(&book, &of("二月")).unwrap();
    assert_eq!(answers(&made, &[firm(1), firm(2)]), [NONE, ONE]);
    assert_eq!(
        told(&book, &of("三月")),
        "`list.csv`: it has no sheet called `三月`, but `一月`, `二月`, `空`"
    );
    let empty = xlsx(&[("空", sheet_xml(&[], ""))], false);
    assert_eq!(told(&empty, MAPPING), "`list.csv`: no sheet of it holds anything");
}

#[test]
fn open_document_sheets_are_read() {
    let number =
        |n: &str| format!("<table:table-cell office:value-type=\"float\" office:value=\"{n}\"/>");
    let mut xml = String::new();
    for (r, cells) in [texts(HEADER), with(1, &[]), with(2, &[])].iter().enumerate() {
        xml += "<table:table-row>";
        for (c, value) in cells.iter().enumerate() {
            let Text(text) = value else { panic!("a text") };
            xml += &match (r, c) {
                (1, 6) => "<table:table-cell office:value-type=\"date\" \
                           office:date-value=\"2025-03-01\"/>"
                    .to_owned(),
                (2, 1) => number("310101197003070015"),
                _ => format!(
                    "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p>\
                     </table:table-cell>"
                ),
            };
        }
        xml += "</table:table-row>";
    }
    let name = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<office:document-content xmlns:office=\"{name}:office:1.0\" \
         xmlns:table=\"{name}:table:1.0\" xmlns:text=\"{name}:text:1.0\"><office:body>\
         <office:spreadsheet><table:table table:name=\"名单\">{xml}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let manifest =
        format!("<manifest:manifest xmlns:manifest=\"{name}:manifest:1.0\"></manifest:manifest>");
    let book = archive(&[
        ("mimetype".into(), "application/vnd.oasis.opendocument.spreadsheet".into()),
        ("META-INF/manifest.xml".into(), manifest),
        ("content.xml".into(), content),
    ]);
    let made = table(&book, MAPPING).unwrap();
    assert_eq!(made.report.workbook, Some(Kind::Ods));
    assert_eq!(made.records()[0]["valid_from"], json!("2025-03-01"));
    let what = "a spreadsheet made a number of the code, and its last digits are lost";
    assert_eq!(made.reasons(), [(3, format!("subject.identifier: {what}"))]);
}

/// Makes a record of an old workbook (BIFF8).
fn biff(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
}

/// Makes an old workbook (xls): a compound file with one stream.
fn xls(rows: &[Vec<Value>]) -> Vec<u8> {
    let begin = |what: u16| {
        biff(0x0809, &[&0x0600_u16.to_le_bytes()[..], &what.to_le_bytes(), &[0; 12]].concat())
    };
    let mut sheet = begin(0x0010);
    for (r, cells) in (0_u16..).zip(rows) {
        for (c, value) in (0_u16..).zip(cells) {
            let at = [r.to_le_bytes(), c.to_le_bytes(), [0, 0]].concat();
            sheet.extend(match value {
                Text(text) => {
                    let wide: Vec<u16> = text.encode_utf16().collect();
                    let length = u16::try_from(wide.len()).unwrap().to_le_bytes();
                    let wide: Vec<u8> = wide.into_iter().flat_map(u16::to_le_bytes).collect();
                    biff(0x0204, &[&at[..], &length, &[1], &wide].concat())
                }
                other => {
                    let number: f64 = other.said().parse().unwrap();
                    biff(0x0203, &[&at[..], &number.to_le_bytes()].concat())
                }
            });
        }
    }
    sheet.extend(biff(0x000a, &[]));
    let globals = begin(0x0005);
    let end = biff(0x000a, &[]);
    let of_sheet = |offset: usize| {
        let offset = u32::try_from(offset).unwrap().to_le_bytes();
        biff(0x0085, &[&offset[..], &[0, 0, 1, 0, b'a']].concat())
    };
    let offset = globals.len() + of_sheet(0).len() + end.len();
    let mut stream = [globals, of_sheet(offset), end, sheet].concat();
    // A shorter stream would be stored elsewhere.
    stream.resize(stream.len().max(4_096).next_multiple_of(512), 0);
    let sectors = u32::try_from(stream.len() / 512).unwrap();
    let (last, free, fat_sector) = (0xffff_fffe_u32, 0xffff_ffff_u32, 0xffff_fffd_u32);
    let mut head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    head.extend([0; 16]);
    for short in [0x3e_u16, 3, 0xfffe, 9, 6, 0, 0, 0] {
        head.extend(short.to_le_bytes());
    }
    for long in [0, 1, 1, 0, 4_096, last, 0, last, 0, 0] {
        head.extend(long.to_le_bytes());
    }
    head.resize(512, 0xff);
    let mut fat: Vec<u8> = Vec::new();
    for next in [fat_sector, last].into_iter().chain((3..2 + sectors).chain([last])) {
        fat.extend(next.to_le_bytes());
    }
    fat.resize(512, 0xff);
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: u32| {
        let mut wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(wide.len() + 2).unwrap();
        wide.resize(64, 0);
        wide.extend(length.to_le_bytes());
        wide.extend([kind, 1]);
        wide.extend([free, free, child].into_iter().flat_map(u32::to_le_bytes));
        wide.resize(116, 0);
        wide.extend(start.to_le_bytes());
        wide.extend(u64::from(size).to_le_bytes());
        wide
    };
    let size = u32::try_from(stream.len()).unwrap();
    let mut directory = entry("Root Entry", 5, 1, last, 0);
    directory.extend(entry("Workbook", 2, free, 2, size));
    directory.resize(512, 0);
    [head, fat, directory, stream].concat()
}

#[test]
fn old_workbooks_are_read() {
    let rows = [texts(HEADER), with(1, &[(6, number("45717"))]), with(2, &[])];
    let made = table(&xls(&rows), MAPPING).unwrap();
    assert_eq!(made.report.workbook, Some(Kind::Xls));
    assert_eq!(made.reasons(), []);
    assert_eq!(made.records()[0]["valid_from"], json!("2025-03-01"));
    assert_eq!(answers(&made, &[firm(1), firm(2), firm(3)]), [ONE, ONE, NONE]);
}

#[test]
fn a_file_of_another_kind_is_told_for_what_it_is() {
    let no_table = |what: &str| {
        format!(
            "`list.csv`: it is {what}, whatever its name says: save it as CSV or as a workbook \
             (xlsx, xls, ods)"
        )
    };
    for (bytes, told_as) in [
        ("\u{feff}\n<html><body><table>".as_bytes(), no_table("a web page (HTML)")),
        (b"<TABLE border=1><tr>", no_table("a web page (HTML)")),
        (b"<?xml version=\"1.0\"?><Workbook>", no_table("XML")),
        (b"%PDF-1.7\n", no_table("a PDF")),
        (b"\x1f\x8b\x08\x00", no_table("compressed (gzip)")),
        (b"{\\rtf1 ", no_table("a text document (RTF)")),
        (b"PK\x03\x04 cut", "`list.csv`: it is an archive (zip) that is cut or damaged".into()),
    ] {
        assert_eq!(told(bytes, MAPPING), told_as);
    }
    let of = |part: &str| archive(&[(part.to_owned(), HEADER.to_owned())]);
    assert_eq!(told(&of("list.csv"), MAPPING), "`list.csv`: it is an archive (zip): unpack it");
    assert_eq!(told(&of("word/document.xml"), MAPPING), no_table("a text document"));
    assert_eq!(
        told(&of("xl/workbook.bin"), MAPPING),
        "`list.csv`: it is a binary workbook (xlsb): save it as xlsx"
    );
    let broken = told(&of("xl/workbook.xml"), MAPPING);
    assert!(broken.starts_with("`list.csv`: it is a workbook (xlsx) that cannot be read: "));
    let old = told(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", MAPPING);
    assert!(old.starts_with("`list.csv`: it is a workbook (xls) that cannot be read: "), "{old}");
}

#[test]
fn a_workbook_that_unpacks_to_more_than_can_be_held_is_refused() {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..=1_024 {
        archive.write_all(&zeros).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 4 << 20);
    assert_eq!(
        told(&bytes, MAPPING),
        "`list.csv`: it is a workbook that unpacks to more than 1073741824 bytes"
    );
}

#[test]
fn rows_out_of_order_and_cells_twice_are_faults_of_the_file() {
    let cell = |at: &str| format!("<c r=\"{at}\"><v>1</v></c>");
    let of = |rows: &str| {
        let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let xml =
            format!("<worksheet xmlns=\"{namespace}\"><sheetData>{rows}</sheetData></worksheet>");
        told(&xlsx(&[("a", xml)], false), MAPPING)
    };
    let order = format!("<row r=\"3\">{}</row><row r=\"2\">{}</row>", cell("A3"), cell("A2"));
    assert_eq!(of(&order), "`list.csv`: row 2: it stands below a later one");
    let twice = format!("<row r=\"2\">{}{}</row>", cell("A2"), cell("A2"));
    assert_eq!(of(&twice), "`list.csv`: row 2: a cell stands twice");
}
