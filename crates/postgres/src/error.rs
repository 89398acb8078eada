//! Errors of the database, in words that hold no value of any row.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use mustcheck::{RegistryError, redact};
use mustcheck_evidence::JournalError;
use mustcheck_evidence::bundle::StoreError;
use tokio_postgres::error::SqlState;

/// Error of the database.
///
/// It can be cloned, since callers who share one transaction share its failure too.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings are not usable.
    #[error("the database's settings: {0}")]
    Config(String),
    /// No connection could be made.
    #[error("no connection to the database")]
    Connect(#[source] Failure),
    /// Every connection was in use for this time.
    #[error("no connection to the database was free within {0:?}")]
    Busy(Duration),
    /// The database gave no answer within this time.
    #[error("the database gave no answer within {0:?}")]
    Late(Duration),
    /// The database refused or failed.
    #[error("the database failed")]
    Failed(#[source] Failure),
    /// The server may lose what it commits: it runs with `fsync` off.
    #[error("the server runs with `fsync` off: what it commits may be lost")]
    NoSync,
    /// The database was migrated by a newer program.
    #[error("the database is of version {found}; this program knows versions up to {known}")]
    Newer {
        /// The database's version.
        found: i32,
        /// The newest that this program knows.
        known: i32,
    },
    /// The database is not migrated to the version that this program needs.
    #[error("the database is of version {found}; this program needs version {known}: migrate it")]
    Older {
        /// The database's version, 0 for none.
        found: i32,
        /// The one that this program needs.
        known: i32,
    },
    /// The migration of this number was made by another program.
    #[error("migration {0} of the database is not this program's")]
    Diverged(i32),
    /// The log was changed by somebody else.
    #[error("the log in the database is damaged: {0}")]
    Damaged(String),
    /// A row beside the log was changed or deleted by somebody else.
    #[error("a row in the database is damaged or gone: {0}")]
    Row(String),
    /// The log has fewer entries than it had.
    #[error("the log had {known} entries and now has {found}: an older state was put back")]
    RolledBack {
        /// Number of entries that it had.
        known: u64,
        /// Number of entries that it has.
        found: u64,
    },
    /// The connection was lost, and nothing could be found out since.
    #[error("it is not known whether the entry is in the log")]
    Unknown(#[source] Box<Self>),
    /// The entry is in the log already.
    #[error("the entry is in the log already")]
    Twice,
    /// Another replica has taken the request over.
    #[error("the request was taken over")]
    TakenOver,
    /// The operating system has no random bytes.
    #[error("the operating system has no random bytes")]
    NoRandom,
    /// The task that appends to the log has ended.
    #[error("the log is closed")]
    Closed,
    /// The caller's thread runs the only runtime that could answer it.
    #[error("a runtime of one thread cannot be kept waiting: call from another thread")]
    OneThread,
    /// The folder that follows the log cannot be used.
    #[error("the folder `{path}` cannot follow the log: {detail}")]
    Folder {
        /// The folder.
        path: String,
        /// Reason in words.
        detail: String,
    },
}

/// Complaint of the database, or of the connection to it.
// RAIL R13: of the server's complaint only code and message are kept, and what in it may be an
// identifier is masked; its detail and context quote rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: Option<SqlState>,
    message: String,
}

impl Failure {
    /// The SQLSTATE; `None` if the server did not answer.
    pub fn code(&self) -> Option<&str> {
        self.code.as_ref().map(SqlState::code)
    }

    /// A failure in words that are not the server's.
    pub(crate) fn words(message: &str) -> Self {
        Self { code: None, message: redact(message) }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} (SQLSTATE {})", self.message, code.code()),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Failure {}

impl From<&tokio_postgres::Error> for Failure {
    fn from(error: &tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) => Self { code: Some(said.code().clone()), message: redact(said.message()) },
            None => {
                let cause = error.source().map(|e| format!(": {e}")).unwrap_or_default();
                Self::words(&format!("{error}{cause}"))
            }
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Failed(Failure::from(&error))
    }
}

impl Error {
    fn state(&self) -> Option<&SqlState> {
        match self {
            Self::Failed(failure) | Self::Connect(failure) => failure.code.as_ref(),
            _ => None,
        }
    }

    /// Whether the server answered, so that the transaction has ended without a commit.
    pub(crate) fn is_answer(&self) -> bool {
        // A connection that the server ends may have been ended after a commit.
        self.state().is_some_and(|state| !state.code().starts_with("57P"))
    }

    /// Whether the same call may succeed a moment later.
    pub(crate) fn is_passing(&self) -> bool {
        match (self, self.state()) {
            // Serialisation, deadlock, resources, shutdown and start, a lost connection.
            (_, Some(state)) => {
                let code = state.code();
                ["40", "53", "57P", "08", "55P03"].iter().any(|class| code.starts_with(class))
            }
            (Self::Failed(_) | Self::Connect(_), None) => true,
            _ => false,
        }
    }

    pub(crate) fn is(&self, state: &SqlState) -> bool {
        self.state() == Some(state)
    }
}

impl From<Error> for RegistryError {
    fn from(error: Error) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<Error> for JournalError {
    fn from(error: Error) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        Self::Store(Box::new(error))
    }
}
