//! Standing: what a record is worth on the as-of date (RAILS R4 and R5).
//!
//! Computed from dates, events and the rules of the record's list alone; a stored "valid" flag does
//! not exist. Events count from their day on, that day included; later ones do not count yet.

use crate::catalogue::data::ListRegime;
use crate::clause::Clause;
use crate::date::Date;
use crate::model::{
    CreditRecord, Event, EventKind, LegalBasis, ListRules, SetAsideReason, Standing,
};

/// 33 (二十二). Reads as: what turns out wrong is corrected or revoked, and founds nothing.
///
/// INTERPRETATION: what is revoked founds nothing. What is corrected (更正) is another thing: the
/// record shows the new state, and nothing ends; 失信被执行人名单规定 9 parts the two likewise.
pub const CORRECTED: Clause =
    Clause { article: "22", words: "经核实有误的信息应及时更正或撤销。" };

/// 33 (二十一). Reads as: who has mended the conduct and its effects is no target any more.
///
/// INTERPRETATION: when that is so, a list's own regulation says; until it allows a removal, an
/// event that tells of one counts for nothing.
pub const NO_LONGER_A_TARGET: Clause = Clause {
    article: "21",
    words: "在规定期限内纠正失信行为、消除不良影响的，不再作为联合惩戒对象。",
};

/// 33 (二十一). Reads as: restriction has a term; before and after it there is none.
pub const TERM: Clause = Clause {
    article: "21",
    words: "联合惩戒措施的发起部门和实施部门应按照法律法规和政策规定明确各类失信行为的联合惩戒期限。",
};

/// 33 (二十二). Reads as: while the information is verified, the measure is not carried out.
///
/// INTERPRETATION: 联合惩戒措施 are joint measures that rest on information. A penalty, or a bar that
/// follows from one by its own law, is none: 行政处罚法 73 does not stop it. Each list's rules say
/// which of the two stands on it.
pub const VERIFICATION: Clause =
    Clause { article: "22", words: "联合惩戒措施在信息核实期间暂不执行。" };

/// 33 (二十二). Reads as: a stay granted in reconsideration or in court is respected.
pub const LEGAL_REMEDY: Clause = Clause {
    article: "22",
    words: "支持有关主体通过行政复议、行政诉讼等方式维护自身合法权益。",
};

/// The standing of a record on a day by the rules of its list: the first that holds, in the order
/// of [`Standing`].
///
/// INVARIANT (only in force restricts): every other standing sets the record aside, save for a
/// measure whose article fixes its term.
// RAIL R4: an objection under verification suspends, where the list's rules say so. RAIL R5: dates
// and events, never a flag.
pub fn standing(record: &CreditRecord, rules: &ListRules, as_of: Date) -> Standing {
    let happened = |kind: EventKind| latest(record, kind, as_of).is_some();
    if happened(EventKind::Annulled) || happened(EventKind::ObjectionUpheld) {
        Standing::Annulled
    } else if is_removed(record, rules, as_of) {
        Standing::Repaired
    } else if rules.reorganisation_lifts && is_reorganised(record, as_of) {
        Standing::Lifted
    } else if last_day(record, rules, as_of).is_some_and(|last| last < as_of) {
        Standing::Expired
    } else if record.valid_from > as_of {
        Standing::NotYetInForce
    } else if (rules.objection_suspends && objection_open(record, as_of))
        || stay_open(record, as_of)
    {
        Standing::Suspended
    } else {
        Standing::InForce
    }
}

/// The day from which an entry's term runs: its first day, or that of the last revocation of its
/// removal (恢复列入), from which the term begins anew where the list's regulation says so.
pub fn first_day(record: &CreditRecord, rules: &ListRules, as_of: Date) -> Date {
    let revoked = latest(record, EventKind::RemovalRevoked, as_of);
    let revoked = revoked.filter(|_| rules.restorable);
    revoked.map_or(record.valid_from, |revoked| revoked.max(record.valid_from))
}

/// The last day of an entry: its own, within the longest stay that its list allows. Without either
/// it has none.
pub fn last_day(record: &CreditRecord, rules: &ListRules, as_of: Date) -> Option<Date> {
    let first = first_day(record, rules, as_of);
    let by_list = rules.longest.and_then(|term| term.last_day(first));
    // An end that was set before the term began anew is that of the old term.
    let own = record.valid_until.filter(|_| first == record.valid_from || by_list.is_none());
    match (own, by_list) {
        (Some(own), Some(by_list)) if own > by_list && !rules.beyond => Some(by_list),
        (own, by_list) => own.or(by_list),
    }
}

