//! Verifies the full bundles against the tiles of level 0, on all cores.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::disk::Disk;
use crate::finding::{Finding, Kind};
use crate::hash::Hash;
use crate::merkle::root_over;
use crate::tile::{self, Place, WIDTH};
use crate::verify::Progress;
use crate::verify::compare::{differences, differing};
use crate::verify::tiles::{Believed, read, unreadable};

/// Number of bundles that a thread takes at a time.
const TAKEN: u64 = 16;

/// Verifies the bundles of a range.
pub(crate) fn verify(
    disk: &Disk,
    bundles: Range<u64>,
    believed: &Believed,
    threads: usize,
    progress: &(dyn Fn(Progress) + Sync),
) -> Vec<Finding> {
    let next = AtomicU64::new(bundles.start);
    let done = AtomicU64::new(0);
    let total = (bundles.end - bundles.start) * WIDTH;
    let findings = Mutex::new(Vec::new());
    let work = || {
        let mut found = Vec::new();
        loop {
            let first = next.fetch_add(TAKEN, Ordering::Relaxed);
            if first >= bundles.end {
                break;
            }
            let last = (first + TAKEN).min(bundles.end);
            for number in first..last {
                verify_one(disk, number, believed, &mut found);
            }
            let more = (last - first) * WIDTH;
            let done = done.fetch_add(more, Ordering::Relaxed) + more;
            progress(Progress { done, total });
        }
        findings.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    findings.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Content of a bundle's file.
struct BundleContent {
    hashes: Vec<Hash>,
    /// Offset of the first entry that is not whole.
    broken: Option<u64>,
}

fn held(disk: &Disk, place: Place) -> Result<BundleContent, Kind> {
    let bytes = disk.read(&place.path()).map_err(|e| unreadable(&e))?;
    let (spans, broken) = tile::spans(&bytes);
    let entry = |span: Range<usize>| Hash::leaf(bytes.get(span).unwrap_or_default());
    let hashes = spans.into_iter().map(entry).collect();
    Ok(BundleContent { hashes, broken: broken.map(|byte| byte as u64) })
}

fn verify_one(disk: &Disk, number: u64, believed: &Believed, found: &mut Vec<Finding>) {
    let (place, tile) = (Place::Entries(number), Place::Hashes(0, number));
    let first = number * WIDTH;
    let all = first..first + WIDTH;
    let expected = believed.expected(0, number);
    let held = held(disk, place);
    let stored = read(disk, tile, WIDTH);
    let fits = |hashes: &[Hash]| Some(root_over(hashes)) == expected;
    if let (Ok(held), Ok(stored)) = (&held, &stored)
        && held.broken.is_none()
        && held.hashes == *stored
        && (fits(stored) || expected.is_none())
    {
        return;
    }
    let mut find = |place: Place, entries: Range<u64>, kind: Kind| {
        found.push(Finding::new(place.path(), entries, kind));
    };
    let entries_fit = held.as_ref().is_ok_and(|held| {
        held.broken.is_none() && held.hashes.len() as u64 == WIDTH && fits(&held.hashes)
    });
    let stored_fits = stored.as_ref().is_ok_and(|stored| fits(stored));
    match (&stored, &held) {
        (Err(kind), _) => find(tile, all.clone(), kind.clone()),
        (Ok(stored), Ok(held)) if entries_fit => {
            for range in differing(stored, &held.hashes) {
                let entries = first + range.start as u64..first + range.end as u64;
                find(tile, entries, Kind::Hashes);
            }
        }
        (Ok(_), _) if stored_fits || expected.is_none() => {}
        (Ok(stored), _) => find(tile, all.clone(), replaced(stored, believed)),
    }
    match (&held, &stored) {
        (Err(kind), _) => find(place, all, kind.clone()),
        _ if entries_fit => {}
        (Ok(held), Ok(stored)) if stored_fits || expected.is_none() => {
            let start = find_broken(held, first, |entries, kind| find(place, entries, kind));
            for (entries, kind) in differences(&held.hashes, stored, first) {
                let kind = if stored_fits { kind } else { Kind::Misfit };
                if entries.start < start {
                    find(place, entries.start..entries.end.min(start), kind);
                }
            }
        }
        (Ok(held), _) => {
            find_broken(held, first, |entries, kind| find(place, entries, kind));
            find(place, all, replaced(&held.hashes, believed));
        }
    }
}

/// Reports that the bundle is broken from an entry on. Returns the index of that entry, or
/// [`u64::MAX`] if it is not broken.
fn find_broken(held: &BundleContent, first: u64, find: impl FnOnce(Range<u64>, Kind)) -> u64 {
    let Some(byte) = held.broken else { return u64::MAX };
    let from = (first + held.hashes.len() as u64).min(first + WIDTH - 1);
    find(from..first + WIDTH, Kind::Broken { byte });
    from
}

/// Kind of the fault where hashes do not fit their place: moved from another, or a misfit.
fn replaced(hashes: &[Hash], believed: &Believed) -> Kind {
    match believed.bundle_of(&root_over(hashes)) {
        Some(number) => Kind::Moved { from: number * WIDTH },
        None => Kind::Misfit,
    }
}
