//! Compiled policies on disk, for programs that start for one application and end with it.
//!
//! Compiled code is run as it is, so only code that this program made for this user is loaded:
//! every entry carries a code (HMAC-SHA-256) under a key that nobody else can read. An entry that
//! was altered, renamed, or made by somebody else is refused, and the policy is compiled afresh.

use std::fmt;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::private;

/// Environment variable that names the folder; if it is empty, there is none.
pub const VARIABLE: &str = "MUSTCHECK_CACHE";

/// Bytes of the key: a block of the digest.
const KEY: usize = 64;
/// Bytes of the code on each entry.
const CODE: usize = 32;
/// Largest number of entries; the ones written longest ago are removed first.
const KEPT: usize = 32;
/// The ending of an entry's name.
const ENDING: &str = "policy";

/// A folder of compiled policies.
pub struct CodeCache {
    folder: PathBuf,
    key: [u8; KEY],
}

/// Error: a folder cannot hold compiled policies.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The folder or its key cannot be read or made.
    #[error("`{path}` cannot be used for compiled policies")]
    Io {
        /// The file or folder.
        path: String,
        /// Cause, from the operating system.
        #[source]
        source: std::io::Error,
    },
    /// Others could put code there that would be run, or read the key.
    #[error("`{path}` cannot be used for compiled policies: {detail}")]
    Unsafe {
        /// The file or folder.
        path: String,
        /// Fault of the file or folder.
        detail: String,
    },
}

/// Origin of a policy's compiled code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was compiled when the policy was opened.
    Compiled,
    /// It was compiled before, by this program for this user.
    Cached,
    /// There was an entry, which is not to be trusted for this reason; so the policy was compiled.
    Refused(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compiled => f.write_str("compiled now"),
            Self::Cached => f.write_str("compiled before"),
            Self::Refused(why) => write!(f, "compiled now: {why}"),
        }
    }
}

/// A component and its code, as an entry holds them.
pub(crate) struct Stored {
    pub(crate) bytes: Vec<u8>,
    pub(crate) component: Component,
}

