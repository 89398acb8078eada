//! A tamper-evident, durable log of opaque entries, in the published format of
//! [C2SP tlog-tiles](https://c2sp.org/tlog-tiles): a Merkle tree of RFC 6962 in files, with
//! signed [checkpoints](https://c2sp.org/tlog-checkpoint) and proofs that are
//! [one text file](https://c2sp.org/tlog-proof).
//!
//! ```
//! use mustcheck_log::{Log, Reader, Settings, SignerKey, verify};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let directory = folder.path().join("log");
//! # let seed = [1; 32]; // in earnest: secret and random
//! let origin = "mustcheck.example/office-310000";
//! let settings = Settings::new(origin, SignerKey::from_seed(origin, &seed)?);
//! let trust = settings.trust()?;
//! let log = Log::open_or_create(&directory, settings)?;
//! let appended = log.append(b"a receipt")?; // on the disk when it returns
//! assert_eq!(appended.index, 0);
//! let kept = log.close()?; // published, for other readers of tlog-tiles
//!
//! assert!(verify(&directory, &trust)?.is_sound());
//! let proof = Reader::open(&directory, &trust)?.prove(0)?.to_string();
//! // Years later, with this text, the receipt and the public key alone:
//! let proof: mustcheck_log::Proof = proof.parse()?;
//! assert_eq!(proof.verify(b"a receipt", &trust)?, kept);
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! - When [`Log::append`] returns, the disk says that it has the entry. An entry counts once a
//!   signed checkpoint that covers it is whole on the disk; nothing half-written is ever read.
//! - When it returns an error, the entry is not in the log, and the next call may succeed; the
//!   one exception is [`Error::Unsettled`].
//! - Any number of threads and of processes on one machine may append, and anyone may read and
//!   verify meanwhile. The directory must be on a local file system, whose locks hold.
//! - [`verify()`] finds every changed bit of the log and every entry, tile or file that was
//!   removed, added, moved, repeated or cut, and says in which file and at which entries.
//!
//! # What cannot be found
//!
//! - **An older state of the whole directory, put back, is a true log: it was signed like this.**
//!   So is a journal from whose end whole batches were cut, down to the last published
//!   checkpoint. Only a reader who kept a later [`Checkpoint`] finds it, by
//!   [`Verify::since`]: keep the one that each [`Report`] or [`Appended`] gives, away from this
//!   machine. (A running [`Log`] keeps its last one in memory and refuses to go on.)
//! - A holder of the signing key can write another history. A comparison with a kept checkpoint
//!   shows it; without one it is not found.
//! - Unused partial tiles of older published checkpoints may be gone; the specification allows
//!   it once their full tile is there. Extra files are noticed, and do not make a log unsound.
//! - An incremental verification trusts the bundles before the kept checkpoint. It proves that
//!   the tree continues; only a verification of the whole log checks that the old entries are
//!   still whole.

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
pub use merkle::{Frontier, verify_consistency, verify_inclusion};
pub use note::{NoteError, SignerKey, VerifierKey};
pub use proof::{Proof, ProofError};
pub use reader::{Entries, Reader};
pub use tile::{Bundle, LONGEST_ENTRY, WIDTH};
pub use verify::{Progress, Verify, verify};
