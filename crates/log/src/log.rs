//! A log that is open for appending.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::checkpoint::{Checkpoint, Trust};
use crate::disk::{Disk, TAIL};
use crate::error::Error;
use crate::hash::Hash;
use crate::note::{NoteError, SignerKey, VerifierKey};
use crate::tile::{LONGEST_ENTRY, WIDTH};
use crate::writer::{Leaf, Writer};

/// Number of full bundles that `append_all` makes count together.
const TOGETHER: u64 = 64;

/// Durability of an entry when `append` returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The disk confirms that it has the entry.
    #[default]
    Synced,
    /// The operating system has the entry: it survives the end of the process, not that of the
    /// machine. This is for loading many entries, and for measuring what syncing costs.
    Buffered,
}

/// Settings of a log that is written: its name, its keys, its durability.
#[derive(Clone, Debug)]
pub struct Settings {
    origin: String,
    signer: SignerKey,
    former: Vec<VerifierKey>,
    durability: Durability,
}

impl Settings {
    /// Settings of the log of this origin, such as `mustcheck.example/office-310000`, signed with
    /// this key. The key's name should be the origin.
    pub fn new(origin: impl Into<String>, signer: SignerKey) -> Self {
        let durability = Durability::default();
        Self { origin: origin.into(), signer, former: Vec::new(), durability }
    }

    /// Adds a key that the log was signed with before.
    #[must_use]
    pub fn former_key(mut self, key: VerifierKey) -> Self {
        self.former.push(key);
        self
    }

    /// Sets the durability of an entry when `append` returns; [`Durability::Synced`] by default.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The log's origin, its key, and those it had before.
    ///
    /// # Errors
    /// The origin is empty or has control characters.
    pub fn trust(&self) -> Result<Trust, NoteError> {
        let keys = std::iter::once(self.signer.verifier().clone());
        Trust::new(&self.origin, keys.chain(self.former.iter().cloned()))
    }
}

/// An entry that is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Its index, from 0.
    pub index: u64,
    /// The signed checkpoint of a tree that it is in.
    pub checkpoint: Checkpoint,
}

/// A log, open for appending by any number of threads, and of processes on this machine that
/// each open it.
///
/// Threads that append while another waits for the disk share the next wait.
pub struct Log {
    disk: Disk,
    trust: Trust,
    queue: Mutex<Queue>,
    /// Signal that a batch is done: its threads take their results, and one that still waits writes
    /// next.
    turn: Condvar,
    writer: Mutex<Writer>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    done: BTreeMap<u64, Result<Appended, Error>>,
    tickets: u64,
    writing: bool,
}

struct Waiting {
    ticket: u64,
    entry: Vec<u8>,
    leaf: Hash,
}

impl Log {
    /// Makes an empty log in a directory, which is made too if it is not there.
    ///
    /// # Errors
    /// [`Error::Exists`] if the directory holds a log or the remains of one, or it cannot be
    /// written to.
    pub fn create(directory: &Path, settings: Settings) -> Result<Self, Error> {
        let log = Self::new(directory, settings)?;
        log.make()?;
        log.open_files()
    }

    /// Opens a log. An unfinished end that a stopped writer left is removed.
    ///
    /// # Errors
    /// [`Error::NoLog`], [`Error::Damaged`] if the log is damaged at the end, [`Error::RolledBack`]
    /// if it is older than its published checkpoint, or the directory cannot be written to. Only
    /// `verify` checks the whole log.
    pub fn open(directory: &Path, settings: Settings) -> Result<Self, Error> {
        Self::new(directory, settings)?.open_files()
    }

    /// Opens a log, or makes it where the directory has none.
    ///
    /// # Errors
    /// As [`Log::create`] and [`Log::open`].
    pub fn open_or_create(directory: &Path, settings: Settings) -> Result<Self, Error> {
        let log = Self::new(directory, settings)?;
        if !log.disk.exists(TAIL)? {
            match log.make() {
                // Another process made it in the meantime.
                Err(Error::Exists(_)) if log.disk.exists(TAIL)? => {}
                made => made?,
            }
        }
        log.open_files()
    }

