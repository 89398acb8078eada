//! Evidence: receipts of checks, what a re-derivation needs, and the log that shows what was done.
//!
//! A [`Receipt`] says that a check was made and how it came out, and holds nothing that identifies
//! a person or firm. A [`bundle`] holds what the check was made of, so that whoever has it
//! can re-derive the decision byte for byte (RAIL R12). Receipts go into a log before the decision
//! is returned; bundles stay with the office's case.

pub mod bundle;
mod canonical;
mod digest;
mod entry;
mod feedback;
pub mod impact;
pub mod journal;
pub mod keys;
mod receipt;
mod recorder;
pub mod replay;
mod signed;
mod suite;
pub mod verify;

pub use bundle::{AsyncBundleStore, Bundle, BundleFolder, BundleStore};
pub use canonical::{NotCanonical, canonical};
pub use digest::{ContentDigest, InvalidForm, KeyedDigest, Moment, Opening};
pub use entry::{Entry, EntryError, Failed, FailureKind};
pub use feedback::{
    Feedback, FeedbackFormat, MeasureFeedback, NotAppliedCode, ObligationFeedback, Outcome,
};
pub use journal::{
    AsyncJournal, AuditLog, AuditReader, Journal, JournalError, Ledger, LedgerError, LogState,
    Logged,
};
pub use keys::{Keys, KeysError, PublicKeys};
pub(crate) use receipt::Observed;
pub use receipt::{
    Baked, Case, DecidedBy, EngineSettings, Pinpoint, Receipt, ReceiptFormat, ReceiptLookup,
    ReceiptMeasure, ReceiptObligation, ReceiptOffice, RecordCounts, SetAsideCount, StandingCount,
};
pub use recorder::{RecordError, Recorded, Recorder};
pub use signed::{DocumentId, Payload, Signature, SignatureError, Signed};
pub use suite::{KeyError, PublicKey, Signer, Suite};
