//! Comparison of two lists of hashes that should be the same: how they differ, and which to trust.

use std::ops::Range;

use crate::finding::Kind;
use crate::hash::Hash;

/// Largest number of differing places that are tried in all combinations.
const TRIED: usize = 10;

/// Differences of the found entries from those that were logged. The first has the index `first`.
pub(crate) fn differences(found: &[Hash], logged: &[Hash], first: u64) -> Vec<(Range<u64>, Kind)> {
    let at = |place: usize| first + place as u64;
    let same = found.iter().zip(logged).take_while(|(a, b)| a == b).count();
    let (rest, logged_rest) = (found.get(same..), logged.get(same..));
    let (rest, logged_rest) = (rest.unwrap_or_default(), logged_rest.unwrap_or_default());
    let pairs = rest.iter().rev().zip(logged_rest.iter().rev());
    let same_end = pairs.take_while(|(a, b)| a == b).count();
    // Entries after one that was removed or added have another place, and are not reported.
    if rest.len() == same_end && logged_rest.len() > same_end {
        let gone = logged_rest.len() - same_end;
        return vec![(at(same)..at(same + gone), Kind::Removed)];
    }
    if logged_rest.len() == same_end && rest.len() > same_end {
        let put_in = rest.len() - same_end;
        return vec![(at(same)..at(same + put_in), Kind::Added)];
    }
    let mut differences: Vec<(Range<u64>, Kind)> = Vec::new();
    for place in same..found.len().max(logged.len()) {
        let kind = match (found.get(place), logged.get(place)) {
            (Some(a), Some(b)) if a == b => continue,
            (None, _) => Kind::Removed,
            (Some(_), None) => Kind::Added,
            (Some(a), Some(_)) => match logged.iter().position(|hash| hash == a) {
                Some(from) => Kind::Moved { from: at(from) },
                None => Kind::Changed,
            },
        };
        match differences.last_mut() {
            Some((range, last)) if range.end == at(place) && *last == kind => range.end += 1,
            _ => differences.push((at(place)..at(place + 1), kind)),
        }
    }
    differences
}

/// The ranges of places where two lists differ.
pub(crate) fn differing(a: &[Hash], b: &[Hash]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for place in 0..a.len().max(b.len()) {
        if a.get(place) == b.get(place) {
            continue;
        }
        match ranges.last_mut() {
            Some(range) if range.end == place => range.end += 1,
            _ => ranges.push(place..place + 1),
        }
    }
    ranges
}

/// The list that fits: the first, the second, or one that takes each differing hash from either.
/// `None` if none fits, or if more than [`TRIED`] places differ.
pub(crate) fn reconcile(
    stored: Option<&[Hash]>,
    computed: Option<&[Hash]>,
    fits: impl Fn(&[Hash]) -> bool,
) -> Option<Vec<Hash>> {
    for list in [stored, computed].into_iter().flatten() {
        if fits(list) {
            return Some(list.to_vec());
        }
    }
    let (stored, computed) = (stored?, computed?);
    let places: Vec<usize> = differing(stored, computed).into_iter().flatten().collect();
    if stored.len() != computed.len() || places.len() > TRIED {
        return None;
    }
    for choice in 1u32..(1 << places.len()) {
        let mut mixed = stored.to_vec();
        for (bit, place) in places.iter().enumerate() {
            if choice & (1 << bit) != 0
                && let (Some(to), Some(from)) = (mixed.get_mut(*place), computed.get(*place))
            {
                *to = *from;
            }
        }
        if fits(&mixed) {
            return Some(mixed);
        }
    }
    None
}
