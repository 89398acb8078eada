//! Components by digest: where a replay finds the one that a receipt names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::bundle::COMPONENTS;
use mustcheck::PolicyError;
use mustcheck::cache::CodeCache;
use mustcheck::receipts::digest::ContentDigest;
use mustcheck::{DEFAULT_OVERLAY, Policy, WriterComponent, WriterError};

/// Editions and overlays that are embedded, the default overlays first: they decide for regions
/// without an overlay of their own.
fn embedded() -> Vec<(&'static str, &'static str)> {
    let editions = Policy::embedded_editions().into_iter();
    let mut all: Vec<_> = editions
        .flat_map(|edition| {
            Policy::embedded_overlays(edition).into_iter().map(move |o| (edition, o))
        })
        .collect();
    all.sort_by_key(|(_, overlay)| *overlay != DEFAULT_OVERLAY);
    all
}

/// Error: a component cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ComponentError {
    /// A file is named by a digest and has other content.
    #[error("`{path}` was changed: its digest is `{found}`")]
    Changed {
        /// The file.
        path: String,
        /// The digest that it has.
        found: ContentDigest,
    },
    /// The component cannot be read, or is not made for this boundary.
    #[error("`{path}`: {detail}")]
    Unfit {
        /// The file, or the edition.
        path: String,
        /// Reason in words.
        detail: String,
    },
}

/// Components by digest: from files and folders that the caller named, from the bundles' own
/// folder, and the embedded editions. Each is opened once. Those of the bundles' own folder were
/// chosen by the maker of the bundles alone.
pub struct Components {
    cache: Option<CodeCache>,
    /// Folders in which a component is named by its digest.
    folders: Vec<PathBuf>,
    /// Files by the digest of their content.
    files: HashMap<ContentDigest, PathBuf>,
    policies: Opened<Policy>,
    writers: Opened<Arc<WriterComponent>>,
}

/// A digest, and whether the bundles' own folder is looked into.
type Asked = (ContentDigest, bool);

/// Result of looking for a component; `None` if it is not at hand.
type Found<T> = Result<Option<T>, ComponentError>;

/// Slot of one component, empty until the component is looked for.
type Place<T> = Arc<Mutex<Option<Found<T>>>>;

/// Components of one kind that were looked for, each once.
struct Opened<T>(Mutex<HashMap<Asked, Place<T>>>);

impl<T> Default for Opened<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Opened<T> {
    /// The component, opened now if it was not asked for before. A thread that needs one which
    /// another thread is opening waits for it; other threads do not.
    fn get(&self, asked: Asked, open: impl FnOnce() -> Found<T>) -> Found<T> {
        let place = {
            let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(opened.entry(asked).or_default())
        };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = &*place {
            return found.clone();
        }
        place.insert(open()).clone()
    }
}

impl Components {
    /// Components of the embedded editions alone.
    pub fn embedded(cache: Option<CodeCache>) -> Self {
        let (folders, files) = (Vec::new(), HashMap::new());
        let (policies, writers) = (Opened::default(), Opened::default());
        Self { cache, folders, files, policies, writers }
    }

    /// Adds those beside bundles: in `components/` of the folder itself, or of one of the two
    /// folders above.
    #[must_use]
    pub fn beside(mut self, bundles: &Path) -> Self {
        self.folders.extend(bundles.ancestors().take(3).map(|folder| folder.join(COMPONENTS)));
        self
    }

    /// Adds a file, or every `.wasm` file of a folder.
    ///
    /// # Errors
    ///
    /// [`ComponentError`] if one cannot be read.
    pub fn add(&mut self, path: &Path) -> Result<(), ComponentError> {
        let unfit = |e: std::io::Error| ComponentError::Unfit {
            path: path.display().to_string(),
            detail: format!("it cannot be read: {e}"),
        };
        if !path.is_dir() {
            let bytes = Policy::read(path).map_err(|e| wrong(path, &e))?;
            self.files.insert(ContentDigest::of(&bytes), path.to_owned());
            return Ok(());
        }
        for file in std::fs::read_dir(path).map_err(unfit)? {
            let file = file.map_err(unfit)?.path();
            if file.extension().is_some_and(|ending| ending == "wasm") {
                self.add(&file)?;
            }
        }
        Ok(())
    }

