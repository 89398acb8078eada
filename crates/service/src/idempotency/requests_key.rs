//! The key under which requests are digested if their digests are kept in a database.

use std::fmt;
use std::io::{Error, ErrorKind};
use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use mustcheck_evidence::Keys;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::config::ConfigError;
use crate::owner::read_private;

/// Purpose for which the key is derived.
const PURPOSE: &str = "mustcheck requests 1";

/// A key that replicas share, and that a reader of their database does not have. So a digest under
/// it (HMAC-SHA-256) does not show that reader which request was made.
// RAIL R13
#[derive(Clone)]
pub struct RequestsKey(Hmac<Sha256>);

impl RequestsKey {
    /// Derives the key from those that sign the records. Replicas of one log get the same.
    pub fn of(keys: &Keys) -> Option<Self> {
        Self::new(&keys.derived(PURPOSE))
    }

    /// Reads the key from a file: 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Io`] if it cannot be read, if others can use it, or if it holds no key.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let text = read_private(path)?;
        let bytes = const_hex::decode_to_array::<_, 32>(text.trim()).ok().map(Zeroizing::new);
        bytes.and_then(|bytes| Self::new(&bytes)).ok_or_else(|| {
            // The text may be a secret of another kind, and is not quoted.
            let detail = "it is not 64 hexadecimal digits, such as `openssl rand -hex 32` gives";
            let source = Error::new(ErrorKind::InvalidData, detail);
            ConfigError::Io { path: path.display().to_string(), source }
        })
    }

    fn new(bytes: &[u8; 32]) -> Option<Self> {
        // HMAC refuses no length.
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// Digest of parts, each with its length, so that parts do not run together.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut digest = self.0.clone();
        for part in parts {
            digest.update(&super::length(part));
            digest.update(part);
        }
        digest.finalize().into_bytes().into()
    }
}

impl fmt::Debug for RequestsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestsKey(…)")
    }
}
