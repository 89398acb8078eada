//! The hashes of a log at one size: tiles on the disk, and the right edge in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::disk::Disk;
use crate::edge::{self, Edge};
use crate::error::Error;
use crate::hash::Hash;
use crate::merkle::{Nodes, root_over};
use crate::tile::{HEIGHT, Place, WIDTH, hashes_at};

/// Tiles kept in memory, 8 KiB each.
const KEPT: usize = 256;

/// The tree of a log, from which proofs are made.
pub(crate) struct Tree {
    disk: Disk,
    size: u64,
    leaves: Vec<Hash>,
    edge: Edge,
    /// Full tiles that are not on the disk yet.
    pending: BTreeMap<Place, Arc<Vec<Hash>>>,
    read: Mutex<BTreeMap<Place, Arc<Vec<Hash>>>>,
}

impl Tree {
    /// The tree of `base` entries in full bundles, and of the leaves after them, 256 at most.
    pub(crate) fn new(disk: Disk, base: u64, mut leaves: Vec<Hash>, mut edge: Edge) -> Self {
        let mut pending = BTreeMap::new();
        let size = base + leaves.len() as u64;
        if leaves.len() as u64 == WIDTH {
            for (level, hashes) in edge.push(root_over(&leaves)) {
                let place = Place::Hashes(level, hashes_at(size, level + 1) - 1);
                pending.insert(place, Arc::new(hashes));
            }
            let place = Place::Hashes(0, base / WIDTH);
            pending.insert(place, Arc::new(std::mem::take(&mut leaves)));
        }
        Self { disk, size, leaves, edge, pending, read: Mutex::default() }
    }

    fn full(&self, place: Place) -> Result<Arc<Vec<Hash>>, Error> {
        if let Some(hashes) = self.pending.get(&place) {
            return Ok(Arc::clone(hashes));
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hashes) = read.get(&place) {
            return Ok(Arc::clone(hashes));
        }
        let hashes = Arc::new(edge::tile(&self.disk, place, WIDTH)?);
        if read.len() >= KEPT {
            read.clear();
        }
        read.insert(place, Arc::clone(&hashes));
        Ok(hashes)
    }
}

impl Nodes for Tree {
    fn node(&self, height: u32, index: u64) -> Result<Hash, Error> {
        let (level, within) = (height / HEIGHT, height % HEIGHT);
        let first = index << within;
        let place = Place::Hashes(level, first / WIDTH);
        let full = hashes_at(self.size, level + 1);
        let tile;
        let hashes: &[Hash] = if first / WIDTH < full {
            tile = self.full(place)?;
            &tile
        } else if level == 0 {
            &self.leaves
        } else {
            self.edge.level(level)
        };
        let start = usize::try_from(first % WIDTH).unwrap_or(usize::MAX);
        let part = start.checked_add(1 << within).and_then(|end| hashes.get(start..end));
        part.map(root_over).ok_or_else(|| Error::damaged(place.path(), "it has too few hashes"))
    }
}
