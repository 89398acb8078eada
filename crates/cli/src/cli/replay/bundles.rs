//! The bundles of a folder, worked on by all cores.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use mustcheck::read_file;
use mustcheck_evidence::DocumentId;
use mustcheck_evidence::bundle::{AgeError, ENDING, Identities, SEALED_ENDING, id_of_file};

use crate::cli::Style;
use crate::cli::failure::Unreadable;

/// Largest bundle that is read, in bytes.
const LIMIT: u64 = 512 << 20;

/// Bundles, in the order of their paths.
pub struct Bundles {
    /// Folder of the bundles.
    pub root: PathBuf,
    /// Whether a folder was named, and not one bundle in it.
    pub is_folder: bool,
    files: Vec<PathBuf>,
    identities: Option<Identities>,
}

/// Error: a bundle was not read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(std::io::Error),
    /// The bundle is encrypted, and no key was named.
    #[error("it is encrypted: name a secret key with `--identity`")]
    Sealed,
    /// The bundle cannot be decrypted.
    #[error(transparent)]
    Age(#[from] AgeError),
}

impl Bundles {
    /// Finds a bundle, or all bundles in a folder and the folders below it.
    pub fn find(path: &Path, identities: Option<Identities>) -> Result<Self> {
        let mut files = Vec::new();
        let unreadable = |source| Unreadable { path: path.display().to_string(), source };
        let is_folder = path.is_dir();
        let root = if is_folder {
            walk(path, &mut files).map_err(unreadable)?;
            files.sort();
            path.to_owned()
        } else {
            std::fs::metadata(path).map_err(unreadable)?;
            files.push(path.to_owned());
            path.parent().unwrap_or(Path::new("")).to_owned()
        };
        Ok(Self { root, is_folder, files, identities })
    }

    /// Number of bundles.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Paths of the bundles.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Returns the ids of receipts whose bundles were not there when this folder was listed; a
    /// bundle's file is named by its receipt.
    pub fn kept_since(&self) -> Result<HashSet<DocumentId>> {
        let now = Self::find(&self.root, None)?;
        let new = now.files.iter().filter(|file| self.files.binary_search(file).is_err());
        Ok(new.filter_map(|file| id_of_file(file)).collect())
    }

    /// Returns a file's path within the folder.
    pub fn name(&self, file: &Path) -> String {
        file.strip_prefix(&self.root).unwrap_or(file).display().to_string()
    }

    /// Reads a bundle, and decrypts it if it is encrypted.
    pub fn read(&self, file: &Path) -> Result<Vec<u8>, NotRead> {
        let bytes = read_file(file, LIMIT).map_err(NotRead::Io)?;
        if !ends_with(file, SEALED_ENDING) {
            return Ok(bytes);
        }
        let identities = self.identities.as_ref().ok_or(NotRead::Sealed)?;
        Ok(identities.open_sealed(&bytes, LIMIT)?)
    }

    /// Calls `work` with each bundle, on all cores; the results are in the order of the bundles.
    pub fn each<R: Send>(&self, style: Style, work: impl Fn(&Path) -> R + Sync) -> Vec<R> {
        let bar = bar(self.files.len(), style);
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::with_capacity(self.files.len()));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..cores.min(self.files.len()) {
                scope.spawn(|| {
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        let Some(file) = self.files.get(place) else { return };
                        let result = work(file);
                        done.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
                        bar.inc(1);
                    }
                });
            }
        });
        bar.finish_and_clear();
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // A link could lead back to a folder above.
        if entry.file_type()?.is_dir() {
            walk(&path, files)?;
        } else if ends_with(&path, ENDING) || ends_with(&path, SEALED_ENDING) {
            files.push(path);
        }
    }
    Ok(())
}

fn ends_with(path: &Path, ending: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(&format!(".{ending}")))
}

/// Returns a progress bar on stderr, which is drawn only on a terminal.
fn bar(size: usize, style: Style) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(size).unwrap_or_default());
    let left = style.say("剩余 {eta}", "{eta} left");
    let template = format!("{{bar:30}} {{pos}}/{{len}}  {{elapsed}}, {left}");
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