    fn new(directory: &Path, settings: Settings) -> Result<Self, Error> {
        let sync = settings.durability == Durability::Synced;
        Self::on(Disk::new(directory, sync), settings)
    }

    pub(crate) fn on(disk: Disk, settings: Settings) -> Result<Self, Error> {
        let trust = settings.trust()?;
        let writer = Writer::new(disk.clone(), trust.clone(), settings.signer);
        let (queue, turn) = (Mutex::default(), Condvar::new());
        Ok(Self { disk, trust, queue, turn, writer: Mutex::new(writer) })
    }

    pub(crate) fn make(&self) -> Result<(), Error> {
        self.disk.make()?;
        self.disk.sync_parent()?;
        let _lock = self.disk.lock()?;
        self.writer().create()
    }

    pub(crate) fn open_files(self) -> Result<Self, Error> {
        if !self.disk.exists(TAIL)? {
            return Err(Error::NoLog(self.disk.root().display().to_string()));
        }
        self.checkpoint()?;
        Ok(self)
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        self.disk.root()
    }

    /// The log's origin and the keys that may have signed its checkpoints.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The last checkpoint, whichever process signed it.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the log is damaged at the end, [`Error::RolledBack`] if it is older
    /// than this program last saw it, or it cannot be read.
    pub fn checkpoint(&self) -> Result<Checkpoint, Error> {
        let mut writer = self.writer();
        let _lock = self.disk.lock()?;
        writer.last()
    }

    /// Appends an entry of at most 65,535 bytes. When it returns, the entry is in the log for
    /// good (see [`Durability`]).
    ///
    /// # Errors
    /// [`Error::TooLarge`], or the disk failed: then the entry is not in the log, unless the error
    /// is [`Error::Unsettled`]. The next call may succeed.
    pub fn append(&self, entry: &[u8]) -> Result<Appended, Error> {
        if entry.len() > LONGEST_ENTRY {
            return Err(Error::TooLarge(entry.len()));
        }
        let leaf = Hash::leaf(entry);
        let mut queue = self.queue();
        let ticket = queue.tickets;
        queue.tickets += 1;
        queue.waiting.push_back(Waiting { ticket, entry: entry.to_vec(), leaf });
        loop {
            if let Some(done) = queue.done.remove(&ticket) {
                return done;
            }
            if queue.writing {
                queue = self.turn.wait(queue).unwrap_or_else(PoisonError::into_inner);
            } else {
                queue.writing = true;
                drop(queue);
                let turn = Turn(self);
                self.write_waiting();
                drop(turn);
                queue = self.queue();
            }
        }
    }

    /// Writes a batch of the waiting entries, and gives each thread its result.
    fn write_waiting(&self) {
        let mut writer = self.writer();
        let entered = self.disk.lock().and_then(|lock| Ok((lock, writer.enter()?)));
        let (_lock, room) = match entered {
            Ok(entered) => entered,
            Err(e) => {
                let all = self.queue().waiting.drain(..).collect();
                return self.tell(all, &Err(e));
            }
        };
        // Entries that came while another process held the lock are taken along.
        let batch: Vec<Waiting> = {
            let mut queue = self.queue();
            let many = room.min(queue.waiting.len());
            queue.waiting.drain(..many).collect()
        };
        let leaves: Vec<Leaf<'_>> = batch.iter().map(|w| Leaf::new(&w.entry, w.leaf)).collect();
        let full = leaves.len() == room;
        let result = writer.commit(&leaves);
        self.tell(batch, &result);
        // No thread whose entry is in the log waits for this. If it fails, the next batch tries
        // again, and fails with it.
        if full && result.is_ok() {
            drop(writer.enter());
        }
    }

