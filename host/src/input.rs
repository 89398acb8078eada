//! Reading JSON that people and systems send: every error names its place, nothing is guessed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use mustcheck_guest::model::Application;
use serde::de::DeserializeOwned;
use unicode_normalization::UnicodeNormalization;

use crate::error::InputError;

/// The largest application that is read, in bytes: 10,000 subjects fit four times over.
pub const APPLICATION_LIMIT: u64 = 16 << 20;

/// Reading applications.
pub trait ApplicationExt: Sized {
    /// Reads an application from JSON and normalises its identifiers (NFKC, upper case).
    ///
    /// # Errors
    ///
    /// [`InputError`] with the path, line and column of what is wrong.
    fn from_json(json: &[u8]) -> Result<Self, InputError>;
}

impl ApplicationExt for Application {
    fn from_json(json: &[u8]) -> Result<Self, InputError> {
        if u64::try_from(json.len()).unwrap_or(u64::MAX) > APPLICATION_LIMIT {
            let bytes = u64::try_from(json.len()).unwrap_or(u64::MAX);
            return Err(InputError::TooLarge { bytes, limit: APPLICATION_LIMIT });
        }
        let mut application: Self = parse(json)?;
        for subject in &mut application.subjects {
            normalise(&mut subject.identifier);
            if let Some(country) = &mut subject.country {
                normalise(country);
            }
        }
        Ok(application)
    }
}

/// Reads a file up to a limit.
///
/// # Errors
///
/// The operating system's error, or [`InputError::TooLarge`] inside one.
pub fn read_file(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let bytes = file.metadata()?.len();
    let too_large = |bytes| std::io::Error::other(InputError::TooLarge { bytes, limit });
    if bytes > limit {
        return Err(too_large(bytes));
    }
    let mut content = Vec::new();
    // A pipe has no length beforehand.
    file.take(limit + 1).read_to_end(&mut content)?;
    match u64::try_from(content.len()) {
        Ok(read) if read <= limit => Ok(content),
        _ => Err(too_large(limit + 1)),
    }
}

/// Parses JSON whose errors name path, line and column.
pub(crate) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, InputError> {
    let text =
        std::str::from_utf8(json).map_err(|e| InputError::NotUtf8 { at: e.valid_up_to() })?;
    // A byte order mark is what spreadsheets and some editors put in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|e| {
        let path = e.path().to_string();
        shape(if path == "." { "the document".into() } else { path }, e.inner())
    })?;
    deserializer.end().map_err(|e| shape("after the document".into(), &e))?;
    Ok(value)
}

fn shape(path: String, error: &serde_json::Error) -> InputError {
    // serde_json ends its message with the position, which has a place of its own here.
    let message = error.to_string();
    let detail = message.split(" at line ").next().unwrap_or(&message);
    InputError::Shape {
        path,
        detail: shortened(detail),
        line: error.line(),
        column: error.column(),
    }
}

/// A message fit for one line: a value that is quoted in it may be long or hold anything.
fn shortened(detail: &str) -> String {
    const LONGEST: usize = 300;
    let safe = redact(&mustcheck_guest::notice::safe(detail));
    if safe.chars().count() <= LONGEST {
        return safe;
    }
    safe.chars().take(LONGEST).chain("…".chars()).collect()
}

/// Masks whatever may be an identifier in a text from outside: a value of the wrong type is quoted
/// in a message, and may be one.
// RAIL R13
pub fn redact(text: &str) -> String {
    /// A resident number of the old form has 15 digits; nothing shorter is looked up by itself.
    const SHORTEST: usize = 15;
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    let flush = |run: &mut String, shown: &mut String| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        if run.len() >= SHORTEST && digits >= SHORTEST / 2 {
            shown.push_str(&mustcheck_guest::identifier::mask(run));
        } else {
            shown.push_str(run);
        }
        run.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            run.push(c);
        } else {
            flush(&mut run, &mut shown);
            shown.push(c);
        }
    }
    flush(&mut run, &mut shown);
    shown
}

/// NFKC and upper case, and nothing else: a digit typed full-width is that digit, a missing one
/// is not guessed.
pub(crate) fn normalise(identifier: &mut String) {
    let plain = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    if !identifier.bytes().all(plain) {
        *identifier = identifier.nfkc().collect::<String>().to_uppercase();
    }
}
