//! A policy's description, indexed by code and by position: host and writer look up every list and
//! measure of a check, and a catalogue may hold thousands.

use rustc_hash::FxHashMap;

use crate::date::Date;
use crate::lookback;
use crate::{
    Basis, Days, Description, Effect, GroundInfo, InstrumentInfo, LegalBasis, ListInfo, MatterInfo,
    MeasureInfo, Role,
};

/// Lists with parts that sources may publish as lists of their own.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Codes of the parts, by code of the list.
    of: FxHashMap<String, Vec<String>>,
    /// Code of the list, by code of the part.
    whole: FxHashMap<String, String>,
}

impl Parts {
    fn new(description: &Description) -> Self {
        let mut parts = Self::default();
        for list in description.lists.iter().filter(|list| !list.parts.is_empty()) {
            parts.of.insert(list.code.clone(), list.parts.clone());
            let each = list.parts.iter().map(|part| (part.clone(), list.code.clone()));
            parts.whole.extend(each);
        }
        parts
    }

    /// Codes of the parts of a list, if it has any.
    pub fn of(&self, list: &str) -> Option<&[String]> {
        self.of.get(list).map(Vec::as_slice)
    }

    /// Code of the list that a part belongs to; `None` if the code is no part.
    pub fn whole(&self, code: &str) -> Option<&str> {
        self.whole.get(code).map(String::as_str)
    }
}

/// A policy's description with its indexes.
#[derive(Clone, Debug)]
pub struct Described {
    description: Description,
    lists: FxHashMap<String, u32>,
    parts: Parts,
    acts: FxHashMap<String, u32>,
    matters: FxHashMap<String, u32>,
    measures: FxHashMap<String, u32>,
    instruments: FxHashMap<String, u32>,
    /// Due lookups, by position of the matter.
    due: Vec<Vec<Due>>,
    /// Restrictions that outlast their records for a counted time, by position of the matter.
    lasting: Vec<Vec<Lasting>>,
}

/// Lookups due for some roles.
#[derive(Clone, Debug)]
pub struct Due {
    /// The roles whose subjects are looked up.
    pub roles: Vec<Role>,
    /// Positions of the lists; `None` for a list that the policy does not have.
    pub lists: Vec<Option<u32>>,
}

/// A restriction that outlasts its records for a counted time.
#[derive(Clone, Debug)]
struct Lasting {
    measure: u32,
    lists: Vec<u32>,
}

impl Described {
    /// Indexes a description.
    pub fn new(description: Description) -> Self {
        fn index<'a>(codes: impl Iterator<Item = &'a String>) -> FxHashMap<String, u32> {
            codes.cloned().zip(0..).collect()
        }
        let lists = index(description.lists.iter().map(|l| &l.code));
        let position = |list: &String| lists.get(list).copied();
        let due = description.matters.iter().map(|matter| {
            let due = matter.due.iter().map(|rule| Due {
                roles: rule.roles.clone(),
                lists: rule.lists.iter().map(position).collect(),
            });
            due.collect()
        });
        let outlasts = |measure: &MeasureInfo| {
            measure.effect == Effect::Restriction && measure.term().outlasting().is_some()
        };
        let lasting = description.matters.iter().map(|matter| {
            let measures = description.measures.iter().zip(0..);
            let own = measures.filter(|(m, _)| outlasts(m) && m.matters.contains(&matter.code));
            let own = own.map(|(measure, position_of)| Lasting {
                measure: position_of,
                lists: measure.lists.iter().filter_map(position).collect(),
            });
            own.collect()
        });
        Self {
            due: due.collect(),
            lasting: lasting.collect(),
            lists,
            parts: Parts::new(&description),
            acts: index(description.acts.iter()),
            matters: index(description.matters.iter().map(|m| &m.code)),
            measures: index(description.measures.iter().map(|m| &m.id)),
            instruments: index(description.instruments.iter().map(|i| &i.id)),
            description,
        }
    }

    /// The policy's description.
    pub const fn description(&self) -> &Description {
        &self.description
    }

    /// The lists that have parts.
    pub const fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The position of a list.
    pub fn list_position(&self, code: &str) -> Option<u32> {
        self.lists.get(code).copied()
    }

    /// The position of an act.
    pub fn act_position(&self, code: &str) -> Option<u32> {
        self.acts.get(code).copied()
    }

    /// The position of a matter.
    pub fn matter_position(&self, code: &str) -> Option<u32> {
        self.matters.get(code).copied()
    }

    /// A list by code.
    pub fn list(&self, code: &str) -> Option<&ListInfo> {
        self.list_at(self.list_position(code)?)
    }

    /// A list by position.
    pub fn list_at(&self, position: u32) -> Option<&ListInfo> {
        self.description.lists.get(usize::try_from(position).ok()?)
    }

    /// A matter by code.
    pub fn matter(&self, code: &str) -> Option<&MatterInfo> {
        self.matter_at(self.matter_position(code)?)
    }

    /// A matter by position.
    pub fn matter_at(&self, position: u32) -> Option<&MatterInfo> {
        self.description.matters.get(usize::try_from(position).ok()?)
    }

    /// A measure by its id.
    pub fn measure(&self, id: &str) -> Option<&MeasureInfo> {
        self.measure_at(*self.measures.get(id)?)
    }

    /// A measure by position.
    pub fn measure_at(&self, position: u32) -> Option<&MeasureInfo> {
        self.description.measures.get(usize::try_from(position).ok()?)
    }

    /// An instrument by its id.
    pub fn instrument(&self, id: &str) -> Option<&InstrumentInfo> {
        let position = usize::try_from(*self.instruments.get(id)?).ok()?;
        self.description.instruments.get(position)
    }

    /// A ground by position.
    pub fn ground(&self, position: u32) -> Option<&GroundInfo> {
        self.description.grounds.get(usize::try_from(position).ok()?)
    }

    /// The clauses of a basis: of a measure or of a ground.
    pub fn basis(&self, basis: Basis) -> Option<&[LegalBasis]> {
        match basis {
            Basis::Measure(position) => Some(&self.measure_at(position)?.legal_basis),
            Basis::Ground(position) => Some(&self.ground(position)?.legal_basis),
        }
    }

    /// Largest age in days at which the policy accepts a source's snapshot.
    pub fn freshness(&self, source: &str) -> u16 {
        let freshness = &self.description.freshness;
        let own = freshness.iter().find(|f| f.source.as_deref() == Some(source));
        let other = || freshness.iter().find(|f| f.source.is_none());
        own.or_else(other).map_or(0, |f| f.days)
    }

    /// First day from which a source must hold every record of a list about a subject in a role;
    /// `None` if no restriction that the records may trigger outlasts them.
    // RAIL R2
    pub fn since(&self, matter: u32, list: u32, role: Role, days: Days) -> Option<Date> {
        let lasting = self.lasting.get(usize::try_from(matter).ok()?)?;
        let on_list = lasting.iter().filter(|lasting| lasting.lists.contains(&list));
        let measures = on_list.filter_map(|lasting| self.measure_at(lasting.measure));
        let bars = measures.filter(|m| {
            m.valid_from <= days.made_on
                && m.valid_until.is_none_or(|last| days.made_on <= last)
                && m.roles.contains(&role)
                && m.adopted
        });
        lookback::since(bars.map(MeasureInfo::term), days.as_of)
    }

    /// The lookups due on a matter.
    pub fn due(&self, matter: u32) -> &[Due] {
        let due = usize::try_from(matter).ok().and_then(|matter| self.due.get(matter));
        due.map_or(&[], Vec::as_slice)
    }
}
