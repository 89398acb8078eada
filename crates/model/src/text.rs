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

/// Parses a number in Chinese numerals, 1 to 999.
pub fn numeral_of(text: &str) -> Option<u16> {
    let (mut total, mut digit): (u16, Option<u16>) = (0, None);
    for c in text.chars() {
        match c {
            '百' => total += digit.take()? * 100,
            '十' => total += digit.take().unwrap_or(1) * 10,
            '零' | '〇' => {}
            _ => {
                let ones = "一二三四五六七八九".chars().zip(1..).find(|(numeral, _)| *numeral == c);
                let ones =
                    ones.map(|(_, value)| value).or(if c == '两' { Some(2) } else { None })?;
                if digit.replace(ones).is_some() {
                    return None;
                }
            }
        }
    }
    let number = total + digit.unwrap_or(0);
    (number > 0).then_some(number)
}