    fn tell(&self, batch: Vec<Waiting>, result: &Result<(u64, Checkpoint), Error>) {
        let mut queue = self.queue();
        for (place, waiting) in (0..).zip(batch) {
            let done = match result {
                Ok((first, last)) => {
                    Ok(Appended { index: first + place, checkpoint: last.clone() })
                }
                Err(e) => Err(e.clone()),
            };
            queue.done.insert(waiting.ticket, done);
        }
        drop(queue);
        self.turn.notify_all();
    }

    /// Appends entries in their order and without others between them: every other writer waits
    /// until the last is in the log. Whole bundles are written at once, which is many times faster
    /// than one `append` after the other. Returns the indices of the entries.
    ///
    /// # Errors
    /// As [`Log::append`]. [`Error::Partly`] says how many are in the log.
    pub fn append_all<E: AsRef<[u8]>>(
        &self,
        entries: impl IntoIterator<Item = E>,
    ) -> Result<Range<u64>, Error> {
        let mut writer = self.writer();
        let _lock = self.disk.lock()?;
        writer.enter()?;
        let start = writer.last()?.size();
        let mut end = start;
        let appended = append_all(&mut writer, entries.into_iter(), &mut end);
        match (appended, end - start) {
            (Ok(()), _) => Ok(start..end),
            (Err(e), 0) => Err(e),
            (Err(e), appended) => Err(Error::Partly { appended, source: Box::new(e) }),
        }
    }

    /// Writes the last checkpoint and its partial tiles where every reader of tlog-tiles looks for
    /// them. It happens by itself whenever a bundle is full.
    ///
    /// # Errors
    /// The disk failed; the log is as it was.
    pub fn publish(&self) -> Result<Checkpoint, Error> {
        let mut writer = self.writer();
        let _lock = self.disk.lock()?;
        writer.publish()
    }

    /// Publishes and closes. A log that is dropped instead loses nothing, but is published only by
    /// the next process that opens it.
    ///
    /// # Errors
    /// As [`Log::publish`].
    pub fn close(self) -> Result<Checkpoint, Error> {
        self.publish()
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Appends the entries. Sets `end` to the number of entries in the log, also on an error.
fn append_all<E: AsRef<[u8]>>(
    writer: &mut Writer,
    mut entries: impl Iterator<Item = E>,
    end: &mut u64,
) -> Result<(), Error> {
    let full = usize::try_from(WIDTH).unwrap_or(usize::MAX);
    loop {
        let room = writer.enter()?;
        let mut batch: Vec<E> = entries.by_ref().take(room).collect();
        if room == full && batch.len() == full {
            let mut filling = writer.begin()?;
            while batch.len() == full {
                writer.fill(&mut filling, &leaves(&batch)?)?;
                let many = filling.entries() / WIDTH;
                batch =
                    if many < TOGETHER { entries.by_ref().take(full).collect() } else { vec![] };
            }
            let many = filling.entries();
            writer.finish(filling)?;
            *end += many;
            if many == TOGETHER * WIDTH {
                continue;
            }
        }
        let done = batch.len() < room;
        let last = leaves(&batch)?;
        writer.commit(&last)?;
        *end += last.len() as u64;
        if done {
            return Ok(());
        }
    }
}

fn leaves<E: AsRef<[u8]>>(batch: &[E]) -> Result<Vec<Leaf<'_>>, Error> {
    let leaf = |entry: &'_ E| match entry.as_ref().len() {
        large if large > LONGEST_ENTRY => Err(Error::TooLarge(large)),
        _ => Ok(()),
    };
    batch.iter().try_for_each(leaf)?;
    Ok(batch.iter().map(|entry| Leaf::of(entry.as_ref())).collect())
}

/// The turn to write. It is passed on when it is dropped.
struct Turn<'a>(&'a Log);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.queue().writing = false;
        self.0.turn.notify_all();
    }
}
