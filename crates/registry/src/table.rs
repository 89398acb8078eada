//! Importing lists that offices keep as tables: CSV and workbooks, by a mapping file.
//!
//! The table becomes a registry document, row by row, which [`import`](super::import::import) takes
//! like any other. A row that cannot be read is written out with its reason, and goes into the
//! document as a refusal of everybody whom it may name, so that it makes nobody clear (RAIL R2).

mod cell;
mod column;
mod columns;
mod decode;
mod head;
mod mapping;
mod output;
mod parties;
mod raw;
mod row;
mod rows;
mod skip;
mod source;
mod strict;
mod total;
mod workbook;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use mustcheck::registry::sources::{Coverage, Source, coverage};
use mustcheck::registry::written::{LeftOpen, Pattern};
use mustcheck::registry::{RegistryError, Vocabulary};
use mustcheck_model::date::Timestamp;
use mustcheck_model::{CreditRecord, SubjectKind};
use serde::Serialize;

use crate::digests::DigestSet;
use crate::shapes::Epoch;
pub use column::{Cell, CellTable, Column, Letter, RangeEnd};
pub use decode::Encoding;
pub use mapping::{
    EventCells, FileMapping, Party, PenaltyCells, Person, RowMapping, TableMapping, TermCells,
};
pub use output::RejectedFile;
pub(crate) use output::{Document, Refused};
use raw::{Flow, RawRow};
use rows::Rows;
pub use skip::{CellState, SkipRule};
pub use source::TableSource;
pub use workbook::Kind;

/// Largest size of a row, in bytes.
const ROW_LIMIT: usize = 1 << 20;

/// Counts of what a conversion made of a table.
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
    /// Rows that repeat another exactly.
    pub duplicates: u64,
    /// Rows that the mapping declares to be no record.
    pub skipped: u64,
    /// Rows that repeat the header, or a row above it.
    pub headers: u64,
    /// Rows with a record that also name somebody else without an identifier.
    pub unnamed: u64,
    /// Rows with a record whose code a spreadsheet may have rounded.
    pub rounded: u64,
    /// Encoding, if the file is a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Kind, if the file is a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workbook: Option<Kind>,
    /// Sheet of the workbook that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

/// Converts a table to a registry document on `out`.
///
/// # Errors
///
/// [`RegistryError`] if the file cannot be read as a table at all: its bytes are of no encoding,
/// its header lacks a column, a quotation mark is where none may be, it does not have as many rows
/// as it should. A fault of one row is no error: the row is listed.
pub fn convert(
    file: &Path,
    mapping: &TableMapping,
    vocabulary: &Vocabulary,
    out: &mut dyn Write,
    rejected: Option<&mut RejectedFile>,
) -> Result<TableReport, RegistryError> {
    let told = |what: String| RegistryError::Content(format!("`{}`: {what}", file.display()));
    let mut rows = Rows::open(file, &mapping.file)?;
    let source = mapping.source.at(as_of(file, mapping, &mut rows)?);
    let sources = std::slice::from_ref(&source);
    let report = match &rows {
        Rows::Text(encoding) => TableReport { encoding: Some(*encoding), ..TableReport::default() },
        Rows::Workbook(kind, workbook) => TableReport {
            workbook: Some(*kind),
            sheet: Some(workbook.sheet().to_owned()),
            ..TableReport::default()
        },
    };
    let mut table = TableReading {
        mapping,
        vocabulary,
        source: &source,
        covers: coverage(sources),
        epoch: rows.epoch(),
        above_rows: Some(head::Head::default()),
        head: Vec::new(),
        columns: columns::Columns::default(),
        named: BTreeSet::new(),
        above: Vec::new(),
        seen: DigestSet::new()?,
        ids: DigestSet::new()?,
        total: None,
        document: Document::begin(out, sources)?,
        rejected,
        report,
    };
    rows.each(file, &mapping.file, &mut |row| {
        table.take(&row, &told)?;
        Ok(Flow::More)
    })?;
    table.end().map_err(told)?;
    table.document.end()?;
    if let Some(rejected) = table.rejected {
        rejected.end()?;
    }
    Ok(table.report)
}

