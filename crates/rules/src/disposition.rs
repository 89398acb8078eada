//! The disposition: the finding that sums a decision up.
//!
//! The first of these that holds: a mandatory restriction → `restricted`; a due lookup unanswered →
//! `undetermined`; an examination, an adopted recommended restriction, or a sign that the officer
//! has to look → `review`; an incentive → `facilitated`; else `clear`.

use mustcheck_model::{Disposition, DispositionRule, Effect, Force, MeasureKind};

/// Signs, other than measures, that the officer has to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// A record is under verification, or its execution is stayed.
    pub suspended_record: bool,
    /// A record may be lifted for a reorganisation or settlement.
    pub lifted_record: bool,
    /// A record on a watch list is in force.
    pub watch_hit: bool,
    /// Two sources hold one decision and disagree on whether it has ended.
    pub contradicting_sources: bool,
    /// It cannot be determined whether an exception of an article applies to a record.
    pub unproven_exception: bool,
    /// A code was accepted as it was issued, off its standard.
    pub code_as_issued: bool,
    /// The check is as of an earlier day, or a record that was not in force then is today.
    pub earlier_day: bool,
}

impl Signs {
    /// The rule of the first sign that holds, of those that come after the measures.
    const fn rule(self) -> Option<DispositionRule> {
        if self.watch_hit {
            Some(DispositionRule::WatchHit)
        } else if self.contradicting_sources {
            Some(DispositionRule::ContradictingSources)
        } else if self.unproven_exception {
            Some(DispositionRule::UnprovenException)
        } else if self.code_as_issued {
            Some(DispositionRule::CodeAsIssued)
        } else if self.earlier_day {
            Some(DispositionRule::EarlierDay)
        } else {
            None
        }
    }
}

/// The properties of an applied measure from which the disposition follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Incentive or restriction.
    pub effect: Effect,
    /// Force: whether the office must apply it.
    pub force: Force,
    /// Kind of the measure.
    pub kind: MeasureKind,
}

/// Returns the disposition and the rule that decided it. Depends only on what the decision itself
/// shows, so that a host can compute it again.
///
/// INVARIANT (unanswered is never clear): with a due lookup not answered the result is
/// `restricted` or `undetermined`; and a check as of an earlier day is never better than `review`
/// (RAIL R14).
// RAIL R2; RAIL R10: a disposition is one of five findings, never a number.
pub fn disposition(
    unanswered: bool,
    measures: impl Iterator<Item = Applied> + Clone,
    signs: Signs,
) -> (Disposition, DispositionRule) {
    let restrictions = || measures.clone().filter(|m| m.effect == Effect::Restriction);
    if restrictions().any(|m| m.force == Force::Mandatory && !m.kind.is_examination()) {
        (Disposition::Restricted, DispositionRule::MandatoryRestriction)
    } else if unanswered {
        (Disposition::Undetermined, DispositionRule::UnansweredLookup)
    } else if restrictions().any(|m| m.kind.is_examination()) {
        (Disposition::Review, DispositionRule::ReviewMeasure)
    } else if signs.suspended_record {
        (Disposition::Review, DispositionRule::SuspendedRecord)
    } else if signs.lifted_record {
        (Disposition::Review, DispositionRule::LiftedRecord)
    } else if restrictions().next().is_some() {
        (Disposition::Review, DispositionRule::AdoptedRestriction)
    } else if let Some(rule) = signs.rule() {
        (Disposition::Review, rule)
    } else if measures.clone().any(|m| m.effect == Effect::Incentive) {
        (Disposition::Facilitated, DispositionRule::Incentive)
    } else {
        (Disposition::Clear, DispositionRule::NothingApplies)
    }
}
