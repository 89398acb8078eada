//! Registries, which answer lookups.
//!
//! A registry answers by exact identifier and says of every list of every ask how it was answered.
//! What it cannot answer is `unavailable` or `not-covered`, never an empty list of records.

pub mod held;
mod identities;
pub mod json;
pub mod sources;
mod vocabulary;
pub mod written;

use std::future::Future;
use std::pin::Pin;

use mustcheck_model::date::Date;
use mustcheck_model::{Answer, AnswerStatus, Subject};

pub use identities::{Identity, identities};
pub use vocabulary::Vocabulary;

/// One due lookup: a subject, and the lists to ask about it.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Position among the asks, which every answer repeats.
    pub query: u32,
    /// The subject; its identifier is normalised and valid.
    pub subject: &'a Subject,
    /// Codes of the lists.
    pub lists: &'a [String],
    /// The day for which the records are read; it is today's or an earlier one.
    pub as_of: Date,
}

/// A registry that answers at once.
pub trait Registry: Send + Sync {
    /// Answers every list of every ask, in one batch.
    ///
    /// A source that is down is an answer (`unavailable`), not an error.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if no answer can be trusted, such as a damaged database.
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError>;

    /// Whether a lookup may wait for something that this program does not have in its hands: a
    /// network, another server. The gate asks such a registry on another thread and gives up when
    /// [`Limits::registry_time`](crate::Limits::registry_time) has passed. `false` saves the
    /// thread, and then nothing can end a lookup that does wait.
    fn may_wait(&self) -> bool {
        true
    }

    /// Checks that every list, act and matter that the registry uses is known. An unknown list is a
    /// misspelling that would narrow the search in silence.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] with the places that name something unknown.
    fn check_vocabulary(&self, _vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        Ok(())
    }
}

impl<R: Registry + ?Sized> Registry for std::sync::Arc<R> {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        (**self).lookup(asks)
    }

    fn may_wait(&self) -> bool {
        (**self).may_wait()
    }

    fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        (**self).check_vocabulary(vocabulary)
    }
}

/// Future that an asynchronous registry returns, of its answers.
pub type LookupFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<Answer>, RegistryError>> + Send + 'a>>;

/// Future that an asynchronous registry returns when its codes are checked.
pub type VocabularyFuture<'a> =
    Pin<Box<dyn Future<Output = Result<(), RegistryError>> + Send + 'a>>;

/// A registry that is waited for, such as one behind a network.
pub trait AsyncRegistry: Send + Sync {
    /// Answers every list of every ask, as [`Registry::lookup`] does.
    fn lookup<'a>(&'a self, asks: &'a [Ask<'a>]) -> LookupFuture<'a>;

    /// Checks the registry's codes, as [`Registry::check_vocabulary`] does, for
    /// [`GateBuilder::build_async`](crate::GateBuilder::build_async).
    fn check_vocabulary<'a>(&'a self, _vocabulary: &'a Vocabulary) -> VocabularyFuture<'a> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Error: a registry cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The file or database cannot be read.
    #[error("`{path}` cannot be read")]
    Io {
        /// The file.
        path: String,
        /// Cause, from the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The content is not a registry.
    #[error("{0}")]
    Content(String),
    /// The database failed.
    #[error("the database failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It took longer than the gate waits.
    #[error("no answer within {0:?}")]
    Late(std::time::Duration),
    /// Any other failure.
    #[error("{0}")]
    Other(String),
}

impl RegistryError {
    /// The error in Chinese, without its cause. What is wrong with the content of a registry is
    /// shown in its own words.
    pub fn zh(&self) -> String {
        match self {
            Self::Io { path, .. } => format!("“{path}”无法读取"),
            Self::Content(faults) => format!("信用信息库的内容有误：\n{faults}"),
            Self::Store(_) => "数据库发生故障".into(),
            Self::Late(limit) => format!("{limit:?}内没有答复"),
            Self::Other(detail) => format!("信用信息库发生故障（{detail}）"),
        }
    }
}

/// Answers every list of every ask with `status`, for a registry that as a whole has no answer.
pub fn unanswered(asks: &[Ask<'_>], status: AnswerStatus, reason: &str) -> Vec<Answer> {
    let each = asks.iter().flat_map(|ask| ask.lists.iter().map(move |list| (ask.query, list)));
    each.map(|(query, list)| Answer {
        query,
        list: list.clone(),
        status,
        source: None,
        reason: Some(reason.to_owned()),
        records: Vec::new(),
    })
    .collect()
}
