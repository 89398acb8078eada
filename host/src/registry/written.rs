//! Identifiers as lists write them: each is read exactly, or gives the subjects that it may mean.
//!
//! RAIL R2: what could not be read leaves open whomever it may mean. Every way in (registry file,
//! table, workbook, FollowTheMoney, SQLite, PostgreSQL, platform) asks here, and nowhere else:
//!
//! | written | leaves open |
//! |---|---|
//! | a mask, `3101**********3355` | who fits it |
//! | an organisation code alone | who has it at positions 9 to 17 |
//! | 15 digits of an old resident number | who has them in the form of 18 digits |
//! | a number that a spreadsheet rounded, `310104197106123000`, `9.13E+17` | who shares the digits that are left |
//! | a wrong check character or length | who is one edit away |
//! | anything else, a word for nothing, an empty text | everybody |
//!
//! What surrounds an exact code is taken off, since the check character proves that nothing was
//! lost: spaces, hyphens, characters that nobody sees, a label before, a note after.

mod damage;
mod pattern;

use std::collections::BTreeSet;

use mustcheck_model::identifier::validate;
use mustcheck_model::{Scheme, SubjectKind};
use unicode_normalization::UnicodeNormalization as _;

pub use pattern::{Pattern, Shape};

/// Subjects that an unreadable text may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOpen {
    /// Subjects that fit one of these patterns.
    Fits(BTreeSet<Pattern>),
    /// Everybody, for nobody can tell from the text.
    Everybody,
}

impl LeftOpen {
    /// Whether it may mean a subject, by its normalised identifier.
    pub fn may_mean(&self, identifier: &str) -> bool {
        match self {
            Self::Fits(patterns) => patterns.iter().any(|pattern| pattern.fits(identifier)),
            Self::Everybody => true,
        }
    }

    /// The patterns; that of everybody is `*`.
    pub fn into_patterns(self) -> BTreeSet<Pattern> {
        match self {
            Self::Fits(patterns) => patterns,
            Self::Everybody => std::iter::once(Pattern::everybody()).collect(),
        }
    }
}

/// Whether a character is passed over in an identifier: white space of every width, hyphens and
/// dashes, and what nobody sees.
pub fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
                | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{180e}' | '\u{fe00}'..='\u{fe0f}'
        )
        || c.is_control()
}

/// Normalises an identifier: NFKC, upper case, without spaces, hyphens and characters that nobody
/// sees. Nothing else is guessed.
pub fn normalised(text: &str) -> String {
    let plain = text.nfkc().filter(|c| !is_filler(*c)).collect::<String>();
    plain.to_uppercase()
}

/// Reads an identifier of a scheme out of a text that may hold a label before and a note after it.
/// `None` unless exactly one such identifier is in the text, whole.
pub fn exact(
    text: &str,
    kind: SubjectKind,
    scheme: Scheme,
    country: Option<&str>,
) -> Option<String> {
    let whole = normalised(text);
    if validate(kind, scheme, &whole, country).is_ok() {
        return Some(whole);
    }
    if scheme == Scheme::Passport {
        // It has no check character: nothing would prove what was taken off.
        return None;
    }
    let found = exact_in(text, |part| validate(kind, scheme, part, country).is_ok());
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// Finds every whole identifier with a check character in a text, with its scheme.
pub fn all_exact(text: &str) -> BTreeSet<(Scheme, String)> {
    let of = |part: &str| {
        let is = |kind, scheme| validate(kind, scheme, part, None).is_ok();
        [
            (SubjectKind::Organization, Scheme::Uscc),
            (SubjectKind::Organization, Scheme::Lei),
            (SubjectKind::Person, Scheme::ResidentId),
        ]
        .into_iter()
        .filter(|(kind, scheme)| is(*kind, *scheme))
        .map(|(_, scheme)| scheme)
        .collect::<Vec<_>>()
    };
    let found = exact_in(text, |part| !of(part).is_empty());
    found
        .into_iter()
        .flat_map(|part| of(&part).into_iter().map(move |s| (s, part.clone())))
        .collect()
}

/// Parts of a text that pass: runs of letters and digits, first with the fillers between them
/// taken out, then each alone.
fn exact_in(text: &str, passes: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let plain: String = text.nfkc().collect::<String>().to_uppercase();
    let mut found = BTreeSet::new();
    for segment in plain.split(|c: char| !c.is_ascii_alphanumeric() && !is_filler(c)) {
        let whole: String = segment.chars().filter(|c| !is_filler(*c)).collect();
        if passes(&whole) {
            found.insert(whole);
            continue;
        }
        for spaced in segment.split(|c: char| is_filler(c) && c != '-') {
            let part: String = spaced.chars().filter(|c| !is_filler(*c)).collect();
            if passes(&part) {
                found.insert(part);
                continue;
            }
            found.extend(spaced.split(is_filler).filter(|run| passes(run)).map(str::to_owned));
        }
    }
    found
}

/// Returns the subjects that a text may mean which is no exact identifier of its scheme; `None` is
/// a scheme that nobody knows.
// RAIL R2
pub fn left_open(text: &str, scheme: Option<Scheme>) -> LeftOpen {
    let written = normalised(text);
    // A number loses its sign, point and exponent when hyphens are taken out.
    let number: String =
        text.nfkc().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let mut patterns = damage::numbers(&number);
    patterns.extend(damage::masks(&written, scheme));
    patterns.extend(damage::organisation_codes(&written, scheme));
    patterns.extend(damage::old_numbers(&written, scheme));
    patterns.extend(damage::edits(&written, scheme));
    if patterns.is_empty() || patterns.iter().any(Pattern::is_everybody) {
        return LeftOpen::Everybody;
    }
    // A subject that applies under a code as it was issued has the very text.
    patterns.extend(Pattern::exact(&written));
    LeftOpen::Fits(patterns)
}

/// Returns patterns of the other subjects that an exact identifier may mean, where a spreadsheet
/// may have made a number of it and left it as a text: zeros replace the digits that were lost, and
/// one such identifier in eleven passes its check all the same.
// RAIL R2
pub fn rounded(identifier: &str) -> BTreeSet<Pattern> {
    const KEPT: usize = 15;
    let is_one = identifier
        .split_at_checked(KEPT)
        .is_some_and(|(kept, lost)| lost == "000" && kept.bytes().all(|b| b.is_ascii_digit()));
    if is_one { damage::numbers(identifier) } else { BTreeSet::new() }
}

#[cfg(test)]
mod tests;
