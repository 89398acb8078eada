//! The hashes of a tree, as RFC 6962 §2.1 has them.

use std::fmt;

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

/// A SHA-256 hash of a leaf or a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; Hash::BYTES]);

impl Hash {
    /// Bytes in a hash.
    pub const BYTES: usize = 32;
    /// The root of the tree without leaves: the hash of nothing.
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// Wraps these bytes as a hash. They are not hashed.
    pub const fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// The hash of a leaf: SHA-256 of a zero byte and the entry.
    pub fn leaf(entry: &[u8]) -> Self {
        Self(Sha256::new_with_prefix([0]).chain_update(entry).finalize().into())
    }

    /// The hash of a node: SHA-256 of a one byte and both children.
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut message = [1; 1 + 2 * Self::BYTES];
        let (_, children) = message.split_at_mut(1);
        let (l, r) = children.split_at_mut(Self::BYTES);
        l.copy_from_slice(&left.0);
        r.copy_from_slice(&right.0);
        Self(Sha256::digest(message).into())
    }

    /// Reads the standard Base64 form; `None` if it is not exactly 32 bytes.
    pub fn from_base64(text: &str) -> Option<Self> {
        let mut bytes = [0; Self::BYTES];
        let read = Base64::decode(text, &mut bytes).ok()?.len();
        (read == Self::BYTES).then_some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64::encode_string(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The hashes in `bytes`, one after the other; bytes left over at the end are ignored.
pub(crate) fn hashes(bytes: &[u8]) -> Vec<Hash> {
    let (whole, _) = bytes.as_chunks::<{ Hash::BYTES }>();
    whole.iter().copied().map(Hash).collect()
}

/// The hashes one after the other.
pub(crate) fn concatenated(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}
