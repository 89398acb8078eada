//! What a policy says of itself, found by code: the rails ask for every measure and list of a
//! decision, and a catalogue may hold thousands.

use mustcheck_guest::model::{
    Description, ListInfo, ListStanding, MatterInfo, MeasureInfo, Polarity,
};
use rustc_hash::FxHashMap;

/// A description with its indexes.
#[derive(Debug)]
pub(crate) struct Described {
    description: Description,
    lists: FxHashMap<String, usize>,
    matters: FxHashMap<String, usize>,
    measures: FxHashMap<String, usize>,
}

impl Described {
    pub(crate) fn new(description: Description) -> Self {
        let index = |codes: Vec<&String>| -> FxHashMap<String, usize> {
            codes.into_iter().enumerate().map(|(i, code)| (code.clone(), i)).collect()
        };
        Self {
            lists: index(description.lists.iter().map(|l| &l.code).collect()),
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
