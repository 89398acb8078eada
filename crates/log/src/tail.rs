//! The journal: the entries of the bundle that is not full yet, as batches.
//!
//! A batch is one write. It counts if it is whole, its checkpoint is signed, and the root in it
//! is that of the tree with the batch's entries. The first batch has no entries: it says what
//! tree the journal goes on from.
//!
//! ```text
//! "mcb1"  entries: u16  note bytes: u16  entry bytes: u32  check: 4 bytes of SHA-256 of these
//! the entries as in a bundle · their leaf hashes · the signed checkpoint
//! ```
//! Numbers are big-endian. The leaf hashes are there to tell which entry of a batch was changed.

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::checkpoint::{Checkpoint, Trust};
use crate::disk::TAIL;
use crate::error::Error;
use crate::hash::{self, Hash};
use crate::merkle::Frontier;
use crate::note::NoteError;
use crate::tile::{self, WIDTH};

const MAGIC: [u8; 4] = *b"mcb1";
/// Bytes before the entries of a batch.
pub(crate) const HEADER: usize = 16;

/// Places of the parts of a batch in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) count: u64,
    pub(crate) start: usize,
    pub(crate) entries: Range<usize>,
    pub(crate) hashes: Range<usize>,
    pub(crate) note: Range<usize>,
}

/// Content of the journal at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JournalContent {
    Batch(Batch),
    /// The journal ends within a batch.
    Cut,
    /// Not the beginning of a batch.
    Bad,
}

/// The bytes of a batch.
pub(crate) fn encode(entries: &[u8], hashes: &[Hash], note: &str) -> Result<Vec<u8>, Error> {
    let too_long = || Error::TooLarge(entries.len());
    let mut bytes = Vec::with_capacity(HEADER + entries.len() + hashes.len() * 32 + note.len());
    bytes.extend(MAGIC);
    bytes.extend(u16::try_from(hashes.len()).map_err(|_| too_long())?.to_be_bytes());
    bytes.extend(u16::try_from(note.len()).map_err(|_| too_long())?.to_be_bytes());
    bytes.extend(u32::try_from(entries.len()).map_err(|_| too_long())?.to_be_bytes());
    bytes.extend(check(&bytes));
    bytes.extend(entries);
    bytes.extend(hash::concatenated(hashes));
    bytes.extend(note.as_bytes());
    Ok(bytes)
}

fn check(header: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(header));
    [a, b, c, d]
}

/// Reads the batch at `start`, which is before the end.
pub(crate) fn found_at(bytes: &[u8], start: usize) -> JournalContent {
    let rest = bytes.get(start..).unwrap_or_default();
    let Some((header, _)) = rest.split_first_chunk::<HEADER>() else {
        let magic = MAGIC.iter().zip(rest).all(|(a, b)| a == b);
        return if magic { JournalContent::Cut } else { JournalContent::Bad };
    };
    let [m0, m1, m2, m3, c0, c1, n0, n1, e0, e1, e2, e3, k0, k1, k2, k3] = *header;
    let checked = check(&[m0, m1, m2, m3, c0, c1, n0, n1, e0, e1, e2, e3]);
    if [m0, m1, m2, m3] != MAGIC || checked != [k0, k1, k2, k3] {
        return JournalContent::Bad;
    }
    let count = u16::from_be_bytes([c0, c1]);
    let entries = start + HEADER;
    let Ok(long) = usize::try_from(u32::from_be_bytes([e0, e1, e2, e3])) else {
        return JournalContent::Bad;
    };
    let hashes = entries + long;
    let note = hashes + usize::from(count) * Hash::BYTES;
    let end = note + usize::from(u16::from_be_bytes([n0, n1]));
    if end > bytes.len() {
        return JournalContent::Cut;
    }
    JournalContent::Batch(Batch {
        count: count.into(),
        start,
        entries: entries..hashes,
        hashes: hashes..note,
        note: note..end,
    })
}

/// The part of an unfinished batch that was written.
pub(crate) struct Beginning<'a> {
    /// The hashes of the entries that are whole.
    pub(crate) leaves: Vec<Hash>,
    /// Number of entries of the whole batch; `None` if its header is not whole.
    pub(crate) count: Option<u64>,
    /// The written part of its checkpoint.
    pub(crate) note: &'a [u8],
}