/// Returns the time as of which a table is.
fn as_of(file: &Path, mapping: &TableMapping, rows: &mut Rows) -> Result<Timestamp, RegistryError> {
    let told = |what: String| RegistryError::Content(format!("`{}`: {what}", file.display()));
    let source = &mapping.source;
    let Some((number, column)) = source.as_of_cell().filter(|_| source.as_of.is_none()) else {
        return source.as_of(file).map_err(told);
    };
    let mut said = String::new();
    rows.each(file, &mapping.file, &mut |row| {
        if row.number == number {
            said = row.cells.get(column).cloned().unwrap_or_default();
        }
        Ok(if row.number < number { Flow::More } else { Flow::Enough })
    })?;
    source.as_of_said(cell::tidy(&said)).map_err(told)
}

fn unreadable(file: &Path, source: std::io::Error) -> RegistryError {
    RegistryError::Io { path: file.display().to_string(), source }
}

/// A table that is being read.
struct TableReading<'a> {
    mapping: &'a TableMapping,
    vocabulary: &'a Vocabulary,
    source: &'a Source,
    covers: Coverage,
    /// Day from which a bare number counts days; none if unknown.
    epoch: Option<Epoch>,
    /// Rows down to the header, until it is found; then none.
    above_rows: Option<head::Head>,
    /// The rows of the header and above it.
    head: Vec<Vec<String>>,
    columns: columns::Columns,
    /// The columns in which somebody is named.
    named: BTreeSet<usize>,
    /// The row above, for cells that merge with it.
    above: Vec<String>,
    /// Digests of the rows so far: a repeated row counts once.
    seen: DigestSet,
    /// Digests of the ids given so far.
    ids: DigestSet,
    /// Number of rows by the last row of totals, if it states one.
    total: Option<u64>,
    document: Document<'a>,
    rejected: Option<&'a mut RejectedFile>,
    report: TableReport,
}

