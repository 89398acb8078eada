//! Records in a database: what one replica records, every replica reads.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mustcheck_audit::feedback::Recording;
use mustcheck_audit::{FeedbackError, FeedbackFile, RecordedFeedback, Source};
use mustcheck_evidence::{
    AuditReader, ContentDigest, DocumentId, Entry, Keys, Moment, PublicKeys, Recorder,
};
use mustcheck_postgres::{Claim, ClaimedLog, Database, PostgresBundles, PostgresLog, StoredBundle};

use super::index::Index;
use super::{
    FoundCases, KeptFeedback, KeptReceipt, Reach, RecordsError, Search, blocking, recipients,
};
use crate::config::RecordsConfig;
use crate::idempotency::RequestsKey;

/// Records in a database.
pub struct DatabaseRecords {
    log: PostgresLog,
    bundles: PostgresBundles,
    keys: Keys,
    folder_of_keys: PathBuf,
    copy: PathBuf,
    /// Lock of the copy: one task at a time brings it up to date.
    copying: tokio::sync::Mutex<()>,
    /// Index of the copy, by which cases are found, once one was searched for. It is a temporary
    /// file: the copy may be put back at any time.
    index: Mutex<Option<Index>>,
    recorder: Arc<Recorder>,
}

impl DatabaseRecords {
    /// Opens the log, or begins it.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if it, or the keys, cannot be used.
    pub async fn open(
        config: &RecordsConfig,
        database: &Database,
        copy: PathBuf,
    ) -> Result<Self, RecordsError> {
        let keys = Keys::open(&config.keys)?;
        let log = PostgresLog::open(database, &keys).await?;
        let bundles = PostgresBundles::new(database, recipients(config)?);
        // The recorder signs with keys of its own; feedback is signed with these.
        let recorder = Recorder::new_async(Keys::open(&config.keys)?, log.clone());
        let recorder = recorder.async_bundles(PostgresBundles::new(database, recipients(config)?));
        Ok(Self {
            log,
            bundles,
            keys,
            folder_of_keys: config.keys.clone(),
            copy,
            copying: tokio::sync::Mutex::default(),
            index: Mutex::default(),
            recorder: Arc::new(recorder),
        })
    }

    pub(super) fn recorder(&self) -> Arc<Recorder> {
        Arc::clone(&self.recorder)
    }

    pub(super) fn requests_key(&self) -> Option<RequestsKey> {
        RequestsKey::of(&self.keys)
    }

    /// The log for the check of one request, whose receipt is tied to the claim.
    pub(crate) fn claimed(&self, claim: &Claim) -> ClaimedLog {
        self.log.claimed(claim)
    }

    /// Reads the bundle that a receipt can be derived from.
    pub(crate) async fn bundle(
        &self,
        receipt: &DocumentId,
    ) -> Result<Option<StoredBundle>, RecordsError> {
        Ok(self.bundles.bundle(receipt).await?)
    }

    pub(super) async fn receipt(
        &self,
        id: &DocumentId,
    ) -> Result<Option<KeptReceipt>, RecordsError> {
        if !id.is_receipt() {
            return Ok(None);
        }
        let Some(found) = self.log.receipt(id).await? else { return Ok(None) };
        let Entry::Receipt(receipt) = Entry::from_json(&found.entry)? else { return Ok(None) };
        let mut feedback = Vec::new();
        for told in self.log.feedback(id).await? {
            if let Entry::Feedback(one) = Entry::from_json(&told.entry)? {
                feedback.push(KeptFeedback { id: one.id(), log_index: told.index, feedback: *one });
            }
        }
        let receipt = *receipt;
        Ok(Some(KeptReceipt { id: id.clone(), log_index: found.index, receipt, feedback }))
    }

    pub(super) async fn record_feedback(
        &self,
        file: &FeedbackFile,
    ) -> Result<Result<RecordedFeedback, FeedbackError>, RecordsError> {
        let recording = Recording { at: Moment::now()?, mask: false };
        Ok(self.log.record_feedback(file, recording, &self.keys).await)
    }

    /// Finds the cases that a caller may see, by an index of the copy.
    pub(super) async fn search(
        self: Arc<Self>,
        search: Search,
        reach: Reach,
    ) -> Result<FoundCases, RecordsError> {
        let _one = self.copying.lock().await;
        self.log.mirror(&self.copy, &self.keys).await?;
        let own = Arc::clone(&self);
        blocking(move || {
            let reader = AuditReader::open(&own.copy, own.keys.public())
                .map_err(mustcheck_audit::AuditError::from)?;
            let mut index = own.index.lock().unwrap_or_else(PoisonError::into_inner);
            let index = match &mut *index {
                Some(index) => index,
                none => none.insert(Index::open(None)?),
            };
            index.catch_up(&reader)?;
            Ok(index.search(&search, &reach)?)
        })
        .await?
    }

    /// The keys with which receipts are verified.
    pub(super) fn public(&self) -> &PublicKeys {
        self.keys.public()
    }

    /// Folder of the copy of the log.
    pub(super) fn copy(&self) -> &Path {
        &self.copy
    }

    /// Reads a component that came with the bundles.
    pub(super) async fn component(
        &self,
        digest: ContentDigest,
    ) -> Result<Option<Vec<u8>>, RecordsError> {
        Ok(self.bundles.component(digest).await?)
    }

    /// Brings the copy of the log up to date, and opens it.
    pub(super) async fn source(&self) -> Result<Source, RecordsError> {
        let _one = self.copying.lock().await;
        self.log.mirror(&self.copy, &self.keys).await?;
        let (copy, keys) = (self.copy.clone(), self.folder_of_keys.clone());
        blocking(move || Ok(Source::open(&copy, Some(&keys))?)).await?
    }

    pub(super) async fn entries(&self) -> Result<u64, RecordsError> {
        Ok(self.log.size().await?)
    }
}
