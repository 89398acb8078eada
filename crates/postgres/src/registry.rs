//! The registry: records are found by exact identifier through an index, in one round trip.

mod import;
mod key;
mod open;
mod repair;
mod summary;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use mustcheck::model::{Answer, CreditRecord, Subject};
use mustcheck::registry::held::{Held, answer};
use mustcheck::registry::{LookupFuture, Vocabulary, VocabularyFuture};
use mustcheck::{Ask, AsyncRegistry, Registry, RegistryError};
use tokio_postgres::Row;

use crate::{Database, Error};
use key::key;
use open::{KnownSources, LookupRows};

/// One statement, and so one state of the database. The first column of each row is its kind: 0 for
/// the state's name, 2 for a record by a party, 3 for an entry by the key of a pattern. If the
/// state is not the known one, there are also rows of 1 for a source, 4 for a shape of patterns, 5
/// for the entries that may mean everybody, 6 for the number of entries that name nobody, and 7 for
/// the mark of an acknowledged entry.
const LOOKUP: &str = "\
SELECT 0, state, '', '', '', '', '', '', 0::BIGINT, 0::BIGINT \
  FROM mustcheck_registry WHERE id = 1 \
UNION ALL SELECT 1, body, kept, '', '', '', '', '', 0, 0 FROM mustcheck_source \
  WHERE (SELECT state FROM mustcheck_registry WHERE id = 1) <> $2 \
UNION ALL SELECT 2, party.identifier, party.scheme, party.country, record.body, '', '', '', 0, 0 \
  FROM mustcheck_party AS party JOIN mustcheck_record AS record ON record.id = party.record \
  WHERE party.identifier = ANY ($1) \
UNION ALL SELECT 3, open.source, open.list, open.told, pattern.pattern, own.name, own.why, \
  own.day, open.key, 1 FROM mustcheck_pattern AS pattern \
  JOIN mustcheck_opening AS open ON open.key = pattern.opening \
  LEFT JOIN mustcheck_acknowledged AS own ON own.source = open.source AND own.mark = open.mark \
  WHERE pattern.key = ANY ($3) \
UNION ALL SELECT 4, shape, '', '', '', '', '', '', 0, 0 FROM mustcheck_shape \
  WHERE (SELECT state FROM mustcheck_registry WHERE id = 1) <> $2 \
UNION ALL SELECT 5, open.source, open.list, open.told, '', own.name, own.why, own.day, \
  alike.key, alike.entries FROM (SELECT min(each.key) AS key, count(*) AS entries \
    FROM mustcheck_opening AS each LEFT JOIN mustcheck_acknowledged AS known \
    ON known.source = each.source AND known.mark = each.mark \
    WHERE each.reach = 'everybody' \
    AND (SELECT state FROM mustcheck_registry WHERE id = 1) <> $2 \
    GROUP BY each.source, each.list, known.mark IS NULL) AS alike \
  JOIN mustcheck_opening AS open ON open.key = alike.key \
  LEFT JOIN mustcheck_acknowledged AS own ON own.source = open.source AND own.mark = open.mark \
UNION ALL SELECT 6, open.source, open.list, '', '', '', '', '', 0, count(*) \
  FROM mustcheck_opening AS open WHERE open.reach = 'unnamed' \
  AND (SELECT state FROM mustcheck_registry WHERE id = 1) <> $2 \
  AND NOT EXISTS (SELECT 1 FROM mustcheck_acknowledged AS own \
                  WHERE own.source = open.source AND own.mark = open.mark) \
  GROUP BY open.source, open.list \
UNION ALL SELECT 7, source, mark, '', '', '', '', '', 0, 0 FROM mustcheck_acknowledged \
  WHERE (SELECT state FROM mustcheck_registry WHERE id = 1) <> $2";

/// Largest number of attempts at a lookup that imports interrupt.
const ATTEMPTS: u32 = 8;

/// A registry in PostgreSQL. A lookup reads one consistent state, also while imports run.
#[derive(Clone, Debug)]
pub struct PostgresRegistry {
    database: Database,
    known: Arc<Mutex<Arc<KnownSources>>>,
}

/// Identity of a record's party: identifier, scheme, country.
type PartyKey = (String, String, String);

impl PostgresRegistry {
    /// The registry in a database.
    pub fn new(database: Database) -> Self {
        Self { database, known: Arc::default() }
    }

