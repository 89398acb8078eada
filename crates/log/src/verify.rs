//! Verification: whether a log is what was written and signed, and if not, where.

use std::path::Path;

use crate::checkpoint::{Checkpoint, Trust};
use crate::disk::{CHECKPOINT, Disk, TAIL};
use crate::error::Error;
use crate::finding::{Finding, Kind, Report, Severity};
use crate::hash::Hash;
use crate::merkle::{self, Frontier};
use crate::tile::{Place, WIDTH};
use crate::tree::Tree;
use bundles::verify as verify_bundles;
use files::Shelf;
use journal::Journal;
use tiles::Believed;

mod bundles;
mod compare;
mod files;
mod journal;
mod tiles;

/// Name of the checkpoint given by the caller, in findings about it.
const KEPT: &str = "kept checkpoint";

/// Progress of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries of full bundles that were hashed.
    pub done: u64,
    /// Entries of full bundles to hash.
    pub total: u64,
}

/// A verification to be made.
pub struct Verify<'a> {
    directory: &'a Path,
    trust: &'a Trust,
    since: Option<&'a Checkpoint>,
    threads: usize,
    progress: &'a (dyn Fn(Progress) + Sync),
}

/// Verifies a whole log on all cores.
///
/// # Errors
/// As [`Verify::run`].
pub fn verify(directory: &Path, trust: &Trust) -> Result<Report, Error> {
    Verify::new(directory, trust).run()
}

impl<'a> Verify<'a> {
    /// A verification of the whole log in a directory, on all cores.
    pub fn new(directory: &'a Path, trust: &'a Trust) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { directory, trust, since: None, threads, progress: &|_| {} }
    }

    /// Verifies only the bundles that were not full at a checkpoint kept from an earlier
    /// verification, and checks that the log continues the tree of that checkpoint. Earlier bundles
    /// are not read again: only a verification of the whole log finds an entry that was changed
    /// there.
    #[must_use]
    pub fn since(mut self, kept: &'a Checkpoint) -> Self {
        self.since = Some(kept);
        self
    }

    /// Sets the number of threads, one at least.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets a function that is called with the progress now and then, from any of the threads.
    #[must_use]
    pub fn progress(mut self, progress: &'a (dyn Fn(Progress) + Sync)) -> Self {
        self.progress = progress;
        self
    }

    /// Verifies. Writers can go on meanwhile; entries that they append later are not verified.
    ///
    /// # Errors
    /// [`Error::NoLog`], or the directory cannot be read. Everything that is wrong with the log
    /// itself is in the report, not an error.
    pub fn run(self) -> Result<Report, Error> {
        let disk = Disk::new(self.directory, false);
        // Listed before the journal is read: every tile that is there by then belongs to the log.
        let listed = if self.since.is_none() { files::walk(&disk)? } else { Vec::new() };
        let lock = disk.lock_shared()?;
        let (bytes, published) = (disk.read_if_any(TAIL)?, disk.read_if_any(CHECKPOINT)?);
        if bytes.is_none() && published.is_none() {
            return Err(Error::NoLog(self.directory.display().to_string()));
        }
        let mut findings = Vec::new();
        let published = self.published(published, &mut findings);
        let known = published.as_ref().map_or(0, Checkpoint::size);
        let journal = Journal::divide(bytes.as_deref().unwrap_or_default(), self.trust);
        let base = journal.base().unwrap_or(known / WIDTH * WIDTH);
        let stored = tiles::read_edge(&disk, base);
        let partial = Partial::read(&disk, base, published.as_ref());
        drop(lock);

        let of_published = |frontier: &Frontier| match &published {
            Some(published) => partial.root(frontier) == Some(published.root()),
            None => false,
        };
        let fits = |frontier: &Frontier| match &journal.first {
            Some(first) => first.root() == frontier.root(),
            None if bytes.is_none() => of_published(frontier),
            None => {
                journal.follow(base, Some(frontier.clone())).confirmed || of_published(frontier)
            }
        };
        let start = self.since.map_or(0, Checkpoint::size).min(base) / WIDTH;
        let believed = Believed::find(&disk, base, start, &stored, fits);
        let frontier = believed.edge.as_ref().map(|edge| edge.frontier(base));
        let mut entries = journal.follow(base, frontier);
        findings.append(&mut entries.findings);
        if bytes.is_none() {
            findings.push(Finding::new(TAIL, base..known.max(base), Kind::Missing));
            entries.leaves.clone_from(&partial.leaves);
            entries.last.clone_from(&published);
        } else {
            findings.extend(journal.findings);
        }
        let bundles = start..base / WIDTH;
        let hashed = (bundles.end - bundles.start) * WIDTH + entries.leaves.len() as u64;
        findings.extend(verify_bundles(&disk, bundles, &believed, self.threads, self.progress));
        let whole = findings.iter().all(|f| f.file != TAIL || f.severity() != Severity::Damage);
        let shelf = Shelf { disk: &disk, believed: &believed, leaves: &entries.leaves, whole };
        for path in &listed {
            shelf.verify(path, &mut findings);
        }
        partial.verify(&entries.leaves, &mut findings);
        let size = base + entries.leaves.len() as u64;
        let tree = Tree::new(disk, base, entries.leaves, believed.edge.unwrap_or_default());
        for (file, signed) in [(CHECKPOINT, published.as_ref()), (KEPT, self.since)] {
            let Some(signed) = signed else { continue };
            findings.extend(continues(&tree, size, file, signed, entries.last.as_ref()));
        }
        findings.extend(believed.findings);
        findings.sort_by(|a, b| {
            let place = |f: &Finding| (f.entries.start, f.entries.end);
            place(a).cmp(&place(b)).then_with(|| a.file.cmp(&b.file))
        });
        findings.dedup();
        Ok(Report { checkpoint: entries.last, size, hashed, findings })
    }

    /// The published checkpoint, if it is accepted.
    fn published(&self, note: Option<Vec<u8>>, findings: &mut Vec<Finding>) -> Option<Checkpoint> {
        let opened = note.map(|note| Checkpoint::open(&note, self.trust));
        let kind = match opened {
            Some(Ok(published)) => return Some(published),
            Some(Err(e)) => Kind::Checkpoint(e),
            None => Kind::Missing,
        };
        findings.push(Finding::new(CHECKPOINT, 0..0, kind));
        None
    }
}

