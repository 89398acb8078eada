//! Builder of workbooks (xlsx) for tests.

use std::io::Write as _;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A cell of a sheet.
#[derive(Clone)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number.
    Number(String),
    /// A number that is shown as a day.
    Day(&'static str),
    /// A formula without a value.
    Formula(&'static str),
}

use Value::{Day, Formula, Number, Text};

impl Value {
    /// Text of the cell, as it is written.
    pub fn said(&self) -> &str {
        match self {
            Text(said) | Number(said) => said,
            Day(said) | Formula(said) => said,
        }
    }
}

/// A cell with a number.
pub fn number(number: &str) -> Value {
    Number(number.to_owned())
}

/// A cell with a text.
pub fn text(text: &str) -> Value {
    Text(text.to_owned())
}

/// Makes an archive of files.
pub fn archive(parts: &[(String, String)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Makes the XML of a sheet.
pub fn sheet_xml(rows: &[Vec<Value>], merged: &str) -> String {
    let mut xml = String::new();
    for (r, cells) in (1..).zip(rows) {
        xml += &format!("<row r=\"{r}\">");
        for (column, value) in ('A'..).zip(cells) {
            let at = format!("r=\"{column}{r}\"");
            xml += &match value {
                Text(text) if text.is_empty() => String::new(),
                Text(text) => format!("<c {at} t=\"inlineStr\"><is><t>{text}</t></is></c>"),
                Number(number) => format!("<c {at}><v>{number}</v></c>"),
                Day(number) => format!("<c {at} s=\"1\"><v>{number}</v></c>"),
                Formula(formula) => format!("<c {at}><f>{formula}</f></c>"),
            };
        }
        xml += "</row>";
    }
    let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    format!("<worksheet xmlns=\"{namespace}\"><sheetData>{xml}</sheetData>{merged}</worksheet>")
}

/// Makes a workbook (xlsx) with sheets of XML.
pub fn xlsx(sheets: &[(&str, String)], of_1904: bool) -> Vec<u8> {
    let namespace = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let (mut list, mut targets, mut parts) = (String::new(), String::new(), Vec::new());
    for (i, (name, xml)) in (1..).zip(sheets) {
        list += &format!("<sheet name=\"{name}\" sheetId=\"{i}\" r:id=\"rId{i}\"/>");
        let target = format!("Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{i}.xml\"");
        targets += &format!("<Relationship Id=\"rId{i}\" {target}/>");
        parts.push((format!("xl/worksheets/sheet{i}.xml"), xml.clone()));
    }
    let date = if of_1904 { "<workbookPr date1904=\"1\"/>" } else { "" };
    let workbook = format!(
        "<workbook {namespace} xmlns:r=\"{relations}\">{date}<sheets>{list}</sheets></workbook>"
    );
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let rels = format!("<Relationships xmlns=\"{package}\">{targets}</Relationships>");
    let styles = format!(
        "<styleSheet {namespace}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\" \
         applyNumberFormat=\"1\"/></cellXfs></styleSheet>"
    );
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" \
         Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    parts.push(("_rels/.rels".into(), root));
    parts.push(("xl/workbook.xml".into(), workbook));
    parts.push(("xl/_rels/workbook.xml.rels".into(), rels));
    parts.push(("xl/styles.xml".into(), styles));
    archive(&parts)
}

/// Makes a workbook with one sheet that is not empty.
pub fn one_sheet(rows: &[Vec<Value>]) -> Vec<u8> {
    xlsx(&[("名单", sheet_xml(rows, "")), ("Sheet2", sheet_xml(&[], ""))], false)
}
