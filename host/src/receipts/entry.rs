//! Entries of the log.

use mustcheck_model::Application;
use mustcheck_model::date::Date;
use serde::{Deserialize, Serialize};

use crate::error::Fault;
use crate::input::quotable;
use crate::receipts::canonical::{self, NotCanonical, canonical};
use crate::receipts::digest::Moment;
use crate::receipts::feedback::Feedback;
use crate::receipts::payload::DocumentId;
use crate::receipts::receipt::{Receipt, ReceiptOffice};
use crate::receipts::signed::Signed;

/// An entry of the log. Its key in JSON names its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// A check was made.
    Receipt(Box<Signed<Receipt>>),
    /// An office reported what it did.
    Feedback(Box<Signed<Feedback>>),
    /// A check ended in a fault: it was due, and there is no decision.
    Failure(Failed),
}

crate::document! {
    /// A check that ended in a fault.
    pub struct Failed {
        /// Time of the system's clock at the fault.
        pub at: Moment,
        /// The office.
        pub office: ReceiptOffice,
        /// The matter; what in it may be an identifier is masked.
        pub matter: String,
        /// The as-of date.
        pub as_of: Date,
        /// Kind of the failure.
        pub kind: FailureKind,
    }
}

/// Kind of a failure.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The registry as a whole.
    Registry,
    /// An answer of the registry cannot be evaluated.
    Answer,
    /// The component.
    Component,
    /// A rail did not hold.
    Rail,
    /// More than the limits allow.
    Limit,
    /// The gate was called in another way than it was built for, or has no clock.
    Gate,
    /// The check was made and could not be recorded.
    Record,
}

impl FailureKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Registry,
        Self::Answer,
        Self::Component,
        Self::Rail,
        Self::Limit,
        Self::Gate,
        Self::Record,
    ];

    /// The code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Answer => "answer",
            Self::Component => "component",
            Self::Rail => "rail",
            Self::Limit => "limit",
            Self::Gate => "gate",
            Self::Record => "record",
        }
    }

    /// The kind of a fault.
    pub(crate) const fn of(fault: &Fault) -> Self {
        match fault {
            Fault::Registry(_) => Self::Registry,
            Fault::Answer(_) => Self::Answer,
            Fault::Component { .. } | Fault::Writer { .. } => Self::Component,
            Fault::Rail { .. } => Self::Rail,
            Fault::Limit { .. } => Self::Limit,
            Fault::NeedsAsync | Fault::Clock(_) | Fault::Swap => Self::Gate,
            Fault::Record(_) => Self::Record,
        }
    }
}

impl Failed {
    /// Makes the entry of a check that failed.
    pub(crate) fn of(application: &Application, fault: &Fault, at: Moment) -> Self {
        Self {
            at,
            office: ReceiptOffice::of(application),
            matter: quotable(&application.matter),
            as_of: application.as_of,
            kind: FailureKind::of(fault),
        }
    }
}

/// Error: bytes are no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no entry of this program")]
pub struct EntryError(#[from] NotCanonical);

impl Entry {
    /// The entry's canonical JSON.
    pub fn to_json(&self) -> Vec<u8> {
        canonical(self).unwrap_or_default()
    }

    /// Reads an entry, every byte of which counts.
    ///
    /// # Errors
    ///
    /// [`EntryError`] with the place in its source.
    pub fn from_json(json: &[u8]) -> Result<Self, EntryError> {
        Ok(canonical::read(json)?)
    }

    /// The id of the document in it, if it holds one.
    pub fn id(&self) -> Option<DocumentId> {
        match self {
            Self::Receipt(signed) => Some(signed.id()),
            Self::Feedback(signed) => Some(signed.id()),
            Self::Failure(_) => None,
        }
    }

    /// Returns the bytes of an entry that holds a signed document, given the document's canonical
    /// JSON.
    pub fn wrap(kind: &str, document: &[u8]) -> Vec<u8> {
        [b"{\"", kind.as_bytes(), b"\":", document, b"}"].concat()
    }
}
