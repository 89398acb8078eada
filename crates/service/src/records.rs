//! Where checks are put on record, and where what is on record is read.

mod database;
mod folder;
mod index;

use std::sync::Arc;

use mustcheck_audit::{AuditError, FeedbackError, FeedbackFile, RecordedFeedback, Source};
use mustcheck_evidence::bundle::{AgeError, Recipients, StoreError};
use mustcheck_evidence::{
    Bundle, ContentDigest, DocumentId, Feedback, InvalidForm, JournalError, KeysError, Receipt,
    Recorder, Signed,
};
use schemars::JsonSchema;
use serde::Serialize;

pub use database::DatabaseRecords;
pub use folder::FolderRecords;
pub use index::IndexError;

use crate::config::RecordsConfig;
use crate::idempotency::RequestsKey;

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

/// What was decided by a check that is on record.
pub(crate) struct KeptCheck {
    pub(crate) decision: mustcheck::Decision,
    pub(crate) log_index: u64,
    pub(crate) component: ContentDigest,
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
    /// The index of a log in a folder.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The database.
    #[error(transparent)]
    Database(#[from] mustcheck_postgres::Error),
    /// An entry of the log is none.
    #[error("an entry of the log is damaged")]
    Entry(#[from] mustcheck_evidence::EntryError),
    /// Too little is free where the log is.
    #[error("the disk of the log is nearly full")]
    Full,
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
    /// A log and bundles in a database that replicas share.
    Database(Arc<DatabaseRecords>),
}

/// To whom the bundles are encrypted; none keeps them in clear.
fn recipients(config: &RecordsConfig) -> Result<Option<Recipients>, AgeError> {
    match config.encrypt_to.as_slice() {
        [] => Ok(None),
        to => Recipients::parse(to.iter().map(String::as_str)).map(Some),
    }
}

impl Records {
    /// What puts checks on record.
    pub fn recorder(&self) -> Arc<Recorder> {
        match self {
            Self::Folder(folder) => folder.recorder(),
            Self::Database(database) => database.recorder(),
        }
    }

    /// The key for digests of requests that follows from the keys, where replicas are known to have
    /// the same: one log has one signer.
    pub(crate) fn requests_key(&self) -> Option<RequestsKey> {
        match self {
            Self::Folder(_) => None,
            Self::Database(database) => database.requests_key(),
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
            Self::Database(database) => database.receipt(&id).await,
        }
    }

    /// Makes ready what receipts are found by, which after an update may take its time: whoever
    /// asks for a receipt before waits.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the log cannot be read, or its index not written.
    pub(crate) async fn index(&self) -> Result<(), RecordsError> {
        let Self::Folder(folder) = self else { return Ok(()) };
        // A service that ends does not wait for it, and the next goes on where it was.
        let folder = Arc::downgrade(folder);
        blocking(move || {
            while let Some(folder) = folder.upgrade() {
                if folder.index_further()? {
                    break;
                }
            }
            Ok(())
        })
        .await?
    }

    /// What was decided, of a check that is on record; none if its bundle cannot be read here.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if it cannot be read.
    pub(crate) async fn kept_check(
        &self,
        id: &DocumentId,
    ) -> Result<Option<KeptCheck>, RecordsError> {
        let Self::Database(database) = self else { return Ok(None) };
        let Some(receipt) = database.receipt(id).await? else { return Ok(None) };
        let Some(stored) = database.bundle(id).await?.filter(|b| !b.sealed) else {
            return Ok(None);
        };
        let bundle = Bundle::from_json(&stored.body).map_err(|_| RecordsError::Unfinished)?;
        Ok(Some(KeptCheck {
            decision: bundle.decision,
            log_index: receipt.log_index,
            component: stored.component,
        }))
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
            Self::Database(database) => database.record_feedback(&file).await,
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
            Self::Database(database) => database.source().await,
        }
    }

    /// That checks can be put on record, as far as that is known without keeping anybody from it.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] with why not.
    pub(crate) async fn check(&self) -> Result<(), RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                blocking(move || folder.check()).await?
            }
            Self::Database(database) => database.entries().await.map(drop),
        }
    }

    /// Bytes that are free where a log in a folder is.
    pub(crate) async fn free(&self) -> Option<u64> {
        let Self::Folder(folder) = self else { return None };
        let folder = Arc::clone(folder);
        blocking(move || folder.free()).await.ok().flatten()
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
            Self::Database(database) => database.entries().await,
        }
    }
}

/// Runs what may wait for a disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RecordsError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RecordsError::Unfinished)
}
