//! The facts of a check that the rules see: no name, number or text about anybody (RAIL R6). Lists,
//! matters and acts are positions in the policy's description; equal items have equal numbers.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::standing::Timeline;
use crate::{AnswerStatus, Commitment, EventKind, Penalty, Role, Scheme, SubjectKind};

/// The days of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The day for which the records are read.
    pub as_of: Date,
    /// Day on which the check is made; the law and the age of sources are judged on it.
    pub made_on: Date,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Hash, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationFacts {
    /// Position of the matter.
    pub matter: u32,
    /// The day for which the records are read.
    pub as_of: Date,
    /// The day of the check, by the host's clock: the law is that of this day.
    pub made_on: Date,
    /// All subjects, in the application's order.
    pub subjects: Vec<SubjectFacts>,
    /// Documents that the application needs; empty where the office does not report them.
    pub materials: Vec<MaterialFacts>,
    /// The promise to complete them, if one was signed.
    pub commitment: Option<Commitment>,
}

impl ApplicationFacts {
    /// The days of the check.
    pub const fn days(&self) -> Days {
        Days { as_of: self.as_of, made_on: self.made_on }
    }

    /// A subject by position.
    pub fn subject(&self, position: u32) -> Option<&SubjectFacts> {
        self.subjects.get(usize::try_from(position).ok()?)
    }
}

/// A subject of an application.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectFacts {
    /// Its role.
    pub role: Role,
    /// Legal or natural person.
    pub kind: SubjectKind,
    /// The standard of its first identifier.
    pub scheme: Scheme,
    /// Position of the organization that a person answers for.
    pub of: Option<u32>,
    /// Whether one of its codes was accepted as it was issued, off its standard.
    pub as_issued: bool,
}

/// A document that the application needs.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterialFacts {
    /// Whether a law or regulation requires it.
    pub statutory: bool,
    /// Whether it was handed in.
    pub provided: bool,
}

/// A lookup that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueLookup {
    /// Position of the subject.
    pub subject: u32,
    /// Position of the list.
    pub list: u32,
}

/// One source's answer to a lookup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerFacts {
    /// Position of the subject.
    pub subject: u32,
    /// Position of the list.
    pub list: u32,
    /// Status of the answer, the age and the reach of the source taken into account: only
    /// `answered` proves that the source holds no other record.
    pub status: AnswerStatus,
    /// Number of the source; none if no source holds the list.
    pub source: Option<u32>,
    /// First day from which the source declares to hold ended records too.
    pub records_from: Option<Date>,
    /// First day of which the source holds every record: `records_from`, or the day of its
    /// snapshot.
    pub held_from: Option<Date>,
    /// The records that may be relied on.
    pub records: Vec<RecordFacts>,
}

/// A record about a subject, or one that names it as responsible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFacts {
    /// Number of the record: the same wherever the record was found.
    pub number: u32,
    /// Position of the conduct, if the record names one.
    pub act: Option<u32>,
    /// Position of the matter that the record is about, if it is about one.
    pub matter: Option<u32>,
    /// Whether it is about the subject itself.
    pub is_about: bool,
    /// Roles in which it names the subject as responsible.
    pub named_as: Vec<Role>,
    /// First day, inclusive.
    pub valid_from: Date,
    /// Last day, inclusive; none if the record has no end.
    pub valid_until: Option<Date>,
    /// Events of the record, in any order.
    pub events: Vec<EventFacts>,
    /// The penalty, if one was imposed.
    pub penalty: Option<Penalty>,
    /// The number of the document; equal documents have equal numbers.
    pub document: Option<u32>,
    /// Number of the decision, if known: the copies of one decision that several sources hold have
    /// equal numbers.
    pub decision: Option<u32>,
}

/// An event of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFacts {
    /// Kind of the event.
    pub kind: EventKind,
    /// Day of the event.
    pub on: Date,
}

impl Timeline for RecordFacts {
    fn valid_from(&self) -> Date {
        self.valid_from
    }

    fn valid_until(&self) -> Option<Date> {
        self.valid_until
    }

    fn events(&self) -> impl Iterator<Item = (EventKind, Date)> {
        self.events.iter().map(|event| (event.kind, event.on))
    }
}
