//! Export of decisions with the reports about them: a row for each measure.
//!
//! The columns are those that offices exchange: subject code and name, matter, case number, type,
//! result, basis, region, department, start, end, measures, execution content, field,
//! reward-or-punishment type, state, time. The log holds no code and no name, so those two come
//! from the office's evidence folder, and only from a bundle that the receipt in the log was made
//! of.

mod cell;
mod row;
mod subjects;
mod write;

pub use cell::safe_cell;
pub use row::{COLUMNS, Row, State};
pub use subjects::{Evidence, SubjectError};
pub use write::{CsvWriter, JsonWriter, Sink};

use crate::names::Names;
use crate::report::Period;
use crate::reported::{Met, Reported};
use crate::scan::{Progress, backwards};
use crate::sequel::Sequel;
use crate::source::{AuditError, Source};
use crate::view::View;
use mustcheck_evidence::Moment;
use subjects::Opened;

/// The scope and language of an export.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The days on which the exported checks were made.
    pub period: Period,
    /// Chinese names and sentences; otherwise English.
    pub chinese: bool,
    /// The moment of the export, written into every row.
    pub at: Moment,
}

/// Counts of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Number of rows, one for each measure.
    pub rows: u64,
    /// Number of checks with at least one measure.
    pub checks: u64,
    /// Number of these checks without a bundle in the evidence folder; 0 if no folder was given.
    pub without_bundle: u64,
    /// Number of these checks whose bundle no given identity can open.
    pub sealed: u64,
    /// Reported measures and obligations that are in no receipt of the log: their receipt does not
    /// have them, leaves nothing to be done, or is not there.
    pub strangers: u64,
}

/// An export that could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Error: the log cannot be read or is damaged.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Error: a bundle cannot be read, or is not that of its receipt.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// Error: the rows cannot be written.
    #[error("the export cannot be written")]
    Write(#[from] std::io::Error),
}

/// The receipts and feedback of one page of the log, each receipt with its subjects if they were
/// asked for.
type Page = Vec<(Met, Option<Opened>)>;

/// Writes the measures of all checks of the period to a sink, the newest checks first. The output
/// is valid only if this succeeds: until then, the log may still prove to be damaged.
///
/// # Errors
///
/// [`ExportError`] if the log, a bundle or the output fails.
pub fn export(
    source: &Source,
    names: &Names,
    question: Question,
    evidence: Option<&Evidence>,
    sink: &mut (dyn Sink + Send),
    progress: Progress<'_>,
) -> Result<Exported, ExportError> {
    let mut reported = Reported::default();
    let mut exported = Exported::default();
    backwards(
        source,
        |page| read(page, question, evidence),
        |page| {
            for (met, subjects) in page.into_iter().rev() {
                reported.meet(vec![met], |sequel, story| {
                    exported.strangers += story.strangers(&sequel);
                    if !question.period.holds(sequel.made_on) || sequel.measures.is_empty() {
                        return Ok(());
                    }
                    exported.count(subjects.as_ref(), evidence.is_some());
                    for row in row::rows(&sequel, &story, subjects.as_ref(), names, question) {
                        sink.row(&row)?;
                        exported.rows += 1;
                    }
                    Ok::<(), ExportError>(())
                })?;
            }
            Ok(())
        },
        progress,
    )?;
    exported.strangers += reported.left();
    sink.end()?;
    Ok(exported)
}

impl Exported {
    fn count(&mut self, subjects: Option<&Opened>, wanted: bool) {
        self.checks += 1;
        match subjects {
            None | Some(Opened::None) => self.without_bundle += u64::from(wanted),
            Some(Opened::Sealed) => self.sealed += 1,
            Some(Opened::Subjects(_)) => {}
        }
    }
}

fn read(
    page: &crate::scan::Page<'_>,
    question: Question,
    evidence: Option<&Evidence>,
) -> Result<Page, ExportError> {
    let mut met = Vec::new();
    for (index, entry) in page.iter() {
        match View::read(index, entry)? {
            View::Feedback(entry) => met.push((Met::Feedback(entry), None)),
            View::Receipt(receipt) => {
                let Some(sequel) = Sequel::of(index, &receipt) else { continue };
                let asked = question.period.holds(sequel.made_on) && !sequel.measures.is_empty();
                let subjects = match evidence.filter(|_| asked) {
                    Some(evidence) => Some(evidence.open(&sequel)?),
                    None => None,
                };
                met.push((Met::Sequel(Box::new(sequel)), subjects));
            }
            View::Failure(_) => {}
        }
    }
    Ok(met)
}
