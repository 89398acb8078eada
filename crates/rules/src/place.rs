//! Effect of a place's regulation on records: it ends the use of old ones. It shortens, and never
//! widens (RAILS R5, R7).

use mustcheck_model::date::Date;
use mustcheck_model::{RecordFacts, Term};

use crate::catalogue::Catalogue;
use crate::catalogue::data::{Disclosure, List};

/// Returns the position of the end of disclosure that a record has passed, if one has (山东 38,
/// 上海 35).
///
/// INTERPRETATION: the texts count from the end of the conduct, which no record states. A decision
/// comes after the conduct, so the record's first day is the latest possible end; acts that go on
/// until they are corrected are left out of the place's rule.
///
/// INVARIANT (never an extension): the record's own term is looked at first, by its standing.
pub fn disclosure_ended(
    catalogue: &Catalogue,
    list: &List,
    record: &RecordFacts,
    as_of: Date,
) -> Option<usize> {
    let has_passed = |disclosure: &Disclosure| {
        let act = catalogue.act(record.act);
        let term = Term { years: disclosure.years, months: 0 };
        disclosure.lists.contains(&list.code)
            && !act.is_some_and(|act| disclosure.except_acts.contains(&act.code))
            && term.last_day(record.valid_from).is_some_and(|last| last < as_of)
    };
    catalogue.data().overlay.disclosures.iter().position(has_passed)
}
