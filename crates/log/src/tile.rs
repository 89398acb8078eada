//! Tiles and entry bundles (C2SP tlog-tiles): their paths and their content.

use std::ops::Range;

use crate::error::Error;

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;
/// Number of bits of an index that give the place within a tile.
pub(crate) const HEIGHT: u32 = 8;
/// Length of the longest entry, in bytes: a bundle holds each length in two bytes.
pub const LONGEST_ENTRY: usize = u16::MAX as usize;

/// Place of a tile or bundle in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// A tile of hashes: its level, its index at the level.
    Hashes(u32, u64),
    /// A bundle of entries: its index.
    Entries(u64),
}

impl Place {
    /// The path of the full tile below the log's directory, such as `tile/0/x001/234`.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Hashes(level, index) => format!("tile/{level}/{}", digits(index)),
            Self::Entries(index) => format!("tile/entries/{}", digits(index)),
        }
    }

    /// The tile after it.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Hashes(level, index) => Self::Hashes(level, index + 1),
            Self::Entries(index) => Self::Entries(index + 1),
        }
    }

    /// The path of the tile or bundle that has only the first `width` hashes or entries.
    pub(crate) fn path_of(self, width: u64) -> String {
        let full = self.path();
        if width == WIDTH { full } else { format!("{full}.p/{width}") }
    }

    /// The place and width whose `path_of` is this path; `None` for any other path.
    pub(crate) fn of(path: &str) -> Option<(Self, u64)> {
        let rest = path.strip_prefix("tile/")?;
        let (kind, rest) = rest.split_once('/')?;
        let (rest, width) = match rest.split_once(".p/") {
            Some((rest, width)) => (rest, width.parse().ok().filter(|w| (1..WIDTH).contains(w))?),
            None => (rest, WIDTH),
        };
        let mut index = 0u64;
        for element in rest.split('/') {
            let element = element.strip_prefix('x').unwrap_or(element);
            let element: u64 = element.parse().ok().filter(|element| *element < 1000)?;
            index = index.checked_mul(1000)?.checked_add(element)?;
        }
        let place = match kind {
            "entries" => Self::Entries(index),
            level => Self::Hashes(level.parse().ok().filter(|level| *level < 64)?, index),
        };
        (place.path_of(width) == path).then_some((place, width))
    }
}

/// An index in path elements of three digits, all but the last marked with an `x`.
fn digits(index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

/// Number of hashes that a level has in a tree of `size` leaves: as many as full tiles one level
/// below.
pub(crate) fn hashes_at(size: u64, level: u32) -> u64 {
    size.checked_shr(HEIGHT * level).unwrap_or(0)
}

/// Number of hashes in the last, not yet full tile of a level in a tree of `size` leaves; 0 if
/// there is none.
pub(crate) fn width(size: u64, level: u32) -> u64 {
    hashes_at(size, level) % WIDTH
}

/// Appends an entry to the bytes of a bundle.
pub(crate) fn put(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), Error> {
    let length = u16::try_from(entry.len()).map_err(|_| Error::TooLarge(entry.len()))?;
    bundle.extend(length.to_be_bytes());
    bundle.extend(entry);
    Ok(())
}

/// Places of the entries in the bytes of a bundle, and the offset of the first that is not whole.
pub(crate) fn spans(bytes: &[u8]) -> (Vec<Range<usize>>, Option<usize>) {
    let mut spans = Vec::with_capacity(256);
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
        let Some(length) = length else { return (spans, Some(at)) };
        let span = at + 2..at + 2 + usize::from(u16::from_be_bytes(*length));
        if span.end > bytes.len() {
            return (spans, Some(at));
        }
        at = span.end;
        spans.push(span);
    }
    (spans, None)
}

/// Up to 256 successive entries.
#[derive(Clone, Debug)]
pub struct Bundle {
    first: u64,
    bytes: Vec<u8>,
    spans: Vec<Range<usize>>,
}

impl Bundle {
    /// Divides the bytes of the entries from index `first` on.
    ///
    /// # Errors
    /// The offset of the first entry that is not whole.
    pub(crate) fn parse(first: u64, bytes: Vec<u8>) -> Result<Self, usize> {
        match spans(&bytes) {
            (spans, None) => Ok(Self { first, bytes, spans }),
            (_, Some(offset)) => Err(offset),
        }
    }

    /// The index of its first entry.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The entry at a place of the bundle, not of the log.
    pub fn get(&self, place: usize) -> Option<&[u8]> {
        self.bytes.get(self.spans.get(place)?.clone())
    }

    /// The entries with their indices in the log.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u64, &[u8])> {
        let entry = |span: &Range<usize>| self.bytes.get(span.clone()).unwrap_or_default();
        self.spans.iter().enumerate().map(move |(i, span)| (self.first + i as u64, entry(span)))
    }
}
