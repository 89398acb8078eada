//! The two suites of algorithms: which digest, and which signature.

use std::fmt;

use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sm3::Sm3;
use zeroize::Zeroizing;

use crate::receipts::digest::{KeyedDigest, Opening, unhex};

#[cfg(test)]
mod tests;

/// Algorithms that belong together.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum Suite {
    /// Ed25519 (RFC 8032) and HMAC-SHA-256.
    #[default]
    #[serde(rename = "ed25519-sha256")]
    Ed25519Sha256,
    /// SM2 (GB/T 32918.2-2016) and HMAC-SM3 (GB/T 32905-2016), which systems of Chinese
    /// authorities have to use.
    #[serde(rename = "sm2-sm3")]
    Sm2Sm3,
}

/// The identifier that SM2 signs under where the parties agreed on none (GM/T 0009-2012).
const SM2_ID: &str = "1234567812345678";

impl Suite {
    /// Every suite.
    pub const ALL: [Self; 2] = [Self::Ed25519Sha256, Self::Sm2Sm3];

    /// The code in JSON and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ed25519Sha256 => "ed25519-sha256",
            Self::Sm2Sm3 => "sm2-sm3",
        }
    }

    /// Returns the digest of the bytes at one place of a document, under the key of one receipt.
    /// The name of the place is digested too, so that no text passes for that of another place.
    pub fn keyed(self, opening: &Opening, place: &str, bytes: &[u8]) -> KeyedDigest {
        KeyedDigest(match self {
            Self::Ed25519Sha256 => {
                let mac = Hmac::<Sha256>::new(&padded(opening.bytes()));
                mac.chain_update(place)
                    .chain_update([0])
                    .chain_update(bytes)
                    .finalize()
                    .into_bytes()
                    .into()
            }
            Self::Sm2Sm3 => {
                let mac = Hmac::<Sm3>::new(&padded(opening.bytes()));
                mac.chain_update(place)
                    .chain_update([0])
                    .chain_update(bytes)
                    .finalize()
                    .into_bytes()
                    .into()
            }
        })
    }
}

/// A key as long as a block of the digest, which is what HMAC makes of a shorter one.
fn padded<T: Default + AsMut<[u8]>>(key: &[u8]) -> T {
    let mut block = T::default();
    for (byte, own) in block.as_mut().iter_mut().zip(key) {
        *byte = *own;
    }
    block
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Error: bytes are no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a point of the curve, or not written as one.
    #[error("it is no public key of suite `{0}`")]
    Public(Suite),
    /// Not a number that can be a secret.
    #[error("it is no secret key of suite `{0}`")]
    Secret(Suite),
    /// The operating system has no random bytes.
    #[error("the operating system has no random bytes")]
    NoRandom,
}

/// A key that verifies signatures.
#[derive(Clone, Debug)]
pub struct PublicKey {
    inner: Public,
    /// Its hexadecimal form.
    hex: String,
}

#[derive(Clone, Debug)]
enum Public {
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    Sm2(Box<sm2::dsa::VerifyingKey>),
}

impl PublicKey {
    /// Reads a key from hexadecimal digits: 32 bytes of Ed25519, or the uncompressed point of SM2
    /// (65 bytes, the first 04).
    ///
    /// # Errors
    ///
    /// [`KeyError::Public`] if they are no key of the suite.
    pub fn from_hex(suite: Suite, hex: &str) -> Result<Self, KeyError> {
        let none = KeyError::Public(suite);
        let inner = match suite {
            Suite::Ed25519Sha256 => {
                let bytes = unhex::<32>(hex).ok_or(none)?;
                let key = ed25519_dalek::VerifyingKey::from_bytes(&bytes).map_err(|_| none)?;
                // Under a key of small order, one signature fits many texts.
                if key.is_weak() {
                    return Err(none);
                }
                Public::Ed25519(Box::new(key))
            }
            Suite::Sm2Sm3 => {
                let bytes = unhex::<65>(hex).ok_or(none)?;
                let key = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_ID, &bytes);
                Public::Sm2(Box::new(key.map_err(|_| none)?))
            }
        };
        Ok(Self { inner, hex: hex.to_owned() })
    }

    /// Its suite.
    pub const fn suite(&self) -> Suite {
        match self.inner {
            Public::Ed25519(_) => Suite::Ed25519Sha256,
            Public::Sm2(_) => Suite::Sm2Sm3,
        }
    }

    /// Returns the form that [`PublicKey::from_hex`] reads.
    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// Eight digits that tell this key from others.
    pub fn short(&self) -> String {
        let digest = Sha256::digest([self.suite().code(), ":", &self.hex].concat());
        const_hex::encode(digest).get(..8).unwrap_or_default().to_owned()
    }

    /// Whether a signature over a message is this key's.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        match &self.inner {
            Public::Ed25519(key) => {
                let signature = ed25519_dalek::Signature::from_bytes(signature);
                // Strictly: a signature that some verifiers take and others refuse proves nothing.
                key.verify_strict(message, &signature).is_ok()
            }
            Public::Sm2(key) => {
                use sm2::dsa::signature::Verifier as _;
                sm2::dsa::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.suite() == other.suite() && self.hex == other.hex
    }
}

