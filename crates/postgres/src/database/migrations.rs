//! The layout of the database, and its migrations.

use std::time::Duration;

use refinery::Runner;
use refinery::error::Kind;
use tokio_postgres::error::SqlState;

use crate::database::Database;
use crate::{Error, error::Failure};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Table of the migrations that were applied.
const TABLE: &str = "mustcheck_migrations";
/// Largest number of attempts at a migration that other replicas disturb.
const ATTEMPTS: u32 = 20;

fn runner() -> Runner {
    let mut runner = embedded::migrations::runner();
    runner.set_migration_table_name(TABLE);
    runner
}

/// The newest version that this program knows.
fn known() -> i32 {
    runner().get_migrations().iter().map(refinery::Migration::version).max().unwrap_or_default()
}

/// Whether a migration failed because another replica made it at the same time. Each migration is
/// one transaction with its entry in the table, so one replica makes it and the other fails with
/// one of these.
fn disturbed(state: &SqlState) -> bool {
    let met = [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_COLUMN,
        SqlState::DUPLICATE_OBJECT,
        // A column that the other replica has renamed.
        SqlState::UNDEFINED_COLUMN,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        // "tuple concurrently updated"
        SqlState::INTERNAL_ERROR,
    ];
    met.contains(state)
}

impl Database {
    /// Migrates the database to the layout that this program knows. Several replicas may do so at
    /// once. Returns the versions that this one applied.
    ///
    /// # Errors
    ///
    /// [`Error::Newer`] if a newer program migrated it, [`Error::Diverged`] if another program did,
    /// or the database's failure.
    pub async fn migrate(&self) -> Result<Vec<i32>, Error> {
        let runner = runner();
        let mut attempt = 0;
        let mut done = Vec::new();
        loop {
            let mut connection = self.connection().await?;
            let longer = format!("SET statement_timeout = {}", self.config().bulk.as_millis());
            self.within(connection.batch_execute(&longer)).await?;
            // The connection is closed afterwards, and the longer timeout ends with it.
            let failed = match runner.run_async(&mut **connection).await {
                Ok(report) => {
                    done.extend(versions(&report));
                    return Ok(done);
                }
                Err(failed) => failed,
            };
            // The migrations before the one that failed are committed, each by itself.
            done.extend(failed.report().iter().flat_map(|report| versions(report)));
            attempt += 1;
            let (error, state) = explained(&failed);
            if attempt >= ATTEMPTS || !state.as_ref().is_some_and(disturbed) {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(20) * attempt).await;
        }
    }

    /// Checks that the database answers and has the layout that this program knows.
    ///
    /// # Errors
    ///
    /// [`Error::Newer`] or [`Error::Older`] for another layout, or the database's failure.
    pub async fn ready(&self) -> Result<(), Error> {
        let (known, version) = (known(), self.version().await?);
        match version {
            version if version > known => Err(Error::Newer { found: version, known }),
            version if version < known => Err(Error::Older { found: version, known }),
            _ => Ok(()),
        }
    }

    async fn version(&self) -> Result<i32, Error> {
        let connection = self.connection().await?;
        let version = format!("SELECT max(version) FROM {TABLE}");
        match self.within(connection.query_one(&version, &[])).await {
            Ok(row) => {
                let version: Option<i32> = row.try_get(0)?;
                connection.done();
                Ok(version.unwrap_or_default())
            }
            Err(error) if error.is(&SqlState::UNDEFINED_TABLE) => Ok(0),
            Err(error) => Err(error),
        }
    }
}

fn versions(report: &refinery::Report) -> impl Iterator<Item = i32> {
    report.applied_migrations().iter().map(refinery::Migration::version)
}

fn explained(failed: &refinery::Error) -> (Error, Option<SqlState>) {
    match failed.kind() {
        Kind::MissingVersion(migration) => {
            (Error::Newer { found: migration.version(), known: known() }, None)
        }
        Kind::DivergentVersion(migration, _) => (Error::Diverged(migration.version()), None),
        Kind::Connection(_, cause) => match cause.downcast_ref::<tokio_postgres::Error>() {
            Some(cause) => (Error::Failed(Failure::from(cause)), cause.code().cloned()),
            None => (Error::Failed(Failure::words(&cause.to_string())), None),
        },
        other => (Error::Failed(Failure::words(&other.to_string())), None),
    }
}
