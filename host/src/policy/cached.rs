//! Policies whose compiled code comes from a folder, if it is there.

use std::path::Path;

use crate::cache::CodeCache;
use crate::error::PolicyError;
use crate::policy::Policy;

impl CodeCache {
    /// Opens an embedded edition, from its entry if there is one.
    ///
    /// # Errors
    ///
    /// As [`Policy::embedded_edition`]. A bad entry is no error: see [`Policy::origin`].
    pub fn embedded_edition(&self, name: &str) -> Result<Policy, PolicyError> {
        Policy::of_catalogue(Policy::embedded_catalogue(name)?, Some(self))
    }

    /// Opens an embedded edition with what a place adopts, from its entry if there is one.
    ///
    /// # Errors
    ///
    /// As [`Policy::embedded_place`].
    pub fn embedded_place(&self, edition: &str, overlay: &str) -> Result<Policy, PolicyError> {
        Policy::of_catalogue(Policy::embedded_catalogue_of(edition, overlay)?, Some(self))
    }

    /// Opens the embedded rules with a catalogue in canonical JSON, from its entry if there is one.
    ///
    /// # Errors
    ///
    /// As [`Policy::from_catalogue`].
    pub fn catalogue(&self, catalogue: &[u8]) -> Result<Policy, PolicyError> {
        Policy::of_catalogue(catalogue, Some(self))
    }

    /// Opens a baked component from a file, with its code from an entry if there is one.
    ///
    /// # Errors
    ///
    /// As [`Policy::open`].
    pub fn policy(&self, path: impl AsRef<Path>) -> Result<Policy, PolicyError> {
        Policy::of_component(Policy::read(path.as_ref())?, Some(self))
    }
}
