//! Failures inside of this crate.

use mustcheck::RegistryError;

/// A failure of SQLite, or of what is read from a database or a file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("the database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// Anything else.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for RegistryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Sqlite(error) => Self::Store(Box::new(error)),
            StoreError::Registry(error) => error,
        }
    }
}
