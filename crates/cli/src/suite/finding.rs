//! Findings: faults that keep a case from being evaluated, each with its place.

use std::fmt;
use std::path::Path;

use mustcheck::{redact, safe};
use serde::Serialize;

/// One fault of a case, or of the catalogue or policy that decides it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Path of the file or folder, masked.
    pub file: String,
    /// Line, from 1, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// Description of the fault, masked; it may have several lines.
    pub detail: String,
}

impl Finding {
    /// Makes a finding about a file as a whole.
    pub fn of(file: &Path, detail: impl fmt::Display) -> Self {
        Self::at(&file.display().to_string(), None, detail)
    }

    /// Makes a finding at a place in a file.
    pub fn at(file: &str, place: Option<Place>, detail: impl fmt::Display) -> Self {
        let (line, column) = place.map(|p| (p.line, p.column)).unzip();
        // RAIL R13: a value of the wrong form is quoted, and may be an identifier.
        let lines: Vec<String> =
            detail.to_string().lines().map(|line| redact(&safe(line))).collect();
        Self { file: redact(&safe(file)), line, column, detail: lines.join("\n") }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// Returns the place of a byte in a text.
    pub fn of(text: &str, byte: usize) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        Self { line: before.matches('\n').count() + 1, column }
    }
}

/// Returns `; did you mean …?` with the known code nearest to a misspelled one, as the end of a
/// message; empty if none is within an edit distance of 3.
pub fn near<'a>(code: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let distances = known.into_iter().map(|k| (strsim::damerau_levenshtein(code, k), k));
    let nearest = distances.filter(|(distance, _)| *distance <= 3).min();
    nearest.map(|(_, known)| format!("; did you mean `{known}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Place, near};

    #[test]
    fn a_place_counts_characters() {
        let text = "一\n二三x";
        assert_eq!(Place::of(text, 0), Place { line: 1, column: 1 });
        assert_eq!(Place::of(text, text.len() - 1), Place { line: 2, column: 3 });
        assert_eq!(Place::of(text, 1_000), Place { line: 2, column: 4 });
    }

    #[test]
    fn the_nearest_code_is_named_if_one_is_near() {
        let known = ["expired", "repaired"];
        assert_eq!(near("expird", known), "; did you mean `expired`?");
        assert_eq!(near("court-stay", known), "");
    }
}
