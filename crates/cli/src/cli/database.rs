//! The PostgreSQL that a command is given. A file says where it is: what it says may hold a
//! password, and the arguments of a program are shown to everybody on the machine.

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use mustcheck::read_file;
use mustcheck_postgres::{Config, Database, Error as DatabaseError, PostgresRegistry, Tls};
use tokio::runtime::Runtime;

use crate::cli::failure::Unreadable;

/// The largest file that says where a database is, in bytes.
const LIMIT: u64 = 64 << 10;

/// Where a database is.
#[derive(Args)]
pub struct DatabaseArguments {
    /// A file that says where the PostgreSQL of a service is, as in
    /// `postgresql://mustcheck:…@db/credit`.
    #[arg(long, value_name = "URL-FILE")]
    pub database: Option<PathBuf>,
    /// Who signs the certificate of its server, in PEM; without it, connections are in clear, and
    /// to this machine alone unless the place says `sslmode=disable`.
    #[arg(long, value_name = "PEM", requires = "database")]
    pub authorities: Option<PathBuf>,
}

/// A database that a service's replicas share, and what waits for it.
pub struct Shared {
    runtime: Runtime,
    database: Database,
}

impl Shared {
    /// Reaches one of the layout that this program knows.
    pub fn open(file: &Path, authorities: Option<&Path>) -> Result<Self> {
        Self::connect(file, authorities, async |database| database.ready().await)
    }

    /// Reaches one, and makes its tables where there are none. Those of another version are left
    /// alone: they are for the service's replicas to bring to theirs.
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

    /// The database.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The registry in it.
    pub fn registry(&self) -> PostgresRegistry {
        PostgresRegistry::new(self.database.clone())
    }

    /// Waits for what it is asked.
    pub fn wait<F: Future>(&self, asked: F) -> F::Output {
        self.runtime.block_on(asked)
    }
}

/// What a database is called in messages.
pub fn named(file: &Path) -> String {
    format!("database `{}`", file.display())
}

fn url(file: &Path) -> Result<String, Unreadable> {
    let failed = |source| Unreadable { path: file.display().to_string(), source };
    let bytes = read_file(file, LIMIT).map_err(failed)?;
    // What stands there instead may be a secret, and is not quoted.
    let no_text = |_| failed(Error::new(ErrorKind::InvalidData, "it is no text in UTF-8"));
    String::from_utf8(bytes).map_err(no_text)
}
