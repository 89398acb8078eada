//! The grounds of a catalogue besides its measures: the rules of lists, exceptions, and the rules
//! by which a place closes promises or ends disclosure. A verdict names them by position, after the
//! clauses that rules in code rest on.

use mustcheck_model::{GroundInfo, LegalBasis, Text};

use crate::catalogue::data::CatalogueData;
use crate::catalogue::number;
use crate::clause::CLAUSES;

/// A rule of a list that can be a ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListRule {
    /// Length of an entry's stay.
    Stay,
    /// Removal of an entry by repair.
    Removal,
    /// Effect of an objection.
    Objection,
    /// Effect of a reorganisation.
    Reorganisation,
}

/// Positions of the grounds of a catalogue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grounds {
    /// Position of the ground of each list itself; the grounds of its rules follow, four for each
    /// set.
    lists: Box<[u32]>,
    /// Position of the ground of each measure's first exception; the others follow.
    exceptions: Box<[u32]>,
    closings: u32,
    disclosures: u32,
}

/// Number of grounds of one set of a list's rules.
const RULES: u32 = 4;

impl Grounds {
    /// Collects the grounds of a catalogue in their order, and their positions; those of the clauses
    /// of rules in code come before.
    pub(crate) fn of(data: &CatalogueData) -> (Self, Vec<GroundInfo>) {
        let plain = |legal_basis: &[LegalBasis]| GroundInfo {
            text: None,
            legal_basis: legal_basis.to_vec(),
        };
        let said = |text: &Text, basis: &[LegalBasis]| GroundInfo {
            text: Some(text.clone()),
            ..plain(basis)
        };
        let mut all: Vec<GroundInfo> = Vec::new();
        let next = |all: &Vec<GroundInfo>| CLAUSES.saturating_add(number(all.len()));
        let mut lists = Vec::with_capacity(data.lists.len());
        for list in &data.lists {
            lists.push(next(&all));
            all.push(plain(&list.legal_basis));
            for regime in &list.rules {
                let stay = regime.stay.as_ref().map(|rule| &*rule.legal_basis);
                let lifts = regime.reorganisation.as_ref().map(|rule| &*rule.legal_basis);
                // In the order of `ListRule`.
                all.push(plain(stay.unwrap_or_default()));
                all.push(plain(&regime.removal.legal_basis));
                all.push(plain(&regime.objection.legal_basis));
                all.push(plain(lifts.unwrap_or_default()));
            }
        }
        let mut exceptions = Vec::with_capacity(data.measures.len());
        for measure in &data.measures {
            exceptions.push(next(&all));
            all.extend(measure.exceptions.iter().map(|exception| plain(&exception.legal_basis)));
        }
        let closings = next(&all);
        all.extend(data.overlay.closings.iter().map(|c| said(&c.text, &c.legal_basis)));
        let disclosures = next(&all);
        all.extend(data.overlay.disclosures.iter().map(|d| said(&d.text, &d.legal_basis)));
        let (lists, exceptions) = (lists.into(), exceptions.into());
        (Self { lists, exceptions, closings, disclosures }, all)
    }

    /// Position of the ground of a list itself, by the list's position.
    pub(super) fn list(&self, list: usize) -> u32 {
        self.lists.get(list).copied().unwrap_or(u32::MAX)
    }

    /// Position of the ground of a list's rule, by the positions of the list and of its set of
    /// rules.
    pub(crate) fn rule(&self, list: usize, regime: usize, rule: ListRule) -> u32 {
        let rules = RULES.saturating_mul(number(regime)).saturating_add(1 + rule as u32);
        self.list(list).saturating_add(rules)
    }

    /// Position of the ground of a measure's exception, by the positions of both.
    pub(super) fn exception(&self, measure: usize, exception: usize) -> u32 {
        let first = self.exceptions.get(measure).copied().unwrap_or(u32::MAX);
        first.saturating_add(number(exception))
    }

    /// Position of the ground of a place's rule that closes promises.
    pub(super) fn closing(&self, closing: usize) -> u32 {
        self.closings.saturating_add(number(closing))
    }

    /// Position of the ground of a place's end of disclosure.
    pub(super) fn disclosure(&self, disclosure: usize) -> u32 {
        self.disclosures.saturating_add(number(disclosure))
    }
}
