//! Reading of a whole log once, from its end, on all cores and in bounded memory.

use std::borrow::Cow;

use mustcheck_log::Hash;
use rayon::prelude::*;

use crate::source::{AuditError, Source};
use mustcheck_evidence::journal::LARGE_HEAD;

/// Number of bundles that each core has in work at once: 256 entries each, at most 16 MB.
const PER_CORE: usize = 8;

/// Up to 256 whole entries of the log, in ascending order, each with its index.
pub(crate) struct Page<'a> {
    entries: Vec<(u64, Cow<'a, [u8]>)>,
}

impl Page<'_> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.entries.iter().map(|(index, entry)| (*index, &**entry))
    }
}

/// Callback for progress while a log is read, given the number of entries read since the last call.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// Reads the pages on all cores, and passes the results to `take` on one core, the last page first.
///
/// On success, the results cover exactly the entries that the log's checkpoint is signed for;
/// otherwise there is an error. So nothing may be given out before this returns.
pub(crate) fn backwards<T: Send, E: From<AuditError> + Send>(
    source: &Source,
    read: impl Fn(&Page<'_>) -> Result<T, E> + Sync,
    take: impl FnMut(T) -> Result<(), E> + Send,
    progress: Progress<'_>,
) -> Result<(), E> {
    match roots(source, read, take, progress) {
        Ok(roots) => Ok(source.hold_against_checkpoint(root(&roots))?),
        // An unreadable log may be one that somebody changed; then the damage is reported.
        Err(error) => Err(source.damage().map_or(error, E::from)),
    }
}

/// Reads all pages, and returns the roots over their bundles in ascending order.
fn roots<T: Send, E: From<AuditError> + Send>(
    source: &Source,
    read: impl Fn(&Page<'_>) -> Result<T, E> + Sync,
    mut take: impl FnMut(T) -> Result<(), E> + Send,
    progress: Progress<'_>,
) -> Result<Vec<Hash>, E> {
    let step = u64::try_from(PER_CORE * rayon::current_num_threads()).unwrap_or(64);
    let window = |end: u64| {
        let pages = (end.saturating_sub(step)..end).into_par_iter();
        pages.map(|number| page(source, number, &read)).collect::<Vec<_>>()
    };
    let mut roots = Vec::new();
    let mut end = source.reader().log().bundles();
    let mut pages = window(end);
    while !pages.is_empty() {
        end = end.saturating_sub(step);
        let next = || window(end);
        let this = || {
            for page in pages.into_iter().rev() {
                let (root, entries, found) = page?;
                roots.push(root);
                take(found)?;
                progress(entries);
            }
            Ok::<(), E>(())
        };
        let (next, taken) = rayon::join(next, this);
        taken?;
        pages = next;
    }
    roots.reverse();
    Ok(roots)
}

/// Reads one page: returns the root over its entries, their number, and the result of `read`.
fn page<T, E: From<AuditError>>(
    source: &Source,
    number: u64,
    read: &impl Fn(&Page<'_>) -> Result<T, E>,
) -> Result<(Hash, u64, T), E> {
    let reader = source.reader();
    let bundle = reader.bundle(number).map_err(AuditError::from)?;
    let mut leaves = Vec::with_capacity(bundle.len());
    let mut entries = Vec::with_capacity(bundle.len());
    for (index, entry) in bundle.iter() {
        leaves.push(Hash::leaf(entry));
        let entry = if entry.starts_with(LARGE_HEAD) {
            Cow::Owned(reader.whole(index, entry.to_vec()).map_err(AuditError::from)?)
        } else {
            Cow::Borrowed(entry)
        };
        entries.push((index, entry));
    }
    let count = u64::try_from(entries.len()).unwrap_or_default();
    Ok((root(&leaves), count, read(&Page { entries })?))
}

/// Computes the root of a tree (RFC 6962 §2.1) from its leaves, or from the roots of full subtrees
/// of which only the last may be less full: the whole tree splits where they do.
fn root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => Hash::EMPTY,
        [one] => *one,
        _ => {
            let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
            Hash::node(&root(left), &root(right))
        }
    }
}
