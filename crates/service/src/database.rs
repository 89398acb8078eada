//! The database that replicas share.

use mustcheck_postgres::{Config, Database, Error, Tls};

use crate::config::{self, ConfigError, DatabaseConfig};

/// Why the database is not in use.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file that says where it is.
    #[error(transparent)]
    Url(#[from] ConfigError),
    /// The database.
    #[error("the database cannot be used")]
    Database(#[from] Error),
}

/// Connects, and brings the tables to what this version expects. Replicas that start at once wait
/// for each other.
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
