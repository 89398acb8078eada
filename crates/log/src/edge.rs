//! The right edge of the tree: the tiles of every level that are not full yet.

use crate::disk::Disk;
use crate::error::Error;
use crate::hash::{self, Hash};
use crate::merkle::{Frontier, peaks_over, root_over};
use crate::tile::{Place, WIDTH, hashes_at, width};

/// The hashes of the unfilled tiles of the levels from 1 up, in a tree of whole bundles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edge {
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    pub(crate) fn new(levels: Vec<Vec<Hash>>) -> Self {
        Self { levels }
    }

    /// The hashes of one level.
    pub(crate) fn level(&self, level: u32) -> &[Hash] {
        let level = usize::try_from(level).ok().and_then(|level| level.checked_sub(1));
        level.and_then(|level| self.levels.get(level)).map_or(&[], Vec::as_slice)
    }

    /// The frontier of the tree of `size` leaves, a multiple of 256.
    pub(crate) fn frontier(&self, size: u64) -> Frontier {
        let peaks = self.levels.iter().rev().flat_map(|hashes| peaks_over(hashes)).collect();
        Frontier::new(size, peaks)
    }

    /// Adds the root of one more full tile of level 0. Returns the tiles that it fills, as level
    /// and hashes, to be written as full tiles.
    pub(crate) fn push(&mut self, root: Hash) -> Vec<(u32, Vec<Hash>)> {
        let mut filled = Vec::new();
        let mut root = root;
        for level in 1.. {
            let place = filled.len();
            if self.levels.len() == place {
                self.levels.push(Vec::new());
            }
            let Some(hashes) = self.levels.get_mut(place) else { break };
            hashes.push(root);
            if (hashes.len() as u64) < WIDTH {
                break;
            }
            root = root_over(hashes);
            filled.push((level, std::mem::take(hashes)));
        }
        filled
    }
}

/// The edge of the tree of the first `size` leaves, a multiple of 256, whose root is known.
///
/// It is read from the unfilled tiles, or if these do not fit the root, computed from the full
/// tiles below them.
pub(crate) fn load(disk: &Disk, size: u64, root: Hash) -> Result<Edge, Error> {
    for source in [stored, computed] {
        match source(disk, size) {
            Ok(edge) if edge.frontier(size).root() == root => return Ok(edge),
            Ok(_) => {}
            Err(e @ (Error::Damaged { .. } | Error::Io { .. })) => drop(e),
            Err(e) => return Err(e),
        }
    }
    Err(Error::damaged("tile", format!("the tiles do not fit the checkpoint of {size} entries")))
}

fn levels_of(size: u64) -> impl Iterator<Item = u32> {
    (1..8).take_while(move |level| hashes_at(size, *level) > 0)
}

fn stored(disk: &Disk, size: u64) -> Result<Edge, Error> {
    let level = |level| match width(size, level) {
        0 => Ok(Vec::new()),
        wide => tile(disk, Place::Hashes(level, hashes_at(size, level + 1)), wide),
    };
    Ok(Edge { levels: levels_of(size).map(level).collect::<Result<_, _>>()? })
}

fn computed(disk: &Disk, size: u64) -> Result<Edge, Error> {
    let level = |level| {
        let end = hashes_at(size, level);
        (end - width(size, level)..end)
            .map(|index| Ok(root_over(&tile(disk, Place::Hashes(level - 1, index), WIDTH)?)))
            .collect::<Result<Vec<_>, Error>>()
    };
    Ok(Edge { levels: levels_of(size).map(level).collect::<Result<_, _>>()? })
}

/// The hashes of a tile of known width.
pub(crate) fn tile(disk: &Disk, place: Place, width: u64) -> Result<Vec<Hash>, Error> {
    let path = place.path_of(width);
    let bytes = disk.read(&path)?;
    if bytes.len() as u64 != width * Hash::BYTES as u64 {
        return Err(Error::damaged(path, format!("it has {} bytes", bytes.len())));
    }
    Ok(hash::hashes(&bytes))
}
