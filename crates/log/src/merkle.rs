//! The tree of RFC 6962: its root as leaves arrive, its proofs, and their verification.

use crate::error::Error;
use crate::hash::{self, Hash};

/// A tree that grows: the roots of the perfect subtrees that it splits into, the largest first.
///
/// It is all that a log which is kept elsewhere than in files, such as in a database, has to keep
/// beside its entries in order to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier of a tree of `size` leaves with these peaks.
    pub(crate) fn new(size: u64, peaks: Vec<Hash>) -> Self {
        Self { size, peaks }
    }

    /// The tree of `size` leaves with these peaks, whose bytes follow one another; `None` if a tree
    /// of this size has another number of peaks.
    pub fn from_bytes(size: u64, peaks: &[u8]) -> Option<Self> {
        let peaks = hash::hashes(peaks.len().is_multiple_of(Hash::BYTES).then_some(peaks)?);
        (u32::try_from(peaks.len()) == Ok(size.count_ones())).then_some(Self { size, peaks })
    }

    /// The peaks' bytes, the largest subtree's first.
    pub fn to_bytes(&self) -> Vec<u8> {
        hash::concatenated(&self.peaks)
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = Hash::node(&left, &hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root over all leaves.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(smallest) = peaks.next() else { return Hash::EMPTY };
        peaks.fold(*smallest, |right, left| Hash::node(left, &right))
    }
}

/// The root over any number of hashes of equally high perfect subtrees.
pub(crate) fn root_over(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    for hash in hashes {
        frontier.push(*hash);
    }
    frontier.root()
}

/// The peaks over hashes of equally high perfect subtrees, the largest first.
pub(crate) fn peaks_over(hashes: &[Hash]) -> Vec<Hash> {
    let mut frontier = Frontier::default();
    for hash in hashes {
        frontier.push(*hash);
    }
    frontier.peaks
}

/// Source of a tree's hashes.
pub(crate) trait Nodes {
    /// The root of the perfect subtree over the leaves `index << height ..`, `1 << height` of them.
    fn node(&self, height: u32, index: u64) -> Result<Hash, Error>;
}

/// The root over the leaves `from..to`, where `from` is a multiple of the largest power of two
/// that is smaller than their number.
pub(crate) fn root(nodes: &impl Nodes, from: u64, to: u64) -> Result<Hash, Error> {
    let count = to.saturating_sub(from);
    if count == 0 {
        return Ok(Hash::EMPTY);
    }
    if count.is_power_of_two() {
        let height = count.trailing_zeros();
        return nodes.node(height, from >> height);
    }
    let middle = from + split(count);
    Ok(Hash::node(&root(nodes, from, middle)?, &root(nodes, middle, to)?))
}

/// The frontier of the tree of the first `size` leaves, which can grow further.
pub(crate) fn frontier(nodes: &impl Nodes, size: u64) -> Result<Frontier, Error> {
    let (mut from, mut peaks) = (0, Vec::new());
    for height in (0..u64::BITS).rev().filter(|height| size >> height & 1 == 1) {
        peaks.push(nodes.node(height, from >> height)?);
        from += 1 << height;
    }
    Ok(Frontier::new(size, peaks))
}

/// The largest power of two smaller than `count`, which is at least two.
fn split(count: u64) -> u64 {
    1 << count.saturating_sub(1).max(1).ilog2()
}

/// The audit path of a leaf in the tree of the first `size` leaves (RFC 6962 §2.1.1), from the
/// leaf's sibling up.
pub(crate) fn inclusion(nodes: &impl Nodes, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(root(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(root(nodes, from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of the first `old` leaves is a prefix of the tree of the first `new`
/// (RFC 6962 §2.1.2); empty for the empty tree and for the same tree.
pub(crate) fn consistency(nodes: &impl Nodes, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
    let mut path = Vec::new();
    if old == 0 || old >= new {
        return Ok(path);
    }
    let (mut from, mut to) = (0, new);
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(root(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(root(nodes, from, middle)?);
            from = middle;
        }
    }
    // The verifier of the proof knows the whole old tree's root, but not that of a part of it.
    if from > 0 {
        path.push(root(nodes, from, to)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `path` proves that `leaf` is the entry `index` of the tree of `size` leaves with this
/// root (RFC 9162 §2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let mut walk = Walk { index, last: size - 1 };
    let mut hash = *leaf;
    for sibling in path {
        match walk.step() {
            None => return false,
            Some(Side::Left) => hash = Hash::node(sibling, &hash),
            Some(Side::Right) => hash = Hash::node(&hash, sibling),
        }
    }
    walk.last == 0 && hash == *root
}

/// Whether `path` proves that the tree of `old` leaves with the root `old_root` is a prefix of
/// the tree of `new` leaves with the root `new_root` (RFC 9162 §2.1.4.2).
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (new, new_root): (u64, &Hash),
    path: &[Hash],
) -> bool {
    if old > new {
        return false;
    }
    if old == 0 {
        let fits = *old_root == Hash::EMPTY && (new > 0 || *new_root == Hash::EMPTY);
        return fits && path.is_empty();
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    let (first, rest) = if old.is_power_of_two() {
        (*old_root, path)
    } else {
        let Some((first, rest)) = path.split_first() else { return false };
        (*first, rest)
    };
    let shared = (old - 1).trailing_ones();
    let mut walk = Walk { index: (old - 1) >> shared, last: (new - 1) >> shared };
    let (mut older, mut newer) = (first, first);
    for sibling in rest {
        match walk.step() {
            None => return false,
            Some(Side::Left) => {
                older = Hash::node(sibling, &older);
                newer = Hash::node(sibling, &newer);
            }
            Some(Side::Right) => newer = Hash::node(&newer, sibling),
        }
    }
    walk.last == 0 && older == *old_root && newer == *new_root
}

/// Side of a sibling on the way up to the root.
enum Side {
    Left,
    Right,
}

/// Way from a node up to the root: its index, and the index of the last node at its height.
struct Walk {
    index: u64,
    last: u64,
}

impl Walk {
    /// Moves up to the parent of the next sibling; `None` when the root is reached.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.index & 1 == 1 || self.index == self.last {
            // A last node without a sibling is its own parent at the next heights.
            while self.index & 1 == 0 && self.index != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Some(side)
    }

    fn up(&mut self) {
        self.index >>= 1;
        self.last >>= 1;
    }
}
