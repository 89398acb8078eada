//! Signed documents: a payload in canonical JSON, and signatures over it (DSSE's encoding).

use std::fmt;
use std::str::FromStr;

use serde::de::{self, DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

use crate::receipts::canonical::{self, NotCanonical, canonical};
use crate::receipts::digest::{InvalidForm, as_text, unhex};
pub use crate::receipts::payload::{DocumentId, Payload};
use crate::receipts::suite::{KeyError, PublicKey, Signer, Suite};

/// A document with its signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "T: DeserializeOwned"))]
pub struct Signed<T> {
    /// The document that is signed.
    pub payload: T,
    /// The signatures; at least one.
    pub signatures: Vec<Signature>,
}

/// A signature over the DSSE encoding of the payload's type and its canonical JSON (RFC 8785).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The id of the key.
    pub key: String,
    /// 64 bytes in hexadecimal; for SM2, r and s.
    pub signature: SignatureBytes,
}

/// The bytes of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureBytes([u8; 64]);

impl fmt::Display for SignatureBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(const_hex::Buffer::<64>::new().format(&self.0))
    }
}

impl FromStr for SignatureBytes {
    type Err = InvalidForm;

    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        unhex(text).map(Self).ok_or(InvalidForm("128 lower-case hexadecimal digits"))
    }
}

as_text!(SignatureBytes, "^[0-9a-f]{128}$");

/// Error: a signature proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Nobody signed.
    #[error("it is not signed")]
    Unsigned,
    /// The key is not among those that are trusted.
    #[error("key `{key}` is not among the public keys")]
    UnknownKey {
        /// Its id.
        key: String,
    },
    /// The document names other algorithms than the key's.
    #[error("key `{key}` is of suite `{of_key}` and the document names `{named}`")]
    OtherSuite {
        /// The key's id.
        key: String,
        /// The key's suite.
        of_key: Suite,
        /// Suite that the document names.
        named: Suite,
    },
    /// The signature is not the key's over this document.
    #[error("the signature of key `{key}` does not fit the document")]
    Wrong {
        /// The key's id.
        key: String,
    },
}

/// A document that was just signed, with the bytes that were made of it on the way.
pub struct Sealed<T> {
    /// Its id.
    pub id: DocumentId,
    /// The document.
    pub signed: Signed<T>,
    /// The canonical JSON of `signed`.
    pub bytes: Vec<u8>,
}

impl<T: Payload> Signed<T> {
    /// Signs a payload.
    pub fn seal(payload: T, signer: &Signer) -> Result<Sealed<T>, KeyError> {
        // The payload's types are our own, and none of them fails to be written.
        let json = canonical(&payload).unwrap_or_default();
        let signature = SignatureBytes(signer.sign(&encoding::<T>(&json))?);
        let signatures = vec![Signature { key: signer.id().to_owned(), signature }];
        let tail = canonical(&signatures).unwrap_or_default();
        let bytes = [b"{\"payload\":", &*json, b",\"signatures\":", &tail, b"}"].concat();
        let id = DocumentId::of::<T>(&json);
        Ok(Sealed { id, signed: Self { payload, signatures }, bytes })
    }

    /// Signs a payload.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the key cannot sign.
    pub fn new(payload: T, signer: &Signer) -> Result<Self, KeyError> {
        Ok(Self::seal(payload, signer)?.signed)
    }

    /// Reads a document, every byte of which counts.
    ///
    /// # Errors
    ///
    /// [`NotCanonical`] with the place if it is not of its shape or not in canonical JSON.
    pub fn from_json(json: &[u8]) -> Result<Self, NotCanonical> {
        canonical::read(json)
    }

    /// The document's canonical JSON.
    pub fn to_json(&self) -> Vec<u8> {
        canonical(self).unwrap_or_default()
    }

    /// The document's id.
    pub fn id(&self) -> DocumentId {
        DocumentId::of::<T>(&canonical(&self.payload).unwrap_or_default())
    }

    /// Checks every signature with the key that it names.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] if there is none, if a key is unknown, or if one does not fit.
    pub fn verify<'k>(
        &self,
        key: impl Fn(&str) -> Option<&'k PublicKey>,
    ) -> Result<(), SignatureError> {
        if self.signatures.is_empty() {
            return Err(SignatureError::Unsigned);
        }
        let message = encoding::<T>(&canonical(&self.payload).unwrap_or_default());
        let named = self.payload.suite();
        for Signature { key: id, signature } in &self.signatures {
            let named_key =
                key(id).ok_or_else(|| SignatureError::UnknownKey { key: id.clone() })?;
            let of_key = named_key.suite();
            if of_key != named {
                return Err(SignatureError::OtherSuite { key: id.clone(), of_key, named });
            }
            if !named_key.verifies(&message, &signature.0) {
                return Err(SignatureError::Wrong { key: id.clone() });
            }
        }
        Ok(())
    }
}

/// Returns the bytes that are signed: DSSE's pre-authentication encoding of type and payload.
fn encoding<T: Payload>(json: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {} {} ", T::TYPE.len(), T::TYPE, json.len());
    [head.as_bytes(), json].concat()
}
