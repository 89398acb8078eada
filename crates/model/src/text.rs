//! Helpers for texts: making those from outside safe to show, and reading Chinese numerals.

use std::borrow::Cow;

/// Makes a text from outside safe for a terminal and a page: control characters, bidirectional
/// marks and other invisible characters are escaped, so that nothing is hidden or reordered.
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Parses a number in Chinese numerals, 1 to 999: hundreds, tens and ones, each once and in this
/// order. 一百五 is none: some mean 105 by it, others 150.
pub fn numeral_of(text: &str) -> Option<u16> {
    let Some((hundreds, rest)) = text.split_once('百') else {
        return digit_or_two(text).or_else(|| tens_of(text));
    };
    let rest = match rest.strip_prefix(['零', '〇']) {
        Some(ones) => digit_of(ones)?,
        None if rest.is_empty() => 0,
        None => tens_of(rest)?,
    };
    Some(digit_or_two(hundreds)? * 100 + rest)
}

/// Parses 10 to 99.
fn tens_of(text: &str) -> Option<u16> {
    let (tens, ones) = text.split_once('十')?;
    let tens = if tens.is_empty() { 1 } else { digit_of(tens)? };
    let ones = if ones.is_empty() { 0 } else { digit_of(ones)? };
    Some(tens * 10 + ones)
}

/// Parses 1 to 9, where two of a thing may also be 两.
fn digit_or_two(text: &str) -> Option<u16> {
    if text == "两" { Some(2) } else { digit_of(text) }
}

/// Parses 1 to 9.
fn digit_of(text: &str) -> Option<u16> {
    let mut digits = (1..).zip("一二三四五六七八九".chars());
    digits.find(|(_, digit)| text.chars().eq([*digit])).map(|(value, _)| value)
}
