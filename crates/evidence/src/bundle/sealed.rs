//! Encrypted bundles: the format of age (age-encryption.org/v1), for an auditor's X25519 key.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::str::FromStr as _;

use age::x25519::{Identity, Recipient};
use zeroize::Zeroizing;

use mustcheck::input::read_file;

/// The largest file of recipients or identities that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// Error: something could not be encrypted or decrypted.
#[derive(Debug, thiserror::Error)]
pub enum AgeError {
    /// A file cannot be read.
    #[error("`{path}` cannot be read")]
    Io {
        /// The file.
        path: String,
        /// Error of the system.
        #[source]
        source: std::io::Error,
    },
    /// A text is not a recipient.
    #[error("`{0}` is no recipient: one begins with `age1`")]
    Recipient(String),
    /// A line of a file is not a recipient.
    #[error("line {line} of `{path}` is no recipient: one begins with `age1`")]
    RecipientLine {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// A line of a file is not an identity. It is not quoted, since it may be a secret.
    #[error("line {line} of `{path}` is no identity: one begins with `AGE-SECRET-KEY-1`")]
    IdentityLine {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// A file has no recipient, or no identity.
    #[error("`{0}` names nobody")]
    Nobody(String),
    /// The encryption failed.
    #[error("it could not be encrypted: {0}")]
    Encrypt(String),
    /// None of the identities fits. It is not known whether it is whole.
    #[error("it could not be decrypted: none of the secret keys fits")]
    NoKey,
    /// The decryption failed: it is damaged, or nothing that was encrypted.
    #[error("it could not be decrypted: {0}")]
    Decrypt(String),
    /// The plain text is longer than the caller reads.
    #[error("it is longer than {0} bytes once decrypted")]
    TooLong(u64),
}

/// Auditors' keys that can read an encrypted bundle.
#[derive(Clone)]
pub struct Recipients(Vec<Recipient>);

/// The lines of a file that are neither empty nor a comment, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(text.lines()).map(|(n, line)| (n, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn read(path: &Path) -> Result<Zeroizing<String>, AgeError> {
    let shown = || path.display().to_string();
    let bytes = read_file(path, LIMIT).map_err(|source| AgeError::Io { path: shown(), source })?;
    let text = String::from_utf8(bytes).map_err(|e| AgeError::Io {
        path: shown(),
        source: std::io::Error::new(std::io::ErrorKind::InvalidData, e.utf8_error()),
    })?;
    Ok(Zeroizing::new(text))
}

impl Recipients {
    /// Recipients, each as `age1…` or as a file with one a line, as `age` takes them.
    ///
    /// # Errors
    ///
    /// [`AgeError`] if a text or a line is not a recipient, or a file has none or cannot be read.
    pub fn parse<'a>(each: impl IntoIterator<Item = &'a str>) -> Result<Self, AgeError> {
        let mut recipients = Vec::new();
        for one in each {
            if one.starts_with("age1") {
                let recipient = Recipient::from_str(one);
                recipients.push(recipient.map_err(|_| AgeError::Recipient(one.into()))?);
                continue;
            }
            let before = recipients.len();
            for (line, text) in lines(&read(Path::new(one))?) {
                let wrong = |_| AgeError::RecipientLine { path: one.into(), line };
                recipients.push(Recipient::from_str(text).map_err(wrong)?);
            }
            if recipients.len() == before {
                return Err(AgeError::Nobody(one.into()));
            }
        }
        Ok(Self(recipients))
    }

    /// Encrypts to all recipients.
    ///
    /// # Errors
    ///
    /// [`AgeError`] if it cannot be encrypted.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, AgeError> {
        let failed = |e: &dyn std::fmt::Display| AgeError::Encrypt(e.to_string());
        let recipients = self.0.iter().map(|recipient| recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(|e| failed(&e))?;
        let mut sealed = Vec::with_capacity(plain.len() + 512);
        let mut writer = encryptor.wrap_output(&mut sealed).map_err(|e| failed(&e))?;
        writer.write_all(plain).map_err(|e| failed(&e))?;
        writer.finish().map_err(|e| failed(&e))?;
        Ok(sealed)
    }
}

/// Secret keys that decrypt bundles.
pub struct Identities(Vec<Identity>);

impl Identities {
    /// Opens a file of identities, one a line, as `age-keygen` writes it.
    ///
    /// # Errors
    ///
    /// [`AgeError`] if the file cannot be read, has none, or holds something else.
    pub fn open(path: &Path) -> Result<Self, AgeError> {
        let text = read(path)?;
        let identities = lines(&text).map(|(line, text)| {
            let wrong = |_| AgeError::IdentityLine { path: path.display().to_string(), line };
            Identity::from_str(text).map_err(wrong)
        });
        let identities: Vec<Identity> = identities.collect::<Result<_, _>>()?;
        if identities.is_empty() {
            return Err(AgeError::Nobody(path.display().to_string()));
        }
        Ok(Self(identities))
    }

    /// Decrypts a text of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`AgeError::NoKey`] if none of the identities fits, [`AgeError::TooLong`] if the plain text
    /// is longer, [`AgeError::Decrypt`] if it was changed or is not all there.
    pub fn open_sealed(&self, sealed: &[u8], limit: u64) -> Result<Vec<u8>, AgeError> {
        let failed = |e: &dyn std::fmt::Display| AgeError::Decrypt(e.to_string());
        let decryptor = age::Decryptor::new_buffered(sealed).map_err(|e| failed(&e))?;
        let identities = self.0.iter().map(|identity| identity as &dyn age::Identity);
        let reader = decryptor.decrypt(identities).map_err(|e| match e {
            age::DecryptError::NoMatchingKeys => AgeError::NoKey,
            e => failed(&e),
        })?;
        let mut plain = Vec::new();
        let one_more = limit.saturating_add(1);
        let read = reader.take(one_more).read_to_end(&mut plain).map_err(|e| failed(&e))?;
        if u64::try_from(read).is_ok_and(|read| read <= limit) {
            Ok(plain)
        } else {
            Err(AgeError::TooLong(limit))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(plain: &[u8]) -> (Vec<u8>, Identities) {
        let identity = Identity::generate();
        let sealed = Recipients(vec![identity.to_public()]).seal(plain).unwrap();
        (sealed, Identities(vec![identity]))
    }

    #[test]
    fn a_text_is_never_cut() {
        let (text, identities) = sealed(b"twelve bytes");
        assert_eq!(identities.open_sealed(&text, 12).unwrap(), b"twelve bytes");
        let error = identities.open_sealed(&text, 11).unwrap_err();
        assert_eq!(error.to_string(), "it is longer than 11 bytes once decrypted");
    }

    #[test]
    fn damage_is_no_missing_key() {
        let (text, identities) = sealed(&[7; 200_000]);
        let (_, others) = sealed(b"");
        let other = others.open_sealed(&text, 1 << 20);
        assert!(matches!(other, Err(AgeError::NoKey)), "{other:?}");
        let mut changed = text.clone();
        *changed.last_mut().unwrap() ^= 1;
        for damaged in [&*changed, &text[..text.len() - 1], &text[..100_000], &text[..40], b""] {
            let opened = identities.open_sealed(damaged, 1 << 20);
            assert!(matches!(opened, Err(AgeError::Decrypt(_))), "{opened:?}");
        }
    }
}
