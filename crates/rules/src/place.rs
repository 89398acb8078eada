//! Effects of a place's regulation on a check: it ends the use of old records and closes promises.
//! Everything here shortens or annotates; nothing widens (RAILS R4, R5, R7).

use crate::catalogue::Catalogue;
use crate::catalogue::data::{Closing, ClosingWhen, Disclosure, List};
use crate::reach::Hit;
use mustcheck_model::date::Date;
use mustcheck_model::{ApplicationFacts, Polarity, RecordFacts, Term};

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

/// Returns the position of the place's rule that closes promises to complete the materials here,
/// and the condition that closes; `None` if they are open (深圳 59).
pub fn closing(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    subject_index: u32,
    hits: &[Hit<'_>],
) -> Option<(usize, ClosingWhen)> {
    let matter = catalogue.matter_at(application.matter);
    let named = |closing: &Closing| {
        matter.is_some_and(|matter| {
            closing.matters.contains(&matter.code)
                || matter.traits.iter().any(|own| closing.traits.contains(own))
        })
    };
    // RAILS R4, R5: only a record in force counts; one that is repaired, expired or under
    // verification closes nothing.
    let serious = || {
        let own = hits.iter().filter(|h| h.subject_index == subject_index && h.named_as.is_none());
        own.filter(|h| h.list.polarity == Polarity::Restriction).any(|h| h.counts())
    };
    let mut closings = catalogue.data().overlay.closings.iter().enumerate();
    let closing = closings.find(|(_, closing)| match closing.when {
        ClosingWhen::Matter => named(closing),
        ClosingWhen::SeriousRecord => serious(),
    });
    closing.map(|(position, closing)| (position, closing.when))
}
