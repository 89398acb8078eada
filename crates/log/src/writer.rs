//! The writer: it appends while it holds the lock, so there is one at a time. Each step leaves a
//! directory that reads as the log before the step or after it, wherever it is interrupted.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom};

use crate::checkpoint::{Checkpoint, Trust};
use crate::disk::{self, CHECKPOINT, Changed, Disk, TAIL, TORN};
use crate::edge::{self, Edge};
use crate::error::Error;
use crate::hash::{self, Hash};
use crate::merkle;
use crate::note::SignerKey;
use crate::tail::{self, Rest, Tail};
use crate::tile::{self, Place, WIDTH, hashes_at};
use crate::tree::Tree;

mod filling;

/// An entry and the hash of its leaf.
pub(crate) struct Leaf<'a> {
    entry: &'a [u8],
    hash: Hash,
}

impl<'a> Leaf<'a> {
    pub(crate) fn new(entry: &'a [u8], hash: Hash) -> Self {
        Self { entry, hash }
    }

    pub(crate) fn of(entry: &'a [u8]) -> Self {
        Self { entry, hash: Hash::leaf(entry) }
    }
}

/// State of the directory as this writer last saw it, valid as long as nothing failed.
struct State {
    file: File,
    identity: Option<(u64, u64)>,
    tail: Tail,
    edge: Edge,
}

