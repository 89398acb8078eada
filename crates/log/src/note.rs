//! Signed notes (C2SP signed-note) with Ed25519 keys.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64, Encoding};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The signature type of Ed25519 in a note.
const ED25519: u8 = 1;
/// Largest number of signatures of a note that is read. No note of ours has more.
const MOST_SIGNATURES: usize = 64;

/// Error: a note or a key was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// The bytes are not a signed note.
    #[error("not a signed note")]
    Malformed,
    /// The text is not a checkpoint.
    #[error("not a checkpoint")]
    NotCheckpoint,
    /// The checkpoint is of another log.
    #[error("the checkpoint is of `{found}`, not of `{expected}`")]
    Origin {
        /// The origin that was asked for.
        expected: String,
        /// The origin that the checkpoint has.
        found: String,
    },
    /// No signature is by a key that is trusted.
    #[error("not signed by a known key")]
    UnknownKey,
    /// A signature by a trusted key does not fit.
    #[error("the signature by `{0}` does not fit")]
    Signature(String),
    /// The name of a key is empty, or has a space, a control character or `+`.
    #[error("`{0}` cannot be the name of a key")]
    KeyName(String),
    /// The text is not a key for verification, or the bytes are not a point of the curve.
    #[error("not an Ed25519 verifier key")]
    Key,
    /// The origin is empty or has control characters.
    #[error("`{0}` cannot be the origin of a log")]
    BadOrigin(String),
}

/// A key that checks signatures, with its name.
///
/// Its text form is the usual one of notes, `name+id+base64`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    /// The key of this name and these bytes (RFC 8032).
    ///
    /// # Errors
    /// [`NoteError::KeyName`] if the name is empty or has a space, a control character or `+`;
    /// [`NoteError::Key`] if the bytes are not a point of the curve.
    pub fn new(name: &str, public: &[u8; 32]) -> Result<Self, NoteError> {
        if name.is_empty() || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
        {
            return Err(NoteError::KeyName(name.to_owned()));
        }
        let key = VerifyingKey::from_bytes(public).map_err(|_| NoteError::Key)?;
        Ok(Self { name: name.to_owned(), id: key_id(name, public), key })
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Eight hexadecimal digits that tell it from other keys of the same name.
    pub fn id(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }

    /// The public key (RFC 8032).
    pub fn public(&self) -> [u8; 32] {
        self.key.to_bytes()
    }
}

fn key_id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(public)
        .finalize()
        .into();
    let [a, b, c, d, ..] = digest;
    [a, b, c, d]
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![ED25519];
        typed.extend(self.public());
        write!(f, "{}+{}+{}", self.name, self.id(), Base64::encode_string(&typed))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let typed = Base64::decode_vec(key).map_err(|_| NoteError::Key)?;
        let Some((&ED25519, public)) = typed.split_first() else { return Err(NoteError::Key) };
        let key = Self::new(name, public.try_into().map_err(|_| NoteError::Key)?)?;
        if key.id() == id { Ok(key) } else { Err(NoteError::Key) }
    }
}

/// A key that signs, with its name. It is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    key: SigningKey,
}

impl SignerKey {
    /// Derives the key of this name from `seed`, the 32 bytes which RFC 8032 calls the private key.
    ///
    /// # Errors
    /// [`NoteError::KeyName`] if the name is empty or has a space, a control character or `+`.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::new(name, &key.verifying_key().to_bytes())?;
        Ok(Self { verifier, key })
    }

    /// The key that checks what this one signs.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs `text`, which ends in a newline, as a note.
    pub(crate) fn sign(&self, text: &str) -> String {
        let mut signature = self.verifier.id.to_vec();
        signature.extend(self.key.sign(text.as_bytes()).to_bytes());
        let signature = Base64::encode_string(&signature);
        format!("{text}\n\u{2014} {} {signature}\n", self.verifier.name)
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "signer of {}", self.verifier)
    }
}

/// The text of a note that at least one of `keys` signed.
///
/// Signatures by other keys are ignored. If one by a key of `keys` does not fit, the note is
/// refused, whatever the other signatures are.
pub(crate) fn open<'a>(note: &'a [u8], keys: &[VerifierKey]) -> Result<&'a str, NoteError> {
    let note = std::str::from_utf8(note).map_err(|_| NoteError::Malformed)?;
    if note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(NoteError::Malformed);
    }
    let blank = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
    let (text, rest) = note.split_at_checked(blank + 1).ok_or(NoteError::Malformed)?;
    let lines = rest.strip_prefix('\n').and_then(|rest| rest.strip_suffix('\n'));
    let lines: Vec<&str> = lines.ok_or(NoteError::Malformed)?.split('\n').collect();
    if lines.len() > MOST_SIGNATURES {
        return Err(NoteError::Malformed);
    }
    let mut signed = false;
    for line in lines {
        let (name, signature) = line
            .strip_prefix("\u{2014} ")
            .and_then(|line| line.split_once(' '))
            .ok_or(NoteError::Malformed)?;
        let signature = Base64::decode_vec(signature).map_err(|_| NoteError::Malformed)?;
        let (id, signature) = signature.split_first_chunk::<4>().ok_or(NoteError::Malformed)?;
        let Some(key) = keys.iter().find(|key| key.name == name && key.id == *id) else { continue };
        let fits = Signature::from_slice(signature)
            .is_ok_and(|signature| key.key.verify_strict(text.as_bytes(), &signature).is_ok());
        if !fits {
            return Err(NoteError::Signature(name.to_owned()));
        }
        signed = true;
    }
    if signed { Ok(text) } else { Err(NoteError::UnknownKey) }
}
