//! Records in folders: the audit log, and an index of it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mustcheck_audit::feedback::{self, Recording};
use mustcheck_audit::{AuditError, FeedbackError, FeedbackFile, RecordedFeedback, Source};
use mustcheck_evidence::bundle::{BundleFolder, bundle_path};
use mustcheck_evidence::{
    AuditLog, AuditReader, DocumentId, Entry, Journal, JournalError, Keys, Moment, PublicKeys,
    Recorder,
};

use super::index::Index;
use super::{
    FoundCases, KeptFeedback, KeptReceipt, NoPapers, Reach, RecordsError, Search, recipients,
};
use crate::config::{FoldersConfig, RecordsConfig};

/// A log that remembers whether its last entry could be written.
struct Remembering {
    log: AuditLog,
    failed: Arc<AtomicBool>,
}

impl Journal for Remembering {
    fn append(&self, entry: &[u8]) -> Result<u64, JournalError> {
        let appended = self.log.append(entry);
        self.failed.store(appended.is_err(), Ordering::Relaxed);
        appended
    }
}

/// Records in folders.
pub struct FolderRecords {
    log: PathBuf,
    /// Whether the last entry could not be written.
    failed: Arc<AtomicBool>,
    /// Number of bytes that must be free on the disk of the log.
    low_water: u64,
    keys: Keys,
    folder_of_keys: PathBuf,
    /// Folder of the bundles, if they are kept.
    evidence: Option<PathBuf>,
    recorder: Arc<Recorder>,
    index: Mutex<Index>,
}

impl FolderRecords {
    /// Opens the log and the folder of the bundles, or begins them.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if one of them, or the keys, cannot be used.
    pub fn open(config: &RecordsConfig, folders: &FoldersConfig) -> Result<Self, RecordsError> {
        let keys = Keys::open(&config.keys)?;
        let log = AuditLog::open(&folders.log, &keys)?;
        let bundles = match &folders.evidence {
            None => None,
            Some(folder) => Some(BundleFolder::open(folder, recipients(config)?, &keys)?),
        };
        // The recorder signs with keys of its own; feedback is signed with these.
        let failed = Arc::<AtomicBool>::default();
        let log = Remembering { log, failed: Arc::clone(&failed) };
        let mut recorder = Recorder::new(Keys::open(&config.keys)?, log);
        if let Some(bundles) = bundles {
            recorder = recorder.bundles(bundles);
        }
        Ok(Self {
            log: folders.log.clone(),
            failed,
            low_water: folders.low_water,
            keys,
            folder_of_keys: config.keys.clone(),
            evidence: folders.evidence.clone(),
            recorder: Arc::new(recorder),
            index: Mutex::new(Index::open(folders.index.as_deref())?),
        })
    }

    pub(super) fn recorder(&self) -> Arc<Recorder> {
        Arc::clone(&self.recorder)
    }

    pub(super) fn public(&self) -> &PublicKeys {
        self.keys.public()
    }

    /// Folder of the bundles, if they are kept.
    pub(super) fn evidence(&self) -> Option<&Path> {
        self.evidence.as_deref()
    }

    fn reader(&self) -> Result<AuditReader, AuditError> {
        Ok(AuditReader::open(&self.log, self.public())?)
    }

    /// Checks that entries can be written: that enough bytes are free, and that the last entry was
    /// written. Only if it was not is the log read, which keeps writers from it meanwhile.
    pub(super) fn check(&self) -> Result<(), RecordsError> {
        let free = self.free();
        if free.is_some_and(|free| free < self.low_water) {
            return Err(RecordsError::Full);
        }
        if self.failed.load(Ordering::Relaxed) {
            self.reader()?;
        }
        Ok(())
    }

    /// Number of free bytes on the disk of the log, if the system reports it.
    #[cfg(unix)]
    pub(super) fn free(&self) -> Option<u64> {
        let disk = nix::sys::statvfs::statvfs(&self.log).ok()?;
        #[allow(clippy::useless_conversion, reason = "they are narrower on other systems")]
        let (blocks, size) = (u64::from(disk.blocks_available()), u64::from(disk.fragment_size()));
        blocks.checked_mul(size)
    }

    /// Not known: other systems are not asked.
    #[cfg(not(unix))]
    pub(super) fn free(&self) -> Option<u64> {
        None
    }

    pub(super) fn entries(&self) -> Result<u64, RecordsError> {
        Ok(self.reader()?.size())
    }

    pub(super) fn source(&self) -> Result<Source, RecordsError> {
        Ok(Source::open(&self.log, Some(&self.folder_of_keys))?)
    }

    pub(super) fn receipt(&self, id: &DocumentId) -> Result<Option<KeptReceipt>, RecordsError> {
        if !id.is_receipt() {
            return Ok(None);
        }
        let reader = self.reader()?;
        let mut index = self.index();
        index.catch_up(&reader)?;
        let Some(places) = index.places(id)? else { return Ok(None) };
        let unfit = || RecordsError::from(index.unfit());
        let receipt = match entry(&reader, places.receipt)? {
            Some(Entry::Receipt(receipt)) if receipt.id() == *id => *receipt,
            _ => return Err(unfit()),
        };
        let mut feedback = Vec::new();
        for log_index in places.feedback {
            match entry(&reader, log_index)? {
                Some(Entry::Feedback(one)) if one.payload.receipt == *id => {
                    feedback.push(KeptFeedback { id: one.id(), log_index, feedback: *one });
                }
                _ => return Err(unfit()),
            }
        }
        Ok(Some(KeptReceipt { id: id.clone(), log_index: places.receipt, receipt, feedback }))
    }

    /// Finds the cases that a caller may see.
    pub(super) fn search(
        &self,
        search: &Search,
        reach: &Reach,
    ) -> Result<FoundCases, RecordsError> {
        let reader = self.reader()?;
        let mut index = self.index();
        index.catch_up(&reader)?;
        Ok(index.search(search, reach)?)
    }

    /// Reads the bundle of a receipt.
    pub(super) fn bundle(
        &self,
        id: &DocumentId,
        made_at: Moment,
    ) -> Result<Result<Vec<u8>, NoPapers>, RecordsError> {
        let Some(folder) = &self.evidence else { return Ok(Err(NoPapers::NotKept)) };
        let path = bundle_path(folder, id, made_at, false);
        match std::fs::read(path) {
            Ok(bundle) => Ok(Ok(bundle)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let is_sealed = bundle_path(folder, id, made_at, true).exists();
                Ok(Err(if is_sealed { NoPapers::Sealed } else { NoPapers::Missing }))
            }
            Err(_) => Err(RecordsError::Unfinished),
        }
    }

    /// Brings the index a step further. Returns whether that was the last step.
    pub(super) fn index_further(&self) -> Result<bool, RecordsError> {
        let reader = self.reader()?;
        self.index().step(&reader)
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        // Work that a panic left half-done is not in the index.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn record_feedback(
        &self,
        file: FeedbackFile,
    ) -> Result<Result<RecordedFeedback, FeedbackError>, RecordsError> {
        let recording = Recording { at: Moment::now()?, mask: false };
        feedback::record_at(&self.log, &self.keys, &file, recording, |reader| {
            let mut index = self.index();
            index.catch_up(reader)?;
            Ok(index.places(&file.receipt)?)
        })
    }
}

fn entry(reader: &AuditReader, index: u64) -> Result<Option<Entry>, AuditError> {
    let read = reader.entries(index..index + 1).next();
    Ok(read.transpose()?.map(|(_, entry)| entry))
}
