//! The catalogue as data: the shapes that the TOML files hold and that canonical JSON carries.
//!
//! One shape serves both, so that what a person writes is what the guest adopts. Unknown keys are
//! errors. Every item that a later law may change carries its own validity.

mod list;
mod overlay;

use mustcheck_model::date::Date;
use mustcheck_model::name::Name;
use mustcheck_model::{
    CalendarYear, Domain, Effect, Force, InstrumentKind, LegalBasis, MeasureKind, PenaltyKind,
    Role, SubjectFacts, SubjectKind, Term, TermRule, Text,
};
use serde::{Deserialize, Serialize};

pub use list::*;
pub use overlay::*;

/// One edition with its overlay: all that decides an application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CatalogueData {
    /// The edition's head.
    pub edition: Edition,
    /// Overlay of the place of use.
    pub overlay: Overlay,
    /// The instruments cited.
    pub instruments: Vec<Instrument>,
    /// The lists.
    pub lists: Vec<List>,
    /// The acts that records may name.
    pub acts: Vec<Act>,
    /// The matters, with their due lookups.
    pub matters: Vec<Matter>,
    /// The measures.
    pub measures: Vec<Measure>,
    /// Amounts that a text leaves to be set.
    #[serde(default)]
    pub settings: Vec<Setting>,
    /// The State Council's published holidays and make-up days, a year each.
    #[serde(default)]
    pub calendar: Vec<CalendarYear>,
}

/// The head of an edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// `guofa-2016-33`, `statutes`, …
    pub id: Name,
    /// Semantic version of the edition's data.
    pub version: Name,
    /// Its title.
    pub name: Text,
    /// First day of the check on which it decides.
    pub valid_from: Date,
    /// The last such day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Reasons for its first and last day, and a list of what it leaves out.
    pub remark: Text,
    /// Day on or after which every text must have been compared with a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_since: Option<Date>,
    /// Kinds of instrument that can be the basis of each kind of restriction (RAIL R3).
    pub ranks: Vec<Rank>,
    /// Measures that a place's own regulation can be the basis of besides, where its overlay holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_ranks: Vec<LocalRank>,
    /// Remedies of a person affected, each with its basis.
    pub remedies: Vec<Remedy>,
}

/// Kinds of instrument that can be the basis of some kinds of measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// The kinds of measure.
    pub kinds: Vec<MeasureKind>,
    /// At least one basis of such a measure is of one of these kinds.
    pub founded_by: Vec<InstrumentKind>,
}

/// Measures that a local regulation can be the basis of in its own place, beyond
/// [`Edition::ranks`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LocalRank {
    /// The kinds of measure.
    pub kinds: Vec<MeasureKind>,
    /// The only matters on which it can.
    pub matters: Vec<Name>,
    /// At least one basis of such a measure is of one of these kinds and holds in the place.
    pub founded_by: Vec<InstrumentKind>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// A remedy: a sentence and its basis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Only where a natural person is reached.
    #[serde(default, skip_serializing_if = "is_false")]
    pub persons_only: bool,
    /// Only on these matters; empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matters: Vec<Name>,
    /// Only on matters of these domains; empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<Domain>,
    /// Only where a measure rests on a record of one of these lists; empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<Name>,
    /// Only where a measure refuses or limits what is applied for.
    #[serde(default, skip_serializing_if = "is_false")]
    pub refusals_only: bool,
    /// First day of the check on which it holds.
    pub valid_from: Date,
    /// Last day of the check on which it holds, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The sentence.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// A law, regulation, interpretation or document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// The file name of its text, without ending.
    pub id: Name,
    /// Its kind, which is its rank.
    pub kind: InstrumentKind,
    /// Its title.
    pub title: Text,
    /// Its document number, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Name>,
    /// Region in which a local regulation holds: the first digits of the division code (GB/T 2260).
    /// None: everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Name>,
    /// The first day on which the text at hand may be relied on.
    pub in_force_from: Date,
    /// The last day, if it was repealed or replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force_until: Option<Date>,
    /// Id of the instrument that replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Name>,
    /// Day on which the text was last compared with a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Date>,
    /// Copy that it was compared with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_against: Option<Name>,
    /// Source of these days.
    pub remark: Name,
}

/// Conduct that a record may name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Its code: group and name.
    pub code: Name,
    /// Its name.
    pub name: Text,
    /// Clauses that name it.
    pub legal_basis: Vec<LegalBasis>,
}

/// A matter: something that can be applied for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Matter {
    /// Its code: domain and name.
    pub code: Name,
    /// Its domain.
    pub domain: Domain,
    /// Its name.
    pub name: Text,
    /// Traits that decide whether it is in the scope of an article.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<MatterTrait>,
    /// The lookups due.
    pub due: Vec<Due>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// A trait of a matter that decides whether it is in the scope of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MatterTrait {
    /// 直接关系公共安全、人身健康、生命财产安全事项
    ConcernsPublicSafety,
    /// 依法必须进行招标的项目
    TenderRequiredByLaw,
}