/// Reads the beginning of a batch whose writer was stopped. `None` if the bytes cannot be one: then
/// no writer was stopped, and they were changed.
pub(crate) fn beginning(rest: &[u8]) -> Option<Beginning<'_>> {
    let Some((header, body)) = rest.split_first_chunk::<HEADER>() else {
        let whole = MAGIC.iter().zip(rest).all(|(a, b)| a == b);
        return whole.then(|| Beginning { leaves: Vec::new(), count: None, note: &[] });
    };
    let [_, _, _, _, c0, c1, n0, n1, e0, e1, e2, e3, ..] = *header;
    let (count, note) = (u16::from_be_bytes([c0, c1]), u16::from_be_bytes([n0, n1]));
    let long = usize::try_from(u32::from_be_bytes([e0, e1, e2, e3])).ok()?;
    let (entries, after) = body.split_at(long.min(body.len()));
    let (spans, broken) = tile::spans(entries);
    let at = broken.unwrap_or(entries.len());
    // Each entry to come needs two bytes at least, and the one that is cut the length that it
    // names.
    let to_come = usize::from(count).checked_sub(spans.len())?;
    let room = long.checked_sub(at)?;
    let cut = entries.get(at..).and_then(|rest| rest.first_chunk::<2>());
    let needed = cut.map_or(0, |length| usize::from(u16::from_be_bytes(*length)));
    let whole = entries.len() == long;
    let fits = match whole {
        true => broken.is_none() && to_come == 0,
        false => to_come > 0 && to_come * 2 + needed <= room,
    };
    let leaf = |span: Range<usize>| Hash::leaf(entries.get(span).unwrap_or_default());
    let leaves: Vec<Hash> = spans.into_iter().map(leaf).collect();
    let hashes = hash::concatenated(&leaves);
    let (stored, signed) = after.split_at(hashes.len().min(after.len()));
    let fits = fits && hashes.starts_with(stored) && signed.len() < usize::from(note).max(1);
    let count = u64::from(count);
    (fits && count > 0).then_some(Beginning { leaves, count: Some(count), note: signed })
}

/// Content of the journal after the last batch that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Nothing,
    /// The beginning of a batch: its writer was stopped.
    Cut,
    /// Bytes of one batch at most that do not fit: a power failure, or damage.
    Torn,
}

/// The state of the tree with the journal's entries.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    /// The index of the journal's first entry, a multiple of 256.
    pub(crate) base: u64,
    /// The hashes of its entries.
    pub(crate) leaves: Vec<Hash>,
    /// Its entries, in the bytes of a bundle.
    pub(crate) bundle: Vec<u8>,
    pub(crate) frontier: Frontier,
    /// The last checkpoint that was signed.
    pub(crate) last: Checkpoint,
    /// Number of bytes of the journal that count.
    pub(crate) end: u64,
}

/// Reads the first batch of a journal: the checkpoint that it goes on from, and the offset of its
/// end.
pub(crate) fn first(bytes: &[u8], trust: &Trust) -> Result<(Checkpoint, usize), Error> {
    let JournalContent::Batch(Batch { count: 0, note, .. }) = found_at(bytes, 0) else {
        return Err(Error::damaged(TAIL, "it does not begin with a checkpoint"));
    };
    let end = note.end;
    let base = Checkpoint::open(bytes.get(note).unwrap_or_default(), trust)
        .map_err(|e| Error::damaged(TAIL, format!("its first checkpoint: {e}")))?;
    if base.size() % WIDTH != 0 {
        return Err(Error::damaged(TAIL, "it begins within a bundle"));
    }
    Ok((base, end))
}