impl Eq for PublicKey {}

/// A key that makes signatures. Its secret is overwritten when it is dropped.
pub struct Signer {
    /// Id of the key in a document.
    id: String,
    secret: Secret,
    public: PublicKey,
}

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Sm2(Zeroizing<[u8; 32]>, Box<sm2::dsa::SigningKey>),
}

impl Signer {
    /// The signer of a secret key of 32 bytes.
    ///
    /// # Errors
    ///
    /// [`KeyError::Secret`] if the bytes are no key of the suite.
    pub fn new(name: &str, suite: Suite, secret: &[u8; 32]) -> Result<Self, KeyError> {
        let (secret, hex) = match suite {
            Suite::Ed25519Sha256 => {
                let key = ed25519_dalek::SigningKey::from_bytes(secret);
                let public = const_hex::encode(key.verifying_key().as_bytes());
                (Secret::Ed25519(Box::new(key)), public)
            }
            Suite::Sm2Sm3 => {
                let key = sm2::dsa::SigningKey::from_slice(SM2_ID, secret);
                let key = key.map_err(|_| KeyError::Secret(suite))?;
                let public = const_hex::encode(key.verifying_key().to_sec1_bytes());
                (Secret::Sm2(Zeroizing::new(*secret), Box::new(key)), public)
            }
        };
        let public = PublicKey::from_hex(suite, &hex)?;
        Ok(Self { id: format!("{name}+{}", public.short()), secret, public })
    }

    /// A fresh key from the operating system.
    ///
    /// # Errors
    ///
    /// [`KeyError::NoRandom`] if the operating system has no random bytes.
    pub fn fresh(name: &str, suite: Suite) -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0; 32]);
        loop {
            getrandom::fill(&mut *secret).map_err(|_| KeyError::NoRandom)?;
            match Self::new(name, suite, &secret) {
                // Of SM2, 2^-32 of all bytes are no key.
                Err(KeyError::Secret(_)) => continue,
                made => return made,
            }
        }
    }

    /// Returns the id of the key in a document: a name, `+`, and eight digits of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the key that verifies its signatures.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The secret, to be kept.
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        match &self.secret {
            Secret::Ed25519(key) => Zeroizing::new(key.to_bytes()),
            Secret::Sm2(bytes, _) => bytes.clone(),
        }
    }

    /// A key for another purpose: HMAC-SHA-256 of the purpose under the secret.
    pub fn derived(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mac = Hmac::<Sha256>::new(&padded(&*self.secret()));
        Zeroizing::new(mac.chain_update(purpose).finalize().into_bytes().into())
    }

    /// The signature over a message. SM2's is r and s, 32 bytes each.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        match &self.secret {
            Secret::Ed25519(key) => Ok(key.sign(message).to_bytes()),
            Secret::Sm2(_, key) => {
                use sm2::dsa::signature::Signer as _;
                let signed = key.try_sign(message).map_err(|_| KeyError::Secret(Suite::Sm2Sm3))?;
                Ok(signed.to_bytes().into())
            }
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("id", &self.id).finish_non_exhaustive()
    }
}
