//! Verifies the files beside the full tiles: partial tiles, and strays.

use std::fs;

use crate::disk::{CHECKPOINT, Disk, LOCK, TAIL, TEMPORARY, TORN};
use crate::error::Error;
use crate::finding::{Finding, Kind};
use crate::hash::{self, Hash};
use crate::tile::{self, HEIGHT, Place, WIDTH, hashes_at};
use crate::verify::compare::{differences, differing};
use crate::verify::tiles::{Believed, read, unreadable};

/// The files below the directory.
pub(crate) fn walk(disk: &Disk) -> Result<Vec<String>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let failed = |e| Error::io("list", folder.as_str(), e);
        let items = match fs::read_dir(disk.at(&folder)) {
            // A writer removes partial tiles whose full tile is there.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !folder.is_empty() => continue,
            items => items.map_err(failed)?,
        };
        for item in items {
            let item = item.map_err(failed)?;
            let name = item.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if item.file_type().map_err(failed)?.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The log's tree, with which the files of its directory are compared.
pub(crate) struct Shelf<'a> {
    pub(crate) disk: &'a Disk,
    pub(crate) believed: &'a Believed,
    /// The hashes of the journal's entries.
    pub(crate) leaves: &'a [Hash],
    /// Whether these are all entries of the journal: nothing in it is damaged.
    pub(crate) whole: bool,
}

impl Shelf<'_> {
    /// Verifies a file that was seen. Full tiles that belong to the log are verified elsewhere.
    pub(crate) fn verify(&self, path: &str, findings: &mut Vec<Finding>) {
        if [CHECKPOINT, LOCK, TAIL, TEMPORARY].contains(&path) {
            return;
        }
        if let Some(name) = path.strip_prefix(TORN).and_then(|rest| rest.strip_prefix('/')) {
            let index = name.split_once('-').and_then(|(index, _)| index.parse().ok());
            let index = index.unwrap_or_default();
            findings.push(Finding::new(path, index..index, Kind::SetAside));
            return;
        }
        let Some((place, wide)) = Place::of(path) else {
            return findings.push(Finding::new(path, 0..0, Kind::Stray));
        };
        let (level, index) = match place {
            Place::Entries(index) => (0, index),
            Place::Hashes(level, index) => (level, index),
        };
        // The tiles of a journal that is full may have been written already.
        let journal_full = self.leaves.len() as u64 == WIDTH;
        let size = self.believed.base + if journal_full { WIDTH } else { 0 };
        let full = hashes_at(size, level + 1);
        if wide == WIDTH && index < full {
            return;
        }
        if wide == WIDTH || !self.partial(place, level, index, wide, findings) {
            findings.push(Finding::new(path, 0..0, self.past_the_end(place, level, index, wide)));
        }
    }

    /// Kind of a tile that the log does not have: one of entries that would come next, or a stray.
    fn past_the_end(&self, place: Place, level: u32, index: u64, wide: u64) -> Kind {
        let next = self.believed.base / WIDTH;
        let follows = level == 0 && index >= next && self.whole;
        if follows && index == next && wide < WIDTH {
            return Kind::CutOff { size: self.believed.base + wide };
        }
        let of = |index| match place {
            Place::Entries(_) => Place::Entries(index),
            Place::Hashes(level, _) => Place::Hashes(level, index),
        };
        // Whole bundles are filled one after the other, from the log's end on.
        let is_there = |index| self.disk.exists(&of(index).path()).unwrap_or(false);
        if follows && wide == WIDTH && (next..index).all(is_there) {
            return Kind::Ahead;
        }
        Kind::Stray
    }

    /// Verifies a partial tile. Returns false if the log has no such tile.
    pub(crate) fn partial(
        &self,
        place: Place,
        level: u32,
        index: u64,
        wide: u64,
        findings: &mut Vec<Finding>,
    ) -> bool {
        let base = self.believed.base;
        let full = hashes_at(base, level + 1);
        let logged: Vec<Hash> = if index < full {
            // It is superseded. If the full tile is damaged, that is reported where it is verified.
            match read(self.disk, Place::Hashes(level, index), WIDTH) {
                Ok(hashes) => hashes,
                Err(_) => return true,
            }
        } else if index > full {
            return false;
        } else if level == 0 {
            self.leaves.to_vec()
        } else if let Some(edge) = &self.believed.edge {
            edge.level(level).to_vec()
        } else {
            // Its content cannot be checked.
            return true;
        };
        let Some(logged) = usize::try_from(wide).ok().and_then(|wide| logged.get(..wide)) else {
            return false;
        };
        let (path, first) = (place.path_of(wide), index * WIDTH);
        let bytes = match self.disk.read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.is_not_found() => return true,
            Err(e) => {
                let all = first..first + wide;
                findings.push(Finding::new(path, all, unreadable(&e)));
                return true;
            }
        };
        findings.extend(differs(place, &path, &bytes, logged, first));
        true
    }
}

/// Findings on the bytes of a partial tile, compared with the hashes that were logged.
pub(crate) fn differs(
    place: Place,
    path: &str,
    bytes: &[u8],
    logged: &[Hash],
    first: u64,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |entries, kind| findings.push(Finding::new(path, entries, kind));
    let all = first..first + logged.len() as u64;
    match place {
        Place::Entries(_) => {
            let (spans, broken) = tile::spans(bytes);
            let entry =
                |span: std::ops::Range<usize>| Hash::leaf(bytes.get(span).unwrap_or_default());
            let found: Vec<Hash> = spans.into_iter().map(entry).collect();
            if let Some(byte) = broken {
                find(first + found.len() as u64..all.end, Kind::Broken { byte: byte as u64 });
            }
            for (entries, kind) in differences(&found, logged, first) {
                find(entries, kind);
            }
        }
        Place::Hashes(level, _) => {
            let expected = (logged.len() * Hash::BYTES) as u64;
            let found = bytes.len() as u64;
            if found != expected {
                find(all, Kind::Length { found, expected });
            } else {
                for range in differing(&hash::hashes(bytes), logged) {
                    let under = |hash: usize| (first + hash as u64) << (HEIGHT * level);
                    find(under(range.start)..under(range.end), Kind::Hashes);
                }
            }
        }
    }
    findings
}
