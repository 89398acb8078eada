//! What a policy says of itself.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::model::{
    Domain, Effect, Force, LegalBasis, ListRules, ListStanding, MeasureKind, Polarity, PolicyId,
    Role, Term, TermRule, Text,
};

/// A list of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "host",
    derive(schemars::JsonSchema),
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
pub struct ListInfo {
    /// Its code.
    pub code: String,
    /// Codes of parts that sources still publish as lists of their own: looked up with the list,
    /// which a source that holds only a part does not hold.
    pub parts: Vec<String>,
    /// Its name.
    pub name: Text,
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
#[cfg_attr(
    feature = "host",
    derive(schemars::JsonSchema),
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
pub struct DueRule {
    /// The roles whose subjects are looked up.
    pub roles: Vec<Role>,
    /// Whether each organization that applies must name a legal representative or principal.
    pub required: bool,
    /// The lists.
    pub lists: Vec<String>,
    /// Why the office must ask.
    #[cfg_attr(feature = "host", component(name = "legal-basis"))]
    pub legal_basis: Vec<LegalBasis>,
}

/// A matter of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "host",
    derive(schemars::JsonSchema),
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
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
#[cfg_attr(
    feature = "host",
    derive(schemars::JsonSchema),
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
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
    #[cfg_attr(feature = "host", component(name = "valid-from"))]
    pub valid_from: Date,
    /// Last as-of date, if any.
    #[cfg_attr(feature = "host", component(name = "valid-until"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The longest term that the article allows.
    #[cfg_attr(feature = "host", component(name = "longest-term"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_term: Option<Term>,
    /// The term that the article fixes.
    #[cfg_attr(feature = "host", component(name = "fixed-term"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_term: Option<Term>,
    /// The shortest term that the article allows.
    #[cfg_attr(feature = "host", component(name = "shortest-term"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortest_term: Option<Term>,
    /// Whether it never ends (终身).
    pub lifelong: bool,
    /// What it does, in a sentence.
    pub text: Text,
    /// Its basis.
    #[cfg_attr(feature = "host", component(name = "legal-basis"))]
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
#[cfg_attr(
    feature = "host",
    derive(schemars::JsonSchema),
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
pub struct Freshness {
    /// The source; none for all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Age in days beyond which the snapshot is stale.
    pub days: u16,
}

/// What a policy is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "host",
    derive(schemars::JsonSchema),
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
pub struct Description {
    /// Which policy.
    pub policy: PolicyId,
    /// The edition's title.
    #[cfg_attr(feature = "host", component(name = "edition-name"))]
    pub edition_name: Text,
    /// The first as-of date it decides.
    #[cfg_attr(feature = "host", component(name = "valid-from"))]
    pub valid_from: Date,
    /// The last, if any.
    #[cfg_attr(feature = "host", component(name = "valid-until"))]
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
}
