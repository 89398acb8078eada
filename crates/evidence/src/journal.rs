//! The audit log: a journal in a folder of `mustcheck-log`.

mod copy;
mod ledger;
mod read;

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::private;
use mustcheck::receipts::ContentDigest;
use mustcheck_log::{LONGEST_ENTRY, Log, Settings};

pub use copy::Continued;
pub use ledger::{Ledger, LedgerError, LogState, Logged, believed};
pub use mustcheck::receipts::{AppendFuture, AsyncJournal, Journal, JournalError};
pub use read::{AuditReader, ReadError};

use crate::keys::{Keys, KeysError, PUBLIC};

/// The folder, in the log's, of entries that are too large for the log's format.
pub const LARGE: &str = "large";
/// First bytes of an entry of the log that refers to a larger entry in a file of its own.
pub const LARGE_HEAD: &[u8] = b"{\"large\":";

/// Entry of the log in place of one of more than 65,535 bytes, which is kept in a file of its own.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum StandsFor {
    /// The entry is in a file of its own.
    Large(LargeEntry),
}

mustcheck::document! {
    /// An entry that is too long for the log, and is kept in a file of its own.
    pub struct LargeEntry {
        /// Its digest, which names its file in `large/`.
        pub digest: ContentDigest,
        /// Its length in bytes.
        pub bytes: u64,
    }
}

/// The audit log: append-only, tamper-evident, in the format of C2SP tlog-tiles.
pub struct AuditLog {
    log: Log,
    folder: PathBuf,
}

impl AuditLog {
    /// Opens a log, or begins one in a folder that has none.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the folder cannot be written, or holds a log of other keys.
    pub fn open(folder: &Path, keys: &Keys) -> Result<Self, JournalError> {
        let mut settings = Settings::new(&keys.public().name, keys.checkpoints.clone());
        for key in keys.former_checkpoint_keys()? {
            settings = settings.former_key(key);
        }
        let log = Log::open_or_create(folder, settings).map_err(|e| failed(folder, e))?;
        keep_public_keys(folder, keys).map_err(|e| io(&folder.join(PUBLIC), e))?;
        Ok(Self { log, folder: folder.to_owned() })
    }
}

impl Journal for AuditLog {
    fn append(&self, entry: &[u8]) -> Result<u64, JournalError> {
        let stub;
        let entry = if entry.len() > LONGEST_ENTRY {
            stub = self.set_aside(entry)?;
            &stub
        } else {
            entry
        };
        let appended = self.log.append(entry).map_err(|e| failed(&self.folder, e))?;
        Ok(appended.index)
    }
}

impl Drop for AuditLog {
    /// Publishes the log's end where other programs that read tlog-tiles look for it. If this
    /// fails, the next program that opens the log does it.
    fn drop(&mut self) {
        let _ = self.log.publish();
    }
}

impl AuditLog {
    /// Writes an entry whole to a file of its own. Returns the entry that refers to it in the log.
    fn set_aside(&self, entry: &[u8]) -> Result<Vec<u8>, JournalError> {
        let folder = self.folder.join(LARGE);
        let path = folder.join(ContentDigest::of(entry).hex());
        let written = fs::create_dir_all(&folder)
            .and_then(|()| private::sync_folder(&self.folder))
            .and_then(|()| private::publish(&path, &[entry]));
        written.map_err(|e| io(&path, e))?;
        Ok(stands_for(entry))
    }
}

/// The short entry that refers to one longer than [`LONGEST_ENTRY`].
fn stands_for(entry: &[u8]) -> Vec<u8> {
    let bytes = u64::try_from(entry.len()).unwrap_or(u64::MAX);
    let large = LargeEntry { digest: ContentDigest::of(entry), bytes };
    mustcheck::receipts::canonical(&StandsFor::Large(large)).unwrap_or_default()
}

/// Copies the public keys beside the log or the bundles that they verify, for convenience: an
/// auditor has a copy of their own.
pub(crate) fn keep_public_keys(folder: &Path, keys: &Keys) -> std::io::Result<()> {
    let (path, json) = (folder.join(PUBLIC), keys.public().to_json());
    if fs::read(&path).is_ok_and(|found| found == json) {
        return Ok(());
    }
    private::publish(&path, &[&json])
}

impl From<KeysError> for JournalError {
    fn from(error: KeysError) -> Self {
        Self::Opening(Box::new(error))
    }
}

fn failed(folder: &Path, source: mustcheck_log::Error) -> JournalError {
    JournalError::Log { path: folder.display().to_string(), source: Box::new(source) }
}

fn io(path: &Path, source: std::io::Error) -> JournalError {
    JournalError::Io { path: path.display().to_string(), source }
}
