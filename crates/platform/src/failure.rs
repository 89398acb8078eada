//! Reasons why a source gave no answer, in words that a log may hold.

use std::time::Duration;

use mustcheck::{redact, safe};

/// Error: a source gave no answer. No message holds a URL, a secret or an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer came within this time.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// No connection, or one that broke off before an answer began.
    #[error("no connection: {0}")]
    Connect(String),
    /// TLS failed: the source and this program do not accept each other.
    #[error("no connection: TLS: {0}")]
    Tls(String),
    /// The source does not accept this program: status 401 or 403.
    #[error("it answers {0}: it does not accept who asks")]
    Unwelcome(u16),
    /// The source answered with another status than 200.
    #[error("it answers {status}{}", asked(*.wait))]
    Status {
        /// The status.
        status: u16,
        /// Time for which it asks to be left alone.
        wait: Option<Duration>,
    },
    /// The source redirects, with this status. Redirects are not followed.
    #[error("it answers {0}: it sends elsewhere, where nobody follows")]
    Redirect(u16),
    /// The answer broke off.
    #[error("the answer breaks off")]
    Truncated,
    /// The answer has more bytes than the mapping allows.
    #[error("the answer has more than {0} bytes")]
    TooLarge(u64),
    /// The answer is not JSON.
    #[error("the answer is no JSON: {0}")]
    NotJson(String),
    /// A value of the answer is not what the mapping says.
    #[error("{path}: {detail}")]
    Shape {
        /// Place in the answer, as a JSON Pointer.
        path: String,
        /// Description of the fault.
        detail: String,
    },
    /// The source gave another number of records than it says there are.
    #[error("it says that there are {said} records, and gave {gave}")]
    Count {
        /// Number that it says there are.
        said: u64,
        /// Number of records that it gave.
        gave: u64,
    },
    /// The number of records changed between two parts of the answer.
    #[error("it says that there are {before} records, and then {after}")]
    CountChanged {
        /// Number in the earlier part.
        before: u64,
        /// Number in the later part.
        after: u64,
    },
    /// The record of this id came twice.
    #[error("record `{0}` came twice: a part was given again, or moved")]
    Twice(String),
    /// The source gave another page than the one that was asked for.
    #[error("page {asked} was asked for, and {given} came")]
    OtherPage {
        /// Number of the page that was asked for.
        asked: u64,
        /// Number of the page that came, as the answer gives it.
        given: String,
    },
    /// The cursor or link of the next part leads to one that was given already.
    #[error("the way to the next part leads to one that was given")]
    Loop,
    /// The link of the next part leads to another server.
    #[error("the way to the next part leads to another server, where nobody follows")]
    Elsewhere,
    /// The link of the next part holds the identifier.
    #[error("the way to the next part holds the identifier in its URL")]
    IdentifierInUrl,
    /// The answer has more parts than the mapping allows.
    #[error("the answer has more than {0} parts")]
    TooManyPages(u32),
    /// The answer has more records than the mapping allows.
    #[error("the answer has more than {0} records")]
    TooManyRecords(usize),
    /// The source is left alone after failures, the last of which was this one.
    #[error("it is left alone for a while after failures, of which the last: {0}")]
    Open(String),
    /// The source does not find a subject that is known to be on one of its lists.
    #[error(
        "canary {number}, known to be on list `{list}`, is not found: it does not give what it holds"
    )]
    Canary {
        /// Number of the canary in the mapping, from 1.
        number: usize,
        /// The source's code of the list.
        list: String,
    },
    /// The request cannot be made.
    #[error("the request cannot be made: {0}")]
    Request(String),
}

fn asked(wait: Option<Duration>) -> String {
    wait.map(|wait| format!(" and asks to be left alone for {wait:?}")).unwrap_or_default()
}

impl Failure {
    /// Makes a [`Failure::Shape`]: a value is not what the mapping says.
    // RAIL R13: what is quoted may hold an identifier.
    pub fn shape(path: &str, detail: &str) -> Self {
        Self::Shape { path: quoted(path), detail: quoted(detail) }
    }

    /// Whether the source as a whole is in trouble, so that the next question will fail too.
    pub const fn is_outage(&self) -> bool {
        match self {
            Self::Late(_)
            | Self::Connect(_)
            | Self::Tls(_)
            | Self::Unwelcome(_)
            | Self::Redirect(_)
            | Self::Truncated => true,
            // Another status below 500 is about this question alone, unless the source says that
            // it wants to be left alone, that it was too slow, or that the proxy lets nobody in.
            Self::Status { status, wait } => {
                *status >= 500 || wait.is_some() || matches!(*status, 407 | 408 | 429)
            }
            _ => false,
        }
    }

    /// Whether asking again may help. `statuses` are those that the mapping retries.
    pub fn is_transient(&self, statuses: &[u16]) -> bool {
        match self {
            Self::Connect(_) | Self::Truncated => true,
            Self::Status { status, .. } => statuses.contains(status),
            _ => false,
        }
    }

    /// Time for which the source asks to be left alone.
    pub const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            _ => None,
        }
    }
}

/// A text from outside, made fit for a message: one line of at most 200 characters, with
/// identifiers masked.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 200;
    let shown = redact(&safe(text));
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}
