//! Rules for rows that are no record, as a mapping declares them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mapping::Faults;
use crate::table::column::{Column, position};

/// A rule by which a row is no record: a column, and a condition on its cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SkipRule {
    /// The text over the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Letter of the column, instead of `column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// Condition on the state of the cell, such as `empty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<CellState>,
    /// Whole text of the cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equals: Option<String>,
    /// Beginning of the cell's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_with: Option<String>,
}

/// The state of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CellState {
    /// The cell is empty.
    Empty,
}

impl SkipRule {
    /// The column.
    pub(crate) fn column(&self) -> Option<Column> {
        Column::of(self.column.as_ref(), self.letter.as_ref())
    }

    /// Whether a cell makes its row no record.
    pub(crate) fn fits(&self, cell: &str) -> bool {
        match (self.is, &self.equals, &self.starts_with) {
            (Some(CellState::Empty), _, _) => cell.is_empty(),
            (None, Some(text), _) => cell == text,
            (None, None, Some(head)) => cell.starts_with(head.as_str()),
            (None, None, None) => false,
        }
    }

    pub(crate) fn check(&self, path: &str, faults: &mut Faults<'_>) {
        if self.column.is_some() == self.letter.is_some() {
            faults.add(path, "needs one of `column` and `letter`");
        }
        if let Some(letter) = &self.letter
            && position(letter).is_none()
        {
            faults.add(path, format!("`{letter}` is no letter of a column, `A` to `ZZZ`"));
        }
        let texts = [&self.equals, &self.starts_with];
        let said = usize::from(self.is.is_some()) + texts.iter().filter(|t| t.is_some()).count();
        if said != 1 {
            faults.add(path, "needs one of `is`, `equals` and `starts_with`");
        }
        if texts.into_iter().flatten().any(|text| text.trim().is_empty()) {
            // Every text begins with nothing.
            faults.add(path, "an empty text would pass over every row: say `is = \"empty\"`");
        }
    }
}