impl Tail {
    /// The state before the first entry of the journal.
    pub(crate) fn new(base: Checkpoint, end: usize, frontier: Frontier) -> Self {
        let (leaves, bundle) = (Vec::new(), Vec::new());
        Self { base: base.size(), leaves, bundle, frontier, last: base, end: end as u64 }
    }

    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.leaves.len() as u64 == WIDTH
    }

    /// Follows the journal over `bytes`, which begin at the end of this state.
    ///
    /// The last batch that counts vouches for those before it. If the last batch does not fit, it
    /// is the rest; if any other does not, the journal is damaged.
    pub(crate) fn follow(&mut self, bytes: &[u8], trust: &Trust) -> Result<Rest, Error> {
        let start = self.end;
        let (batches, at, rest) = split(bytes);
        let after = bytes.get(at..).unwrap_or_default();
        let claimed = batches.iter().map(|batch| batch.count).sum::<u64>();
        if rest == Rest::Torn && confirmed_within(after, self.size() + claimed, trust) {
            return Err(misfit(start, at));
        }
        let Some((last, before)) = batches.split_last() else { return Ok(rest) };
        for batch in before {
            self.add(bytes, batch, start).ok_or_else(|| misfit(start, batch.start))?;
        }
        let frontier = self.frontier.clone();
        let (leaves, bundle, end) = (self.leaves.len(), self.bundle.len(), self.end);
        if self.add(bytes, last, start).is_some() && self.vouch(bytes, last, trust)? {
            return Ok(rest);
        }
        // The batch before may be the last that counts, if nothing follows this one.
        (self.frontier, self.end) = (frontier, end);
        self.leaves.truncate(leaves);
        self.bundle.truncate(bundle);
        if let Some(previous) = before.last()
            && !self.vouch(bytes, previous, trust)?
        {
            return Err(misfit(start, previous.start));
        }
        if rest == Rest::Nothing { Ok(Rest::Torn) } else { Err(misfit(start, last.start)) }
    }

    /// Adds a batch's entries; `None` if their number is not the one in its header, or too large.
    fn add(&mut self, bytes: &[u8], batch: &Batch, start: u64) -> Option<()> {
        let entries = bytes.get(batch.entries.clone())?;
        let (spans, None) = tile::spans(entries) else { return None };
        let many = (self.leaves.len() + spans.len()) as u64 > WIDTH;
        if spans.len() as u64 != batch.count || batch.count == 0 || many {
            return None;
        }
        for span in spans {
            let leaf = Hash::leaf(entries.get(span)?);
            self.leaves.push(leaf);
            self.frontier.push(leaf);
        }
        self.bundle.extend(entries);
        self.end = start + batch.note.end as u64;
        Some(())
    }

    /// Takes the batch's checkpoint as the last one, if it is signed and of this very tree. Returns
    /// whether it is.
    ///
    /// # Errors
    /// The checkpoint is by another key or of another log: no interrupted write looks like that.
    fn vouch(&mut self, bytes: &[u8], batch: &Batch, trust: &Trust) -> Result<bool, Error> {
        let note = bytes.get(batch.note.clone()).unwrap_or_default();
        let (size, root) = (self.frontier.size(), self.frontier.root());
        match Checkpoint::open(note, trust) {
            Ok(signed) if signed.size() == size && signed.root() == root => self.last = signed,
            Err(e @ (NoteError::UnknownKey | NoteError::Origin { .. })) => {
                return Err(Error::damaged(TAIL, format!("its checkpoint of {size} entries: {e}")));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The batches in the bytes, the offset after them, and what follows there.
fn split(bytes: &[u8]) -> (Vec<Batch>, usize, Rest) {
    let mut batches = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match found_at(bytes, at) {
            JournalContent::Batch(batch) => {
                at = batch.note.end;
                batches.push(batch);
            }
            JournalContent::Cut => return (batches, at, Rest::Cut),
            JournalContent::Bad => return (batches, at, Rest::Torn),
        }
    }
    (batches, at, Rest::Nothing)
}

fn misfit(start: u64, at: usize) -> Error {
    let at = start + at as u64;
    Error::damaged(TAIL, format!("the batch at byte {at} does not fit, and is not the last"))
}

/// Whether the checkpoint of a tree of more than `size` entries is within the bytes, and not at
/// their very end: then a confirmed batch is among them. (An entry may quote a checkpoint, but only
/// one that was signed before.)
fn confirmed_within(bytes: &[u8], size: u64, trust: &Trust) -> bool {
    let later = |(note, signed): &(Range<usize>, Checkpoint)| {
        signed.size() > size && note.end < bytes.len()
    };
    notes(bytes, trust).iter().any(later)
}

/// Every signed checkpoint of the log within the bytes, and its place.
pub(crate) fn notes(bytes: &[u8], trust: &Trust) -> Vec<(Range<usize>, Checkpoint)> {
    let opening = format!("{}\n", trust.origin());
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes.get(at..).and_then(|rest| position(rest, opening.as_bytes())) {
        let start = at + start;
        at = start + 1;
        let note = bytes.get(start..).unwrap_or_default();
        let Some(blank) = position(note, b"\n\n") else { continue };
        let signatures = note.get(blank + 2..).unwrap_or_default();
        let Some(line) = position(signatures, b"\n") else { continue };
        let end = blank + 2 + line + 1;
        if let Ok(signed) = Checkpoint::open(note.get(..end).unwrap_or_default(), trust) {
            found.push((start..start + end, signed));
            at = start + end;
        }
    }
    found
}

/// Offset of the first `needle`, which is not empty.
fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}
