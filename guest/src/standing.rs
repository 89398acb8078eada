//! Standing: what a record is worth on the as-of date (RAILS R4 and R5).
//!
//! Computed from dates and events alone; a stored "valid" flag does not exist. Events count from
//! their day on, that day included; later ones do not count yet.

use crate::clause::Clause;
use crate::date::Date;
use crate::model::{CreditRecord, Event, EventKind, SetAsideReason, Standing};

/// 33 (二十二). Reads as: what turns out wrong is corrected or revoked, and founds nothing.
pub const CORRECTED: Clause =
    Clause { article: "22", words: "经核实有误的信息应及时更正或撤销。" };

/// 33 (二十一). Reads as: who has mended the conduct and its effects is no target any more.
///
/// INTERPRETATION: an approved reorganisation (`lifted`) is read under the same sentence. That
/// measures are lifted for its duration is reported of a later rule whose text is not at hand.
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
pub const VERIFICATION: Clause =
    Clause { article: "22", words: "联合惩戒措施在信息核实期间暂不执行。" };

/// 33 (二十二). Reads as: a stay granted in reconsideration or in court is respected.
pub const LEGAL_REMEDY: Clause = Clause {
    article: "22",
    words: "支持有关主体通过行政复议、行政诉讼等方式维护自身合法权益。",
};

/// The standing of a record on a day: the first that holds, in the order of [`Standing`].
///
/// INVARIANT (only in force restricts): every other standing sets the record aside.
// RAIL R4: an objection under verification suspends. RAIL R5: dates and events, never a flag.
pub fn standing(record: &CreditRecord, as_of: Date) -> Standing {
    let happened = |kind: EventKind| record.events.iter().any(|e| e.kind == kind && e.on <= as_of);
    if happened(EventKind::Annulled) || happened(EventKind::ObjectionUpheld) {
        Standing::Annulled
    } else if happened(EventKind::Repaired) {
        Standing::Repaired
    } else if open(
        record,
        as_of,
        EventKind::ReorganisationApproved,
        EventKind::ReorganisationFailed,
    ) {
        Standing::Lifted
    } else if record.valid_until.is_some_and(|last| last < as_of) {
        Standing::Expired
    } else if record.valid_from > as_of {
        Standing::NotYetInForce
    } else if objection_open(record, as_of) || stay_open(record, as_of) {
        Standing::Suspended
    } else {
        Standing::InForce
    }
}

/// Whether an objection was filed and is not decided.
pub fn objection_open(record: &CreditRecord, as_of: Date) -> bool {
    open(record, as_of, EventKind::ObjectionFiled, EventKind::ObjectionDismissed)
}

/// The day on which the open objection was filed, if one is open.
pub fn objection_filed_on(record: &CreditRecord, as_of: Date) -> Option<Date> {
    let filed = |e: &&Event| e.kind == EventKind::ObjectionFiled && e.on <= as_of;
    let last = record.events.iter().filter(filed).map(|e| e.on).max();
    last.filter(|_| objection_open(record, as_of))
}

/// Whether an objection was ever filed: four local statutes have a disputed record annotated,
/// which is another matter than suspending it.
pub fn disputed(record: &CreditRecord, as_of: Date) -> bool {
    record.events.iter().any(|e| e.kind == EventKind::ObjectionFiled && e.on <= as_of)
}

fn stay_open(record: &CreditRecord, as_of: Date) -> bool {
    open(record, as_of, EventKind::CourtStay, EventKind::CourtStayLifted)
}

/// Whether something began and has not ended since.
///
/// INTERPRETATION: an end on the day of the beginning ends it: a day's events carry no hour, and
/// an objection is filed before it is dismissed.
fn open(record: &CreditRecord, as_of: Date, begins: EventKind, ends: EventKind) -> bool {
    let latest = |kind: EventKind| {
        record.events.iter().filter(|e| e.kind == kind && e.on <= as_of).map(|e| e.on).max()
    };
    match (latest(begins), latest(ends)) {
        (Some(begun), Some(ended)) => begun > ended,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// Why a record of this standing is set aside, with the clause; `None` if it is in force.
pub fn set_aside(
    record: &CreditRecord,
    standing: Standing,
    as_of: Date,
) -> Option<(SetAsideReason, &'static Clause)> {
    Some(match standing {
        Standing::Annulled => (SetAsideReason::Annulled, &CORRECTED),
        Standing::Repaired => (SetAsideReason::Repaired, &NO_LONGER_A_TARGET),
        Standing::Lifted => (SetAsideReason::Lifted, &NO_LONGER_A_TARGET),
        Standing::Expired => (SetAsideReason::Expired, &TERM),
        Standing::NotYetInForce => (SetAsideReason::NotYetInForce, &TERM),
        Standing::Suspended if objection_open(record, as_of) => {
            (SetAsideReason::ObjectionUnderVerification, &VERIFICATION)
        }
        Standing::Suspended => (SetAsideReason::CourtStay, &LEGAL_REMEDY),
        Standing::InForce => return None,
    })
}
