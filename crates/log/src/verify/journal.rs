//! Verifies the journal, batch by batch, and reads on past what is damaged.

use std::ops::Range;

use crate::checkpoint::{self, Checkpoint, Trust};
use crate::disk::TAIL;
use crate::finding::{Finding, Kind};
use crate::hash::{self, Hash};
use crate::merkle::Frontier;
use crate::note::NoteError;
use crate::tail::{self, Batch, JournalContent};
use crate::tile;
use crate::verify::compare::{differences, differing};

/// The journal, divided into batches as far as possible.
pub(crate) struct Journal<'a> {
    bytes: &'a [u8],
    trust: &'a Trust,
    /// The checkpoint that it goes on from, if that is accepted.
    pub(crate) first: Option<Checkpoint>,
    batches: Vec<Batch>,
    /// Offset of a batch that ends before its end and that nothing follows.
    unfinished: Option<usize>,
    pub(crate) findings: Vec<Finding>,
}

/// Result of following the journal's batches.
pub(crate) struct Entries {
    /// The hashes that the entries should have, or have where that is not known.
    pub(crate) leaves: Vec<Hash>,
    /// The bytes of the entries as they are in the file.
    pub(crate) bundle: Vec<u8>,
    /// The last checkpoint that is accepted.
    pub(crate) last: Option<Checkpoint>,
    /// Whether at least one checkpoint in it is of the tree made of the frontier and its entries.
    pub(crate) confirmed: bool,
    pub(crate) findings: Vec<Finding>,
}

impl<'a> Journal<'a> {
    pub(crate) fn divide(bytes: &'a [u8], trust: &'a Trust) -> Self {
        let batches = Vec::new();
        let (first, findings) = (None, Vec::new());
        let mut journal = Self { bytes, trust, first, batches, unfinished: None, findings };
        let mut at = journal.begin();
        while at < bytes.len() {
            at = match tail::found_at(bytes, at) {
                JournalContent::Batch(batch) if batch.count > 0 => {
                    let end = batch.note.end;
                    journal.batches.push(batch);
                    end
                }
                JournalContent::Cut if !journal.later_checkpoint(at) => {
                    journal.unfinished = Some(at);
                    bytes.len()
                }
                _ => journal.find_next(at),
            };
        }
        journal
    }

    /// Reads the first batch, which has no entries. Returns the offset of its end.
    fn begin(&mut self) -> usize {
        if let JournalContent::Batch(batch @ Batch { count: 0, .. }) = tail::found_at(self.bytes, 0)
        {
            match self.open(&batch) {
                Ok(first) => self.first = Some(first),
                Err(e) => self.find(Kind::Checkpoint(e)),
            }
            return batch.note.end;
        }
        self.find(Kind::Broken { byte: 0 });
        let first = tail::notes(self.bytes, self.trust).into_iter().next();
        let Some((range, first)) = first else { return self.bytes.len() };
        if first.size() % tile::WIDTH == 0 && range.start == tail::HEADER {
            self.first = Some(first);
            return range.end;
        }
        0
    }

    fn find(&mut self, kind: Kind) {
        self.findings.push(Finding::new(TAIL, 0..0, kind));
    }

    fn open(&self, batch: &Batch) -> Result<Checkpoint, NoteError> {
        Checkpoint::open(self.bytes.get(batch.note.clone()).unwrap_or_default(), self.trust)
    }

    fn later_checkpoint(&self, at: usize) -> bool {
        let known = self.size_so_far();
        let notes = tail::notes(self.bytes.get(at..).unwrap_or_default(), self.trust);
        notes.iter().any(|(_, signed)| known.is_none_or(|known| signed.size() > known))
    }

    /// The number of entries before the next batch, if it is known.
    fn size_so_far(&self) -> Option<u64> {
        let size = |batch: &Batch| Some(self.open(batch).ok()?.size());
        let (place, known) = self
            .batches
            .iter()
            .enumerate()
            .rev()
            .find_map(|(place, batch)| Some((place + 1, size(batch)?)))
            .or(self.first.as_ref().map(|first| (0, first.size())))?;
        let after: u64 = self.batches.get(place..)?.iter().map(|batch| batch.count).sum();
        Some(known + after)
    }

    /// Finds the end of the batch at `at`, whose header is broken, by the checkpoint that ends it.
    fn find_next(&mut self, at: usize) -> usize {
        self.find(Kind::Broken { byte: at as u64 });
        let rest = self.bytes.get(at..).unwrap_or_default();
        let known = self.size_so_far();
        let note = tail::notes(rest, self.trust)
            .into_iter()
            .find(|(_, signed)| known.is_none_or(|known| signed.size() > known));
        let Some((note, signed)) = note else { return self.bytes.len() };
        let (start, end) = (at + note.start, at + note.end);
        let count = known.map_or(0, |known| signed.size() - known);
        let entries = at + tail::HEADER;
        let hashes = usize::try_from(count)
            .ok()
            .and_then(|count| start.checked_sub(count.checked_mul(Hash::BYTES)?))
            .filter(|hashes| *hashes >= entries && count > 0);
        if let Some(hashes) = hashes {
            let (entries, hashes) = (entries..hashes, hashes..start);
            self.batches.push(Batch { count, start: at, entries, hashes, note: start..end });
        }
        end
    }

    /// The index of the first entry, by the first checkpoint within that fits.
    pub(crate) fn base(&self) -> Option<u64> {
        if let Some(first) = &self.first {
            return Some(first.size());
        }
        let mut before = 0;
        for batch in &self.batches {
            before += batch.count;
            if let Ok(signed) = self.open(batch) {
                return signed.size().checked_sub(before).filter(|base| base % tile::WIDTH == 0);
            }
        }
        let JournalContent::Batch(batch) = tail::found_at(self.bytes, 0) else { return None };
        let claimed = checkpoint::claimed_size(self.bytes.get(batch.note)?)?;
        Some(claimed).filter(|base| base % tile::WIDTH == 0)
    }

