//! The five files of results. A run writes beside them and moves them into place at its end, so
//! that a run that is killed leaves what was there before.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::desk::{Outcome, Retry};
use crate::error::RunError;

/// The files, in the order in which they are moved into place. `retry` is the last: a line is taken
/// off it only when its result is in another file.
pub const SHEETS: [&str; 5] = ["passed", "restricted", "review", "errors", "retry"];

/// The file of the lines to be run again.
const RETRY: &str = "retry";

/// The path of a file of results.
pub fn path(folder: &Path, sheet: &str) -> PathBuf {
    folder.join(format!("{sheet}.jsonl"))
}

fn partial(folder: &Path, sheet: &str) -> PathBuf {
    folder.join(format!("{sheet}.jsonl.partial"))
}

/// The files of a run that is under way.
pub struct Sheets {
    folder: PathBuf,
    files: Vec<(&'static str, BufWriter<File>)>,
}

#[derive(Serialize)]
struct Row<'a, T: Serialize> {
    line: u64,
    #[serde(flatten)]
    row: &'a T,
}

/// A line of `retry.jsonl`.
#[derive(Deserialize)]
struct RetryRow {
    line: u64,
    #[serde(flatten)]
    retry: serde_json::Map<String, serde_json::Value>,
}

impl Sheets {
    /// Empty files, for a first run.
    ///
    /// # Errors
    ///
    /// [`RunError::AlreadyScreened`] if the folder holds results.
    pub fn create(folder: &Path) -> Result<Self, RunError> {
        fs::create_dir_all(folder).map_err(RunError::io(folder))?;
        if let Some(held) = SHEETS.iter().map(|s| path(folder, s)).find(|p| p.exists()) {
            return Err(RunError::AlreadyScreened { path: shown(&held) });
        }
        Self::begin(folder, |_| Ok(()))
    }

    /// The results so far, for a second run; the lines to be run again are to be written anew.
    ///
    /// # Errors
    ///
    /// [`RunError`] if a file cannot be read or written.
    pub fn extend(folder: &Path) -> Result<Self, RunError> {
        Self::begin(folder, |sheet| {
            if sheet == RETRY {
                return Ok(());
            }
            let (from, to) = (path(folder, sheet), partial(folder, sheet));
            fs::copy(&from, &to).map(|_| ()).map_err(RunError::io(&from))
        })
    }

    fn begin(
        folder: &Path,
        prepare: impl Fn(&str) -> Result<(), RunError>,
    ) -> Result<Self, RunError> {
        let mut files = Vec::new();
        for sheet in SHEETS {
            let path = partial(folder, sheet);
            // What a killed run left behind is worth nothing.
            if path.exists() {
                fs::remove_file(&path).map_err(RunError::io(&path))?;
            }
            prepare(sheet)?;
            let file = OpenOptions::new().create(true).append(true).open(&path);
            files.push((sheet, BufWriter::new(file.map_err(RunError::io(&path))?)));
        }
        Ok(Self { folder: folder.to_owned(), files })
    }

    /// Writes the result of a line.
    ///
    /// # Errors
    ///
    /// [`RunError::Io`].
    pub fn write(&mut self, line: u64, outcome: &Outcome) -> Result<(), RunError> {
        match outcome {
            Outcome::Passed(row) => self.row("passed", line, row),
            Outcome::Restricted(row) => self.row("restricted", line, row),
            Outcome::Review(row) => self.row("review", line, row),
            Outcome::Retry(row) => self.row(RETRY, line, row),
            Outcome::Error(row) => self.row("errors", line, row),
        }
    }

    fn row(&mut self, sheet: &str, line: u64, row: &impl Serialize) -> Result<(), RunError> {
        let path = partial(&self.folder, sheet);
        let file = self.files.iter_mut().find(|(name, _)| *name == sheet);
        let Some((_, file)) = file else { return Ok(()) };
        let written = serde_json::to_writer(&mut *file, &Row { line, row }).map_err(Into::into);
        written.and_then(|()| file.write_all(b"\n")).map_err(RunError::io(&path))
    }

    /// Moves the files into place.
    ///
    /// # Errors
    ///
    /// [`RunError::Io`].
    pub fn finish(self) -> Result<(), RunError> {
        let Self { folder, files } = self;
        for (sheet, file) in files {
            let from = partial(&folder, sheet);
            let file = file.into_inner().map_err(|e| RunError::io(&from)(e.into_error()))?;
            file.sync_all().map_err(RunError::io(&from))?;
        }
        for sheet in SHEETS {
            let (from, to) = (partial(&folder, sheet), path(&folder, sheet));
            fs::rename(&from, &to).map_err(RunError::io(&to))?;
        }
        Ok(())
    }
}

/// The lines that a file of results holds.
///
/// # Errors
///
/// [`RunError`] if it cannot be read.
pub fn line_numbers(folder: &Path, sheet: &str) -> Result<Vec<u64>, RunError> {
    #[derive(Deserialize)]
    struct Numbered {
        line: u64,
    }
    let rows: Vec<Numbered> = rows(&path(folder, sheet))?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}

/// The lines to be run again that have no result yet.
///
/// # Errors
///
/// [`RunError`] if a file cannot be read.
pub fn waiting(folder: &Path) -> Result<Vec<(u64, Retry)>, RunError> {
    let mut decided = BTreeSet::new();
    for sheet in SHEETS.iter().filter(|s| **s != RETRY) {
        decided.extend(line_numbers(folder, sheet)?);
    }
    let mut waiting = Vec::new();
    for RetryRow { line, retry } in rows(&path(folder, RETRY))? {
        let retry = serde_json::from_value(retry.into()).map_err(|e| RunError::Row {
            path: shown(&path(folder, RETRY)),
            detail: format!("the row of line {line}: {e}"),
        })?;
        // A run that was killed while it moved its files left the line on both.
        if !decided.contains(&line) {
            waiting.push((line, retry));
        }
    }
    Ok(waiting)
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, RunError> {
    let file = File::open(path).map_err(RunError::io(path))?;
    let mut rows = Vec::new();
    for (i, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(RunError::io(path))?;
        rows.push(serde_json::from_str(&line).map_err(|e| RunError::Row {
            path: shown(path),
            detail: format!("row {}: {}", i + 1, crate::desk::shown(&e.to_string())),
        })?);
    }
    Ok(rows)
}

fn shown(path: &Path) -> String {
    crate::desk::shown(&path.display().to_string())
}
