//! Kinds of damage, and the subjects that a damaged identifier may mean.

use std::collections::BTreeSet;

use mustcheck_model::identifier::{is_organisation_code, validate};
use mustcheck_model::{Scheme, SubjectKind};

use super::pattern::Pattern;

/// Digits that a spreadsheet keeps of a number.
const KEPT: usize = 15;
/// Characters of a unified social credit code and of a resident number.
const LENGTH: usize = 18;

type Patterns = BTreeSet<Pattern>;

fn patterns(texts: impl IntoIterator<Item = String>) -> Patterns {
    texts.into_iter().filter_map(|text| Pattern::read(&text)).collect()
}

/// Whether an identifier of this scheme, or of one that nobody knows, may have been meant.
fn may_be(scheme: Option<Scheme>, one: Scheme) -> bool {
    scheme.is_none_or(|scheme| scheme == one)
}

/// Patterns of the identifiers that share the digits which a spreadsheet left of a number:
/// `9.13E+17`, or 18 digits of which the last ones are made up.
pub(super) fn numbers(text: &str) -> Patterns {
    if let Some(digits) = mantissa(text) {
        // The last digit that is shown may have been rounded, up or down.
        return patterns(around(&digits).into_iter().map(filled));
    }
    let text = text.strip_suffix(".0").unwrap_or(text);
    if text.len() != LENGTH || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Patterns::new();
    }
    let (kept, lost) = text.split_at(KEPT);
    // A number of 64 bits has no more than 17 digits, or is written out to its last one.
    let binary = text.parse::<f64>().is_ok_and(|number| format!("{number:.0}") == text);
    if !lost.ends_with('0') && !binary {
        return Patterns::new();
    }
    patterns(around(kept).into_iter().map(filled))
}

/// The digits of a number in scientific notation that has 18 digits in all.
fn mantissa(text: &str) -> Option<String> {
    let (head, exponent) = text.split_once('E')?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (whole, fraction) = head.split_once('.').unwrap_or((head, ""));
    let digits = format!("{whole}{fraction}");
    let sound = whole.len() == 1
        && exponent + 1 == LENGTH
        && digits.len() <= LENGTH
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| digits.trim_end_matches('0').to_owned()).filter(|d| !d.is_empty())
}

/// Returns a number, and those next to it with as many digits.
fn around(digits: &str) -> Vec<String> {
    let Ok(number) = digits.parse::<u64>() else { return vec![digits.to_owned()] };
    let beside = [number.checked_sub(1), Some(number), number.checked_add(1)];
    let same = |n: &String| n.len() == digits.len();
    beside.into_iter().flatten().map(|n| n.to_string()).filter(same).collect()
}

fn filled(digits: String) -> String {
    format!("{digits:?<LENGTH$}")
}

/// Whether a character hides another. NFKC has made an ellipsis of three dots.
fn hides(c: char) -> bool {
    matches!(c, '*' | '#' | '?' | '_' | '×' | '●' | '•' | '■' | '□' | '○' | '★' | '☆' | '※' | '.')
}

/// Fewer known characters than these, of a text that has no length of an identifier, are no mask:
/// `N.A.` means nobody.
const FEWEST: usize = 6;

/// Patterns of the identifiers that fit a mask: known characters, and signs that hide others. In a
/// mask that has not the length of an identifier, nobody knows how many are hidden.
pub(super) fn masks(text: &str, scheme: Option<Scheme>) -> Patterns {
    let hidden = hide_letters(text, scheme);
    let count = hidden.chars().filter(|c| hides(*c)).count();
    let known = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
    if count == 0 || !hidden.chars().all(|c| hides(c) || known(c)) {
        return Patterns::new();
    }
    let length = hidden.chars().count();
    let whole: String = hidden.chars().map(|c| if hides(c) { '?' } else { c }).collect();
    let of = |one, long| may_be(scheme, one) && length == long && !hidden.contains('.');
    if of(Scheme::Uscc, LENGTH) || of(Scheme::ResidentId, LENGTH) || of(Scheme::Lei, 20) {
        return patterns([whole]);
    }
    if length - count < FEWEST {
        return Patterns::new();
    }
    let mut all = Vec::new();
    if of(Scheme::Uscc, 9) {
        all.push(organisation(&whole));
    }
    if of(Scheme::ResidentId, KEPT) {
        all.extend(old(&whole));
    }
    // One sign may stand for several characters, or for one.
    let head = hidden.split(hides).next().unwrap_or_default();
    let tail = hidden.rsplit(hides).next().unwrap_or_default();
    all.push(format!("{head}*{tail}"));
    patterns(all)
}