/// Lists that are to be queried about subjects in some roles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Due {
    /// The editions that hold it; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<Name>,
    /// The roles whose subjects are looked up.
    pub roles: Vec<Role>,
    /// Whether each organization that applies must name a legal representative or principal.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// The lists.
    pub lists: Vec<Name>,
    /// Clauses that oblige the office to look up.
    pub legal_basis: Vec<LegalBasis>,
}

/// A measure: a consequence of a record, or of its absence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its code, unique in the edition.
    pub id: Name,
    /// Incentive or restriction.
    pub effect: Effect,
    /// Force: whether the office must apply it.
    pub force: Force,
    /// Kind of the measure.
    pub kind: MeasureKind,
    /// The matters it applies to.
    pub matters: Vec<Name>,
    /// Trait that each of these matters must have, where the article's scope depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<MatterTrait>,
    /// The roles, in the application, that it targets.
    pub roles: Vec<Role>,
    /// The kind of subject that it targets in these roles, where the article speaks of one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectKind>,
    /// The lists whose records trigger it.
    pub lists: Vec<Name>,
    /// The acts that trigger it; empty means every act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Name>,
    /// Whether a record that names no act triggers it although `acts` are named, or, with no
    /// `acts`, that only such a record does.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unnamed_act: bool,
    /// Condition on the matter that the record names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_matter: Option<RecordMatter>,
    /// Penalties that trigger it, where the penalty decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<PenaltyTest>,
    /// The longest term that the article allows, counted from the record's first day. A measure
    /// states at most one of this and the next three.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_term: Option<Term>,
    /// The term that the article fixes, whatever end the record has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_term: Option<Term>,
    /// The shortest term that the article allows, whatever end the record has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortest_term: Option<Term>,
    /// Whether the article bars for life (终身).
    #[serde(default, skip_serializing_if = "is_false")]
    pub lifelong: bool,
    /// Whether the article unseats the person for that trade, so that replacing the person cures
    /// it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unseats: bool,
    /// Exceptions: where one holds, the measure does not apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Whether an incentive may also rest on three successive years without an adverse record.
    #[serde(default, skip_serializing_if = "is_false")]
    pub or_three_clean_years: bool,
    /// First day of the check on which it holds.
    pub valid_from: Date,
    /// Last day of the check on which it holds, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The department that carries it out, where the place says (地方采用).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implementer: Option<Text>,
    /// One sentence on what it does, in our own words.
    pub text: Text,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

impl Measure {
    /// Whether it targets a subject of the application.
    pub fn targets(&self, subject: &SubjectFacts) -> bool {
        self.roles.contains(&subject.role) && self.subject.is_none_or(|kind| kind == subject.kind)
    }

    /// The rule by which its end follows from its article.
    pub fn term(&self) -> TermRule {
        TermRule::of(self.longest_term, self.fixed_term, self.shortest_term, self.lifelong)
    }
}

/// Condition of a measure on the matter that a record names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RecordMatter {
    /// Only a record that names the matter applied for (该行政许可).
    Same,
    /// Only a record that names no matter, so that the link cannot be known.
    Unnamed,
}

/// Penalties that trigger a measure; any one of these is enough.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PenaltyTest {
    /// Penalties of these kinds, whatever the amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<PenaltyKind>,
    /// A fine, judged by its amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine: Option<FineTest>,
    /// Whether a record that names no penalty passes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unnamed: bool,
}

/// Test of a fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FineTest {
    /// At or above the setting `larger-fine` in force on the day of the check.
    AtLeastLargerFine,
    /// Undecidable: the record names no amount, or no threshold is in force.
    Undecidable,
}

/// An exception: a measure does not apply although its other conditions hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Kind of fact that takes the record out.
    pub when: ExceptionWhen,
    /// The acts, for `act`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Name>,
    /// The lists, for `ban-run-out`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<Name>,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// The facts that take a record out of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionWhen {
    /// The record's act is one of these.
    Act,
    /// The subject's ban under the same document, on one of the lists, has run out.
    BanRunOut,
}

/// An amount that a text leaves to be set, with its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Its id; only `larger-fine` is used.
    pub id: Name,
    /// Amount in fen (hundredths of a yuan).
    pub amount_fen: u64,
    /// First day of the check on which it holds.
    pub valid_from: Date,
    /// Last day of the check on which it holds, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Source of the amount.
    pub source: Name,
    /// Whether the source's own text is not at hand.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secondary: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_false(value: &bool) -> bool {
    !value
}
