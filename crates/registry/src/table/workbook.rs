//! Workbooks: their sheets as rows of texts, as an office sees them.

mod archive;
mod value;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{
    Data, Dimensions, Ods, Range, Reader as _, SheetType, Sheets, Xls, Xlsx, open_workbook_from_rs,
};
use mustcheck::input::quotable;
use mustcheck::registry::RegistryError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::shapes::Epoch;
use crate::table::ROW_LIMIT;
use crate::table::raw::{Flow, RawRow, Take};
pub use archive::{Archive, archive};
use value::text;

/// Largest size of a workbook, in bytes.
const WORKBOOK_LIMIT: u64 = 1 << 29;
/// Largest number of cells in a row of a sheet.
const WIDEST: u32 = 16_384;

/// Kind of a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Office Open XML.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// OpenDocument.
    Ods,
}

impl Kind {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }
}

/// A sheet of a workbook.
pub struct Workbook {
    sheets: Sheets<BufReader<File>>,
    sheet: String,
}

/// Words for a library's error on a workbook, without any of its content.
fn told(kind: Kind, error: &dyn std::fmt::Display) -> String {
    format!(
        "it is a workbook ({}) that cannot be read: {}",
        kind.name(),
        quotable(&error.to_string())
    )
}

impl Workbook {
    /// Opens a workbook at a sheet: the one of this name, or the only one that is not empty.
    ///
    /// # Errors
    ///
    /// The error of the operating system; inside, the reason for which the workbook or the sheet
    /// cannot be read.
    pub fn open(
        file: &Path,
        kind: Kind,
        sheet: Option<&str>,
    ) -> std::io::Result<Result<Self, String>> {
        let opened = File::open(file)?;
        if opened.metadata()?.len() > WORKBOOK_LIMIT {
            let limit = format!("more than {WORKBOOK_LIMIT} bytes");
            return Ok(Err(format!("it is a workbook ({}) of {limit}", kind.name())));
        }
        let reader = BufReader::new(opened);
        let sheets = match kind {
            Kind::Xlsx => open_workbook_from_rs::<Xlsx<_>, _>(reader)
                .map(Sheets::Xlsx)
                .map_err(|e| told(kind, &e)),
            Kind::Xls => open_workbook_from_rs::<Xls<_>, _>(reader)
                .map(Sheets::Xls)
                .map_err(|e| told(kind, &e)),
            Kind::Ods => open_workbook_from_rs::<Ods<_>, _>(reader)
                .map(Sheets::Ods)
                .map_err(|e| told(kind, &e)),
        };
        Ok(sheets.and_then(|sheets| {
            let mut workbook = Self { sheets, sheet: String::new() };
            workbook.sheet = workbook.choose(kind, sheet)?;
            Ok(workbook)
        }))
    }

