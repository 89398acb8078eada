//! Importing registry files: one transaction a source, and one import at a time.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use mustcheck::RegistryError;
use mustcheck::model::CreditRecord;
use mustcheck::registry::Vocabulary;
use mustcheck::registry::held::{
    Admission, Change, ImportOptions, Refusal, admit, change, decode, encode, foreign_place,
};
use mustcheck::registry::import::{Incoming, Item, Rejected, Report, SourceReport};
use mustcheck::registry::json::identities;
use mustcheck::registry::sources::{Source, now};
use mustcheck::registry::written::Shape;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{EVERYBODY, PostgresRegistry, key};
use crate::database::Connection;
use crate::{Database, Error, random};

/// Records that go to the server at once.
const CHUNK: usize = 1000;

impl PostgresRegistry {
    /// Imports a registry file, as [`mustcheck::registry::import::import`] does into SQLite and
    /// with the same report. Each source is one transaction: a lookup sees it before or after, and
    /// an import that is stopped leaves it as it was. Of two imports at once, one waits.
    ///
    /// # Errors
    ///
    /// If the file or the database cannot be used at all; what one source or record does wrong is
    /// in the report.
    pub async fn import(
        &self,
        file: &Path,
        vocabulary: &Vocabulary,
    ) -> Result<Report, RegistryError> {
        let (path, words) = (file.to_owned(), vocabulary.clone());
        let read = tokio::task::spawn_blocking(move || Incoming::read(&path, &words)).await;
        let ended = |_| RegistryError::Other("reading the file was broken off".into());
        self.import_incoming(read.map_err(ended)??).await
    }

    /// Imports what was read and judged already.
    ///
    /// # Errors
    ///
    /// If the database cannot be used.
    pub async fn import_incoming(&self, file: Incoming) -> Result<Report, RegistryError> {
        let mut snapshots: HashMap<String, Snapshot> = HashMap::new();
        let rejected = file.each(&mut |item| {
            match item {
                Item::Record(record) => {
                    let snapshot = snapshots.entry(record.source.clone()).or_default();
                    snapshot.records.push(*record);
                }
                Item::Refusal { source, refusal } => {
                    snapshots.entry(source).or_default().refusals.push(refusal);
                }
            }
            Ok(())
        })?;
        let mut report = Report { rejected, ..Report::default() };
        for source in file.sources().to_vec() {
            let snapshot = snapshots.remove(&source.id).unwrap_or_default();
            let connection = self.database.connection().await?;
            let done = SourceReport { source: source.id.clone(), ..SourceReport::default() };
            let mut import = Import {
                database: &self.database,
                connection,
                file: file.sources(),
                source: &source,
                gone: HashSet::new(),
                places: 0,
                done,
                rejected: Vec::new(),
            };
            import.run(&snapshot).await?;
            report.rejected.append(&mut import.rejected);
            report.sources.push(import.done.clone());
            import.connection.done();
        }
        self.count().await;
        Ok(report)
    }

    /// Lets the server count what is there, so that it plans for as many rows at once; whoever
    /// has a plan already makes it anew. Without this, the server does so when it gets to it.
    async fn count(&self) {
        let Ok(connection) = self.database.connection().await else { return };
        let count = "ANALYZE mustcheck_source; ANALYZE mustcheck_record; ANALYZE mustcheck_party; \
                     ANALYZE mustcheck_rejected";
        if self.database.within_bulk(connection.batch_execute(count)).await.is_ok() {
            connection.done();
        }
    }
}

/// What a file holds for one source.
#[derive(Default)]
struct Snapshot {
    /// The records that are fit for import.
    records: Vec<CreditRecord>,
    /// Those that are not.
    refusals: Vec<Refusal>,
}

/// The import of one source.
struct Import<'a> {
    database: &'a Database,
    connection: Connection,
    file: &'a [Source],
    source: &'a Source,
    /// Keys of the records held that the snapshot has not named yet.
    gone: HashSet<String>,
    /// Refused records so far.
    places: i64,
    done: SourceReport,
    rejected: Vec<Rejected>,
}

