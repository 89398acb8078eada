//! The transaction that imports one file.

use std::collections::{BTreeMap, HashMap};

use mustcheck::registry::Vocabulary;
use mustcheck::registry::held::{ImportOptions, Refusal, Removals, decode, encode};
use mustcheck::registry::sources::Source;
use mustcheck_model::CreditRecord;
use mustcheck_model::date::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Item, Rejected, Report, Snapshot, Taken};
use crate::error::StoreError;
use crate::sqlite::{count_shapes, put_entries, put_parties, source};

/// An import of a file that is under way.
pub(super) struct Work<'a> {
    transaction: &'a Transaction<'a>,
    file: &'a [Source],
    vocabulary: &'a Vocabulary,
    states: BTreeMap<String, Snapshot>,
    removals: Removals,
    foreign: Vec<Rejected>,
}

/// A record as the database has it.
struct HeldRecord {
    key: i64,
    source: String,
    list: String,
    until: String,
    body: String,
}

impl<'a> Work<'a> {
    /// Begins the import: replaces the stored sources by those of the file, where they are
    /// admitted.
    pub(super) fn begin(
        transaction: &'a Transaction<'a>,
        file: &'a [Source],
        vocabulary: &'a Vocabulary,
        now: Timestamp,
        options: &ImportOptions,
    ) -> Result<Self, StoreError> {
        // Records that the file lists.
        transaction.execute_batch(
            "CREATE TEMP TABLE IF NOT EXISTS seen (key INTEGER PRIMARY KEY); DELETE FROM seen;",
        )?;
        let states = BTreeMap::new();
        let removals = Removals::default();
        let foreign = Vec::new();
        let mut work = Self { transaction, file, vocabulary, states, removals, foreign };
        for source in file {
            let state = work.source(source, now, options)?;
            work.states.insert(source.id.clone(), state);
        }
        Ok(work)
    }

    fn source(
        &mut self,
        new: &Source,
        now: Timestamp,
        options: &ImportOptions,
    ) -> Result<Snapshot, StoreError> {
        let held = source(self.transaction, &new.id)?;
        let mut state = Snapshot::begin(new, held.as_ref(), now, options);
        if state.is_refused() {
            return Ok(state);
        }
        if state.is_held {
            self.keep_before(&new.id)?;
            state.since = self.since(&new.id)?;
            self.count_held(new)?;
        }
        self.transaction.execute(
            "INSERT INTO source (id, body, kept) VALUES (?1, ?2, '') \
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            params![new.id, encode(new)?],
        )?;
        self.transaction.execute("DELETE FROM opening WHERE source = ?1", [&new.id])?;
        Ok(state)
    }

