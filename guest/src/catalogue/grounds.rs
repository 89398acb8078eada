//! The grounds of a catalogue besides its measures: what the rules in code rest on, the rules of
//! lists, exceptions, and what a place closes or ends. A verdict names them by position.

use crate::catalogue::data::{CatalogueData, List};
use crate::clause::{CITED, Clause};
use crate::model::{Basis, GroundInfo, LegalBasis, Text};

/// A rule of a list that something rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListRule {
    /// How long an entry stays.
    Stay,
    /// When it may be removed.
    Removal,
    /// What an objection does.
    Objection,
    /// What a reorganisation does.
    Reorganisation,
}

/// Where the grounds of a catalogue stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Grounds {
    /// Of each list, the ground that founds it; its rules follow, four for each time.
    lists: Box<[u32]>,
    /// Of each measure, the ground of its first exception.
    exceptions: Box<[u32]>,
    closings: u32,
    disclosures: u32,
}

/// Grounds of one set of a list's rules.
const RULES: u32 = 4;

impl Grounds {
    pub(super) fn of(data: &CatalogueData) -> Self {
        let mut next = count(CITED.len());
        let mut reserve = |items: u32| {
            let first = next;
            next += items;
            first
        };
        let rules = |list: &List| 1 + RULES * count(list.rules.len());
        Self {
            lists: data.lists.iter().map(|list| reserve(rules(list))).collect(),
            exceptions: (data.measures.iter())
                .map(|measure| reserve(count(measure.exceptions.len())))
                .collect(),
            closings: reserve(count(data.overlay.closings.len())),
            disclosures: reserve(count(data.overlay.disclosures.len())),
        }
    }

    /// All of them, in their order.
    pub(super) fn all(data: &CatalogueData) -> Vec<GroundInfo> {
        let plain = |legal_basis: Vec<LegalBasis>| GroundInfo { text: None, legal_basis };
        let said = |text: &Text, basis: &[LegalBasis]| GroundInfo {
            text: Some(text.clone()),
            legal_basis: basis.to_vec(),
        };
        let mut all: Vec<GroundInfo> = CITED.iter().map(|clause| plain(clause.basis())).collect();
        for list in &data.lists {
            all.push(plain(list.legal_basis.clone()));
            for regime in &list.rules {
                let stay = regime.stay.as_ref().map(|rule| rule.legal_basis.clone());
                let lifts = regime.reorganisation.as_ref().map(|rule| rule.legal_basis.clone());
                all.push(plain(stay.unwrap_or_default()));
                all.push(plain(regime.removal.legal_basis.clone()));
                all.push(plain(regime.objection.legal_basis.clone()));
                all.push(plain(lifts.unwrap_or_default()));
            }
        }
        let exceptions = data.measures.iter().flat_map(|measure| &measure.exceptions);
        all.extend(exceptions.map(|exception| plain(exception.legal_basis.clone())));
        all.extend(data.overlay.closings.iter().map(|c| said(&c.text, &c.legal_basis)));
        all.extend(data.overlay.disclosures.iter().map(|d| said(&d.text, &d.legal_basis)));
        all
    }

    /// A clause that a rule in code rests on.
    pub(super) fn clause(clause: &Clause) -> Basis {
        let same = |other: &&&Clause| other.words == clause.words;
        Basis::Ground(position(CITED.iter().position(|other| same(&other))))
    }

    /// What founds a list, by its position.
    pub(super) fn list(&self, list: usize) -> Basis {
        Basis::Ground(self.of_list(list))
    }

    /// A rule of a list for a time, by the position of either.
    pub(super) fn rule(&self, list: usize, regime: usize, rule: ListRule) -> u32 {
        self.of_list(list) + 1 + RULES * count(regime) + rule as u32
    }

    fn of_list(&self, list: usize) -> u32 {
        self.lists.get(list).copied().unwrap_or(u32::MAX / 2)
    }

    /// An exception of a measure.
    pub(super) fn exception(&self, measure: usize, exception: usize) -> Basis {
        let first = self.exceptions.get(measure).copied().unwrap_or(u32::MAX / 2);
        Basis::Ground(first + count(exception))
    }

    /// What a place closes to promises.
    pub(super) const fn closing(&self, closing: u32) -> Basis {
        Basis::Ground(self.closings + closing)
    }

    /// The end of disclosure at a place.
    pub(super) const fn disclosure(&self, disclosure: u32) -> Basis {
        Basis::Ground(self.disclosures + disclosure)
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX / 2)
}

fn position(at: Option<usize>) -> u32 {
    at.map_or(u32::MAX, count)
}
