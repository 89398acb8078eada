//! The disposition: the finding that sums a decision up.
//!
//! First that holds: a mandatory restriction → `restricted`; a due lookup unanswered →
//! `undetermined`; an examination, an adopted recommended restriction or a watch hit → `review`;
//! an incentive → `facilitated`; else `clear`.

use crate::model::{
    AnswerStatus, AppliedMeasure, Disposition, DispositionRule, Effect, Force, Lookup,
};

/// The disposition and the rule that decided it. Depends only on what the decision itself shows,
/// so that a host can compute it again.
///
/// INVARIANT (unanswered is never clear): with a due lookup not answered the result is
/// `restricted` or `undetermined`.
// RAIL R2; RAIL R10: a disposition is one of five findings, never a number.
pub fn disposition(
    lookups: &[Lookup],
    measures: &[AppliedMeasure],
    watch_hit: bool,
) -> (Disposition, DispositionRule) {
    let restricts = |m: &&AppliedMeasure| m.effect == Effect::Restriction;
    let restrictions = || measures.iter().filter(restricts);
    let unanswered = |l: &Lookup| l.due && l.status != AnswerStatus::Answered;
    if restrictions().any(|m| m.force == Force::Mandatory && !m.kind.is_examination()) {
        (Disposition::Restricted, DispositionRule::MandatoryRestriction)
    } else if lookups.iter().any(unanswered) {
        (Disposition::Undetermined, DispositionRule::UnansweredLookup)
    } else if restrictions().any(|m| m.kind.is_examination()) {
        (Disposition::Review, DispositionRule::ReviewMeasure)
    } else if restrictions().next().is_some() {
        (Disposition::Review, DispositionRule::AdoptedRestriction)
    } else if watch_hit {
        (Disposition::Review, DispositionRule::WatchHit)
    } else if measures.iter().any(|m| m.effect == Effect::Incentive) {
        (Disposition::Facilitated, DispositionRule::Incentive)
    } else {
        (Disposition::Clear, DispositionRule::NothingApplies)
    }
}
