//! Lookback: how far back a source must hold records, because some bars outlast them (RAIL R2).
//!
//! A bar whose term an article fixes runs on after its record has left public view:
//! 信用修复管理办法 12 (1) ends the publicity of serious information after three years at most, and
//! 食品安全法 135 (1) bars for five. A source that drops ended records cannot prove that nobody is
//! barred; it is complete for a list only if it holds each record that may still be the basis of a
//! bar.
//!
//! INTERPRETATION: a bar for life asks for no more: 12 (3) keeps a penalty with a term in public view
//! until the term has run (「对附带期限的处罚，在相关期限届满前，该行政处罚信息不得提前终止公示」), and this one
//! never runs out.

use crate::date::Date;
use crate::{SourceState, TermRule};

/// First day on which a record may have begun and still be the basis of a bar on `as_of`, by the
/// terms of the measures that it may trigger; `None` if none of them outlasts its record for a
/// counted time.
pub fn since(terms: impl Iterator<Item = TermRule>, as_of: Date) -> Option<Date> {
    let counted = terms.filter_map(TermRule::outlasting);
    counted.map(|term| as_of.before(term.years, term.months).unwrap_or(Date::FIRST)).min()
}

/// First day of which a source holds every record, including those that have ended since.
pub fn held_from(source: &SourceState) -> Date {
    source.records_from.unwrap_or(source.as_of.date)
}
