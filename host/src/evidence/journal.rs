//! Where entries go: the audit log of `mustcheck-log`, or what takes its place.

mod copy;
mod ledger;
mod read;

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use mustcheck_log::{LONGEST_ENTRY, Log, Settings};

pub use copy::Continued;
pub use ledger::{Ledger, LedgerError, LogState, Logged, believed};
pub use read::{AuditReader, ReadError};

use crate::evidence::digest::ContentDigest;
use crate::evidence::keys::{Keys, KeysError, PUBLIC};
use crate::evidence::receipt::document;
use crate::private;

/// Where entries go. The audit log is one; a database of an office may be another.
pub trait Journal: Send + Sync {
    /// Appends an entry. When this returns, the entry is there for good: a decision is given out
    /// in reliance on it.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if it is not certain that the entry is there.
    fn append(&self, entry: &[u8]) -> Result<u64, JournalError>;
}

/// What an asynchronous journal returns: the entry's index.
pub type AppendFuture<'a> = Pin<Box<dyn Future<Output = Result<u64, JournalError>> + Send + 'a>>;

/// A journal that is waited for, such as one behind a network.
pub trait AsyncJournal: Send + Sync {
    /// As [`Journal::append`]. Who no longer waits cannot know whether the entry is there.
    fn append<'a>(&'a self, entry: Vec<u8>) -> AppendFuture<'a>;
}

/// Why an entry is not in the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The audit log failed.
    #[error("the log `{path}` failed")]
    Log {
        /// Its folder.
        path: String,
        /// How.
        #[source]
        source: mustcheck_log::Error,
    },
    /// A file beside the log could not be written.
    #[error("`{path}` cannot be written")]
    Io {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The keys are not those of a log.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Another journal's own failure.
    #[error("the log failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another journal's failure.
    #[error("{0}")]
    Other(String),
}

/// The folder, in the log's, of entries that are too large for the log's format.
pub(crate) const LARGE: &str = "large";
/// How an entry begins that stands for a larger one.
pub(crate) const LARGE_HEAD: &[u8] = b"{\"large\":";

/// What stands in the log for an entry of more than 65,535 bytes, which is in a file of its own.
#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum StandsFor {
    /// A larger entry.
    Large(LargeEntry),
}

document! {
    /// A larger entry.
    pub struct LargeEntry {
        /// Its digest, which names its file in `large/`.
        pub digest: ContentDigest,
        /// Its bytes.
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
    /// Whoever reads the log with another program finds its end where that looks for it. If this
    /// fails, the next that opens the log does it.
    fn drop(&mut self) {
        let _ = self.log.publish();
    }
}

impl AuditLog {
    /// Writes an entry to a file of its own, whole, and gives what stands for it in the log.
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

/// What stands in the log for an entry that is longer than a log takes.
fn stands_for(entry: &[u8]) -> Vec<u8> {
    let bytes = u64::try_from(entry.len()).unwrap_or(u64::MAX);
    let large = LargeEntry { digest: ContentDigest::of(entry), bytes };
    crate::evidence::canonical(&StandsFor::Large(large)).unwrap_or_default()
}

/// Puts the public keys beside what they verify, for convenience: who audits has their own copy.
pub(crate) fn keep_public_keys(folder: &Path, keys: &Keys) -> std::io::Result<()> {
    let (path, json) = (folder.join(PUBLIC), keys.public().to_json());
    if fs::read(&path).is_ok_and(|found| found == json) {
        return Ok(());
    }
    private::publish(&path, &[&json])
}

fn failed(folder: &Path, source: mustcheck_log::Error) -> JournalError {
    JournalError::Log { path: folder.display().to_string(), source }
}

fn io(path: &Path, source: std::io::Error) -> JournalError {
    JournalError::Io { path: path.display().to_string(), source }
}
