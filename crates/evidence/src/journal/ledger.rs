//! A log whose entries are kept elsewhere than in a folder, such as in a database.
//!
//! It is the same log: the same leaves, the same tree, the same signed checkpoints. The store of
//! the entries keeps the tree's edge and the last checkpoint with them, and replaces all three at
//! once. This module computes them, since it has the keys.

use std::borrow::Cow;

use mustcheck_log::{Checkpoint, Frontier, Hash, LONGEST_ENTRY, NoteError, SignerKey, Trust};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::stands_for;
use crate::keys::{Keys, KeysError, PublicKeys};
use mustcheck::receipts::feedback::Feedback;
use mustcheck::receipts::receipt::Receipt;
use mustcheck::receipts::signed::DocumentId;

/// Signs the checkpoints of a log that is kept elsewhere.
#[derive(Clone, Debug)]
pub struct Ledger {
    trust: Trust,
    signer: SignerKey,
}

/// Error: the state of a log is not trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The checkpoint is not of this log, or is not signed by a key that this office trusts.
    #[error("the checkpoint is not accepted")]
    Checkpoint(#[from] NoteError),
    /// The tree's edge is not that of the tree under the checkpoint.
    #[error("the tree does not fit its checkpoint of {size} entries")]
    Tree {
        /// The number of entries under the checkpoint.
        size: u64,
    },
}

/// State of a log: its tree's edge, and the checkpoint that is signed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    pub(super) frontier: Frontier,
    note: String,
}

impl LogState {
    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over them, in Base64.
    pub fn root(&self) -> String {
        self.frontier.root().to_string()
    }

    /// The peaks of the tree, one after the other.
    pub fn peaks(&self) -> Vec<u8> {
        self.frontier.to_bytes()
    }

    /// The signed checkpoint.
    pub fn checkpoint(&self) -> &str {
        &self.note
    }
}

impl Ledger {
    /// The ledger of an office's keys.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if one of the public keys is not valid.
    pub fn of(keys: &Keys) -> Result<Self, KeysError> {
        let content = |detail| KeysError::Content { path: super::PUBLIC.into(), detail };
        let trust = keys.public().trust().map_err(content)?;
        Ok(Self { trust, signer: keys.checkpoints.clone() })
    }

    /// The log's name, which is the first line of its checkpoints.
    pub fn origin(&self) -> &str {
        self.trust.origin()
    }

    /// The state of the empty log.
    pub fn empty(&self) -> LogState {
        self.signed(Frontier::default())
    }

    /// Opens a state as it was kept: the number of entries, the peaks of their tree, the
    /// checkpoint.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the three do not belong together, or not to this log: somebody else
    /// changed them.
    pub fn open(&self, size: u64, peaks: &[u8], note: &str) -> Result<LogState, LedgerError> {
        open(&self.trust, size, peaks, note)
    }

    /// The state after these entries are added, each given as its [`Logged::leaf`].
    pub fn advance<'a>(
        &self,
        state: &LogState,
        leaves: impl IntoIterator<Item = &'a [u8]>,
    ) -> LogState {
        let mut frontier = state.frontier.clone();
        for leaf in leaves {
            frontier.push(Hash::leaf(leaf));
        }
        self.signed(frontier)
    }

    fn signed(&self, frontier: Frontier) -> LogState {
        let (origin, size, root) = (self.trust.origin(), frontier.size(), frontier.root());
        let note = Checkpoint::sign(origin, size, root, &self.signer).note().to_owned();
        LogState { frontier, note }
    }
}

fn open(trust: &Trust, size: u64, peaks: &[u8], note: &str) -> Result<LogState, LedgerError> {
    let checkpoint = Checkpoint::open(note.as_bytes(), trust)?;
    let misfit = LedgerError::Tree { size: checkpoint.size() };
    let frontier = Frontier::from_bytes(size, peaks).ok_or_else(|| misfit.clone())?;
    if size != checkpoint.size() || frontier.root() != checkpoint.root() {
        return Err(misfit);
    }
    Ok(LogState { frontier, note: note.to_owned() })
}

/// Opens a state like [`Ledger::open`], with the public keys alone.
///
/// # Errors
///
/// [`KeysError`] if one of the public keys is not valid; within, [`LedgerError`] as
/// [`Ledger::open`].
pub fn believed(
    keys: &PublicKeys,
    size: u64,
    peaks: &[u8],
    note: &str,
) -> Result<Result<LogState, LedgerError>, KeysError> {
    let trust = keys.trust();
    let trust =
        trust.map_err(|detail| KeysError::Content { path: super::PUBLIC.into(), detail })?;
    Ok(open(&trust, size, peaks, note))
}

/// An entry, with what its store files it under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged<'a> {
    /// Id of the document in the entry; `None` for a failure.
    pub id: Option<DocumentId>,
    /// The receipt that it is about, if it is a feedback.
    pub about: Option<DocumentId>,
    /// Leaf of the log's tree: the entry, or the short one that refers to it if it is too long.
    pub leaf: Cow<'a, [u8]>,
    /// The entry.
    pub entry: &'a [u8],
}

impl<'a> Logged<'a> {
    /// Reads the ids in an entry, and makes its leaf.
    pub fn of(entry: &'a [u8]) -> Self {
        let (id, about) = documents(entry);
        let leaf = match entry.len() > LONGEST_ENTRY {
            true => Cow::Owned(stands_for(entry)),
            false => Cow::Borrowed(entry),
        };
        Self { id, about, leaf, entry }
    }

    /// The whole entry, if it is too long to be the leaf itself.
    pub fn large(&self) -> Option<&'a [u8]> {
        matches!(self.leaf, Cow::Owned(_)).then_some(self.entry)
    }

    /// The hash of its leaf (RFC 6962 §2.1).
    pub fn hash(&self) -> [u8; 32] {
        *Hash::leaf(&self.leaf).as_bytes()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Written<'a> {
    Receipt(#[serde(borrow)] Payload<'a>),
    Feedback(#[serde(borrow)] Payload<'a>),
    Failure(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// The part of a feedback that names its receipt; other fields are ignored.
#[derive(Deserialize)]
struct About {
    receipt: DocumentId,
}

/// Id of the document in an entry, and id of the receipt that it is about. Bytes that are no entry
/// have neither.
fn documents(entry: &[u8]) -> (Option<DocumentId>, Option<DocumentId>) {
    let text = std::str::from_utf8(entry).ok();
    match text.and_then(|text| serde_json::from_str(text).ok()) {
        Some(Written::Receipt(Payload { payload })) => {
            (Some(DocumentId::of::<Receipt>(payload.get().as_bytes())), None)
        }
        Some(Written::Feedback(Payload { payload })) => {
            let about = serde_json::from_str(payload.get()).ok();
            let id = DocumentId::of::<Feedback>(payload.get().as_bytes());
            (Some(id), about.map(|About { receipt }| receipt))
        }
        Some(Written::Failure(_)) | None => (None, None),
    }
}
