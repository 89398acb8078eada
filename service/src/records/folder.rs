//! Records in folders: the audit log, and an index of it in memory.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use mustcheck::audit::feedback::{self, Recording};
use mustcheck::audit::{AuditError, FeedbackError, FeedbackFile, RecordedFeedback, Source};
use mustcheck::evidence::bundle::{BundleFolder, Recipients};
use mustcheck::evidence::{
    AuditLog, AuditReader, DocumentId, Entry, Keys, Moment, PublicKeys, Recorder,
};

use super::{KeptFeedback, KeptReceipt, RecordsError};
use crate::config::RecordsConfig;

/// Records in folders.
pub struct FolderRecords {
    log: PathBuf,
    keys: Keys,
    folder_of_keys: PathBuf,
    recorder: Arc<Recorder>,
    index: Mutex<Index>,
}

/// Where in the log a document is. Ids are digests, so their bytes are enough.
#[derive(Default)]
struct Index {
    /// The entries that were read.
    read: u64,
    receipts: HashMap<[u8; 16], u64>,
    /// By the receipt that it is about.
    feedback: HashMap<[u8; 16], Vec<u64>>,
}

impl FolderRecords {
    /// Opens the log and the folder of the bundles, or begins them.
    ///
    /// # Errors
    ///
    /// [`RecordsError`] if one of them, or the keys, cannot be used.
    pub fn open(config: &RecordsConfig) -> Result<Self, RecordsError> {
        let keys = Keys::open(&config.keys)?;
        let log = AuditLog::open(&config.log, &keys)?;
        let bundles = match &config.evidence {
            None => None,
            Some(folder) => {
                let recipients = match config.encrypt_to.as_slice() {
                    [] => None,
                    to => Some(Recipients::parse(to.iter().map(String::as_str))?),
                };
                Some(BundleFolder::open(folder, recipients, &keys)?)
            }
        };
        // The recorder signs with keys of its own; feedback is signed with these.
        let mut recorder = Recorder::new(Keys::open(&config.keys)?, log);
        if let Some(bundles) = bundles {
            recorder = recorder.bundles(bundles);
        }
        Ok(Self {
            log: config.log.clone(),
            keys,
            folder_of_keys: config.keys.clone(),
            recorder: Arc::new(recorder),
            index: Mutex::default(),
        })
    }

    pub(super) fn recorder(&self) -> Arc<Recorder> {
        Arc::clone(&self.recorder)
    }

    fn public(&self) -> &PublicKeys {
        self.keys.public()
    }

    fn reader(&self) -> Result<AuditReader, AuditError> {
        Ok(AuditReader::open(&self.log, self.public())?)
    }

    pub(super) fn entries(&self) -> Result<u64, RecordsError> {
        Ok(self.reader()?.size())
    }

    pub(super) fn source(&self) -> Result<Source, RecordsError> {
        Ok(Source::open(&self.log, Some(&self.folder_of_keys))?)
    }

    pub(super) fn receipt(&self, id: &DocumentId) -> Result<Option<KeptReceipt>, RecordsError> {
        let reader = self.reader()?;
        let Some(bytes) = bytes_of(id).filter(|_| id.is_receipt()) else { return Ok(None) };
        let (at, about) = {
            // What a panic left half-done is a beginning, and goes on from there.
            let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
            index.catch_up(&reader)?;
            let Some(at) = index.receipts.get(&bytes).copied() else { return Ok(None) };
            (at, index.feedback.get(&bytes).cloned().unwrap_or_default())
        };
        let Some(Entry::Receipt(receipt)) = entry(&reader, at)? else { return Ok(None) };
        let mut feedback = Vec::new();
        for log_index in about {
            if let Some(Entry::Feedback(one)) = entry(&reader, log_index)? {
                feedback.push(KeptFeedback { id: one.id(), log_index, feedback: *one });
            }
        }
        Ok(Some(KeptReceipt { id: id.clone(), log_index: at, receipt: *receipt, feedback }))
    }

    pub(super) fn record_feedback(
        &self,
        file: FeedbackFile,
    ) -> Result<Result<RecordedFeedback, FeedbackError>, RecordsError> {
        let recording = Recording { at: Moment::now()?, mask: false };
        let recorded = feedback::record(&self.log, &self.keys, &[file], recording, &|_| {});
        match recorded.map(|all| all.into_iter().next()) {
            Ok(Some(one)) => Ok(Ok(one)),
            Ok(None) => Err(RecordsError::Unfinished),
            Err(error) => Ok(Err(error)),
        }
    }
}

impl Index {
    /// Reads what was appended since.
    fn catch_up(&mut self, reader: &AuditReader) -> Result<(), AuditError> {
        for read in reader.entries(self.read..reader.size()) {
            let (index, entry) = read?;
            match &entry {
                Entry::Receipt(receipt) => {
                    self.receipts.extend(bytes_of(&receipt.id()).map(|id| (id, index)));
                }
                Entry::Feedback(feedback) => {
                    if let Some(about) = bytes_of(&feedback.payload.receipt) {
                        self.feedback.entry(about).or_default().push(index);
                    }
                }
                Entry::Failure(_) => {}
            }
            self.read = index + 1;
        }
        Ok(())
    }
}

fn entry(reader: &AuditReader, index: u64) -> Result<Option<Entry>, AuditError> {
    let read = reader.entries(index..index + 1).next();
    Ok(read.transpose()?.map(|(_, entry)| entry))
}

fn bytes_of(id: &DocumentId) -> Option<[u8; 16]> {
    const_hex::decode_to_array(id.as_str().get(1..)?).ok()
}
