//! Recording of feedback (执行反馈): a file is read, checked against its receipt, signed, and
//! appended to the log.

mod dossier;
mod fault;
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
pub use fault::{Duty, FeedbackFault, Id, Positions, Subject};
use mustcheck::InputError;
use mustcheck::input::parse_strictly;
use mustcheck_evidence::keys::PUBLIC;
use mustcheck_evidence::{
    AuditLog, AuditReader, DocumentId, Feedback, FeedbackFormat, Journal as _, JournalError,
    KeyError, Keys, MeasureFeedback, Moment, ReceiptOffice,
};

/// Size of the largest feedback file that is read, in bytes.
pub const FEEDBACK_LIMIT: u64 = 4 << 20;

/// An office's report about one receipt: its actions on measures and obligations. An office may
/// report piece by piece, in several files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackFile {
    /// Id of the receipt.
    pub receipt: DocumentId,
    /// Role or staff number of the officer who records it, never a name.
    pub recorded_by: String,
    /// Reports about measures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<MeasureFeedback>,
    /// Reports about obligations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<ObligationDone>,
}

/// Report that one obligation was fulfilled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObligationDone {
    /// Kind of the obligation.
    pub kind: ObligationKind,
    /// Recipient, in Chinese as in the receipt; needed only if the receipt has several obligations
    /// of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Day on which the obligation was fulfilled.
    pub done_on: Date,
    /// Document or place that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The earlier feedback about this obligation that this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<DocumentId>,
}

impl FeedbackFile {
    /// Reads a feedback file.
    ///
    /// # Errors
    ///
    /// [`InputError`] with the path, line and column of the fault.
    pub fn from_json(json: &[u8]) -> Result<Self, InputError> {
        parse_strictly(json)
    }
}

/// Error: feedback could not be recorded. If one of several files is invalid, none of them is
/// recorded.
#[derive(Debug, thiserror::Error)]
pub enum FeedbackError {
    /// A file does not fit its receipt, or contains something that the log must not hold.
    #[error("{place}: {fault}")]
    Invalid {
        /// Position of the file, from 0.
        file: usize,
        /// Path of the faulty key in the file.
        place: String,
        /// The fault there.
        fault: FeedbackFault,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The log cannot be locked against others who record feedback.
    #[error("`{path}` cannot be locked")]
    Lock {
        /// Path of the locked file.
        path: String,
        /// Cause.
        #[source]
        source: std::io::Error,
    },
    /// The feedback cannot be signed.
    #[error("the feedback could not be signed")]
    Sign(#[from] KeyError),
    /// The log cannot be written. Of several files, those before the failure are recorded.
    #[error("the feedback is not in the log")]
    Journal(#[from] JournalError),
}

/// A feedback that is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedFeedback {
    /// Id of the feedback.
    pub id: DocumentId,
    /// Index of its entry in the log, from 0.
    pub index: u64,
    /// The feedback as recorded.
    pub feedback: Feedback,
}

/// Settings that apply to all files of one call.
#[derive(Clone, Copy, Debug)]
pub struct Recording {
    /// Moment of the recording, by the clock.
    pub at: Moment,
    /// Whether a text that may be an identifier is masked; if not, it is an error.
    pub mask: bool,
}

/// Records feedback files: all of them, or none if one does not fit its receipt. Only a failure to
/// write the log ([`FeedbackError::Journal`]) leaves the files before it recorded.
///
/// # Errors
///
/// [`FeedbackError`], with the file and the place in it if a file is invalid.
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

/// Indices of a receipt and of the feedback about it, each from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// Index of the receipt.
    pub receipt: u64,
    /// Indices of the feedback about it, in the order of the log.
    pub feedback: Vec<u64>,
}

/// Records one feedback file without reading the whole log, at places that an index of the log
/// knows. `find` is called after the log is locked, so nobody else can record feedback meanwhile;
/// it returns `None` if the log has no such receipt.
///
/// # Errors
///
/// The outer error is that of `find`. The inner one is as in [`record`]; [`AuditError::Entry`]
/// means that a place holds something else.
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

/// Reads the receipt and the feedback at these places.
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

/// Locks the log against others who record feedback, and opens it as it is then.
fn locked(log: &Path, keys: &Keys) -> Result<(File, Source), FeedbackError> {
    // Opened for reading first: opening for writing would create the file.
    drop(Source::of(log, keys.public().clone())?);
    let lock = lock(log)?;
    Ok((lock, Source::of(log, keys.public().clone())?))
}

/// Locks the log, so that nobody can append between the reading of earlier reports and the new
/// entry.
fn lock(log: &Path) -> Result<File, FeedbackError> {
    let path = log.join(PUBLIC);
    let locked = OpenOptions::new().read(true).append(true).open(&path).and_then(|file| {
        file.lock()?;
        Ok(file)
    });
    locked.map_err(|source| FeedbackError::Lock { path: path.display().to_string(), source })
}

/// Reads from the log the receipts that the files name, each with all feedback about it.
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

/// Builds the feedback of the accepted parts.
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
