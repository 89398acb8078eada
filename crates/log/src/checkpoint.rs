//! Checkpoints (C2SP tlog-checkpoint): signed statements of a log's size and root.

use std::fmt;

use crate::hash::Hash;
use crate::note::{self, NoteError, SignerKey, VerifierKey};

/// The one log whose checkpoints are trusted, and the keys that may have signed them: its key, and
/// those it had before.
#[derive(Clone, Debug)]
pub struct Trust {
    origin: String,
    keys: Vec<VerifierKey>,
}

impl Trust {
    /// The log of this origin, such as `mustcheck.example/office-310000`, and its keys.
    ///
    /// # Errors
    /// [`NoteError::BadOrigin`] if the origin is empty or has control characters.
    pub fn new(
        origin: &str,
        keys: impl IntoIterator<Item = VerifierKey>,
    ) -> Result<Self, NoteError> {
        if origin.is_empty() || origin.chars().any(char::is_control) {
            return Err(NoteError::BadOrigin(origin.to_owned()));
        }
        Ok(Self { origin: origin.to_owned(), keys: keys.into_iter().collect() })
    }

    /// The first line of the log's checkpoints.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The keys.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }
}

/// A signed checkpoint from a trusted key: the number of entries, and the root over them.
#[derive(Clone, PartialEq, Eq)]
pub struct Checkpoint {
    size: u64,
    root: Hash,
    note: String,
}

impl Checkpoint {
    /// Reads a signed checkpoint, and checks that it is of the log and by a key of `trust`.
    ///
    /// # Errors
    /// [`NoteError`] if it is not a signed note, not a checkpoint, of another log, or not signed by
    /// a trusted key.
    pub fn open(note: &[u8], trust: &Trust) -> Result<Self, NoteError> {
        let text = note::open(note, &trust.keys)?;
        let (origin, size, root) = parse(text).ok_or(NoteError::NotCheckpoint)?;
        if origin != trust.origin {
            let (expected, found) = (trust.origin.clone(), origin.to_owned());
            return Err(NoteError::Origin { expected, found });
        }
        let note = String::from_utf8(note.to_vec()).map_err(|_| NoteError::Malformed)?;
        Ok(Self { size, root, note })
    }

    /// Signs that the log `origin` has `size` entries with this root. It is for a log whose entries
    /// are kept elsewhere than in files: the signer vouches that all of them are kept.
    pub fn sign(origin: &str, size: u64, root: Hash, signer: &SignerKey) -> Self {
        let note = signer.sign(&format!("{origin}\n{size}\n{root}\n"));
        Self { size, root, note }
    }

    /// The number of entries in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The signed note, byte for byte, for an auditor to keep.
    pub fn note(&self) -> &str {
        &self.note
    }
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checkpoint({} {})", self.size, self.root)
    }
}

/// Origin, size and root of a note's text. Extension lines are skipped, and signatures are not
/// looked at.
fn parse(text: &str) -> Option<(&str, u64, Hash)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let origin = lines.next().filter(|origin| !origin.is_empty())?;
    let digits = lines.next()?;
    let size: u64 = digits.parse().ok()?;
    let root = Hash::from_base64(lines.next()?)?;
    let canonical = size.to_string() == digits && lines.all(|line| !line.is_empty());
    canonical.then_some((origin, size, root))
}

/// The size that a note claims. Its signatures are not checked.
pub(crate) fn claimed_size(note: &[u8]) -> Option<u64> {
    let note = std::str::from_utf8(note).ok()?;
    let (text, _) = note.split_at_checked(note.rfind("\n\n")? + 1)?;
    parse(text).map(|(_, size, _)| size)
}
