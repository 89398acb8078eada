//! Summaries of the sources in a database.

use std::collections::BTreeMap;

use mustcheck::registry::held::{
    Acknowledgement, ENTRIES_SHOWN, EntrySummary, OpenSummary, Reach, SourceSummary, decode,
    unreadable,
};
use mustcheck::registry::sources::Source;
use rusqlite::{Connection, OptionalExtension, params};

use super::openings::kept;
use super::sources;
use crate::error::StoreError;

/// Reads the sources, with their counts and with the entries that could not be read.
pub(super) fn summary(connection: &Connection) -> Result<Vec<SourceSummary>, StoreError> {
    sources(connection)?.into_iter().map(|source| of_source(connection, source)).collect()
}

fn of_source(connection: &Connection, source: Source) -> Result<SourceSummary, StoreError> {
    let id = source.id.as_str();
    let count = |sql: &str| -> Result<u64, StoreError> {
        let count: i64 = connection.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    let mut lists: BTreeMap<String, u64> = source.lists().map(|l| (l.to_owned(), 0)).collect();
    let sql = "SELECT list, count(*) FROM record WHERE source = ?1 GROUP BY list";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let records: i64 = row.get(1)?;
        lists.insert(row.get(0)?, records.unsigned_abs());
    }
    let sql = "SELECT body FROM before_source WHERE id = ?1";
    let before: Option<String> =
        connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    let before: Option<Source> = before.map(|body| decode(&body)).transpose()?;
    let mut open = opened(connection, id)?;
    open.patterns = count(
        "SELECT count(*) FROM opening JOIN pattern ON pattern.opening = opening.key \
         WHERE source = ?1 AND NOT EXISTS (SELECT 1 FROM acknowledged \
         WHERE acknowledged.source = opening.source AND acknowledged.mark = opening.mark)",
    )?;
    Ok(SourceSummary {
        records: lists.values().sum(),
        lists,
        kept_schemes: kept(connection, id)?.schemes,
        open,
        acknowledged: count(
            "SELECT count(*) FROM opening JOIN acknowledged USING (source, mark) \
             WHERE source = ?1",
        )?,
        entries: entries(connection, id)?,
        undo: before.map(|source| source.as_of),
        source,
    })
}

/// Counts the entries that are not acknowledged.
fn opened(connection: &Connection, source: &str) -> Result<OpenSummary, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT reach, since, count(*) FROM opening WHERE source = ?1 \
         AND NOT EXISTS (SELECT 1 FROM acknowledged WHERE acknowledged.source = opening.source \
                         AND acknowledged.mark = opening.mark) GROUP BY reach, since",
    )?;
    let mut open = OpenSummary::default();
    let mut rows = statement.query([source])?;
    while let Some(row) = rows.next()? {
        let (reach, since): (String, String) = (row.get(0)?, row.get(1)?);
        let (Some(reach), Ok(since)) = (Reach::of(&reach), since.parse()) else {
            return Err(unreadable("an entry that could not be read").into());
        };
        let entries: i64 = row.get(2)?;
        open.count(reach, entries.unsigned_abs(), since);
    }
    Ok(open)
}

/// Reads the first entries, those that are not acknowledged before the others.
fn entries(connection: &Connection, source: &str) -> Result<Vec<EntrySummary>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT opening.mark, list, place, reason, reach, since, by, why, day FROM opening \
         LEFT JOIN acknowledged ON acknowledged.source = opening.source \
         AND acknowledged.mark = opening.mark WHERE opening.source = ?1 \
         ORDER BY by IS NOT NULL, opening.key LIMIT ?2",
    )?;
    let shown = i64::try_from(ENTRIES_SHOWN).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![source, shown])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (reach, since): (String, String) = (row.get(4)?, row.get(5)?);
        let (Some(reach), Ok(since)) = (Reach::of(&reach), since.parse()) else {
            return Err(unreadable("an entry that could not be read").into());
        };
        let by: Option<String> = row.get(6)?;
        let acknowledged = match by {
            None => None,
            Some(by) => {
                let day: String = row.get(8)?;
                let on = day.parse().map_err(|_| unreadable("the day of an acknowledgement"))?;
                Some(Acknowledgement { by, why: row.get(7)?, on })
            }
        };
        let (mark, list) = (row.get(0)?, row.get(1)?);
        let (place, reason) = (row.get(2)?, row.get(3)?);
        all.push(EntrySummary { mark, list, place, reason, reach, since, acknowledged });
    }
    Ok(all)
}
