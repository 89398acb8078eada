//! Reading JSON that people and systems send: every error names its place, nothing is guessed.

mod fault;
mod own;
mod shapes;
mod strict;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use mustcheck_model::{Application, FurtherIdentifier};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::InputError;
use crate::input::strict::Strict;
use crate::registry::written::normalised;

pub use fault::{CutWords, Expected, Form, Found, InputFault, JsonFault, SyntaxFault};
pub(crate) use own::Own;
pub use shapes::redact;

/// The largest application that is read, in bytes: 10,000 subjects fit four times over.
pub const APPLICATION_LIMIT: u64 = 16 << 20;

/// Reading applications.
pub trait ApplicationExt: Sized {
    /// Reads an application from JSON and normalises its identifiers (NFKC,
    /// upper case, freed of spaces, hyphens and characters that nobody sees).
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
        let mut application: Self = parse_strictly(json)?;
        for subject in &mut application.subjects {
            normalise(&mut subject.identifier);
            if let Some(country) = &mut subject.country {
                normalise(country);
            }
            normalise_further(&mut subject.also);
        }
        Ok(application)
    }
}

/// Normalises further identifiers of a subject.
pub fn normalise_further(also: &mut [FurtherIdentifier]) {
    for further in also {
        normalise(&mut further.identifier);
        if let Some(country) = &mut further.country {
            normalise(country);
        }
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
    placed(json, |document| serde_path_to_error::deserialize(document))
}

type Placed<T> = Result<T, serde_path_to_error::Error<serde_json::Error>>;

/// Reads a document; each error names its place in it.
fn placed<'a, T>(
    json: &'a [u8],
    read: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'a>>) -> Placed<T>,
) -> Result<T, InputError> {
    let text =
        std::str::from_utf8(json).map_err(|e| InputError::NotUtf8 { at: e.valid_up_to() })?;
    // A byte order mark is what spreadsheets and some editors put in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    whole(serde_json::Deserializer::from_str(text), read)
}

/// Reads a document that nothing may follow.
fn whole<'a, R: serde_json::de::Read<'a>, T>(
    mut deserializer: serde_json::Deserializer<R>,
    read: impl FnOnce(&mut serde_json::Deserializer<R>) -> Placed<T>,
) -> Result<T, InputError> {
    let value = read(&mut deserializer).map_err(|e| {
        let path = e.path().to_string();
        // An object that is cut short, or a key that is no text, has no name of its own.
        let path = path.trim_end_matches('?').trim_end_matches('.');
        shape(if path.is_empty() { "the document".into() } else { quotable(path) }, e.inner())
    })?;
    deserializer.end().map_err(|e| shape("after the document".into(), &e))?;
    Ok(value)
}

/// Reads a document as [`parse_strictly`] does, from a stream of UTF-8 that need not fit into
/// memory.
pub fn parse_stream<T: DeserializeOwned>(json: impl Read) -> Result<T, InputError> {
    let read = |document: &mut _| serde_path_to_error::deserialize(Strict::<_>(document));
    whole(serde_json::Deserializer::from_reader(json), read)
}

/// Reads a document. An array in the place of an object is an error too: serde would take its
/// elements for the fields in their order, which nobody means. So is a key that occurs twice in a
/// map, of which serde would take the last.
pub fn parse_strictly<T: DeserializeOwned + Serialize>(json: &[u8]) -> Result<T, InputError> {
    if let Some(value) = sound(json) {
        return Ok(value);
    }
    // Something is wrong. What it is, and where, is worth reading the document three times.
    let value: T = parse(json)?;
    let written: Value = parse(json)?;
    let read = serde_json::to_value(&value).unwrap_or_default();
    match misplaced_array(&written, &read, String::new()) {
        None => placed(json, |document| serde_path_to_error::deserialize(Strict::<_>(document))),
        Some(path) => Err(InputError::Misplaced {
            path: if path.is_empty() { "the document".into() } else { path },
        }),
    }
}

/// A deserializer that takes no array for an object, and no key of a map twice.
pub fn strict<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> impl serde::Deserializer<'de, Error = D::Error> {
    Strict::<_>(deserializer)
}

/// Reads JSON of any shape in which no key of an object occurs twice: of two arrays of records
/// under one name, a reader would take the second, and the subjects that the first names would be
/// clear.
///
/// # Errors
///
/// The syntax error or the repeated key, with line and column.
pub fn parse_value(json: &[u8]) -> Result<Value, serde_json::Error> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = <Value as serde::Deserialize>::deserialize(Strict::<_>(&mut deserializer))?;
    deserializer.end()?;
    Ok(value)
}

/// Reads a document without keeping track of the place; none if anything is wrong.
fn sound<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(json).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Strict::<_>(&mut deserializer)).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// Finds the path of an array that was written where an object was read.
pub fn misplaced_array(written: &Value, read: &Value, path: String) -> Option<String> {
    match (written, read) {
        (Value::Array(_), Value::Object(_)) => Some(path),
        (Value::Object(written), Value::Object(read)) => written.iter().find_map(|(key, value)| {
            let dot = if path.is_empty() { "" } else { "." };
            misplaced_array(value, read.get(key)?, format!("{path}{dot}{key}"))
        }),
        (Value::Array(written), Value::Array(read)) => {
            let mut pairs = written.iter().zip(read).enumerate();
            pairs.find_map(|(i, (w, r))| misplaced_array(w, r, format!("{path}[{i}]")))
        }
        _ => None,
    }
}

fn shape(path: String, error: &serde_json::Error) -> InputError {
    let detail = JsonFault::of_json(error);
    InputError::Shape { path, detail, line: error.line(), column: error.column() }
}

/// A message fit for one line: a value that is quoted in it may be long or hold anything.
pub fn shortened(detail: &str) -> String {
    cut(&quotable(detail))
}

/// The first 300 characters of a text.
fn cut(text: &str) -> String {
    const LONGEST: usize = 300;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain("…".chars()).collect()
}

/// A text from outside, fit for a message: nothing hidden in it, no identifier, one line.
pub fn quotable(text: &str) -> String {
    redact(&mustcheck_writer::safe(text))
}

/// Normalises an identifier in place, as [`normalised`] does: a digit typed full-width becomes that
/// digit, padding is taken off, a missing digit is not guessed.
pub fn normalise(identifier: &mut String) {
    let plain = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
    if !identifier.bytes().all(plain) {
        *identifier = normalised(identifier);
    }
}
