//! Coverage: the parts of the law that the cases of a suite show, and those that none of them
//! shows. Only cases that pass show anything.
//!
//! The universe is everything that the deciding policies could have shown: for each edition with
//! each overlay that a case asks for, its measures, clauses, matters, lookups and exceptions, and
//! all reasons, standings and dispositions. [`universe`] lists the clauses, and the way in which a
//! decision shows each.

mod shown;
mod universe;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::suite::{Policies, Ran, Verdict};

/// Coverage of a suite, group by group.
#[derive(Debug, Serialize)]
pub struct Coverage {
    /// One group for each kind, in the order of [`Kind::ALL`].
    pub groups: Vec<Group>,
    /// Each measure, with the numbers of cases in which it applied and was set aside by name.
    pub measures: Vec<MeasureUse>,
    /// Whether a policy was a baked component, of which only the description is known: then clauses
    /// of exceptions, remedies, rules on persons and the like are not counted.
    pub description_only: bool,
}

/// Coverage of the items of one kind.
#[derive(Debug, Serialize)]
pub struct Group {
    /// Kind of the items.
    pub kind: Kind,
    /// Number of items in the universe.
    pub total: usize,
    /// Number of items that a case shows.
    pub covered: usize,
    /// Percentage of items that a case shows, rounded down; 100 if there are no items.
    pub percent: u8,
    /// Names of the items that no case shows.
    pub missing: Vec<String>,
}

/// A kind of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Measures that applied or were set aside by name.
    Measures,
    /// Measures that applied, of those that are mandatory or adopted.
    MeasuresApplied,
    /// Clauses that a decision cites or rests on.
    Clauses,
    /// Exceptions of measures.
    Exceptions,
    /// Reasons for setting aside.
    Reasons,
    /// Standings of records.
    Standings,
    /// Dispositions.
    Dispositions,
    /// The rules that decide dispositions.
    Rules,
    /// The rules of lists: how their entries end, by list.
    ListRules,
    /// Events of records.
    Events,
    /// Matters.
    Matters,
    /// Due lookups: role, list and matter.
    Lookups,
}

impl Kind {
    /// All kinds, in the order of the report.
    pub const ALL: [Self; 12] = [
        Self::Measures,
        Self::MeasuresApplied,
        Self::Clauses,
        Self::Exceptions,
        Self::Reasons,
        Self::Standings,
        Self::Dispositions,
        Self::Rules,
        Self::ListRules,
        Self::Events,
        Self::Matters,
        Self::Lookups,
    ];

    /// Whether `--coverage-minimum` applies to the kind.
    pub const fn must_be_covered(self) -> bool {
        matches!(self, Self::Measures | Self::MeasuresApplied | Self::Clauses)
    }
}

/// Use of a measure in a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MeasureUse {
    /// Edition of the measure.
    pub edition: String,
    /// Id of the measure.
    pub measure: String,
    /// Whether the measure is mandatory, or adopted in some overlay of the suite.
    pub adopted: bool,
    /// Number of cases in which the measure applied.
    pub applied: usize,
    /// Number of cases in which the measure was set aside by name.
    pub set_aside: usize,
}

/// Names of items, by kind.
#[derive(Debug, Default)]
struct Items(BTreeMap<Kind, BTreeSet<String>>);

impl Items {
    fn add(&mut self, kind: Kind, name: impl Into<String>) {
        self.0.entry(kind).or_default().insert(name.into());
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = &String> {
        self.0.get(&kind).into_iter().flatten()
    }

    fn has(&self, kind: Kind, name: &str) -> bool {
        self.0.get(&kind).is_some_and(|names| names.contains(name))
    }
}

impl Coverage {
    /// Computes the coverage of a run: what its passing cases show of what the policies could have
    /// shown.
    pub fn of(ran: &[Ran], policies: &Policies) -> Self {
        let mut universe = Items::default();
        universe::add_codes(&mut universe);
        let mut shown = Items::default();
        let mut uses: BTreeMap<(String, String), MeasureUse> = BTreeMap::new();
        let mut description_only = false;
        for (key, deciding) in policies.all() {
            description_only |= deciding.catalogue.is_none();
            universe::add(&mut universe, &key.edition, deciding);
            for measure in &deciding.policy.description().measures {
                let place = (key.edition.clone(), measure.id.clone());
                let entry = uses.entry(place).or_insert_with(|| MeasureUse {
                    edition: key.edition.clone(),
                    measure: measure.id.clone(),
                    ..MeasureUse::default()
                });
                entry.adopted |= universe::adopted(measure);
            }
            let own = |ran: &&Ran| {
                let decided = ran.decided.as_ref().is_some_and(|(k, _)| k == key);
                decided && ran.verdict == Verdict::Passed
            };
            for ran in ran.iter().filter(own) {
                let Some((_, decision)) = &ran.decided else { continue };
                shown::add(&mut shown, &key.edition, deciding, decision, &ran.told, &ran.papers);
                shown::count(&mut uses, &key.edition, decision);
            }
        }
        let groups = Kind::ALL.iter().map(|kind| Group::of(*kind, &universe, &shown)).collect();
        Self { groups, measures: uses.into_values().collect(), description_only }
    }

    /// Returns the lowest percentage of the kinds that must be covered: measures, and clauses.
    pub fn least(&self) -> u8 {
        let groups = self.groups.iter().filter(|group| group.kind.must_be_covered());
        groups.map(|group| group.percent).min().unwrap_or(100)
    }
}

impl Group {
    fn of(kind: Kind, universe: &Items, shown: &Items) -> Self {
        let total = universe.of(kind).count();
        let missing: Vec<String> =
            universe.of(kind).filter(|name| !shown.has(kind, name)).cloned().collect();
        let covered = total - missing.len();
        let percent = (covered * 100).checked_div(total).unwrap_or(100);
        Self { kind, total, covered, percent: u8::try_from(percent).unwrap_or(100), missing }
    }
}
