//! One source of a file during an import, into whatever store.

use std::collections::HashMap;

use mustcheck::registry::held::{
    Admission, Change, Naming, Refusal, Removals, admit, change, encode, foreign_place, last_day,
    unexpected,
};
use mustcheck::registry::sources::Source;
use mustcheck::registry::{RegistryError, Vocabulary};
use mustcheck_model::CreditRecord;
use mustcheck_model::date::{Date, Timestamp};

use super::{ImportOptions, Rejected, SourceReport};

/// The snapshot of a source that is being imported, and its result so far.
#[derive(Debug)]
pub struct Snapshot {
    /// The source.
    pub source: Source,
    /// Result of the import for it, so far.
    pub report: SourceReport,
    /// Whether the store holds an earlier snapshot, which an undo would bring back.
    pub is_held: bool,
    /// Time of the first snapshot with each entry that could not be read before either, by mark.
    pub since: HashMap<String, String>,
    entries: u64,
    naming: Naming,
}

/// Treatment of a record of a snapshot.
#[derive(Debug)]
pub enum Taken {
    /// It is new or changed, and stored.
    Put {
        /// The record as it is written.
        body: String,
        /// The last day on which it has effect.
        until: String,
    },
    /// It is stored already, unchanged.
    Same {
        /// The last day on which it has effect, as far as this snapshot knows.
        until: String,
    },
    /// Its id belongs to another source's record; it is not stored.
    Foreign {
        /// Reason for this.
        reason: String,
    },
}

impl Snapshot {
    /// Begins the snapshot of a source, which replaces the stored one or is refused.
    pub fn begin(
        new: &Source,
        held: Option<&Source>,
        now: Timestamp,
        options: &ImportOptions,
    ) -> Self {
        let mut report = SourceReport { source: new.id.clone(), ..SourceReport::default() };
        match admit(new, held, now, options) {
            Admission::Admitted => {}
            Admission::Repairs(as_of) => report.repaired_as_of = Some(as_of),
            Admission::Refused(reason) => report.refused = Some(reason),
        }
        Self {
            source: new.clone(),
            report,
            is_held: held.is_some(),
            since: HashMap::new(),
            entries: 0,
            naming: Naming::default(),
        }
    }

    /// Whether it is refused, so that nothing of it is imported.
    pub const fn is_refused(&self) -> bool {
        self.report.refused.is_some()
    }

    /// The day of the snapshot.
    pub const fn day(&self) -> Date {
        self.source.as_of.date
    }

    /// Decides the treatment of a record. `held` is the stored record of its id: its body, and the
    /// last day on which it has effect. `file` are the sources of the file; the vocabulary knows
    /// the rules of its list.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the stored record cannot be read.
    pub fn take(
        &mut self,
        record: &CreditRecord,
        held: Option<(&str, &str)>,
        file: &[Source],
        vocabulary: &Vocabulary,
        removals: &mut Removals,
    ) -> Result<Taken, RegistryError> {
        self.entries += 1;
        let body = held.map(|(body, _)| body);
        let (body, left) = match change(record, body, &self.source, file)? {
            Change::Put { body, left } => (Some(body), left),
            Change::Same => (None, None),
            Change::Foreign { reason } => return Ok(Taken::Foreign { reason }),
        };
        self.occurs(record);
        match (held, &body) {
            (_, None) => self.report.unchanged += 1,
            (Some(_), _) => self.report.changed += 1,
            (None, _) => self.report.added += 1,
        }
        let day = self.day();
        let in_force = held.is_some_and(|(_, until)| *until >= *day.to_string());
        if let Some(list) = left.filter(|_| in_force) {
            removals.removed(&record.source, &list, 1);
        }
        let until = last_day(record, vocabulary, day);
        Ok(match body {
            Some(body) => Taken::Put { body, until },
            None => Taken::Same { until },
        })
    }

    /// Counts an entry that could not be read.
    pub fn refuse(&mut self, refusal: &Refusal) {
        self.entries += u64::from(!refusal.beside);
        if !refusal.beside && !refusal.unnamed {
            let of_list = |list: &&str| refusal.list.as_ref().is_none_or(|own| own == list);
            for list in self.source.lists().filter(of_list) {
                self.naming.refuse(list, &refusal.mark, &refusal.open);
            }
        }
    }

    /// Counts a record and the schemes of the identifiers by which it names its parties.
    pub fn occurs(&mut self, record: &CreditRecord) {
        self.naming.count(record);
    }

    /// Makes the report and the refusal of a record whose id belongs to another source's record.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if the record cannot be written.
    pub fn foreign(
        &self,
        record: &CreditRecord,
        reason: String,
    ) -> Result<(Rejected, Refusal), RegistryError> {
        let place = foreign_place(record, &self.source);
        let refusal = Refusal::of_record(record, &encode(record)?, &place, &reason);
        Ok((Rejected { place, reason, mark: refusal.mark.clone() }, refusal))
    }

    /// Returns the time of the first snapshot with an entry.
    pub fn first_seen(&self, mark: &str) -> String {
        self.since.get(mark).cloned().unwrap_or_else(|| self.source.as_of.to_string())
    }

    /// Ends the snapshot, once all of it was taken. Returns the identifiers by which the source
    /// names its subjects, as a store keeps them.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] if it does not have as many entries as it declares.
    pub fn end(&self) -> Result<String, RegistryError> {
        if let Some(fault) = unexpected(&self.source, self.entries) {
            return Err(RegistryError::Content(format!("nothing was imported: {fault}")));
        }
        encode(&self.naming.kept(&self.source))
    }
}
