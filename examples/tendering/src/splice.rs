//! Writing results back: the document stays as it was, byte for byte, but for `creditCheck`.
//!
//! A document that is read and written again through a model loses what the model does not know,
//! and number forms with it. Here the new text is put between the old bytes.

use std::ops::Range;

use serde_json::value::RawValue;

use crate::extension::CreditCheck;
use crate::ocds::{Entry, Place, parse};

/// Name of the member that is written.
const MEMBER: &str = "creditCheck";

/// One change of the text.
#[derive(Debug)]
pub struct Edit {
    range: Range<usize>,
    text: String,
}

/// Makes the change that writes a result into an entry of `document`.
///
/// # Errors
///
/// [`Place`] if the entry is no object, and so has no room for a result.
pub fn edit(
    document: &str,
    entry: &RawValue,
    path: &str,
    check: &CreditCheck,
) -> Result<Edit, Place> {
    let inside: Entry<'_> = parse_entry(entry, path)?;
    let raw = entry.get();
    let start = offset(document, raw);
    let indent = indent(raw);
    let json = written(check, indent).map_err(|e| Place::at(path, e.to_string()))?;
    if let Some(old) = inside.credit_check {
        let start = offset(document, old.get());
        return Ok(Edit { range: start..start + old.get().len(), text: json });
    }
    let body = raw.strip_suffix('}').unwrap_or(raw).trim_end();
    let comma = if body.ends_with('{') { "" } else { "," };
    let gap = indent.map(|i| format!("\n{i}")).unwrap_or_default();
    let colon = if indent.is_some() { ": " } else { ":" };
    let at = start + body.len();
    Ok(Edit { range: at..at, text: format!("{comma}{gap}\"{MEMBER}\"{colon}{json}") })
}

/// Applies changes to the document.
pub fn apply(document: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|e| e.range.start);
    let mut text = String::with_capacity(document.len());
    let mut from = 0;
    for edit in edits {
        text.push_str(document.get(from..edit.range.start).unwrap_or_default());
        text.push_str(&edit.text);
        from = edit.range.end;
    }
    text.push_str(document.get(from..).unwrap_or_default());
    text
}

fn parse_entry<'a>(entry: &'a RawValue, path: &str) -> Result<Entry<'a>, Place> {
    // An array would be read as the members of an object, in order.
    if !entry.get().starts_with('{') {
        return Err(Place::at(path, "must be an object"));
    }
    parse(entry.get(), &format!("{path}."))
}

/// Returns the offset of a part of the document. The reader borrows, so a part is a slice of the
/// document.
fn offset(document: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(document.as_ptr() as usize)
}

/// The indentation of an entry's members; none if the entry is on one line.
fn indent(raw: &str) -> Option<&str> {
    let line = raw.split_once('\n')?.1;
    let width = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..width)
}

fn written(check: &CreditCheck, indent: Option<&str>) -> serde_json::Result<String> {
    match indent {
        None => serde_json::to_string(check),
        Some(indent) => {
            Ok(serde_json::to_string_pretty(check)?.replace('\n', &format!("\n{indent}")))
        }
    }
}
