//! Receipts of checks, and their recorder: the part of evidence that a gate needs.
//!
//! A [`Receipt`] says that a check was made and how it came out, and holds nothing that identifies
//! a person or firm. A [`Bundle`] holds what the check was made of, so that the decision can be
//! re-derived from it byte for byte (RAIL R12). Receipts go into a log before the decision is
//! returned; bundles stay with the office's case.

mod bundle;
pub mod canonical;
pub mod digest;
pub mod entry;
mod error;
pub mod feedback;
mod journal;
mod payload;
pub mod receipt;
mod recorder;
pub mod signed;
pub mod suite;

pub use bundle::{AsyncBundleStore, Bundle, BundleStore, KeepFuture, NewBundle, Program};
pub use canonical::{NotCanonical, canonical};
pub use digest::{ContentDigest, InvalidForm, KeyedDigest, Moment, Opening};
pub use entry::{Entry, EntryError, Failed, FailureKind};
pub use error::{RecordError, StoreError};
pub use feedback::{
    Feedback, FeedbackFormat, MeasureFeedback, NotAppliedCode, ObligationFeedback, Outcome,
};
pub use journal::{AppendFuture, AsyncJournal, Journal, JournalError};
pub use payload::{DocumentId, Payload};
pub(crate) use receipt::Observed;
pub use receipt::{
    Baked, Case, DecidedBy, EngineSettings, Pinpoint, Receipt, ReceiptFormat, ReceiptLookup,
    ReceiptMeasure, ReceiptObligation, ReceiptOffice, RecordCounts, SetAsideCount, StandingCount,
};
pub use recorder::{Recorded, Recorder};
pub use signed::{Signature, SignatureError, Signed};
pub use suite::{KeyError, PublicKey, Signer, Suite};
