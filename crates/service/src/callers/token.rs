//! Tokens: 256 random bits, of which the file of the callers has the SHA-256.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

/// What a token begins with, so that whoever finds one knows what it is.
const PREFIX: &str = "mustcheck_";

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The operating system has no random bytes.
    #[error("the operating system has no random bytes")]
    NoRandom,
    /// The name is none.
    #[error("`{0}` cannot name a caller: use letters, digits and `.-_`, at most 64")]
    Name(String),
}

/// A token that was just made. It is shown once.
pub struct NewToken {
    /// The token.
    pub token: String,
    /// What the file of the callers gets: a caller that may do nothing until it is told what.
    pub entry: String,
}

impl NewToken {
    /// Makes a token for a caller.
    ///
    /// # Errors
    ///
    /// [`TokenError`] if the name is none, or without random bytes.
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

/// Whether a text can name a caller: it stands in every line of the log.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    (1..=64).contains(&name.len()) && name.bytes().all(plain) && mustcheck::redact(name) == name
}
