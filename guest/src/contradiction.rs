//! Sources that contradict each other: two hold one decision, and for one of them it has ended.
//!
//! A firm whose credit was repaired at one source is often still listed at another. Neither copy is
//! known to be the right one, so none restricts and none clears: the officer looks.
//!
//! 33 (二十二): 「经核实有误的信息应及时更正或撤销。」 Reads as: what is found wrong after it was verified
//! is corrected or revoked. INTERPRETATION: that one of two copies of a decision has ended and the
//! other has not shows by itself that one of them is wrong; which, only the authority that decided
//! can say.

use crate::date::Date;
use crate::model::{CreditRecord, ListRules, Standing};
use crate::standing::standing;

/// Whether two records are copies of one decision: the same list, subject, authority and document,
/// held by different sources.
pub fn is_same_decision(one: &CreditRecord, other: &CreditRecord) -> bool {
    let (about, same) = (&one.subject, &other.subject);
    one.source != other.source
        && one.list == other.list
        && one.document.is_some()
        && one.document == other.document
        && one.decided_by.is_some()
        && one.decided_by == other.decided_by
        && about.identities().any(|own| same.identities().any(|theirs| own == theirs))
}

/// Whether another copy of the decision of a record in force has ended on a day.
///
/// INTERPRETATION: copies whose last days differ do not contradict each other while both are in
/// force: that the decision restricts today, both say.
pub fn is_contradicted(
    record: &CreditRecord,
    other: &CreditRecord,
    rules: &ListRules,
    as_of: Date,
) -> bool {
    let has_ended = |record: &CreditRecord| {
        matches!(
            standing(record, rules, as_of),
            Standing::Annulled | Standing::Repaired | Standing::Lifted | Standing::Expired
        )
    };
    // Most records are no copies of each other, and their standings need not be computed.
    is_same_decision(record, other)
        && standing(record, rules, as_of) == Standing::InForce
        && has_ended(other)
}
