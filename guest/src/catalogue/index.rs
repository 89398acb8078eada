//! Where a catalogue's items stand, found by code; and which restrictions a record can trigger,
//! found by matter, list and act, so that a check costs the same however many measures there are.

use crate::catalogue::data::{CatalogueData, Measure};
use crate::model::Effect;
use crate::name::Name;

/// Positions by code.
#[derive(Clone, Debug)]
pub(super) struct Codes(Box<[(Name, u32)]>);

impl Codes {
    pub(super) fn of<'a>(codes: impl Iterator<Item = &'a Name>) -> Self {
        let mut all: Vec<(Name, u32)> = codes.cloned().zip(0..).collect();
        all.sort_unstable();
        Self(all.into_boxed_slice())
    }

    pub(super) fn position(&self, code: &str) -> Option<usize> {
        let at = self.0.binary_search_by(|(name, _)| name.as_str().cmp(code)).ok()?;
        self.0.get(at).and_then(|(_, position)| usize::try_from(*position).ok())
    }

    fn number(&self, code: &str) -> Option<u32> {
        self.position(code).and_then(|position| u32::try_from(position).ok())
    }
}

/// The act of a record, as the index knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ActKey {
    /// This act, at its position.
    Named(u32),
    /// Whatever act it is, if the record names one.
    AnyNamed,
    /// The record names no act.
    Unnamed,
}

/// Matter, list, act; then the position of the measure.
type Entry = (u32, u32, ActKey, u32);

/// The restrictions.
#[derive(Clone, Debug)]
pub(super) struct Restrictions {
    entries: Box<[Entry]>,
    /// List, then position: whatever the matter.
    by_list: Box<[(u32, u32)]>,
}

impl Restrictions {
    pub(super) fn of(data: &CatalogueData, matters: &Codes, lists: &Codes, acts: &Codes) -> Self {
        let mut entries = Vec::new();
        let mut by_list = Vec::new();
        for (measure, position) in data.measures.iter().zip(0..) {
            if measure.effect != Effect::Restriction {
                continue;
            }
            let keys = act_keys(measure, acts);
            // The rails have seen that every code exists.
            for list in measure.lists.iter().filter_map(|list| lists.number(list)) {
                by_list.push((list, position));
                for matter in measure.matters.iter().filter_map(|matter| matters.number(matter)) {
                    entries.extend(keys.iter().map(|key| (matter, list, *key, position)));
                }
            }
        }
        entries.sort_unstable();
        entries.dedup();
        by_list.sort_unstable();
        by_list.dedup();
        Self { entries: entries.into(), by_list: by_list.into() }
    }

    /// Positions of the measures that a record can trigger, in the catalogue's order.
    pub(super) fn of_record(
        &self,
        matter: usize,
        list: usize,
        act: Option<usize>,
    ) -> impl Iterator<Item = usize> {
        let (own, any) = match act {
            Some(act) => {
                let act = u32::try_from(act).unwrap_or(u32::MAX);
                (self.run(matter, list, ActKey::Named(act)), ActKey::AnyNamed)
            }
            None => (&[][..], ActKey::Unnamed),
        };
        merged(own, self.run(matter, list, any))
    }

    fn run(&self, matter: usize, list: usize, act: ActKey) -> &[Entry] {
        let number = |position| u32::try_from(position).unwrap_or(u32::MAX);
        let key = (number(matter), number(list), act);
        let at = |entry: &Entry| (entry.0, entry.1, entry.2);
        let from = self.entries.partition_point(|entry| at(entry) < key);
        let rest = self.entries.get(from..).unwrap_or_default();
        let length = rest.iter().take_while(|entry| at(entry) == key).count();
        rest.get(..length).unwrap_or_default()
    }

    /// Positions of the measures that name a list.
    pub(super) fn of_list(&self, list: usize) -> impl Iterator<Item = usize> {
        let list = u32::try_from(list).unwrap_or(u32::MAX);
        let from = self.by_list.partition_point(|entry| entry.0 < list);
        let rest = self.by_list.get(from..).unwrap_or_default().iter();
        rest.take_while(move |entry| entry.0 == list).filter_map(|e| usize::try_from(e.1).ok())
    }
}

/// What a record may say of its act for a measure to be triggered.
fn act_keys(measure: &Measure, acts: &Codes) -> Vec<ActKey> {
    let named = measure.acts.iter().filter_map(|act| acts.number(act)).map(ActKey::Named);
    let mut keys: Vec<ActKey> = named.collect();
    if measure.acts.is_empty() && !measure.unnamed_act {
        keys.push(ActKey::AnyNamed);
    }
    if measure.acts.is_empty() || measure.unnamed_act {
        keys.push(ActKey::Unnamed);
    }
    keys
}

/// Two runs, each in order of position, as one.
fn merged<'a>(mut one: &'a [Entry], mut other: &'a [Entry]) -> impl Iterator<Item = usize> + 'a {
    std::iter::from_fn(move || {
        let (a, b) = (one.first().map(|e| e.3), other.first().map(|e| e.3));
        let next = match (a, b) {
            (Some(a), Some(b)) => a.min(b),
            (a, b) => a.or(b)?,
        };
        // A measure stands in one run only: either it names acts or it does not.
        let run = if a == Some(next) { &mut one } else { &mut other };
        *run = run.get(1..).unwrap_or_default();
        usize::try_from(next).ok()
    })
}
