//! A place's overlay: the measures that it adopts, and the additions of its own regulation
//! (地方采用).
//!
//! A place may adopt recommended measures, add its own with a basis of sufficient rank, shorten the
//! use of a record, and add remarks for the officer. It cannot switch off a rail, drop a mandatory
//! measure, or let a record restrict that is not in force.

use mustcheck_model::date::Date;
use mustcheck_model::name::Name;
use mustcheck_model::{Force, LegalBasis, RemarkWhen, Role, Text};
use serde::{Deserialize, Serialize};

use crate::catalogue::data::{MatterTrait, Remedy, is_false};

/// The overlay of a place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Its code.
    pub id: Name,
    /// Its name.
    pub name: Text,
    /// Editions that it can be joined with; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<Name>,
    /// Regions in which it holds: the first digits of the division code (GB/T 2260) of the deciding
    /// office. Empty means everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<Name>,
    /// First day of the check on which it holds, if not the edition's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day of the check on which it holds, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Whether every recommended incentive is adopted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub adopts_recommended_incentives: bool,
    /// Further recommended measures adopted, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adopts: Vec<Name>,
    /// Recommended measures that the place's own regulation takes up, with the clauses that do so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adoptions: Vec<Adoption>,
    /// Age in days beyond which a source's snapshot is stale.
    pub freshness_days: u16,
    /// Different ages for single sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceFreshness>,
    /// The place's departments that put subjects on a list (发起部门).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub initiators: Vec<Initiator>,
    /// The place's departments that carry a measure out (实施部门).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implementers: Vec<Implementer>,
    /// Lookups that are due here besides the edition's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<LocalDue>,
    /// Ends of disclosure of records, after which they are the basis of no restriction here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disclosures: Vec<Disclosure>,
    /// Annotation and handling of an objection here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<Objection>,
    /// Conditions under which incomplete materials are not tolerated here, even with a promise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closings: Vec<Closing>,
    /// Remarks for the officer here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// Remedies of a person affected here, besides the edition's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<Remedy>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// The accepted age of one source's snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SourceFreshness {
    /// The source's id.
    pub source: Name,
    /// Age in days.
    pub freshness_days: u16,
}

/// An adoption of recommended measures by a local regulation. Its basis is added to the measure's
/// own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// The measures, by id.
    pub measures: Vec<Name>,
    /// `mandatory` where the regulation obliges its offices to grant the incentive (应当). A
    /// restriction cannot be made mandatory here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<Force>,
    /// Clauses of the regulation that take the measures up.
    pub legal_basis: Vec<LegalBasis>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// The department that puts subjects on some lists here, and so receives feedback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Initiator {
    /// The lists.
    pub lists: Vec<Name>,
    /// The department.
    pub name: Text,
    /// Clauses of the regulation that name it.
    pub legal_basis: Vec<LegalBasis>,
}

/// The department that carries out some measures here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Implementer {
    /// The measures, by id.
    pub measures: Vec<Name>,
    /// The department.
    pub name: Text,
    /// Clauses of the regulation that name it.
    pub legal_basis: Vec<LegalBasis>,
}

/// Lookups that a place's regulation makes due on some matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LocalDue {
    /// The matters.
    pub matters: Vec<Name>,
    /// The roles whose subjects are looked up.
    pub roles: Vec<Role>,
    /// The lists.
    pub lists: Vec<Name>,
    /// Clauses that oblige the office to look up.
    pub legal_basis: Vec<LegalBasis>,
}

/// An end of disclosure: after it the record is no longer relied on for a restriction. It never
/// lengthens a record's own term (RAIL R5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// The restriction lists that it concerns.
    pub lists: Vec<Name>,
    /// Acts that are excepted because they go on until they are corrected, so that the end of the
    /// conduct is not on record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except_acts: Vec<Name>,
    /// Number of years from the record's first day.
    pub years: u16,
    /// Sentence on why the record is set aside.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// Handling of a disputed record here. The suspension of the measure is separate: it follows 33
/// (二十二) in every place (RAIL R4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// Whether the record is annotated as disputed (异议标注).
    #[serde(default, skip_serializing_if = "is_false")]
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
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// A rule by which incomplete materials are not tolerated on a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Condition that closes the promise.
    pub when: ClosingWhen,
    /// The matters, for `matter`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matters: Vec<Name>,
    /// The traits of further matters, for `matter`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<MatterTrait>,
    /// Sentence on why the promise is closed.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// Condition that closes promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ClosingWhen {
    /// A record of the applicant on a restriction list is in force, and therefore not repaired.
    SeriousRecord,
    /// The matter is one of those named, or has one of the traits.
    Matter,
}

/// A sentence for the officer on facts that the records do not show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Remark {
    /// Condition under which it is shown.
    pub when: RemarkWhen,
    /// The sentence.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}
