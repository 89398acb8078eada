//! The verdict of the rules: positions and days, which the writer turns into words.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::{Disposition, DispositionRule, Role, SetAsideReason, Standing};

/// The verdict of the rules on the facts of a check. Records are named by their position among
/// those of all answers, in the order of the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// Finding that sums it up.
    pub disposition: Disposition,
    /// The rule that decided it.
    pub disposition_rule: DispositionRule,
    /// Standing of each record.
    pub records: Vec<RecordVerdict>,
    /// The measures that apply.
    pub measures: Vec<MeasureVerdict>,
    /// Records and measures that do not apply, each with its reason.
    pub set_aside: Vec<SetAsideVerdict>,
    /// Duties that follow from the decision.
    pub obligations: Vec<ObligationVerdict>,
}

/// Verdict on one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RecordVerdict {
    /// Its standing at the as-of date.
    pub standing: Standing,
    /// Its standing on the day of the check.
    pub standing_today: Standing,
    /// Whether it has ended: by repair, by its term, or by a place's end of use. Only a measure
    /// whose article makes it last longer may still rest on it.
    pub has_ended: bool,
    /// Role in which it names the subject as responsible, the decisive one if there are several;
    /// none if it is about the subject itself.
    pub named_as: Option<Role>,
}

/// A measure that applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct MeasureVerdict {
    /// Position of the measure.
    pub measure: u32,
    /// Position of the subject.
    pub subject: u32,
    /// The records that trigger it; empty for an incentive that rests on their absence.
    pub because: Vec<u32>,
    /// The last day, if there is one.
    pub until: Option<Date>,
    /// Terms that were cut to what the article allows.
    pub cut: Vec<CutVerdict>,
    /// Terms that were prolonged to what the article fixes.
    pub prolonged: Vec<ProlongedVerdict>,
}

/// A term of a record that is longer than the article allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CutVerdict {
    /// The record.
    pub record: u32,
    /// The last day that the article allows.
    pub allowed_until: Date,
}

/// A term of a record that is shorter than the one that the article fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ProlongedVerdict {
    /// The record.
    pub record: u32,
    /// The last day by the article; none if there is none.
    pub until: Option<Date>,
}

/// A record or measure that does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct SetAsideVerdict {
    /// The record, if one is concerned.
    pub record: Option<u32>,
    /// Position of the measure, if one is concerned.
    pub measure: Option<u32>,
    /// Position of the subject.
    pub subject: u32,
    /// Reason for which it does not apply.
    pub reason: SetAsideReason,
    /// Detail of the reason.
    pub detail: Detail,
    /// Legal basis of the reason.
    pub basis: Basis,
}

/// Reference to a legal basis in the policy's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub enum Basis {
    /// The basis of a measure, by the measure's position.
    Measure(u32),
    /// A ground, by its position.
    Ground(u32),
}

/// Detail of the reason for which something does not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub enum Detail {
    /// No detail.
    Nothing,
    /// The ground's own words explain it.
    OfGround,
    /// The article excepts the act on record.
    ExceptedAct,
    /// The ban under the same document has run out.
    BanRunOut,
    /// The penalty on record is none of those that the article names.
    OtherPenalty,
    /// A record in force defeats the incentive.
    RecordInForce(u32),
    /// A record that is disputed, stayed or lifted defeats the incentive.
    RecordOpen(u32),
    /// A due lookup is not answered.
    Unanswered,
    /// The answer on a list does not reach back far enough.
    ShortHistory(ShortHistory),
    /// A record lies within the time that had to be free of any.
    AdverseRecord(u32),
    /// The calendar does not reach back to the day that is asked for.
    NoSuchDay,
    /// A document that a law or regulation requires is missing; holds its position.
    StatutoryMaterial(u32),
    /// Nobody promised to complete the documents.
    NoCommitment,
    /// The promised day has passed.
    CommitmentPassed,
}

/// A list whose answer does not reach back far enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ShortHistory {
    /// Position of the list.
    pub list: u32,
    /// First day from which it had to hold every record.
    pub since: Date,
}

/// A duty that follows from the decision, to be done later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ObligationVerdict {
    /// Duty to be done.
    pub duty: Duty,
    /// The last day; none where the text sets none or the calendar is not published.
    pub due_on: Option<Date>,
    /// Number of working days within the term, if they were counted.
    pub working_days: Option<u32>,
    /// Year that was needed and whose holidays are not published.
    pub unpublished_year: Option<u16>,
    /// Position of the ground.
    pub ground: u32,
}

/// A duty that follows from the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub enum Duty {
    /// Feedback to the department that keeps the list, by the position of the list.
    Feedback(u32),
    /// Publication of a licence on the government's websites.
    Publication,
    /// Publication in the information system on enterprises.
    EnterprisePublication,
    /// Publication of an honour as a good record.
    GoodRecord,
    /// The materials that the commitment promises.
    CompleteMaterials,
}

/// Error: the facts cannot be decided on. A host that keeps to the interface never gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No matter has this position.
    NoSuchMatter(u32),
    /// No list has this position.
    NoSuchList(u32),
    /// No subject has this position.
    NoSuchSubject(u32),
    /// No act has this position.
    NoSuchAct(u32),
    /// The day is not in the calendar.
    NoSuchDay(Date),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchMatter(position) => write!(f, "there is no matter {position}"),
            Self::NoSuchList(position) => write!(f, "there is no list {position}"),
            Self::NoSuchSubject(position) => write!(f, "there is no subject {position}"),
            Self::NoSuchAct(position) => write!(f, "there is no act {position}"),
            Self::NoSuchDay(_) => f.write_str("a day is none of the calendar"),
        }
    }
}

impl std::error::Error for Refusal {}
