//! Entries that an import could not read, for lookups.

use std::collections::BTreeSet;

use mustcheck::registry::held::{Acknowledgement, Held, Kept, Mark, Opening, decode, unreadable};
use mustcheck::registry::written::{Pattern, Shape};
use rusqlite::{Connection, Row};

use super::sources;
use crate::error::StoreError;

/// Reads the sources, each with the parts of its state that every lookup needs.
pub(super) fn held(connection: &Connection) -> Result<Vec<Held>, StoreError> {
    let mut all = Vec::new();
    for source in sources(connection)? {
        all.push(Held {
            kept: kept(connection, &source.id)?.but_for(&acknowledged(connection, &source.id)?),
            everybody: everybody(connection, &source.id)?,
            unnamed: unnamed(connection, &source.id)?,
            source,
        });
    }
    Ok(all)
}

/// Reads the identifiers by which a source names its subjects.
pub(super) fn kept(connection: &Connection, source: &str) -> Result<Kept, StoreError> {
    let mut statement = connection.prepare_cached("SELECT kept FROM source WHERE id = ?1")?;
    let kept: String = statement.query_row([source], |row| row.get(0))?;
    Ok(decode(&kept)?)
}

/// Reads the marks of a source's acknowledged entries.
fn acknowledged(connection: &Connection, source: &str) -> Result<BTreeSet<Mark>, StoreError> {
    let sql = "SELECT mark FROM acknowledged WHERE source = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let marks = statement.query_map([source], |row| row.get(0))?;
    Ok(marks.collect::<Result<_, _>>()?)
}

/// Reads the shapes of the open patterns.
pub(super) fn shapes(connection: &Connection) -> Result<Vec<Shape>, StoreError> {
    let mut statement = connection.prepare("SELECT shape FROM shape ORDER BY shape")?;
    let mut rows = statement.query([])?;
    let mut shapes = Vec::new();
    while let Some(row) = rows.next()? {
        let shape: String = row.get(0)?;
        shapes.push(shape.parse().map_err(|()| unreadable("a shape of patterns"))?);
    }
    Ok(shapes)
}

/// Reads the first entry of each list that may mean anybody, and the first acknowledged one.
fn everybody(connection: &Connection, source: &str) -> Result<Vec<Opening>, StoreError> {
    // Beside `min`, SQLite returns the columns of the row that has it.
    let mut statement = connection.prepare_cached(
        "SELECT min(opening.key), opening.source, list, place, reason, acknowledged.by, \
         acknowledged.why, acknowledged.day, count(*) FROM opening LEFT JOIN acknowledged \
         ON acknowledged.source = opening.source AND acknowledged.mark = opening.mark \
         WHERE opening.reach = 'everybody' AND opening.source = ?1 \
         GROUP BY list, acknowledged.mark IS NULL",
    )?;
    let mut rows = statement.query([source])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let entries: i64 = row.get(8)?;
        all.push(Opening { entries: entries.unsigned_abs(), ..opening(row)? });
    }
    Ok(all)
}

fn unnamed(
    connection: &Connection,
    source: &str,
) -> Result<Vec<(Option<String>, u64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT list, count(*) FROM opening WHERE opening.reach = 'unnamed' AND source = ?1 \
         AND NOT EXISTS (SELECT 1 FROM acknowledged WHERE acknowledged.source = opening.source \
                         AND acknowledged.mark = opening.mark) GROUP BY list",
    )?;
    let mut rows = statement.query([source])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let entries: i64 = row.get(1)?;
        all.push((row.get(0)?, entries.unsigned_abs()));
    }
    Ok(all)
}

fn opening(row: &Row<'_>) -> Result<Opening, StoreError> {
    let by: Option<String> = row.get(5)?;
    let acknowledged = match by {
        None => None,
        Some(by) => {
            let day: String = row.get(7)?;
            let on = day.parse().map_err(|_| unreadable("the day of an acknowledgement"))?;
            Some(Acknowledgement { by, why: row.get(6)?, on })
        }
    };
    Ok(Opening {
        key: row.get(0)?,
        source: row.get(1)?,
        list: row.get(2)?,
        place: row.get(3)?,
        reason: row.get(4)?,
        entries: 1,
        acknowledged,
    })
}

/// Finds the entries that may mean a subject, by one key for each open shape.
// RAIL R2
pub(super) fn meaning(
    connection: &Connection,
    shapes: &[Shape],
    identifier: &str,
) -> Result<Vec<Opening>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT opening.key, opening.source, list, place, reason, acknowledged.by, \
         acknowledged.why, acknowledged.day, pattern.pattern FROM pattern \
         JOIN opening ON opening.key = pattern.opening LEFT JOIN acknowledged \
         ON acknowledged.source = opening.source AND acknowledged.mark = opening.mark \
         WHERE pattern.key = ?1",
    )?;
    let mut all = Vec::new();
    for key in shapes.iter().filter_map(|shape| shape.key(identifier)) {
        let mut rows = statement.query([key])?;
        while let Some(row) = rows.next()? {
            let pattern: String = row.get(8)?;
            let pattern = Pattern::read(&pattern).ok_or_else(|| unreadable("a pattern"))?;
            if pattern.fits(identifier) {
                all.push(opening(row)?);
            }
        }
    }
    Ok(all)
}
