//! The key that requests are digested under where their digests are kept.

use std::fmt;
use std::io::{Error, ErrorKind};
use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use mustcheck_evidence::Keys;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::config::ConfigError;
use crate::owner::read_private;

/// What the key is derived for.
const PURPOSE: &str = "mustcheck requests 1";

/// A key that replicas share, and that whoever reads their database does not have: a digest under
/// it (HMAC-SHA-256) says of no request whether it is the one that was made.
// RAIL R13
#[derive(Clone)]
pub struct RequestsKey(Hmac<Sha256>);

impl RequestsKey {
    /// The key that follows from those that sign the records. Replicas on one log have the same.
    pub fn of(keys: &Keys) -> Option<Self> {
        Self::new(&keys.derived(PURPOSE))
    }

    /// The key in a file: 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Io`] if it cannot be read, if others can use it, or if it holds no key.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let text = read_private(path)?;
        let bytes = const_hex::decode_to_array::<_, 32>(text.trim()).ok().map(Zeroizing::new);
        bytes.and_then(|bytes| Self::new(&bytes)).ok_or_else(|| {
            // What stands there may be a secret of another kind, and is not quoted.
            let detail = "it is not 64 hexadecimal digits, such as `openssl rand -hex 32` gives";
            let source = Error::new(ErrorKind::InvalidData, detail);
            ConfigError::Io { path: path.display().to_string(), source }
        })
    }

    fn new(bytes: &[u8; 32]) -> Option<Self> {
        // No length is refused.
        Hmac::new_from_slice(bytes).ok().map(Self)
    }

    /// The digest of parts, each with its length, so that nothing runs together.
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
