//! The header of a table: declared, or found by the columns that a mapping names.

use crate::table::cell::identifiers;
use crate::table::column::Column;
use crate::table::columns::{Columns, plain};
use crate::table::mapping::TableMapping;

/// Number of rows among which a header is searched for.
const SEARCHED: usize = 50;

/// Rows down to the header, as far as they are read.
#[derive(Debug, Default)]
pub struct Head {
    rows: Vec<(u64, Vec<String>)>,
    /// Faults of the row that comes nearest to a header.
    nearest: Option<Vec<String>>,
}

/// A header that was found.
#[derive(Debug)]
pub struct FoundHeader {
    /// Positions of the columns.
    pub columns: Columns,
    /// Rows of the header and above it, by which repetitions are recognised: lists print them on
    /// every page.
    pub rows: Vec<Vec<String>>,
}

impl Head {
    /// Takes one more row; returns the header once it is complete.
    ///
    /// # Errors
    ///
    /// A text, if the header lacks a column, or if rows above it may be records.
    pub fn take(
        &mut self,
        mapping: &TableMapping,
        number: u64,
        cells: &[String],
    ) -> Result<Option<FoundHeader>, String> {
        let by_letters = !mapping.columns().iter().any(|c| matches!(c, Column::Named(_)));
        let declared = mapping.file.skip_rows.or(by_letters.then_some(0));
        if declared.is_some_and(|above| number <= above) {
            return Ok(None);
        }
        self.rows.push((number, cells.to_vec()));
        let deep = usize::try_from(mapping.file.header_rows).unwrap_or(usize::MAX);
        let Some(above) = self.rows.len().checked_sub(deep) else { return Ok(None) };
        let (over, header) = self.rows.split_at_checked(above).unwrap_or_default();
        let header: Vec<&[String]> = header.iter().map(|(_, cells)| cells.as_slice()).collect();
        let faults = match Columns::of(mapping, &header) {
            Ok(columns) => {
                let first = number.saturating_sub(mapping.file.header_rows.saturating_sub(1));
                above_a_header(over, &columns, first)?;
                let rows = self.rows.iter().map(|(_, cells)| line(cells)).collect();
                return Ok(Some(FoundHeader { columns, rows }));
            }
            Err(faults) => faults,
        };
        if declared.is_some() {
            return Err(faults.join("; "));
        }
        if self.nearest.as_ref().is_none_or(|nearest| faults.len() < nearest.len()) {
            self.nearest = Some(faults);
        }
        if above + 1 >= SEARCHED { Err(self.missing()) } else { Ok(None) }
    }

    /// Returns the reason for which there is no header.
    pub fn missing(&self) -> String {
        let ends = || "it ends before its header does".to_owned();
        self.nearest.as_ref().map_or_else(ends, |faults| faults.join("; "))
    }
}

/// Returns a row without the white space that layout puts into it, and without empty cells at its
/// end.
fn line(cells: &[String]) -> Vec<String> {
    let mut line: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
    let filled = line.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    line.truncate(filled);
    line
}

/// Whether a row repeats a row of a head.
pub fn repeats(cells: &[String], line: &[String]) -> bool {
    // Most rows differ in their first cell.
    let is_same = |(cell, of_head): (&String, &String)| plain(cell) == *of_head;
    let (Some(same), Some(beyond)) = (cells.get(..line.len()), cells.get(line.len()..)) else {
        return false;
    };
    !line.is_empty() && same.iter().zip(line).all(is_same) && beyond.iter().all(String::is_empty)
}

/// Checks that rows above a header that was found, not declared, are only a title and notes: a row
/// that may be a record belongs to another header, which was not read.
// RAIL R2
fn above_a_header(
    over: &[(u64, Vec<String>)],
    columns: &Columns,
    header: u64,
) -> Result<(), String> {
    let width = columns.names().iter().filter(|name| !name.is_empty()).count();
    for (number, cells) in over {
        let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
        let is_full = filled > 2 && 2 * filled > width;
        if is_full || cells.iter().any(|cell| !identifiers(cell).is_empty()) {
            return Err(format!(
                "row {number} may be a record, and stands above the header in row {header}: say by \
                 `skip_rows` where the header is"
            ));
        }
    }
    Ok(())
}