/// Adds the entries to the tree. Returns them in the bytes of a bundle.
fn add(tail: &mut Tail, batch: &[Leaf<'_>]) -> Result<Vec<u8>, Error> {
    let mut entries = Vec::new();
    for leaf in batch {
        tile::put(&mut entries, leaf.entry)?;
        tail.leaves.push(leaf.hash);
        tail.frontier.push(leaf.hash);
    }
    tail.bundle.extend(&entries);
    Ok(entries)
}

/// Appends to a log. The caller of every method but `new` holds the lock.
pub(crate) struct Writer {
    disk: Disk,
    trust: Trust,
    signer: SignerKey,
    state: Option<State>,
    /// The last tree that this writer saw; the log may only grow from it.
    known: Option<(u64, Hash)>,
    /// Whether the disk may lack a part of the journal that can be read.
    doubtful: bool,
}

impl Writer {
    pub(crate) fn new(disk: Disk, trust: Trust, signer: SignerKey) -> Self {
        Self { disk, trust, signer, state: None, known: None, doubtful: false }
    }

    /// Makes an empty log.
    pub(crate) fn create(&mut self) -> Result<(), Error> {
        let published = self.disk.read_if_any(CHECKPOINT)?;
        let begun = published.is_some_and(|note| {
            Checkpoint::open(&note, &self.trust).is_ok_and(|signed| signed.size() == 0)
        });
        let exists = self.disk.exists(TAIL)? || self.disk.exists("tile")?;
        if exists || (self.disk.exists(CHECKPOINT)? && !begun) {
            return Err(Error::Exists(self.disk.root().display().to_string()));
        }
        let empty = Checkpoint::sign(self.trust.origin(), 0, Hash::EMPTY, &self.signer);
        let mut changed = Changed::default();
        self.disk.put(CHECKPOINT, empty.note().as_bytes(), &mut changed)?;
        self.disk.sync_folders(&mut changed)?;
        self.disk.put(TAIL, &tail::encode(&[], &[], empty.note())?, &mut changed)?;
        self.disk.sync_folders(&mut changed)
    }

    /// Reads what other writers appended, and makes room for one entry at least.
    ///
    /// Returns the number of entries that fit into the next batch.
    pub(crate) fn enter(&mut self) -> Result<usize, Error> {
        let mut state = self.current()?;
        if state.tail.is_full() {
            state = self.roll(state)?;
        }
        let room = usize::try_from(WIDTH).unwrap_or(0) - state.tail.leaves.len();
        self.keep(state);
        Ok(room)
    }

    /// The last checkpoint, which is synced first: another process may have been stopped before the
    /// disk had what is read here.
    pub(crate) fn last(&mut self) -> Result<Checkpoint, Error> {
        let state = self.current()?;
        self.disk.sync(&state.file, TAIL).map_err(|e| Error::io("sync", TAIL, e))?;
        let last = state.tail.last.clone();
        self.keep(state);
        Ok(last)
    }

    fn keep(&mut self, state: State) {
        self.known = Some((state.tail.size(), state.tail.last.root()));
        self.state = Some(state);
    }

    /// Takes the state. It is put back only if the following steps succeed.
    fn current(&mut self) -> Result<State, Error> {
        let Some(mut state) = self.state.take() else { return self.load() };
        let metadata = fs::metadata(self.disk.at(TAIL)).map_err(|e| Error::io("read", TAIL, e))?;
        let identity = disk::identity(&metadata);
        if identity.is_none() || identity != state.identity {
            return self.load();
        }
        if metadata.len() < state.tail.end {
            return self.load();
        }
        if metadata.len() > state.tail.end {
            let bytes = disk::read_on(&mut state.file).map_err(|e| Error::io("read", TAIL, e))?;
            let rest = state.tail.follow(&bytes, &self.trust)?;
            self.settle(&mut state, rest)?;
        }
        Ok(state)
    }

    fn load(&mut self) -> Result<State, Error> {
        let file = OpenOptions::new().read(true).write(true).open(self.disk.at(TAIL));
        let mut file = file.map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Error::NoLog(self.disk.root().display().to_string()),
            _ => Error::io("open", TAIL, e),
        })?;
        let bytes = disk::read_on(&mut file).map_err(|e| Error::io("read", TAIL, e))?;
        let identity = file.metadata().map_err(|e| Error::io("read", TAIL, e))?;
        let identity = disk::identity(&identity);
        // The disk may also lack the name of the present journal.
        self.disk.sync_folders(&mut Changed::folder(""))?;
        let (base, end) = tail::first(&bytes, &self.trust)?;
        let edge = edge::load(&self.disk, base.size(), base.root())?;
        let frontier = edge.frontier(base.size());
        let mut tail = Tail::new(base.clone(), end, frontier);
        let rest = tail.follow(bytes.get(end..).unwrap_or_default(), &self.trust)?;
        let mut state = State { file, identity, tail, edge };
        self.settle(&mut state, rest)?;
        self.grown(&state)?;
        if self.doubtful {
            let end = usize::try_from(state.tail.end).unwrap_or(usize::MAX);
            let mut changed = Changed::default();
            state.file = self.disk.put(TAIL, bytes.get(..end).unwrap_or_default(), &mut changed)?;
            self.disk.sync_folders(&mut changed)?;
            state.identity =
                disk::identity(&state.file.metadata().map_err(|e| Error::io("read", TAIL, e))?);
            self.doubtful = false;
        }
        self.published(&state, &base)?;
        self.sweep(base.size())?;
        Ok(state)
    }

    /// Removes full tiles past the journal's base: a writer was stopped before they counted.
    fn sweep(&self, base: u64) -> Result<(), Error> {
        let levels = (0..8).map(|level| Place::Hashes(level, hashes_at(base, level + 1)));
        for first in levels.chain([Place::Entries(base / WIDTH)]) {
            let mut place = first;
            while self.disk.exists(&place.path())? {
                self.disk.remove_file(&place.path())?;
                place = place.next();
            }
        }
        Ok(())
    }

    /// Removes the bytes after the last batch that counts. Bytes that could have been confirmed are
    /// kept in a file of their own first.
    fn settle(&self, state: &mut State, rest: Rest) -> Result<(), Error> {
        let end = state.tail.end;
        if rest == Rest::Torn {
            self.set_aside(state)?;
        }
        if rest != Rest::Nothing {
            let cut = self.disk.cut(&state.file, TAIL, end);
            cut.and_then(|()| self.disk.sync(&state.file, TAIL))
                .map_err(|e| Error::io("cut", TAIL, e))?;
        }
        let sought = state.file.seek(SeekFrom::Start(end));
        sought.map_err(|e| Error::io("read", TAIL, e)).map(drop)
    }

    fn set_aside(&self, state: &mut State) -> Result<(), Error> {
        let read = |e| Error::io("read", TAIL, e);
        state.file.seek(SeekFrom::Start(state.tail.end)).map_err(read)?;
        let bytes = disk::read_on(&mut state.file).map_err(read)?;
        let mut changed = Changed::default();
        for number in 0u32.. {
            let path = format!("{TORN}/{}-{number}", state.tail.size());
            if !self.disk.exists(&path)? {
                self.disk.put(&path, &bytes, &mut changed)?;
                break;
            }
        }
        self.disk.sync_folders(&mut changed)
    }

    /// Checks that the log goes on from the tree that was last seen.
    fn grown(&self, state: &State) -> Result<(), Error> {
        let Some((known, root)) = self.known else { return Ok(()) };
        self.continues(state, known, root)
    }

    fn continues(&self, state: &State, known: u64, root: Hash) -> Result<(), Error> {
        let found = state.tail.size();
        if known == found && root == state.tail.last.root() {
            return Ok(());
        }
        if known < found {
            let (base, leaves) = (state.tail.base, state.tail.leaves.clone());
            let tree = Tree::new(self.disk.clone(), base, leaves, state.edge.clone());
            if merkle::root(&tree, 0, known)? == root {
                return Ok(());
            }
        }
        Err(Error::RolledBack { known, found })
    }

    /// Checks that the log goes on from the published checkpoint, and publishes the journal's base
    /// if a writer was stopped before it did.
    fn published(&self, state: &State, base: &Checkpoint) -> Result<(), Error> {
        if let Some(note) = self.disk.read_if_any(CHECKPOINT)? {
            let signed = Checkpoint::open(&note, &self.trust)
                .map_err(|e| Error::damaged(CHECKPOINT, e.to_string()))?;
            self.continues(state, signed.size(), signed.root())?;
            if signed.size() >= base.size() {
                return Ok(());
            }
        }
        let mut changed = Changed::default();
        self.disk.put(CHECKPOINT, base.note().as_bytes(), &mut changed)?;
        self.disk.sync_folders(&mut changed)
    }

    /// Appends a batch of at most as many entries as `enter` returned. Returns the index of the
    /// first, and the checkpoint that covers them.
    pub(crate) fn commit(&mut self, batch: &[Leaf<'_>]) -> Result<(u64, Checkpoint), Error> {
        let mut state = self.current()?;
        let first = state.tail.size();
        if batch.is_empty() {
            let last = state.tail.last.clone();
            self.keep(state);
            return Ok((first, last));
        }
        let old = state.tail.end;
        let entries = add(&mut state.tail, batch)?;
        state.tail.last = self.sign(&state.tail);
        let hashes: Vec<Hash> = batch.iter().map(|leaf| leaf.hash).collect();
        let bytes = tail::encode(&entries, &hashes, state.tail.last.note())?;
        let write = self.disk.write(&mut state.file, TAIL, old, &bytes);
        if let Err(cause) = write.and_then(|()| self.disk.sync(&state.file, TAIL)) {
            let failed = Error::io("append to", TAIL, cause);
            // What was written may not count; the state is read again, whether the cut succeeds or
            // not.
            let cut = self.disk.cut(&state.file, TAIL, old);
            if cut.and_then(|()| self.disk.sync(&state.file, TAIL)).is_err() {
                self.doubtful = true;
                return Err(Error::Unsettled(Box::new(failed)));
            }
            return Err(failed);
        }
        state.tail.end = old + bytes.len() as u64;
        let last = state.tail.last.clone();
        self.keep(state);
        Ok((first, last))
    }

    fn sign(&self, tail: &Tail) -> Checkpoint {
        let (size, root) = (tail.frontier.size(), tail.frontier.root());
        Checkpoint::sign(self.trust.origin(), size, root, &self.signer)
    }

    /// Publishes the log's present end for every reader of tlog-tiles.
    pub(crate) fn publish(&mut self) -> Result<Checkpoint, Error> {
        self.enter()?;
        let state = self.current()?;
        let (tail, last) = (&state.tail, state.tail.last.clone());
        if self.disk.read_if_any(CHECKPOINT)?.as_deref() != Some(last.note().as_bytes()) {
            let mut changed = Changed::default();
            let (index, wide) = (tail.base / WIDTH, tail.leaves.len() as u64);
            if wide > 0 {
                let (bundle, leaves) = (Place::Entries(index), Place::Hashes(0, index));
                let hashes = hash::concatenated(&tail.leaves);
                self.disk.put(&bundle.path_of(wide), &tail.bundle, &mut changed)?;
                self.disk.put(&leaves.path_of(wide), &hashes, &mut changed)?;
                self.disk.sync_folders(&mut changed)?;
            }
            self.disk.put(CHECKPOINT, last.note().as_bytes(), &mut changed)?;
            self.disk.sync_folders(&mut changed)?;
        }
        self.keep(state);
        Ok(last)
    }
}
