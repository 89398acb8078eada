//! The registry: found by exact identifier through an index, in one round trip.

mod import;
mod key;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use mustcheck::model::{Answer, CreditRecord, Scheme, Subject};
use mustcheck::registry::held::{Held, OpenSummary, Opening, SourceSummary, answer, decode};
use mustcheck::registry::sources::Source;
use mustcheck::registry::{LookupFuture, Vocabulary, VocabularyFuture};
use mustcheck::{Ask, AsyncRegistry, Registry, RegistryError};
use tokio_postgres::Row;

use crate::{Database, Error};
use key::key;

/// One statement, and so one state of the database. Each row says what it is: the state's name,
/// a source if the state is another than the one known, a record by a party, a refused record.
const LOOKUP: &str = "\
SELECT 0, state, '', '', '', 0::BIGINT FROM mustcheck_registry WHERE id = 1 \
UNION ALL SELECT 1, body, '', '', '', 0 FROM mustcheck_source \
  WHERE (SELECT state FROM mustcheck_registry WHERE id = 1) <> $2 \
UNION ALL SELECT 2, party.identifier, party.scheme, party.country, record.body, 0 \
  FROM mustcheck_party AS party JOIN mustcheck_record AS record ON record.id = party.record \
  WHERE party.identifier = ANY ($1) \
UNION ALL SELECT 3, identifier, source, coalesce(list, ''), reason, place \
  FROM mustcheck_rejected WHERE identifier = ANY ($1)";

/// A registry in PostgreSQL. A lookup reads one consistent state, also while imports run.
#[derive(Clone, Debug)]
pub struct PostgresRegistry {
    database: Database,
    known: Arc<Mutex<Arc<Known>>>,
}

/// The sources of one state of the database. Every lookup needs all of them, and they change only
/// with an import.
#[derive(Debug, Default)]
struct Known {
    state: String,
    sources: Vec<Source>,
}

/// Stands for everybody among those whom refused records name; no identifier is spelt so.
const EVERYBODY: &str = "*";

/// Who a record is about: identifier, scheme, country.
type Party = (String, String, String);

/// What one statement found.
#[derive(Default)]
struct Found {
    state: String,
    sources: Vec<Source>,
    records: HashMap<Party, Vec<CreditRecord>>,
    /// By identifier: the place of each, its source's key, its list's.
    refused: HashMap<String, Vec<(i64, String, String, String)>>,
}

impl PostgresRegistry {
    /// The registry in a database.
    pub fn new(database: Database) -> Self {
        Self { database, known: Arc::default() }
    }

    /// The same, for a caller that waits on its own thread, which must not be one that runs a
    /// runtime of one thread.
    pub fn blocking(&self) -> BlockingRegistry {
        BlockingRegistry(self.clone())
    }

    async fn answers(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let identifiers: HashSet<&str> =
            asks.iter().map(|ask| &*ask.subject.identifier).chain([EVERYBODY]).collect();
        let identifiers: Vec<&str> = identifiers.into_iter().collect();
        let known = self.known();
        let mut found = self.find(&identifiers, &known.state).await?;
        let known = self.remember(known, &mut found);
        let mut answers = Vec::new();
        for ask in asks {
            let refused = found.refused(ask.subject, &known.sources)?;
            // RAIL R6: by exact identifier, never by name.
            let records = found.records.get(&party(ask.subject)).map_or(&[][..], Vec::as_slice);
            let records: Vec<&CreditRecord> = records.iter().collect();
            let all = Scheme::ALL.iter().copied().collect();
            let held = known.sources.iter().map(|source| Held::readable(source.clone(), &all));
            let held: Vec<Held> = held.collect();
            answer(ask, &held, &records, &refused, &mut answers);
        }
        Ok(answers)
    }

    /// What is held about some identifiers, and the sources if they are of another state than the
    /// one named.
    async fn find(&self, identifiers: &[&str], state: &str) -> Result<Found, RegistryError> {
        let rows = match self.rows(identifiers, state).await {
            // The pool had a connection that the server has closed since.
            Err(error) if error.is_passing() => self.rows(identifiers, state).await?,
            rows => rows?,
        };
        Found::read(&rows)
    }

    async fn rows(&self, identifiers: &[&str], state: &str) -> Result<Vec<Row>, Error> {
        let connection = self.database.connection().await?;
        let rows = connection.rows(LOOKUP, &[&identifiers, &state]).await?;
        connection.done();
        Ok(rows)
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The sources of the state that was read.
    fn remember(&self, known: Arc<Known>, found: &mut Found) -> Arc<Known> {
        if known.state == found.state {
            return known;
        }
        let mut sources = std::mem::take(&mut found.sources);
        sources.sort_by(|a, b| a.id.cmp(&b.id));
        let read = Arc::new(Known { state: std::mem::take(&mut found.state), sources });
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&read);
        read
    }

