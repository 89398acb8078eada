//! Masks by shape whatever may be a number of a person or firm, of the application or not.

use mustcheck_model::identifier::{mask, validate};
use mustcheck_model::{Scheme, SubjectKind};

/// The length of a resident number (GB 11643-1999).
const RESIDENT: usize = 18;

/// A part of a text.
enum Part<'t> {
    /// Letters and digits in a row, as they are written and in ASCII.
    Run(&'t str, String),
    /// Other characters between two runs.
    Between(&'t str),
}

/// Masks whatever may be an identifier in a text from outside: a value of the wrong type is quoted
/// in a message, and may be one; so may a part of a case number.
// RAIL R13
pub fn redact(text: &str) -> String {
    // A text without a digit holds no identifier.
    if !text.chars().filter_map(plain).any(|c| c.is_ascii_digit()) {
        return text.to_owned();
    }
    let parts = parts(text);
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        at += 1;
        match part {
            Part::Between(between) => shown.push_str(between),
            Part::Run(written, run) => match spelled(parts.get(at - 1..).unwrap_or_default()) {
                Some((number, taken)) => {
                    shown.push_str(&mask(&number));
                    at += taken - 1;
                }
                None if may_identify(run) => shown.push_str(&mask(run)),
                None => shown.push_str(written),
            },
        }
    }
    shown
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_run = plain(first).is_some();
        let end = rest.find(|c| plain(c).is_some() != is_run).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        parts.push(match is_run {
            true => Part::Run(part, part.chars().filter_map(plain).collect()),
            false => Part::Between(part),
        });
        rest = after;
    }
    parts
}

/// An ASCII letter or digit, also if typed full-width.
fn plain(c: char) -> Option<char> {
    let ascii = match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            u32::from(c).checked_sub(0xfee0).and_then(char::from_u32)?
        }
        c => c,
    };
    ascii.is_ascii_alphanumeric().then_some(ascii)
}

/// Whether a run of letters and digits may be a code, a resident number (old form too), an LEI, a
/// travel document or a mobile number. SHA-256 digests and the ids of receipts and feedback are
/// recognised by their form, and words have no digits.
fn may_identify(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let digest =
        run.len() == 64 && run.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    let document = run.parse::<crate::receipts::DocumentId>().is_ok();
    let long = run.len() >= 15 && digits >= 2 && !digest && !document;
    long || is_travel_document(run) || is_mobile(run.trim_start_matches(|c: char| !is_digit(c)))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether a run is a passport as China issues them (`E12345678`, `EA1234567`), most others of one
/// letter and eight digits, or a permit of Hong Kong, Macao or Taiwan residents (`H1234567890`).
/// Those of other forms are known where they are an application's own.
fn is_travel_document(run: &str) -> bool {
    let run = run.to_ascii_uppercase();
    let digits = run.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = run.get(..run.len() - digits.len()).unwrap_or_default();
    let form = (letters.len(), digits.len());
    digits.chars().all(is_digit)
        && (form == (1, 8)
            || (form == (2, 7) && letters.starts_with('E'))
            || (form == (1, 10) && ["H", "M"].contains(&letters)))
}

/// Whether digits are a mobile number, with or without China's code.
fn is_mobile(digits: &str) -> bool {
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    let is = |digits: &str| {
        digits.len() == 11
            && digits.chars().all(is_digit)
            && digits.starts_with('1')
            && digits.chars().nth(1).is_some_and(|c| ('3'..='9').contains(&c))
    };
    is(digits) || national.is_some_and(is)
}

/// Finds a resident number or a mobile number that is written in groups (`310104 19710612 3355`,
/// `138-0013-8000`) at the beginning of some parts, and how many of them it takes. Only the check
/// character tells such a resident number from a case number.
fn spelled(parts: &[Part<'_>]) -> Option<(String, usize)> {
    let mut number = String::new();
    let mut groups = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Between(between) if at > 0 && joins(between) => {}
            Part::Run(_, run) if is_group(run) && number.len() + run.len() <= RESIDENT => {
                number.push_str(run);
                groups.push(run.len());
                let mobile = matches!(groups.as_slice(), [3, 8] | [3, 4, 4]) && is_mobile(&number);
                if groups.len() > 1 && (mobile || is_resident(&number)) {
                    return Some((number, at + 1));
                }
            }
            _ => return None,
        }
    }
    None
}

/// Whether a text is one sign with which people group digits.
fn joins(between: &str) -> bool {
    let mut signs = between.chars();
    let sign = signs.next();
    signs.next().is_none() && sign.is_some_and(|sign| " -–—－_./·\u{3000}".contains(sign))
}

/// Whether a run is of digits, the last of which may be the check character `X`.
fn is_group(run: &str) -> bool {
    run.strip_suffix(['X', 'x']).unwrap_or(run).chars().all(is_digit)
}

fn is_resident(number: &str) -> bool {
    let number = number.to_ascii_uppercase();
    number.len() == RESIDENT
        && validate(SubjectKind::Person, Scheme::ResidentId, &number, None).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{mask, redact};

    #[test]
    fn what_may_be_a_number_of_a_person_is_masked() {
        for (text, shown, numbers) in [
            ("310104197106123355", "{}", &["310104197106123355"][..]),
            ("证件310104197106123355号", "证件{}号", &["310104197106123355"]),
            ("310104-19710612-3355", "{}", &["310104197106123355"]),
            ("310104 1971 0612 3355/1", "{}/1", &["310104197106123355"]),
            ("３１０１０４１９７１０６１２３３５５", "{}", &["310104197106123355"]),
            ("310104710612335", "{}", &["310104710612335"]),
            ("护照E12345678-电话13800138000", "护照{}-电话{}", &["E12345678", "13800138000"]),
            ("护照ea1234567", "护照{}", &["ea1234567"]),
            ("回乡证H1234567890", "回乡证{}", &["H1234567890"]),
            ("138-0013-8000", "{}", &["13800138000"]),
            ("138 00138000", "{}", &["13800138000"]),
            ("tel13800138000", "{}", &["tel13800138000"]),
            ("+86 13800138000, 8613800138000", "+86 {}, {}", &["13800138000", "8613800138000"]),
        ] {
            let shown = numbers
                .iter()
                .fold(shown.to_owned(), |shown, number| shown.replacen("{}", &mask(number), 1));
            assert_eq!(redact(text), shown, "{text}");
        }
    }

    #[test]
    fn case_numbers_days_and_words_stay() {
        for text in [
            "GP-2026-0007",
            "GP20260007",
            "沪人社监〔2024〕第0213号",
            "310000-20261128-0001",
            "2026-11-28",
            "2026112800017",
            "20261128001",
            "200000000",
            "wage-payment-regulations-2019",
            "statutes-2021",
            "0138-0013-8000-1",
            "窗口3",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
