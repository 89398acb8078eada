//! The keys of an office: one that signs receipts and one that signs the log's checkpoints.
//!
//! The secrets are in one file that only its user can read. The public keys are in another, for
//! auditors. It names every key that was ever in use, so that old receipts still verify after a
//! rotation.

mod public;
mod secret;

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck_log::{SignerKey, VerifierKey};
use zeroize::Zeroizing;

pub(crate) use public::verify;
pub use public::{CheckpointKey, PublicKeys, PublicKeysFormat, ReceiptError, ReceiptKey, UsedKey};

use mustcheck::private;
use mustcheck::receipts::digest::{InvalidForm, Moment};
use mustcheck::receipts::suite::{KeyError, Signer, Suite};
use secret::SecretKeys;

/// The file of the secrets.
const SECRET: &str = "secret-keys.json";
/// The file for auditors.
pub const PUBLIC: &str = "mustcheck-keys.json";
/// The variable that names the folder.
pub const VARIABLE: &str = "MUSTCHECK_KEYS";
/// The largest file of keys that is read, in bytes.
const LIMIT: u64 = 4 << 20;

/// Error: keys cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder has no keys.
    #[error("there are no keys in `{path}`: `mustcheck audit keygen` makes them")]
    None {
        /// The folder.
        path: String,
    },
    /// The folder has keys already, and new ones would overwrite them.
    #[error("there are keys in `{path}` already: `--rotate` takes new ones into use")]
    Exist {
        /// The folder.
        path: String,
    },
    /// A file or folder cannot be read or written.
    #[error("`{path}` cannot be used for keys")]
    Io {
        /// The file or folder.
        path: String,
        /// Error of the system.
        #[source]
        source: std::io::Error,
    },
    /// Other users could sign, or change which keys are trusted.
    #[error("`{path}` cannot be used for keys: {detail}")]
    Unsafe {
        /// The file or folder.
        path: String,
        /// Reason in words, such as the access that others have.
        detail: String,
    },
    /// The file is not a valid file of keys.
    #[error("`{path}` holds no keys: {detail}")]
    Content {
        /// The file.
        path: String,
        /// Reason in words.
        detail: String,
    },
    /// The text is not a valid name for keys.
    #[error("`{0}` cannot name keys: use letters, digits and `.-_/`, at most 64")]
    Name(String),
    /// A key could not be made.
    #[error("the key could not be made")]
    Key(#[from] KeyError),
    /// The system's clock gave no valid moment.
    #[error("the keys could not be dated")]
    Clock(#[from] InvalidForm),
}

/// The keys of an office, ready to sign.
#[derive(Debug)]
pub struct Keys {
    receipts: Signer,
    pub(crate) checkpoints: SignerKey,
    public: PublicKeys,
}

impl Keys {
    /// The folder that [`VARIABLE`] names, or one in the user's configuration.
    pub fn default_folder() -> Option<PathBuf> {
        match std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
            Some(folder) => Some(folder.into()),
            None => dirs::config_dir().map(|folder| folder.join("mustcheck").join("keys")),
        }
    }

    /// Makes keys in a folder that has none. `name` is the name of the keys and of the log.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if the folder has keys, if the name is not valid, or if the keys cannot be
    /// written.
    pub fn create(folder: &Path, name: &str, suite: Suite) -> Result<Self, KeysError> {
        if !is_name(name) {
            return Err(KeysError::Name(mustcheck::input::shortened(name)));
        }
        private::make_folder(folder).map_err(|e| io(folder, e))?;
        check(folder)?;
        for file in [SECRET, PUBLIC] {
            if folder.join(file).exists() {
                return Err(KeysError::Exist { path: folder.display().to_string() });
            }
        }
        let (secret, receipts, checkpoints) = fresh(name, suite)?;
        let mut public = PublicKeys::new(name);
        public.take_into_use(&receipts, &checkpoints, Moment::now()?);
        // Auditors' file first: a key that nobody can verify must never sign.
        publish(folder, &public)?;
        write(folder, SECRET, &secret.to_json())?;
        Ok(Self { receipts, checkpoints, public })
    }

    /// Takes new keys into use and destroys the secrets of the old ones, whose receipts still
    /// verify. Programs that have the old keys open go on signing with them, and what they sign
    /// does not verify: end them first.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if there are no keys, or the new ones cannot be written.
    pub fn rotate(folder: &Path, suite: Option<Suite>) -> Result<Self, KeysError> {
        check(folder).map_err(|e| none_if_missing(folder, e))?;
        let mut public = PublicKeys::open(&folder.join(PUBLIC))?;
        let before = public.receipts.last().map(|key| key.suite).unwrap_or_default();
        let (secret, receipts, checkpoints) = fresh(&public.name, suite.unwrap_or(before))?;
        public.take_into_use(&receipts, &checkpoints, Moment::now()?);
        publish(folder, &public)?;
        write(folder, SECRET, &secret.to_json())?;
        Ok(Self { receipts, checkpoints, public })
    }

    /// Opens the keys in a folder.
    ///
    /// # Errors
    ///
    /// [`KeysError`] if there are none, if others can use them, or if the two files do not belong
    /// together.
    pub fn open(folder: &Path) -> Result<Self, KeysError> {
        check(folder).map_err(|e| none_if_missing(folder, e))?;
        let path = folder.join(SECRET);
        check(&path).map_err(|e| none_if_missing(folder, e))?;
        let json = Zeroizing::new(read(&path)?);
        let secret = SecretKeys::from_json(&json).map_err(|detail| content(&path, detail))?;
        let public = PublicKeys::open(&folder.join(PUBLIC))?;
        let (receipts, checkpoints) = secret.signers(&public.name)?;
        let current = public.receipts.last().filter(|key| key.id == receipts.id());
        let checkpoint = public.checkpoints.last();
        let checkpoint = checkpoint.filter(|key| key.key == checkpoints.verifier().to_string());
        if current.is_none_or(|key| key.until.is_some())
            || checkpoint.is_none_or(|key| key.until.is_some())
        {
            let detail = format!(
                "they are not the keys in use by `{PUBLIC}`; an unfinished rotation is finished \
                 by `mustcheck audit keygen --rotate`"
            );
            return Err(content(&path, detail));
        }
        Ok(Self { receipts, checkpoints, public })
    }

    /// The signer of receipts.
    pub const fn signer(&self) -> &Signer {
        &self.receipts
    }

    /// The id of the key that signs receipts.
    pub fn receipts_key(&self) -> &str {
        self.receipts.id()
    }

    /// The key that verifies checkpoints, as C2SP's signed notes write it.
    pub fn checkpoints_key(&self) -> String {
        self.checkpoints.verifier().to_string()
    }

    /// The suite of receipts.
    pub fn suite(&self) -> Suite {
        self.receipts.public().suite()
    }

    /// A secret for another purpose than signing: HMAC-SHA-256 of the purpose under the secret that
    /// signs receipts. Programs with the same keys have the same one, and a rotation makes another.
    pub fn derived(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.receipts.derived(purpose)
    }

    /// Public keys, for auditors.
    pub const fn public(&self) -> &PublicKeys {
        &self.public
    }

    /// Keys that signed the log's checkpoints before the current one.
    ///
    /// # Errors
    ///
    /// [`KeysError::Content`] if one of the public keys is not valid.
    pub(crate) fn former_checkpoint_keys(&self) -> Result<Vec<VerifierKey>, KeysError> {
        let now = self.checkpoints.verifier();
        let all = self
            .public
            .checkpoint_keys()
            .map_err(|detail| KeysError::Content { path: PUBLIC.into(), detail })?;
        Ok(all.into_iter().filter(|key| key != now).collect())
    }
}

