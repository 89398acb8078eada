//! A folder of bundles: one file a check, a subfolder a month, and each component once.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{AgeError, Recipients};
use crate::journal::keep_public_keys;
use crate::keys::Keys;
use mustcheck::private;
use mustcheck::receipts::digest::{ContentDigest, Moment};
use mustcheck::receipts::signed::DocumentId;
use mustcheck::receipts::{BundleStore, NewBundle, Program, StoreError};

/// The folder of the components, each named by its digest.
pub const COMPONENTS: &str = "components";

/// A folder of bundles.
pub struct BundleFolder {
    folder: PathBuf,
    recipients: Option<Recipients>,
    /// Months and components that were already found or written.
    known: Mutex<HashSet<PathBuf>>,
}

impl BundleFolder {
    /// Opens a folder, or makes it for this user alone. With recipients, bundles are encrypted to
    /// them and to nobody else: not even this program can read them again.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be made or written to.
    pub fn open(
        folder: &Path,
        recipients: Option<Recipients>,
        keys: &Keys,
    ) -> Result<Self, StoreError> {
        private::make_folder(folder).map_err(|e| io(folder, e))?;
        let components = folder.join(COMPONENTS);
        private::make_folder(&components).map_err(|e| io(&components, e))?;
        keep_public_keys(folder, keys).map_err(|e| io(folder, e))?;
        Ok(Self { folder: folder.to_owned(), recipients, known: Mutex::default() })
    }

    /// Runs `write` unless `path` is known to be written. Other threads wait meanwhile.
    fn once(
        &self,
        path: &Path,
        write: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(path) {
            write()?;
            known.insert(path.to_owned());
        }
        Ok(())
    }

    /// Keeps a component, unless it is there already.
    ///
    /// # Errors
    ///
    /// [`StoreError::Digest`] if the bytes do not fit the digest, [`StoreError::Io`] if they cannot
    /// be written.
    pub fn keep_component(&self, digest: ContentDigest, bytes: &[u8]) -> Result<(), StoreError> {
        let path = component_path(&self.folder, digest);
        self.once(&path, || match fs::read(&path) {
            Ok(found) if ContentDigest::of(&found) == digest => Ok(()),
            _ if ContentDigest::of(bytes) != digest => Err(StoreError::Digest(digest)),
            _ => private::place(&path, &[bytes]).map_err(|e| io(&path, e)),
        })
    }

    /// Keeps a bundle from another store as it is, encrypted or not.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_copy(
        &self,
        id: &DocumentId,
        made_at: Moment,
        content: &[u8],
        sealed: bool,
    ) -> Result<(), StoreError> {
        let month = month_folder(&self.folder, made_at);
        self.once(&month, || {
            private::make_folder(&month)
                .and_then(|()| private::sync_folder(&self.folder))
                .map_err(|e| io(&month, e))
        })?;
        let path = bundle_path(&self.folder, id, made_at, sealed);
        private::place(&path, &[content]).map_err(|e| io(&path, e))
    }
}

fn month_folder(folder: &Path, made_at: Moment) -> PathBuf {
    let day = made_at.to_second().date;
    folder.join(format!("{:04}-{:02}", day.year, day.month))
}

/// Path of a receipt's bundle in a folder of bundles, encrypted or not.
pub fn bundle_path(folder: &Path, id: &DocumentId, made_at: Moment, sealed: bool) -> PathBuf {
    let ending = if sealed { SEALED_ENDING } else { ENDING };
    month_folder(folder, made_at).join(format!("{id}.{ending}"))
}

/// Path of a component in a folder of bundles.
pub fn component_path(folder: &Path, component: ContentDigest) -> PathBuf {
    folder.join(COMPONENTS).join(component.hex()).with_extension("wasm")
}

/// Ending of a bundle's file name.
pub const ENDING: &str = "evidence.json";
/// Ending of an encrypted bundle's file name.
pub const SEALED_ENDING: &str = "evidence.json.age";

/// Id of the receipt that a bundle's file is named by.
pub fn id_of_file(file: &Path) -> Option<DocumentId> {
    let name = file.file_name()?.to_str()?;
    let id = name.strip_suffix(SEALED_ENDING).or_else(|| name.strip_suffix(ENDING))?;
    id.strip_suffix('.')?.parse().ok()
}

impl BundleStore for BundleFolder {
    fn keep(&self, bundle: &NewBundle<'_>) -> Result<(), StoreError> {
        for Program { digest, bytes } in [bundle.policy, bundle.writer] {
            self.keep_component(digest, bytes)?;
        }
        match &self.recipients {
            None => self.keep_copy(bundle.id, bundle.made_at, bundle.json, false),
            Some(recipients) => {
                let sealed = recipients.seal(bundle.json)?;
                self.keep_copy(bundle.id, bundle.made_at, &sealed, true)
            }
        }
    }
}

impl From<AgeError> for StoreError {
    fn from(error: AgeError) -> Self {
        Self::Seal(Box::new(error))
    }
}

fn io(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_kept_under_its_own_digest_only() {
        let folder = tempfile::tempdir().unwrap();
        let suite = mustcheck::receipts::suite::Suite::default();
        let keys = Keys::create(&folder.path().join("keys"), "credit.example/test", suite).unwrap();
        let kept = BundleFolder::open(&folder.path().join("kept"), None, &keys).unwrap();
        let digest = ContentDigest::of(b"component");
        let path = component_path(&folder.path().join("kept"), digest);
        for other in [&b""[..], b"Component"] {
            let error = kept.keep_component(digest, other).unwrap_err();
            let told = format!("component `{digest}` has other bytes than its digest says");
            assert_eq!(error.to_string(), told);
            assert!(!path.exists());
        }
        kept.keep_component(digest, b"component").unwrap();
        assert_eq!(fs::read(path).unwrap(), b"component");
    }
}
