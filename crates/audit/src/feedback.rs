//! Recording feedback (执行反馈): read, held against its receipt, signed, and appended to the log.

mod dossier;
mod rules;

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::path::Path;

use mustcheck_model::ObligationKind;
use mustcheck_model::date::Date;
use serde::{Deserialize, Serialize};

use crate::reported::{Met, Reported};
use crate::scan::{Progress, backwards};
use crate::sequel::Sequel;
use crate::source::{AuditError, Source};
use crate::view::View;
pub use dossier::{Dossier, SignedFeedback, no_receipt};
use mustcheck::InputError;
use mustcheck::input::parse_strictly;
use mustcheck_evidence::keys::PUBLIC;
use mustcheck_evidence::{
    AuditLog, AuditReader, DocumentId, Feedback, FeedbackFormat, Journal as _, JournalError,
    KeyError, Keys, MeasureFeedback, Moment, ReceiptOffice,
};

/// The largest file of feedback that is read, in bytes.
pub const FEEDBACK_LIMIT: u64 = 4 << 20;

/// What an office hands in about one receipt: what it did about each measure and obligation. It may
/// do so piece by piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackFile {
    /// The receipt's id.
    pub receipt: DocumentId,
    /// Who records it: a role or a staff number, not a name.
    pub recorded_by: String,
    /// What was done about measures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasureFeedback>,
    /// What was done about obligations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<ObligationDone>,
}

/// What was done about one obligation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObligationDone {
    /// Which.
    pub kind: ObligationKind,
    /// To whom, as the receipt has it in Chinese; only where it has several of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The day on which it was done.
    pub done_on: Date,
    /// The document or place that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The earlier feedback about this obligation that this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<DocumentId>,
}

impl FeedbackFile {
    /// Reads a file of feedback.
    ///
    /// # Errors
    ///
    /// [`InputError`] with the path, line and column of what is wrong.
    pub fn from_json(json: &[u8]) -> Result<Self, InputError> {
        parse_strictly(json)
    }
}

