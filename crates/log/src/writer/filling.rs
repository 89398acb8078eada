//! Full bundles on their way to their final files, from the journal or without it.

use crate::disk::{self, CHECKPOINT, Changed, TAIL};
use crate::edge::Edge;
use crate::error::Error;
use crate::hash;
use crate::merkle::root_over;
use crate::tail::{self, Tail};
use crate::tile::{Place, WIDTH, hashes_at};
use crate::writer::{Leaf, State, Writer, add};

/// Full bundles on their way to the disk.
pub(crate) struct Filling {
    /// Number of entries before them.
    from: u64,
    tail: Tail,
    edge: Edge,
    /// The changes that are still to be synced.
    changed: Changed,
    /// The full tiles, whose partial tiles are no longer needed.
    full: Vec<Place>,
}

impl Filling {
    fn new(State { tail, edge, .. }: State) -> Self {
        let (changed, full) = (Changed::default(), Vec::new());
        Self { from: tail.base, tail, edge, changed, full }
    }

    /// Number of entries in them.
    pub(crate) fn entries(&self) -> u64 {
        self.tail.base - self.from
    }
}

impl Writer {
    /// Begins to append whole bundles without the journal, which is empty. None of them counts
    /// before `finish`.
    pub(crate) fn begin(&mut self) -> Result<Filling, Error> {
        Ok(Filling::new(self.current()?))
    }

    /// Writes a bundle of 256 entries.
    pub(crate) fn fill(&self, filling: &mut Filling, batch: &[Leaf<'_>]) -> Result<(), Error> {
        add(&mut filling.tail, batch)?;
        self.put_full(filling)
    }

    /// Makes the bundles count.
    pub(crate) fn finish(&mut self, mut filling: Filling) -> Result<(), Error> {
        filling.tail.last = self.sign(&filling.tail);
        if let Some(state) = self.begin_journal(filling)? {
            self.keep(state);
        }
        Ok(())
    }

    /// Writes the full journal as a bundle and tiles, then begins a new one.
    pub(super) fn roll(&mut self, state: State) -> Result<State, Error> {
        let mut filling = Filling::new(state);
        self.put_full(&mut filling)?;
        match self.begin_journal(filling)? {
            Some(state) => Ok(state),
            None => self.load(),
        }
    }

    /// Writes the entries of a full tail as a bundle, and the tiles that they fill.
    fn put_full(&self, filling: &mut Filling) -> Result<(), Error> {
        let Filling { tail, edge, changed, full, .. } = filling;
        let (size, index) = (tail.size(), tail.base / WIDTH);
        let (bundle, leaves) = (Place::Entries(index), Place::Hashes(0, index));
        self.disk.put(&bundle.path(), &tail.bundle, changed)?;
        self.disk.put(&leaves.path(), &hash::concatenated(&tail.leaves), changed)?;
        full.extend([bundle, leaves]);
        for (level, hashes) in edge.push(root_over(&tail.leaves)) {
            let place = Place::Hashes(level, hashes_at(size, level + 1) - 1);
            self.disk.put(&place.path(), &hash::concatenated(&hashes), changed)?;
            full.push(place);
        }
        tail.base = size;
        tail.leaves.clear();
        tail.bundle.clear();
        Ok(())
    }

    /// Begins the journal after full bundles that were written. From then on they count, if they
    /// were not in the journal before.
    ///
    /// Returns `None` if that is done but could not be published; the next read of the state
    /// publishes.
    fn begin_journal(&mut self, filling: Filling) -> Result<Option<State>, Error> {
        let Filling { from, tail, edge, mut changed, full } = filling;
        let size = tail.base;
        let grown = |level: &u32| hashes_at(size, *level) != hashes_at(from, *level);
        for level in (1..8).filter(grown) {
            let hashes = edge.level(level);
            if !hashes.is_empty() {
                let place = Place::Hashes(level, hashes_at(size, level + 1));
                let path = place.path_of(hashes.len() as u64);
                self.disk.put(&path, &hash::concatenated(hashes), &mut changed)?;
            }
        }
        self.disk.sync_folders(&mut changed)?;
        // From here on the log is read from the tiles.
        let head = tail::encode(&[], &[], tail.last.note())?;
        let put = self.disk.put(TAIL, &head, &mut changed);
        let file = put.and_then(|file| self.disk.sync_folders(&mut changed).map(|()| file));
        let file = file.map_err(|failed| self.begun_or_not(from, failed))?;
        let metadata = file.metadata().map_err(|e| Error::io("read", TAIL, e));
        let publish = || {
            let mut changed = Changed::default();
            self.disk.put(CHECKPOINT, tail.last.note().as_bytes(), &mut changed)?;
            self.disk.sync_folders(&mut changed)?;
            full.iter().try_for_each(|place| self.disk.remove(&format!("{}.p", place.path())))
        };
        let (Ok(metadata), Ok(())) = (metadata, publish()) else { return Ok(None) };
        let identity = disk::identity(&metadata);
        let tail = Tail::new(tail.last, head.len(), tail.frontier);
        Ok(Some(State { file, identity, tail, edge }))
    }

    /// The error of beginning the journal after `from` entries: [`Error::Unsettled`] unless the old
    /// journal is still in place.
    fn begun_or_not(&mut self, from: u64, failed: Error) -> Error {
        let first = self.disk.read(TAIL).and_then(|bytes| tail::first(&bytes, &self.trust));
        if first.is_ok_and(|(base, _)| base.size() == from) {
            return failed;
        }
        self.doubtful = true;
        Error::Unsettled(Box::new(failed))
    }
}
