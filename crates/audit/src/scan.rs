//! Reads a whole log once, from its end, on all cores and in bounded memory.

use std::borrow::Cow;

use mustcheck_log::Hash;
use rayon::prelude::*;

use crate::source::{AuditError, Source};
use mustcheck_evidence::journal::LARGE_HEAD;

/// Bundles that each core has in work at once: 256 entries each, at most 16 MB.
const PER_CORE: usize = 8;

/// Up to 256 entries, the first first; each is whole.
pub(crate) struct Page<'a> {
    entries: Vec<(u64, Cow<'a, [u8]>)>,
}

impl Page<'_> {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.entries.iter().map(|(index, entry)| (*index, &**entry))
    }
}

/// What is told while a log is read: how many entries more were read.
pub type Progress<'a> = &'a (dyn Fn(u64) + Sync);

/// Reads every page on any core, and takes what was read of each on one, the last page first.
///
/// What was taken is of exactly the entries that the log's checkpoint is signed for, or there is
/// an error; so nothing may be given out before this returns.
pub(crate) fn backwards<T: Send, E: From<AuditError> + Send>(
    source: &Source,
    read: impl Fn(&Page<'_>) -> Result<T, E> + Sync,
    take: impl FnMut(T) -> Result<(), E> + Send,
    progress: Progress<'_>,
) -> Result<(), E> {
    match roots(source, read, take, progress) {
        Ok(roots) => Ok(source.hold_against_checkpoint(root(&roots))?),
        // What cannot be read may be what somebody changed, and then that is to be said.
        Err(error) => Err(source.damage().map_or(error, E::from)),
    }
}

/// The roots over the bundles, the first first.
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

/// One page: the root over its entries, their number, and what was read of them.
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

/// The root of a tree (RFC 6962 §2.1) of these leaves, or of the full trees with these roots, of
/// which the last may be less full: the whole splits where theirs do.
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
