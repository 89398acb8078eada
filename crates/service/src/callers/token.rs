//! Tokens: 256 random bits, of which the file of the callers has the SHA-256.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

/// Prefix of every token, so that whatever finds a leaked one recognizes it.
const PREFIX: &str = "mustcheck_";

/// Error: no token was made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The operating system has no random bytes.
    #[error("the operating system has no random bytes")]
    NoRandom,
    /// The name cannot name a caller.
    #[error("`{0}` cannot name a caller: use letters, digits and `.-_`, at most 64")]
    Name(String),
}

/// A token that was just made. It is shown once: only its SHA-256 is stored.
pub struct NewToken {
    /// The token.
    pub token: String,
    /// The entry for the file of the callers, in TOML: a caller that may do nothing until roles,
    /// matters and regions are filled in.
    pub entry: String,
}

impl NewToken {
    /// Makes a token for a caller.
    ///
    /// # Errors
    ///
    /// [`TokenError`] if the name cannot name a caller, or if there are no random bytes.
    pub fn make(name: &str) -> Result<Self, TokenError> {
        if !is_name(name) {
            return Err(TokenError::Name(crate::told::quotable(name)));
        }
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| TokenError::NoRandom)?;
        let token = format!("{PREFIX}{}", Base64UrlUnpadded::encode_string(&bytes));
        let digest = const_hex::encode(Sha256::digest(token.as_bytes()));
        let entry = format!(
            "[[callers]]\nname = \"{name}\"\ntoken_sha256 = [\"{digest}\"]\nroles = []\nmatters = \
             []\nregions = []\n"
        );
        Ok(Self { token, entry })
    }
}

/// Whether a text can name a caller. The name is in the log line of each of the caller's requests,
/// so it must not look like an identifier.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    (1..=64).contains(&name.len()) && name.bytes().all(plain) && mustcheck::redact(name) == name
}