/// The first day on which the removal of an entry may be asked for; `None` if it may not.
pub fn removable_from(record: &CreditRecord, rules: &ListRules, as_of: Date) -> Option<Date> {
    if !rules.removable {
        return None;
    }
    let first = first_day(record, rules, as_of);
    rules.removable_after.map_or(Some(first), |term| term.last_day(first))
}

/// Whether an entry was removed by repair, as far as its list's rules let it be.
///
/// INTERPRETATION: an event that tells of a removal before the regulation allows one counts from the
/// day on which it does: no source is believed to have ended early what its own rules keep.
fn is_removed(record: &CreditRecord, rules: &ListRules, as_of: Date) -> bool {
    let Some(repaired) = latest(record, EventKind::Repaired, as_of) else { return false };
    if latest(record, EventKind::RemovalRevoked, as_of).is_some_and(|revoked| revoked >= repaired) {
        return false;
    }
    removable_from(record, rules, as_of).is_some_and(|earliest| earliest <= as_of)
}

/// Whether a reorganisation or settlement is approved and has not failed.
fn is_reorganised(record: &CreditRecord, as_of: Date) -> bool {
    let begun = [EventKind::ReorganisationApproved, EventKind::SettlementApproved];
    begun.into_iter().any(|kind| open(record, as_of, kind, EventKind::ReorganisationFailed))
}

/// Whether an objection was filed and is not decided.
pub fn objection_open(record: &CreditRecord, as_of: Date) -> bool {
    open(record, as_of, EventKind::ObjectionFiled, EventKind::ObjectionDismissed)
}

/// The day on which the open objection was filed, if one is open.
pub fn objection_filed_on(record: &CreditRecord, as_of: Date) -> Option<Date> {
    latest(record, EventKind::ObjectionFiled, as_of).filter(|_| objection_open(record, as_of))
}

/// Whether an objection was ever filed: four local statutes have a disputed record annotated,
/// which is another matter than suspending it.
pub fn disputed(record: &CreditRecord, as_of: Date) -> bool {
    latest(record, EventKind::ObjectionFiled, as_of).is_some()
}

fn stay_open(record: &CreditRecord, as_of: Date) -> bool {
    open(record, as_of, EventKind::CourtStay, EventKind::CourtStayLifted)
}

/// Whether something began and has not ended since.
///
/// INTERPRETATION: an end on the day of the beginning ends it: a day's events carry no hour, and
/// an objection is filed before it is dismissed.
fn open(record: &CreditRecord, as_of: Date, begins: EventKind, ends: EventKind) -> bool {
    match (latest(record, begins, as_of), latest(record, ends, as_of)) {
        (Some(begun), Some(ended)) => begun > ended,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The last day up to now on which something happened.
fn latest(record: &CreditRecord, kind: EventKind, as_of: Date) -> Option<Date> {
    let happened = |e: &&Event| e.kind == kind && e.on <= as_of;
    record.events.iter().filter(happened).map(|e| e.on).max()
}

/// Why a record of this standing is set aside, with the rule of its list, or else the clause of the
/// Opinions; `None` if it is in force.
pub fn set_aside(
    record: &CreditRecord,
    standing: Standing,
    as_of: Date,
    regime: Option<&ListRegime>,
) -> Option<(SetAsideReason, Vec<LegalBasis>)> {
    let own = |rule: Option<&Vec<LegalBasis>>, clause: &Clause| {
        rule.cloned().unwrap_or_else(|| clause.basis())
    };
    Some(match standing {
        Standing::Annulled => (SetAsideReason::Annulled, CORRECTED.basis()),
        Standing::Repaired => {
            let rule = regime.map(|regime| &regime.removal.legal_basis);
            (SetAsideReason::Repaired, own(rule, &NO_LONGER_A_TARGET))
        }
        Standing::Lifted => {
            let rule = regime.and_then(|regime| regime.reorganisation.as_ref());
            (SetAsideReason::Lifted, own(rule.map(|r| &r.legal_basis), &NO_LONGER_A_TARGET))
        }
        Standing::Expired => {
            // The rule on the stay says why an entry without an end of its own has ended.
            let rule = regime.and_then(|regime| regime.stay.as_ref());
            let rule = rule.filter(|_| record.valid_until.is_none_or(|last| last >= as_of));
            (SetAsideReason::Expired, own(rule.map(|r| &r.legal_basis), &TERM))
        }
        Standing::NotYetInForce => (SetAsideReason::NotYetInForce, TERM.basis()),
        Standing::Suspended if objection_open(record, as_of) => {
            let rule = regime.filter(|regime| regime.objection.suspends);
            let rule = rule.map(|regime| &regime.objection.legal_basis);
            (SetAsideReason::ObjectionUnderVerification, own(rule, &VERIFICATION))
        }
        Standing::Suspended => (SetAsideReason::CourtStay, LEGAL_REMEDY.basis()),
        Standing::InForce => return None,
    })
}
