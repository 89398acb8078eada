//! The rows of a file, a text or a workbook. Its content decides which it is, never its name.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use mustcheck::registry::RegistryError;

use crate::shapes::Epoch;
use crate::table::Encoding;
use crate::table::decode::{Decoded, encoding};
use crate::table::mapping::FileMapping;
use crate::table::raw::{Flow, RawRow, Take};
use crate::table::strict::Strict;
use crate::table::workbook::{Archive, Kind, Workbook, archive};

/// A file with rows.
pub enum Rows {
    /// A text.
    Text(Encoding),
    /// A workbook.
    Workbook(Kind, Box<Workbook>),
}

/// Number of bytes that are read to recognise the kind of a file.
const HEAD: u64 = 4_096;

impl Rows {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Io`] if it cannot be read, [`RegistryError::Content`] if it is no table,
    /// with the kind that it is.
    pub fn open(file: &Path, mapping: &FileMapping) -> Result<Self, RegistryError> {
        let told = |what: String| RegistryError::Content(format!("`{}`: {what}", file.display()));
        let failed = |e| super::unreadable(file, e);
        let mut head = Vec::new();
        let opened = File::open(file).map_err(failed)?;
        opened.take(HEAD).read_to_end(&mut head).map_err(failed)?;
        let kind = if head.starts_with(b"PK\x03\x04") {
            match archive(file).map_err(failed)?.map_err(told)? {
                Archive::Workbook(kind) => kind,
                Archive::BinaryWorkbook => {
                    return Err(told("it is a binary workbook (xlsb): save it as xlsx".into()));
                }
                Archive::Document => return Err(told(is_no_table("a text document"))),
                Archive::Other => return Err(told("it is an archive (zip): unpack it".into())),
            }
        } else if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            Kind::Xls
        } else {
            if let Some(other) = other(&head) {
                return Err(told(is_no_table(other)));
            }
            let encoding = encoding(file, mapping.encoding).map_err(failed)?.map_err(told)?;
            return Ok(Self::Text(encoding));
        };
        let workbook = Workbook::open(file, kind, mapping.sheet.as_deref());
        workbook.map_err(failed)?.map_err(told).map(|book| Self::Workbook(kind, Box::new(book)))
    }

    /// Day from which the file counts days that are bare numbers; `None` if unknown.
    pub fn epoch(&self) -> Option<Epoch> {
        match self {
            Self::Text(_) => None,
            Self::Workbook(_, workbook) => workbook.epoch(),
        }
    }

    /// Passes every row to `take` in order, until it wants no more.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the file has a fault; any error of `take`.
    pub fn each(
        &mut self,
        file: &Path,
        mapping: &FileMapping,
        take: &mut Take<'_>,
    ) -> Result<(), RegistryError> {
        match self {
            Self::Text(encoding) => each_of_text(file, mapping, *encoding, take),
            Self::Workbook(_, workbook) => workbook.each(file, take),
        }
    }
}

fn is_no_table(what: &str) -> String {
    format!(
        "it is {what}, whatever its name says: save it as CSV or as a workbook (xlsx, xls, ods)"
    )
}

/// Returns the kind of a file that is neither a text of cells nor an archive.
fn other(head: &[u8]) -> Option<&'static str> {
    let signs: [(&[u8], &str); 6] = [
        (b"%PDF", "a PDF"),
        (b"\x1f\x8b", "compressed (gzip)"),
        (b"7z\xbc\xaf\x27\x1c", "an archive (7z)"),
        (b"Rar!", "an archive (rar)"),
        (b"{\\rtf", "a text document (RTF)"),
        (b"SQLite format 3", "a database"),
    ];
    if let Some((_, what)) = signs.iter().find(|(sign, _)| head.starts_with(sign)) {
        return Some(what);
    }
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    if !text.starts_with('<') {
        return None;
    }
    let is_page =
        ["<html", "<!doctype html", "<table", "<meta", "<head"].iter().any(|t| text.contains(t));
    Some(if is_page { "a web page (HTML)" } else { "XML" })
}

fn each_of_text(
    file: &Path,
    mapping: &FileMapping,
    encoding: Encoding,
    take: &mut Take<'_>,
) -> Result<(), RegistryError> {
    let text = Decoded::open(file, encoding).map_err(|e| super::unreadable(file, e))?;
    let (delimiter, quote) = (mapping.delimiter(), mapping.quote());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quote(quote)
        .from_reader(Strict::new(text, delimiter, quote));
    let mut cells = csv::StringRecord::new();
    let mut number = 0_u64;
    let fault = |e: csv::Error| RegistryError::Content(format!("`{}`: {e}", file.display()));
    while reader.read_record(&mut cells).map_err(fault)? {
        number += 1;
        let line = cells.position().map(csv::Position::line);
        let cells = cells.iter().map(str::to_owned).collect();
        if take(RawRow { number, line, cells })? == Flow::Enough {
            break;
        }
    }
    Ok(())
}
