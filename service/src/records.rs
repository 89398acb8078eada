//! Where checks are put on record, and where what is on record is read.

mod folder;

use std::sync::Arc;

use mustcheck::audit::{AuditError, FeedbackError, FeedbackFile, RecordedFeedback, Source};
use mustcheck::evidence::bundle::{AgeError, StoreError};
use mustcheck::evidence::{
    DocumentId, Feedback, InvalidForm, JournalError, KeysError, Receipt, Recorder, Signed,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use folder::FolderRecords;

/// A receipt, and what was reported about it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeptReceipt {
    /// The receipt's id.
    pub id: DocumentId,
    /// Its index in the log, from 0.
    pub log_index: u64,
    /// The receipt, signed.
    pub receipt: Signed<Receipt>,
    /// What was reported about it, the first first.
    pub feedback: Vec<KeptFeedback>,
}

/// A feedback about a receipt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeptFeedback {
    /// The feedback's id.
    pub id: DocumentId,
    /// Its index in the log, from 0.
    pub log_index: u64,
    /// The feedback, signed.
    pub feedback: Signed<Feedback>,
}

/// Why records cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Who is to read the bundles.
    #[error("`encrypt_to`")]
    Recipients(#[from] AgeError),
    /// The bundles.
    #[error(transparent)]
    Bundles(#[from] StoreError),
    /// The log cannot be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The system's clock.
    #[error("the feedback could not be dated")]
    Clock(#[from] InvalidForm),
    /// The work on it was not finished.
    #[error("reading the records failed")]
    Unfinished,
}

/// Records of one kind or another. Everything that is stored goes through here.
pub enum Records {
    /// A log and bundles in folders of this machine.
    Folder(Arc<FolderRecords>),
}

impl Records {
    /// What puts checks on record.
    pub fn recorder(&self) -> Arc<Recorder> {
        match self {
            Self::Folder(folder) => folder.recorder(),
        }
    }

    /// A receipt, and what was reported about it; none if the log has none of that id.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the log cannot be read.
    pub async fn receipt(&self, id: DocumentId) -> Result<Option<KeptReceipt>, RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                blocking(move || folder.receipt(&id)).await?
            }
        }
    }

    /// Records what an office did.
    ///
    /// # Errors
    ///
    /// [`FeedbackError`], within, if it does not fit or is not on record; [`RecordsError`] if that
    /// is not known.
    pub async fn record_feedback(
        &self,
        file: FeedbackFile,
    ) -> Result<Result<RecordedFeedback, FeedbackError>, RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                blocking(move || folder.record_feedback(file)).await?
            }
        }
    }

    /// The log as it is now, for what is overdue, for reports and exports.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if it cannot be read.
    pub async fn source(&self) -> Result<Source, RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                blocking(move || folder.source()).await?
            }
        }
    }

    /// How many entries the log has.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if it cannot be read: then nothing can be recorded either.
    pub async fn entries(&self) -> Result<u64, RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                blocking(move || folder.entries()).await?
            }
        }
    }
}

/// Runs what may wait for a disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RecordsError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RecordsError::Unfinished)
}
