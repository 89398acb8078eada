//! Report to the person who runs the batch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::RunError;
use crate::run::Totals;
use crate::sheets;

/// Writes the totals, and the sources that the waiting lines wait for.
///
/// # Errors
///
/// [`RunError`] if the results cannot be read.
pub fn lines(totals: &Totals, folder: &Path) -> Result<Vec<String>, RunError> {
    let Totals { lines, run, passed, restricted, review, retry, errors } = totals;
    let mut text = vec![format!(
        "{run} of {lines} lines checked; now {passed} passed, {restricted} restricted, {review} \
         review, {retry} retry, {errors} errors"
    )];
    let mut waiting: BTreeMap<String, (BTreeSet<String>, BTreeSet<u64>)> = BTreeMap::new();
    for (line, retry) in sheets::waiting(folder)? {
        for missing in retry.missing {
            let status = missing.status;
            let what = match (missing.source, missing.reason) {
                (None, _) => format!("no source ({status})"),
                (Some(source), None) => format!("{source} ({status})"),
                (Some(source), Some(reason)) => format!("{source} ({status}: {reason})"),
            };
            let (lists, lines) = waiting.entry(what).or_default();
            lists.insert(missing.list);
            lines.insert(line);
        }
    }
    for (source, (lists, lines)) in waiting {
        let lists: Vec<String> = lists.into_iter().collect();
        let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
        text.push(format!("waiting for {source}"));
        text.push(format!("  lists: {}", lists.join(", ")));
        text.push(format!("  lines: {}", lines.join(", ")));
    }
    Ok(text)
}
