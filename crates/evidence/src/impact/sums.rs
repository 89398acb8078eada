//! Totals over all cases.

use std::collections::BTreeMap;

use mustcheck_model::{Disposition, Effect, PolicyId};
use serde::Serialize;

use super::{Change, Met, Redecided};
use mustcheck::Policy;
use mustcheck::receipts::digest::ContentDigest;
use mustcheck::receipts::signed::DocumentId;

/// A case that the policy does not decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undecided {
    /// The receipt.
    pub receipt: DocumentId,
    /// The case number; what in it may be an identifier is masked.
    pub case: String,
    /// Its matter.
    pub matter: String,
    /// Error of the check, with its causes, shortened.
    pub why: String,
}

/// Number of cases that went from one finding to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// Finding as decided.
    pub before: Disposition,
    /// Finding by the other policy.
    pub after: Disposition,
    /// Number of cases.
    pub cases: u64,
}

/// Changes of one measure, over all cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MeasureSum {
    /// Its id in the catalogue.
    pub measure: String,
    /// Effect of the measure: restriction or incentive, as the catalogue has it.
    pub effect: Effect,
    /// Its clauses.
    pub clauses: Vec<String>,
    /// Number of times that it would apply and did not.
    pub added: u64,
    /// Number of times that it did apply and would not.
    pub dropped: u64,
    /// Number of times that it would end on another day.
    pub other_term: u64,
    /// Number of times that it would apply with another effect, force, kind, role or basis.
    pub altered: u64,
}

/// Changes that another policy would make to old cases.
#[derive(Clone, Debug, Serialize)]
pub struct Impact {
    /// The other policy.
    pub policy: PolicyId,
    /// Its component.
    pub component: ContentDigest,
    /// The cases that were decided again.
    pub cases: u64,
    /// Cases with the same finding and the same measures.
    pub unchanged: u64,
    /// Changed cases by finding before and after, also those that keep their finding and change
    /// only measures.
    pub transitions: Vec<Transition>,
    /// Measures that change, by measure and clause.
    pub measures: Vec<MeasureSum>,
    /// Lookups that would be due and were not made then: `not-asked`, never clear.
    pub not_asked: u64,
    /// Cases with such lookups.
    pub cases_not_asked: u64,
    /// Every case that would be decided differently.
    pub changes: Vec<Change>,
    /// Every case that the policy does not decide.
    pub undecided: Vec<Undecided>,
    /// Bundles that are unreadable or not valid evidence, and so not among the cases.
    pub passed_over: u64,
}

impl Impact {
    /// Sums up the cases.
    pub fn of(policy: &Policy, cases: Vec<Redecided>, passed_over: u64) -> Self {
        let mut impact = Self {
            policy: policy.description().policy.clone(),
            component: policy.content_digest(),
            cases: 0,
            unchanged: 0,
            transitions: Vec::new(),
            measures: Vec::new(),
            not_asked: 0,
            cases_not_asked: 0,
            changes: Vec::new(),
            undecided: Vec::new(),
            passed_over,
        };
        let mut transitions: BTreeMap<_, u64> = BTreeMap::new();
        let mut measures: BTreeMap<(String, Vec<String>), MeasureSum> = BTreeMap::new();
        for case in cases {
            impact.cases += 1;
            match case {
                Redecided::Same { not_asked } => {
                    impact.unchanged += 1;
                    impact.ask(not_asked);
                }
                Redecided::Undecided(undecided) => impact.undecided.push(undecided),
                Redecided::Changed(change) => {
                    impact.ask(change.not_asked);
                    let way = (change.before.disposition, change.after.disposition);
                    *transitions.entry(way).or_default() += 1;
                    let mut sum = |met: &Met, count: fn(&mut MeasureSum) -> &mut u64| {
                        let key = (met.measure.clone(), met.clauses.clone());
                        *count(measures.entry(key).or_insert_with(|| MeasureSum::of(met))) += 1;
                    };
                    change.added.iter().for_each(|met| sum(met, |s| &mut s.added));
                    change.dropped.iter().for_each(|met| sum(met, |s| &mut s.dropped));
                    change.other_term.iter().for_each(|(_, met)| sum(met, |s| &mut s.other_term));
                    change.altered.iter().for_each(|(_, met)| sum(met, |s| &mut s.altered));
                    impact.changes.push(*change);
                }
            }
        }
        let transitions = transitions.into_iter();
        let transition = |((before, after), cases)| Transition { before, after, cases };
        impact.transitions = transitions.map(transition).collect();
        impact.measures = measures.into_values().collect();
        impact
    }

    fn ask(&mut self, not_asked: u32) {
        self.not_asked += u64::from(not_asked);
        self.cases_not_asked += u64::from(not_asked > 0);
    }
}

impl MeasureSum {
    fn of(met: &Met) -> Self {
        Self {
            measure: met.measure.clone(),
            effect: met.effect,
            clauses: met.clauses.clone(),
            added: 0,
            dropped: 0,
            other_term: 0,
            altered: 0,
        }
    }
}
