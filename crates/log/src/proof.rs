//! Proofs that an entry is in a log (C2SP tlog-proof): one text file, checked offline.

use std::fmt::Write;
use std::str::FromStr;

use crate::checkpoint::{Checkpoint, Trust};
use crate::hash::Hash;
use crate::merkle;
use crate::note::NoteError;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Largest number of hashes in a proof: a tree has no more levels than an index has bits.
const LONGEST_PATH: usize = 64;

/// Proof that an entry is in the log under a checkpoint. Its text form is a `.tlog-proof` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    index: u64,
    path: Vec<Hash>,
    note: String,
}

/// Error: a proof was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The text is not a proof.
    #[error("not a proof of inclusion: {0}")]
    Malformed(&'static str),
    /// The checkpoint in it was not accepted.
    #[error("the checkpoint of the proof is not accepted")]
    Checkpoint(#[from] NoteError),
    /// The entry is not the one that the proof is about, or the path does not lead to the root.
    #[error("the entry is not entry {index} of the log of {size} entries")]
    NotIncluded {
        /// The index that the proof is for.
        index: u64,
        /// The number of entries under its checkpoint.
        size: u64,
    },
}

impl Proof {
    pub(crate) fn new(index: u64, path: Vec<Hash>, note: String) -> Self {
        Self { index, path, note }
    }

    /// The index of the entry that it is about.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The signed checkpoint in the proof, not checked.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// Checks that `entry` is in the log that `trust` names; needs nothing else. Returns the
    /// checkpoint in the proof.
    ///
    /// # Errors
    /// The checkpoint is not accepted, or the entry is not under it.
    pub fn verify(&self, entry: &[u8], trust: &Trust) -> Result<Checkpoint, ProofError> {
        let checkpoint = Checkpoint::open(self.note.as_bytes(), trust)?;
        let (leaf, index, size) = (Hash::leaf(entry), self.index, checkpoint.size());
        if merkle::verify_inclusion(&leaf, index, size, &self.path, &checkpoint.root()) {
            Ok(checkpoint)
        } else {
            Err(ProofError::NotIncluded { index, size })
        }
    }
}

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = format!("{FIRST_LINE}\nindex {}\n", self.index);
        for hash in &self.path {
            writeln!(text, "{hash}")?;
        }
        write!(f, "{text}\n{}", self.note)
    }
}

impl FromStr for Proof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        let malformed = ProofError::Malformed;
        let (head, note) = text.split_once("\n\n").ok_or(malformed("no checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(malformed("its first line is another"));
        }
        let mut line = lines.next();
        if line.is_some_and(|line| line.starts_with("extra ")) {
            // This part is not authenticated, and nothing here has a use for it.
            line = lines.next();
        }
        let digits = line.and_then(|line| line.strip_prefix("index "));
        let digits = digits.ok_or(malformed("no index"))?;
        let index: u64 = digits.parse().map_err(|_| malformed("the index is not a number"))?;
        if index.to_string() != digits {
            return Err(malformed("the index is not a number"));
        }
        let path: Option<Vec<Hash>> = lines.map(Hash::from_base64).collect();
        let path = path.ok_or(malformed("a line is not a hash"))?;
        if path.len() > LONGEST_PATH {
            return Err(malformed("it has too many hashes"));
        }
        Ok(Self { index, path, note: note.to_owned() })
    }
}
