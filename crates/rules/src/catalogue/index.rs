//! Indexes of a catalogue: the positions of its items by code, and the restrictions that a record
//! can trigger by matter, list and act, so that a check costs the same however many measures there
//! are.

use mustcheck_model::Effect;
use mustcheck_model::name::Name;

use crate::catalogue::data::{CatalogueData, Measure};

/// Positions by code.
#[derive(Clone, Debug)]
pub(super) struct CodeIndex(Box<[(Name, u32)]>);

impl CodeIndex {
    pub(super) fn of<'a>(codes: impl Iterator<Item = &'a Name>) -> Self {
        Self::at(codes.zip(0..))
    }

    /// Makes the index of some of the items, each with its position.
    pub(super) fn at<'a>(codes: impl Iterator<Item = (&'a Name, u32)>) -> Self {
        let mut all: Vec<(Name, u32)> = codes.map(|(code, at)| (code.clone(), at)).collect();
        all.sort_unstable();
        Self(all.into_boxed_slice())
    }

    pub(super) fn position(&self, code: &str) -> Option<usize> {
        let at = self.0.binary_search_by(|(name, _)| name.as_str().cmp(code)).ok()?;
        self.0.get(at).and_then(|(_, position)| usize::try_from(*position).ok())
    }

    fn number(&self, code: &str) -> Option<u16> {
        self.position(code).and_then(|position| u16::try_from(position).ok())
    }
}

/// Largest number of items of a kind that the index can tell apart; the numbers from there to
/// `u16::MAX` are reserved for special acts.
pub const MOST: usize = 65_000;

/// Key in the place of an act: any act, if the record names one.
const ANY_NAMED: u16 = u16::MAX - 1;
/// Key in the place of an act: the record names none.
const UNNAMED: u16 = u16::MAX;

/// Matter, list, act, and the position of the measure. Every sandbox holds all entries, so they are
/// small.
type RestrictionKey = (u16, u16, u16, u16);

/// Keys of a record's act: in measures that name the act, and in measures that name none.
fn keys(act: Option<u32>) -> (Option<u16>, u16) {
    match act {
        Some(act) => (u16::try_from(act).ok(), ANY_NAMED),
        None => (None, UNNAMED),
    }
}

/// Index of the restrictions.
#[derive(Clone, Debug)]
pub(super) struct Restrictions {
    entries: Box<[RestrictionKey]>,
    /// List and position of a measure, whatever the matter.
    by_list: Box<[(u16, u16)]>,
    /// List, act and position of a measure, whatever the matter.
    by_act: Box<[(u16, u16, u16)]>,
}

impl Restrictions {
    pub(super) fn of(
        data: &CatalogueData,
        matters: &CodeIndex,
        lists: &CodeIndex,
        acts: &CodeIndex,
    ) -> Self {
        let mut entries = Vec::new();
        let (mut by_list, mut by_act) = (Vec::new(), Vec::new());
        for (measure, position) in data.measures.iter().zip(0..) {
            if measure.effect != Effect::Restriction {
                continue;
            }
            let keys = act_keys(measure, acts);
            // The rails have seen that every code exists.
            for list in measure.lists.iter().filter_map(|list| lists.number(list)) {
                by_list.push((list, position));
                by_act.extend(keys.iter().map(|key| (list, *key, position)));
                for matter in measure.matters.iter().filter_map(|matter| matters.number(matter)) {
                    entries.extend(keys.iter().map(|key| (matter, list, *key, position)));
                }
            }
        }
        entries.sort_unstable();
        entries.dedup();
        by_list.sort_unstable();
        by_list.dedup();
        by_act.sort_unstable();
        by_act.dedup();
        Self { entries: entries.into(), by_list: by_list.into(), by_act: by_act.into() }
    }

    /// Positions of the measures that a record can trigger, in the catalogue's order.
    pub(super) fn of_record(
        &self,
        matter: usize,
        list: usize,
        act: Option<u32>,
    ) -> impl Iterator<Item = usize> {
        let (own, any) = keys(act);
        let own = own.map_or(&[][..], |act| self.run(matter, list, act));
        merged(own, self.run(matter, list, any))
    }

    fn run(&self, matter: usize, list: usize, act: u16) -> &[RestrictionKey] {
        let number = |position| u16::try_from(position).unwrap_or(u16::MAX);
        let key = (number(matter), number(list), act);
        let at = |entry: &RestrictionKey| (entry.0, entry.1, entry.2);
        let from = self.entries.partition_point(|entry| at(entry) < key);
        let rest = self.entries.get(from..).unwrap_or_default();
        let length = rest.iter().take_while(|entry| at(entry) == key).count();
        rest.get(..length).unwrap_or_default()
    }

    /// Positions of the measures that a record of a list can trigger on whatever matter: those that
    /// name its act, then those that name none.
    pub(super) fn of_act(&self, list: usize, act: Option<u32>) -> impl Iterator<Item = usize> {
        let list = u16::try_from(list).unwrap_or(u16::MAX);
        let (own, any) = keys(act);
        let run = move |act: u16| {
            let from = self.by_act.partition_point(|entry| (entry.0, entry.1) < (list, act));
            let rest = self.by_act.get(from..).unwrap_or_default().iter();
            let run = rest.take_while(move |entry| (entry.0, entry.1) == (list, act));
            run.map(|entry| usize::from(entry.2))
        };
        own.into_iter().chain([any]).flat_map(run)
    }

    /// Positions of the measures that name a list.
    pub(super) fn of_list(&self, list: usize) -> impl Iterator<Item = usize> {
        let list = u16::try_from(list).unwrap_or(u16::MAX);
        let from = self.by_list.partition_point(|entry| entry.0 < list);
        let rest = self.by_list.get(from..).unwrap_or_default().iter();
        rest.take_while(move |entry| entry.0 == list).map(|entry| usize::from(entry.1))
    }
}

/// Keys of the acts for which a record triggers a measure.
fn act_keys(measure: &Measure, acts: &CodeIndex) -> Vec<u16> {
    let mut keys: Vec<u16> = measure.acts.iter().filter_map(|act| acts.number(act)).collect();
    if measure.acts.is_empty() && !measure.unnamed_act {
        keys.push(ANY_NAMED);
    }
    if measure.acts.is_empty() || measure.unnamed_act {
        keys.push(UNNAMED);
    }
    keys
}

/// Merges two runs, each in order of position, into one.
fn merged<'a>(
    mut one: &'a [RestrictionKey],
    mut other: &'a [RestrictionKey],
) -> impl Iterator<Item = usize> + 'a {
    std::iter::from_fn(move || {
        let (a, b) = (one.first().map(|e| e.3), other.first().map(|e| e.3));
        let next = match (a, b) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        };
        // A measure is in one run only: either it names acts or it does not.
        let run = if a == Some(next) { &mut one } else { &mut other };
        *run = run.get(1..).unwrap_or_default();
        Some(usize::from(next))
    })
}
