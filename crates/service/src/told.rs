//! Texts for messages: an error with what caused it, and nothing that identifies anybody.

use std::error::Error;

use mustcheck::{mask, redact, safe};

/// Makes a text from outside fit for a message: one line, nothing hidden in it, no identifier, and
/// at most 300 characters.
// RAIL R13
pub(crate) fn quotable(text: &str) -> String {
    const LONGEST: usize = 300;
    let shown = without_passports(&redact(&safe(text)));
    if shown.chars().count() <= LONGEST {
        return shown;
    }
    shown.chars().take(LONGEST).chain("…".chars()).collect()
}

/// Masks what may be a passport's number. It is too short to be distinguished from words except by
/// its form, a letter or two and digits: here, 8 to 14 letters and digits that begin with a letter
/// and have at least 6 digits. A caller may have put one anywhere.
fn without_passports(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric();
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(plain) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !plain(c)).unwrap_or(from.len()));
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        let passport = (8..=14).contains(&run.len())
            && digits >= 6
            && run.starts_with(|c: char| c.is_ascii_alphabetic());
        shown.push_str(before);
        shown.push_str(&if passport { mask(run) } else { run.to_owned() });
        rest = after;
    }
    shown + rest
}

/// An error and its causes in one line.
pub(crate) fn told(error: &dyn Error) -> String {
    let mut message = quotable(&error.to_string());
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = quotable(&error.to_string());
        // An error that is its cause, in other words, says it once.
        if !message.contains(&next) {
            message.push_str(": ");
            message.push_str(&next);
        }
        cause = error.source();
    }
    message
}