    /// The same registry, for a caller that waits on its own thread. That must not be a thread of a
    /// runtime of one thread.
    pub fn blocking(&self) -> BlockingRegistry {
        BlockingRegistry(self.clone())
    }

    async fn answers(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let identifiers: HashSet<&str> = asks.iter().map(|ask| &*ask.subject.identifier).collect();
        let identifiers: Vec<&str> = identifiers.into_iter().collect();
        let (known, found) = self.found(&identifiers).await?;
        let mut answers = Vec::new();
        for ask in asks {
            let openings = found.meaning(&ask.subject.identifier, &known)?;
            // RAIL R6: by exact identifier, never by name.
            let records = found.records.get(&party(ask.subject)).map_or(&[][..], Vec::as_slice);
            let records: Vec<&CreditRecord> = records.iter().collect();
            answer(ask, &known.sources, &records, &openings, &mut answers);
        }
        Ok(answers)
    }

    /// Looks up identifiers, with the knowledge of the same state: the keys to ask by follow from
    /// that state's shapes.
    // RAIL R2: a lookup by the keys of another state may miss an entry.
    async fn found(
        &self,
        identifiers: &[&str],
    ) -> Result<(Arc<KnownSources>, LookupRows), RegistryError> {
        for _ in 0..ATTEMPTS {
            let known = self.known();
            let mut found = self.find(identifiers, &known).await?;
            if found.state == known.state {
                return Ok((known, found));
            }
            self.remember(&mut found)?;
        }
        Err(RegistryError::Other("somebody imports all the time".into()))
    }

    /// Looks up identifiers once. If the state is not the known one, the new state's sources and
    /// shapes come too.
    async fn find(
        &self,
        identifiers: &[&str],
        known: &KnownSources,
    ) -> Result<LookupRows, RegistryError> {
        let keys = known.keys(identifiers);
        let rows = match self.rows(identifiers, &known.state, &keys).await {
            // The pool had a connection that the server has closed since.
            Err(error) if error.is_passing() => self.rows(identifiers, &known.state, &keys).await?,
            rows => rows?,
        };
        LookupRows::read(&rows)
    }

    async fn rows(
        &self,
        identifiers: &[&str],
        state: &str,
        keys: &[String],
    ) -> Result<Vec<Row>, Error> {
        let connection = self.database.connection().await?;
        let rows = connection.rows(LOOKUP, &[&identifiers, &state, &keys]).await?;
        connection.done();
        Ok(rows)
    }

    fn known(&self) -> Arc<KnownSources> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the sources and shapes of the state that was read.
    fn remember(&self, found: &mut LookupRows) -> Result<(), RegistryError> {
        let read = Arc::new(found.known()?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// Every record that names a subject, on any list.
    ///
    /// # Errors
    ///
    /// The database's failure.
    pub async fn records_about(
        &self,
        subject: &Subject,
    ) -> Result<Vec<CreditRecord>, RegistryError> {
        let mut found = self.find(&[&subject.identifier], &self.known()).await?;
        Ok(found.records.remove(&party(subject)).unwrap_or_default())
    }

    /// Checks that every list that a source covers is known. An unknown list is a misspelling that
    /// would narrow the search in silence.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] with the places of unknown names.
    pub async fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        // No state has this name, so every source comes.
        let known = self.find(&[], &KnownSources::default()).await?.known()?;
        let mut faults = Vec::new();
        for Held { source, .. } in &known.sources {
            for (_, fault) in source.vocabulary_faults(vocabulary) {
                faults.push(format!("source `{}`: {fault}", source.id));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(RegistryError::Content(faults.join("\n"))) }
    }
}

fn party(subject: &Subject) -> PartyKey {
    let country = subject.country.clone().unwrap_or_default();
    (subject.identifier.clone(), subject.scheme.code().to_owned(), country)
}

impl AsyncRegistry for PostgresRegistry {
    fn lookup<'a>(&'a self, asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(self.answers(asks))
    }

    fn check_vocabulary<'a>(&'a self, vocabulary: &'a Vocabulary) -> VocabularyFuture<'a> {
        Box::pin(Self::check_vocabulary(self, vocabulary))
    }
}

/// A [`PostgresRegistry`] for a thread that may wait.
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