/// Why feedback is not recorded. Of several files, none is.
#[derive(Debug, thiserror::Error)]
pub enum FeedbackError {
    /// It does not fit its receipt, or says what the log must not hold.
    #[error("{place}: {detail}")]
    Invalid {
        /// Which of the files, from 0.
        file: usize,
        /// The place in it.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The log cannot be kept from others who record feedback.
    #[error("`{path}` cannot be locked")]
    Lock {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The key.
    #[error("the feedback could not be signed")]
    Sign(#[from] KeyError),
    /// The log cannot be written. With several files, those before are recorded.
    #[error("the feedback is not in the log")]
    Journal(#[from] JournalError),
}

/// A feedback that is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedFeedback {
    /// Its id.
    pub id: DocumentId,
    /// Its index in the log, from 0.
    pub index: u64,
    /// What is recorded.
    pub feedback: Feedback,
}

/// What is not about one file.
#[derive(Clone, Copy, Debug)]
pub struct Recording {
    /// What the clock says.
    pub at: Moment,
    /// Whether what may be an identifier is masked; otherwise it is an error.
    pub mask: bool,
}

/// Records files of feedback: all of them, or none if one does not fit its receipt.
///
/// # Errors
///
/// [`FeedbackError`] with the file and the place in it.
pub fn record(
    log: &Path,
    keys: &Keys,
    files: &[FeedbackFile],
    recording: Recording,
    progress: Progress<'_>,
) -> Result<Vec<RecordedFeedback>, FeedbackError> {
    let (_lock, source) = locked(log, keys)?;
    let mut known = known(&source, files, progress)?;
    let mut signed = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let dossier = known.get_mut(&file.receipt);
        let dossier = dossier.ok_or_else(|| no_receipt(number, &file.receipt))?;
        signed.push(dossier.accept(number, file, recording, keys)?);
    }
    let writer = AuditLog::open(log, keys)?;
    let recorded = signed.into_iter().map(|one| {
        let index = writer.append(&one.entry)?;
        Ok(one.recorded(index))
    });
    recorded.collect()
}

/// Where the log has a receipt, and the feedback about it in the order of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The receipt's index, from 0.
    pub receipt: u64,
    /// Those of the feedback about it.
    pub feedback: Vec<u64>,
}

/// Records one file of feedback where an index of the log knows the places, so that the log need
/// not be read. `find` is asked once nobody else can record feedback; it says none if the log has no
/// such receipt.
///
/// # Errors
///
/// That of `find`; within, as [`record`]. Places of something else are [`AuditError::Entry`].
pub fn record_at<E>(
    log: &Path,
    keys: &Keys,
    file: &FeedbackFile,
    recording: Recording,
    find: impl FnOnce(&AuditReader) -> Result<Option<Places>, E>,
) -> Result<Result<RecordedFeedback, FeedbackError>, E> {
    let (_lock, source) = match locked(log, keys) {
        Ok(locked) => locked,
        Err(error) => return Ok(Err(error)),
    };
    let places = find(source.reader())?;
    Ok((|| {
        let places = places.ok_or_else(|| no_receipt(0, &file.receipt))?;
        let mut dossier = dossier(source.reader(), &file.receipt, places)?;
        let signed = dossier.accept(0, file, recording, keys)?;
        let index = AuditLog::open(log, keys)?.append(&signed.entry)?;
        Ok(signed.recorded(index))
    })())
}

/// What stands at these places.
fn dossier(reader: &AuditReader, id: &DocumentId, places: Places) -> Result<Dossier, AuditError> {
    let text = |index: u64| {
        let read = reader.texts(index..index.saturating_add(1)).next();
        read.unwrap_or_else(|| Ok((index, Vec::new())))
    };
    let (index, receipt) = text(places.receipt)?;
    let about: Result<Vec<_>, _> = places.feedback.into_iter().map(text).collect();
    let about = about?;
    let about = about.iter().map(|(index, text)| (*index, text.as_slice()));
    Dossier::read(id, (index, &receipt), about)
}

/// The log as it is once nobody else can record feedback.
fn locked(log: &Path, keys: &Keys) -> Result<(File, Source), FeedbackError> {
    // Opened for reading first, since what is opened for writing is made.
    drop(Source::of(log, keys.public().clone())?);
    let lock = lock(log)?;
    Ok((lock, Source::of(log, keys.public().clone())?))
}

/// Between reading what was reported and appending to it, nobody else may append.
fn lock(log: &Path) -> Result<File, FeedbackError> {
    let path = log.join(PUBLIC);
    let locked = OpenOptions::new().read(true).append(true).open(&path).and_then(|file| {
        file.lock()?;
        Ok(file)
    });
    locked.map_err(|source| FeedbackError::Lock { path: path.display().to_string(), source })
}

/// What the log has about the receipts of these files.
fn known(
    source: &Source,
    files: &[FeedbackFile],
    progress: Progress<'_>,
) -> Result<HashMap<DocumentId, Dossier>, AuditError> {
    let wanted: HashSet<&DocumentId> = files.iter().map(|file| &file.receipt).collect();
    let mut reported = Reported::default();
    let mut known = HashMap::new();
    backwards(
        source,
        |page| {
            let mut met = Vec::new();
            for (index, entry) in page.iter() {
                match View::read(index, entry)? {
                    View::Feedback(entry) if wanted.contains(&entry.feedback.receipt) => {
                        met.push(Met::Feedback(entry));
                    }
                    View::Receipt(receipt) => {
                        let id = receipt.id();
                        if wanted.contains(&id) {
                            let sequel = Sequel::with_id(id, index, &receipt);
                            met.push(Met::Sequel(Box::new(sequel)));
                        }
                    }
                    View::Feedback(_) | View::Failure(_) => {}
                }
            }
            Ok(met)
        },
        |met| {
            reported.meet(met, |sequel, story| {
                known.insert(sequel.id.clone(), Dossier::new(sequel, story));
                Ok::<(), AuditError>(())
            })
        },
        progress,
    )?;
    Ok(known)
}

/// The accepted parts as a feedback.
fn composed(accepted: rules::Accepted, sequel: &Sequel, at: Moment, keys: &Keys) -> Feedback {
    let rules::Accepted { receipt, recorded_by, measures, obligations } = accepted;
    let office = ReceiptOffice { name: sequel.office.clone(), region: sequel.region.clone() };
    Feedback {
        format: FeedbackFormat::V1,
        recorded_at: at,
        receipt,
        office,
        recorded_by,
        measures,
        obligations,
        suite: keys.suite(),
    }
    // RAIL R13: what an officer types goes into the log.
    .masked()
}
