//! One source of a file while it is imported, whatever it is imported into.

use std::collections::HashMap;

use mustcheck_model::CreditRecord;
use mustcheck_model::date::{Date, Timestamp};

use super::{ImportOptions, Rejected, SourceReport};
use mustcheck::registry::held::{
    Admission, Change, Naming, Refusal, Removals, admit, change, encode, foreign_place, last_day,
    unexpected,
};
use mustcheck::registry::sources::Source;
use mustcheck::registry::{RegistryError, Vocabulary};

/// The snapshot of a source that is imported, and what has become of it so far.
#[derive(Debug)]
pub struct Snapshot {
    /// The source.
    pub source: Source,
    /// What the import did for it.
    pub report: SourceReport,
    /// Whether a snapshot was held, which an undo would bring back.
    pub is_held: bool,
    /// The first snapshot of each entry that could not be read before either, by mark.
    pub since: HashMap<String, String>,
    entries: u64,
    naming: Naming,
}

/// What becomes of a record of a snapshot.
#[derive(Debug)]
pub enum Taken {
    /// It is stored.
    Put {
        /// The same as it is written.
        body: String,
        /// The last day on which it has effect.
        until: String,
    },
    /// It is held as it is.
    Same {
        /// The last day on which it has effect, as far as this snapshot knows.
        until: String,
    },
    /// Its id belongs to another source's record, for this reason.
    Foreign {
        /// Why.
        reason: String,
    },
}

impl Snapshot {
    /// The snapshot of a source, which may take the place of the one held or is refused.
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

    /// Whether nothing of it is imported.
    pub const fn is_refused(&self) -> bool {
        self.report.refused.is_some()
    }

    /// The day of the snapshot.
    pub const fn day(&self) -> Date {
        self.source.as_of.date
    }

    /// Decides what becomes of a record. `held` is what is stored under its id: its body, and the
    /// last day on which it has effect; `file` are the sources of the file, and the vocabulary knows
    /// the rules of its list.
    ///
    /// # Errors
    ///
    /// [`RegistryError`] if what is held cannot be read.
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

    /// Remembers by which identifiers the source keeps a record.
    pub fn occurs(&mut self, record: &CreditRecord) {
        self.naming.count(record);
    }

    /// A record whose id another source's record has, as it is reported and as it is remembered.
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

    /// The first snapshot in which an entry stood.
    pub fn first_seen(&self, mark: &str) -> String {
        self.since.get(mark).cloned().unwrap_or_else(|| self.source.as_of.to_string())
    }

    /// By which identifiers the source keeps its subjects, as a store has it; once all of the
    /// snapshot was taken.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Content`] if it has not as many entries as it says.
    pub fn end(&self) -> Result<String, RegistryError> {
        if let Some(fault) = unexpected(&self.source, self.entries) {
            return Err(RegistryError::Content(format!("nothing was imported: {fault}")));
        }
        encode(&self.naming.kept(&self.source))
    }
}
