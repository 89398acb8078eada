//! The file for auditors: every key that was ever in use.

use std::path::Path;

use mustcheck_log::{SignerKey, Trust, VerifierKey};

use crate::keys::{KeysError, content, is_name, read};
use mustcheck::input::{parse_strictly, shortened};
use mustcheck::receipts::digest::Moment;
use mustcheck::receipts::signed::{Payload, SignatureError, Signed};
use mustcheck::receipts::suite::{PublicKey, Signer, Suite};

mustcheck::format_tag! {
    /// The format of the file.
    PublicKeysFormat = "mustcheck-keys/1"
}

mustcheck::document! {
    /// Every key that an office ever used, in the order in which they were taken into use.
    pub struct PublicKeys {
        /// The format.
        pub format: PublicKeysFormat,
        /// The name of the office's keys, and of its log (its origin).
        pub name: String,
        /// The keys that sign receipts and feedback.
        pub receipts: Vec<ReceiptKey>,
        /// The keys that sign the log's checkpoints.
        pub checkpoints: Vec<CheckpointKey>,
    }

    /// A key that signs receipts and feedback.
    pub struct ReceiptKey {
        /// Its id: the name, and eight hexadecimal digits of the key.
        pub id: String,
        /// Its suite.
        pub suite: Suite,
        /// The key in hexadecimal: 32 bytes of Ed25519, or the uncompressed point of SM2.
        pub public: String,
        /// Moment at which it was taken into use.
        pub from: Moment,
        /// Moment at which another key took its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Moment>,
    }

    /// A key that signs checkpoints (Ed25519).
    pub struct CheckpointKey {
        /// The key as C2SP's signed notes write it: name, id, base64.
        pub key: String,
        /// Moment at which it was taken into use.
        pub from: Moment,
        /// Moment at which another key took its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Moment>,
    }
}

/// A key for receipts, ready to verify.
#[derive(Clone, Debug)]
pub struct UsedKey {
    /// Its id.
    pub id: String,
    /// The key.
    pub key: PublicKey,
    /// Moment at which another key took its place.
    pub until: Option<Moment>,
}

impl PublicKeys {
    pub(super) fn new(name: &str) -> Self {
        let format = PublicKeysFormat::V1;
        Self { format, name: name.into(), receipts: Vec::new(), checkpoints: Vec::new() }
    }

    /// Adds keys, which take the place of those before from the moment `at` on.
    pub(super) fn take_into_use(&mut self, receipts: &Signer, checkpoints: &SignerKey, at: Moment) {
        if let Some(before) = self.receipts.last_mut() {
            before.until.get_or_insert(at);
        }
        if let Some(before) = self.checkpoints.last_mut() {
            before.until.get_or_insert(at);
        }
        self.receipts.push(ReceiptKey {
            id: receipts.id().to_owned(),
            suite: receipts.public().suite(),
            public: receipts.public().hex().to_owned(),
            from: at,
            until: None,
        });
        let key = checkpoints.verifier().to_string();
        self.checkpoints.push(CheckpointKey { key, from: at, until: None });
    }

    /// Reads the file for auditors.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if the file cannot be read, or a key in it is not valid.
    pub fn open(path: &Path) -> Result<Self, KeysError> {
        let keys: Self = parse_strictly(&read(path)?).map_err(|e| content(path, e.to_string()))?;
        if !is_name(&keys.name) {
            return Err(content(path, KeysError::Name(shortened(&keys.name)).to_string()));
        }
        keys.receipt_keys().map_err(|detail| content(path, detail))?;
        keys.checkpoint_keys().map_err(|detail| content(path, detail))?;
        Ok(keys)
    }

    /// The content of the file: indented JSON, for people too.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }

    /// The keys for receipts.
    ///
    /// # Errors
    ///
    /// A sentence about the first key that is not valid.
    pub(crate) fn receipt_keys(&self) -> Result<Vec<UsedKey>, String> {
        let keys = self.receipts.iter().map(|key| {
            let public = PublicKey::from_hex(key.suite, &key.public);
            let public = public.map_err(|e| format!("key `{}`: {e}", key.id))?;
            Ok(UsedKey { id: key.id.clone(), key: public, until: key.until })
        });
        keys.collect()
    }

    /// The keys for checkpoints.
    ///
    /// # Errors
    ///
    /// A sentence about the first key that is not valid.
    pub(crate) fn checkpoint_keys(&self) -> Result<Vec<VerifierKey>, String> {
        let keys = self
            .checkpoints
            .iter()
            .map(|key| key.key.parse().map_err(|e| format!("checkpoint key `{}`: {e}", key.key)));
        keys.collect()
    }

    /// Verifies a document's signatures with these keys.
    ///
    /// # Errors
    ///
    /// [`ReceiptError`] if it is not the office's.
    pub fn verify<T: Payload>(&self, document: &Signed<T>) -> Result<(), ReceiptError> {
        // A key that is not valid has signed nothing.
        verify(document, &self.receipt_keys().unwrap_or_default())
    }

    /// The log's name and the keys that may have signed its checkpoints.
    ///
    /// # Errors
    ///
    /// A sentence about the first key that is not valid.
    pub fn trust(&self) -> Result<Trust, String> {
        Trust::new(&self.name, self.checkpoint_keys()?).map_err(|e| e.to_string())
    }
}

/// Error: a signed document is not the office's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Its signature is not valid.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A key had been replaced before the document was made.
    #[error(
        "key `{key}` was in use until {until}, and the {document} says it was made at {made_at}"
    )]
    AfterUse {
        /// The key's id.
        key: String,
        /// Moment at which another key took its place.
        until: Moment,
        /// The word for the document: `receipt` or `feedback`.
        document: &'static str,
        /// Moment at which the document says it was made.
        made_at: Moment,
    },
}

/// Verifies a document with keys, and checks that its key was in use when it was made: a key is
/// retired because somebody else may have it.
pub(crate) fn verify<T: Payload>(
    document: &Signed<T>,
    keys: &[UsedKey],
) -> Result<(), ReceiptError> {
    let find = |id: &str| keys.iter().find(|key| key.id == id);
    document.verify(|id| find(id).map(|key| &key.key))?;
    let made_at = document.payload.made_at();
    for signature in &document.signatures {
        let until = find(&signature.key).and_then(|key| key.until);
        if let Some(until) = until.filter(|until| made_at > *until) {
            let (key, document) = (signature.key.clone(), T::NAME);
            return Err(ReceiptError::AfterUse { key, until, document, made_at });
        }
    }
    Ok(())
}
