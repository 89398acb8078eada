//! Reading a log: its entries and proofs about them.

use std::ops::Range;
use std::path::Path;

use crate::checkpoint::{Checkpoint, Trust};
use crate::disk::{Disk, TAIL};
use crate::edge;
use crate::error::Error;
use crate::hash::Hash;
use crate::merkle;
use crate::proof::Proof;
use crate::tail::{self, Tail};
use crate::tile::{Bundle, Place, WIDTH};
use crate::tree::Tree;

/// A log as it was at one moment. Entries that are appended later, or half-written, are not seen.
/// It changes nothing in the directory, and threads can share it.
pub struct Reader {
    disk: Disk,
    checkpoint: Checkpoint,
    /// The index of the first entry that is in memory.
    base: u64,
    /// The entries from there on, in the bytes of a bundle.
    tail: Vec<u8>,
    tree: Tree,
}

impl Reader {
    /// Opens a log for reading. Only its last entries, fewer than 257, are checked against the
    /// checkpoint; [`verify`](crate::verify()) checks the rest.
    ///
    /// # Errors
    /// [`Error::NoLog`], [`Error::Damaged`] if the log is damaged at the end, or it cannot be read.
    pub fn open(directory: &Path, trust: &Trust) -> Result<Self, Error> {
        let disk = Disk::new(directory, false);
        let lock = disk.lock_shared()?;
        let bytes = disk.read_if_any(TAIL)?;
        let bytes = bytes.ok_or_else(|| Error::NoLog(directory.display().to_string()))?;
        let (base, end) = tail::first(&bytes, trust)?;
        let edge = edge::load(&disk, base.size(), base.root())?;
        let frontier = edge.frontier(base.size());
        let mut tail = Tail::new(base, end, frontier);
        tail.follow(bytes.get(end..).unwrap_or_default(), trust)?;
        // A writer that was stopped may not have synced what is read here, and what is shown to
        // anyone must last. If it fails, the disk may be read-only, which keeps what it has.
        drop(disk.sync_for_reading(TAIL));
        drop(lock);
        let tree = Tree::new(disk.clone(), tail.base, tail.leaves, edge);
        Ok(Self { disk, checkpoint: tail.last, base: tail.base, tail: tail.bundle, tree })
    }

    /// The number of entries.
    pub fn size(&self) -> u64 {
        self.checkpoint.size()
    }

    /// The checkpoint that covers them.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The number of bundles, the last of which may not be full. Bundle `n` has the entries from
    /// `256 * n` on.
    pub fn bundles(&self) -> u64 {
        self.size().div_ceil(WIDTH)
    }

    /// A bundle, read whole. Bundles can be read by several threads at once.
    ///
    /// # Errors
    /// [`Error::NoEntry`] if there is no bundle of this number, [`Error::Damaged`] if it has not as
    /// many whole entries as it should, or it cannot be read. Their hashes are not checked.
    pub fn bundle(&self, number: u64) -> Result<Bundle, Error> {
        let first = number.saturating_mul(WIDTH);
        if first >= self.size() {
            return Err(Error::NoEntry { index: first, size: self.size() });
        }
        let place = Place::Entries(number);
        let in_memory = first >= self.base;
        let bytes = if in_memory { self.tail.clone() } else { self.disk.read(&place.path())? };
        let file = || if in_memory { TAIL.to_owned() } else { place.path() };
        let bundle = Bundle::parse(first, bytes)
            .map_err(|at| Error::damaged(file(), format!("no whole entry at byte {at}")))?;
        let many = WIDTH.min(self.size() - first);
        if bundle.len() as u64 != many {
            let fact = format!("it has {} entries, not {many}", bundle.len());
            return Err(Error::damaged(file(), fact));
        }
        Ok(bundle)
    }

