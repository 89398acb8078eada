//! The adopted catalogue: data checked against the rails and indexed by code.
//!
//! Adoption happens once, before any application is seen; from then on nothing is parsed and
//! nothing is scanned.

pub mod data;
mod index;
mod place;
mod rails;

use crate::catalogue::data::{
    CatalogueData, Instrument, List, ListRegime, Matter, Measure, PersonsRule, Setting,
};
#[cfg(feature = "authoring")]
pub(crate) use crate::catalogue::index::MOST;
use crate::catalogue::index::{Codes, RecordAct, Restrictions};
use crate::date::Date;
use crate::lookback;
use crate::lookups::Days;
use crate::model::{
    Description, DueRule, Effect, Force, Freshness, LegalBasis, ListInfo, MatterInfo, MeasureInfo,
    PolicyId, Role, Text,
};
use crate::name::{Name, each_once};

/// The name under which the rules of this crate describe themselves.
pub const POLICY_NAME: &str = "mustcheck";

/// A catalogue that has passed the rails, ready to be asked.
#[derive(Clone, Debug)]
pub struct Catalogue {
    data: CatalogueData,
    instruments: Codes,
    lists: Codes,
    acts: Codes,
    matters: Codes,
    /// The recommended measures that the overlay adopts one by one.
    adopts: Codes,
    /// The measures whose department the place names.
    implemented: Codes,
    restrictions: Restrictions,
    /// Positions of the incentives, by the position of their matter.
    incentives: Box<[Box<[u32]>]>,
    /// Positions of the restrictions that outlast their records for a counted time, likewise.
    lasting: Box<[Box<[u32]>]>,
}

