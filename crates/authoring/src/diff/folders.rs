//! Comparison of two catalogue folders, every edition with every overlay that goes with it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::combinations::{Unreadable, combinations};
use crate::diff::{Changes, Side, diff, side};
use crate::{Finding, compile};

/// The changes between two folders, for each edition with each overlay.
///
/// In JSON, `added` and `ended` hold the editions with overlays that only one folder has, in the
/// shape of [`Side`]. `compared` holds [`Changes`] for each pair that both folders have, changed or
/// not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FolderChanges {
    /// Editions with overlays that only the new folder has.
    pub added: Vec<Side>,
    /// Editions with overlays that only the old folder has.
    pub ended: Vec<Side>,
    /// Changes of each edition with overlay that both folders have.
    pub compared: Vec<Changes>,
}

impl FolderChanges {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.ended.is_empty()
            && self.compared.iter().all(Changes::is_empty)
    }
}

/// Error: two folders cannot be compared.
#[derive(Debug)]
pub enum FoldersError {
    /// A folder, or the head of an overlay, cannot be read.
    Unreadable(Unreadable),
    /// An edition cannot be compiled; all its findings.
    Findings(Vec<Finding>),
}

impl fmt::Display for FoldersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(f),
            Self::Findings(findings) => write!(f, "a catalogue has {} findings", findings.len()),
        }
    }
}

impl std::error::Error for FoldersError {}

/// Compares two catalogue folders, and returns the changes in law.
///
/// # Errors
///
/// [`FoldersError::Unreadable`] if a folder cannot be read, [`FoldersError::Findings`] if an
/// edition of either folder cannot be compiled. Nothing is compared then.
pub fn folders(old: &Path, new: &Path) -> Result<FolderChanges, FoldersError> {
    let known = |folder: &Path| -> Result<BTreeSet<(String, String)>, FoldersError> {
        Ok(combinations(folder).map_err(FoldersError::Unreadable)?.into_iter().collect())
    };
    let (before, after) = (known(old)?, known(new)?);
    let mut changes = FolderChanges { added: Vec::new(), ended: Vec::new(), compared: Vec::new() };
    for (edition, overlay) in before.union(&after) {
        let pair = (edition.clone(), overlay.clone());
        let read = |folder: &Path| {
            let compiled = compile(folder, edition, overlay);
            compiled.map(|compiled| compiled.data).map_err(FoldersError::Findings)
        };
        match (before.contains(&pair), after.contains(&pair)) {
            (true, true) => changes.compared.push(diff(&read(old)?, &read(new)?)),
            (true, false) => changes.ended.push(side(&read(old)?)),
            (false, _) => changes.added.push(side(&read(new)?)),
        }
    }
    Ok(changes)
}
