//! Error of a run.

use std::path::Path;

use crate::desk::shown;

/// Error: a run could not be made. Results that were there before are still there.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file cannot be read or written.
    #[error("`{path}` cannot be read or written")]
    Io {
        /// The file.
        path: String,
        /// Cause, from the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The folder holds results.
    #[error("`{path}` is there already: run `retry`, or give another folder")]
    AlreadyScreened {
        /// One of the files.
        path: String,
    },
    /// A row of the results is not as it was written.
    #[error("`{path}`: {detail}")]
    Row {
        /// The file.
        path: String,
        /// Description of the fault.
        detail: String,
    },
    /// The input is not the one that was screened.
    #[error(
        "line {line} of the input is not application `{expected}`: give the file that was screened"
    )]
    OtherInput {
        /// Number of the line.
        line: u64,
        /// Case number that the line had.
        expected: String,
    },
    /// Lines and results do not add up.
    #[error("there are {results} results for {lines} lines")]
    TotalsDiffer {
        /// Number of rows in all files.
        results: u64,
        /// Number of lines in the input.
        lines: u64,
    },
}

impl RunError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = shown(&path.display().to_string());
        move |source| Self::Io { path, source }
    }
}