    fn choose(&mut self, kind: Kind, wanted: Option<&str>) -> Result<String, String> {
        let sheets = self.sheets.sheets_metadata().iter();
        let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
        let quoted = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|n| format!("`{}`", quotable(n))).collect();
            names.join(", ")
        };
        if let Some(wanted) = wanted {
            let found = names.iter().find(|name| *name == wanted);
            return found.cloned().ok_or_else(|| {
                format!("it has no sheet called `{}`, but {}", quotable(wanted), quoted(&names))
            });
        }
        let mut filled = Vec::new();
        for name in names {
            if self.holds_anything(&name).map_err(|e| told(kind, &e))? {
                filled.push(name);
            }
        }
        match filled.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err("no sheet of it holds anything".into()),
            several => Err(format!(
                "several of its sheets hold something: the mapping must say by `sheet` which of {}",
                quoted(several)
            )),
        }
    }

    fn holds_anything(&mut self, sheet: &str) -> Result<bool, calamine::Error> {
        let Sheets::Xlsx(workbook) = &mut self.sheets else {
            let range = self.sheets.worksheet_range(sheet)?;
            return Ok(range.used_cells().next().is_some());
        };
        let mut cells = workbook.worksheet_cells_reader(sheet).map_err(calamine::Error::Xlsx)?;
        while let Some(cell) = cells.next_cell_with_formula().map_err(calamine::Error::Xlsx)? {
            if Data::from(cell.value) != Data::Empty || cell.formula.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The name of the sheet.
    pub fn sheet(&self) -> &str {
        &self.sheet
    }

    /// Day from which the workbook counts days that are bare numbers; `None` if unknown.
    pub fn epoch(&self) -> Option<Epoch> {
        let of_1904 = match &self.sheets {
            Sheets::Xlsx(workbook) => workbook.has_1904_epoch(),
            Sheets::Xls(workbook) => workbook.has_1904_epoch(),
            _ => return None,
        };
        Some(if of_1904 { Epoch::Of1904 } else { Epoch::Of1900 })
    }

    /// Passes every row that is not empty to `take` in order, until it wants no more.
    pub fn each(&mut self, file: &Path, take: &mut Take<'_>) -> Result<(), RegistryError> {
        let fault = |what: String| RegistryError::Content(format!("`{}`: {what}", file.display()));
        let unreadable = |kind: Kind, e: &dyn std::fmt::Display| fault(told(kind, e));
        let mut rows = SheetRows::new(take);
        match &mut self.sheets {
            Sheets::Xlsx(workbook) => {
                let failed = |e: calamine::XlsxError| unreadable(Kind::Xlsx, &e);
                rows.merge(&workbook.merge_cells_by_sheet_name(&self.sheet).map_err(failed)?);
                let mut cells = workbook.worksheet_cells_reader(&self.sheet).map_err(failed)?;
                while let Some(cell) = cells.next_cell_with_formula().map_err(failed)? {
                    let (row, column) = cell.pos;
                    let value = value::of_formula(&Data::from(cell.value), cell.formula.as_deref());
                    if rows.put(row, column, value).map_err(fault)?? == Flow::Enough {
                        return Ok(());
                    }
                }
            }
            Sheets::Xls(workbook) => {
                let failed = |e: calamine::XlsError| unreadable(Kind::Xls, &e);
                rows.merge(&workbook.merge_cells_by_sheet_name(&self.sheet).map_err(failed)?);
                let range = workbook.worksheet_range(&self.sheet).map_err(failed)?;
                return rows.all(&range).map_err(fault)?;
            }
            Sheets::Ods(workbook) => {
                // NOT MODELLED: merged cells, which the library does not report; `fill_down`
                // replaces them.
                let failed = |e: calamine::OdsError| unreadable(Kind::Ods, &e);
                let range = workbook.worksheet_range(&self.sheet).map_err(failed)?;
                return rows.all(&range).map_err(fault)?;
            }
            Sheets::Xlsb(_) => return Err(fault("it is a binary workbook (xlsb)".into())),
        }
        rows.end().map(|_| ())
    }
}

/// Rows that are put together from cells.
struct SheetRows<'a, 'b> {
    /// Last rows of regions of merged cells, by first row and column.
    merged: BTreeMap<(u32, u32), u32>,
    /// Regions that the current row is in: last row, column, and text.
    spanning: Vec<(u32, usize, String)>,
    row: Option<OpenRow>,
    take: &'a mut Take<'b>,
}

/// A row that is being put together.
struct OpenRow {
    /// Its number, from 0.
    number: u32,
    cells: Vec<String>,
    bytes: usize,
}

/// Result of putting a cell: a fault of the table outside, an error of the function that takes the
/// rows inside.
type Put = Result<Result<Flow, RegistryError>, String>;

/// Converts the number of a row or a column to an index.
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn cell_at(cells: &mut Vec<String>, at: usize) -> Option<&mut String> {
    if cells.len() <= at {
        cells.resize(at + 1, String::new());
    }
    cells.get_mut(at)
}

impl<'a, 'b> SheetRows<'a, 'b> {
    fn new(take: &'a mut Take<'b>) -> Self {
        Self { merged: BTreeMap::new(), spanning: Vec::new(), row: None, take }
    }

    /// Makes merged regions fill the cells below their first one: a merged value holds for every
    /// row that it spans. Cells beside it belong to another header and stay empty.
    fn merge(&mut self, regions: &[Dimensions]) {
        let down = regions.iter().filter(|region| region.end.0 > region.start.0);
        self.merged = down.map(|region| (region.start, region.end.0)).collect();
    }

    fn put(&mut self, row: u32, column: u32, text: String) -> Put {
        let fault = |what: &str| format!("row {}: {what}", u64::from(row) + 1);
        if column >= WIDEST {
            return Err(fault("it has too many cells"));
        }
        match &self.row {
            Some(current) if current.number > row => {
                return Err(fault("it stands below a later one"));
            }
            Some(current) if current.number == row => {}
            _ => {
                match self.end() {
                    Ok(Flow::More) => {}
                    other => return Ok(other),
                }
                self.row = Some(OpenRow { number: row, cells: Vec::new(), bytes: 0 });
            }
        }
        let Some(current) = &mut self.row else { return Ok(Ok(Flow::More)) };
        current.bytes += text.len();
        if current.bytes > ROW_LIMIT {
            return Err(fault("it has too many bytes"));
        }
        if let Some(cell) = cell_at(&mut current.cells, index(column)) {
            if !cell.is_empty() {
                return Err(fault("a cell stands twice"));
            }
            *cell = text;
        }
        Ok(Ok(Flow::More))
    }

    /// Passes the row that is complete to `take`, if there is one.
    fn end(&mut self) -> Result<Flow, RegistryError> {
        let Some(OpenRow { number, mut cells, .. }) = self.row.take() else {
            return Ok(Flow::More);
        };
        self.spanning.retain(|(end, _, _)| *end >= number);
        for (_, column, above) in &self.spanning {
            if let Some(cell) = cell_at(&mut cells, *column).filter(|cell| cell.is_empty()) {
                cell.clone_from(above);
            }
        }
        for ((_, column), end) in self.merged.range((number, 0)..=(number, u32::MAX)) {
            let text = cells.get(index(*column)).cloned().unwrap_or_default();
            self.spanning.push((*end, index(*column), text));
        }
        (self.take)(RawRow { number: u64::from(number) + 1, line: None, cells })
    }

    fn all(&mut self, range: &Range<Data>) -> Result<Result<(), RegistryError>, String> {
        let (top, left) = range.start().unwrap_or_default();
        let place = |start: u32, at: usize| u32::try_from(at).map_or(u32::MAX, |at| start + at);
        for (row, column, value) in range.used_cells() {
            match self.put(place(top, row), place(left, column), text(value))? {
                Ok(Flow::More) => {}
                Ok(Flow::Enough) => return Ok(Ok(())),
                Err(e) => return Ok(Err(e)),
            }
        }
        Ok(self.end().map(|_| ()))
    }
}
