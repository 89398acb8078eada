//! The adopted catalogue: data checked against the rails and indexed by code.
//!
//! Adoption happens once, before any application is seen; from then on nothing is parsed and
//! nothing is scanned.

pub mod data;
mod rails;

use std::collections::BTreeMap;

use crate::catalogue::data::{
    CatalogueData, Instrument, List, Matter, Measure, PersonsRule, Setting,
};
use crate::date::Date;
use crate::model::{
    Description, DueRule, Effect, Force, Freshness, LegalBasis, ListInfo, MatterInfo, MeasureInfo,
    PolicyId,
};

/// The name under which the rules of this crate describe themselves.
pub const POLICY_NAME: &str = "mustcheck";

/// A catalogue that has passed the rails, ready to be asked.
#[derive(Clone, Debug)]
pub struct Catalogue {
    data: CatalogueData,
    instruments: BTreeMap<String, usize>,
    lists: BTreeMap<String, usize>,
    acts: BTreeMap<String, usize>,
    matters: BTreeMap<String, MatterIndex>,
    /// The restrictions that name a list, whatever their matters.
    by_list: BTreeMap<String, Vec<usize>>,
}

/// What bears on one matter.
#[derive(Clone, Debug, Default)]
struct MatterIndex {
    position: usize,
    /// Restrictions by list.
    restrictions: BTreeMap<String, Vec<usize>>,
    /// Incentives.
    incentives: Vec<usize>,
}

