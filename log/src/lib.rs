//! A tamper-evident log.
#![forbid(unsafe_code)]

mod checkpoint;
mod disk;
mod edge;
mod error;
mod finding;
mod hash;
mod log;
mod merkle;
mod note;
mod proof;
mod reader;
mod tail;
mod tile;
mod tree;
mod verify;
mod writer;

pub use checkpoint::{Checkpoint, Trust};
pub use error::Error;
pub use finding::{Finding, Kind, Report, Severity};
pub use hash::Hash;
pub use log::{Appended, Durability, Log, Settings};
pub use merkle::{verify_consistency, verify_inclusion};
pub use note::{NoteError, SignerKey, VerifierKey};
pub use proof::{Proof, ProofError};
pub use reader::{Entries, Reader};
pub use tile::{Bundle, LONGEST_ENTRY, WIDTH};
pub use verify::{Progress, Verify, verify};