/// The finding that the log does not continue a signed tree; `None` if it does.
fn continues(
    tree: &Tree,
    size: u64,
    file: &str,
    signed: &Checkpoint,
    last: Option<&Checkpoint>,
) -> Option<Finding> {
    let known = signed.size();
    if known > size {
        return Some(Finding::new(file, size..known, Kind::RolledBack { size: known }));
    }
    // The tiles may be so damaged that no root can be computed; that has its own findings.
    let root = merkle::root(tree, 0, known).ok()?;
    let path = last.map(|last| Some((last, merkle::consistency(tree, known, last.size()).ok()?)));
    let continued = match path {
        Some(Some((last, path))) if last.size() >= known => {
            merkle::verify_consistency((known, &signed.root()), (last.size(), &last.root()), &path)
        }
        _ => true,
    };
    let fits = root == signed.root() && (continued || file == CHECKPOINT);
    (!fits).then(|| Finding::new(file, 0..known, Kind::Root { size: known }))
}

/// The partial tiles that the published checkpoint needs, beyond those of the full bundles.
struct Partial {
    base: u64,
    wide: u64,
    hashes: Option<Vec<u8>>,
    entries: Option<Vec<u8>>,
    leaves: Vec<Hash>,
    published: bool,
}

impl Partial {
    fn read(disk: &Disk, base: u64, published: Option<&Checkpoint>) -> Self {
        let wide = published.map_or(0, |published| published.size().saturating_sub(base));
        let index = base / WIDTH;
        let wanted = (1..WIDTH).contains(&wide);
        let get = |place: Place| {
            if wanted { disk.read_if_any(&place.path_of(wide)).ok().flatten() } else { None }
        };
        let (hashes, entries) = (get(Place::Hashes(0, index)), get(Place::Entries(index)));
        let leaves = hashes.as_deref().map(crate::hash::hashes).unwrap_or_default();
        let published = published.is_some_and(|published| published.size() >= base);
        Self { base, wide: if wanted { wide } else { 0 }, hashes, entries, leaves, published }
    }

    /// The root of the published tree, if it goes on from this frontier.
    fn root(&self, frontier: &Frontier) -> Option<Hash> {
        let mut frontier = frontier.clone();
        for leaf in &self.leaves {
            frontier.push(*leaf);
        }
        self.published.then(|| frontier.root())
    }

    fn verify(&self, leaves: &[Hash], findings: &mut Vec<Finding>) {
        let Ok(wide) = usize::try_from(self.wide) else { return };
        let (index, all) = (self.base / WIDTH, self.base..self.base + self.wide);
        let places =
            [(Place::Hashes(0, index), &self.hashes), (Place::Entries(index), &self.entries)];
        for (place, bytes) in places.into_iter().filter(|_| wide > 0) {
            let path = place.path_of(self.wide);
            match (bytes, leaves.get(..wide)) {
                (None, _) => findings.push(Finding::new(path, all.clone(), Kind::Missing)),
                (Some(bytes), Some(leaves)) => {
                    findings.extend(files::differs(place, &path, bytes, leaves, self.base));
                }
                (Some(_), None) => {}
            }
        }
    }
}
