//! Identifiers: validation to the last check character (RAIL R6) and masking (RAIL R13).
//!
//! 33 (十一): 「以统一社会信用代码为索引」. Reads as: a subject is found by its code, never by its
//! name. A code with a wrong character is another subject's or nobody's, so it stops the check.

mod fault;

pub use fault::{FormFault, IdentifierFault};

use crate::date::Date;
use crate::worded::Masked;
use crate::{Scheme, SubjectKind};

/// Alphabet of GB 32100-2015: digits and capitals without I, O, S, V, Z. The position is the value.
const USCC_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of GB 32100-2015: powers of 3 modulo 31.
const USCC_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// A registering authority: the first character of the codes that it issues, and the possible
/// second ones.
struct Authority {
    letter: u8,
    /// Second characters of its codes (kinds of organization that it registers); empty for any.
    categories: &'static [u8],
}

/// Registering authorities: those of GB 32100-2015, and those that have issued codes since.
///
/// NOT MODELLED: which categories the standard gives each of its own authorities; the codes that
/// they have issued are wider than its table, and the check characters reveal a wrong code.
const USCC_AUTHORITIES: &[Authority] = &[
    of_standard(b'1'), // 机构编制
    of_standard(b'2'), // 外交
    of_standard(b'3'), // 司法行政
    of_standard(b'4'), // 文化
    of_standard(b'5'), // 民政
    of_standard(b'6'), // 旅游
    of_standard(b'7'), // 宗教
    of_standard(b'8'), // 工会
    of_standard(b'9'), // 市场监督管理
    of_standard(b'A'), // 中央军委改革和编制办公室
    of_standard(b'N'), // 农业农村
    of_standard(b'Y'), // 其他
    // 公安机关: representative offices of overseas NGOs, since 2017.
    Authority { letter: b'G', categories: b"1" },
];

const fn of_standard(letter: u8) -> Authority {
    Authority { letter, categories: b"" }
}
/// Weights of GB 11714 (the organisation code at positions 9 to 17 of a USCC).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Weights of GB 11643-1999.
const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters of GB 11643-1999 by remainder modulo 11.
const RESIDENT_CHECKS: &[u8; 11] = b"10X98765432";

/// Checks an identifier, already normalised, against its standard.
///
/// # Errors
///
/// [`IdentifierFault`], which holds no more of the identifier than its mask.
// RAIL R6: exact identifiers only; one that fails its check character stops the check.
pub fn validate(
    kind: SubjectKind,
    scheme: Scheme,
    value: &str,
    country: Option<&str>,
) -> Result<(), IdentifierFault> {
    let fits = match scheme {
        Scheme::Uscc | Scheme::Lei => kind == SubjectKind::Organization,
        Scheme::ResidentId | Scheme::Passport => kind == SubjectKind::Person,
    };
    if !fits {
        return Err(IdentifierFault::OtherKind { scheme, kind });
    }
    if scheme != Scheme::Passport && country.is_some() {
        return Err(IdentifierFault::NoCountry { scheme });
    }
    let fault = match scheme {
        Scheme::Uscc => uscc_fault(value.as_bytes()),
        Scheme::ResidentId => resident_fault(value.as_bytes()),
        Scheme::Lei => lei_fault(value.as_bytes()),
        Scheme::Passport => passport_fault(value.as_bytes(), country),
    };
    match fault {
        None => Ok(()),
        Some(fault) => {
            let identifier = Masked::of(value);
            Err(IdentifierFault::OffStandard { identifier, scheme, fault })
        }
    }
}

