//! Payloads of signed documents, and their ids.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::receipts::digest::{InvalidForm, Moment, as_text, unhex};
use crate::receipts::suite::Suite;

/// A kind of document that is signed.
pub trait Payload: Serialize + DeserializeOwned {
    /// Its media type, which is signed with it, so that a receipt never passes for a feedback.
    const TYPE: &'static str;
    /// The first letter of its ids.
    const LETTER: char;
    /// The word for it in messages.
    const NAME: &'static str;

    /// The algorithms that it names.
    fn suite(&self) -> Suite;

    /// The moment at which it says that it was made.
    fn made_at(&self) -> Moment;
}

/// Id of a signed document: a letter, and 32 digits of the SHA-256 of its payload's canonical JSON.
/// A receipt's letter is `r`, a feedback's `f`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(String);

impl DocumentId {
    /// The id of a payload's canonical JSON.
    pub fn of<T: Payload>(payload: &[u8]) -> Self {
        let digest = const_hex::encode(Sha256::digest(payload));
        Self(format!("{}{}", T::LETTER, digest.get(..32).unwrap_or_default()))
    }

    /// Whether it is a receipt's.
    pub fn is_receipt(&self) -> bool {
        self.0.starts_with('r')
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DocumentId {
    type Err = InvalidForm;

    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        let digits = text.strip_prefix(['r', 'f']);
        match digits.and_then(unhex::<16>) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(InvalidForm("`r` or `f` and 32 lower-case hexadecimal digits")),
        }
    }
}

as_text!(DocumentId, "^[rf][0-9a-f]{32}$");