/// Replaces each `X` that hides a character of a resident number by `*`: it is a check character
/// only at the end.
fn hide_letters(text: &str, scheme: Option<Scheme>) -> String {
    let is_masked = may_be(scheme, Scheme::ResidentId) && text.contains("XX");
    if !is_masked {
        return text.to_owned();
    }
    let last = text.chars().count().saturating_sub(1);
    let of_mask = |i: usize| i < last || text.ends_with("XX");
    text.chars().enumerate().map(|(i, c)| if c == 'X' && of_mask(i) { '*' } else { c }).collect()
}

/// Patterns of the codes that have an organisation code at positions 9 to 17. Nine characters may
/// also be what is left of a code that was cut; with a wrong check character nobody can tell which.
pub(super) fn organisation_codes(text: &str, scheme: Option<Scheme>) -> Patterns {
    if !may_be(scheme, Scheme::Uscc) || !is_organisation_code(text) {
        return Patterns::new();
    }
    patterns([organisation(text), format!("{text}*"), format!("*{text}")])
}

fn organisation(code: &str) -> String {
    format!("????????{code}?")
}

/// Patterns of the resident numbers that have the 15 digits of an old one in the form of 18, where
/// neither the century nor the check character is guessed, or as the first of 18, cut short. 15
/// digits of a firm are a number of another register, and mean nobody known.
pub(super) fn old_numbers(text: &str, scheme: Option<Scheme>) -> Patterns {
    let digits = text.len() == KEPT && text.bytes().all(|b| b.is_ascii_digit());
    if scheme != Some(Scheme::ResidentId) || !digits {
        return Patterns::new();
    }
    patterns(old(text).into_iter().chain([filled(text.to_owned())]))
}

fn old(digits: &str) -> Option<String> {
    let (region, rest) = digits.split_at_checked(6)?;
    Some(format!("{region}??{rest}?"))
}

/// Patterns of the valid identifiers one edit away: a character wrong, missing, too many, or two of
/// them exchanged.
pub(super) fn edits(text: &str, scheme: Option<Scheme>) -> Patterns {
    if !is_plain(text) || !(17..=21).contains(&text.len()) {
        return Patterns::new();
    }
    let schemes = [
        (SubjectKind::Organization, Scheme::Uscc),
        (SubjectKind::Person, Scheme::ResidentId),
        (SubjectKind::Organization, Scheme::Lei),
    ];
    let meant = schemes.into_iter().filter(|(_, one)| may_be(scheme, *one));
    let near = meant.flat_map(|(kind, scheme)| {
        one_edit_away(text, &move |other: &str| validate(kind, scheme, other, None).is_ok())
    });
    patterns(near)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

const CHARACTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Every text one edit away that passes.
fn one_edit_away(text: &str, passes: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
    let bytes = text.as_bytes();
    let mut found = BTreeSet::new();
    let mut try_one = |other: Vec<u8>| {
        if let Some(other) = String::from_utf8(other).ok().filter(|other| passes(other)) {
            found.insert(other);
        }
    };
    for i in 0..=bytes.len() {
        let (head, tail) = (bytes.get(..i).unwrap_or_default(), bytes.get(i..).unwrap_or_default());
        for c in CHARACTERS {
            try_one([head, &[*c], tail].concat());
            if let Some((_, rest)) = tail.split_first() {
                try_one([head, &[*c], rest].concat());
            }
        }
        if let Some((first, rest)) = tail.split_first() {
            try_one([head, rest].concat());
            if let Some((second, rest)) = rest.split_first() {
                try_one([head, &[*second, *first], rest].concat());
            }
        }
    }
    found
}
