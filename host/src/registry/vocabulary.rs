//! The codes that a registry may use: those of the policies it serves.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::date::Date;
use mustcheck_model::{Description, ListRules, ListStanding};

/// The lists, acts and matters of one or more policies.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Each list with the acts that its records may name; empty means any.
    lists: BTreeMap<String, BTreeSet<String>>,
    acts: BTreeSet<String>,
    matters: BTreeSet<String>,
    /// Standings of each list, from each policy that has it.
    standings: BTreeMap<String, BTreeSet<ListStanding>>,
    /// Rules on how entries of each list end, from each policy that has it.
    rules: BTreeMap<String, Vec<Vec<ListRules>>>,
}

impl Vocabulary {
    /// The codes of these policies together.
    pub fn of<'a>(descriptions: impl IntoIterator<Item = &'a Description>) -> Self {
        let mut all = Self::default();
        for description in descriptions {
            for list in &description.lists {
                for code in list.parts.iter().chain([&list.code]) {
                    all.lists.entry(code.clone()).or_default().extend(list.acts.iter().cloned());
                    all.standings.entry(code.clone()).or_default().insert(list.standing);
                    all.rules.entry(code.clone()).or_default().push(list.rules.clone());
                }
            }
            all.acts.extend(description.acts.iter().cloned());
            all.matters.extend(description.matters.iter().map(|m| m.code.clone()));
        }
        all
    }

    /// Adds the codes of other policies.
    pub fn extend(&mut self, other: &Self) {
        for (list, acts) in &other.lists {
            self.lists.entry(list.clone()).or_default().extend(acts.iter().cloned());
        }
        self.acts.extend(other.acts.iter().cloned());
        self.matters.extend(other.matters.iter().cloned());
        for (list, standings) in &other.standings {
            self.standings.entry(list.clone()).or_default().extend(standings);
        }
        for (list, rules) in &other.rules {
            self.rules.entry(list.clone()).or_default().extend(rules.iter().cloned());
        }
    }

    /// Returns the rules on how entries of a list end that are in force on a day, from each policy
    /// that has the list; those of the Opinions if none has.
    pub fn rules_on(&self, list: &str, day: Date) -> impl Iterator<Item = &ListRules> {
        let known = self.rules.get(list).map(Vec::as_slice).unwrap_or_default();
        let none = known.is_empty().then_some(&ListRules::OF_THE_OPINIONS);
        known.iter().map(move |rules| ListRules::on(rules, day)).chain(none)
    }

    /// Returns the fault if a list has another standing than a caller takes it to have.
    pub fn standing_fault(&self, list: &str, standing: ListStanding) -> Option<String> {
        let known = self.standings.get(list)?;
        let other = known.iter().find(|known| **known != standing)?;
        Some(format!("list `{list}` is `{other}`, not `{standing}`"))
    }

    /// Returns the fault of a list's code, if there is one.
    pub fn list_fault(&self, code: &str) -> Option<String> {
        if self.lists.contains_key(code) {
            return None;
        }
        Some(format!(
            "`{}` is an unknown list{}",
            mustcheck_writer::safe(code),
            near(code, self.lists.keys())
        ))
    }

    /// Returns the fault of the act of a record on a list, if there is one.
    pub fn act_fault(&self, list: &str, act: &str) -> Option<String> {
        if !self.acts.contains(act) {
            let shown = mustcheck_writer::safe(act);
            return Some(format!("`{shown}` is an unknown act{}", near(act, self.acts.iter())));
        }
        let allowed = self.lists.get(list)?;
        let fits = allowed.is_empty() || allowed.contains(act);
        (!fits).then(|| format!("act `{act}` is not one that list `{list}` holds"))
    }

    /// Returns the fault of the matter of a record, if there is one.
    pub fn matter_fault(&self, matter: &str) -> Option<String> {
        if self.matters.contains(matter) {
            return None;
        }
        let shown = mustcheck_writer::safe(matter);
        Some(format!("`{shown}` is an unknown matter{}", near(matter, self.matters.iter())))
    }
}

/// Suggests the known code that a misspelled one most likely means, for the message only.
fn near<'a>(code: &str, known: impl Iterator<Item = &'a String>) -> String {
    let distance = |other: &str| strsim::damerau_levenshtein(code, other);
    known
        .map(|k| (distance(k), k))
        .filter(|(d, _)| *d <= 3)
        .min()
        .map(|(_, k)| format!("; did you mean `{k}`?"))
        .unwrap_or_default()
}
