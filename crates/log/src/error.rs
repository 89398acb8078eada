//! Errors of a log, other than that it does not verify.

use std::io;
use std::sync::Arc;

use crate::note::NoteError;

/// Error of the log.
///
/// It can be cloned, since callers who share one write to the disk share its failure too.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The entry is longer than the 65,535 bytes that a bundle can hold.
    #[error("an entry of {0} bytes is longer than 65535")]
    TooLarge(usize),
    /// The disk or the quota is full. Nothing of the call is in the log.
    #[error("no room to {operation} `{path}`")]
    NoRoom {
        /// Verb of the step that failed, such as `write`.
        operation: &'static str,
        /// The file, below the log's directory.
        path: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// The folder or the disk may not be written to.
    #[error("not allowed to {operation} `{path}`")]
    ReadOnly {
        /// Verb of the step that failed, such as `write`.
        operation: &'static str,
        /// The file, below the log's directory.
        path: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// Another failure of the disk.
    #[error("cannot {operation} `{path}`")]
    Io {
        /// Verb of the step that failed, such as `write`.
        operation: &'static str,
        /// The file, below the log's directory.
        path: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// A write failed, and so did undoing it. Only the next opening of the log shows whether the
    /// entry is in it.
    #[error("a write failed and could not be taken back")]
    Unsettled(#[source] Box<Error>),
    /// Some of several entries are in the log and the others are not.
    #[error("only the first {appended} entries were appended")]
    Partly {
        /// Number of the entries that are in the log, from the first on.
        appended: u64,
        /// Error at the next entry.
        #[source]
        source: Box<Error>,
    },
    /// There is no log in the directory.
    #[error("no log in `{0}`")]
    NoLog(String),
    /// The directory holds a log, or what is left of one.
    #[error("there is a log in `{0}` already")]
    Exists(String),
    /// A file is not as the log wrote it. `verify` finds everything else that is wrong.
    #[error("`{file}` is damaged: {fact}")]
    Damaged {
        /// The file, below the log's directory.
        file: String,
        /// Description of the damage.
        fact: String,
    },
    /// The log has fewer entries, or other ones, than it had: an older state was put back.
    #[error("the log had {known} entries, and those it has now ({found}) do not continue them")]
    RolledBack {
        /// The number of entries it had.
        known: u64,
        /// The number of entries that it has.
        found: u64,
    },
    /// There is no such entry.
    #[error("no entry {index} in a log of {size} entries")]
    NoEntry {
        /// The index that the caller asked for.
        index: u64,
        /// The number of entries.
        size: u64,
    },
    /// A checkpoint or a key was not accepted.
    #[error("not accepted")]
    Note(#[from] NoteError),
}

impl Error {
    pub(crate) fn io(operation: &'static str, path: impl Into<String>, cause: io::Error) -> Self {
        let (path, kind) = (path.into(), cause.kind());
        let source = Arc::new(cause);
        match kind {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::NoRoom { operation, path, source },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { operation, path, source }
            }
            _ => Self::Io { operation, path, source },
        }
    }

    pub(crate) fn damaged(file: impl Into<String>, fact: impl Into<String>) -> Self {
        Self::Damaged { file: file.into(), fact: fact.into() }
    }

    /// Whether the error says that a file is not there.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}