impl CodeCache {
    /// Opens a folder; makes it if there is none.
    ///
    /// # Errors
    ///
    /// [`CacheError`] if it cannot be made or read, or if others can write to it or read its key.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, CacheError> {
        let folder = folder.as_ref().to_owned();
        private::make_folder(&folder).map_err(|e| io(&folder, e))?;
        let metadata = fs::metadata(&folder).map_err(|e| io(&folder, e))?;
        private_to_user(&folder, &metadata)?;
        let key = key(&folder.join("key"))?;
        Ok(Self { folder, key })
    }

    /// Opens the folder that the variable [`VARIABLE`] names, or one in the user's cache. None if
    /// the variable is empty or the user has no such folder.
    ///
    /// # Errors
    ///
    /// As [`CodeCache::open`].
    pub fn of_user() -> Result<Option<Self>, CacheError> {
        let folder = match std::env::var_os(VARIABLE) {
            Some(folder) if folder.is_empty() => None,
            Some(folder) => Some(PathBuf::from(folder)),
            None => dirs::cache_dir().map(|folder| folder.join("mustcheck")),
        };
        folder.map(Self::open).transpose()
    }

    /// Reads the entry under a name; none if there is none.
    ///
    /// # Errors
    ///
    /// The reason, in a sentence, if the entry is not to be trusted.
    pub(crate) fn find(&self, name: &Name, engine: &Engine) -> Result<Option<Stored>, String> {
        let path = self.path(name);
        let entry = match fs::read(&path) {
            Ok(entry) => entry,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("`{}` cannot be read: {e}", path.display())),
        };
        let foreign = || format!("`{}` was altered or is not this user's", path.display());
        let (code, rest) = entry.split_at_checked(CODE).ok_or_else(foreign)?;
        self.mac(name, rest).verify_slice(code).map_err(|_| foreign())?;
        let (length, rest) = rest.split_at_checked(8).ok_or_else(foreign)?;
        let length = length.try_into().map(u64::from_le_bytes).ok();
        let length = length.and_then(|length| usize::try_from(length).ok()).ok_or_else(foreign)?;
        let (bytes, code) = rest.split_at_checked(length).ok_or_else(foreign)?;
        // SAFETY: the bytes are what `Component::serialize` gave this program: nobody else has the
        // key under which their code was just verified, and the engine itself refuses code of
        // another version, machine or configuration.
        let component = unsafe { Component::deserialize(engine, code) };
        let component =
            component.map_err(|e| format!("`{}` does not fit: {e:#}", path.display()))?;
        Ok(Some(Stored { bytes: bytes.to_vec(), component }))
    }

    /// Stores a component with its code. A component that cannot be stored is no error: the next
    /// program compiles again.
    pub(crate) fn store(&self, name: &Name, bytes: &[u8], component: &Component) {
        let Ok(code) = component.serialize() else { return };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes();
        let content = [&length[..], bytes, &code].concat();
        let mac = self.mac(name, &content).finalize().into_bytes();
        let path = self.path(name);
        let written = private::write_apart(&self.folder, &[&mac, &content]).and_then(|apart| {
            // A reader sees the old entry or the whole new one.
            apart.persist(&path).map_err(|e| e.error)
        });
        if written.is_ok() {
            self.forget_oldest();
        }
    }

    fn path(&self, name: &Name) -> PathBuf {
        self.folder.join(&name.0).with_extension(ENDING)
    }

    fn mac(&self, name: &Name, content: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        // The name too, so that no entry can be passed off as another.
        mac.update(name.0.as_bytes());
        mac.update(content);
        mac
    }

    fn forget_oldest(&self) {
        let Ok(files) = fs::read_dir(&self.folder) else { return };
        let mut entries: Vec<(std::time::SystemTime, PathBuf)> = files
            .filter_map(Result::ok)
            .filter(|file| file.path().extension().is_some_and(|ending| ending == ENDING))
            .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
            .collect();
        entries.sort();
        let over = entries.len().saturating_sub(KEPT);
        for (_, path) in entries.into_iter().take(over) {
            // Another program may have removed it just now.
            let _ = fs::remove_file(path);
        }
    }
}

impl fmt::Debug for CodeCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeCache").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Name of an entry: a digest of what it was made from, and of the engine it is for.
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn of(parts: &[&[u8]], engine: &Engine) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            digest.update(part);
        }
        let mut hasher = std::hash::DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let hex: String = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
        Self(format!("{hex}-{:016x}", hasher.finish()))
    }
}

fn io(path: &Path, source: std::io::Error) -> CacheError {
    CacheError::Io { path: path.display().to_string(), source }
}

/// Reads the key of a folder; makes one if there is none.
fn key(path: &Path) -> Result<[u8; KEY], CacheError> {
    let failed = |e| io(path, e);
    let mut file = match fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0_u8; KEY];
            getrandom::fill(&mut key).map_err(|e| failed(std::io::Error::other(e)))?;
            let folder = path.parent().unwrap_or(Path::new("."));
            // Two programs may begin at once: the key of the first holds for both.
            let apart = private::write_apart(folder, &[&key]).map_err(failed)?;
            match apart.persist_noclobber(path) {
                Err(e) if e.error.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(failed(e.error));
                }
                _ => fs::File::open(path).map_err(failed)?,
            }
        }
        Err(e) => return Err(failed(e)),
    };
    private_to_user(path, &file.metadata().map_err(failed)?)?;
    let mut key = Vec::new();
    file.read_to_end(&mut key).map_err(failed)?;
    key.try_into().map_err(|_| CacheError::Unsafe {
        path: path.display().to_string(),
        detail: format!("the key has not {KEY} bytes: remove it, and a new one is made"),
    })
}

/// Checks that only this user can write here, or read the key.
fn private_to_user(path: &Path, metadata: &fs::Metadata) -> Result<(), CacheError> {
    let path = || path.display().to_string();
    private::check(metadata).map_err(|detail| CacheError::Unsafe { path: path(), detail })
}