    /// The entries of a range of indices, one bundle in memory at a time. The part of the range
    /// that is past the last entry is left out.
    pub fn entries(&self, range: Range<u64>) -> Entries<'_> {
        let end = range.end.min(self.size());
        Entries { reader: self, next: range.start, end, bundle: None }
    }

    /// One entry.
    ///
    /// # Errors
    /// [`Error::NoEntry`] if there is no entry of this index, or as [`Reader::bundle`].
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, Error> {
        let none = Error::NoEntry { index, size: self.size() };
        if index >= self.size() {
            return Err(none);
        }
        let bundle = self.bundle(index / WIDTH)?;
        let place = usize::try_from(index % WIDTH).unwrap_or(usize::MAX);
        bundle.get(place).map(<[u8]>::to_vec).ok_or(none)
    }

    /// The proof that an entry is in the log, under the log's last checkpoint. It is checked
    /// before it is given out.
    ///
    /// # Errors
    /// [`Error::NoEntry`], or [`Error::Damaged`] if the tiles, the entry and the checkpoint do not
    /// fit together.
    pub fn prove(&self, index: u64) -> Result<Proof, Error> {
        let size = self.size();
        let entry = self.entry(index)?;
        let path = merkle::inclusion(&self.tree, index, size)?;
        let root = self.checkpoint.root();
        if !merkle::verify_inclusion(&Hash::leaf(&entry), index, size, &path, &root) {
            let place = Place::Entries(index / WIDTH).path();
            return Err(Error::damaged(
                place,
                format!("entry {index} does not fit the checkpoint"),
            ));
        }
        Ok(Proof::new(index, path, self.checkpoint.note().to_owned()))
    }

    /// The proof that the log continues an older tree, for
    /// [`verify_consistency`](crate::verify_consistency) against the last checkpoint.
    ///
    /// # Errors
    /// [`Error::RolledBack`] if the log has fewer entries, or its tiles cannot be read.
    pub fn prove_consistency(&self, old: u64) -> Result<Vec<Hash>, Error> {
        let size = self.size();
        if old > size {
            return Err(Error::RolledBack { known: old, found: size });
        }
        merkle::consistency(&self.tree, old, size)
    }

    /// The root of the tree of the first entries.
    ///
    /// # Errors
    /// [`Error::NoEntry`] if the log has fewer entries, or its tiles cannot be read.
    pub fn root(&self, size: u64) -> Result<Hash, Error> {
        if size > self.size() {
            return Err(Error::NoEntry { index: size, size: self.size() });
        }
        merkle::root(&self.tree, 0, size)
    }
}

impl Reader {
    /// The tree of all entries, from which a copy of the log goes on.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the tiles do not fit the checkpoint, or they cannot be read.
    pub fn frontier(&self) -> Result<merkle::Frontier, Error> {
        let frontier = merkle::frontier(&self.tree, self.size())?;
        if frontier.root() != self.checkpoint.root() {
            return Err(Error::damaged("tile", "the tiles do not fit the checkpoint"));
        }
        Ok(frontier)
    }
}

/// Entries of a log, one after the other.
pub struct Entries<'a> {
    reader: &'a Reader,
    next: u64,
    end: u64,
    bundle: Option<Bundle>,
}

impl Iterator for Entries<'_> {
    type Item = Result<(u64, Vec<u8>), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let (index, number) = (self.next, self.next / WIDTH);
        self.next += 1;
        let bundle = match self.bundle.take().filter(|bundle| bundle.first() == number * WIDTH) {
            Some(bundle) => Ok(bundle),
            None => self.reader.bundle(number),
        };
        let bundle = match bundle {
            Ok(bundle) => self.bundle.insert(bundle),
            Err(e) => {
                // Nothing more can be read of this bundle; the next may be whole.
                self.next = (number + 1) * WIDTH;
                return Some(Err(e));
            }
        };
        let place = usize::try_from(index % WIDTH).unwrap_or(usize::MAX);
        bundle.get(place).map(|entry| Ok((index, entry.to_vec())))
    }
}
