//! Verifies the tiles of hashes from the checkpoint down.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::disk::Disk;
use crate::edge::Edge;
use crate::error::Error;
use crate::finding::{Finding, Kind};
use crate::hash::{self, Hash};
use crate::merkle::{Frontier, root_over};
use crate::tile::{HEIGHT, Place, WIDTH, hashes_at, spans, width};
use crate::verify::compare::{differing, reconcile};

/// The hashes of the tree that are trusted, as far as they can be determined.
pub(crate) struct Believed {
    /// The number of entries in full bundles.
    pub(crate) base: u64,
    /// The right edge, if it fits a checkpoint.
    pub(crate) edge: Option<Edge>,
    /// The full tiles of the levels from 1 up.
    tiles: BTreeMap<(u32, u64), Vec<Hash>>,
    pub(crate) findings: Vec<Finding>,
}

/// Reads a tile of known width.
///
/// # Errors
/// The finding: the file is missing, unreadable or of another length.
pub(crate) fn read(disk: &Disk, place: Place, wide: u64) -> Result<Vec<Hash>, Kind> {
    let bytes = disk.read(&place.path_of(wide)).map_err(|e| unreadable(&e))?;
    let expected = wide * Hash::BYTES as u64;
    if bytes.len() as u64 != expected {
        return Err(Kind::Length { found: bytes.len() as u64, expected });
    }
    Ok(hash::hashes(&bytes))
}

/// The unfilled tiles of the levels from 1 up, in a log with `base` entries in full bundles.
pub(crate) fn read_edge(disk: &Disk, base: u64) -> Vec<Result<Vec<Hash>, Kind>> {
    let tile = |level| match width(base, level) {
        0 => Ok(Vec::new()),
        wide => read(disk, Place::Hashes(level, hashes_at(base, level + 1)), wide),
    };
    (1..8).take_while(|level| hashes_at(base, *level) > 0).map(tile).collect()
}

/// Kind of the finding on a file that cannot be read.
pub(crate) fn unreadable(error: &Error) -> Kind {
    match error {
        Error::Io { source, .. } | Error::ReadOnly { source, .. } if !error.is_not_found() => {
            Kind::Unreadable(source.to_string())
        }
        _ => Kind::Missing,
    }
}

impl Believed {
    /// Determines the trusted hashes of a log with `base` entries in full bundles. The first
    /// `start` bundles are not looked at. `fits` says whether a frontier is that of the log.
    pub(crate) fn find(
        disk: &Disk,
        base: u64,
        start: u64,
        stored: &[Result<Vec<Hash>, Kind>],
        fits: impl Fn(&Frontier) -> bool,
    ) -> Self {
        let mut believed = Self { base, edge: None, tiles: BTreeMap::new(), findings: Vec::new() };
        believed.settle_edge(disk, stored, fits);
        for level in (1..8).rev() {
            let full = hashes_at(base, level + 1);
            let first = hashes_at(start, level);
            for index in first..full {
                believed.settle(disk, level, index);
            }
        }
        believed
    }

    fn settle_edge(
        &mut self,
        disk: &Disk,
        stored: &[Result<Vec<Hash>, Kind>],
        fits: impl Fn(&Frontier) -> bool,
    ) {
        let base = self.base;
        let fits = |edge: &Edge| fits(&edge.frontier(base));
        let whole: Option<Vec<Vec<Hash>>> = stored.iter().map(|level| level.clone().ok()).collect();
        let sound = whole.map(Edge::new).filter(|edge| fits(edge));
        if sound.is_some() {
            self.edge = sound;
            return;
        }
        // The tiles just below; then the lowest tiles and the entries, which may be sounder.
        let levels = || (1..).zip(stored);
        let below: Vec<Vec<Hash>> = levels().map(|(l, _)| self.computed(disk, l, l - 1)).collect();
        let or_below = stored.iter().zip(&below).map(|(s, b)| s.as_ref().unwrap_or(b));
        let as_stored: Vec<Hash> = or_below.flatten().copied().collect();
        let below: Vec<Hash> = below.iter().flatten().copied().collect();
        let fits = |flat: &[Hash]| fits(&self.divided(flat));
        let found = reconcile(Some(&as_stored), Some(&below), fits).or_else(|| {
            let lowest = |(level, _)| match level {
                1 => self.end(1).map(|bundle| of_entries(disk, bundle)).collect(),
                _ => self.computed(disk, level, 0),
            };
            let lowest: Vec<Hash> = levels().flat_map(lowest).collect();
            reconcile(Some(&as_stored), Some(&lowest), fits)
                .or_else(|| reconcile(Some(&below), Some(&lowest), fits))
        });
        self.edge = found.map(|flat| self.divided(&flat));
        let edge = self.edge.clone();
        for (level, stored) in (1..).zip(stored) {
            let tile = hashes_at(base, level + 1);
            let place = Place::Hashes(level, tile);
            let path = place.path_of(width(base, level));
            let logged = edge.as_ref().map(|edge| edge.level(level));
            match (stored, logged) {
                (Err(kind), _) => {
                    let all = entries_under(level, tile * WIDTH..tile * WIDTH + WIDTH, base);
                    self.findings.push(Finding::new(path, all, kind.clone()));
                }
                (Ok(stored), Some(logged)) => self.wrong(place, stored, logged, &Kind::Hashes),
                (Ok(_), None) => {
                    self.findings.push(Finding::new(path, 0..base, Kind::Misfit));
                }
            }
        }
    }

    /// The hashes of the unfilled tile of a level, from the full tiles of a level below it.
    fn computed(&self, disk: &Disk, level: u32, from: u32) -> Vec<Hash> {
        self.end(level).map(|index| above(disk, level, index, from)).collect()
    }

