//! Why a source gave no answer, in words fit for a log.

use std::time::Duration;

use mustcheck::{redact, safe};

/// Why a source gave no answer. No message holds a URL, a secret or an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It took longer than it may.
    #[error("no answer within {0:?}")]
    Late(Duration),
    /// No connection, or one that broke off before an answer began.
    #[error("no connection: {0}")]
    Connect(String),
    /// The two sides do not accept each other.
    #[error("no connection: TLS: {0}")]
    Tls(String),
    /// It does not accept who asks.
    #[error("it answers {0}: it does not accept who asks")]
    Unwelcome(u16),
    /// Another status than success.
    #[error("it answers {status}{}", asked(*.wait))]
    Status {
        /// The status.
        status: u16,
        /// How long it asks to be left alone.
        wait: Option<Duration>,
    },
    /// It sends elsewhere.
    #[error("it answers {0}: it sends elsewhere, where nobody follows")]
    Redirect(u16),
    /// The answer breaks off.
    #[error("the answer breaks off")]
    Truncated,
    /// More bytes than a mapping allows.
    #[error("the answer has more than {0} bytes")]
    TooLarge(u64),
    /// Not JSON.
    #[error("the answer is no JSON: {0}")]
    NotJson(String),
    /// A value that is not what the mapping says.
    #[error("{path}: {detail}")]
    Shape {
        /// Where in the answer.
        path: String,
        /// What is wrong there.
        detail: String,
    },
    /// It gave another number of records than it says it has.
    #[error("it says that there are {said} records, and gave {gave}")]
    Count {
        /// What it says.
        said: u64,
        /// What it gave.
        gave: u64,
    },
    /// It changed its mind between two parts.
    #[error("it says that there are {before} records, and then {after}")]
    CountChanged {
        /// First.
        before: u64,
        /// Then.
        after: u64,
    },
    /// A record came twice.
    #[error("record `{0}` came twice: a part was given again, or moved")]
    Twice(String),
    /// Another page than was asked for.
    #[error("page {asked} was asked for, and {given} came")]
    OtherPage {
        /// Asked for.
        asked: u64,
        /// Given.
        given: String,
    },
    /// The way to the next part leads back.
    #[error("the way to the next part leads to one that was given")]
    Loop,
    /// The way to the next part leads elsewhere.
    #[error("the way to the next part leads to another server, where nobody follows")]
    Elsewhere,
    /// The way to the next part holds the identifier.
    #[error("the way to the next part holds the identifier in its URL")]
    IdentifierInUrl,
    /// More parts than a mapping allows.
    #[error("the answer has more than {0} parts")]
    TooManyPages(u32),
    /// More records than a mapping allows.
    #[error("the answer has more than {0} records")]
    TooManyRecords(usize),
    /// It is left alone after failures.
    #[error("it is left alone for a while after failures, of which the last: {0}")]
    Open(String),
    /// It does not find who is known to be on a list of its own.
    #[error(
        "canary {number}, known to be on list `{list}`, is not found: it does not give what it holds"
    )]
    Canary {
        /// Which one, from 1.
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
    /// A value that is not what the mapping says.
    // RAIL R13: what is quoted may hold an identifier.
    pub fn shape(path: &str, detail: &str) -> Self {
        Self::Shape { path: quoted(path), detail: quoted(detail) }
    }

    /// Whether the source as a whole is in trouble, so that the next question fares no better.
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

    /// Whether asking again may help.
    pub fn is_transient(&self, statuses: &[u16]) -> bool {
        match self {
            Self::Connect(_) | Self::Truncated => true,
            Self::Status { status, .. } => statuses.contains(status),
            _ => false,
        }
    }

    /// How long the source asks to be left alone.
    pub const fn wait(&self) -> Option<Duration> {
        match self {
            Self::Status { wait, .. } => *wait,
            _ => None,
        }
    }
}

/// A text from outside as a message quotes it: short, one line, no identifier.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 200;
    let shown = redact(&safe(text));
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}
