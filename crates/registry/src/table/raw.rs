//! Rows as a file has them, and the function that takes them one by one.

use mustcheck::registry::RegistryError;

/// A row as the file has it.
pub struct RawRow {
    /// Its number, from 1. In a text, empty lines are not numbered.
    pub number: u64,
    /// Line in which it begins, in a text.
    pub line: Option<u64>,
    /// The cells.
    pub cells: Vec<String>,
}

/// Answer of the function that takes rows: whether it wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next row.
    More,
    /// No more rows.
    Enough,
}

/// A function that takes rows.
pub type Take<'a> = dyn FnMut(RawRow) -> Result<Flow, RegistryError> + 'a;