    /// The indices of the hashes of the unfilled tile of a level.
    fn end(&self, level: u32) -> Range<u64> {
        let end = hashes_at(self.base, level);
        end - width(self.base, level)..end
    }

    /// The edge with these hashes, level after level.
    fn divided(&self, flat: &[Hash]) -> Edge {
        let mut rest = flat;
        let mut levels = Vec::new();
        for level in (1..8).take_while(|level| hashes_at(self.base, *level) > 0) {
            let wide = usize::try_from(width(self.base, level)).unwrap_or(0).min(rest.len());
            let (hashes, after) = rest.split_at(wide);
            levels.push(hashes.to_vec());
            rest = after;
        }
        Edge::new(levels)
    }

    /// The root that a full tile should have; `None` if it is not known.
    pub(crate) fn expected(&self, level: u32, index: u64) -> Option<Hash> {
        let (above, place) = (index / WIDTH, usize::try_from(index % WIDTH).ok()?);
        if let Some(tile) = self.tiles.get(&(level + 1, above)) {
            return tile.get(place).copied();
        }
        let full = hashes_at(self.base, level + 2);
        if above < full { None } else { self.edge.as_ref()?.level(level + 1).get(place).copied() }
    }

    /// The index of the full tile of level 0 that should have this root.
    pub(crate) fn bundle_of(&self, root: &Hash) -> Option<u64> {
        let tiles = self.tiles.iter().filter(|((level, _), _)| *level == 1);
        let edge = self.edge.as_ref().map(|edge| (self.base / WIDTH / WIDTH, edge.level(1)));
        let all = tiles.map(|((_, index), hashes)| (*index, hashes.as_slice())).chain(edge);
        all.filter_map(|(index, hashes)| {
            let place = hashes.iter().position(|hash| hash == root)?;
            Some(index * WIDTH + place as u64)
        })
        .next()
    }

    /// Determines the content of a full tile of level 1 or higher.
    fn settle(&mut self, disk: &Disk, level: u32, index: u64) {
        let place = Place::Hashes(level, index);
        let expected = self.expected(level, index);
        let stored = read(disk, place, WIDTH);
        let fits = |hashes: &[Hash]| Some(root_over(hashes)) == expected;
        if let Ok(hashes) = &stored
            && fits(hashes)
        {
            self.tiles.insert((level, index), hashes.clone());
            return;
        }
        let below: Vec<Hash> = (index * WIDTH..(index + 1) * WIDTH)
            .map(|child| above(disk, level, child, level - 1))
            .collect();
        if let (Ok(stored), None) = (&stored, expected) {
            // Nothing says which of them is right.
            self.wrong(place, stored, &below, &Kind::Misfit);
            self.tiles.insert((level, index), stored.clone());
            return;
        }
        let mut logged = reconcile(stored.as_deref().ok(), Some(&below), fits);
        if let (Ok(stored), None, 1) = (&stored, &logged, level) {
            // Where a hash and its tile are both in doubt, the entries decide.
            let mut entries = below.clone();
            for place in differing(stored, &below).into_iter().flatten() {
                if let Some(hash) = entries.get_mut(place) {
                    *hash = of_entries(disk, index * WIDTH + place as u64);
                }
            }
            logged = reconcile(Some(stored), Some(&entries), fits);
        }
        let all = || entries_under(level, index * WIDTH..(index + 1) * WIDTH, self.base);
        match (&stored, &logged) {
            (Err(kind), _) => {
                self.findings.push(Finding::new(place.path(), all(), kind.clone()));
            }
            (Ok(stored), Some(logged)) => self.wrong(place, stored, logged, &Kind::Hashes),
            (Ok(_), None) => {
                self.findings.push(Finding::new(place.path(), all(), Kind::Misfit));
            }
        }
        if let Some(logged) = logged {
            self.tiles.insert((level, index), logged);
        }
    }

    /// Reports the hashes of a tile that are not what they should be.
    fn wrong(&mut self, place: Place, stored: &[Hash], logged: &[Hash], kind: &Kind) {
        let Place::Hashes(level, index) = place else { return };
        let path = place.path_of(stored.len() as u64);
        for range in differing(stored, logged) {
            let hashes = index * WIDTH + range.start as u64..index * WIDTH + range.end as u64;
            let entries = entries_under(level, hashes, self.base);
            self.findings.push(Finding::new(path.as_str(), entries, kind.clone()));
        }
    }
}

/// A hash of a level, computed from the full tiles of a level below.
fn above(disk: &Disk, level: u32, index: u64, from: u32) -> Hash {
    if level == from + 1 {
        return read(disk, Place::Hashes(from, index), WIDTH)
            .map_or(Hash::EMPTY, |h| root_over(&h));
    }
    let children = index * WIDTH..(index + 1) * WIDTH;
    root_over(&children.map(|child| above(disk, level - 1, child, from)).collect::<Vec<_>>())
}

/// The root over the entries of a bundle.
fn of_entries(disk: &Disk, bundle: u64) -> Hash {
    let bytes = disk.read(&Place::Entries(bundle).path()).unwrap_or_default();
    let (spans, _) = spans(&bytes);
    let leaf = |span: Range<usize>| Hash::leaf(bytes.get(span).unwrap_or_default());
    root_over(&spans.into_iter().map(leaf).collect::<Vec<_>>())
}

/// The entries under hashes of a level, in a log of `size` entries.
fn entries_under(level: u32, hashes: Range<u64>, size: u64) -> Range<u64> {
    let index = |hash: u64| hash.saturating_mul(1 << (HEIGHT * level)).min(size);
    index(hashes.start)..index(hashes.end)
}