/// Gives the signer of receipts, and drops the key of the checkpoints.
impl From<Keys> for Signer {
    fn from(keys: Keys) -> Self {
        keys.receipts
    }
}

/// Makes keys that nobody has used: the secrets for the file, and both signers.
fn fresh(name: &str, suite: Suite) -> Result<(SecretKeys, Signer, SignerKey), KeysError> {
    let receipts = Signer::fresh(name, suite)?;
    let checkpoints = Signer::fresh(name, Suite::Ed25519Sha256)?;
    let secret = SecretKeys::of(&receipts, &checkpoints);
    let (_, checkpoints) = secret.signers(name)?;
    Ok((secret, receipts, checkpoints))
}

/// Whether a text can name keys, in a document and in a checkpoint, and identifies nobody.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_/".contains(&b);
    (1..=64).contains(&name.len())
        && name.bytes().all(plain)
        && mustcheck::input::redact(name) == name
}

fn io(path: &Path, source: std::io::Error) -> KeysError {
    KeysError::Io { path: path.display().to_string(), source }
}

fn content(path: &Path, detail: impl Into<String>) -> KeysError {
    KeysError::Content { path: path.display().to_string(), detail: detail.into() }
}

fn none_if_missing(folder: &Path, error: KeysError) -> KeysError {
    match error {
        KeysError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            KeysError::None { path: folder.display().to_string() }
        }
        other => other,
    }
}

/// Checks that no other user can use a file or folder.
fn check(path: &Path) -> Result<(), KeysError> {
    let metadata = fs::metadata(path).map_err(|e| io(path, e))?;
    private::check_mounted(&metadata)
        .map_err(|detail| KeysError::Unsafe { path: path.display().to_string(), detail })
}

fn read(path: &Path) -> Result<Vec<u8>, KeysError> {
    mustcheck::input::read_file(path, LIMIT).map_err(|e| io(path, e))
}

fn publish(folder: &Path, keys: &PublicKeys) -> Result<(), KeysError> {
    let path = folder.join(PUBLIC);
    private::publish(&path, &[&keys.to_json()]).map_err(|e| io(&path, e))
}

fn write(folder: &Path, file: &str, content: &[u8]) -> Result<(), KeysError> {
    let path = folder.join(file);
    private::place(&path, &[content]).map_err(|e| io(&path, e))
}
