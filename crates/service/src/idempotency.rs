//! Idempotency keys (draft-ietf-httpapi-idempotency-key): the same request twice is one check.
//!
//! A key belongs to one caller and one request. The answer of a request that succeeded is kept. A
//! request that failed gives its key back, so that it may be corrected or tried again. So does a
//! request whose answer does not last: a check that is undetermined now may be answered later.

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

/// Header with the caller's key.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Header that marks an answer that was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in bytes.
const LONGEST: usize = 255;

/// A caller's key for its request. It is kept as a digest, because callers may make it of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// Reads the key of a caller's request, if it has one.
    ///
    /// # Errors
    ///
    /// [`Kind::InvalidKey`] if there are two, or if it is not 1 to 255 visible ASCII characters.
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

    /// The digest (SHA-256) of the caller and its key.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// SHA-256 of parts, each with its length, so that parts do not run together.
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

/// State of a key at the beginning of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The key is new. It is now in use, until [`Idempotency::finish`]. A check ties its receipt to
    /// the claim, if there is one.
    Fresh(Option<Claim>),
    /// The replica that worked on the request is gone, but its check is on record: the answer is
    /// made from that record. The key is in use, too.
    Recorded(DocumentId),
    /// The same request was answered with this body.
    Done(Bytes),
    /// The same request is in progress.
    InProgress,
    /// The key belongs to another request.
    Conflict,
}

/// Outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was answered with this body, which the same request gets again.
    Kept(Bytes),
    /// It was answered, but the answer does not last: the same request is answered anew.
    Passing,
    /// It failed. A receipt that it recorded before stays tied to its key.
    Failed,
}

/// A store of keys.
#[derive(Debug)]
pub enum Idempotency {
    /// In this process: they are gone when it ends.
    Memory(MemoryKeys),
    /// In a database that replicas share.
    Database(DatabaseKeys),
}

impl Idempotency {
    /// Digest of a request's parts, which tells it from others. It is made under a key (HMAC) where
    /// others than this process may read it.
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
    /// [`Kind::Unavailable`] if the store of keys cannot be reached.
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

    /// Forgets keys that are too old, in a store that does not do so by itself.
    pub(crate) async fn expire(&self) {
        if let Self::Database(keys) = self {
            keys.expire().await;
        }
    }

    /// Number of keys that are kept here; if replicas share them, of those whose requests are in
    /// progress here.
    pub fn len(&self) -> usize {
        match self {
            Self::Memory(keys) => keys.len(),
            Self::Database(keys) => keys.len(),
        }
    }

    /// Whether that number is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
