//! The standing of a record on the as-of date (RAILS R4 and R5).
//!
//! Computed from dates, events and the rules of the record's list alone; a stored "valid" flag does
//! not exist. Events count from their day on, that day included; later ones do not count yet.

use crate::date::Date;
use crate::{CreditRecord, EventKind, ListRules, Standing};

/// The facts from which a standing follows: the days and events of a record.
pub trait Timeline {
    /// First day, inclusive.
    fn valid_from(&self) -> Date;

    /// Last day, inclusive; none if there is no end.
    fn valid_until(&self) -> Option<Date>;

    /// Events, each with its day, in any order.
    fn events(&self) -> impl Iterator<Item = (EventKind, Date)>;
}

impl Timeline for CreditRecord {
    fn valid_from(&self) -> Date {
        self.valid_from
    }

    fn valid_until(&self) -> Option<Date> {
        self.valid_until
    }

    fn events(&self) -> impl Iterator<Item = (EventKind, Date)> {
        self.events.iter().map(|event| (event.kind, event.on))
    }
}

/// Returns the standing of a record on a day by the rules of its list: the first that holds, in the
/// order of [`Standing`].
///
/// INVARIANT (only in force restricts): every other standing sets the record aside, except for a
/// measure whose article fixes its term.
// RAIL R4: an objection under verification suspends, where the list's rules say so. RAIL R5: dates
// and events, never a flag.
pub fn standing(record: &impl Timeline, rules: &ListRules, as_of: Date) -> Standing {
    let happened = |kind: EventKind| latest(record, kind, as_of).is_some();
    if happened(EventKind::Annulled) || happened(EventKind::ObjectionUpheld) {
        Standing::Annulled
    } else if is_removed(record, rules, as_of) {
        Standing::Repaired
    } else if rules.reorganisation_lifts && is_reorganised(record, as_of) {
        Standing::Lifted
    } else if last_day(record, rules, as_of).is_some_and(|last| last < as_of) {
        Standing::Expired
    } else if record.valid_from() > as_of {
        Standing::NotYetInForce
    } else if (rules.objection_suspends && objection_open(record, as_of))
        || stay_open(record, as_of)
    {
        Standing::Suspended
    } else {
        Standing::InForce
    }
}

/// First day of an entry's term: the entry's own first day, or the day on which its removal was
/// last revoked (恢复列入), from which the term begins anew where the list's regulation says so.
pub fn first_day(record: &impl Timeline, rules: &ListRules, as_of: Date) -> Date {
    let revoked = latest(record, EventKind::RemovalRevoked, as_of);
    let revoked = revoked.filter(|_| rules.restorable);
    revoked.map_or(record.valid_from(), |revoked| revoked.max(record.valid_from()))
}

/// Last day of an entry: its own, limited to the longest stay that its list allows; `None` if it
/// has neither.
pub fn last_day(record: &impl Timeline, rules: &ListRules, as_of: Date) -> Option<Date> {
    let first = first_day(record, rules, as_of);
    let by_list = rules.longest.and_then(|term| term.last_day(first));
    // An end that was set before the term began anew is that of the old term.
    let own = record.valid_until().filter(|_| first == record.valid_from() || by_list.is_none());
    match (own, by_list) {
        (Some(own), Some(by_list)) if own > by_list && !rules.beyond => Some(by_list),
        (own, by_list) => own.or(by_list),
    }
}

/// The first day on which the removal of an entry may be asked for; `None` if it may not.
pub fn removable_from(record: &impl Timeline, rules: &ListRules, as_of: Date) -> Option<Date> {
    if !rules.removable {
        return None;
    }
    let first = first_day(record, rules, as_of);
    rules.removable_after.map_or(Some(first), |term| term.last_day(first))
}

/// Whether an entry was removed by repair, within what its list's rules allow.
///
/// INTERPRETATION: an event that reports a removal before the regulation allows one counts from the
/// day on which it does: no source is believed to have ended early an entry that its own rules
/// keep.
fn is_removed(record: &impl Timeline, rules: &ListRules, as_of: Date) -> bool {
    let Some(repaired) = latest(record, EventKind::Repaired, as_of) else { return false };
    if latest(record, EventKind::RemovalRevoked, as_of).is_some_and(|revoked| revoked >= repaired) {
        return false;
    }
    removable_from(record, rules, as_of).is_some_and(|earliest| earliest <= as_of)
}

/// Whether a reorganisation or settlement is approved and has not failed.
fn is_reorganised(record: &impl Timeline, as_of: Date) -> bool {
    let begun = [EventKind::ReorganisationApproved, EventKind::SettlementApproved];
    begun.into_iter().any(|kind| open(record, as_of, kind, EventKind::ReorganisationFailed))
}

/// Whether an objection was filed and is not decided.
pub fn objection_open(record: &impl Timeline, as_of: Date) -> bool {
    open(record, as_of, EventKind::ObjectionFiled, EventKind::ObjectionDismissed)
}

/// The day on which the open objection was filed, if one is open.
pub fn objection_filed_on(record: &impl Timeline, as_of: Date) -> Option<Date> {
    latest(record, EventKind::ObjectionFiled, as_of).filter(|_| objection_open(record, as_of))
}

/// Whether an objection was ever filed: four local statutes require a disputed record to be
/// annotated, which is different from suspending it.
pub fn disputed(record: &impl Timeline, as_of: Date) -> bool {
    latest(record, EventKind::ObjectionFiled, as_of).is_some()
}

fn stay_open(record: &impl Timeline, as_of: Date) -> bool {
    open(record, as_of, EventKind::CourtStay, EventKind::CourtStayLifted)
}

/// Whether an event of kind `begins` has not been followed by one of kind `ends`.
///
/// INTERPRETATION: an end on the day of the beginning ends it: a day's events carry no hour, and
/// an objection is filed before it is dismissed.
fn open(record: &impl Timeline, as_of: Date, begins: EventKind, ends: EventKind) -> bool {
    match (latest(record, begins, as_of), latest(record, ends, as_of)) {
        (Some(begun), Some(ended)) => begun > ended,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Last day, up to `as_of`, of an event of a kind.
fn latest(record: &impl Timeline, kind: EventKind, as_of: Date) -> Option<Date> {
    let happened = |(own, on): &(EventKind, Date)| *own == kind && *on <= as_of;
    record.events().filter(happened).map(|(_, on)| on).max()
}
