//! What a policy says of itself, found by code: the rails ask for every measure and list of a
//! decision, and a catalogue may hold thousands.

use mustcheck_guest::date::Date;
use mustcheck_guest::lookback;
use mustcheck_guest::lookups::Days;
use mustcheck_guest::model::{
    Description, Effect, ListInfo, ListStanding, MatterInfo, MeasureInfo, Polarity, Role,
};
use rustc_hash::FxHashMap;

/// The lists that have parts, which sources may publish as lists of their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    /// The parts of each list.
    of: FxHashMap<String, Vec<String>>,
    /// The list of each part.
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

    /// The parts of a list, if it has any.
    pub(crate) fn of(&self, list: &str) -> Option<&[String]> {
        self.of.get(list).map(Vec::as_slice)
    }

    /// The list that a code is a part of.
    pub(crate) fn whole(&self, code: &str) -> Option<&str> {
        self.whole.get(code).map(String::as_str)
    }
}

/// A description with its indexes.
#[derive(Debug)]
pub(crate) struct Described {
    description: Description,
    lists: FxHashMap<String, usize>,
    parts: Parts,
    matters: FxHashMap<String, usize>,
    measures: FxHashMap<String, usize>,
    /// Of each matter, the positions of the restrictions that outlast their records for a counted
    /// time.
    lasting: FxHashMap<String, Vec<usize>>,
}

impl Described {
    pub(crate) fn new(description: Description) -> Self {
        let index = |codes: Vec<&String>| -> FxHashMap<String, usize> {
            codes.into_iter().enumerate().map(|(i, code)| (code.clone(), i)).collect()
        };
        let mut lasting: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (position, measure) in description.measures.iter().enumerate() {
            if measure.effect == Effect::Restriction && measure.term().outlasting().is_some() {
                for matter in &measure.matters {
                    lasting.entry(matter.clone()).or_default().push(position);
                }
            }
        }
        Self {
            lasting,
            lists: index(description.lists.iter().map(|l| &l.code).collect()),
            parts: Parts::new(&description),
            matters: index(description.matters.iter().map(|m| &m.code).collect()),
            measures: index(description.measures.iter().map(|m| &m.id).collect()),
            description,
        }
    }

    pub(crate) const fn description(&self) -> &Description {
        &self.description
    }

    /// Where a list stands among the policy's.
    pub(crate) fn list_position(&self, code: &str) -> Option<usize> {
        self.lists.get(code).copied()
    }

    pub(crate) fn list(&self, code: &str) -> Option<&ListInfo> {
        self.description.lists.get(self.list_position(code)?)
    }

    /// The day from which a source must hold every record of a list about a subject in a role.
    // RAIL R2
    pub(crate) fn since(&self, matter: &str, list: &str, role: Role, days: Days) -> Option<Date> {
        let lasting = self.lasting.get(matter)?.iter();
        let measures = lasting.filter_map(|position| self.description.measures.get(*position));
        let bars = measures.filter(|m| {
            m.valid_from <= days.made_on
                && m.valid_until.is_none_or(|last| days.made_on <= last)
                && m.roles.contains(&role)
                && m.lists.iter().any(|l| l == list)
                && m.adopted
        });
        lookback::since(bars.map(MeasureInfo::term), days.as_of)
    }

    pub(crate) const fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) fn matter(&self, code: &str) -> Option<&MatterInfo> {
        self.matters.get(code).and_then(|i| self.description.matters.get(*i))
    }

    pub(crate) fn measure(&self, id: &str) -> Option<&MeasureInfo> {
        self.measures.get(id).and_then(|i| self.description.measures.get(*i))
    }

    /// Whether a list is a reason to look closer, kept by a public authority.
    pub(crate) fn is_watch(&self, list: &str) -> bool {
        self.list(list)
            .is_some_and(|l| l.polarity == Polarity::Watch && l.standing == ListStanding::Statutory)
    }
}
