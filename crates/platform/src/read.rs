//! Reading of an answer by its mapping.

mod field;
mod record;

use mustcheck::{Date, Timestamp};
use serde_json::Value;

use crate::failure::Failure;
use crate::mapping::{Paging, SourceMapping};
use crate::read::field::PlacedValue;
pub use record::{AskedAbout, record};

/// One part of an answer.
#[derive(Debug)]
pub struct AnswerPart<'a> {
    /// Moment of the source's data; `None` if the source answers from what it holds now.
    pub as_of: Option<Timestamp>,
    /// Day from which on it keeps ended records too.
    pub records_from: Option<Date>,
    /// Number of records in all parts together.
    pub total: Option<u64>,
    /// The records, as the answer has them.
    pub records: &'a [Value],
    /// Cursor or URL of the next part, if the answer has one.
    pub next: Option<String>,
    /// Number of this page, if the answer has it.
    pub number: Option<String>,
}

/// Reads one part.
///
/// # Errors
///
/// [`Failure::Shape`] for the first value that is not as the mapping says.
pub fn part<'a>(source: &SourceMapping, document: &'a Value) -> Result<AnswerPart<'a>, Failure> {
    let root = PlacedValue { value: document, path: "" };
    let response = &source.response;
    if let Some(success) = &response.success {
        let said = root.scalar(&success.path)?.unwrap_or_default();
        if !success.values.contains(&said) {
            let detail = format!("`{said}` does not say that this is an answer");
            return Err(Failure::shape(&success.path, &detail));
        }
    }
    let as_of = match &response.as_of {
        Some(field) => Some(root.needed_instant(field)?),
        None => None,
    };
    let records_from = match &response.records_from {
        Some(field) => root.day(field)?,
        None => source.records_from,
    };
    let total = response.total.as_deref().map(|path| count(&root, path)).transpose()?;
    let records = root.array(&response.records)?;
    let (next, number) = match &source.paging {
        Some(Paging::Cursor { next } | Paging::NextLink { next }) => (root.scalar(next)?, None),
        Some(Paging::Page { number: Some(number), .. }) => (None, root.scalar(number)?),
        _ => (None, None),
    };
    let next = next.filter(|next| !next.is_empty());
    Ok(AnswerPart { as_of, records_from, total, records, next, number })
}

fn count(root: &PlacedValue<'_>, path: &str) -> Result<u64, Failure> {
    let said = root.scalar(path)?.unwrap_or_default();
    said.parse().map_err(|_| Failure::shape(path, &format!("`{said}` is no number of records")))
}
