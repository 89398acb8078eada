//! Which overlay goes with which edition of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::authoring::{Finding, editions, overlays};

#[derive(Deserialize)]
struct Head {
    overlay: Place,
}

#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    editions: Vec<String>,
}

/// Every edition of a folder with every overlay that goes with it, by id: first by overlay, then
/// by edition, each in the order of their names.
///
/// # Errors
///
/// A folder or an overlay that cannot be read.
pub fn combinations(folder: &Path) -> Result<Vec<(String, String)>, Finding> {
    let editions = editions(folder)?;
    let mut all = Vec::new();
    for overlay in overlays(folder)? {
        let file = PathBuf::from("overlays").join(format!("{overlay}.toml"));
        let problem = |detail: String| Finding { file: file.clone(), detail };
        let text = fs::read_to_string(folder.join(&file))
            .map_err(|e| problem(format!("cannot be read: {e}")))?;
        let head: Head = toml::from_str(&text).map_err(|e| problem(e.to_string()))?;
        let goes = |edition: &&String| {
            head.overlay.editions.is_empty() || head.overlay.editions.contains(edition)
        };
        all.extend(editions.iter().filter(goes).map(|e| (e.clone(), overlay.clone())));
    }
    Ok(all)
}
