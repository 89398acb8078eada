//! The log that is read, and why it cannot be.

use std::path::{Path, PathBuf};

use mustcheck_log::{Finding, Hash, Severity};

use mustcheck_evidence::KeysError;
use mustcheck_evidence::journal::{AuditReader, ReadError};
use mustcheck_evidence::keys::{PUBLIC, PublicKeys};

/// How many findings about a damaged log an error lists.
const FINDINGS: usize = 10;

/// A log, and the public keys that it is held against.
pub struct Source {
    folder: PathBuf,
    keys: PublicKeys,
    reader: AuditReader,
}

/// Why nothing can be said about a log.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The log or one of its files cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The public keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// An entry that is no entry of this program.
    #[error("entry {index} of the log: {detail}")]
    Entry {
        /// Its index, from 0.
        index: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// The entries are not those that the checkpoint was signed for.
    #[error("the log `{path}` is damaged, and nothing is counted over damage: {findings}")]
    Damaged {
        /// Its folder.
        path: String,
        /// What was found, and where.
        findings: String,
    },
}

impl AuditError {
    pub(crate) fn entry(index: u64, error: &dyn std::fmt::Display) -> Self {
        // What stands in an entry may hold anything.
        Self::Entry { index, detail: mustcheck::input::shortened(&error.to_string()) }
    }
}

impl Source {
    /// A log as it is now. Without keys of the reader's own, those beside the log are taken, and
    /// then the log vouches for itself.
    ///
    /// # Errors
    ///
    /// [`AuditError`] if there is no log, or if it is not of these keys.
    pub fn open(folder: &Path, keys: Option<&Path>) -> Result<Self, AuditError> {
        let keys = match keys {
            Some(path) if path.is_dir() => path.join(PUBLIC),
            Some(path) => path.to_owned(),
            None => folder.join(PUBLIC),
        };
        let keys = PublicKeys::open(&keys)?;
        Self::of(folder, keys)
    }

    /// The log of these keys.
    pub(crate) fn of(folder: &Path, keys: PublicKeys) -> Result<Self, AuditError> {
        let reader = AuditReader::open(folder, &keys)?;
        Ok(Self { folder: folder.to_owned(), keys, reader })
    }

    /// What the log is called.
    pub fn name(&self) -> &str {
        &self.keys.name
    }

    /// How many entries it has.
    pub fn entries(&self) -> u64 {
        self.reader.size()
    }

    /// The root over them, in Base64: whoever has the same has the same entries.
    pub fn root(&self) -> String {
        self.reader.log().checkpoint().root().to_string()
    }

    pub(crate) const fn reader(&self) -> &AuditReader {
        &self.reader
    }

    /// That this is the root over the entries under the checkpoint.
    pub(crate) fn hold_against_checkpoint(&self, root: Hash) -> Result<(), AuditError> {
        if root == self.reader.log().checkpoint().root() {
            return Ok(());
        }
        let unlocated = || self.damaged("its entries do not fit its checkpoint".into());
        Err(self.damage().unwrap_or_else(unlocated))
    }

    /// What is damaged and where, if anything is.
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
