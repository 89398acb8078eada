//! Entries that an import could not read, and the subjects that each leaves open.

use std::collections::{BTreeSet, HashMap};

use mustcheck_model::CreditRecord;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::registry::identities::identities;
use crate::registry::written::Pattern;

/// Reach of an entry that could not be read: the subjects that it may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Subjects that fit its patterns.
    Subjects,
    /// Everybody.
    Everybody,
    /// Nobody in particular: it names somebody, and by no identifier.
    Unnamed,
}

impl Reach {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Subjects => "subjects",
            Self::Everybody => "everybody",
            Self::Unnamed => "unnamed",
        }
    }

    /// Reads a code.
    pub fn of(code: &str) -> Option<Self> {
        [Self::Subjects, Self::Everybody, Self::Unnamed].into_iter().find(|r| r.code() == code)
    }
}

/// Mark of an entry: 16 hexadecimal digits of the SHA-256 of its text.
pub type Mark = String;

/// Marks of the entries of one file.
#[derive(Debug, Default)]
pub struct Marks(HashMap<Mark, u64>);

impl Marks {
    /// Returns the mark of an entry. The same text a second time has another mark, so that nobody
    /// answers for more entries than were seen.
    pub fn of(&mut self, text: &str) -> Mark {
        let first = mark(text);
        let times = self.0.entry(first.clone()).or_default();
        *times += 1;
        if *times == 1 { first } else { mark(&format!("{first} {times}")) }
    }
}

fn mark(text: &str) -> Mark {
    const LENGTH: usize = 16;
    let digest = const_hex::encode(Sha256::digest(text.as_bytes()));
    digest.get(..LENGTH).unwrap_or_default().to_owned()
}

/// An entry that an import refused, and the subjects that it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The id of the record, as far as anybody can tell.
    pub id: Option<String>,
    /// Its list; none if it may be any of the source's.
    pub list: Option<String>,
    /// Its place in the file.
    pub place: String,
    /// Reason for the refusal.
    pub reason: String,
    /// Mark that tells it from every other one.
    pub mark: Mark,
    /// Patterns of the subjects that it may mean; that of everybody is among them if it may be
    /// anybody.
    pub open: BTreeSet<Pattern>,
    /// Whether it names somebody by no identifier.
    pub unnamed: bool,
    /// Whether the same entry of the file gave a record too.
    pub beside: bool,
}

/// An entry as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Reach: the subjects that it leaves open.
    pub reach: Reach,
    /// Patterns of the subjects that it may mean; empty for any other reach than `Subjects`.
    pub patterns: BTreeSet<Pattern>,
}

impl Refusal {
    /// Refuses a record that cannot be stored, since its id is another source's.
    pub fn of_record(record: &CreditRecord, body: &str, place: &str, reason: &str) -> Self {
        Self {
            id: None,
            list: Some(record.list.clone()),
            place: place.to_owned(),
            reason: reason.to_owned(),
            mark: mark(body),
            open: exactly(record),
            unnamed: false,
            beside: true,
        }
    }

    /// Returns the entries that a store keeps of it. `held` is the record stored under the same id,
    /// whose parties it may still mean.
    // RAIL R2
    pub fn entries(&self, held: Option<&CreditRecord>) -> Vec<Entry> {
        let none = BTreeSet::new;
        let nobody = self.open.is_empty() && !self.unnamed;
        if nobody || self.open.iter().any(Pattern::is_everybody) {
            return vec![Entry { reach: Reach::Everybody, patterns: none() }];
        }
        let mut patterns = self.open.clone();
        patterns.extend(held.into_iter().flat_map(exactly));
        let subjects = Entry { reach: Reach::Subjects, patterns };
        let unnamed = self.unnamed.then(|| Entry { reach: Reach::Unnamed, patterns: none() });
        let subjects = Some(subjects).filter(|subjects| !subjects.patterns.is_empty());
        subjects.into_iter().chain(unnamed).collect()
    }
}

/// Patterns of everybody whom a record names.
fn exactly(record: &CreditRecord) -> BTreeSet<Pattern> {
    let named = identities(record).into_iter();
    named.map(|(_, _, id)| Pattern::exact(&id).unwrap_or_else(Pattern::everybody)).collect()
}