    /// Every record that names a subject, whatever its list.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn records_about(
        &self,
        subject: &Subject,
    ) -> Result<Vec<CreditRecord>, RegistryError> {
        let mut found = self.find(&[&subject.identifier], &self.known().state).await?;
        Ok(found.records.remove(&party(subject)).unwrap_or_default())
    }

    /// The sources, with their counts.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn summary(&self) -> Result<Vec<SourceSummary>, RegistryError> {
        let connection = self.database.connection().await?;
        let count = "SELECT source.body, \
             (SELECT count(*) FROM mustcheck_record AS held WHERE held.source = source.id), \
             (SELECT count(*) FROM mustcheck_rejected AS held WHERE held.source = source.id) \
             FROM mustcheck_source AS source";
        let rows = connection.bulk_rows(count, &[]).await?;
        connection.done();
        let mut all = Vec::new();
        for row in rows {
            let count = |column| Ok::<_, Error>(row.try_get::<_, i64>(column)?.unsigned_abs());
            let source: Source = decode(row.try_get(0).map_err(Error::from)?)?;
            let open = OpenSummary { subjects: count(2)?, ..OpenSummary::default() };
            all.push(SourceSummary {
                records: count(1)?,
                lists: source.lists().map(|list| (list.to_owned(), 0)).collect(),
                kept_schemes: Scheme::ALL.iter().copied().collect(),
                open,
                acknowledged: 0,
                entries: Vec::new(),
                undo: None,
                source,
            });
        }
        all.sort_by(|a, b| a.source.id.cmp(&b.source.id));
        Ok(all)
    }

    /// Whether every list that a source covers is known. A list that nobody knows is a misspelling
    /// that would narrow the search in silence.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] with the places that name something unknown.
    pub async fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        // No state has this name, so that every source comes.
        let mut sources = self.find(&[], "").await?.sources;
        sources.sort_by(|a, b| a.id.cmp(&b.id));
        let mut faults = Vec::new();
        for source in sources {
            for (_, fault) in source.vocabulary_faults(vocabulary) {
                faults.push(format!("source `{}`: {fault}", source.id));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(RegistryError::Content(faults.join("\n"))) }
    }
}

fn party(subject: &Subject) -> Party {
    let country = subject.country.clone().unwrap_or_default();
    (subject.identifier.clone(), subject.scheme.code().to_owned(), country)
}

impl Found {
    fn read(rows: &[Row]) -> Result<Self, RegistryError> {
        let mut found = Self::default();
        for row in rows {
            found.take(row)?;
        }
        for records in found.records.values_mut() {
            // So that the same state always gives the same answer.
            records.sort_by(|a, b| a.id.cmp(&b.id));
        }
        for refused in found.refused.values_mut() {
            refused.sort_unstable();
        }
        Ok(found)
    }

    fn take(&mut self, row: &Row) -> Result<(), RegistryError> {
        let text = |column| row.try_get::<_, &str>(column).map_err(Error::from);
        let owned = |column| text(column).map(str::to_owned);
        match row.try_get::<_, i32>(0).map_err(Error::from)? {
            0 => self.state = owned(1)?,
            1 => self.sources.push(decode(text(1)?)?),
            2 => {
                let party = (owned(1)?, owned(2)?, owned(3)?);
                self.records.entry(party).or_default().push(decode(text(4)?)?);
            }
            _ => {
                let place = row.try_get(5).map_err(Error::from)?;
                let refused = (place, owned(2)?, owned(3)?, owned(4)?);
                self.refused.entry(owned(1)?).or_default().push(refused);
            }
        }
        Ok(())
    }

    /// The refused records that leave open what is asked about a subject: those that name
    /// everybody first.
    fn refused(&self, about: &Subject, sources: &[Source]) -> Result<Vec<Opening>, RegistryError> {
        let mut refused = Vec::new();
        let named = [EVERYBODY, &*about.identifier].into_iter();
        for (place, of, list, reason) in named.filter_map(|who| self.refused.get(who)).flatten() {
            for source in sources.iter().filter(|source| key(&source.id) == *of) {
                let list = (!list.is_empty()).then(|| list.clone());
                let key = *place;
                let (place, reason) = decode(reason)?;
                let (source, acknowledged) = (source.id.clone(), None);
                refused.push(Opening {
                    key,
                    source,
                    list,
                    place,
                    reason,
                    entries: 1,
                    acknowledged,
                });
            }
        }
        Ok(refused)
    }
}

impl AsyncRegistry for PostgresRegistry {
    fn lookup<'a>(&'a self, asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(self.answers(asks))
    }

    fn check_vocabulary<'a>(&'a self, vocabulary: &'a Vocabulary) -> VocabularyFuture<'a> {
        Box::pin(Self::check_vocabulary(self, vocabulary))
    }
}

/// A [`PostgresRegistry`] that is asked from a thread which may wait.
#[derive(Clone, Debug)]
pub struct BlockingRegistry(PostgresRegistry);

impl Registry for BlockingRegistry {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        self.0.database.wait(self.0.answers(asks))?
    }

    fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        self.0.database.wait(self.0.check_vocabulary(vocabulary))?
    }
}
