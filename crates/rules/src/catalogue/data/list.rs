//! Credit lists: the persons whom their records reach, and the rules on the end of their entries.

use mustcheck_model::date::Date;
use mustcheck_model::name::Name;
use mustcheck_model::{LegalBasis, ListRules, ListStanding, Polarity, Role, Term, Text};
use serde::{Deserialize, Serialize};

use crate::catalogue::data::{PenaltyTest, is_false};

/// A credit list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Its code.
    pub code: Name,
    /// Codes of parts that sources still publish as lists of their own. A subject on a part is on
    /// the list; a source that holds only a part does not hold the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Name>,
    /// Its name.
    pub name: Text,
    /// Polarity: restriction, commendation or watch.
    pub polarity: Polarity,
    /// Kind of its keeper: statutory or reference.
    pub standing: ListStanding,
    /// The department that puts subjects on it, to which feedback goes.
    pub initiator: Text,
    /// The acts that its records may name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Name>,
    /// The list's own rules on persons, by edition (RAIL R8): one, or one for each group of acts,
    /// where articles differ in whom they name. None: no person is reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<PersonsRule>,
    /// Penalties that make a record serious, where the list holds less serious records too. None:
    /// every record is serious.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serious: Option<PenaltyTest>,
    /// Its rules on how entries end, one for each time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<ListRegime>,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// A list's rule on the natural persons that a record names as responsible.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonsRule {
    /// The editions that hold it; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editions: Vec<Name>,
    /// The roles, as the record gives them, that are reached.
    pub roles: Vec<Role>,
    /// Acts of which a record must name one; empty means any, or any that no other rule names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Name>,
    /// Only matters on which persons are reached; empty means any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matters: Vec<Name>,
    /// Whether only a record about the person itself reaches it: nobody is reached by being named
    /// in another's record.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own_record: bool,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// The rules of a list on how its entries end, for a time, each from the list's own regulation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ListRegime {
    /// First day of the check on which they hold.
    pub valid_from: Date,
    /// Last day of the check on which they hold, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Length of an entry's stay; none if the regulation sets none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<StayRule>,
    /// Rule on how a repair ends an entry.
    pub removal: RemovalRule,
    /// Rule by which a removal obtained by deceit is revoked and the term begins anew, if there is
    /// one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restoration: Option<FoundedRule>,
    /// Rule on the effect of an objection.
    pub objection: ObjectionRule,
    /// Rule by which an approved reorganisation or settlement may lift an entry, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reorganisation: Option<FoundedRule>,
    /// `INTERPRETATION:` and `NOT MODELLED:` notes, one a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Name>,
}

/// A rule without parameters, with its basis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FoundedRule {
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// Rule on how long an entry stays on a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StayRule {
    /// Longest stay, counted from the entry's first day. An entry without an end of its own ends
    /// then.
    pub longest: Term,
    /// Whether an entry may stay longer than `longest` if it states a later end itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub beyond: bool,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// Rule on how a repair ends an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RemovalRule {
    /// Shortest time after the entry's first day before a repair can end it; none if at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Term>,
    /// Whether a repair never ends it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub never: bool,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

/// Rule on the effect of an objection on an entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ObjectionRule {
    /// Whether it suspends the entry while it is verified; if not, it is only shown.
    pub suspends: bool,
    /// Its basis.
    pub legal_basis: Vec<LegalBasis>,
}

impl ListRegime {
    /// The rules without their bases, as standings are computed with them.
    pub fn rules(&self) -> ListRules {
        ListRules {
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            longest: self.stay.as_ref().map(|stay| stay.longest),
            beyond: self.stay.as_ref().is_some_and(|stay| stay.beyond),
            removable: !self.removal.never,
            removable_after: self.removal.after,
            removal: None,
            restorable: self.restoration.is_some(),
            objection_suspends: self.objection.suspends,
            reorganisation_lifts: self.reorganisation.is_some(),
        }
    }

    /// All its bases, each with the key of the rule that rests on it.
    pub fn bases(&self) -> impl Iterator<Item = (&'static str, &[LegalBasis])> {
        fn founded(rule: Option<&FoundedRule>) -> Option<&[LegalBasis]> {
            rule.map(|rule| rule.legal_basis.as_slice())
        }
        [
            ("stay", self.stay.as_ref().map(|stay| stay.legal_basis.as_slice())),
            ("removal", Some(self.removal.legal_basis.as_slice())),
            ("restoration", founded(self.restoration.as_ref())),
            ("objection", Some(self.objection.legal_basis.as_slice())),
            ("reorganisation", founded(self.reorganisation.as_ref())),
        ]
        .into_iter()
        .filter_map(|(key, bases)| Some((key, bases?)))
    }
}
