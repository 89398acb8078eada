//! The adopted catalogue: data checked against the rails and indexed by code.
//!
//! Adoption happens once, before any application is seen; from then on nothing is parsed and
//! nothing is scanned.

pub mod data;
pub(crate) mod grounds;
mod index;
mod place;
mod rails;

use std::sync::OnceLock;

#[cfg(target_family = "wasm")]
use mustcheck_model::Text;
use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
#[cfg(target_family = "wasm")]
use mustcheck_model::name::Name;
use mustcheck_model::name::each_once;
use mustcheck_model::{Basis, Effect, Force, ListStanding, PolicyId, Role};

use crate::catalogue::data::{
    Act, CatalogueData, Instrument, List, ListRegime, Matter, Measure, PersonsRule, Setting,
};
use crate::catalogue::grounds::Grounds;
pub use crate::catalogue::grounds::ListRule;
pub use crate::catalogue::index::MOST;
use crate::catalogue::index::{CodeIndex, Restrictions};
use crate::clause::Clause;

/// The name under which the rules of this crate describe themselves.
pub const POLICY_NAME: &str = "mustcheck";

/// A catalogue that has passed the rails, indexed for checks.
#[derive(Clone, Debug)]
pub struct Catalogue {
    data: CatalogueData,
    instruments: CodeIndex,
    lists: CodeIndex,
    matters: CodeIndex,
    /// Recommended measures that the overlay adopts one by one.
    adopts: CodeIndex,
    restrictions: Restrictions,
    pub(crate) grounds: Grounds,
    /// Days on which each measure and every text that it cites are in force; none if a text is
    /// unknown (RAIL R3).
    in_force: Box<[Option<Validity>]>,
    /// Lists due on each matter, by role.
    due: Box<[Box<[DueLists]>]>,
    /// Positions of the incentives, by the position of their matter.
    incentives: Box<[Box<[u32]>]>,
    /// Description of the policy, with its indexes; made when it is first needed.
    pub(crate) described: OnceLock<Described>,
}

/// A first day, and a last one if there is one.
type Validity = (Date, Option<Date>);

/// Lists that are due for some roles.
#[derive(Clone, Debug)]
pub(crate) struct DueLists {
    /// The roles.
    pub(crate) roles: Vec<Role>,
    /// The lists, by position.
    pub(crate) lists: Box<[u32]>,
}

impl Catalogue {
    /// Adopts a catalogue in JSON.
    ///
    /// # Errors
    ///
    /// A text that says what does not fit: JSON that is no catalogue, or data that a rail forbids.
    pub fn from_json(json: &[u8]) -> Result<Self, String> {
        let data = each_once(|| serde_json::from_slice(json));
        let data = data.map_err(|e| format!("no catalogue: {e}"))?;
        Self::adopt(data)
    }

    /// Adopts a catalogue.
    ///
    /// # Errors
    ///
    /// A text with all the data that a rail forbids, one line each.
    pub fn adopt(mut data: CatalogueData) -> Result<Self, String> {
        let findings = rails::findings(&data);
        if !findings.is_empty() {
            return Err(findings.join("\n"));
        }
        place::resolve(&mut data);
        let matters = CodeIndex::of(data.matters.iter().map(|m| &m.code));
        let lists = CodeIndex::of(data.lists.iter().map(|l| &l.code));
        let acts = CodeIndex::of(data.acts.iter().map(|a| &a.code));
        let of_matter = |matter: &Matter| {
            let measures = data.measures.iter().zip(0..);
            let own = measures
                .filter(|(m, _)| m.effect == Effect::Incentive && m.matters.contains(&matter.code));
            own.map(|(_, position)| position).collect()
        };
        let instruments = CodeIndex::of(data.instruments.iter().map(|i| &i.id));
        let due = |matter: &Matter| {
            let due = matter.due.iter().map(|due| DueLists {
                roles: due.roles.clone(),
                lists: due.lists.iter().filter_map(|l| lists.position(l)).map(number).collect(),
            });
            due.collect()
        };
        Ok(Self {
            in_force: data.measures.iter().map(|m| in_force(m, &data, &instruments)).collect(),
            due: data.matters.iter().map(due).collect(),
            instruments,
            adopts: CodeIndex::of(data.overlay.adopts.iter()),
            restrictions: Restrictions::of(&data, &matters, &lists, &acts),
            grounds: Grounds::of(&data).0,
            incentives: data.matters.iter().map(of_matter).collect(),
            described: OnceLock::new(),
            matters,
            lists,
            data,
        })
    }

