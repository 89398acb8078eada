//! The entries of one state of the log, page by page.

use mustcheck_evidence::LogState;

use super::append::number;
use super::read::{COLUMNS, LogRow};
use super::{HEAD, PostgresLog, state};
use crate::Error;
use crate::database::Connection;

/// Number of entries in a page.
const PAGE: u64 = 1024;

/// One state of the log. Entries that are appended later are not seen.
pub(super) struct Pages<'a> {
    log: &'a PostgresLog,
    connection: Connection,
    /// The state: its size, tree and checkpoint.
    pub(super) state: LogState,
}

impl<'a> Pages<'a> {
    pub(super) async fn open(log: &'a PostgresLog) -> Result<Self, Error> {
        let database = log.database();
        let connection = database.connection().await?;
        let begin = format!(
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; {}",
            database.bulk_settings()
        );
        database.within(connection.batch_execute(&begin)).await?;
        let head = connection.one(HEAD).await?;
        let state = state(&log.0.ledger, &head)?;
        Ok(Self { log, connection, state })
    }

    /// Rows from an index on, in their order; empty at the end. Rows may be missing.
    pub(super) async fn from(&self, index: u64) -> Result<Vec<LogRow>, Error> {
        let statement =
            format!("SELECT {COLUMNS} FROM mustcheck_entry WHERE idx >= $1 ORDER BY idx LIMIT $2");
        let (from, many) = (number(index)?, number(PAGE)?);
        let rows = self.connection.bulk_rows(&statement, &[&from, &many]).await?;
        rows.iter().map(LogRow::read).collect()
    }

    pub(super) async fn close(self) -> Result<(), Error> {
        self.log.database().within(self.connection.batch_execute("ROLLBACK")).await?;
        self.connection.done();
        Ok(())
    }
}
