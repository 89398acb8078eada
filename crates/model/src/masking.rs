//! Masks identifiers in quoted texts (RAIL R13): the title of a document may name the person it is
//! about, and the text of one record may name somebody of another record.

use std::borrow::Cow;

use crate::identifier::{mask, shown};
use crate::{Answer, Application, Scheme, Subject, Target};

/// Identifiers to be masked, and the form in which the texts of a decision show them.
#[derive(Debug)]
pub struct Identifiers<'a> {
    /// Identifiers that no text shows in full, sorted, each once.
    all: Vec<(&'a str, Scheme)>,
    /// Their lengths in bytes, each once, in descending order.
    lengths: Vec<usize>,
    /// Whether all of them are ASCII letters and digits, as the standards have them.
    is_plain: bool,
    /// Whether they are shown by their short masks ([`mask`]).
    in_short: bool,
}

impl<'a> Identifiers<'a> {
    /// Collects the identifiers of all persons whom an application or an answer names, in any
    /// record. A person's number is masked; a firm's code is public and stays.
    pub fn of(application: &'a Application, answers: &'a [Answer]) -> Self {
        let all = everybody(application, answers);
        Self::new(all.filter(|(scheme, _)| scheme.is_personal()))
    }

    /// Collects the identifiers of everybody, firms' codes included, each shown by its short mask.
    /// Unlike [`Identifiers::of`], this is the form of decisions from before a firm's code was
    /// shown whole.
    pub fn in_short(application: &'a Application, answers: &'a [Answer]) -> Self {
        Self { in_short: true, ..Self::new(everybody(application, answers)) }
    }

    /// Makes a set of these identifiers, all of which are masked.
    pub fn new(identifiers: impl IntoIterator<Item = (Scheme, &'a str)>) -> Self {
        let each = identifiers.into_iter().filter(|(_, i)| !i.is_empty());
        let mut all: Vec<(&str, Scheme)> = each.map(|(scheme, i)| (i, scheme)).collect();
        all.sort_unstable();
        // An identifier that two standards allow is shown as the first of them shows it.
        all.dedup_by_key(|(identifier, _)| *identifier);
        let mut lengths: Vec<usize> = all.iter().map(|(identifier, _)| identifier.len()).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        lengths.dedup();
        let is_plain = all.iter().all(|(i, _)| i.bytes().all(|b| b.is_ascii_alphanumeric()));
        Self { all, lengths, is_plain, in_short: false }
    }

    /// Returns a subject as a decision shows it.
    // RAIL R13
    pub fn target(&self, subject: &Subject, index: u32) -> Target {
        let shown = self.shown(subject.scheme, &subject.identifier);
        Target { role: subject.role, subject_index: index, subject: shown }
    }

    fn shown(&self, scheme: Scheme, identifier: &str) -> String {
        if self.in_short { mask(identifier) } else { shown(scheme, identifier) }
    }

    /// Returns a text with each of the identifiers masked.
    // RAIL R13
    pub fn masked_in<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.may_stand_in(text) {
            return Cow::Borrowed(text);
        }
        let mut masked = String::new();
        let mut kept = 0;
        for (at, _) in text.char_indices() {
            let here = text.get(at..).unwrap_or_default();
            let found = if at < kept { None } else { self.at_begin_of(here) };
            if let Some((identifier, scheme)) = found {
                masked.push_str(text.get(kept..at).unwrap_or_default());
                masked.push_str(&self.shown(scheme, identifier));
                kept = at + identifier.len();
            }
        }
        if kept == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(text.get(kept..).unwrap_or_default());
        Cow::Owned(masked)
    }

    /// Returns the longest identifier with which a text begins.
    fn at_begin_of(&self, text: &str) -> Option<(&'a str, Scheme)> {
        let mut beginnings = self.lengths.iter().filter_map(|length| text.get(..*length));
        beginnings.find_map(|beginning| {
            let at = self.all.binary_search_by_key(&beginning, |(identifier, _)| identifier);
            self.all.get(at.ok()?).copied()
        })
    }

    /// Whether a text has enough letters and digits in a row for the shortest identifier. Most
    /// texts have not, and this one pass rules them out.
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

/// All identifiers of subjects, records and responsible persons, repetitions included.
fn everybody<'a>(
    application: &'a Application,
    answers: &'a [Answer],
) -> impl Iterator<Item = (Scheme, &'a str)> {
    let subjects = application.subjects.iter();
    let own = subjects.flat_map(|subject| subject.identities());
    let records = answers.iter().flat_map(|answer| &answer.records);
    let theirs = records.flat_map(|record| {
        let persons = &record.responsible_persons;
        let persons = persons.iter().map(|p| (p.scheme, None, p.identifier.as_str()));
        persons.chain(record.subject.identities())
    });
    own.chain(theirs).map(|(scheme, _, identifier)| (scheme, identifier))
}
