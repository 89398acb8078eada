//! Importing lists that offices keep as tables: CSV by a mapping file.
//!
//! The table becomes a registry document, row by row, which [`import`](super::import::import)
//! takes as any other. A row that cannot be read is written out with its reason, and goes into
//! the document as a refusal of whomever it names, so that nobody is clear by it (RAIL R2).

mod cell;
mod column;
mod decode;
mod mapping;
mod output;
mod row;

use std::collections::HashSet;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::registry::sources::{Coverage, coverage};
use crate::registry::{RegistryError, Vocabulary};

pub use column::{Cell, CellTable, Column, Letter};
pub use decode::Encoding;
pub use mapping::{EventCells, FileMapping, Party, PenaltyCells, Person, RowMapping, TableMapping};
pub use output::RejectedFile;
pub(crate) use output::{Document, Refused};

/// The largest row, in bytes.
const ROW_LIMIT: usize = 1 << 20;

/// What became of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// Rows below the header.
    pub rows: u64,
    /// Records made of them.
    pub records: u64,
    /// Rows that could not be read.
    pub rejected: u64,
    /// Rows of totals.
    pub totals: u64,
    /// Rows with nothing in them.
    pub blank: u64,
    /// Rows that repeat another to the letter.
    pub duplicates: u64,
    /// The encoding of the file.
    pub encoding: Encoding,
}

/// Turns a table into a registry document on `out`.
///
/// # Errors
///
/// If the file cannot be read as a table at all: its bytes are of no encoding, its header lacks a
/// column, a quotation mark is not closed. What is wrong with one row is not an error.
pub fn convert(
    file: &Path,
    mapping: &TableMapping,
    vocabulary: &Vocabulary,
    out: &mut dyn Write,
    rejected: Option<&mut RejectedFile>,
) -> Result<TableReport, RegistryError> {
    let told = |what: String| RegistryError::Content(format!("`{}`: {what}", file.display()));
    let encoding = decode::encoding(file, mapping.file.encoding)
        .map_err(|e| unreadable(file, e))?
        .map_err(told)?;
    let text = decode::Decoded::open(file, encoding).map_err(|e| unreadable(file, e))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(mapping.file.delimiter())
        .quote(mapping.file.quote())
        .from_reader(text);
    let mut table = Table {
        mapping,
        vocabulary,
        covers: coverage(std::slice::from_ref(&mapping.source)),
        columns: row::Columns::default(),
        above: Vec::new(),
        seen: HashSet::new(),
        ids: HashSet::new(),
        document: Document::begin(out, std::slice::from_ref(&mapping.source))?,
        rejected,
        report: TableReport { encoding, ..TableReport::default() },
    };
    let mut cells = csv::StringRecord::new();
    let mut number = 0_u64;
    let mut header: Vec<Vec<String>> = Vec::new();
    let (skip, deep) = (mapping.file.skip_rows, mapping.file.header_rows);
    while reader.read_record(&mut cells).map_err(|e| unreadable_row(file, &e))? {
        number += 1;
        if cells.as_slice().len() > ROW_LIMIT {
            let line = cells.position().map_or(0, csv::Position::line);
            let what = format!(
                "the row that begins in line {line} has more than {ROW_LIMIT} \
                                bytes: is a quotation mark not closed?"
            );
            return Err(told(what));
        }
        if number <= skip {
            continue;
        }
        if number <= skip.saturating_add(deep) {
            header.push(cells.iter().map(|c| cell::tidy(c).to_owned()).collect());
            if number == skip.saturating_add(deep) {
                table.begin(&header).map_err(told)?;
            }
            continue;
        }
        table.row(number, &cells)?;
    }
    if number < skip.saturating_add(deep) {
        return Err(told("it ends before its header does".into()));
    }
    let quotes = reader.get_ref().count(mapping.file.quote());
    if !quotes.is_multiple_of(2) {
        // Rows after it were read as the inside of one cell.
        return Err(told("a quotation mark is not closed".into()));
    }
    table.document.end()?;
    if let Some(rejected) = table.rejected {
        rejected.end()?;
    }
    Ok(table.report)
}

