//! The source of a table, and the time of its snapshot.

use std::path::Path;

use mustcheck::input::quotable;
use mustcheck::registry::sources::{Cover, Source, sources_faults};
use mustcheck_model::Scheme;
use mustcheck_model::date::{Date, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mapping::Faults;
use crate::shapes::{DateShape, day_within, instant};
use crate::table::column::position;

/// A source; the table itself may state the time of its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableSource {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Time of its snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// Cell that states the time instead, such as `B2`: a day, perhaps with words around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of_cell: Option<String>,
    /// Pattern of the file's name that states the day instead, with `{date}` in its place:
    /// `名单_{date}.xlsx`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of_name: Option<String>,
    /// First day from which it holds ended records too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_from: Option<Date>,
    /// The lists it holds.
    pub covers: Vec<Cover>,
    /// Schemes by which it names its subjects: a lookup by another scheme is not covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schemes: Option<Vec<Scheme>>,
    /// Schemes by which it identifies everybody: a row that names somebody without an identifier
    /// leaves nobody open who has one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identified_by: Option<Vec<Scheme>>,
}

/// Placeholder of the day in a file's name.
const DATE: &str = "{date}";

impl TableSource {
    /// Returns the source with the time of its snapshot.
    pub(crate) fn at(&self, as_of: Timestamp) -> Source {
        Source {
            id: self.id.clone(),
            name: self.name.clone(),
            as_of,
            records_from: self.records_from,
            covers: self.covers.clone(),
            schemes: self.schemes.clone(),
            identified_by: self.identified_by.clone(),
            // A table counts its rows: see `expected_rows`.
            expected: None,
            unavailable: None,
        }
    }

    pub(crate) fn check(&self, faults: &mut Faults<'_>) {
        // The checks there do not depend on the time.
        let any = Timestamp {
            date: Date { year: 1970, month: 1, day: 1 },
            hour: 0,
            minute: 0,
            second: 0,
        };
        for fault in sources_faults(&[self.at(any)]) {
            let (path, detail) = fault.split_once(": ").unwrap_or(("source", &fault));
            faults.add(path.replace("sources[0]", "source"), detail);
        }
        let said = [self.as_of.is_some(), self.as_of_cell.is_some(), self.as_of_name.is_some()];
        if said.into_iter().filter(|said| *said).count() > 1 {
            faults.add("source", "needs only one of `as_of`, `as_of_cell` and `as_of_name`");
        }
        if let Some(cell) = self.as_of_cell.as_ref().filter(|cell| place(cell).is_none()) {
            faults.add("source.as_of_cell", format!("`{cell}` is no cell, such as `B2`"));
        }
        if let Some(name) = self.as_of_name.as_ref().filter(|n| n.matches(DATE).count() != 1) {
            faults.add("source.as_of_name", format!("`{name}` must hold `{DATE}` once"));
        }
    }

    /// Returns the time of the table's snapshot, where the file need not be read for it.
    ///
    /// # Errors
    ///
    /// A text, if the file's name does not state it, or the mapping names no place for it.
    pub(crate) fn as_of(&self, file: &Path) -> Result<Timestamp, String> {
        if let Some(as_of) = self.as_of {
            return Ok(as_of);
        }
        let Some(pattern) = &self.as_of_name else {
            let what = "the mapping does not say as of when the list is: `as_of`, `as_of_cell` or \
                        `as_of_name` of its source is missing";
            return Err(what.into());
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let (before, after) = pattern.split_once(DATE).unwrap_or((pattern, ""));
        let said = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let said = said.ok_or_else(|| format!("its name is not `{pattern}`"))?;
        instant(said, DateShape::Written).map_err(|detail| format!("its name: {detail}"))
    }

    /// Returns the row, from 1, and the column, from 0, of the cell that states the time of the
    /// snapshot.
    pub(crate) fn as_of_cell(&self) -> Option<(u64, usize)> {
        self.as_of_cell.as_deref().and_then(place)
    }

    /// Reads the text of that cell.
    pub(crate) fn as_of_said(&self, cell: &str) -> Result<Timestamp, String> {
        let place = quotable(self.as_of_cell.as_deref().unwrap_or_default());
        day_within(cell).map_err(|detail| format!("cell `{place}`: {detail}"))
    }
}

fn place(cell: &str) -> Option<(u64, usize)> {
    let end = cell.find(|c: char| c.is_ascii_digit())?;
    let (letter, row) = cell.split_at_checked(end)?;
    let row = row.parse().ok().filter(|row| *row > 0)?;
    Some((row, position(letter)?))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn cells_are_named_as_spreadsheets_do() {
        assert_eq!(place("A1"), Some((1, 0)));
        assert_eq!(place("AB12"), Some((12, 27)));
        for cell in ["", "A", "1", "A0", "a1", "A1B", "1A"] {
            assert_eq!(place(cell), None, "{cell}");
        }
    }
}