    /// Keeps the state that an undo brings back, except the records, which are kept as they change.
    fn keep_before(&self, source: &str) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM before_record WHERE source = ?1",
            "DELETE FROM before_opening WHERE source = ?1",
            "INSERT OR REPLACE INTO before_source SELECT id, body, kept FROM source \
             WHERE id = ?1",
            "INSERT INTO before_opening SELECT source, list, place, reason, mark, since, reach, \
             coalesce((SELECT group_concat(pattern, ' ') FROM pattern \
                       WHERE pattern.opening = opening.key), '') \
             FROM opening WHERE source = ?1 ORDER BY opening.key",
        ] {
            self.transaction.execute(sql, [source])?;
        }
        Ok(())
    }

    fn since(&self, source: &str) -> Result<HashMap<String, String>, StoreError> {
        let sql = "SELECT mark, min(since) FROM opening WHERE source = ?1 GROUP BY mark";
        let mut statement = self.transaction.prepare(sql)?;
        let rows = statement.query_map([source], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Counts the records in force by list, so that they cannot be cleared by leaving them out.
    fn count_held(&mut self, new: &Source) -> Result<(), StoreError> {
        let sql = "SELECT list, count(*) FROM record WHERE source = ?1 AND until >= ?2 \
                   GROUP BY list";
        let mut statement = self.transaction.prepare(sql)?;
        let mut rows = statement.query(params![new.id, new.as_of.date.to_string()])?;
        while let Some(row) = rows.next()? {
            let (list, records): (String, i64) = (row.get(0)?, row.get(1)?);
            self.removals.held(&new.id, &list, records.unsigned_abs());
        }
        Ok(())
    }

    /// Takes an item in the place of a record.
    pub(super) fn take(
        &mut self,
        item: Item,
        progress: &mut dyn FnMut(),
    ) -> Result<(), StoreError> {
        match item {
            Item::Record(record) => {
                let taken = self.put(&record)?;
                if taken {
                    progress();
                }
                Ok(())
            }
            Item::Refusal { source, refusal } => self.refuse(&source, &refusal),
        }
    }

    fn held(&self, id: &str) -> Result<Option<HeldRecord>, StoreError> {
        let sql = "SELECT key, source, list, until, body FROM record WHERE id = ?1";
        let mut statement = self.transaction.prepare_cached(sql)?;
        let held = statement.query_row([id], |row| {
            let (key, source, list) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(HeldRecord { key, source, list, until: row.get(3)?, body: row.get(4)? })
        });
        Ok(held.optional()?)
    }

    /// Remembers that the file lists a record; returns whether it is the first time.
    fn see(&self, key: i64) -> Result<bool, StoreError> {
        let sql = "INSERT OR IGNORE INTO seen (key) VALUES (?1)";
        Ok(self.transaction.prepare_cached(sql)?.execute([key])? > 0)
    }

    /// Stores a record; returns whether its source accepts records.
    fn put(&mut self, record: &CreditRecord) -> Result<bool, StoreError> {
        let held = self.held(&record.id)?;
        let Some(state) = self.states.get_mut(&record.source) else { return Ok(false) };
        if state.is_refused() {
            return Ok(false);
        }
        let before = held.as_ref().map(|held| (&*held.body, &*held.until));
        let (body, until) =
            match state.take(record, before, self.file, self.vocabulary, &mut self.removals)? {
                Taken::Put { body, until } => (Some(body), until),
                Taken::Same { until } => (None, until),
                Taken::Foreign { reason } => return self.foreign(record, reason).map(|()| true),
            };
        let keeps_before = state.is_held;
        let key = match (&held, &body) {
            // The day of the snapshot decides what is in force.
            (Some(held), None) => {
                if held.until != until {
                    let sql = "UPDATE record SET until = ?2 WHERE key = ?1";
                    self.transaction.prepare_cached(sql)?.execute(params![held.key, until])?;
                }
                held.key
            }
            (held, body) => {
                if keeps_before {
                    self.keep_record(&record.source, &record.id, held.as_ref())?;
                }
                self.write(record, held.as_ref(), &until, body.as_deref().unwrap_or_default())?
            }
        };
        self.see(key)?;
        Ok(true)
    }

    /// Keeps a record from before this import; without one, the fact that there was none.
    fn keep_record(
        &self,
        source: &str,
        id: &str,
        held: Option<&HeldRecord>,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO before_record (source, id, owner, list, until, body) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.transaction.prepare_cached(sql)?.execute(params![
            source,
            id,
            held.map(|held| &held.source),
            held.map(|held| &held.list),
            held.map(|held| &held.until),
            held.map(|held| &held.body),
        ])?;
        Ok(())
    }

    fn write(
        &self,
        record: &CreditRecord,
        held: Option<&HeldRecord>,
        until: &str,
        body: &str,
    ) -> Result<i64, StoreError> {
        let CreditRecord { id, source, list, .. } = record;
        let key = if let Some(HeldRecord { key, .. }) = held {
            self.transaction
                .prepare_cached(
                    "UPDATE record SET source = ?2, list = ?3, until = ?4, body = ?5 \
                     WHERE key = ?1",
                )?
                .execute(params![key, source, list, until, body])?;
            self.transaction
                .prepare_cached("DELETE FROM party WHERE record = ?1")?
                .execute([key])?;
            *key
        } else {
            self.transaction
                .prepare_cached(
                    "INSERT INTO record (id, source, list, until, body) \
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![id, source, list, until, body])?;
            self.transaction.last_insert_rowid()
        };
        put_parties(self.transaction, key, record)?;
        Ok(key)
    }

    /// Handles a record whose id belongs to another source's record: lookups about the subjects
    /// that it names stay unanswered.
    fn foreign(&mut self, record: &CreditRecord, reason: String) -> Result<(), StoreError> {
        let Some(state) = self.states.get(&record.source) else { return Ok(()) };
        let (rejected, refusal) = state.foreign(record, reason)?;
        self.foreign.push(rejected);
        self.store(&record.source, &refusal, None)
    }

    fn refuse(&mut self, source: &str, refusal: &Refusal) -> Result<(), StoreError> {
        let held = refusal.id.as_ref().map(|id| self.held(id)).transpose()?.flatten();
        let Some(state) = self.states.get_mut(source) else { return Ok(()) };
        if state.is_refused() {
            return Ok(());
        }
        state.refuse(refusal);
        // The source still lists it: the held version stays, and its parties stay unanswered.
        // One that the file lists beside it is its own.
        let held = match held.filter(|held| held.source == source) {
            Some(held) if self.see(held.key)? => Some(decode::<CreditRecord>(&held.body)?),
            _ => None,
        };
        if let (Some(record), Some(state)) = (&held, self.states.get_mut(source)) {
            state.occurs(record);
        }
        self.store(source, refusal, held.as_ref())
    }

    fn store(
        &self,
        source: &str,
        refusal: &Refusal,
        held: Option<&CreditRecord>,
    ) -> Result<(), StoreError> {
        let Some(state) = self.states.get(source) else { return Ok(()) };
        let since = state.first_seen(&refusal.mark);
        put_entries(self.transaction, source, refusal, &refusal.entries(held), &since)
    }

    /// Ends the import: removes the records that the file no longer lists, and reports.
    pub(super) fn end(
        mut self,
        mut rejected: Vec<Rejected>,
        options: &ImportOptions,
    ) -> Result<Report, StoreError> {
        rejected.append(&mut self.foreign);
        let mut report = Report { rejected, sources: Vec::new() };
        for source in self.file {
            let Some(mut state) = self.states.remove(&source.id) else { continue };
            if !state.is_refused() {
                let kept = state.end()?;
                state.report.removed = self.remove(source, state.is_held)?;
                self.finish(&source.id, &kept)?;
            }
            report.sources.push(state.report);
        }
        self.removals.check(options)?;
        count_shapes(self.transaction)?;
        Ok(report)
    }

    fn remove(&mut self, source: &Source, held: bool) -> Result<u64, StoreError> {
        if !held {
            return Ok(0);
        }
        let gone = "source = ?1 AND key NOT IN (SELECT key FROM seen)";
        let sql =
            format!("SELECT list, count(*) FROM record WHERE {gone} AND until >= ?2 GROUP BY list");
        let mut statement = self.transaction.prepare(&sql)?;
        let mut rows = statement.query(params![source.id, source.as_of.date.to_string()])?;
        while let Some(row) = rows.next()? {
            let (list, records): (String, i64) = (row.get(0)?, row.get(1)?);
            self.removals.removed(&source.id, &list, records.unsigned_abs());
        }
        let keep = format!(
            "INSERT OR IGNORE INTO before_record \
             SELECT ?1, id, source, list, until, body FROM record WHERE {gone}"
        );
        self.transaction.execute(&keep, [&source.id])?;
        let sql = format!("DELETE FROM record WHERE {gone}");
        Ok(u64::try_from(self.transaction.execute(&sql, [&source.id])?).unwrap_or(u64::MAX))
    }

    /// Writes the results that only the whole snapshot shows.
    fn finish(&self, id: &str, kept: &str) -> Result<(), StoreError> {
        let sql = "UPDATE source SET kept = ?2 WHERE id = ?1";
        self.transaction.execute(sql, params![id, kept])?;
        // Only the identical entry stays acknowledged.
        let sql = "DELETE FROM acknowledged WHERE source = ?1 \
                   AND mark NOT IN (SELECT mark FROM opening WHERE source = ?1)";
        self.transaction.execute(sql, [id])?;
        Ok(())
    }
}