/// A record that is stored.
struct Put {
    record: CreditRecord,
    body: String,
}

impl Import<'_> {
    async fn query(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, RegistryError> {
        Ok(self.connection.bulk_rows(sql, values).await?)
    }

    async fn run(&mut self, snapshot: &Snapshot) -> Result<(), RegistryError> {
        let begin = format!("BEGIN; {}", self.database.bulk_settings());
        self.database.within(self.connection.batch_execute(&begin)).await?;
        // Whoever imports waits here for whoever does already.
        self.query("SELECT state FROM mustcheck_registry WHERE id = 1 FOR UPDATE", &[]).await?;
        let id = key(&self.source.id);
        let held = self.query("SELECT body FROM mustcheck_source WHERE id = $1", &[&id]).await?;
        if let Some(held) = held.first() {
            let held: Source = decode(column(held, 0)?)?;
            let options = ImportOptions::default();
            if let Admission::Refused(reason) = admit(self.source, Some(&held), now()?, &options) {
                self.done.refused = Some(reason);
            }
        }
        if self.done.refused.is_some() {
            self.database.within(self.connection.batch_execute("ROLLBACK")).await?;
            return Ok(());
        }
        let put = "INSERT INTO mustcheck_source (id, body) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET body = excluded.body";
        self.query(put, &[&id, &encode(self.source)?]).await?;
        let held = self.query("SELECT id FROM mustcheck_record WHERE source = $1", &[&id]).await?;
        for row in &held {
            self.gone.insert(column::<String>(row, 0)?);
        }
        self.query("DELETE FROM mustcheck_rejected WHERE source = $1", &[&id]).await?;
        for records in snapshot.records.chunks(CHUNK) {
            self.records(records).await?;
        }
        for refusal in &snapshot.refusals {
            self.refusal(refusal).await?;
        }
        let gone: Vec<String> = std::mem::take(&mut self.gone).into_iter().collect();
        for ids in gone.chunks(CHUNK) {
            self.query("DELETE FROM mustcheck_record WHERE id = ANY ($1)", &[&ids]).await?;
        }
        self.done.removed = u64::try_from(gone.len()).unwrap_or(u64::MAX);
        let state = random::text()?;
        self.query("UPDATE mustcheck_registry SET state = $1 WHERE id = 1", &[&state]).await?;
        Ok(self.database.within_bulk(self.connection.batch_execute("COMMIT")).await?)
    }

    /// Stores what is new or changed of some records.
    async fn records(&mut self, records: &[CreditRecord]) -> Result<(), RegistryError> {
        let ids: Vec<String> = records.iter().map(|record| key(&record.id)).collect();
        let held = "SELECT id, body FROM mustcheck_record WHERE id = ANY ($1)";
        let mut bodies = HashMap::new();
        for row in self.query(held, &[&ids]).await? {
            bodies.insert(column::<String>(&row, 0)?, column::<String>(&row, 1)?);
        }
        let (mut puts, mut changed) = (Vec::new(), Vec::new());
        for (record, id) in records.iter().zip(&ids) {
            self.gone.remove(id);
            let held = bodies.get(id);
            match change(record, held.map(String::as_str), self.source, self.file)? {
                Change::Put { body, .. } => {
                    match held {
                        Some(_) => self.done.changed += 1,
                        None => self.done.added += 1,
                    }
                    changed.extend(held.map(|_| id.clone()));
                    puts.push(Put { record: record.clone(), body });
                }
                Change::Same => self.done.unchanged += 1,
                Change::Foreign { reason } => self.foreign(record, reason).await?,
            }
        }
        if !changed.is_empty() {
            self.query("DELETE FROM mustcheck_record WHERE id = ANY ($1)", &[&changed]).await?;
        }
        self.put(&puts).await
    }

    async fn put(&self, puts: &[Put]) -> Result<(), RegistryError> {
        if puts.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = puts.iter().map(|put| key(&put.record.id)).collect();
        let bodies: Vec<&str> = puts.iter().map(|put| &*put.body).collect();
        let insert = "INSERT INTO mustcheck_record (id, source, body) \
                      SELECT id, $1, body FROM unnest($2::TEXT[], $3::TEXT[]) AS new (id, body)";
        self.query(insert, &[&key(&self.source.id), &ids, &bodies]).await?;
        let (mut identifiers, mut schemes) = (Vec::new(), Vec::new());
        let (mut countries, mut records) = (Vec::new(), Vec::new());
        for (put, id) in puts.iter().zip(&ids) {
            for (scheme, country, identifier) in identities(&put.record) {
                identifiers.push(identifier);
                schemes.push(scheme.code());
                countries.push(country);
                records.push(&**id);
            }
        }
        let insert = "INSERT INTO mustcheck_party (identifier, scheme, country, record) \
                      SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[])";
        self.query(insert, &[&identifiers, &schemes, &countries, &records]).await?;
        Ok(())
    }

    /// Another source's record has this id: whom this one names stays unanswered.
    async fn foreign(
        &mut self,
        record: &CreditRecord,
        reason: String,
    ) -> Result<(), RegistryError> {
        let place = foreign_place(record, self.source);
        for (_, _, identifier) in identities(record) {
            self.reject(&identifier, Some(&record.list), &place, &reason).await?;
        }
        self.rejected.push(Rejected { place, reason, mark: String::new() });
        Ok(())
    }

    async fn refusal(&mut self, refusal: &Refusal) -> Result<(), RegistryError> {
        let id = refusal.id.as_deref().map(key);
        // The source still lists it: the held version stays, and its parties stay unanswered.
        let held = match id.filter(|id| self.gone.remove(id)) {
            Some(id) => {
                let held = "SELECT body FROM mustcheck_record WHERE id = $1";
                self.query(held, &[&id]).await?
            }
            None => Vec::new(),
        };
        let mut named = Vec::new();
        for row in &held {
            let record: CreditRecord = decode(column(row, 0)?)?;
            named.extend(identities(&record).into_iter().map(|(_, _, identifier)| identifier));
        }
        let open = refusal.open.iter().map(|pattern| match pattern.shape() {
            Shape::Whole => pattern.to_string(),
            _ => EVERYBODY.to_owned(),
        });
        let nobody = (named.is_empty() && refusal.open.is_empty()).then(|| EVERYBODY.to_owned());
        named.extend(open.chain(nobody));
        for identifier in &named {
            let list = refusal.list.as_deref();
            self.reject(identifier, list, &refusal.place, &refusal.reason).await?;
        }
        Ok(())
    }

    async fn reject(
        &mut self,
        identifier: &str,
        list: Option<&str>,
        place: &str,
        reason: &str,
    ) -> Result<(), RegistryError> {
        // Nobody is asked about by anything else: an identifier that is looked up is valid.
        let askable = |text: &str| {
            text.len() <= 64 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        };
        if identifier != EVERYBODY && !askable(identifier) {
            return Ok(());
        }
        let insert = "INSERT INTO mustcheck_rejected (source, place, identifier, list, reason) \
                      VALUES ($1, $2, $3, $4, $5)";
        let (source, list) = (key(&self.source.id), list.map(key));
        let values: [&(dyn ToSql + Sync); 5] =
            [&source, &self.places, &identifier, &list, &encode(&(place, reason))?];
        self.query(insert, &values).await?;
        self.places += 1;
        Ok(())
    }
}

fn column<'a, T: tokio_postgres::types::FromSql<'a>>(
    row: &'a Row,
    column: usize,
) -> Result<T, RegistryError> {
    Ok(row.try_get(column).map_err(Error::from)?)
}
