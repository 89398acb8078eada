//! Records and answers, as a registry gives them.

use serde::{Deserialize, Serialize};

use crate::date::{Date, Timestamp};
use crate::{
    AnswerStatus, EventKind, FurtherIdentifier, PenaltyKind, Role, Scheme, Subject, SubjectKind,
};

/// A source and the age of its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct SourceState {
    /// The source's id.
    pub id: String,
    /// Its name, for people; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Instant of the snapshot.
    pub as_of: Timestamp,
    /// First day from which it declares to hold ended records too, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_from: Option<Date>,
}

/// One source's answer about one subject on one list. A list that several sources hold has
/// several answers; all of them must be `answered` for the lookup to be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Position in the queries, from 0.
    pub query: u32,
    /// The list.
    pub list: String,
    /// Status of the answer. A registry may report its own source as `stale`; the policy treats any
    /// source as `stale` that is older than the overlay accepts.
    pub status: AnswerStatus,
    /// The source; none if no source holds the list, or if it is unavailable and left no state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceState>,
    /// Reason for a missing answer, in words fit for a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Records about exactly this subject, or that name it as a responsible person. Any named
    /// source can prove that a record exists, whatever its status; only one with status `answered`
    /// proves that none does.
    pub records: Vec<CreditRecord>,
}

/// A citation of a clause, without its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Citation {
    /// The instrument.
    pub instrument: String,
    /// Article, in Arabic digits.
    pub article: String,
    /// Paragraph (款), from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<u8>,
    /// Item (项), from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u8>,
}

/// A penalty on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Penalty {
    /// Its kind.
    pub kind: PenaltyKind,
    /// Amount in fen (hundredths of a yuan), if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_fen: Option<u64>,
}

/// An event of a record; it counts from its day on, that day included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Event {
    /// Kind of the event.
    pub kind: EventKind,
    /// Day of the event.
    pub on: Date,
    /// The document, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Subject that a record is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RecordSubject {
    /// Legal or natural person.
    pub kind: SubjectKind,
    /// The standard of `identifier`.
    pub scheme: Scheme,
    /// The identifier, normalised.
    pub identifier: String,
    /// Issuing country of a passport; none otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The name, for display.
    #[serde(default)]
    pub name: String,
    /// Document that shows a code which does not follow its standard. With it such a code is
    /// accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_issued: Option<String>,
    /// Further and former identifiers of the same subject.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<FurtherIdentifier>,
}

impl RecordSubject {
    /// All identifiers of the subject, the main one first: scheme, issuing country, identifier.
    pub fn identities(&self) -> impl Iterator<Item = (Scheme, Option<&str>, &str)> {
        let first = (self.scheme, self.country.as_deref(), self.identifier.as_str());
        let further = self.also.iter();
        std::iter::once(first)
            .chain(further.map(|f| (f.scheme, f.country.as_deref(), f.identifier.as_str())))
    }
}

impl CreditRecord {
    /// Whether the record is about a subject, by any identifier of either.
    // RAIL R6: by exact identifier, never by name.
    pub fn is_about(&self, subject: &Subject) -> bool {
        self.subject
            .identities()
            .any(|(scheme, country, own)| subject.is_named(scheme, country, own))
    }

    /// All roles in which the record names a subject as responsible, in the record's order.
    pub fn named_as(&self, subject: &Subject) -> impl Iterator<Item = Role> {
        let named = |p: &&ResponsiblePerson| {
            subject.is_named(p.scheme, p.country.as_deref(), &p.identifier)
        };
        self.responsible_persons.iter().filter(named).map(|person| person.role)
    }

    /// Whether the record is about a subject, or names it as responsible.
    pub fn names(&self, subject: &Subject) -> bool {
        self.is_about(subject) || self.named_as(subject).next().is_some()
    }
}

/// A natural person whom the record itself names as responsible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ResponsiblePerson {
    /// Role of the person in the conduct.
    pub role: Role,
    /// The standard of `identifier`.
    pub scheme: Scheme,
    /// The identifier, normalised.
    pub identifier: String,
    /// Issuing country of a passport; none otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The name, for display.
    #[serde(default)]
    pub name: String,
}

/// One entry on a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CreditRecord {
    /// Unique among all records of a registry.
    pub id: String,
    /// The list.
    pub list: String,
    /// The source that holds it.
    pub source: String,
    /// Conduct on record: a code of the catalogue's acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// The matter that the record is about, where it is about one (a licence that is barred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matter: Option<String>,
    /// Subject that it is about.
    pub subject: RecordSubject,
    /// Persons named as responsible.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responsible_persons: Vec<ResponsiblePerson>,
    /// The authority that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The document of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Clauses that the authority relied on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal_basis: Vec<Citation>,
    /// The penalty, if one was imposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<Penalty>,
    /// First day, inclusive.
    pub valid_from: Date,
    /// Last day, inclusive; none if the record has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Events of the record, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}
