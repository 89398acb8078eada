//! A folder that follows a log which is kept elsewhere.

use mustcheck_log::{Frontier, Hash};

use super::{AuditLog, JournalError, LogState, failed};
use crate::Logged;

/// The tree of the entries that a copy has, and of those that it is about to take.
#[derive(Clone, Debug)]
pub struct Continued(Frontier);

impl Continued {
    /// The tree of a log that has no entry yet.
    pub fn from_nothing() -> Self {
        Self(Frontier::default())
    }

    /// Adds an entry, given as its leaf in the log.
    pub fn push(&mut self, leaf: &[u8]) {
        self.0.push(Hash::leaf(leaf));
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.0.size()
    }

    /// Whether these are the entries that the state's checkpoint was signed for.
    pub fn is(&self, state: &LogState) -> bool {
        self.0 == state.frontier
    }
}

impl AuditLog {
    /// The tree of the entries that the folder has.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the folder cannot be read.
    pub fn continued(&self) -> Result<Continued, JournalError> {
        let read = || {
            // What another process appended since counts too.
            self.log.checkpoint()?;
            mustcheck_log::Reader::open(&self.folder, self.log.trust())?.frontier()
        };
        Ok(Continued(read().map_err(|e| failed(&self.folder, e))?))
    }

    /// Appends entries in their order. The caller compares them with the copied log's checkpoint
    /// first: this folder's own checkpoint vouches for everything it is given.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if not all of them are in the folder.
    pub fn append_all(&self, entries: &[Vec<u8>]) -> Result<(), JournalError> {
        for entry in entries {
            if Logged::of(entry).large().is_some() {
                self.set_aside(entry)?;
            }
        }
        let leaves = entries.iter().map(|entry| Logged::of(entry).leaf);
        self.log.append_all(leaves).map_err(|e| failed(&self.folder, e))?;
        Ok(())
    }

    /// Writes the files that other readers of tlog-tiles look for.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the folder cannot be written.
    pub fn publish(&self) -> Result<(), JournalError> {
        self.log.publish().map(drop).map_err(|e| failed(&self.folder, e))
    }
}
