//! The transaction that imports one file.

use std::collections::{BTreeMap, HashMap};

use mustcheck::RegistryError;
use mustcheck::model::CreditRecord;
use mustcheck::registry::Vocabulary;
use mustcheck::registry::held::{Refusal, Removals, decode, encode, unreadable};
use mustcheck::registry::sources::{Source, now};
use mustcheck_registry::DigestSet;
use mustcheck_registry::import::{ImportOptions, Rejected, Report, Snapshot, Taken};

use crate::Database;
use crate::registry::key;
use crate::registry::repair::{StoredRecord, Transaction};

/// Number of held records that are read at once, to find those that the file no longer lists.
const PAGE: i64 = 1000;

/// The import of a file that is under way.
pub(super) struct Work<'a> {
    transaction: Transaction<'a>,
    file: &'a [Source],
    vocabulary: &'a Vocabulary,
    states: BTreeMap<String, Snapshot>,
    /// Keys of the records that the file lists.
    seen: DigestSet,
    removals: Removals,
    foreign: Vec<Rejected>,
}

/// A record in the database. Its source is given by key.
struct HeldRecord {
    source: String,
    list: String,
    until: String,
    body: String,
}

impl<'a> Work<'a> {
    /// Begins the import: the file's sources replace those held, where they may.
    pub(super) async fn begin(
        database: &'a Database,
        file: &'a [Source],
        vocabulary: &'a Vocabulary,
        options: &ImportOptions,
    ) -> Result<Self, RegistryError> {
        let transaction = Transaction::begin(database).await?;
        let (states, seen) = (BTreeMap::new(), DigestSet::new()?);
        let (removals, foreign) = (Removals::default(), Vec::new());
        let mut work = Self { transaction, file, vocabulary, states, seen, removals, foreign };
        for source in file {
            let state = work.source(source, options).await?;
            work.states.insert(source.id.clone(), state);
        }
        Ok(work)
    }

    async fn source(
        &mut self,
        new: &Source,
        options: &ImportOptions,
    ) -> Result<Snapshot, RegistryError> {
        let id = key(&new.id);
        let sql = "SELECT body FROM mustcheck_source WHERE id = $1";
        let held = self.transaction.texts(sql, &[&id]).await?.pop();
        let held: Option<Source> = held.map(|row| decode(row.text(0))).transpose()?;
        let mut snapshot = Snapshot::begin(new, held.as_ref(), now()?, options);
        if snapshot.is_refused() {
            return Ok(snapshot);
        }
        if snapshot.is_held {
            self.keep_before(&id).await?;
            let sql = "SELECT mark, min(since) FROM mustcheck_opening WHERE source = $1 \
                       GROUP BY mark";
            for row in self.transaction.texts(sql, &[&id]).await? {
                snapshot.since.insert(row.text(0).to_owned(), row.text(1).to_owned());
            }
            self.count_held(&snapshot, &id).await?;
        }
        let put = "INSERT INTO mustcheck_source (id, body, kept) VALUES ($1, $2, '') \
                   ON CONFLICT (id) DO UPDATE SET body = excluded.body";
        self.transaction.run(put, &[&id, &encode(new)?]).await?;
        self.transaction.run("DELETE FROM mustcheck_opening WHERE source = $1", &[&id]).await?;
        Ok(snapshot)
    }

    /// Keeps the source and its entries for an undo. The records are kept as they change.
    async fn keep_before(&self, source: &str) -> Result<(), RegistryError> {
        for sql in [
            "DELETE FROM mustcheck_before_record WHERE source = $1",
            "DELETE FROM mustcheck_before_opening WHERE source = $1",
            "DELETE FROM mustcheck_before_source WHERE id = $1",
            "INSERT INTO mustcheck_before_source SELECT id, body, kept FROM mustcheck_source \
             WHERE id = $1",
            "INSERT INTO mustcheck_before_opening SELECT key, source, list, told, mark, since, \
             reach, \
             coalesce((SELECT string_agg(pattern, ' ') FROM mustcheck_pattern AS pattern \
                       WHERE pattern.opening = opening.key), '') \
             FROM mustcheck_opening AS opening WHERE source = $1",
        ] {
            self.transaction.run(sql, &[&source]).await?;
        }
        Ok(())
    }