impl Catalogue {
    /// Adopts a catalogue in JSON.
    ///
    /// # Errors
    ///
    /// What does not fit: JSON that is no catalogue, or data that a rail forbids.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let data = serde_json::from_slice(json).map_err(|e| format!("no catalogue: {e}"))?;
        Self::adopt(data)
    }

    /// Adopts a catalogue.
    ///
    /// # Errors
    ///
    /// All the data that a rail forbids, one line each.
    pub fn adopt(data: CatalogueData) -> Result<Self, String> {
        let findings = rails::findings(&data);
        if !findings.is_empty() {
            return Err(findings.join("\n"));
        }
        let positions = |codes: Vec<&String>| -> BTreeMap<String, usize> {
            codes.into_iter().enumerate().map(|(i, code)| (code.clone(), i)).collect()
        };
        let mut matters: BTreeMap<String, MatterIndex> = BTreeMap::new();
        for (position, matter) in data.matters.iter().enumerate() {
            let index = MatterIndex { position, ..MatterIndex::default() };
            matters.insert(matter.code.clone(), index);
        }
        let mut by_list: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, measure) in data.measures.iter().enumerate() {
            if measure.effect == Effect::Restriction {
                for list in &measure.lists {
                    by_list.entry(list.clone()).or_default().push(position);
                }
            }
            for matter in &measure.matters {
                // The rails have seen that every matter exists.
                let Some(index) = matters.get_mut(matter) else { continue };
                match measure.effect {
                    Effect::Incentive => index.incentives.push(position),
                    Effect::Restriction => {
                        for list in &measure.lists {
                            index.restrictions.entry(list.clone()).or_default().push(position);
                        }
                    }
                }
            }
        }
        Ok(Self {
            instruments: positions(data.instruments.iter().map(|i| &i.id).collect()),
            lists: positions(data.lists.iter().map(|l| &l.code).collect()),
            acts: positions(data.acts.iter().map(|a| &a.code).collect()),
            matters,
            by_list,
            data,
        })
    }

    /// The data as adopted.
    pub const fn data(&self) -> &CatalogueData {
        &self.data
    }

    /// A list by code.
    pub fn list(&self, code: &str) -> Option<&List> {
        self.lists.get(code).and_then(|i| self.data.lists.get(*i))
    }

    /// A matter by code.
    pub fn matter(&self, code: &str) -> Option<&Matter> {
        self.matters.get(code).and_then(|m| self.data.matters.get(m.position))
    }

    /// Whether the catalogue has this act.
    pub fn has_act(&self, code: &str) -> bool {
        self.acts.contains_key(code)
    }

    /// The restrictions on a matter that a list triggers, in force on the day (RAIL R3).
    pub fn restrictions<'a>(
        &'a self,
        matter: &str,
        list: &str,
        as_of: Date,
    ) -> impl Iterator<Item = &'a Measure> {
        let positions = self.matters.get(matter).and_then(|m| m.restrictions.get(list));
        self.in_force(positions.map_or(&[], Vec::as_slice), as_of)
    }

    /// The incentives on a matter, in force on the day (RAIL R3).
    pub fn incentives<'a>(
        &'a self,
        matter: &str,
        as_of: Date,
    ) -> impl Iterator<Item = &'a Measure> {
        let positions = self.matters.get(matter).map_or(&[][..], |m| m.incentives.as_slice());
        self.in_force(positions, as_of)
    }

    /// What links a list with other matters than the one applied for: the basis of the first
    /// restriction that names it, so that a reader sees how far it goes.
    pub fn scope_of_list(&self, list: &List, as_of: Date) -> Vec<LegalBasis> {
        let positions = self.by_list.get(&list.code).map_or(&[][..], Vec::as_slice);
        let first = self.in_force(positions, as_of).find(|m| !m.kind.is_examination());
        first.map_or_else(|| list.legal_basis.clone(), |m| m.legal_basis.clone())
    }

    // RAIL R3: a measure speaks only on days on which it and every text it cites are in force.
    fn in_force<'a>(
        &'a self,
        positions: &'a [usize],
        as_of: Date,
    ) -> impl Iterator<Item = &'a Measure> {
        let measures = positions.iter().filter_map(|i| self.data.measures.get(*i));
        measures.filter(move |m| {
            holds(m.valid_from, m.valid_until, as_of)
                && m.legal_basis.iter().all(|b| self.basis_in_force(b, as_of))
        })
    }

    fn basis_in_force(&self, basis: &LegalBasis, as_of: Date) -> bool {
        self.instrument(&basis.instrument)
            .is_some_and(|i| holds(i.in_force_from, i.in_force_until, as_of))
    }

    /// An instrument by id.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.get(id).and_then(|i| self.data.instruments.get(*i))
    }

    /// A setting in force on the day.
    pub fn setting(&self, id: &str, as_of: Date) -> Option<&Setting> {
        let mut settings = self.data.settings.iter();
        settings.find(|s| s.id == id && holds(s.valid_from, s.valid_until, as_of))
    }

    /// Whether the edition decides on this day.
    pub fn decides(&self, as_of: Date) -> bool {
        holds(self.data.edition.valid_from, self.data.edition.valid_until, as_of)
    }

    /// Whether a measure is to be applied: mandatory, or adopted by the overlay.
    pub fn adopted(&self, measure: &Measure) -> bool {
        let overlay = &self.data.overlay;
        measure.force == Force::Mandatory
            || (measure.effect == Effect::Incentive && overlay.adopts_recommended_incentives)
            || overlay.adopts.contains(&measure.id)
    }

    /// Age in days beyond which a source's snapshot is stale.
    pub fn freshness_days(&self, source: &str) -> u16 {
        let overlay = &self.data.overlay;
        let own = overlay.sources.iter().find(|s| s.source == source);
        own.map_or(overlay.freshness_days, |s| s.freshness_days)
    }

    /// A list's rule on persons: at most one, the compiler having kept the edition's.
    pub fn persons_rule<'a>(&self, list: &'a List) -> Option<&'a PersonsRule> {
        list.persons.first()
    }

    /// Which policy this is.
    pub fn policy(&self) -> PolicyId {
        PolicyId {
            name: POLICY_NAME.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            edition: self.data.edition.id.clone(),
            overlay: self.data.overlay.id.clone(),
        }
    }

    /// What this policy is, for hosts and people.
    pub fn describe(&self) -> Description {
        let overlay = &self.data.overlay;
        let mut freshness = vec![Freshness { source: None, days: overlay.freshness_days }];
        freshness.extend(
            overlay
                .sources
                .iter()
                .map(|s| Freshness { source: Some(s.source.clone()), days: s.freshness_days }),
        );
        Description {
            policy: self.policy(),
            edition_name: self.data.edition.name.clone(),
            valid_from: self.data.edition.valid_from,
            valid_until: self.data.edition.valid_until,
            lists: self.data.lists.iter().map(list_info).collect(),
            acts: self.data.acts.iter().map(|a| a.code.clone()).collect(),
            matters: self.data.matters.iter().map(matter_info).collect(),
            measures: self.data.measures.iter().map(|m| self.measure_info(m)).collect(),
            freshness,
        }
    }

    fn measure_info(&self, measure: &Measure) -> MeasureInfo {
        MeasureInfo {
            id: measure.id.clone(),
            effect: measure.effect,
            force: measure.force,
            kind: measure.kind,
            adopted: self.adopted(measure),
            matters: measure.matters.clone(),
            roles: measure.roles.clone(),
            lists: measure.lists.clone(),
            valid_from: measure.valid_from,
            valid_until: measure.valid_until,
            text: measure.text.clone(),
            legal_basis: measure.legal_basis.clone(),
        }
    }
}

fn list_info(list: &List) -> ListInfo {
    ListInfo {
        code: list.code.clone(),
        name: list.name.clone(),
        polarity: list.polarity,
        standing: list.standing,
        acts: list.acts.clone(),
    }
}

fn matter_info(matter: &Matter) -> MatterInfo {
    let due = matter.due.iter().map(|d| DueRule {
        roles: d.roles.clone(),
        required: d.required,
        lists: d.lists.clone(),
        legal_basis: d.legal_basis.clone(),
    });
    MatterInfo {
        code: matter.code.clone(),
        domain: matter.domain,
        name: matter.name.clone(),
        due: due.collect(),
    }
}

/// Whether a validity, both ends included, holds on a day.
pub(crate) fn holds(from: Date, until: Option<Date>, on: Date) -> bool {
    from <= on && until.is_none_or(|last| on <= last)
}