    /// Drops what neither a check nor a description uses: notes, remarks, and the clauses that name
    /// acts. They have passed the rails and stay in the catalogue's own text.
    #[cfg(target_family = "wasm")]
    pub fn without_commentary(mut self) -> Self {
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

    /// The position of a list.
    pub(crate) fn list_position(&self, code: &str) -> Option<usize> {
        self.lists.position(code)
    }

    /// A list by code.
    pub fn list(&self, code: &str) -> Option<&List> {
        self.data.lists.get(self.lists.position(code)?)
    }

    /// A matter by code.
    pub fn matter(&self, code: &str) -> Option<&Matter> {
        self.data.matters.get(self.matters.position(code)?)
    }

    /// Returns the restrictions on a matter that a record of a list can trigger, by the act that it
    /// names or does not name, in force on the day (RAIL R3), each with its position. Matter, list
    /// and act are positions.
    pub fn restrictions(
        &self,
        matter: u32,
        list: u32,
        act: Option<u32>,
        on: Date,
    ) -> impl Iterator<Item = (usize, &Measure)> {
        let positions = at(matter).zip(at(list));
        let positions = positions.map(|(m, l)| self.restrictions.of_record(m, l, act));
        self.in_force(positions.into_iter().flatten(), on)
    }

    /// The incentives on a matter, in force on the day (RAIL R3).
    pub fn incentives(&self, matter: u32, on: Date) -> impl Iterator<Item = (usize, &Measure)> {
        let positions = at(matter).and_then(|m| self.incentives.get(m));
        let positions = positions.map_or(&[][..], |positions| positions);
        self.in_force(positions.iter().filter_map(|p| at(*p)), on)
    }

    /// Returns the basis that links a list with matters other than the one applied for: that of the
    /// first restriction that such a record can trigger anywhere, so that a reader sees how far the
    /// list reaches; else that of the list itself. `None` if the list has neither.
    pub fn scope_of_list(&self, list: u32, act: Option<u32>, on: Date) -> Option<Basis> {
        let position = at(list)?;
        let positions = self.restrictions.of_act(position, act);
        let positions = positions.chain(self.restrictions.of_list(position));
        let mut measures = self.in_force(positions, on);
        let first = measures.find(|(_, m)| !m.kind.is_examination());
        let own = || {
            let list = self.data.lists.get(position)?;
            (!list.legal_basis.is_empty()).then(|| self.founds(number(position)))
        };
        first.map(|(measure, _)| Basis::Measure(number(measure))).or_else(own)
    }

    /// Position of the ground of a clause that a rule in code rests on.
    pub fn ground_of(clause: &Clause) -> u32 {
        clause.position
    }

    /// The ground of a clause, as a basis.
    pub fn clause(clause: &Clause) -> Basis {
        Basis::Ground(Self::ground_of(clause))
    }

    /// The ground of a list itself: the clauses on which it is kept.
    pub fn founds(&self, list: u32) -> Basis {
        Basis::Ground(self.grounds.list(at(list).unwrap_or(usize::MAX)))
    }

    /// The ground of a rule of a list; `regime` is the position of the set of rules among the
    /// list's.
    pub fn list_rule(&self, list: u32, regime: usize, rule: ListRule) -> Basis {
        Basis::Ground(self.grounds.rule(at(list).unwrap_or(usize::MAX), regime, rule))
    }

    /// The ground of an exception of a measure, by the position of either.
    pub fn exception(&self, measure: usize, exception: usize) -> Basis {
        Basis::Ground(self.grounds.exception(measure, exception))
    }

    /// The ground of a place's rule that closes promises, by its position.
    pub fn closing(&self, closing: usize) -> Basis {
        Basis::Ground(self.grounds.closing(closing))
    }

    /// The ground of a place's end of disclosure, by its position.
    pub fn disclosure(&self, disclosure: usize) -> Basis {
        Basis::Ground(self.grounds.disclosure(disclosure))
    }

    // RAIL R3: a measure applies only on days on which it and every text it cites are in force.
    fn in_force(
        &self,
        positions: impl Iterator<Item = usize>,
        on: Date,
    ) -> impl Iterator<Item = (usize, &Measure)> {
        let measures = positions.filter_map(|i| Some((i, self.data.measures.get(i)?)));
        measures.filter(move |(i, _)| {
            let validity = self.in_force.get(*i).copied().flatten();
            validity.is_some_and(|(from, until)| holds(from, until, on))
        })
    }

    /// The lists that are due on a matter.
    pub(crate) fn due(&self, matter: u32) -> &[DueLists] {
        at(matter).and_then(|matter| self.due.get(matter)).map_or(&[], |due| due)
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

    /// Whether a measure is to be applied: it is mandatory, or the overlay adopts it.
    pub fn adopted(&self, measure: &Measure) -> bool {
        let overlay = &self.data.overlay;
        measure.force == Force::Mandatory
            || (measure.effect == Effect::Incentive && overlay.adopts_recommended_incentives)
            || self.adopts.position(&measure.id).is_some()
    }

    /// A list's rule on the persons whom a record of an act reaches. There is at most one: the
    /// compiler keeps only the edition's rules, and the rails allow one for each act.
    // RAIL R8: a rule that an article limits to some acts reaches nobody through others.
    pub fn persons_rule<'a>(&self, list: &'a List, act: Option<u32>) -> Option<&'a PersonsRule> {
        let act = self.act(act);
        let names = |rule: &PersonsRule| act.is_some_and(|act| rule.acts.contains(&act.code));
        list.persons.iter().find(|rule| rule.acts.is_empty() || names(rule))
    }

