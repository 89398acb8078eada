//! Records of checks: writing them, and reading them.

mod database;
mod folder;
mod index;
mod papers;
mod search;

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
pub(crate) use papers::{Archive, NoPapers, Papers};
pub(crate) use search::{FoundCase, FoundCases, Reach, Search};

use crate::config::RecordsConfig;
use crate::idempotency::RequestsKey;

/// A receipt, and the feedback about it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeptReceipt {
    /// The receipt's id.
    pub id: DocumentId,
    /// Its index in the log, from 0.
    pub log_index: u64,
    /// The receipt, signed.
    pub receipt: Signed<Receipt>,
    /// The feedback about it, the oldest first.
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

/// The decision of a check that is on record.
pub(crate) struct KeptCheck {
    pub(crate) decision: mustcheck::Decision,
    pub(crate) log_index: u64,
    pub(crate) component: ContentDigest,
}

/// Error: the records cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// The keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A recipient of the bundles is not valid.
    #[error("`encrypt_to`")]
    Recipients(#[from] AgeError),
    /// The store of the bundles cannot be used.
    #[error(transparent)]
    Bundles(#[from] StoreError),
    /// The log cannot be read.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The index of a log in a folder cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] mustcheck_postgres::Error),
    /// An entry of the log is damaged.
    #[error("an entry of the log is damaged")]
    Entry(#[from] mustcheck_evidence::EntryError),
    /// Too few bytes are free on the disk of the log.
    #[error("the disk of the log is nearly full")]
    Full,
    /// The system's clock is wrong.
    #[error("the feedback could not be dated")]
    Clock(#[from] InvalidForm),
    /// A bundle in the database is damaged.
    #[error("the bundle of receipt `{0}` is damaged")]
    Bundle(DocumentId),
    /// The work was not finished.
    #[error("reading the records failed")]
    Unfinished,
}

/// Records, in folders or in a database. Everything that is stored goes through here.
pub enum Records {
    /// A log and bundles in folders of this machine.
    Folder(Arc<FolderRecords>),
    /// A log and bundles in a database that replicas share.
    Database(Arc<DatabaseRecords>),
}

/// Reads the recipients to whom the bundles are encrypted; `None` keeps them in clear.
fn recipients(config: &RecordsConfig) -> Result<Option<Recipients>, AgeError> {
    match config.encrypt_to.as_slice() {
        [] => Ok(None),
        to => Recipients::parse(to.iter().map(String::as_str)).map(Some),
    }
}

impl Records {
    /// The recorder that puts checks on record.
    pub fn recorder(&self) -> Arc<Recorder> {
        match self {
            Self::Folder(folder) => folder.recorder(),
            Self::Database(database) => database.recorder(),
        }
    }

    /// The key for digests of requests, derived from the keys of the records. There is one only in
    /// a database, where replicas are known to have the same keys: one log has one signer.
    pub(crate) fn requests_key(&self) -> Option<RequestsKey> {
        match self {
            Self::Folder(_) => None,
            Self::Database(database) => database.requests_key(),
        }
    }

    /// Reads a receipt and the feedback about it; `None` if the log has none of that id.
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

    /// Finds the cases that a caller may see, the newest first.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the log or its index cannot be read.
    pub(crate) async fn search(
        &self,
        search: Search,
        reach: Reach,
    ) -> Result<FoundCases, RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                blocking(move || folder.search(&search, &reach)).await?
            }
            Self::Database(database) => Arc::clone(database).search(search, reach).await,
        }
    }

    /// Reads the bundle of a receipt that is in the log.
    ///
    /// # Errors
    ///
    /// The inner [`NoPapers`] if it is not at hand; the outer [`RecordsError`] if that is not
    /// known.
    pub(crate) async fn evidence(
        &self,
        receipt: &KeptReceipt,
    ) -> Result<Result<Vec<u8>, NoPapers>, RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                let (id, made_at) = (receipt.id.clone(), receipt.receipt.payload.made_at);
                blocking(move || folder.bundle(&id, made_at)).await?
            }
            Self::Database(database) => Ok(match database.bundle(&receipt.id).await? {
                None => Err(NoPapers::Missing),
                Some(stored) if stored.sealed => Err(NoPapers::Sealed),
                Some(stored) => Ok(stored.body),
            }),
        }
    }

    /// Brings the index by which receipts are found up to date. After an update that may take a
    /// while, and a request for a receipt waits for it.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if the log cannot be read, or its index not written.
    pub(crate) async fn index(&self) -> Result<(), RecordsError> {
        let Self::Folder(folder) = self else { return Ok(()) };
        // A service that ends does not wait for it, and the next one continues from there.
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

    /// Reads the decision of a check that is on record; `None` if its bundle is encrypted, missing,
    /// or in a folder.
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
        // The cause would quote the bundle, which identifies people.
        let damaged = |_| RecordsError::Bundle(id.clone());
        let bundle = Bundle::from_json(&stored.body).map_err(damaged)?;
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
    /// The inner [`FeedbackError`] if the feedback does not fit its receipt or was not recorded;
    /// the outer [`RecordsError`] if that is not known.
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

    /// Opens the log as it is now, for the overdue list, reports and exports.
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

    /// Checks that records can be written, as far as that is known without keeping a writer from
    /// the log.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] with the reason if they cannot.
    pub(crate) async fn check(&self) -> Result<(), RecordsError> {
        match self {
            Self::Folder(folder) => {
                let folder = Arc::clone(folder);
                blocking(move || folder.check()).await?
            }
            Self::Database(database) => database.entries().await.map(drop),
        }
    }

    /// Number of free bytes on the disk of a log in a folder; `None` for a database, or if it is
    /// not known.
    pub(crate) async fn free(&self) -> Option<u64> {
        let Self::Folder(folder) = self else { return None };
        let folder = Arc::clone(folder);
        blocking(move || folder.free()).await.ok().flatten()
    }

    /// Number of entries in the log.
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

/// Runs work that may wait for a disk on a thread that may wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RecordsError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RecordsError::Unfinished)
}
