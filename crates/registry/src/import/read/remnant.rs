//! The readable fields of a record that cannot be read as one, and the identifiers that it may
//! mean.

use std::collections::BTreeSet;

use mustcheck::registry::written::{Pattern, all_exact, left_open, normalised};
use mustcheck_model::Scheme;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::import::Rejected;

/// The readable fields of a record that cannot be read as one. Any field may have any shape; deeper
/// content is ignored.
#[derive(Default, Deserialize)]
pub(super) struct Remnant<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    list: Option<&'a RawValue>,
    #[serde(borrow)]
    subject: Option<&'a RawValue>,
    #[serde(borrow)]
    responsible_persons: Option<&'a RawValue>,
    /// Reason for which an importer of another format could not make a record of it.
    #[serde(borrow)]
    rejected: Option<&'a RawValue>,
    /// Patterns of the identifiers that it may mean, by that importer.
    #[serde(borrow)]
    open: Option<&'a RawValue>,
    /// `true` if it names somebody without an identifier, by that importer.
    #[serde(borrow)]
    unnamed: Option<&'a RawValue>,
}

/// Returns the reason for which an importer of another format refused the entry in the place of a
/// record, if it did.
pub(super) fn rejected(record: &str) -> Option<String> {
    if !record.contains("\"rejected\"") {
        return None;
    }
    written(serde_json::from_str::<Remnant<'_>>(record).ok()?.rejected)
}

/// The readable identifier of a party.
#[derive(Default, Deserialize)]
struct PartyRemnant<'a> {
    #[serde(borrow)]
    scheme: Option<&'a RawValue>,
    #[serde(borrow)]
    identifier: Option<&'a RawValue>,
}

/// Reads a text, or a number in its own digits: spreadsheets turn codes into numbers.
fn written(value: Option<&RawValue>) -> Option<String> {
    let raw = value?.get();
    match serde_json::from_str::<String>(raw) {
        Ok(text) => Some(text),
        Err(_) if raw.starts_with(|c: char| c.is_ascii_digit()) => Some(raw.to_owned()),
        Err(_) => None,
    }
}

/// The set of the one pattern that everybody fits.
fn everybody() -> BTreeSet<Pattern> {
    std::iter::once(Pattern::everybody()).collect()
}

impl Remnant<'_> {
    pub(super) fn id(&self) -> Option<String> {
        written(self.id)
    }

    pub(super) fn source(&self) -> Option<String> {
        written(self.source)
    }

    pub(super) fn list(&self) -> Option<String> {
        written(self.list)
    }

    /// Whether an importer reports that it names somebody without an identifier.
    pub(super) fn is_unnamed(&self) -> bool {
        self.is_told() && self.unnamed.is_some_and(|raw| raw.get() == "true")
    }

    /// Whether an importer wrote the entry. Without its reason, such keys are unknown keys of a
    /// file that somebody wrote by hand.
    const fn is_told(&self) -> bool {
        self.rejected.is_some()
    }

    /// Returns the place of the entry and the reason for its refusal: the row of the importer's own
    /// file, if it gives one.
    pub(super) fn place<'t>(&self, told: &'t Rejected) -> (&'t str, &'t str) {
        let own = told.reason.split_once(": ").filter(|_| self.is_told());
        let is_row = |place: &str| {
            let number = place.strip_prefix("row ").or_else(|| place.strip_prefix("line "));
            number.is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        };
        own.filter(|(place, _)| is_row(place)).unwrap_or((&told.place, &told.reason))
    }

    /// Returns patterns of all identifiers that the record may mean; the pattern for everybody is
    /// among them where it may mean somebody whom it does not name.
    // RAIL R2: an identifier that cannot be read is nobody's who is ever looked up.
    pub(super) fn may_mean(&self) -> BTreeSet<Pattern> {
        if let (Some(open), true) = (self.open, self.is_told()) {
            let texts: Result<Vec<String>, _> = serde_json::from_str(open.get());
            let read = texts.ok().map(|texts| texts.iter().map(|t| Pattern::read(t)).collect());
            return read.flatten().unwrap_or_else(everybody);
        }
        let subject =
            self.subject.and_then(|s| serde_json::from_str::<PartyRemnant<'_>>(s.get()).ok());
        let Some(subject) = subject.filter(|subject| subject.identifier.is_some()) else {
            return everybody();
        };
        let mut open = subject.may_mean();
        let Some(persons) = self.responsible_persons else { return open };
        let Ok(persons) = serde_json::from_str::<Vec<&RawValue>>(persons.get()) else {
            open.insert(Pattern::everybody());
            return open;
        };
        for person in persons {
            let person: PartyRemnant<'_> = serde_json::from_str(person.get()).unwrap_or_default();
            open.extend(person.may_mean());
        }
        open
    }
}

impl PartyRemnant<'_> {
    fn may_mean(&self) -> BTreeSet<Pattern> {
        let Some(text) = written(self.identifier) else { return everybody() };
        let scheme = written(self.scheme);
        let scheme = Scheme::ALL.iter().find(|s| Some(s.code()) == scheme.as_deref()).copied();
        let whole = normalised(&text);
        if scheme == Some(Scheme::Passport) {
            let pattern = Pattern::exact(&whole).unwrap_or_else(Pattern::everybody);
            return std::iter::once(pattern).collect();
        }
        let exact = all_exact(&text);
        let is_number = self.identifier.is_some_and(|raw| !raw.get().starts_with('"'));
        if exact.is_empty() || is_number {
            // A number that a spreadsheet rounded may have become somebody else's by chance.
            let exact = exact.iter().filter_map(|(_, one)| Pattern::exact(one));
            return left_open(&text, scheme).into_patterns().into_iter().chain(exact).collect();
        }
        let mut open = BTreeSet::new();
        let mut rest = whole;
        for (of, one) in exact {
            rest = rest.replace(one.as_str(), "");
            open.extend(Pattern::exact(&one));
            if scheme != Some(of) {
                // A damaged identifier may pass for one of another scheme by chance.
                open.extend(left_open(&one, scheme).into_patterns());
            }
        }
        // A label before it or a note after it means no other subject.
        open.extend((remarks(&rest) >= FEWEST).then(Pattern::everybody));
        open
    }
}

/// Fewest characters of an identifier beside an exact one that are more than a label or a note.
const FEWEST: usize = 6;

fn remarks(text: &str) -> usize {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '*' | '?' | '#' | '_')).count()
}
