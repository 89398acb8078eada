//! Evidence: bundles in a folder, the audit log, keys, and what an auditor does with them.
//!
//! A [`Receipt`] says that a check was made and how it came out, and holds nothing that identifies
//! a person or firm. A [`bundle`] holds what the check was made of, so that its holder can derive
//! the decision again, byte for byte (RAIL R12). Receipts go into a log before the decision is
//! returned; bundles stay with the office's case.

pub mod bundle;
pub mod impact;
pub mod journal;
pub mod keys;
pub mod replay;
pub mod verify;

pub use bundle::BundleFolder;
pub use journal::{AuditLog, AuditReader, Ledger, LedgerError, LogState, Logged};
pub use keys::{Keys, KeysError, PublicKeys};
pub use mustcheck::receipts::*;