    /// Follows the batches, from a tree if it is known.
    pub(crate) fn follow(&self, base: u64, frontier: Option<Frontier>) -> Entries {
        let (leaves, bundle, findings) = (Vec::new(), Vec::new(), Vec::new());
        let last = self.first.clone();
        let entries = Entries { leaves, bundle, last, confirmed: false, findings };
        let mut walk = Walk { base, frontier, entries };
        if let (Some(first), Some(frontier)) = (&self.first, &walk.frontier) {
            walk.entries.confirmed = first.root() == frontier.root();
        }
        for batch in &self.batches {
            walk.batch(self, batch);
        }
        if let Some(at) = self.unfinished {
            walk.unfinished(self, at);
        }
        walk.entries
    }
}

/// A walk over the batches.
struct Walk {
    base: u64,
    /// The tree so far; `None` once it is not known any more.
    frontier: Option<Frontier>,
    entries: Entries,
}

impl Walk {
    fn find(&mut self, entries: Range<u64>, kind: Kind) {
        self.entries.findings.push(Finding::new(TAIL, entries, kind));
    }

    fn batch(&mut self, journal: &Journal<'_>, batch: &Batch) {
        let signed = journal.open(batch);
        let Some(first) = self.place(signed.as_ref().ok(), batch) else { return };
        let all = first..first + batch.count;
        let bytes = journal.bytes.get(batch.entries.clone()).unwrap_or_default();
        let (spans, broken) = tile::spans(bytes);
        let entry = |span: Range<usize>| Hash::leaf(bytes.get(span).unwrap_or_default());
        let found: Vec<Hash> = spans.into_iter().map(entry).collect();
        let stored = hash::hashes(journal.bytes.get(batch.hashes.clone()).unwrap_or_default());
        let whole = broken.is_none() && found.len() as u64 == batch.count;
        self.entries.bundle.extend(bytes);
        let fits = |leaves: &[Hash]| match (&signed, &self.frontier) {
            (Ok(signed), Some(frontier)) => Some(grown(frontier, leaves).root() == signed.root()),
            _ => None,
        };
        let (found_fits, stored_fits) = (whole.then(|| fits(&found)).flatten(), fits(&stored));
        self.entries.confirmed |= found_fits == Some(true) || stored_fits == Some(true);
        let believed = if found_fits == Some(true) || (whole && found == stored) {
            for range in differing(&found, &stored) {
                self.find(first + range.start as u64..first + range.end as u64, Kind::Hashes);
            }
            if found_fits == Some(false) {
                self.find(all.clone(), Kind::Misfit);
            }
            found
        } else {
            let changed = stored_fits == Some(true);
            for (range, kind) in differences(&found, &stored, first) {
                self.find(range, if changed { kind } else { Kind::Misfit });
            }
            if let Some(byte) = broken {
                let byte = (batch.entries.start + byte) as u64;
                self.find(all.clone(), Kind::Broken { byte });
            }
            stored
        };
        if found_fits == Some(false) && stored_fits == Some(false) {
            self.frontier = None;
        }
        if let Some(frontier) = &mut self.frontier {
            *frontier = grown(frontier, &believed);
        }
        self.entries.leaves.extend(believed);
        match signed {
            Ok(signed) => self.entries.last = Some(signed),
            Err(e) => self.find(all, Kind::Checkpoint(e)),
        }
    }

    /// Reports the end of the journal: the beginning of the next batch, which a stopped writer
    /// leaves, or something else, which no writer leaves.
    fn unfinished(&mut self, journal: &Journal<'_>, at: usize) {
        let rest = journal.bytes.get(at..).unwrap_or_default();
        let room = tile::WIDTH.saturating_sub(self.entries.leaves.len() as u64);
        let begun = tail::beginning(rest).filter(|begun| begun.count.unwrap_or(1) <= room);
        let of_this_tree = |begun: &tail::Beginning<'_>| match &self.frontier {
            Some(frontier) if !begun.note.is_empty() => {
                let frontier = grown(frontier, &begun.leaves);
                let (size, root) = (frontier.size(), frontier.root());
                let text = format!("{}\n{size}\n{root}\n\n", journal.trust.origin());
                let both = text.len().min(begun.note.len());
                text.as_bytes().get(..both) == begun.note.get(..both)
            }
            _ => true,
        };
        let kind = match begun.filter(of_this_tree) {
            Some(begun) => {
                let entries = begun.leaves.len() as u64;
                Kind::Unfinished { bytes: rest.len() as u64, entries }
            }
            None => Kind::NoBatch { byte: at as u64 },
        };
        self.find(0..0, kind);
    }

    /// The index of the batch's first entry, by its checkpoint; `None` if the entries were there
    /// before.
    fn place(&mut self, signed: Option<&Checkpoint>, batch: &Batch) -> Option<u64> {
        let next = self.base + self.entries.leaves.len() as u64;
        let Some(signed) = signed else { return Some(next) };
        let first = signed.size().saturating_sub(batch.count);
        if first < next {
            self.find(next..next, Kind::Broken { byte: batch.start as u64 });
            self.find(first..signed.size(), Kind::Added);
            return None;
        }
        if first > next {
            self.find(next..first, Kind::Removed);
            let gone = usize::try_from(first - next).unwrap_or(0).min(256);
            self.entries.leaves.extend(std::iter::repeat_n(Hash::EMPTY, gone));
            self.frontier = None;
        }
        Some(first)
    }
}

fn grown(frontier: &Frontier, leaves: &[Hash]) -> Frontier {
    let mut frontier = frontier.clone();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier
}
