//! Idempotency keys (draft-ietf-httpapi-idempotency-key): the same request twice is one check.
//!
//! A key belongs to one caller and one request. What is kept is the answer of a request that
//! succeeded; one that failed gives its key back, so that it may be corrected or tried again. So
//! does one whose answer does not last: what is undetermined today is not tomorrow.

mod database;
mod memory;
mod requests_key;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName};
use mustcheck_evidence::DocumentId;
use mustcheck_postgres::Claim;

pub use database::DatabaseKeys;
pub use memory::MemoryKeys;
pub use requests_key::RequestsKey;

use crate::problem::{Kind, Problem};

/// The header.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// What says that an answer was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key, in bytes.
const LONGEST: usize = 255;

/// What a caller calls its request. It is kept as a digest: callers may make it of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a request of a caller, if it has one.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidKey`].
    pub(crate) fn of(headers: &HeaderMap, caller: &str) -> Result<Option<Self>, Problem> {
        let mut given = headers.get_all(HEADER).iter();
        let Some(key) = given.next() else { return Ok(None) };
        let invalid = || Problem::new(Kind::InvalidKey);
        let text = key.to_str().map_err(|_| invalid())?;
        // The draft has a quoted string; most clients send the bare text.
        let text = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
        let plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        if given.next().is_some() || !plain || !(1..=LONGEST).contains(&text.len()) {
            return Err(invalid());
        }
        Ok(Some(Self(digest(&[caller.as_bytes(), text.as_bytes()]))))
    }

    /// The digest.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// SHA-256 of parts, each with its length, so that nothing runs together.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    use sha2::{Digest as _, Sha256};
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(length(part));
        digest.update(part);
    }
    digest.finalize().into()
}

fn length(part: &[u8]) -> [u8; 8] {
    u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes()
}

/// How it stands with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nobody has used it. It is now in use, until [`Idempotency::finish`]. A check ties its
    /// receipt to the claim, if there is one.
    Fresh(Option<Claim>),
    /// Who worked on it is gone, and its check is on record: the answer is made of that. It is in
    /// use, too.
    Recorded(DocumentId),
    /// The same request was answered with this body.
    Done(Bytes),
    /// The same request is being worked on.
    InProgress,
    /// It belongs to another request.
    Conflict,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was answered so: whoever asks again gets the same.
    Kept(Bytes),
    /// It was answered, and the answer does not last: whoever asks again is answered anew.
    Passing,
    /// It failed. What it put on record before stays its own.
    Failed,
}

/// Where keys are kept.
#[derive(Debug)]
pub enum Idempotency {
    /// In this process: they are gone when it ends.
    Memory(MemoryKeys),
    /// In a database that replicas share.
    Database(DatabaseKeys),
}

impl Idempotency {
    /// The digest that tells a request from others: of its parts, under a key wherever somebody
    /// else than this process may read it.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        match self {
            Self::Memory(_) => digest(parts),
            Self::Database(keys) => keys.digest(parts),
        }
    }

    /// Takes a key into use for a request with this digest.
    ///
    /// # Errors
    ///
    /// [`Kind::Unavailable`] if where keys are kept cannot be reached.
    pub async fn begin(&self, key: Key, request: [u8; 32]) -> Result<Begun, Problem> {
        match self {
            Self::Memory(keys) => Ok(keys.begin(key, request)),
            Self::Database(keys) => keys.begin(key, request).await,
        }
    }

    /// Keeps the answer, or gives the key back.
    pub async fn finish(&self, key: Key, end: End) {
        match self {
            Self::Memory(keys) => keys.finish(key, end),
            Self::Database(keys) => keys.finish(key, end).await,
        }
    }

    /// Forgets what is too old, where that does not happen by itself.
    pub(crate) async fn expire(&self) {
        if let Self::Database(keys) = self {
            keys.expire().await;
        }
    }

    /// How many keys are kept here, or are being answered here if replicas share them.
    pub fn len(&self) -> usize {
        match self {
            Self::Memory(keys) => keys.len(),
            Self::Database(keys) => keys.len(),
        }
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