    /// Counts the records in force by list, so that no file can clear subjects by leaving their
    /// records out.
    async fn count_held(&mut self, new: &Snapshot, id: &str) -> Result<(), RegistryError> {
        let sql = "SELECT list, count(*)::TEXT FROM mustcheck_record \
                   WHERE source = $1 AND until >= $2 GROUP BY list";
        for row in self.transaction.texts(sql, &[&id, &new.day().to_string()]).await? {
            let records = row.text(1).parse().map_err(|_| unreadable("a count of records"))?;
            self.removals.held(&new.source.id, row.text(0), records);
        }
        Ok(())
    }

    async fn held(&self, ids: &[String]) -> Result<HashMap<String, HeldRecord>, RegistryError> {
        let sql = "SELECT id, source, list, until, body FROM mustcheck_record WHERE id = ANY ($1)";
        let rows = self.transaction.texts(sql, &[&ids]).await?;
        let held = rows.iter().map(|row| {
            let text = |column| row.text(column).to_owned();
            let held = HeldRecord { source: text(1), list: text(2), until: text(3), body: text(4) };
            (text(0), held)
        });
        Ok(held.collect())
    }

    /// Stores those of the records that are new or changed.
    pub(super) async fn put(&mut self, records: &[CreditRecord]) -> Result<(), RegistryError> {
        if records.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = records.iter().map(|record| key(&record.id)).collect();
        let held = self.held(&ids).await?;
        let (mut puts, mut before) = (Vec::new(), Vec::new());
        for (record, id) in records.iter().zip(ids) {
            let own = held.get(&id);
            let Some(snapshot) = self.states.get_mut(&record.source) else {
                continue;
            };
            if snapshot.is_refused() {
                continue;
            }
            let old = own.map(|held| (&*held.body, &*held.until));
            let (body, until) =
                match snapshot.take(record, old, self.file, self.vocabulary, &mut self.removals)? {
                    Taken::Put { body, until } => (Some(body), until),
                    Taken::Same { until } => (None, until),
                    Taken::Foreign { reason } => {
                        self.foreign(record, reason).await?;
                        continue;
                    }
                };
            let same = body.is_none();
            if same && own.is_some_and(|held| held.until == until) {
                self.seen.insert([id.as_str()])?;
                continue;
            }
            if snapshot.is_held && !same {
                before.push((key(&record.source), id.clone(), own));
            }
            let body = body.or_else(|| own.map(|held| held.body.clone())).unwrap_or_default();
            self.seen.insert([id.as_str()])?;
            puts.push(StoredRecord { id, record: record.clone(), until, body });
        }
        self.keep_records(&before).await?;
        let ids: Vec<&str> = puts.iter().map(|put| put.id.as_str()).collect();
        self.transaction.run("DELETE FROM mustcheck_record WHERE id = ANY ($1)", &[&ids]).await?;
        self.transaction.store(&puts).await
    }

    /// Keeps records for an undo as they were before this import, or the fact that there was none.
    async fn keep_records(
        &self,
        before: &[(String, String, Option<&HeldRecord>)],
    ) -> Result<(), RegistryError> {
        let sources: Vec<&str> = before.iter().map(|(source, _, _)| source.as_str()).collect();
        let ids: Vec<&str> = before.iter().map(|(_, id, _)| id.as_str()).collect();
        let part = |of: fn(&HeldRecord) -> &str| -> Vec<Option<&str>> {
            before.iter().map(|(_, _, held)| held.map(of)).collect()
        };
        let (owners, lists) = (part(|held| &held.source), part(|held| &held.list));
        let (untils, bodies) = (part(|held| &held.until), part(|held| &held.body));
        let sql = "INSERT INTO mustcheck_before_record (source, id, owner, list, until, body) \
                   SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[], $4::TEXT[], \
                   $5::TEXT[], $6::TEXT[]) ON CONFLICT DO NOTHING";
        self.transaction.run(sql, &[&sources, &ids, &owners, &lists, &untils, &bodies]).await
    }

    /// Rejects a record whose id is that of another source's record. The subjects that it names
    /// stay unanswered.
    async fn foreign(
        &mut self,
        record: &CreditRecord,
        reason: String,
    ) -> Result<(), RegistryError> {
        let Some(state) = self.states.get(&record.source) else { return Ok(()) };
        let (rejected, refusal) = state.foreign(record, reason)?;
        self.foreign.push(rejected);
        self.leave_open(&record.source, &refusal, None).await
    }

