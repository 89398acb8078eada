//! The registry that a command is given: its name or its content gives its kind.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use mustcheck::Registry;
use mustcheck_platform::PlatformRegistry;

/// Opens a registry: a mapping file of remote platforms (`*.toml`), a SQLite database, or a JSON
/// file.
pub fn open_registry(place: &Path) -> Result<Arc<dyn Registry>> {
    let opened = if place.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
        PlatformRegistry::open(place).map(|remote| Arc::new(remote) as Arc<dyn Registry>)
    } else {
        mustcheck_registry::open(place)
    };
    opened.with_context(|| format!("registry `{}`", place.display()))
}
