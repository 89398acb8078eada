//! What the regulation of a place changes in a check: it ends the use of old records and closes
//! promises. Everything here shortens or annotates; nothing widens (RAILS R4, R5, R7).

use crate::catalogue::Catalogue;
use crate::catalogue::data::{Closing, ClosingWhen, Disclosure, List};
use crate::date::Date;
use crate::model::{Application, CreditRecord, Polarity, Term};
use crate::reach::Hit;

/// The end of disclosure that a record has passed, if one has (山东 38, 上海 35).
///
/// INTERPRETATION: the texts count from the end of the conduct, which no record tells. A decision
/// comes after what it decides on, so that the record's first day is the latest possible end; acts
/// that go on until they are mended are left out of the place's rule.
///
/// INVARIANT (never an extension): the record's own term is looked at first, by its standing.
pub fn disclosure_ended<'c>(
    catalogue: &'c Catalogue,
    list: &List,
    record: &CreditRecord,
    as_of: Date,
) -> Option<&'c Disclosure> {
    catalogue.data().overlay.disclosures.iter().find(|disclosure| {
        let goes_on = (record.act.as_ref())
            .is_some_and(|act| disclosure.except_acts.iter().any(|a| a == act));
        let term = Term { years: disclosure.years, months: 0 };
        disclosure.lists.contains(&list.code)
            && !goes_on
            && term.last_day(record.valid_from).is_some_and(|last| last < as_of)
    })
}

/// Why a promise to complete the materials is not open here, if it is not (深圳 59).
pub fn closing<'c>(
    catalogue: &'c Catalogue,
    application: &Application,
    subject_index: usize,
    hits: &[Hit<'_>],
) -> Option<&'c Closing> {
    let matter = catalogue.matter(&application.matter);
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
    catalogue.data().overlay.closings.iter().find(|closing| match closing.when {
        ClosingWhen::Matter => named(closing),
        ClosingWhen::SeriousRecord => serious(),
    })
}
