//! Errors inside of this crate.

use mustcheck::RegistryError;

/// Error: SQLite failed, or the content of a database or file is wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("the database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// Any other failure of a registry.
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