fn unreadable(file: &Path, source: std::io::Error) -> RegistryError {
    RegistryError::Io { path: file.display().to_string(), source }
}

fn unreadable_row(file: &Path, error: &csv::Error) -> RegistryError {
    RegistryError::Content(format!("`{}`: {error}", file.display()))
}

/// A table that is being read.
struct Table<'a> {
    mapping: &'a TableMapping,
    vocabulary: &'a Vocabulary,
    covers: Coverage,
    columns: row::Columns,
    /// The row above, for cells that merge with it.
    above: Vec<String>,
    /// Digests of the rows: one that stands twice is one.
    seen: HashSet<[u8; 16]>,
    /// Digests of the ids given so far.
    ids: HashSet<[u8; 16]>,
    document: Document<'a>,
    rejected: Option<&'a mut RejectedFile>,
    report: TableReport,
}

/// Sixteen bytes of a digest: no two of a billion rows share them by chance.
fn digest<'t>(parts: impl Iterator<Item = &'t str>) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0xff]);
    }
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    short
}

impl Table<'_> {
    fn begin(&mut self, header: &[Vec<String>]) -> Result<(), String> {
        self.columns = row::Columns::of(self.mapping, header)?;
        if let Some(rejected) = &mut self.rejected {
            rejected.begin(self.columns.names()).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    fn row(&mut self, number: u64, written: &csv::StringRecord) -> Result<(), RegistryError> {
        self.report.rows += 1;
        let mut cells: Vec<String> = written.iter().map(|c| cell::tidy(c).to_owned()).collect();
        if cells.iter().all(String::is_empty) {
            self.report.blank += 1;
            return Ok(());
        }
        if self.is_total(&cells) {
            self.report.totals += 1;
            return Ok(());
        }
        self.columns.fill_down(&mut cells, &self.above);
        self.above.clone_from(&cells);
        if !self.seen.insert(digest(cells.iter().map(String::as_str))) {
            self.report.duplicates += 1;
            return Ok(());
        }
        let read = row::Row { mapping: self.mapping, columns: &self.columns, cells: &cells };
        let judged = read.records().and_then(|mut records| {
            records.iter_mut().try_for_each(|record| self.judge(record)).map(|()| records)
        });
        match judged {
            Ok(records) => {
                for record in &records {
                    self.ids.insert(digest(std::iter::once(record.id.as_str())));
                    self.document.record(record)?;
                    self.report.records += 1;
                }
            }
            Err(reason) => {
                self.report.rejected += 1;
                let told = format!("row {number}: {reason}");
                self.document.refusals(&self.mapping.source.id, &read.refused(), &told)?;
                if let Some(rejected) = &mut self.rejected {
                    rejected.row(number, &reason, written.iter())?;
                }
            }
        }
        Ok(())
    }

    /// What the import would refuse is refused here, where its row is known.
    fn judge(&self, record: &mut mustcheck_guest::model::CreditRecord) -> Result<(), String> {
        if let Some(fault) = super::json::record_fault(record, &self.covers) {
            return Err(fault);
        }
        if let Some(fault) = super::json::vocabulary_fault(record, self.vocabulary) {
            return Err(fault);
        }
        if self.ids.contains(&digest(std::iter::once(record.id.as_str()))) {
            return Err(format!("id: `{}` stands twice", record.id));
        }
        Ok(())
    }

    /// Whether a row sums up others: its first text says so, and it names nobody.
    fn is_total(&self, cells: &[String]) -> bool {
        let first = cells.iter().find(|c| !c.is_empty());
        let says = |c: &String| {
            let plain: String = c.chars().filter(|c| !c.is_whitespace()).collect();
            let plain = plain.trim_end_matches([':', '：']);
            self.mapping.file.totals.iter().any(|word| word == plain)
        };
        first.is_some_and(says) && cells.iter().all(|c| cell::identifiers(c).is_empty())
    }
}
