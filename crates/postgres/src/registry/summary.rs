//! Summaries of the sources in a database.

use std::collections::BTreeMap;

use mustcheck::RegistryError;
use mustcheck::registry::held::{
    ENTRIES_SHOWN, EntrySummary, Kept, OpenSummary, Reach, SourceSummary, decode, unreadable,
};
use mustcheck::registry::sources::Source;
use tokio_postgres::Row;

use super::open::acknowledged;
use super::{PostgresRegistry, key};
use crate::Error;
use crate::database::Connection;

/// Condition for entries that nobody has acknowledged.
const UNANSWERED: &str = "NOT EXISTS (SELECT 1 FROM mustcheck_acknowledged AS own \
                          WHERE own.source = open.source AND own.mark = open.mark)";

impl PostgresRegistry {
    /// The sources, with their counts and their entries that could not be read.
    ///
    /// # Errors
    ///
    /// The database's failure.
    pub async fn summary(&self) -> Result<Vec<SourceSummary>, RegistryError> {
        let connection = self.database.connection().await?;
        // One state of the database for all of it.
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.database.within(connection.batch_execute(begin)).await?;
        let mut all = Vec::new();
        let sources = "SELECT body, kept FROM mustcheck_source";
        for row in connection.bulk_rows(sources, &[]).await? {
            let source: Source = decode(&text(&row, 0)?)?;
            let kept = text(&row, 1)?;
            all.push(of_source(&connection, source, &kept).await?);
        }
        self.database.within(connection.batch_execute("COMMIT")).await?;
        connection.done();
        all.sort_by(|a, b| a.source.id.cmp(&b.source.id));
        Ok(all)
    }
}

fn maybe(row: &Row, column: usize) -> Result<Option<String>, RegistryError> {
    Ok(row.try_get(column).map_err(Error::from)?)
}

fn text(row: &Row, column: usize) -> Result<String, RegistryError> {
    Ok(maybe(row, column)?.unwrap_or_default())
}

fn number(row: &Row, column: usize) -> Result<u64, RegistryError> {
    Ok(row.try_get::<_, i64>(column).map_err(Error::from)?.unsigned_abs())
}

async fn of_source(
    connection: &Connection,
    source: Source,
    kept: &str,
) -> Result<SourceSummary, RegistryError> {
    let id = key(&source.id);
    let mut lists: BTreeMap<String, u64> = source.lists().map(|l| (l.to_owned(), 0)).collect();
    let sql = "SELECT list, count(*) FROM mustcheck_record WHERE source = $1 GROUP BY list";
    for row in connection.bulk_rows(sql, &[&id]).await? {
        lists.insert(text(&row, 0)?, number(&row, 1)?);
    }
    let sql = "SELECT body FROM mustcheck_before_source WHERE id = $1";
    let before = connection.bulk_rows(sql, &[&id]).await?;
    let before = before.first().map(|row| text(row, 0)).transpose()?;
    let before: Option<Source> = before.map(|body| decode(&body)).transpose()?;
    let answered = "SELECT count(*) FROM mustcheck_opening AS open \
                    JOIN mustcheck_acknowledged AS own \
                    ON own.source = open.source AND own.mark = open.mark WHERE open.source = $1";
    Ok(SourceSummary {
        records: lists.values().sum(),
        lists,
        kept_schemes: decode::<Kept>(kept)?.schemes,
        open: opened(connection, &id).await?,
        acknowledged: count(connection, answered, &id).await?,
        entries: entries(connection, &id).await?,
        undo: before.map(|source| source.as_of),
        source,
    })
}

async fn count(connection: &Connection, sql: &str, source: &str) -> Result<u64, RegistryError> {
    let rows = connection.bulk_rows(sql, &[&source]).await?;
    rows.first().map_or(Ok(0), |row| number(row, 0))
}

/// Counts the entries that nobody has acknowledged.
async fn opened(connection: &Connection, source: &str) -> Result<OpenSummary, RegistryError> {
    let mut open = OpenSummary::default();
    let sql = format!(
        "SELECT reach, since, count(*) FROM mustcheck_opening AS open \
         WHERE open.source = $1 AND {UNANSWERED} GROUP BY reach, since"
    );
    for row in connection.bulk_rows(&sql, &[&source]).await? {
        let (reach, since) = (Reach::of(&text(&row, 0)?), text(&row, 1)?.parse());
        let (Some(reach), Ok(since)) = (reach, since) else {
            return Err(unreadable("an entry that could not be read"));
        };
        open.count(reach, number(&row, 2)?, since);
    }
    let sql = format!(
        "SELECT count(*) FROM mustcheck_opening AS open JOIN mustcheck_pattern AS pattern \
         ON pattern.opening = open.key WHERE open.source = $1 AND {UNANSWERED}"
    );
    open.patterns = count(connection, &sql, source).await?;
    Ok(open)
}

/// The first entries: those that nobody has acknowledged, before the others.
async fn entries(
    connection: &Connection,
    source: &str,
) -> Result<Vec<EntrySummary>, RegistryError> {
    let sql = "SELECT open.mark, open.list, open.told, open.reach, open.since, own.name, own.why, \
               own.day FROM mustcheck_opening AS open LEFT JOIN mustcheck_acknowledged AS own \
               ON own.source = open.source AND own.mark = open.mark WHERE open.source = $1 \
               ORDER BY own.name IS NOT NULL, open.key LIMIT $2";
    let shown = i64::try_from(ENTRIES_SHOWN).unwrap_or(i64::MAX);
    let mut all = Vec::new();
    for row in connection.bulk_rows(sql, &[&source, &shown]).await? {
        let (reach, since) = (Reach::of(&text(&row, 3)?), text(&row, 4)?.parse());
        let (Some(reach), Ok(since)) = (reach, since) else {
            return Err(unreadable("an entry that could not be read"));
        };
        let (place, reason) = decode(&text(&row, 2)?)?;
        let acknowledged = acknowledged(maybe(&row, 5)?, maybe(&row, 6)?, maybe(&row, 7)?)?;
        let (mark, list) = (text(&row, 0)?, maybe(&row, 1)?);
        all.push(EntrySummary { mark, list, place, reason, reach, since, acknowledged });
    }
    Ok(all)
}