    /// The component of a digest; `None` if it is not at hand. One that came with the bundles is at
    /// hand only if `proven`: the receipt that names it is the office's.
    ///
    /// # Errors
    ///
    /// [`ComponentError`] if the file for it has other content, or cannot be used.
    pub fn find(
        &self,
        digest: ContentDigest,
        proven: bool,
    ) -> Result<Option<Policy>, ComponentError> {
        self.policies.get((digest, proven), || self.open(digest, proven))
    }

    /// The writer of a digest, as [`Components::find`] finds a policy.
    ///
    /// # Errors
    ///
    /// As [`Components::find`].
    pub fn find_writer(
        &self,
        digest: ContentDigest,
        proven: bool,
    ) -> Result<Option<Arc<WriterComponent>>, ComponentError> {
        self.writers.get((digest, proven), || {
            let unfit = |path: &Path, error: &WriterError| ComponentError::Unfit {
                path: path.display().to_string(),
                detail: error.to_string(),
            };
            let own = digest == WriterComponent::embedded_digest();
            let (path, bytes) = match self.path_of(digest, proven) {
                Some(path) => (path.clone(), read(&path, digest)?),
                None if own => ("writer".into(), WriterComponent::embedded().to_vec()),
                None => return Ok(None),
            };
            let writer = WriterComponent::from_component(&bytes);
            writer.map(|writer| Some(Arc::new(writer))).map_err(|e| unfit(&path, &e))
        })
    }

    /// Whether a file named by this digest came with the bundles, whatever its content.
    pub(crate) fn has_beside(&self, digest: ContentDigest) -> bool {
        self.beside_of(digest).is_some()
    }

    fn beside_of(&self, digest: ContentDigest) -> Option<PathBuf> {
        let paths = self.folders.iter().map(|folder| folder.join(digest.hex()));
        paths.map(|path| path.with_extension("wasm")).find(|path| path.exists())
    }

    /// Path of a component: a file that the caller named, or if `proven` one that came with the
    /// bundles.
    fn path_of(&self, digest: ContentDigest, proven: bool) -> Option<PathBuf> {
        let named = self.files.get(&digest).cloned();
        named.or_else(|| self.beside_of(digest).filter(|_| proven))
    }

    fn open(&self, digest: ContentDigest, proven: bool) -> Found<Policy> {
        if let Some(path) = self.path_of(digest, proven) {
            let policy = Policy::of_component(read(&path, digest)?, self.cache.as_ref());
            return policy.map(Some).map_err(|e| wrong(&path, &e));
        }
        for (edition, overlay) in embedded() {
            let opened = match &self.cache {
                Some(cache) => cache.embedded_place(edition, overlay),
                None => Policy::embedded_place(edition, overlay),
            };
            let policy = opened.map_err(|e| wrong(Path::new(edition), &e))?;
            if policy.content_digest() == digest {
                return Ok(Some(policy));
            }
        }
        Ok(None)
    }
}

/// The bytes of a component, checked against its digest.
fn read(path: &Path, digest: ContentDigest) -> Result<Vec<u8>, ComponentError> {
    let bytes = Policy::read(path).map_err(|e| wrong(path, &e))?;
    let found = ContentDigest::of(&bytes);
    if found == digest {
        Ok(bytes)
    } else {
        Err(ComponentError::Changed { path: path.display().to_string(), found })
    }
}

fn wrong(path: &Path, error: &PolicyError) -> ComponentError {
    ComponentError::Unfit { path: path.display().to_string(), detail: error.to_string() }
}