impl TableReading<'_> {
    /// Takes the next row, of the head or below it.
    fn take(
        &mut self,
        raw: &RawRow,
        told: &dyn Fn(String) -> RegistryError,
    ) -> Result<(), RegistryError> {
        let tidied = raw.cells.iter().map(|c| cell::tidy(c).to_owned());
        let mut cells: Vec<String> = tidied.collect();
        self.swallowed(raw, &cells).map_err(told)?;
        if let Some(head) = &mut self.above_rows {
            let found = head.take(self.mapping, raw.number, &cells).map_err(told)?;
            if let Some(found) = found {
                self.begin(found).map_err(told)?;
            }
            return Ok(());
        }
        if raw.line.is_none() && cells.len() < self.columns.names().len() {
            // The rows of a sheet may be short.
            cells.resize(self.columns.names().len(), String::new());
        }
        self.row(raw, cells)
    }

    fn begin(&mut self, found: head::FoundHeader) -> Result<(), String> {
        self.above_rows = None;
        self.head = found.rows;
        self.columns = found.columns;
        let record = &self.mapping.record;
        let subjects = record.alternatives().map(|(_, party)| &party.identifier);
        let persons = record.persons.iter().map(|person| &person.identifier);
        let columns = subjects.chain(persons).filter_map(|cell| cell.0.column());
        self.named = columns.filter_map(|column| self.columns.place(&column)).collect();
        if let Some(rejected) = &mut self.rejected {
            rejected.begin(self.columns.names()).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Checks that no quoted cell of a text has swallowed rows: two stray quotation marks make one
    /// cell of everything between them.
    // RAIL R2: the subjects of swallowed rows would not be listed.
    fn swallowed(&self, raw: &RawRow, cells: &[String]) -> Result<(), String> {
        let Some(line) = raw.line else { return Ok(()) };
        let delimiter = char::from(self.mapping.file.delimiter());
        let width = self.columns.names().len();
        let has_swallowed = |(i, cell): (usize, &String)| {
            if !cell.contains(['\n', '\r']) {
                return false;
            }
            let delimiters = cell.matches(delimiter).count();
            let holds_code = !cell::identifiers(cell).is_empty();
            // In a column of codes, a cell may hold several below each other.
            let is_misplaced = delimiters > 0 || !self.named.contains(&i);
            let is_row = delimiters + 1 >= width || (delimiters > 0 && cells.len() != width);
            (holds_code && is_misplaced) || (is_row && self.above_rows.is_none())
        };
        if cells.iter().enumerate().any(has_swallowed) {
            return Err(format!(
                "a cell of the row that begins in line {line} has swallowed other rows: a quotation \
                 mark stands where none may be"
            ));
        }
        Ok(())
    }

    fn row(&mut self, raw: &RawRow, mut cells: Vec<String>) -> Result<(), RegistryError> {
        self.report.rows += 1;
        if cells.iter().all(String::is_empty) {
            self.report.blank += 1;
            return Ok(());
        }
        if self.head.iter().any(|row| head::repeats(&cells, row)) {
            self.report.headers += 1;
            return Ok(());
        }
        if self.is_total(&cells) {
            self.report.totals += 1;
            return Ok(());
        }
        self.columns.fill_down(&mut cells, &self.above);
        self.above.clone_from(&cells);
        let read = row::Row {
            mapping: self.mapping,
            columns: &self.columns,
            cells: &cells,
            epoch: self.epoch,
        };
        if read.is_no_record() {
            self.report.skipped += 1;
            return Ok(());
        }
        if !self.seen.insert(cells.iter().map(String::as_str))? {
            self.report.duplicates += 1;
            return Ok(());
        }
        match self.judge(&read)? {
            Ok(records) => {
                for record in &records {
                    self.ids.insert([record.id.as_str()])?;
                    self.document.record(record)?;
                    self.report.records += 1;
                }
                let (list, further) = (read.list(), read.unidentified());
                self.rounded(raw, list, parties::rounded(&records))?;
                self.unidentified(raw, further)?;
            }
            Err(reason) => {
                self.report.rejected += 1;
                let refused = read.refused();
                self.refuse(raw, &reason, &refused)?;
            }
        }
        Ok(())
    }

    fn refuse(
        &mut self,
        raw: &RawRow,
        reason: &str,
        refused: &Refused,
    ) -> Result<(), RegistryError> {
        let told = format!("row {}: {reason}", raw.number);
        self.document.refusals(&self.source.id, refused, &told)?;
        if let Some(rejected) = &mut self.rejected {
            let cells = raw.cells.iter().map(String::as_str);
            rejected.row(raw.number, reason, cells)?;
        }
        Ok(())
    }

    /// Refuses all others whom a code may mean that may have been rounded; the code itself is taken
    /// unchanged.
    fn rounded(
        &mut self,
        raw: &RawRow,
        list: Option<String>,
        open: BTreeSet<Pattern>,
    ) -> Result<(), RegistryError> {
        if open.is_empty() {
            return Ok(());
        }
        self.report.rounded += 1;
        let refused = Refused { list, open: LeftOpen::Fits(open), unnamed: false };
        let what = "a code ends in 000, as it does where a spreadsheet made a number of it";
        self.refuse(raw, what, &refused)
    }

    /// Refuses somebody whom the row names beside the subject without an identifier: the list then
    /// cannot prove of persons that they are not on it, if it holds persons at all.
    // RAIL R2
    fn unidentified(
        &mut self,
        raw: &RawRow,
        further: Option<(String, Refused)>,
    ) -> Result<(), RegistryError> {
        let Some((at, refused)) = further else { return Ok(()) };
        let person = SubjectKind::Person;
        if refused.list.as_ref().is_some_and(|list| !self.source.holds_kind(list, person)) {
            return Ok(());
        }
        self.report.unnamed += 1;
        self.refuse(raw, &format!("{at}: is named by no identifier"), &refused)
    }

    /// Makes the records of a row, or the reason for which the import would refuse one of them:
    /// here its row is known.
    fn judge(
        &self,
        row: &row::Row<'_>,
    ) -> Result<Result<Vec<CreditRecord>, String>, RegistryError> {
        let mut records = match row.records() {
            Ok(records) => records,
            Err(reason) => return Ok(Err(reason)),
        };
        for record in &mut records {
            let fault = mustcheck::registry::json::record_fault(record, &self.covers)
                .or_else(|| mustcheck::registry::json::vocabulary_fault(record, self.vocabulary));
            if let Some(fault) = fault {
                return Ok(Err(fault));
            }
            if self.ids.contains([record.id.as_str()])? {
                return Ok(Err(format!("id: `{}` stands twice", record.id)));
            }
        }
        Ok(Ok(records))
    }
}
