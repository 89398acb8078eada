//! The two runs: all lines, and those that wait for a source.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::path::Path;

use crate::desk::{Desk, Failure, FailureKind, Outcome, Retry, shown};
use crate::error::RunError;
use crate::lines::{self, Line};
use crate::sheets::{self, SHEETS, Sheets};

/// Number of lines with each result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lines of the input.
    pub lines: u64,
    /// Lines that this run checked.
    pub run: u64,
    /// Lines that passed.
    pub passed: u64,
    /// Lines with a restriction.
    pub restricted: u64,
    /// Lines that need a closer look.
    pub review: u64,
    /// Lines to be run again.
    pub retry: u64,
    /// Lines that could not be checked.
    pub errors: u64,
}

/// Screens every line of the input, and writes the results into a folder that holds none.
///
/// # Errors
///
/// [`RunError`] if the run as a whole fails. The fault of a single line is in `errors.jsonl`.
pub fn screen(desk: &Desk, mut input: impl BufRead, folder: &Path) -> Result<Totals, RunError> {
    let mut results = Sheets::create(folder)?;
    let mut ids: HashMap<String, u64> = HashMap::new();
    let mut line = Line::default();
    while lines::next(&mut input, &mut line).map_err(RunError::io(Path::new("the input")))? {
        let outcome = match desk.read(&line) {
            Err(failure) => Outcome::Error(failure),
            Ok(application) => match ids.get(&application.id) {
                // Nobody could tell two cases of one number apart afterwards.
                Some(first) => Outcome::Error(Failure {
                    application: Some(shown(&application.id)),
                    kind: FailureKind::BadInput,
                    path: Some("id".into()),
                    detail: format!("is the id of line {first} as well"),
                }),
                None => {
                    let outcome = desk.judge(&application, 1);
                    // A line that was not checked leaves its number to one that is.
                    if !matches!(outcome, Outcome::Error(_)) {
                        ids.insert(application.id, line.number);
                    }
                    outcome
                }
            },
        };
        results.write(line.number, &outcome)?;
    }
    results.finish()?;
    totals(folder, line.number, line.number)
}

/// Runs only the lines of `retry.jsonl` again, and moves those that have a result now.
///
/// # Errors
///
/// [`RunError`] if the run as a whole fails, or the input is not the one that was screened.
pub fn retry(desk: &Desk, mut input: impl BufRead, folder: &Path) -> Result<Totals, RunError> {
    let waiting: BTreeMap<u64, Retry> = sheets::waiting(folder)?.into_iter().collect();
    let mut results = Sheets::extend(folder)?;
    let mut line = Line::default();
    let mut run = 0;
    while lines::next(&mut input, &mut line).map_err(RunError::io(Path::new("the input")))? {
        let Some(earlier) = waiting.get(&line.number) else { continue };
        let other =
            || RunError::OtherInput { line: line.number, expected: earlier.application.clone() };
        let application = desk.read(&line).map_err(|_| other())?;
        let same =
            shown(&application.id) == earlier.application && application.as_of == earlier.as_of;
        if !same {
            return Err(other());
        }
        run += 1;
        let outcome = desk.judge(&application, earlier.attempts.saturating_add(1));
        results.write(line.number, &outcome)?;
    }
    if let Some((missing, earlier)) = waiting.range(line.number + 1..).next() {
        return Err(RunError::OtherInput { line: *missing, expected: earlier.application.clone() });
    }
    results.finish()?;
    totals(folder, line.number, run)
}

/// Counts the results, and checks that every line has exactly one.
fn totals(folder: &Path, lines: u64, run: u64) -> Result<Totals, RunError> {
    let mut counts = BTreeMap::new();
    for sheet in SHEETS {
        let rows = sheets::line_numbers(folder, sheet)?.len();
        counts.insert(sheet, u64::try_from(rows).unwrap_or(u64::MAX));
    }
    let results: u64 = counts.values().sum();
    if results != lines {
        return Err(RunError::TotalsDiffer { results, lines });
    }
    let count = |sheet: &str| counts.get(sheet).copied().unwrap_or_default();
    Ok(Totals {
        lines,
        run,
        passed: count("passed"),
        restricted: count("restricted"),
        review: count("review"),
        retry: count("retry"),
        errors: count("errors"),
    })
}
