//! Texts for messages: an error with what caused it, and nothing that identifies anybody.

use std::error::Error;

use mustcheck::{redact, safe};

/// A text from outside, fit for a message: one line, nothing hidden in it, no identifier.
// RAIL R13
pub(crate) fn quotable(text: &str) -> String {
    const LONGEST: usize = 300;
    let shown = redact(&safe(text));
    if shown.chars().count() <= LONGEST {
        return shown;
    }
    shown.chars().take(LONGEST).chain("…".chars()).collect()
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
