//! Registries that an office keeps itself, and the import of lists into them: SQLite, imports of
//! registry files, tables and workbooks, and lists in the form of FollowTheMoney.
//!
//! An office with a registry of its own implements [`mustcheck::Registry`] and needs none of this.

mod digests;
mod error;
pub mod follow_the_money;
pub mod import;
pub mod mapping;
pub mod shapes;
pub mod sqlite;
pub mod table;

use std::path::Path;
use std::sync::Arc;

use mustcheck::{JsonRegistry, Registry, RegistryError};

pub use digests::DigestSet;
pub use error::StoreError;
pub use sqlite::SqliteRegistry;

/// Opens a registry file for a gate: a SQLite database by its header, anything else as JSON.
///
/// # Errors
///
/// [`RegistryError`] if the file cannot be read, is no registry, or holds a snapshot that was taken
/// after now.
pub fn open(path: &Path) -> Result<Arc<dyn Registry>, RegistryError> {
    if is_sqlite(path)? {
        Ok(Arc::new(SqliteRegistry::open(path)?))
    } else {
        Ok(Arc::new(JsonRegistry::open(path)?))
    }
}

/// Opens a registry file as [`open`] does, but accepts a snapshot taken after now: a test may be of
/// a future day.
///
/// # Errors
///
/// [`RegistryError`] if the file cannot be read or is no registry.
pub fn open_of_any_day(path: &Path) -> Result<Arc<dyn Registry>, RegistryError> {
    if is_sqlite(path)? {
        Ok(Arc::new(SqliteRegistry::open_of_any_day(path)?))
    } else {
        Ok(Arc::new(JsonRegistry::open_of_any_day(path)?))
    }
}

/// Whether a file begins with the header of SQLite databases.
///
/// # Errors
///
/// [`RegistryError::Io`] if the file cannot be read.
pub fn is_sqlite(path: &Path) -> Result<bool, RegistryError> {
    use std::io::Read as _;
    const HEADER: &[u8] = b"SQLite format 3\0";
    let unreadable = |source| RegistryError::Io { path: path.display().to_string(), source };
    let mut head = Vec::with_capacity(HEADER.len());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let length = u64::try_from(HEADER.len()).unwrap_or_default();
    file.take(length).read_to_end(&mut head).map_err(unreadable)?;
    Ok(head == HEADER)
}