/// Checks an identifier that, by a document, may have been issued off its standard.
///
/// INTERPRETATION: only unified social credit codes are known to have been issued with a wrong
/// check character or authority, before 2016; of every other scheme a wrong character is an error.
///
/// # Errors
///
/// As [`validate`]; also for a code for which `as_issued` is not needed, or cannot help.
// RAIL R6: accepted unchanged, matched exactly, and never silently.
pub fn validate_issued(
    kind: SubjectKind,
    scheme: Scheme,
    value: &str,
    country: Option<&str>,
    as_issued: Option<&str>,
) -> Result<(), IdentifierFault> {
    let standard = validate(kind, scheme, value, country);
    let Some(document) = as_issued else { return standard };
    let has_form = value.len() == 18 && value.bytes().all(|b| USCC_ALPHABET.contains(&b));
    match standard {
        Ok(()) => Err(IdentifierFault::NeedsNoDocument { identifier: Masked::of(value) }),
        Err(_) if document.trim().is_empty() => Err(IdentifierFault::NoDocument),
        Err(_)
            if kind == SubjectKind::Organization
                && scheme == Scheme::Uscc
                && country.is_none()
                && has_form =>
        {
            Ok(())
        }
        Err(fault) => Err(fault),
    }
}

/// Returns the form of an identifier for readers who know the case: a firm's code is public and
/// shown whole; a person's number is masked so that it is recognised beside the case file and
/// identifies nobody to others.
///
/// Papers and decisions show this form. Errors, logs, metrics and addresses show no more than
/// [`mask`].
// RAIL R13
pub fn shown(scheme: Scheme, value: &str) -> String {
    let (first, last) = match scheme {
        Scheme::Uscc | Scheme::Lei => return value.to_owned(),
        Scheme::ResidentId => (4, 4),
        // It is short: more would leave little to be found out.
        Scheme::Passport => (1, 2),
    };
    let all: Vec<char> = value.chars().collect();
    let hidden = all.len().saturating_sub(first + last);
    // A value that is no such number, as in a registry that nobody checked, is shown by its short
    // mask.
    if hidden < first.max(last) || !all.iter().all(char::is_ascii_alphanumeric) {
        return mask(value);
    }
    let ends = |at: usize| at < first || at >= first + hidden;
    all.iter().enumerate().map(|(at, c)| if ends(at) { *c } else { '*' }).collect()
}

/// Returns the short form of any identifier for errors, logs, metrics and addresses: enough to find
/// a slip of the pen, too little to look anybody up.
pub fn mask(value: &str) -> String {
    // A passport number is short: four of its nine characters would be too many.
    let shown = if value.chars().count() >= 15 { 4 } else { 2 };
    let head: String = value.chars().take(shown).filter(char::is_ascii_alphanumeric).collect();
    format!("{head}…**")
}

fn wrong_length(value: &[u8], expected: usize) -> Option<FormFault> {
    let found = String::from_utf8_lossy(value).chars().count();
    (found != expected).then_some(FormFault::Length { found, expected })
}

fn wrong_check(position: usize, found: u8, expected: u8) -> Option<FormFault> {
    let wrong = FormFault::CheckCharacter { position, found: char::from(found) };
    (found != expected).then_some(wrong)
}

fn weighted<const N: usize>(values: impl Iterator<Item = u32>, weights: [u32; N]) -> u32 {
    values.zip(weights).map(|(value, weight)| value * weight).sum()
}

fn uscc_fault(value: &[u8]) -> Option<FormFault> {
    if let Some(fault) = wrong_length(value, 18) {
        return Some(fault);
    }
    let mut digits = [0_u32; 18];
    for (position, (slot, byte)) in digits.iter_mut().zip(value).enumerate() {
        let Some(digit) = USCC_ALPHABET.iter().position(|c| c == byte) else {
            return Some(FormFault::Alphabet { position: position + 1 });
        };
        *slot = u32::try_from(digit).unwrap_or_default();
    }
    let letter = value.first().copied().unwrap_or_default();
    let Some(authority) = USCC_AUTHORITIES.iter().find(|a| a.letter == letter) else {
        return Some(FormFault::Authority { letter: char::from(letter) });
    };
    let category = value.get(1).copied().unwrap_or_default();
    if !authority.categories.is_empty() && !authority.categories.contains(&category) {
        let (letter, category) = (char::from(letter), char::from(category));
        return Some(FormFault::Category { letter, category });
    }
    if !value.iter().skip(2).take(6).all(u8::is_ascii_digit) {
        return Some(FormFault::Region);
    }
    let organisation = value.get(8..16).unwrap_or_default();
    let expected = organisation_check(organisation);
    if let Some(fault) = wrong_check(17, value.get(16).copied().unwrap_or_default(), expected) {
        return Some(fault);
    }
    let check = (31 - weighted(digits.into_iter(), USCC_WEIGHTS) % 31) % 31;
    let expected = usize::try_from(check).ok().and_then(|i| USCC_ALPHABET.get(i)).copied();
    wrong_check(18, value.get(17).copied().unwrap_or_default(), expected.unwrap_or_default())
}

