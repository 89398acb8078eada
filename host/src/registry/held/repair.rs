//! Decisions of a user about the contents of a registry, in whatever store.

use super::Acknowledgement;
use crate::input::quotable;
use crate::registry::RegistryError;
use crate::registry::sources::now;

impl Acknowledgement {
    /// Makes an acknowledgement with today's date.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] if nobody answers or no reason is given.
    pub fn today(by: &str, why: &str) -> Result<Self, RegistryError> {
        for (what, text) in [("who answers for the entry", by), ("why", why)] {
            if text.trim().is_empty() {
                return Err(RegistryError::Content(format!("nobody said {what}")));
            }
        }
        // RAIL R13: who writes why may write about whom.
        let (by, why) = (quotable(by.trim()), quotable(why.trim()));
        Ok(Self { by, why, on: now()?.date })
    }
}

/// Error: no entry has this mark.
pub fn no_such_mark(mark: &str) -> RegistryError {
    let shown = quotable(mark);
    RegistryError::Content(format!("no entry that could not be read has the mark `{shown}`"))
}

/// Error: no snapshot is kept that an undo could bring back.
pub fn nothing_before(source: &str) -> RegistryError {
    let shown = quotable(source);
    let fault = format!("no snapshot of source `{shown}` before the last import is kept");
    RegistryError::Content(fault)
}

/// Error: a record that an undo would bring back belongs to another source by now.
pub fn held_elsewhere(id: &str, owner: &str) -> RegistryError {
    let fault = format!("record `{id}` is held from source `{owner}` since: undo that first");
    RegistryError::Content(quotable(&fault))
}
