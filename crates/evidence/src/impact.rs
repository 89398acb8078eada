//! Impact before adoption: old cases, decided again by another policy.

mod sums;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use mustcheck_model::date::Date;
use mustcheck_model::{
    Answer, AnswerStatus, AppliedMeasure, Decision, Disposition, DispositionRule, Effect, Force,
    MeasureKind, Query, Role,
};
use serde::Serialize;

pub use sums::{Impact, MeasureSum, Transition, Undecided};

use crate::bundle::Bundle;
use crate::replay::in_full;
use mustcheck::Limits;
use mustcheck::Policy;
use mustcheck::again::{Given, again};
use mustcheck::input::shortened;
use mustcheck::receipts::receipt::Pinpoint;
use mustcheck::receipts::signed::DocumentId;

/// A measure, and the subject that it applies to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Met {
    /// Its id in the catalogue.
    pub measure: String,
    /// Effect of the measure: restriction or incentive, as the catalogue has it.
    pub effect: Effect,
    /// Force: whether the office must apply it.
    pub force: Force,
    /// Kind of the measure.
    pub kind: MeasureKind,
    /// Role of the subject that it applies to.
    pub role: Role,
    /// Position in the application's subjects, from 0.
    pub subject_index: u32,
    /// The last day, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Its clauses, such as `government-procurement-law 22.1.5`.
    pub clauses: Vec<String>,
}

/// Finding of one case, and the rule behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The finding.
    pub disposition: Disposition,
    /// The rule that decided it.
    pub rule: DispositionRule,
}

/// A case that would be decided differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Id of the case's receipt.
    pub receipt: DocumentId,
    /// The case number; what in it may be an identifier is masked.
    pub case: String,
    /// Its matter.
    pub matter: String,
    /// Its as-of date.
    pub as_of: Date,
    /// Finding as it was decided.
    pub before: Side,
    /// Finding by the other policy.
    pub after: Side,
    /// Measures that would apply and did not.
    pub added: Vec<Met>,
    /// Measures that did apply and would not.
    pub dropped: Vec<Met>,
    /// Measures that would end on another day: as before, and as after.
    pub other_term: Vec<(Met, Met)>,
    /// Measures that would still apply, but with another effect, force, kind, role or basis: as
    /// before, and as after.
    pub altered: Vec<(Met, Met)>,
    /// Lookups that would be due and were not made then: no answer is known.
    pub not_asked: u32,
}

/// Outcome of deciding one case again.
#[derive(Debug)]
pub enum Redecided {
    /// The same finding and measures.
    Same {
        /// Lookups that would be due and were not made then.
        not_asked: u32,
    },
    /// Another finding, or other measures.
    Changed(Box<Change>),
    /// The policy does not decide it.
    Undecided(Undecided),
}

/// Decides a case again by another policy, within these limits and those that its receipt names.
pub fn redecide(policy: &Policy, bundle: Bundle, limits: &Limits) -> Redecided {
    let id = bundle.receipt.id();
    let receipt = bundle.receipt.payload;
    let before = bundle.decision;
    let made_on = before.made_on;
    let application = Arc::new(bundle.application);
    let case = shortened(&application.id);
    let (limits, matter) = (receipt.engine.limits().at_most(limits), before.matter.clone());
    let known = Known::new(&receipt.lookups, bundle.answers);
    let missed = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counting = Arc::clone(&missed);
    let give = move |due: &[Query]| {
        let (answers, not_asked) = known.answers(due);
        counting.store(not_asked, std::sync::atomic::Ordering::Relaxed);
        answers
    };
    let decided = again(policy, &application, made_on, Given::For(Box::new(give)), limits);
    let after = match decided {
        Ok(decided) => decided.decision,
        Err(e) => {
            let why = shortened(&in_full(&e));
            return Redecided::Undecided(Undecided { receipt: id, case, matter, why });
        }
    };
    let not_asked = missed.load(std::sync::atomic::Ordering::Relaxed);
    let compared = compare(&before.measures, &after.measures);
    if before.disposition == after.disposition && compared == Compared::default() {
        return Redecided::Same { not_asked };
    }
    let side = |decision: &Decision| Side {
        disposition: decision.disposition,
        rule: decision.disposition_rule,
    };
    let Compared { added, dropped, other_term, altered } = compared;
    Redecided::Changed(Box::new(Change {
        receipt: id,
        case,
        matter,
        as_of: before.as_of,
        before: side(&before),
        after: side(&after),
        added,
        dropped,
        other_term,
        altered,
        not_asked,
    }))
}

/// The answers that were given then, by subject and list.
struct Known(HashMap<(u32, String), Vec<Answer>>);

impl Known {
    fn new(lookups: &[mustcheck::receipts::receipt::ReceiptLookup], answers: Vec<Answer>) -> Self {
        let mut known: HashMap<_, Vec<Answer>> = HashMap::new();
        for (lookup, answer) in lookups.iter().zip(answers) {
            known.entry((lookup.subject_index, answer.list.clone())).or_default().push(answer);
        }
        Self(known)
    }

