//! The log to be read, and the errors of reading it.

use std::path::{Path, PathBuf};

use mustcheck_log::{Finding, Hash, Severity};

use mustcheck_evidence::KeysError;
use mustcheck_evidence::journal::{AuditReader, ReadError};
use mustcheck_evidence::keys::{PUBLIC, PublicKeys};

/// Largest number of findings that an error about a damaged log lists.
const FINDINGS: usize = 10;

/// A log, and the public keys that it is checked against.
pub struct Source {
    folder: PathBuf,
    keys: PublicKeys,
    reader: AuditReader,
}

/// Error: a log cannot be counted.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The log or one of its files cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The public keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// An entry is none that this program writes or reads.
    #[error("entry {index} of the log: {detail}")]
    Entry {
        /// Index of the entry, from 0.
        index: u64,
        /// The fault, in words.
        detail: String,
    },
    /// The entries are not those that the checkpoint was signed for.
    #[error("the log `{path}` is damaged, and nothing is counted over damage: {findings}")]
    Damaged {
        /// Folder of the log.
        path: String,
        /// The findings, each with its place.
        findings: String,
    },
}

impl AuditError {
    pub(crate) fn entry(index: u64, error: &dyn std::fmt::Display) -> Self {
        // An entry may hold any text, so the message is shortened.
        Self::Entry { index, detail: mustcheck::input::shortened(&error.to_string()) }
    }
}

impl Source {
    /// Opens a log as it is now. `keys` is a file of public keys or a folder that holds one.
    /// Without it, the keys beside the log are used, and then the log only vouches for itself.
    ///
    /// # Errors
    ///
    /// [`AuditError`] if there is no log, or if the log is not signed with these keys.
    pub fn open(folder: &Path, keys: Option<&Path>) -> Result<Self, AuditError> {
        let keys = match keys {
            Some(path) if path.is_dir() => path.join(PUBLIC),
            Some(path) => path.to_owned(),
            None => folder.join(PUBLIC),
        };
        let keys = PublicKeys::open(&keys)?;
        Self::of(folder, keys)
    }

    /// Opens the log of these keys.
    pub(crate) fn of(folder: &Path, keys: PublicKeys) -> Result<Self, AuditError> {
        let reader = AuditReader::open(folder, &keys)?;
        Ok(Self { folder: folder.to_owned(), keys, reader })
    }

    /// Returns the name of the log.
    pub fn name(&self) -> &str {
        &self.keys.name
    }

    /// Number of entries.
    pub fn entries(&self) -> u64 {
        self.reader.size()
    }

    /// Returns the root over the entries, in Base64. Logs with the same root have the same entries.
    pub fn root(&self) -> String {
        self.reader.log().checkpoint().root().to_string()
    }

    pub(crate) const fn reader(&self) -> &AuditReader {
        &self.reader
    }

    /// Checks that this is the root over the entries under the checkpoint.
    ///
    /// # Errors
    ///
    /// [`AuditError::Damaged`] if it is another root.
    pub(crate) fn hold_against_checkpoint(&self, root: Hash) -> Result<(), AuditError> {
        if root == self.reader.log().checkpoint().root() {
            return Ok(());
        }
        let unlocated = || self.damaged("its entries do not fit its checkpoint".into());
        Err(self.damage().unwrap_or_else(unlocated))
    }

    /// Verifies the log, and returns an error that lists the damage, if there is any.
    pub(crate) fn damage(&self) -> Option<AuditError> {
        let trust = self.keys.trust().ok()?;
        let report = mustcheck_log::verify(&self.folder, &trust).ok()?;
        let damage = |f: &&Finding| f.severity() == Severity::Damage;
        let mut findings: Vec<String> =
            report.findings.iter().filter(damage).map(ToString::to_string).collect();
        if findings.is_empty() {
            return None;
        }
        let more = findings.len().saturating_sub(FINDINGS);
        findings.truncate(FINDINGS);
        if more > 0 {
            findings.push(format!("and {more} more, which `mustcheck audit verify` lists"));
        }
        Some(self.damaged(findings.join("; ")))
    }

    fn damaged(&self, findings: String) -> AuditError {
        AuditError::Damaged { path: self.folder.display().to_string(), findings }
    }
}
