//! Transactions that change the registry; acknowledgements and undo.

use mustcheck::model::CreditRecord;
use mustcheck::registry::held::{
    Acknowledgement, Entry, Mark, Reach, Refusal, decode, encode, held_elsewhere, no_such_mark,
    nothing_before, unreadable,
};
use mustcheck::registry::identities;
use mustcheck::registry::sources::Source;
use mustcheck::registry::written::Pattern;
use mustcheck::{RegistryError, Timestamp};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{PostgresRegistry, key};
use crate::database::Connection;
use crate::{Database, Error, random};

/// A transaction that changes the registry. There is one at a time.
pub(super) struct Transaction<'a> {
    database: &'a Database,
    connection: Connection,
}

/// A row of texts.
pub(super) struct Texts(Row);

impl Texts {
    /// The text in a column; empty if there is none.
    pub(super) fn text(&self, column: usize) -> &str {
        self.maybe(column).unwrap_or_default()
    }

    /// The text in a column, if there is one.
    pub(super) fn maybe(&self, column: usize) -> Option<&str> {
        self.0.try_get::<_, Option<&str>>(column).ok().flatten()
    }
}

/// A record that is stored.
pub(super) struct StoredRecord {
    /// The record's key.
    pub(super) id: String,
    pub(super) record: CreditRecord,
    /// The last day on which it has effect.
    pub(super) until: String,
    pub(super) body: String,
}

impl<'a> Transaction<'a> {
    /// Begins a transaction, once no other one changes the registry. It is undone if it is dropped.
    pub(super) async fn begin(database: &'a Database) -> Result<Self, RegistryError> {
        let connection = database.connection().await?;
        let begin = format!("BEGIN; {}", database.bulk_settings());
        database.within(connection.batch_execute(&begin)).await?;
        let own = Self { database, connection };
        own.run("SELECT state FROM mustcheck_registry WHERE id = 1 FOR UPDATE", &[]).await?;
        Ok(own)
    }

