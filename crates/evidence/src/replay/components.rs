//! Where the component of a digest is found.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::bundle::COMPONENTS;
use mustcheck::PolicyError;
use mustcheck::cache::CodeCache;
use mustcheck::receipts::digest::ContentDigest;
use mustcheck::{DEFAULT_OVERLAY, Policy, WriterComponent, WriterError};

/// What is embedded, by edition and overlay: first what decides where no place has its own.
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

/// Why a component cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ComponentError {
    /// A file has the name of a digest and another content.
    #[error("`{path}` was changed: its digest is `{found}`")]
    Changed {
        /// The file.
        path: String,
        /// The digest that it has.
        found: ContentDigest,
    },
    /// It is no component of this boundary, or cannot be read.
    #[error("`{path}`: {detail}")]
    Unfit {
        /// The file, or the edition.
        path: String,
        /// Why.
        detail: String,
    },
}

/// Components by digest: of files and folders that were named, of the bundles' own folder, and the
/// embedded editions. Each is opened once. Those of the bundles' own folder are nobody's choice but
/// that of who made the bundles.
pub struct Components {
    cache: Option<CodeCache>,
    /// Folders in which a component is named by its digest.
    folders: Vec<PathBuf>,
    /// Files by the digest that they have.
    files: HashMap<ContentDigest, PathBuf>,
    policies: Opened<Policy>,
    writers: Opened<Arc<WriterComponent>>,
}

/// A digest, and whether the bundles' own folder is looked into.
type Asked = (ContentDigest, bool);

/// A component that was looked for: none if it is not at hand.
type Found<T> = Result<Option<T>, ComponentError>;

/// The place of one component: empty until it is looked for.
type Place<T> = Arc<Mutex<Option<Found<T>>>>;

/// Components of one kind that were looked for, each once.
struct Opened<T>(Mutex<HashMap<Asked, Place<T>>>);

impl<T> Default for Opened<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Opened<T> {
    /// The component, opened now if nobody asked before. Who needs one that another thread is
    /// opening waits for it; nobody else does.
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
    /// The embedded editions alone.
    pub fn embedded(cache: Option<CodeCache>) -> Self {
        let (folders, files) = (Vec::new(), HashMap::new());
        let (policies, writers) = (Opened::default(), Opened::default());
        Self { cache, folders, files, policies, writers }
    }

    /// And those beside bundles: in `components/` of the folder itself, or of one above.
    #[must_use]
    pub fn beside(mut self, bundles: &Path) -> Self {
        self.folders.extend(bundles.ancestors().take(3).map(|folder| folder.join(COMPONENTS)));
        self
    }

    /// And a file, or every `.wasm` file of a folder.
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

    /// The component of a digest; none if it is not at hand. One that came with the bundles is at
    /// hand only if `proven`: if a receipt names it that is the office's.
    ///
    /// # Errors
    ///
    /// [`ComponentError`] if a file that should be it is not, or cannot be used.
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

    /// Whether one of this digest came with the bundles, whatever is in the file.
    pub(crate) fn has_beside(&self, digest: ContentDigest) -> bool {
        self.beside_of(digest).is_some()
    }

    fn beside_of(&self, digest: ContentDigest) -> Option<PathBuf> {
        let paths = self.folders.iter().map(|folder| folder.join(digest.hex()));
        paths.map(|path| path.with_extension("wasm")).find(|path| path.exists())
    }

    /// The file of a component: one that was named, or one that came with the bundles.
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

/// The bytes of a component, which must be those of its digest.
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
