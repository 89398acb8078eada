//! A cell, as spreadsheets write it.

use std::collections::BTreeSet;

use mustcheck_model::identifier;
use mustcheck_model::{Scheme, SubjectKind};
use unicode_normalization::UnicodeNormalization as _;

/// Whether a character only surrounds a value: white space of every width, or an invisible
/// character.
fn around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// Returns a cell without the additions of spreadsheets: the apostrophe before a code that is no
/// number, and the formula `="…"` around one. Any other formula is an ordinary text.
pub fn tidy(cell: &str) -> &str {
    let plain = cell.trim_matches(around);
    let inner = plain.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let plain = inner.filter(|inner| !inner.contains('"')).unwrap_or(plain);
    let plain = plain.strip_prefix(['\'', '\u{2018}', '\u{2019}', '＇']).unwrap_or(plain);
    plain.trim_matches(around)
}

/// Splits a cell that holds several values.
pub fn split<'a>(cell: &'a str, separators: &str) -> Vec<&'a str> {
    let parts = cell.split(|c| separators.contains(c)).map(|part| part.trim_matches(around));
    parts.filter(|part| !part.is_empty()).collect()
}

/// Whether a spreadsheet turned a code into a number, whose last digits are then lost.
pub fn is_scientific(cell: &str) -> bool {
    let Some((head, exponent)) = cell.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = head.split_once('.').unwrap_or((head, "0"));
    digits(whole) && digits(fraction) && exponent.strip_prefix('+').is_some_and(digits)
}

/// Returns everything in a cell that is an exact identifier by its check character, even if it has
/// run together with the text beside it.
pub fn identifiers(cell: &str) -> BTreeSet<String> {
    let plain = cell.nfkc().collect::<String>().to_uppercase();
    let runs = plain.split(|c: char| !c.is_ascii_alphanumeric());
    let windows = runs.flat_map(|run| {
        let of = move |length: usize| {
            let ends = length..=run.len();
            ends.filter_map(move |end| run.get(end - length..end))
        };
        of(18).chain(of(20))
    });
    windows.filter(|text| is_identifier(text)).map(str::to_owned).collect()
}

fn is_identifier(text: &str) -> bool {
    let of = |kind, scheme| identifier::validate(kind, scheme, text, None).is_ok();
    of(SubjectKind::Organization, Scheme::Uscc)
        || of(SubjectKind::Organization, Scheme::Lei)
        || of(SubjectKind::Person, Scheme::ResidentId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_puts_around_a_value_goes() {
        for (cell, expected) in [
            (" a ", "a"),
            ("\u{3000}甲\u{a0}", "甲"),
            ("'0012", "0012"),
            ("’0012", "0012"),
            ("=\"0012\"", "0012"),
            ("=HYPERLINK(\"http://a.example\",\"x\")", "=HYPERLINK(\"http://a.example\",\"x\")"),
            ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
            ("\u{feff}x", "x"),
            ("'", ""),
        ] {
            assert_eq!(tidy(cell), expected);
        }
    }

    #[test]
    fn cells_are_split_where_the_mapping_says() {
        assert_eq!(split("甲、乙；丙;丁\n戊 ,己", "、；;\n"), ["甲", "乙", "丙", "丁", "戊 ,己"]);
        assert_eq!(split("、 ；", "、；;\n"), Vec::<&str>::new());
    }

    #[test]
    fn codes_that_became_numbers_are_seen() {
        assert!(is_scientific("9.13101E+17"));
        assert!(is_scientific("3e+17"));
        assert!(!is_scientific("91E10A"));
        assert!(!is_scientific("2025"));
    }
}
