//! Settings of a source: paging, limits, timeouts, retries, breaker.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const fn one() -> u64 {
    1
}

/// Paging: how an answer comes in parts.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Paging {
    /// `{page}` counts up until `total` records were given.
    Page {
        /// Number of the first page.
        #[serde(default = "one")]
        first: u64,
        /// Number of records on a page: `{size}`.
        size: u64,
        /// Place at which an answer repeats its page's number: a JSON Pointer.
        #[serde(default)]
        number: Option<String>,
    },
    /// `{offset}` counts up by `{size}` until `total` records were given.
    Offset {
        /// Number of records in a part: `{size}`.
        size: u64,
    },
    /// Each answer gives the `{cursor}` of the next part; null or empty at the end.
    Cursor {
        /// Place of the cursor: a JSON Pointer.
        next: String,
    },
    /// Each answer gives the URL of the next part; null or empty at the end.
    NextLink {
        /// Place of the URL: a JSON Pointer.
        next: String,
    },
}

/// Limits on one answer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceLimits {
    /// Largest number of parts of one answer.
    pub pages: u32,
    /// Largest number of bytes of one part.
    pub bytes: u64,
    /// Largest number of records of one answer.
    pub records: usize,
    /// Largest number of requests at the same time.
    pub concurrency: usize,
}

impl Default for SourceLimits {
    fn default() -> Self {
        Self { pages: 50, bytes: 4 << 20, records: 5_000, concurrency: 8 }
    }
}

/// Timeouts, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// Time to make a connection, in milliseconds.
    pub connect_milliseconds: u64,
    /// Time for one answer with all its parts and retries, in milliseconds.
    pub whole_milliseconds: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_milliseconds: 3_000, whole_milliseconds: 10_000 }
    }
}

/// Retries after a failure that may pass.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retries {
    /// Largest number of retries of one request; 0 for none.
    pub times: u32,
    /// Statuses to retry after, besides a connection that fails or breaks off.
    pub statuses: Vec<u16>,
    /// First pause, in milliseconds. It doubles with each retry, and chance adds up to as much
    /// again.
    pub first_milliseconds: u64,
    /// Longest pause that this program chooses, in milliseconds. A longer `Retry-After` of the
    /// source has priority.
    pub longest_milliseconds: u64,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            times: 2,
            statuses: vec![429, 502, 503, 504],
            first_milliseconds: 200,
            longest_milliseconds: 2_000,
        }
    }
}

/// Circuit breaker: after repeated failures, a source is left alone for a while.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerSettings {
    /// Number of failures that open the breaker; 0 for never.
    pub failures: u32,
    /// Time within which failures count together, in milliseconds.
    pub window_milliseconds: u64,
    /// Time for which the breaker stays open before one request tries again, in milliseconds.
    pub open_milliseconds: u64,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 5, window_milliseconds: 60_000, open_milliseconds: 30_000 }
    }
}
