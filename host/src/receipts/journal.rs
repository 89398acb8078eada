//! Journals of entries: the audit log of `mustcheck-evidence`, or what takes its place.

use std::future::Future;
use std::pin::Pin;

/// A journal of entries. The audit log is one; a database of an office may be another.
pub trait Journal: Send + Sync {
    /// Appends an entry and returns its index. When this returns, the entry is there for good: a
    /// decision is given out in reliance on it.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if it is not certain that the entry is there.
    fn append(&self, entry: &[u8]) -> Result<u64, JournalError>;
}

/// Future that an asynchronous journal returns, of the entry's index.
pub type AppendFuture<'a> = Pin<Box<dyn Future<Output = Result<u64, JournalError>> + Send + 'a>>;

/// A journal that is waited for, such as one behind a network.
pub trait AsyncJournal: Send + Sync {
    /// Appends an entry, as [`Journal::append`] does. A caller that stops waiting cannot know
    /// whether the entry is there.
    fn append<'a>(&'a self, entry: Vec<u8>) -> AppendFuture<'a>;
}

/// Error: an entry is not in the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The audit log failed.
    #[error("the log `{path}` failed")]
    Log {
        /// Its folder.
        path: String,
        /// Cause, from the log.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file beside the log could not be written.
    #[error("`{path}` cannot be written")]
    Io {
        /// The file.
        path: String,
        /// Cause, from the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The journal cannot be opened.
    #[error(transparent)]
    Opening(Box<dyn std::error::Error + Send + Sync>),
    /// Another journal failed, with its own error.
    #[error("the log failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another journal failed, for this reason.
    #[error("{0}")]
    Other(String),
}