    /// Answers to the lookups that are due now, and the number of lookups without one.
    // RAIL R2: what was not asked then is not answered, and never clear.
    fn answers(&self, due: &[Query]) -> (Vec<Answer>, u32) {
        let (mut answers, mut not_asked) = (Vec::new(), 0);
        for (number, query) in (0_u32..).zip(due) {
            for list in &query.lists {
                match self.0.get(&(query.subject, list.clone())) {
                    Some(known) => answers.extend(
                        known.iter().map(|answer| Answer { query: number, ..answer.clone() }),
                    ),
                    None => {
                        not_asked += 1;
                        answers.push(Answer {
                            query: number,
                            list: list.clone(),
                            status: AnswerStatus::Unavailable,
                            source: None,
                            reason: Some("not asked when the case was decided".into()),
                            records: Vec::new(),
                        });
                    }
                }
            }
        }
        (answers, not_asked)
    }
}

/// Differences between the measures of two decisions.
#[derive(Debug, Default, PartialEq, Eq)]
struct Compared {
    added: Vec<Met>,
    dropped: Vec<Met>,
    other_term: Vec<(Met, Met)>,
    altered: Vec<(Met, Met)>,
}

fn compare(before: &[AppliedMeasure], after: &[AppliedMeasure]) -> Compared {
    let by_key = |measures: &[AppliedMeasure]| -> BTreeMap<(String, u32), Met> {
        let met = measures.iter().map(Met::of);
        met.map(|met| ((met.measure.clone(), met.subject_index), met)).collect()
    };
    let (was, is) = (by_key(before), by_key(after));
    let keys: BTreeSet<_> = was.keys().chain(is.keys()).collect();
    let mut compared = Compared::default();
    for key in keys {
        match (was.get(key), is.get(key)) {
            (None, Some(new)) => compared.added.push(new.clone()),
            (Some(old), None) => compared.dropped.push(old.clone()),
            (Some(old), Some(new)) if old != new => {
                let both = (old.clone(), new.clone());
                if (Met { until: new.until, ..old.clone() }) == *new {
                    compared.other_term.push(both);
                } else {
                    compared.altered.push(both);
                }
            }
            _ => {}
        }
    }
    compared
}

impl Met {
    fn of(applied: &AppliedMeasure) -> Self {
        let clauses = applied.legal_basis.iter().map(|basis| Pinpoint::of(basis).to_string());
        Self {
            measure: shortened(&applied.measure),
            effect: applied.effect,
            force: applied.force,
            kind: applied.kind,
            role: applied.target.role,
            subject_index: applied.target.subject_index,
            until: applied.until,
            clauses: clauses.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use mustcheck_model::{LegalBasis, Target, Text};

    use super::*;

    fn applied() -> AppliedMeasure {
        AppliedMeasure {
            measure: "wage-48".into(),
            effect: Effect::Restriction,
            force: Force::Mandatory,
            kind: MeasureKind::Disqualify,
            target: Target { role: Role::Applicant, subject: "9131…**".into(), subject_index: 0 },
            because: vec!["R1".into()],
            legal_basis: vec![basis("48")],
            until: None,
            cut: Vec::new(),
            prolonged: Vec::new(),
            text: Text::default(),
        }
    }

    fn basis(article: &str) -> LegalBasis {
        let instrument = "wage-regulations".into();
        let (paragraph, item, clause) = (None, None, "".into());
        LegalBasis { instrument, article: article.into(), paragraph, item, clause }
    }

    #[test]
    fn a_measure_that_applies_in_another_way_is_a_change() {
        let day = Some(Date { year: 2027, month: 1, day: 31 });
        let role = Target { role: Role::ConsortiumMember, ..applied().target };
        let changed = [
            AppliedMeasure { effect: Effect::Incentive, ..applied() },
            AppliedMeasure { force: Force::Recommended, ..applied() },
            AppliedMeasure { kind: MeasureKind::ReapplicationBar, ..applied() },
            AppliedMeasure { target: role, ..applied() },
            AppliedMeasure { legal_basis: vec![basis("49")], ..applied() },
            AppliedMeasure { legal_basis: vec![basis("48"), basis("49")], ..applied() },
            AppliedMeasure { force: Force::Recommended, until: day, ..applied() },
        ];
        let of = Met::of;
        for new in changed {
            let altered = vec![(of(&applied()), of(&new))];
            let expected = Compared { altered, ..Compared::default() };
            assert_eq!(compare(&[applied()], &[new]), expected);
        }
        let later = AppliedMeasure { until: day, ..applied() };
        let other_term = vec![(of(&applied()), of(&later))];
        let expected = Compared { other_term, ..Compared::default() };
        assert_eq!(compare(&[applied()], &[later]), expected);
        assert_eq!(compare(&[applied()], &[applied()]), Compared::default());
    }
}
