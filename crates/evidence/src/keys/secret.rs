//! The file of the secrets.

use mustcheck_log::SignerKey;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::keys::{KeysError, is_name};
use mustcheck::input::parse_strictly;
use mustcheck::receipts::digest::unhex;
use mustcheck::receipts::suite::{KeyError, Signer, Suite};

mustcheck::format_tag! {
    /// The format of the file.
    SecretKeysFormat = "mustcheck-secret-keys/1"
}

/// The secrets, overwritten when they are dropped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretKeys {
    format: SecretKeysFormat,
    suite: Suite,
    receipts: Secret,
    checkpoints: Secret,
}

/// 32 bytes in hexadecimal.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
struct Secret(String);

impl Secret {
    fn of(signer: &Signer) -> Self {
        Self(const_hex::encode(*signer.secret()))
    }

    fn bytes(&self) -> Option<Zeroizing<[u8; 32]>> {
        unhex(&self.0).map(Zeroizing::new)
    }
}

impl SecretKeys {
    pub(super) fn of(receipts: &Signer, checkpoints: &Signer) -> Self {
        Self {
            format: SecretKeysFormat::V1,
            suite: receipts.public().suite(),
            receipts: Secret::of(receipts),
            checkpoints: Secret::of(checkpoints),
        }
    }

    /// Reads the file. The error does not quote it: it may hold a secret.
    pub(super) fn from_json(json: &[u8]) -> Result<Self, &'static str> {
        parse_strictly(json).map_err(|_| "it is not of the form that `audit keygen` writes")
    }

    pub(super) fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let mut json = Zeroizing::new(Vec::with_capacity(1 << 10));
        // These types are always written, and within the room that is there: a buffer that grew
        // would leave a copy behind.
        let _ = serde_json::to_writer(&mut *json, self);
        json.push(b'\n');
        json
    }

    pub(super) fn signers(&self, name: &str) -> Result<(Signer, SignerKey), KeysError> {
        let secret = |secret: &Secret, suite| secret.bytes().ok_or(KeyError::Secret(suite));
        let receipts = Signer::new(name, self.suite, &*secret(&self.receipts, self.suite)?)?;
        let suite = Suite::Ed25519Sha256;
        let checkpoints = SignerKey::from_seed(name, &*secret(&self.checkpoints, suite)?);
        // The name was checked when the keys were made.
        debug_assert!(is_name(name));
        Ok((receipts, checkpoints.map_err(|_| KeyError::Secret(suite))?))
    }
}
