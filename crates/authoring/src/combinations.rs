//! Pairs of an edition and an overlay of a folder that go together.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A folder or an overlay's head that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file or folder, relative to the catalogue's folder.
    pub file: PathBuf,
    /// Cause.
    pub detail: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be read: {}", self.file.display(), self.detail)
    }
}

impl std::error::Error for Unreadable {}

#[derive(Deserialize)]
struct OverlayFile {
    overlay: OverlayHead,
}

#[derive(Deserialize)]
struct OverlayHead {
    #[serde(default)]
    editions: Vec<String>,
}

/// Returns every edition of a folder with every overlay that goes with it, as ids of edition and
/// overlay: sorted by overlay, then by edition.
///
/// # Errors
///
/// [`Unreadable`] if a folder or the head of an overlay cannot be read.
pub fn combinations(folder: &Path) -> Result<Vec<(String, String)>, Unreadable> {
    let editions = stems(folder, "editions")?;
    let mut all = Vec::new();
    for overlay in stems(folder, "overlays")? {
        let file = Path::new("overlays").join(format!("{overlay}.toml"));
        let problem = |detail: String| Unreadable { file: file.clone(), detail };
        let text = fs::read_to_string(folder.join(&file)).map_err(|e| problem(e.to_string()))?;
        let head: OverlayFile =
            toml::from_str(&text).map_err(|e| problem(e.message().to_owned()))?;
        let goes = |edition: &&String| {
            head.overlay.editions.is_empty() || head.overlay.editions.contains(edition)
        };
        all.extend(editions.iter().filter(goes).map(|e| (e.clone(), overlay.clone())));
    }
    Ok(all)
}

/// Returns the names of a folder's TOML files, without their ending, in their order.
fn stems(root: &Path, folder: &str) -> Result<Vec<String>, Unreadable> {
    let problem =
        |error: std::io::Error| Unreadable { file: folder.into(), detail: error.to_string() };
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(folder)).map_err(problem)? {
        let path = PathBuf::from(entry.map_err(problem)?.file_name());
        let toml = path.extension().is_some_and(|ending| ending == "toml");
        names.extend(path.file_stem().filter(|_| toml).map(|s| s.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}
