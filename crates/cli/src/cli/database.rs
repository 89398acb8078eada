//! The PostgreSQL database that a command uses. Its URL is in a file: it may hold a password, and
//! everybody on the machine can see the arguments of a program.

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use mustcheck::read_file;
use mustcheck_postgres::{Config, Database, Error as DatabaseError, PostgresRegistry, Tls};
use tokio::runtime::Runtime;

use crate::cli::failure::Unreadable;

/// Largest file with the URL of a database, in bytes.
const LIMIT: u64 = 64 << 10;

/// Arguments for reaching a database.
#[derive(Args)]
pub struct DatabaseArguments {
    /// The file with the URL of a service's PostgreSQL database, such as
    /// `postgresql://mustcheck:…@db/credit`.
    #[arg(long, value_name = "URL-FILE")]
    pub database: Option<PathBuf>,
    /// CA certificates of its server, in PEM; without it, connections are in clear, and to this
    /// machine alone unless the URL says `sslmode=disable`.
    #[arg(long, value_name = "PEM", requires = "database")]
    pub authorities: Option<PathBuf>,
}

/// A database that a service's replicas share, with the runtime that waits for its answers.
pub struct Shared {
    runtime: Runtime,
    database: Database,
}

impl Shared {
    /// Connects to a database whose tables are of the version that this program knows.
    pub fn open(file: &Path, authorities: Option<&Path>) -> Result<Self> {
        Self::connect(file, authorities, async |database| database.ready().await)
    }

    /// Connects to a database, and makes its tables if there are none. Tables of another version
    /// are an error and left alone: the service's replicas migrate them.
    pub fn open_or_make(file: &Path, authorities: Option<&Path>) -> Result<Self> {
        Self::connect(file, authorities, async |database| match database.ready().await {
            Err(DatabaseError::Older { found: 0, .. }) => database.migrate().await.map(drop),
            ready => ready,
        })
    }

    fn connect(
        file: &Path,
        authorities: Option<&Path>,
        ready: impl AsyncFnOnce(&Database) -> Result<(), DatabaseError>,
    ) -> Result<Self> {
        let mut config = Config::new(url(file)?.trim());
        config.connections = 2;
        config.tls = authorities.map(|file| Tls { authorities: file.to_owned(), identity: None });
        let runtime = Runtime::new().context("no threads for the database")?;
        let database = runtime.block_on(async {
            let database = Database::connect(&config).await?;
            ready(&database).await?;
            Ok::<_, DatabaseError>(database)
        });
        let database = database.with_context(|| named(file))?;
        Ok(Self { runtime, database })
    }

    /// Returns the database.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Returns the registry in the database.
    pub fn registry(&self) -> PostgresRegistry {
        PostgresRegistry::new(self.database.clone())
    }

    /// Waits for an answer of the database.
    pub fn wait<F: Future>(&self, asked: F) -> F::Output {
        self.runtime.block_on(asked)
    }
}

/// Returns the name of a database in messages: the path of its URL file.
pub fn named(file: &Path) -> String {
    format!("database `{}`", file.display())
}

fn url(file: &Path) -> Result<String, Unreadable> {
    let failed = |source| Unreadable { path: file.display().to_string(), source };
    let bytes = read_file(file, LIMIT).map_err(failed)?;
    // The content may be a secret, so it is not quoted.
    let no_text = |_| failed(Error::new(ErrorKind::InvalidData, "it is no text in UTF-8"));
    String::from_utf8(bytes).map_err(no_text)
}
