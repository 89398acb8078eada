//! Faults of a simulated platform.

use std::fmt;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// A fault, and the requests that meet it: `[SOURCE:]KIND[=VALUE][@PROBABILITY][#FIRST-LAST]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Kind of the fault.
    pub kind: Kind,
    /// Id of the source whose requests meet it; every source if absent.
    pub source: Option<String>,
    /// Probability for each request, 0 to 1.
    pub probability: f64,
    /// The first and the last request that meets it, counted from 1.
    pub requests: Option<(u64, u64)>,
}

macro_rules! kinds {
    ($( $(#[$doc:meta])* $case:ident $(($value:literal))? = $name:literal, )+) => {
        /// Kind of a fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $( $(#[$doc])* $case $((kinds!(@type $value)))?, )+
        }

        impl Kind {
            /// The names, each with the value that it takes.
            pub const NAMES: &'static [(&'static str, Option<&'static str>)] =
                &[$( ($name, kinds!(@option $($value)?)) ),+];

            fn of(name: &str, value: Option<u64>) -> Option<Self> {
                match (name, value) {
                    $( ($name, kinds!(@pattern value $($value)?)) =>
                        Some(Self::$case $((kinds!(@value value $value)))?), )+
                    _ => None,
                }
            }

            /// Name of the kind, as in a fault's text.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$case { .. } => $name, )+ }
            }
        }
    };
    (@type $value:literal) => { u64 };
    (@option) => { None };
    (@option $value:literal) => { Some($value) };
    (@pattern $v:ident) => { None };
    (@pattern $v:ident $value:literal) => { Some($v) };
    (@value $v:ident $value:literal) => { $v };
}

kinds! {
    /// The answer comes this many milliseconds late.
    Slow("MILLISECONDS") = "slow",
    /// The connection breaks off before the answer begins.
    Down = "down",
    /// The answer breaks off in the middle.
    Truncate = "truncate",
    /// The answer ends in the middle as if that were all.
    Cut = "cut",
    /// The answer has this status.
    Status("CODE") = "status",
    /// The platform asks to be left alone: 429 with `Retry-After`.
    Throttle("SECONDS") = "throttle",
    /// The platform redirects to another path.
    Redirect = "redirect",
    /// The answer is a page to log in at.
    NotJson = "not-json",
    /// The platform refuses, with status 200.
    Refused = "refused",
    /// The records are not an array, or a day is not a day.
    WrongType = "wrong-type",
    /// A record lacks a key.
    MissingField = "missing-field",
    /// A record is of an unknown list.
    UnknownList = "unknown-list",
    /// A record is of an unknown act.
    UnknownAct = "unknown-act",
    /// An identifier has a wrong check character.
    BadIdentifier = "bad-identifier",
    /// A record about another subject is added.
    OtherSubject = "other-subject",
    /// There is always one more part.
    EndlessPages = "endless-pages",
    /// The first part comes again and again.
    RepeatPage = "repeat-page",
    /// No subject has a record.
    Empty = "empty",
    /// Records do not name their subject.
    NoSubject = "no-subject",
    /// A part has one record fewer than the count says.
    ShortCount = "short-count",
    /// The count is one lower than the number of records.
    LongCount = "long-count",
    /// The data are this many days older.
    Stale("DAYS") = "stale",
    /// The data are of the day after tomorrow.
    Future = "future",
    /// The answer has no age.
    NoAge = "no-age",
    /// The answer is larger than any reader's limit.
    Huge = "huge",
    /// The key of the records occurs twice, once with an empty array.
    DuplicateKey = "duplicate-key",
    /// The link to the next part leads to another server.
    Elsewhere = "elsewhere",
    /// The link to the next part holds the identifier.
    IdentifierInLink = "identifier-in-link",
}

/// Error: a text is not a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultError {}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let told = |what: String| FaultError(format!("`{text}` is no fault: {what}"));
        let (rest, requests) = match text.rsplit_once('#') {
            Some((rest, range)) => {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                let read = first.parse().ok().zip(last.parse().ok());
                (rest, Some(read.ok_or_else(|| told(format!("`{range}` is no range")))?))
            }
            None => (text, None),
        };
        let (rest, probability) = match rest.rsplit_once('@') {
            Some((rest, chance)) => {
                let chance = chance.parse::<f64>().ok().filter(|p| (0.0..=1.0).contains(p));
                (rest, chance.ok_or_else(|| told("a probability is 0 to 1".into()))?)
            }
            None => (rest, 1.0),
        };
        let (source, rest) = match rest.rsplit_once(':') {
            Some((source, rest)) => (Some(source.to_owned()), rest),
            None => (None, rest),
        };
        let (name, value) = match rest.split_once('=') {
            Some((name, value)) => {
                let number = value.parse().map_err(|_| told(format!("`{value}` is no number")))?;
                (name, Some(number))
            }
            None => (rest, None),
        };
        let kind = Kind::of(name, value).ok_or_else(|| {
            let form = |(name, value): &(&str, Option<&str>)| {
                value.map_or((*name).to_owned(), |value| format!("{name}={value}"))
            };
            let all: Vec<String> = Kind::NAMES.iter().map(form).collect();
            told(format!("there are {}", all.join(", ")))
        })?;
        Ok(Self { kind, source, probability, requests })
    }
}

impl Fault {
    /// Whether the request of this number to a source meets the fault.
    pub(super) fn applies(&self, source: &str, number: u64, chance: &mut fastrand::Rng) -> bool {
        let due = self.requests.is_none_or(|(first, last)| (first..=last).contains(&number));
        let own = self.source.as_deref().is_none_or(|own| own == source);
        own && due && (self.probability >= 1.0 || chance.f64() < self.probability)
    }
}

/// The answer of a fault that needs no records; `None` for the other faults.
pub(super) fn response(kind: Kind) -> Option<Response> {
    Some(match kind {
        Kind::Down => Response::new(Body::from_stream(BreaksOff(None))),
        Kind::Status(code) => {
            let status = u16::try_from(code).ok().and_then(|c| StatusCode::from_u16(c).ok());
            status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
        Kind::Throttle(seconds) => {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, wait).into_response()
        }
        Kind::Redirect => {
            let to = HeaderValue::from_static("/elsewhere");
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        Kind::NotJson => "<html><body>请登录</body></html>".into_response(),
        _ => return None,
    })
}

/// The HTTP answer, with the fault of its bytes.
pub(super) fn spoiled(text: String, fault: Option<Kind>) -> Response {
    let half = |text: &str| Bytes::copy_from_slice(text.as_bytes().split_at(text.len() / 2).0);
    let body = match fault {
        Some(Kind::Truncate) => Body::from_stream(BreaksOff(Some(half(&text)))),
        Some(Kind::Cut) => Body::from(half(&text)),
        Some(Kind::Huge) => Body::from(format!("{}{text}", " ".repeat(32 << 20))),
        Some(Kind::DuplicateKey) => {
            let text = text.replacen("\"data\":{", "\"data\":{\"列表\":[],", 1);
            Body::from(text.replacen("{\"ok\"", "{\"items\":[],\"ok\"", 1))
        }
        _ => Body::from(text),
    };
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    ([(header::CONTENT_TYPE, json)], body).into_response()
}

/// A body that gives its bytes, if any, and then breaks off.
struct BreaksOff(Option<Bytes>);

impl futures_core::Stream for BreaksOff {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let broken = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        Poll::Ready(Some(self.0.take().ok_or_else(broken)))
    }
}
