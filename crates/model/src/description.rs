//! A policy's description: everything that hosts, writers and people need to know about it.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::{
    Domain, Effect, Force, LegalBasis, ListRules, ListStanding, MeasureKind, Polarity, PolicyId,
    RemarkWhen, Role, Term, TermRule, Text,
};

/// A list of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ListInfo {
    /// Its code.
    pub code: String,
    /// Codes of parts that sources still publish as lists of their own. They are looked up together
    /// with the list; a source that holds only a part does not hold the list.
    pub parts: Vec<String>,
    /// Its name.
    pub name: Text,
    /// Department that puts subjects on it; feedback goes there.
    pub initiator: Text,
    /// Polarity: restriction, commendation or watch.
    pub polarity: Polarity,
    /// Kind of its keeper: statutory or reference.
    pub standing: ListStanding,
    /// The acts that its records may name.
    pub acts: Vec<String>,
    /// Its rules on how entries end, one for each time.
    pub rules: Vec<ListRules>,
}

/// Lookups due for some roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct DueRule {
    /// The roles whose subjects are looked up.
    pub roles: Vec<Role>,
    /// Whether each organization that applies must name a legal representative or principal.
    pub required: bool,
    /// The lists.
    pub lists: Vec<String>,
    /// Clauses that oblige the office to look up.
    pub legal_basis: Vec<LegalBasis>,
}

/// A matter of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct MatterInfo {
    /// Its code.
    pub code: String,
    /// Its domain.
    pub domain: Domain,
    /// Its name.
    pub name: Text,
    /// The lookups due.
    pub due: Vec<DueRule>,
}

/// A measure of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct MeasureInfo {
    /// Its id.
    pub id: String,
    /// Incentive or restriction.
    pub effect: Effect,
    /// Force: whether the office must apply it.
    pub force: Force,
    /// Kind of the measure.
    pub kind: MeasureKind,
    /// Whether the overlay adopts it; a mandatory measure needs no adoption.
    pub adopted: bool,
    /// The matters it applies to.
    pub matters: Vec<String>,
    /// The roles it targets.
    pub roles: Vec<Role>,
    /// The lists whose records trigger it.
    pub lists: Vec<String>,
    /// First day of the check on which it applies.
    pub valid_from: Date,
    /// Last day of the check on which it applies, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The longest term that the article allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_term: Option<Term>,
    /// The term that the article fixes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_term: Option<Term>,
    /// The shortest term that the article allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortest_term: Option<Term>,
    /// Whether it never ends (终身).
    pub lifelong: bool,
    /// The department that carries it out, where the place says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implementer: Option<Text>,
    /// One sentence on what it does.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

impl MeasureInfo {
    /// The rule by which its end follows from its article.
    pub fn term(&self) -> TermRule {
        let Self { longest_term, fixed_term, shortest_term, lifelong, .. } = self;
        TermRule::of(*longest_term, *fixed_term, *shortest_term, *lifelong)
    }
}

/// The accepted age of a source's snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Freshness {
    /// The source; none for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Age in days beyond which the snapshot is stale.
    pub days: u16,
}

/// A law, regulation, interpretation or document that is cited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct InstrumentInfo {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// Its document number, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// A legal basis other than a measure's, on which a rule rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct GroundInfo {
    /// Sentence for those whom it concerns, if it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// A remedy that a person affected has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RemedyInfo {
    /// Only where a natural person is reached.
    pub persons_only: bool,
    /// Only on these matters; empty means any.
    pub matters: Vec<String>,
    /// Only on matters of these domains; empty means any.
    pub domains: Vec<Domain>,
    /// Only where a measure rests on a record of one of these lists; empty means any.
    pub lists: Vec<String>,
    /// Only where a measure refuses or limits what is applied for.
    pub refusals_only: bool,
    /// First day of the check on which it is open.
    pub valid_from: Date,
    /// Last such day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The sentence.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// Handling of a disputed record by the regulation of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ObjectionInfo {
    /// Whether the record is annotated as disputed (异议标注).
    pub annotated: bool,
    /// Working days for the annotation, 0 for at once; none if the text sets no day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotate_within: Option<u16>,
    /// Working days for the handling in the ordinary case.
    pub decide_within: u16,
    /// Working days for the handling at the most.
    pub decide_at_most: u16,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// A sentence for the officer on facts that the records do not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RemarkInfo {
    /// Condition under which it is shown.
    pub when: RemarkWhen,
    /// The sentence.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// The place for which a policy decides, and what its own regulation says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct PlaceInfo {
    /// Its code.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// The first digits of the division codes (GB/T 2260) of its offices; empty means everywhere.
    pub regions: Vec<String>,
    /// First day of the check on which it decides, if not the edition's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last such day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Handling of a disputed record, if the place has a rule on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<ObjectionInfo>,
    /// Remarks for the officer.
    pub remarks: Vec<RemarkInfo>,
}

/// The published holidays and make-up days of one year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CalendarYear {
    /// The year.
    pub year: u16,
    /// Days off that would otherwise be worked.
    pub holidays: Vec<Date>,
    /// Saturdays and Sundays that are worked.
    pub workdays: Vec<Date>,
}

/// Days of the check on which an edition decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct EditionDays {
    /// The first.
    pub valid_from: Date,
    /// The last such day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// A policy's description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Description {
    /// Name, version, edition and overlay of the policy.
    pub policy: PolicyId,
    /// The edition's title, with its place and the version of its data.
    pub edition_name: Text,
    /// First day of the check on which it decides: the later of the edition's and the place's.
    pub valid_from: Date,
    /// The last such day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The lists.
    pub lists: Vec<ListInfo>,
    /// The acts that records may name.
    pub acts: Vec<String>,
    /// The matters.
    pub matters: Vec<MatterInfo>,
    /// The measures.
    pub measures: Vec<MeasureInfo>,
    /// Accepted ages of the sources' snapshots.
    pub freshness: Vec<Freshness>,
    /// Days on which the edition alone decides, whatever the place says.
    pub edition: EditionDays,
    /// The place for which it decides.
    pub place: PlaceInfo,
    /// The instruments cited.
    pub instruments: Vec<InstrumentInfo>,
    /// Grounds: legal bases of its rules besides the measures. A verdict names them by position.
    pub grounds: Vec<GroundInfo>,
    /// Remedies of those affected.
    pub remedies: Vec<RemedyInfo>,
    /// The holidays by which working days are counted.
    pub calendar: Vec<CalendarYear>,
}
