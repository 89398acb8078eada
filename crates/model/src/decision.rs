//! The decision: findings with reasons, as the office reads them.

use serde::{Deserialize, Serialize};

use crate::date::{Date, Timestamp};
use crate::name::shared;
use crate::shared::Shared;
use crate::{
    AnswerStatus, Disposition, DispositionRule, Effect, Force, MeasureKind, ObligationKind, Role,
    SetAsideReason, Standing, Text,
};

/// Id of the instrument on which the rules in code rest: the Opinions (国发〔2016〕33号).
pub const OPINIONS: &str = "guofa-2016-33";

/// A citation of a clause, with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct LegalBasis {
    /// The instrument's id in the catalogue.
    #[serde(deserialize_with = "shared")]
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub instrument: Shared,
    /// Article, in Arabic digits.
    #[serde(deserialize_with = "shared")]
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub article: Shared,
    /// Paragraph (款), from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<u8>,
    /// Item (项), from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u8>,
    /// The clause, verbatim Chinese.
    #[serde(deserialize_with = "shared")]
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub clause: Shared,
}

/// A subject of the application as a decision shows it: a firm's code whole, a person's number
/// masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Target {
    /// Its role.
    pub role: Role,
    /// Position in the application's subjects, from 0.
    pub subject_index: u32,
    /// Its code, or the masked number of a person.
    pub subject: String,
}

/// One lookup as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Lookup {
    /// The subject's role.
    pub role: Role,
    /// Position in the application's subjects, from 0.
    pub subject_index: u32,
    /// Its code, or the masked number of a person.
    pub subject: String,
    /// The list.
    pub list: String,
    /// Whether the lookup is due; one on a reference list is made but decides nothing.
    pub due: bool,
    /// Status of the source's answer, its age and reach taken into account.
    pub status: AnswerStatus,
    /// The source, if one holds the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Instant of the source's snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_as_of: Option<Timestamp>,
    /// Number of records that the source gave.
    pub records: u32,
    /// Reason for a missing answer, or a remark on the one that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A record that was found, as facts for the officer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The record's id.
    pub record: String,
    /// The list.
    pub list: String,
    /// Subject of the application that it was found for.
    pub target: Target,
    /// Role in which the record names that subject as a responsible person; none if the record is
    /// about the subject itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_as: Option<Role>,
    /// Its standing at the as-of date.
    pub standing: Standing,
    /// Its standing on the day of the check, if that is another day and the standing differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing_today: Option<Standing>,
    /// The authority that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The document of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Whether an objection to it is noted, decided or not.
    pub disputed: bool,
}

/// A term of a record that is longer than the article allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Cut {
    /// The record.
    pub record: String,
    /// The last day on record; none if the record has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_until: Option<Date>,
    /// The last day that the article allows.
    pub allowed_until: Date,
}

/// A term of a record that is shorter than the one that the article fixes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Prolonged {
    /// The record.
    pub record: String,
    /// The last day on record.
    pub recorded_until: Date,
    /// The last day by the article; none if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A measure that applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct AppliedMeasure {
    /// Its id in the catalogue.
    pub measure: String,
    /// Incentive or restriction.
    pub effect: Effect,
    /// Force: whether the office must apply it.
    pub force: Force,
    /// Kind of the measure.
    pub kind: MeasureKind,
    /// To whom.
    pub target: Target,
    /// The ids of the records that trigger it; empty for an incentive that rests on their absence.
    pub because: Vec<String>,
    /// Its basis, each with its words.
    pub legal_basis: Vec<LegalBasis>,
    /// The last day, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Terms that were cut to what the article allows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<Cut>,
    /// Terms that were prolonged to what the article fixes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prolonged: Vec<Prolonged>,
    /// One sentence on what it does.
    pub text: Text,
}

/// A duty that follows from the decision, to be done later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Obligation {
    /// Duty to be done.
    pub kind: ObligationKind,
    /// To whom.
    pub to: Text,
    /// The last day; none where the text sets none or the calendar is not published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Explanation of the last day, or the reason why there is none.
    pub note: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// A record or measure that does not apply, with the rule that sets it aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct SetAside {
    /// The record, if one is concerned.
    #[serde(default)]
    pub record: Option<String>,
    /// The measure, if one is concerned.
    #[serde(default)]
    pub measure: Option<String>,
    /// Subject concerned.
    pub target: Target,
    /// Reason for which it does not apply.
    pub reason: SetAsideReason,
    /// Basis of the rule that sets it aside.
    pub legal_basis: Vec<LegalBasis>,
    /// The reason in a sentence.
    pub text: Text,
}

/// Policy that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct PolicyId {
    /// The policy's name.
    pub name: String,
    /// The version of its rules.
    pub version: String,
    /// The edition of its catalogue.
    pub edition: String,
    /// The overlay.
    pub overlay: String,
}

/// Findings with reasons, for the office to decide on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Decision {
    /// The application's id.
    pub application: String,
    /// Its matter.
    pub matter: String,
    /// Its as-of date.
    pub as_of: Date,
    /// The finding that sums the decision up.
    pub disposition: Disposition,
    /// The rule that decided it.
    pub disposition_rule: DispositionRule,
    /// Policy that decided.
    pub policy: PolicyId,
    /// Every lookup made.
    pub lookups: Vec<Lookup>,
    /// Every record found.
    pub records: Vec<Finding>,
    /// The measures that apply.
    pub measures: Vec<AppliedMeasure>,
    /// Duties that follow from the decision.
    pub obligations: Vec<Obligation>,
    /// Records and measures that do not apply, each with its reason.
    pub set_aside: Vec<SetAside>,
    /// The day on which the check was made, by the host's clock.
    pub made_on: Date,
}

/// Largest number of days by which an as-of date may lie before the day of the check without making
/// it backdated: an application that came in yesterday is decided today.
pub const PRESENT_DAYS: i32 = 1;

impl Decision {
    /// Whether the check is backdated: made as of an earlier day, which needs a permission of its
    /// own.
    pub fn is_backdated(&self) -> bool {
        is_backdated(self.as_of, self.made_on)
    }
}

/// Whether a check made on `made_on` is backdated: its as-of date lies more than [`PRESENT_DAYS`]
/// days earlier, or one of the two days does not exist.
// RAIL R14
pub fn is_backdated(as_of: Date, made_on: Date) -> bool {
    made_on.days_since(as_of).is_none_or(|days| days > PRESENT_DAYS)
}
