//! Errors of the recorder, and of the stores of bundles behind it.

use crate::receipts::digest::{ContentDigest, InvalidForm};
use crate::receipts::journal::JournalError;
use crate::receipts::suite::KeyError;

/// Error: a check was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The operating system has no random bytes.
    #[error("the operating system has no random bytes")]
    NoRandom,
    /// The system's clock gives no valid time.
    #[error("the receipt could not be dated")]
    Clock(#[from] InvalidForm),
    /// The key cannot sign.
    #[error("the receipt could not be signed")]
    Sign(#[from] KeyError),
    /// The check could not be written as JSON.
    #[error("the check cannot be written")]
    Json(#[from] serde_json::Error),
    /// The bundle was not kept.
    #[error("the bundle was not kept")]
    Bundle(#[from] StoreError),
    /// The log or the store of bundles is asynchronous, and the caller does not wait.
    #[error("the recorder waits for its log or its bundles: call `check_async`")]
    NeedsAsync,
    /// The gate was built without a recorder.
    #[error("the gate has no recorder")]
    NoRecorder,
    /// The receipt is not in the log.
    #[error("the receipt is not in the log")]
    Journal(#[from] JournalError),
}

/// Error: a bundle was not kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file or folder cannot be written.
    #[error("`{path}` cannot be written")]
    Io {
        /// The file or folder.
        path: String,
        /// Cause, from the operating system.
        #[source]
        source: std::io::Error,
    },
    /// The bytes of a component are others than its digest says.
    #[error("component `{0}` has other bytes than its digest says")]
    Digest(ContentDigest),
    /// It could not be encrypted.
    #[error("the bundle could not be encrypted")]
    Seal(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another store failed, with its own error.
    #[error("the store of bundles failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another store failed, for this reason.
    #[error("{0}")]
    Other(String),
}

impl RecordError {
    /// The error in Chinese, without its cause.
    pub const fn zh(&self) -> &'static str {
        match self {
            Self::NoRandom => "操作系统没有随机数",
            Self::Clock(_) => "回执无法注明时间",
            Self::Sign(_) => "回执无法签名",
            Self::Json(_) => "核查无法写成JSON",
            Self::Bundle(_) => "证据包没有留存",
            Self::NeedsAsync => "日志或者证据包须异步写入（`check_async`）",
            Self::NoRecorder => "核查器没有记录器",
            Self::Journal(_) => "回执没有记入日志",
        }
    }
}