    /// Runs a statement.
    pub(super) async fn run(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<(), RegistryError> {
        Ok(self.connection.bulk_rows(sql, values).await.map(drop)?)
    }

    /// The rows of a statement.
    pub(super) async fn texts(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Texts>, RegistryError> {
        let rows = self.connection.bulk_rows(sql, values).await?;
        Ok(rows.into_iter().map(Texts).collect())
    }

    async fn count(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<i64, RegistryError> {
        let rows = self.connection.bulk_rows(sql, values).await?;
        let count = rows.first().map(|row| row.try_get(0)).transpose().map_err(Error::from)?;
        Ok(count.unwrap_or_default())
    }

    /// Stores records whose keys are not there.
    pub(super) async fn store(&self, puts: &[StoredRecord]) -> Result<(), RegistryError> {
        if puts.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = puts.iter().map(|put| put.id.as_str()).collect();
        let sources: Vec<String> = puts.iter().map(|put| key(&put.record.source)).collect();
        let lists: Vec<&str> = puts.iter().map(|put| put.record.list.as_str()).collect();
        let untils: Vec<&str> = puts.iter().map(|put| put.until.as_str()).collect();
        let bodies: Vec<&str> = puts.iter().map(|put| put.body.as_str()).collect();
        let insert = "INSERT INTO mustcheck_record (id, source, list, until, body) \
                      SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], \
                      $5::TEXT[])";
        self.run(insert, &[&ids, &sources, &lists, &untils, &bodies]).await?;
        let (mut identifiers, mut schemes) = (Vec::new(), Vec::new());
        let (mut countries, mut records) = (Vec::new(), Vec::new());
        for StoredRecord { id, record, .. } in puts {
            for (scheme, country, identifier) in identities(record) {
                identifiers.push(identifier);
                schemes.push(scheme.code());
                countries.push(country);
                records.push(id.as_str());
            }
        }
        let insert = "INSERT INTO mustcheck_party (identifier, scheme, country, record) \
                      SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[])";
        self.run(insert, &[&identifiers, &schemes, &countries, &records]).await
    }

    /// Stores an entry that could not be read, with the subjects that it may mean.
    // RAIL R2
    pub(super) async fn leave_open(
        &self,
        source: &str,
        refusal: &Refusal,
        entries: &[Entry],
        since: &str,
    ) -> Result<(), RegistryError> {
        let Refusal { list, place, reason, mark, .. } = refusal;
        let told = encode(&(place, reason))?;
        for Entry { reach, patterns } in entries {
            let insert = "INSERT INTO mustcheck_opening (source, list, told, mark, since, reach) \
                          VALUES ($1, $2, $3, $4, $5, $6) RETURNING key";
            let source = key(source);
            let opening =
                self.count(insert, &[&source, &list, &told, &mark, &since, &reach.code()]).await?;
            let keys: Vec<String> = patterns.iter().map(Pattern::key).collect();
            let texts: Vec<&str> = patterns.iter().map(Pattern::as_str).collect();
            let shapes: Vec<String> = patterns.iter().map(|p| p.shape().to_string()).collect();
            let insert = "INSERT INTO mustcheck_pattern (key, opening, pattern, shape) \
                          SELECT key, $1, pattern, shape FROM unnest($2::TEXT[], $3::TEXT[], \
                          $4::TEXT[]) AS new (key, pattern, shape) ON CONFLICT DO NOTHING";
            self.run(insert, &[&opening, &keys, &texts, &shapes]).await?;
        }
        Ok(())
    }

    /// Deletes the acknowledgements of entries that are no longer listed: only the identical entry
    /// stays acknowledged.
    pub(super) async fn forget_answered(&self, source: &str) -> Result<(), RegistryError> {
        let sql = "DELETE FROM mustcheck_acknowledged WHERE source = $1 \
                   AND mark NOT IN (SELECT mark FROM mustcheck_opening WHERE source = $1)";
        self.run(sql, &[&source]).await
    }

    /// Commits, and gives the registry's state a new name.
    pub(super) async fn commit(self) -> Result<(), RegistryError> {
        self.run("DELETE FROM mustcheck_shape", &[]).await?;
        let shapes = "INSERT INTO mustcheck_shape SELECT DISTINCT shape FROM mustcheck_pattern";
        self.run(shapes, &[]).await?;
        let state = random::text()?;
        self.run("UPDATE mustcheck_registry SET state = $1 WHERE id = 1", &[&state]).await?;
        self.database.within_bulk(self.connection.batch_execute("COMMIT")).await?;
        self.connection.done();
        Ok(())
    }
}

impl PostgresRegistry {
    /// Acknowledges entries that an import could not read, as
    /// [`mustcheck_registry::import::acknowledge`] does.
    ///
    /// # Errors
    ///
    /// As [`mustcheck_registry::import::acknowledge`].
    // RAIL R2: somebody answers for it by name.
    pub async fn acknowledge(
        &self,
        marks: &[Mark],
        by: &str,
        why: &str,
    ) -> Result<u64, RegistryError> {
        let Acknowledgement { by, why, on } = Acknowledgement::today(by, why)?;
        let transaction = Transaction::begin(&self.database).await?;
        let (day, mut entries) = (on.to_string(), 0);
        for mark in marks {
            let sql = "SELECT count(*) FROM mustcheck_opening WHERE mark = $1";
            let count = transaction.count(sql, &[mark]).await?;
            if count == 0 {
                return Err(no_such_mark(mark));
            }
            let sql = "INSERT INTO mustcheck_acknowledged (source, mark, name, why, day) \
                       SELECT DISTINCT source, mark, $2, $3, $4 FROM mustcheck_opening \
                       WHERE mark = $1 ON CONFLICT (source, mark) DO UPDATE \
                       SET name = excluded.name, why = excluded.why, day = excluded.day";
            transaction.run(sql, &[mark, &by, &why, &day]).await?;
            entries += count.unsigned_abs();
        }
        transaction.commit().await?;
        Ok(entries)
    }

    /// Brings back the snapshot of a source from before its last import, once, as
    /// [`mustcheck_registry::import::undo`] does.
    ///
    /// # Errors
    ///
    /// As [`mustcheck_registry::import::undo`].
    pub async fn undo(&self, source: &str) -> Result<Timestamp, RegistryError> {
        let transaction = Transaction::begin(&self.database).await?;
        let id = key(source);
        let sql = "SELECT body, kept FROM mustcheck_before_source WHERE id = $1";
        let before = transaction.texts(sql, &[&id]).await?.pop();
        let before = before.ok_or_else(|| nothing_before(source))?;
        let held: Source = decode(before.text(0))?;
        bring_back_records(&transaction, &id).await?;
        bring_back_openings(&transaction, source, &id).await?;
        let sql = "UPDATE mustcheck_source SET body = $2, kept = $3 WHERE id = $1";
        transaction.run(sql, &[&id, &before.text(0), &before.text(1)]).await?;
        for sql in [
            "DELETE FROM mustcheck_before_source WHERE id = $1",
            "DELETE FROM mustcheck_before_record WHERE source = $1",
            "DELETE FROM mustcheck_before_opening WHERE source = $1",
        ] {
            transaction.run(sql, &[&id]).await?;
        }
        transaction.forget_answered(&id).await?;
        transaction.commit().await?;
        Ok(held.as_of)
    }
}

async fn bring_back_records(
    transaction: &Transaction<'_>,
    source: &str,
) -> Result<(), RegistryError> {
    let elsewhere = "SELECT held.body FROM mustcheck_before_record AS old \
                     JOIN mustcheck_record AS held ON held.id = old.id \
                     WHERE old.source = $1 AND held.source <> $1 LIMIT 1";
    if let Some(row) = transaction.texts(elsewhere, &[&source]).await?.first() {
        let held: CreditRecord = decode(row.text(0))?;
        return Err(held_elsewhere(&held.id, &held.source));
    }
    let now = "DELETE FROM mustcheck_record \
               WHERE id IN (SELECT id FROM mustcheck_before_record WHERE source = $1)";
    transaction.run(now, &[&source]).await?;
    let before = "SELECT id, until, body FROM mustcheck_before_record \
                  WHERE source = $1 AND body IS NOT NULL";
    let mut puts = Vec::new();
    for row in transaction.texts(before, &[&source]).await? {
        let (until, body) = (row.text(1).to_owned(), row.text(2).to_owned());
        let record: CreditRecord = decode(&body)?;
        puts.push(StoredRecord { id: row.text(0).to_owned(), record, until, body });
    }
    transaction.store(&puts).await
}

async fn bring_back_openings(
    transaction: &Transaction<'_>,
    source: &str,
    id: &str,
) -> Result<(), RegistryError> {
    transaction.run("DELETE FROM mustcheck_opening WHERE source = $1", &[&id]).await?;
    let before = "SELECT list, told, mark, since, reach, patterns FROM mustcheck_before_opening \
                  WHERE source = $1 ORDER BY key";
    for row in transaction.texts(before, &[&id]).await? {
        let (place, reason) = decode(row.text(1))?;
        let patterns = row.text(5).split_whitespace().map(Pattern::read).collect::<Option<_>>();
        let (Some(patterns), Some(reach)) = (patterns, Reach::of(row.text(4))) else {
            return Err(unreadable("an entry that could not be read"));
        };
        let refusal = Refusal {
            id: None,
            list: row.maybe(0).map(str::to_owned),
            place,
            reason,
            mark: row.text(2).to_owned(),
            open: Default::default(),
            unnamed: false,
            beside: false,
        };
        let entry = Entry { reach, patterns };
        transaction.leave_open(source, &refusal, &[entry], row.text(3)).await?;
    }
    Ok(())
}
