//! What a policy says of itself.

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
    /// Codes of parts that sources still publish as lists of their own: looked up with the list,
    /// which a source that holds only a part does not hold.
    pub parts: Vec<String>,
    /// Its name.
    pub name: Text,
    /// The department that puts subjects on it, to which feedback goes.
    pub initiator: Text,
    /// What it says of those on it.
    pub polarity: Polarity,
    /// Who keeps it.
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
    /// Why the office must ask.
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
    /// Which way it works.
    pub effect: Effect,
    /// Whether it must be applied.
    pub force: Force,
    /// What it does.
    pub kind: MeasureKind,
    /// Whether the overlay adopts it; a mandatory measure needs no adoption.
    pub adopted: bool,
    /// The matters it applies to.
    pub matters: Vec<String>,
    /// The roles it targets.
    pub roles: Vec<Role>,
    /// The lists whose records trigger it.
    pub lists: Vec<String>,
    /// First as-of date.
    pub valid_from: Date,
    /// Last as-of date, if any.
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
    /// What it does, in a sentence.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

impl MeasureInfo {
    /// How its end follows from its article.
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

/// What a rule rests on besides the measures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct GroundInfo {
    /// Its own words for those whom it concerns, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// What a person affected may do.
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
    /// First day of the check.
    pub valid_from: Date,
    /// Last day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The sentence.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// How a disputed record is handled at a place.
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

/// A sentence for the officer on what the records do not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RemarkInfo {
    /// When it is shown.
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
    /// First day, if not the edition's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// How a disputed record is handled, if the place says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<ObjectionInfo>,
    /// What the officer is told.
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

/// The days on which an edition decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct EditionDays {
    /// The first.
    pub valid_from: Date,
    /// The last, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

/// What a policy is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Description {
    /// Which policy.
    pub policy: PolicyId,
    /// The edition's title, with its place and the version of its data.
    pub edition_name: Text,
    /// The first as-of date it decides.
    pub valid_from: Date,
    /// The last, if any.
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
    /// The accepted ages.
    pub freshness: Vec<Freshness>,
    /// The edition's own days, whatever the place says.
    pub edition: EditionDays,
    /// The place for which it decides.
    pub place: PlaceInfo,
    /// The instruments cited.
    pub instruments: Vec<InstrumentInfo>,
    /// What its rules rest on besides the measures.
    pub grounds: Vec<GroundInfo>,
    /// What those affected may do.
    pub remedies: Vec<RemedyInfo>,
    /// The holidays by which working days are counted.
    pub calendar: Vec<CalendarYear>,
}
