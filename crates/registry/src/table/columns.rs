//! Positions of a mapping's columns in a table.

use std::collections::BTreeMap;

use mustcheck::input::quotable;
use unicode_normalization::UnicodeNormalization as _;

use crate::table::column::{Column, position};
use crate::table::mapping::TableMapping;

/// Positions of the columns of a mapping in a table, from 0.
#[derive(Debug, Default)]
pub struct Columns {
    names: Vec<String>,
    /// Positions of the columns that the mapping names.
    named: BTreeMap<String, usize>,
    /// Positions of the columns whose empty cells merge with the one above.
    merged: Vec<usize>,
}

/// Returns a header's text without the white space that layout puts into it.
pub fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

impl Columns {
    /// Finds the columns of a mapping below a header.
    ///
    /// # Errors
    ///
    /// A text for each column that is missing or occurs twice.
    pub fn of(mapping: &TableMapping, header: &[&[String]]) -> Result<Self, Vec<String>> {
        let width = header.iter().map(|row| row.len()).max().unwrap_or_default();
        let lowest = |i: usize| {
            let cells = header.iter().rev().filter_map(|row| row.get(i));
            cells.map(|c| plain(c)).find(|c| !c.is_empty()).unwrap_or_default()
        };
        let names: Vec<String> = (0..width).map(lowest).collect();
        let mut faults = Vec::new();
        let mut named = BTreeMap::new();
        let merged = &mapping.file.fill_down;
        for column in &mapping.columns() {
            match column {
                Column::Named(name) => {
                    let name = plain(name);
                    let mut found = names.iter().enumerate().filter(|(_, n)| **n == name);
                    match (found.next(), found.next()) {
                        (Some((i, _)), None) => _ = named.insert(name, i),
                        (None, _) => faults.push(format!("no column is called `{name}`")),
                        _ => faults.push(format!("two columns are called `{name}`")),
                    }
                }
                Column::Letter(letter) => {
                    if position(&letter.letter).is_none_or(|i| i >= width) {
                        faults.push(format!("there is no column `{}`", letter.letter));
                    }
                }
            }
        }
        faults.sort();
        faults.dedup();
        if !faults.is_empty() {
            return Err(faults.iter().map(|fault| quotable(fault)).collect());
        }
        let mut columns = Self { names, named, merged: Vec::new() };
        columns.merged = merged.iter().filter_map(|column| columns.place(column)).collect();
        Ok(columns)
    }

    /// The texts over the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The position of a column.
    pub fn place(&self, column: &Column) -> Option<usize> {
        match column {
            Column::Named(name) => self.named.get(&plain(name)).copied(),
            Column::Letter(letter) => position(&letter.letter),
        }
    }

    /// Fills the cells that merge with those of the row above.
    pub fn fill_down(&self, cells: &mut [String], above: &[String]) {
        for column in &self.merged {
            if let (Some(cell), Some(above)) = (cells.get_mut(*column), above.get(*column))
                && cell.is_empty()
            {
                cell.clone_from(above);
            }
        }
    }
}
