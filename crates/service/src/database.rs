//! The database that replicas share.

use mustcheck_postgres::{Config, Database, Error, Tls};

use crate::config::{self, ConfigError, DatabaseConfig};

/// Error: the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file with its URL cannot be read.
    #[error(transparent)]
    Url(#[from] ConfigError),
    /// The database cannot be connected to, or migrated.
    #[error("the database cannot be used")]
    Database(#[from] Error),
}

/// Connects, and migrates the tables to what this version expects. Replicas that start at the same
/// time wait for each other.
pub(crate) async fn connect(config: &DatabaseConfig) -> Result<Database, DatabaseError> {
    let url = config::read(&config.url_file)?;
    let mut settings = Config::new(url.trim());
    settings.connections = config.connections;
    settings.statement = config.statement_time;
    settings.plaintext = config.plaintext;
    settings.tls =
        config.authorities.clone().map(|authorities| Tls { authorities, identity: None });
    let database = Database::connect(&settings).await?;
    database.migrate().await?;
    Ok(database)
}
