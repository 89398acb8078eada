//! Masking what a text quotes (RAIL R13): the title of a document may name whom it is about, and
//! the words of one record whom another one names.

use std::borrow::Cow;

use crate::identifier::mask;
use crate::{Answer, Application};

/// Identifiers that no text of a decision shows in full.
#[derive(Debug)]
pub struct Identifiers<'a> {
    /// In order, each once.
    all: Vec<&'a str>,
    /// Their lengths in bytes, each once, the longest first.
    lengths: Vec<usize>,
    /// Whether they are letters and digits of ASCII alone, as the standards have them.
    is_plain: bool,
}

impl<'a> Identifiers<'a> {
    /// Of everybody whom an application or an answer names, in any record.
    pub fn of(application: &'a Application, answers: &'a [Answer]) -> Self {
        let subjects = application.subjects.iter();
        let own = subjects.flat_map(|subject| subject.identities().map(|(_, _, own)| own));
        let records = answers.iter().flat_map(|answer| &answer.records);
        let theirs = records.flat_map(|record| {
            let persons = record.responsible_persons.iter().map(|p| p.identifier.as_str());
            persons.chain(record.subject.identities().map(|(_, _, theirs)| theirs))
        });
        Self::new(own.chain(theirs))
    }

    /// These.
    pub fn new(identifiers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all: Vec<&str> = identifiers.into_iter().filter(|i| !i.is_empty()).collect();
        all.sort_unstable();
        all.dedup();
        let mut lengths: Vec<usize> = all.iter().map(|identifier| identifier.len()).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        let is_plain = all.iter().all(|i| i.bytes().all(|b| b.is_ascii_alphanumeric()));
        Self { all, lengths, is_plain }
    }

    /// A text with each of them masked.
    // RAIL R13
    pub fn masked_in<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.may_stand_in(text) {
            return Cow::Borrowed(text);
        }
        let mut shown = String::new();
        let mut kept = 0;
        for (at, _) in text.char_indices() {
            let here = text.get(at..).unwrap_or_default();
            let found = if at < kept { None } else { self.at_begin_of(here) };
            if let Some(identifier) = found {
                shown.push_str(text.get(kept..at).unwrap_or_default());
                shown.push_str(&mask(identifier));
                kept = at + identifier.len();
            }
        }
        if kept == 0 {
            return Cow::Borrowed(text);
        }
        shown.push_str(text.get(kept..).unwrap_or_default());
        Cow::Owned(shown)
    }

    /// The longest of them with which a text begins.
    fn at_begin_of<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut beginnings = self.lengths.iter().filter_map(|length| text.get(..*length));
        beginnings.find(|beginning| self.all.binary_search(beginning).is_ok())
    }

    /// Whether a text has letters and digits in a row for the shortest of them. Most have not, and
    /// are read once for it.
    fn may_stand_in(&self, text: &str) -> bool {
        let Some(shortest) = self.lengths.last() else { return false };
        if !self.is_plain {
            return true;
        }
        let mut row = 0;
        text.bytes().any(|byte| {
            row = if byte.is_ascii_alphanumeric() { row + 1 } else { 0 };
            row >= *shortest
        })
    }
}
