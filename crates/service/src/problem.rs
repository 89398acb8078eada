//! Problem details (RFC 9457), which the service answers when it has no result.
//!
//! Three kinds of "no" stay apart. A finding is no problem: it is answered with 200 and its
//! disposition, `undetermined` too. An application that cannot be evaluated is 400 or 422 and names
//! the place. A fault is 500 or 503. None of them means "no measures".

mod kinds;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mustcheck::input::InputFault;
use mustcheck::model::{Text, Worded};
use mustcheck::{ApplicationError, CheckError, Fault, InputError, Language, RegistryError};
use mustcheck_evidence::FailureKind;
use schemars::JsonSchema;
use serde::Serialize;

pub use kinds::Kind;

use crate::told::quotable;

/// Problem details, as RFC 9457 has them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProblemDetails {
    /// The kind of problem: `urn:mustcheck:problem:` and a code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in a few words, in the language that was asked for.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Description of this problem, in the language that was asked for.
    pub detail: String,
    /// The request's id, which the log has too.
    pub instance: String,
    /// The place in the body, if something there is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The part that failed, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<FailureKind>,
}

/// A problem that is not written yet: language and request are known only at the end.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) kind: Kind,
    /// Description in both languages.
    detail: Option<Text>,
    path: Option<String>,
    pub(crate) fault: Option<FailureKind>,
    retry_after: Option<u64>,
    /// Description for the log, and for nobody else.
    pub(crate) told: Option<String>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: Kind) -> Self {
        let retry_after = kind.retry_after();
        Self { kind, detail: None, path: None, fault: None, retry_after, told: None }
    }

    /// Sets the description: a reason of the check or the log. Identifiers in it are masked.
    // RAIL R13
    #[must_use]
    pub fn detail(self, reason: &impl Worded) -> Self {
        Self { detail: Some(Text::new(quotable(&reason.zh()), quotable(&reason.en()))), ..self }
    }

    /// Sets the description in both languages.
    #[must_use]
    pub fn says(self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { detail: Some(Text::new(zh.into(), en.into())), ..self }
    }

    /// Sets the place in the body.
    #[must_use]
    pub fn path(self, path: impl AsRef<str>) -> Self {
        Self { path: Some(quotable(path.as_ref())), ..self }
    }

    /// Sets the number of seconds after which it makes sense to try again; at least 1.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..self }
    }

    /// Sets the description for the log alone.
    #[must_use]
    pub(crate) fn told(self, told: String) -> Self {
        Self { told: Some(told), ..self }
    }

    /// Sets the part that failed.
    #[must_use]
    pub(crate) fn failed(self, fault: FailureKind) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// Returns the place in the input, and the description.
    pub(crate) fn of_input(self) -> (String, Text) {
        let detail = self.detail.unwrap_or_else(|| self.kind.detail().into());
        (self.path.unwrap_or_default(), detail)
    }

    /// Number of seconds after which it makes sense to try again; 1 if none is set.
    pub(crate) fn retry_after_seconds(&self) -> u64 {
        self.retry_after.unwrap_or(1)
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// Writes the problem as it is sent. `request` is the request's id.
    pub(crate) fn write(&self, request: &str, language: Language) -> Response {
        let details = ProblemDetails {
            kind: format!("urn:mustcheck:problem:{}", self.kind.code()),
            title: language.words(self.kind.title()).to_owned(),
            status: self.status().as_u16(),
            detail: match &self.detail {
                Some(detail) => language.text(detail).to_owned(),
                None => language.words(self.kind.detail()).to_owned(),
            },
            instance: request.to_owned(),
            path: self.path.clone(),
            fault: self.fault,
        };
        let body = serde_json::to_vec(&details).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        self.write_headers(response.headers_mut(), language);
        response
    }

    fn write_headers(&self, headers: &mut HeaderMap, language: Language) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.code()));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.kind == Kind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // The rest of a body that was not read must not be taken for the next request.
        if self.kind.ends_connection() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

impl IntoResponse for Problem {
    /// Makes a placeholder, which is written once language and request are known.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// The problem of a body that could not be read: one that is not JSON, or JSON of another
    /// shape, which is of the kind `otherwise`.
    pub(crate) fn of_body(body: &[u8], error: InputError, otherwise: Kind) -> Self {
        if let Some(problem) = Self::no_json(body) {
            return problem;
        }
        let kind = match error {
            InputError::TooLarge { .. } => return Self::new(Kind::BodyTooLarge),
            InputError::NotUtf8 { .. } => Kind::Malformed,
            InputError::Misplaced { .. } | InputError::Shape { .. } => otherwise,
        };
        Self::new(kind).path(place(&error)).detail(&error.fault())
    }

    /// The problem of a body that is not JSON, whatever it is about; `None` if it is, or if it is
    /// not UTF-8.
    fn no_json(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let error = serde_json::from_str::<serde::de::IgnoredAny>(text).err()?;
        Some(Self::new(Kind::Malformed).path(DOCUMENT).detail(&InputFault::of_json(&error)))
    }
}

/// Place of a fault of the whole document.
const DOCUMENT: &str = "the document";

/// The place at which a document could not be read.
pub(crate) fn place(error: &InputError) -> &str {
    error.path().unwrap_or(DOCUMENT)
}

impl From<&ApplicationError> for Problem {
    fn from(error: &ApplicationError) -> Self {
        let problem = error.problem();
        Self::new(Kind::InvalidApplication).path(&problem.path).detail(&problem.reason)
    }
}

impl From<&Fault> for Problem {
    /// Reports a fault: in full to the log, and to the caller its kind and whether to try again.
    fn from(fault: &Fault) -> Self {
        let (kind, failed) = match fault {
            // Content that is damaged stays so; a registry that is down may be up again for another
            // request.
            Fault::Registry(RegistryError::Content(_)) => (Kind::Failed, FailureKind::Registry),
            Fault::Registry(_) => (Kind::Unavailable, FailureKind::Registry),
            Fault::Record(_) => (Kind::Unavailable, FailureKind::Record),
            Fault::Answer(_) => (Kind::Failed, FailureKind::Answer),
            Fault::Component { .. } | Fault::Writer { .. } => {
                (Kind::Failed, FailureKind::Component)
            }
            Fault::Rail { .. } => (Kind::Failed, FailureKind::Rail),
            Fault::Limit { .. } => (Kind::Failed, FailureKind::Limit),
            Fault::NeedsAsync | Fault::Clock(_) | Fault::Swap => (Kind::Failed, FailureKind::Gate),
        };
        let told = crate::told::told(fault);
        Self { fault: Some(failed), ..Self::new(kind) }.told(told)
    }
}

impl From<&CheckError> for Problem {
    fn from(error: &CheckError) -> Self {
        match error {
            CheckError::Application(error) => error.into(),
            CheckError::Fault(fault) => fault.into(),
        }
    }
}