impl Catalogue {
    /// Adopts a catalogue in JSON.
    ///
    /// # Errors
    ///
    /// What does not fit: JSON that is no catalogue, or data that a rail forbids.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let data = each_once(|| serde_json::from_slice(json));
        let data = data.map_err(|e| format!("no catalogue: {e}"))?;
        Self::adopt(data)
    }

    /// Adopts a catalogue.
    ///
    /// # Errors
    ///
    /// All the data that a rail forbids, one line each.
    pub fn adopt(mut data: CatalogueData) -> Result<Self, String> {
        let findings = rails::findings(&data);
        if !findings.is_empty() {
            return Err(findings.join("\n"));
        }
        place::resolve(&mut data);
        let matters = Codes::of(data.matters.iter().map(|m| &m.code));
        let lists = Codes::of(data.lists.iter().map(|l| &l.code));
        let acts = Codes::of(data.acts.iter().map(|a| &a.code));
        let by_matter = |chosen: fn(&Measure) -> bool| -> Box<[Box<[u32]>]> {
            let of = |matter: &Matter| {
                let measures = data.measures.iter().zip(0..);
                let own = measures.filter(|(m, _)| chosen(m) && m.matters.contains(&matter.code));
                own.map(|(_, position)| position).collect()
            };
            data.matters.iter().map(of).collect()
        };
        let incentives = by_matter(|m| m.effect == Effect::Incentive);
        let lasting =
            by_matter(|m| m.effect == Effect::Restriction && m.term().outlasting().is_some());
        Ok(Self {
            instruments: Codes::of(data.instruments.iter().map(|i| &i.id)),
            adopts: Codes::of(data.overlay.adopts.iter()),
            implemented: Codes::at(
                (data.measures.iter().zip(0..))
                    .filter(|(measure, _)| measure.implementer.is_some())
                    .map(|(measure, position)| (&measure.id, position)),
            ),
            restrictions: Restrictions::of(&data, &matters, &lists, &acts),
            incentives,
            lasting,
            matters,
            lists,
            acts,
            data,
        })
    }

    /// Leaves out what no check and no description says: notes, remarks, and the places where acts
    /// are named. They have passed the rails and stay in the catalogue's own text.
    #[cfg(target_family = "wasm")]
    pub(crate) fn without_commentary(mut self) -> Self {
        let data = &mut self.data;
        data.edition.remark = Text::default();
        data.edition.local_ranks = Vec::new();
        place::without_commentary(&mut data.overlay);
        for act in &mut data.acts {
            act.name = Text::default();
            act.legal_basis = Vec::new();
        }
        data.instruments.iter_mut().for_each(|i| i.remark = Name::default());
        data.lists.iter_mut().for_each(|l| l.notes = Vec::new());
        data.matters.iter_mut().for_each(|m| m.notes = Vec::new());
        data.measures.iter_mut().for_each(|m| m.notes = Vec::new());
        data.settings.iter_mut().for_each(|s| s.source = Name::default());
        self
    }

    /// The data as adopted.
    pub const fn data(&self) -> &CatalogueData {
        &self.data
    }

    /// A list by code.
    pub fn list(&self, code: &str) -> Option<&List> {
        self.data.lists.get(self.lists.position(code)?)
    }

    /// A matter by code.
    pub fn matter(&self, code: &str) -> Option<&Matter> {
        self.data.matters.get(self.matters.position(code)?)
    }

    /// Whether the catalogue has this act.
    pub fn has_act(&self, code: &str) -> bool {
        self.acts.position(code).is_some()
    }

    /// The restrictions on a matter that a record of a list can trigger, by the act that it names
    /// or does not name, in force on the day (RAIL R3).
    pub fn restrictions<'a>(
        &'a self,
        matter: &str,
        list: &str,
        act: Option<&str>,
        as_of: Date,
    ) -> impl Iterator<Item = &'a Measure> {
        let matter = self.matters.position(matter);
        let list = self.lists.position(list);
        let act = self.record_act(act);
        let positions = matter.zip(list).map(|(m, l)| self.restrictions.of_record(m, l, act));
        self.in_force(positions.into_iter().flatten(), as_of)
    }

    /// The incentives on a matter, in force on the day (RAIL R3).
    pub fn incentives<'a>(
        &'a self,
        matter: &str,
        as_of: Date,
    ) -> impl Iterator<Item = &'a Measure> {
        let positions = self.matters.position(matter).and_then(|m| self.incentives.get(m));
        let positions = positions.map_or(&[][..], |positions| positions);
        self.in_force(positions.iter().filter_map(|p| usize::try_from(*p).ok()), as_of)
    }

    /// What links a list with other matters than the one applied for: the basis of the first
    /// restriction that such a record can trigger anywhere, so that a reader sees how far it goes.
    pub fn scope_of_list(&self, list: &List, act: Option<&str>, as_of: Date) -> Vec<LegalBasis> {
        let position = self.lists.position(&list.code);
        let own = position.map(|l| self.restrictions.of_act(l, self.record_act(act)));
        let any = position.map(|l| self.restrictions.of_list(l));
        let positions = own.into_iter().flatten().chain(any.into_iter().flatten());
        let mut measures = self.in_force(positions, as_of);
        let first = measures.find(|m| !m.kind.is_examination());
        first.map_or_else(|| list.legal_basis.clone(), |m| m.legal_basis.clone())
    }

    fn record_act(&self, act: Option<&str>) -> RecordAct {
        match act {
            Some(act) => self.acts.position(act).map_or(RecordAct::Unknown, RecordAct::Known),
            None => RecordAct::None,
        }
    }

    /// The day from which a source must hold every record of a list about a subject in a role,
    /// if bars that the records may found outlast them.
    // RAIL R2
    pub fn since(&self, matter: &str, list: &str, role: Role, days: Days) -> Option<Date> {
        let lasting = self.lasting.get(self.matters.position(matter)?)?;
        let measures =
            lasting.iter().filter_map(|p| self.data.measures.get(usize::try_from(*p).ok()?));
        let bars = measures.filter(|m| {
            holds(m.valid_from, m.valid_until, days.made_on)
                && m.roles.contains(&role)
                && m.lists.iter().any(|l| l == list)
                && self.adopted(m)
        });
        lookback::since(bars.map(Measure::term), days.as_of)
    }

    // RAIL R3: a measure speaks only on days on which it and every text it cites are in force.
    fn in_force(
        &self,
        positions: impl Iterator<Item = usize>,
        as_of: Date,
    ) -> impl Iterator<Item = &Measure> {
        let measures = positions.filter_map(|i| self.data.measures.get(i));
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
        self.data.instruments.get(self.instruments.position(id)?)
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

    /// Whether the overlay holds on this day.
    pub fn holds_here_on(&self, as_of: Date) -> bool {
        let overlay = &self.data.overlay;
        holds(overlay.valid_from.unwrap_or(as_of), overlay.valid_until, as_of)
    }

    /// Whether the overlay holds in a division (GB/T 2260).
    pub fn holds_in(&self, region: &str) -> bool {
        let regions = &self.data.overlay.regions;
        regions.is_empty() || regions.iter().any(|prefix| region.starts_with(prefix.as_str()))
    }

    /// The department that carries a measure out, where the place says.
    pub fn implementer(&self, measure: &str) -> Option<&Text> {
        self.data.measures.get(self.implemented.position(measure)?)?.implementer.as_ref()
    }

    /// Whether a measure is to be applied: mandatory, or adopted by the overlay.
    pub fn adopted(&self, measure: &Measure) -> bool {
        let overlay = &self.data.overlay;
        measure.force == Force::Mandatory
            || (measure.effect == Effect::Incentive && overlay.adopts_recommended_incentives)
            || self.adopts.position(&measure.id).is_some()
    }

    /// Age in days beyond which a source's snapshot is stale.
    pub fn freshness_days(&self, source: &str) -> u16 {
        let overlay = &self.data.overlay;
        let own = overlay.sources.iter().find(|s| s.source == source);
        own.map_or(overlay.freshness_days, |s| s.freshness_days)
    }

    /// A list's rule on the persons whom a record of an act reaches: at most one, the compiler
    /// having kept the edition's, and the rails one for an act.
    // RAIL R8: a rule that an article limits to some acts reaches nobody through others.
    pub fn persons_rule<'a>(&self, list: &'a List, act: Option<&str>) -> Option<&'a PersonsRule> {
        let names = |rule: &PersonsRule| act.is_some_and(|act| rule.acts.iter().any(|a| a == act));
        list.persons.iter().find(|rule| rule.acts.is_empty() || names(rule))
    }

    /// A list's rules on how entries end that hold on the day of a check.
    pub fn regime<'a>(&self, list: &'a List, on: Date) -> Option<&'a ListRegime> {
        list.rules.iter().find(|rules| holds(rules.valid_from, rules.valid_until, on))
    }

    /// Which policy this is.
    pub fn policy(&self) -> PolicyId {
        PolicyId {
            name: POLICY_NAME.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            edition: self.data.edition.id.clone().into(),
            overlay: self.data.overlay.id.clone().into(),
        }
    }

    /// What this policy is, for hosts and people.
    pub fn describe(&self) -> Description {
        let overlay = &self.data.overlay;
        let mut freshness = vec![Freshness { source: None, days: overlay.freshness_days }];
        freshness.extend(
            overlay.sources.iter().map(|s| Freshness {
                source: Some(s.source.clone().into()),
                days: s.freshness_days,
            }),
        );
        Description {
            policy: self.policy(),
            edition_name: self.data.edition.name.clone(),
            // What the overlay does not decide, the policy does not.
            valid_from: overlay
                .valid_from
                .map_or(self.data.edition.valid_from, |own| own.max(self.data.edition.valid_from)),
            valid_until: earliest(self.data.edition.valid_until, overlay.valid_until),
            lists: self.data.lists.iter().map(list_info).collect(),
            acts: self.data.acts.iter().map(|a| a.code.clone().into()).collect(),
            matters: self.data.matters.iter().map(matter_info).collect(),
            measures: self.data.measures.iter().map(|m| self.measure_info(m)).collect(),
            freshness,
        }
    }

    fn measure_info(&self, measure: &Measure) -> MeasureInfo {
        MeasureInfo {
            id: measure.id.clone().into(),
            effect: measure.effect,
            force: measure.force,
            kind: measure.kind,
            adopted: self.adopted(measure),
            matters: Name::owned(&measure.matters),
            roles: measure.roles.clone(),
            lists: Name::owned(&measure.lists),
            valid_from: measure.valid_from,
            valid_until: measure.valid_until,
            longest_term: measure.longest_term,
            fixed_term: measure.fixed_term,
            shortest_term: measure.shortest_term,
            lifelong: measure.lifelong,
            text: measure.text.clone(),
            legal_basis: measure.legal_basis.clone(),
        }
    }
}

fn list_info(list: &List) -> ListInfo {
    ListInfo {
        code: list.code.clone().into(),
        parts: Name::owned(&list.parts),
        name: list.name.clone(),
        polarity: list.polarity,
        standing: list.standing,
        acts: Name::owned(&list.acts),
        rules: list.rules.iter().map(ListRegime::rules).collect(),
    }
}

fn matter_info(matter: &Matter) -> MatterInfo {
    let due = matter.due.iter().map(|d| DueRule {
        roles: d.roles.clone(),
        required: d.required,
        lists: Name::owned(&d.lists),
        legal_basis: d.legal_basis.clone(),
    });
    MatterInfo {
        code: matter.code.clone().into(),
        domain: matter.domain,
        name: matter.name.clone(),
        due: due.collect(),
    }
}

/// The earlier of two last days, each of which may be absent.
fn earliest(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Whether a validity, both ends included, holds on a day.
pub(crate) fn holds(from: Date, until: Option<Date>, on: Date) -> bool {
    from <= on && until.is_none_or(|last| on <= last)
}