    /// A list's rules on how entries end that hold on the day of a check, with their position.
    pub fn regime<'a>(&self, list: &'a List, on: Date) -> Option<(usize, &'a ListRegime)> {
        let mut rules = list.rules.iter().enumerate();
        rules.find(|(_, rules)| holds(rules.valid_from, rules.valid_until, on))
    }

    /// An act by position.
    pub fn act(&self, act: Option<u32>) -> Option<&Act> {
        self.data.acts.get(at(act?)?)
    }

    /// A list by position.
    pub fn list_at(&self, list: u32) -> Option<&List> {
        self.data.lists.get(at(list)?)
    }

    /// Whether the office must have an answer on a list. A reference list is looked up and shown,
    /// but has no effect on the decision (RAIL R9).
    pub fn is_due(&self, list: u32) -> bool {
        self.list_at(list).is_some_and(|list| list.standing == ListStanding::Statutory)
    }

    /// A measure by position.
    pub fn measure_at(&self, measure: u32) -> Option<&Measure> {
        self.data.measures.get(at(measure)?)
    }

    /// A matter by position.
    pub fn matter_at(&self, matter: u32) -> Option<&Matter> {
        self.data.matters.get(at(matter)?)
    }

    /// Name, version, edition and overlay of the policy.
    pub fn policy(&self) -> PolicyId {
        PolicyId {
            name: POLICY_NAME.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            edition: self.data.edition.id.clone().into(),
            overlay: self.data.overlay.id.clone().into(),
        }
    }
}

/// The days on which a measure and every text that it cites are in force; none if a text is unknown.
// RAIL R3
fn in_force(measure: &Measure, data: &CatalogueData, instruments: &CodeIndex) -> Option<Validity> {
    let mut days = (measure.valid_from, measure.valid_until);
    for basis in &measure.legal_basis {
        let text = data.instruments.get(instruments.position(&basis.instrument)?)?;
        let until = earliest(days.1, text.in_force_until);
        days = (days.0.max(text.in_force_from), until);
    }
    Some(days)
}

/// The earlier of two last days, each of which may be absent.
pub(crate) fn earliest(one: Option<Date>, other: Option<Date>) -> Option<Date> {
    one.into_iter().chain(other).min()
}

/// Converts a position of the boundary to an index.
pub(crate) fn at(position: u32) -> Option<usize> {
    usize::try_from(position).ok()
}

/// Converts an index to a position of the boundary. The rails keep all of them below [`MOST`].
pub(crate) fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Whether a period, both ends included, contains a day.
pub(crate) fn holds(from: Date, until: Option<Date>, on: Date) -> bool {
    from <= on && until.is_none_or(|last| on <= last)
}