/// The check character of an organisation code (GB 11714), of its first eight characters.
fn organisation_check(body: &[u8]) -> u8 {
    // GB 11714 counts A as 10 to Z as 35, without the gaps of GB 32100.
    let values = body.iter().map(|b| char::from(*b).to_digit(36).unwrap_or_default());
    match 11 - weighted(values, ORGANISATION_WEIGHTS) % 11 {
        10 => b'X',
        11 => b'0',
        n => b'0' + u8::try_from(n).unwrap_or_default(),
    }
}

/// Whether a text is an organisation code (GB 11714): nine characters, as at positions 9 to 17 of
/// a unified social credit code, check character included.
pub fn is_organisation_code(text: &str) -> bool {
    let plain = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    match text.as_bytes().split_last() {
        Some((check, body)) => {
            body.len() == 8 && body.iter().all(plain) && *check == organisation_check(body)
        }
        None => false,
    }
}

fn resident_fault(value: &[u8]) -> Option<FormFault> {
    if value.len() == 15 && value.iter().all(u8::is_ascii_digit) {
        // The century and the check character would have to be guessed.
        return Some(FormFault::OldForm);
    }
    if let Some(fault) = wrong_length(value, 18) {
        return Some(fault);
    }
    let (body, check) = value.split_at(17);
    if !body.iter().all(u8::is_ascii_digit) {
        return Some(FormFault::Digits);
    }
    let number = |from: usize, len: usize| {
        let digits = body.iter().skip(from).take(len);
        digits.fold(0_u16, |n, b| n * 10 + u16::from(b - b'0'))
    };
    let day = |n: u16| u8::try_from(n).unwrap_or_default();
    if Date::new(number(6, 4), day(number(10, 2)), day(number(12, 2))).is_none() {
        return Some(FormFault::Birth);
    }
    let sum = weighted(body.iter().map(|b| u32::from(b - b'0')), RESIDENT_WEIGHTS);
    let expected = usize::try_from(sum % 11).ok().and_then(|i| RESIDENT_CHECKS.get(i)).copied();
    wrong_check(18, check.first().copied().unwrap_or_default(), expected.unwrap_or_default())
}

fn lei_fault(value: &[u8]) -> Option<FormFault> {
    if let Some(fault) = wrong_length(value, 20) {
        return Some(fault);
    }
    let capital = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    if !value.iter().all(capital) || !value.iter().skip(18).all(u8::is_ascii_digit) {
        return Some(FormFault::Lei);
    }
    // ISO 7064, MOD 97-10: letters count as two digits, and the whole number leaves 1.
    let remainder = value.iter().fold(0_u32, |rest, b| {
        let digit = char::from(*b).to_digit(36).unwrap_or_default();
        (rest * if digit > 9 { 100 } else { 10 } + digit) % 97
    });
    (remainder != 1).then_some(FormFault::LeiCheck)
}

fn passport_fault(value: &[u8], country: Option<&str>) -> Option<FormFault> {
    let country_fits =
        country.is_some_and(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase()));
    if !country_fits {
        return Some(FormFault::PassportCountry);
    }
    let plain = |b: &u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    if !(5..=14).contains(&value.len()) || !value.iter().all(plain) {
        return Some(FormFault::Passport);
    }
    None
}
