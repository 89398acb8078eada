//! What a suite shows of the law that its cases ask for, and what none of them shows. Only cases
//! that pass show anything.
//!
//! The universe is what the policies that decided could have shown: of each edition with each
//! overlay that a case asks for, its measures, clauses, matters, lookups and exceptions, and the
//! reasons, standings and dispositions that there are. See [`universe`] for the clauses: each is
//! there with the way in which a decision shows it.

mod shown;
mod universe;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::suite::{Policies, Ran, Verdict};

/// What is covered, group by group.
#[derive(Debug, Serialize)]
pub struct Coverage {
    /// The groups.
    pub groups: Vec<Group>,
    /// Each measure, with how often it applied and was set aside by name.
    pub measures: Vec<MeasureUse>,
    /// Whether a policy was a baked component, whose description alone could be asked.
    pub description_only: bool,
}

/// Items of one kind.
#[derive(Debug, Serialize)]
pub struct Group {
    /// What they are.
    pub kind: Kind,
    /// How many there are.
    pub total: usize,
    /// How many a case shows.
    pub covered: usize,
    /// How many of a hundred, rounded down; 100 if there are none.
    pub percent: u8,
    /// Those that no case shows, by name.
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
    /// Every kind, in the order in which they are told.
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

    /// Whether a minimum is a minimum of these.
    pub const fn must_be_covered(self) -> bool {
        matches!(self, Self::Measures | Self::MeasuresApplied | Self::Clauses)
    }
}

/// How a suite uses a measure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MeasureUse {
    /// Its edition.
    pub edition: String,
    /// Its id.
    pub measure: String,
    /// Whether it is mandatory or adopted in some overlay of the suite.
    pub adopted: bool,
    /// In how many cases it applied.
    pub applied: usize,
    /// In how many cases it was set aside by name.
    pub set_aside: usize,
}

/// Items by kind and name.
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
    /// What the cases show of what the policies could have shown.
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

    /// The lesser percentage of measures and of clauses.
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
