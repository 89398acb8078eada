//! How an answer goes on, and how much of everything a source gets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const fn one() -> u64 {
    1
}

/// How an answer goes on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Paging {
    /// `{page}` counts up until `total` records were given.
    Page {
        /// The number of the first page.
        #[serde(default = "one")]
        first: u64,
        /// Records on a page: `{size}`.
        size: u64,
        /// Where an answer repeats its page's number.
        #[serde(default)]
        number: Option<String>,
    },
    /// `{offset}` counts up by `{size}` until `total` records were given.
    Offset {
        /// Records in a part.
        size: u64,
    },
    /// Each answer gives the `{cursor}` of the next; null or empty at the end.
    Cursor {
        /// Where it stands.
        next: String,
    },
    /// Each answer gives the URL of the next; null or empty at the end.
    NextLink {
        /// Where it stands.
        next: String,
    },
}

/// What one answer may be.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceLimits {
    /// Parts of one answer.
    pub pages: u32,
    /// Bytes of one part.
    pub bytes: u64,
    /// Records of one answer.
    pub records: usize,
    /// Requests at the same time.
    pub concurrency: usize,
}

impl Default for SourceLimits {
    fn default() -> Self {
        Self { pages: 50, bytes: 4 << 20, records: 5_000, concurrency: 8 }
    }
}

/// How long to wait, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    /// For a connection.
    pub connect_milliseconds: u64,
    /// For one answer with all its parts and repetitions.
    pub whole_milliseconds: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_milliseconds: 3_000, whole_milliseconds: 10_000 }
    }
}

/// When to ask again.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retries {
    /// How often to ask again; 0 for never.
    pub times: u32,
    /// The statuses that are worth it, besides a connection that fails or breaks off.
    pub statuses: Vec<u16>,
    /// The first pause, which doubles; chance adds up to as much again.
    pub first_milliseconds: u64,
    /// The longest pause that this program chooses; a source's `Retry-After` goes before it.
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

/// When to leave a source alone.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerSettings {
    /// Failures that open it; 0 for never.
    pub failures: u32,
    /// The time within which they count, in milliseconds.
    pub window_milliseconds: u64,
    /// How long it stays open before one request tries again, in milliseconds.
    pub open_milliseconds: u64,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 5, window_milliseconds: 60_000, open_milliseconds: 30_000 }
    }
}