    /// Stores an entry that could not be read, with the subjects that it may mean.
    pub(super) async fn refuse(
        &mut self,
        source: &str,
        refusal: &Refusal,
    ) -> Result<(), RegistryError> {
        let id = refusal.id.as_deref().map(key);
        let ids: Vec<String> = id.into_iter().collect();
        let held = self.held(&ids).await?.into_iter().next();
        let Some(snapshot) = self.states.get_mut(source) else { return Ok(()) };
        if snapshot.is_refused() {
            return Ok(());
        }
        snapshot.refuse(refusal);
        // The source still lists the record: the held version stays, and its parties stay
        // unanswered. If the file lists it beside this entry too, that one is its own.
        let held = match held.filter(|(_, held)| held.source == key(source)) {
            Some((id, held)) if self.seen.insert([id.as_str()])? => {
                Some(decode::<CreditRecord>(&held.body)?)
            }
            _ => None,
        };
        if let Some(record) = &held {
            snapshot.occurs(record);
        }
        self.leave_open(source, refusal, held.as_ref()).await
    }

    async fn leave_open(
        &self,
        source: &str,
        refusal: &Refusal,
        held: Option<&CreditRecord>,
    ) -> Result<(), RegistryError> {
        let Some(state) = self.states.get(source) else { return Ok(()) };
        let since = state.first_seen(&refusal.mark);
        let entries = refusal.entries(held);
        self.transaction.leave_open(source, refusal, &entries, &since).await
    }

    /// Removes the records that the file no longer lists, commits, and returns the report.
    pub(super) async fn end(
        mut self,
        mut rejected: Vec<Rejected>,
        options: &ImportOptions,
    ) -> Result<Report, RegistryError> {
        rejected.append(&mut self.foreign);
        let mut report = Report { rejected, sources: Vec::new() };
        for source in self.file {
            let Some(mut state) = self.states.remove(&source.id) else { continue };
            if !state.is_refused() {
                let kept = state.end()?;
                state.report.removed = self.remove(&state).await?;
                self.finish(&source.id, &kept).await?;
            }
            report.sources.push(state.report);
        }
        self.removals.check(options)?;
        self.transaction.commit().await?;
        Ok(report)
    }

    async fn remove(&mut self, state: &Snapshot) -> Result<u64, RegistryError> {
        if !state.is_held {
            return Ok(0);
        }
        let source = key(&state.source.id);
        let (day, mut last, mut removed) = (state.day().to_string(), String::new(), 0);
        loop {
            let sql = "SELECT id, list, until FROM mustcheck_record \
                       WHERE source = $1 AND id > $2 ORDER BY id LIMIT $3";
            let page = self.transaction.texts(sql, &[&source, &last, &PAGE]).await?;
            let Some(end) = page.last() else { return Ok(removed) };
            end.text(0).clone_into(&mut last);
            let mut gone = Vec::new();
            for row in &page {
                let (id, list, until) = (row.text(0), row.text(1), row.text(2));
                if self.seen.contains([id])? {
                    continue;
                }
                if until >= day.as_str() {
                    self.removals.removed(&state.source.id, list, 1);
                }
                gone.push(id);
            }
            removed += u64::try_from(gone.len()).unwrap_or(u64::MAX);
            self.remove_records(&source, &gone).await?;
        }
    }

    async fn remove_records(&self, source: &str, ids: &[&str]) -> Result<(), RegistryError> {
        if ids.is_empty() {
            return Ok(());
        }
        let keep = "INSERT INTO mustcheck_before_record (source, id, owner, list, until, body) \
                    SELECT $1, id, source, list, until, body FROM mustcheck_record \
                    WHERE id = ANY ($2) ON CONFLICT DO NOTHING";
        self.transaction.run(keep, &[&source, &ids]).await?;
        self.transaction.run("DELETE FROM mustcheck_record WHERE id = ANY ($1)", &[&ids]).await
    }

    /// Writes the part of a source that is known only after the whole snapshot.
    async fn finish(&self, source: &str, kept: &str) -> Result<(), RegistryError> {
        let id = key(source);
        let sql = "UPDATE mustcheck_source SET kept = $2 WHERE id = $1";
        self.transaction.run(sql, &[&id, &kept]).await?;
        self.transaction.forget_answered(&id).await
    }
}
