//! The mapping file of a FollowTheMoney file: the rules that put its entities on lists.

use std::path::Path;

use mustcheck::input::read_file;
use mustcheck::registry::RegistryError;
use mustcheck::registry::sources::{Source, sources_faults};
use mustcheck_model::ListStanding;
use mustcheck_model::date::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::follow_the_money::entity::{Entity, Term};
use crate::mapping::{Faults, MAPPING_LIMIT, MappingFault, read};

/// A mapping of a file of entities to records.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyMapping {
    /// Source: its publisher, the time of its snapshot, and the lists of the catalogue that it
    /// covers.
    pub source: Source,
    /// Rules that put an entity on a list.
    pub list: Vec<ListRule>,
}

/// A rule that puts an entity on one list, by a sanction of it or by one of its topics. Every
/// condition that is given must hold; a condition holds if any of its values fits.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRule {
    /// Code of the list in the catalogue.
    pub list: String,
    /// Kind of the list's keeper; compared with the catalogue, so that a reference list is not
    /// mistaken for one that restricts.
    pub standing: ListStanding,
    /// Act for all records of the list, if the list is about one.
    #[serde(default)]
    pub act: Option<String>,
    /// Topics of the entity itself. Its term then begins when it was first seen, and has no end.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Programmes of its sanctions, by name or id.
    #[serde(default)]
    pub programs: Vec<String>,
    /// Authorities of its sanctions.
    #[serde(default)]
    pub authorities: Vec<String>,
    /// Data sets that the entity is in.
    #[serde(default)]
    pub datasets: Vec<String>,
}

impl ListRule {
    /// Returns the terms for which an entity is on the list; empty if it is not. A term that cannot
    /// be read is an error of its own.
    ///
    /// INTERPRETATION: a topic describes the entity at the time of the file: where every sanction
    /// has ended before the file's day, the topic rests on something else, and has no end.
    pub(crate) fn terms(
        &self,
        entity: &Entity,
        sanctions: &[Entity],
        as_of: Date,
    ) -> Vec<Result<Term, String>> {
        let from_here = |own: &Entity| {
            self.datasets.is_empty() || own.datasets.iter().any(|d| self.datasets.contains(d))
        };
        if !self.topics.is_empty() && !entity.holds("topics", &self.topics) {
            return Vec::new();
        }
        let by_sanction = !self.programs.is_empty() || !self.authorities.is_empty();
        let named = |sanction: &&Entity| {
            let programs = sanction.holds("program", &self.programs)
                || sanction.holds("programId", &self.programs);
            programs && sanction.holds("authority", &self.authorities) && from_here(sanction)
        };
        let mut terms: Vec<Result<Term, String>> =
            sanctions.iter().filter(named).map(Term::of).collect();
        if by_sanction || self.topics.is_empty() {
            return terms;
        }
        if terms.is_empty() {
            return if from_here(entity) { vec![Term::of_topic(entity)] } else { terms };
        }
        let over = |term: &Result<Term, String>| term.as_ref().is_ok_and(|t| t.is_over(as_of));
        if terms.iter().all(over) {
            let from = terms.iter().flatten().filter_map(|term| term.from).min();
            terms.push(Ok(Term { from, ..Term::default() }));
        }
        terms
    }
}

impl MoneyMapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Io`], or [`RegistryError::Content`] with every fault, its line and column.
    pub fn open(path: &Path) -> Result<Self, RegistryError> {
        let bytes = read_file(path, MAPPING_LIMIT)
            .map_err(|source| RegistryError::Io { path: path.display().to_string(), source })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| RegistryError::Content(format!("`{}` is not UTF-8", path.display())))?;
        Self::from_toml(&text).map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            RegistryError::Content(lines.join("\n"))
        })
    }

    /// Reads a mapping.
    ///
    /// # Errors
    ///
    /// Every fault, with its line and column.
    pub fn from_toml(text: &str) -> Result<Self, Vec<MappingFault>> {
        let (mapping, mut faults) = read::<Self>(text)?;
        mapping.check(&mut faults);
        faults.done()?;
        Ok(mapping)
    }

    fn check(&self, faults: &mut Faults<'_>) {
        for fault in sources_faults(std::slice::from_ref(&self.source)) {
            let (path, detail) = fault.split_once(": ").unwrap_or(("source", &fault));
            faults.add(path.replace("sources[0]", "source"), detail);
        }
        if self.list.is_empty() {
            faults.add("list", "nothing puts an entity on a list");
        }
        for (i, rule) in self.list.iter().enumerate() {
            let conditions = [&rule.topics, &rule.programs, &rule.authorities, &rule.datasets];
            if conditions.iter().all(|c| c.is_empty()) {
                let detail = "needs `topics`, `programs`, `authorities` or `datasets`";
                faults.add(format!("list[{i}]"), detail);
            }
            if !self.source.holds(&rule.list) {
                let detail = format!("`{}` is not one that the source covers", rule.list);
                faults.add(format!("list[{i}].list"), detail);
            }
        }
        for (i, list) in self.source.lists().enumerate() {
            if !self.list.iter().any(|rule| rule.list == list) {
                // RAIL R2: a list that nothing leads to would be answered with no records.
                let detail = format!("nothing puts an entity on `{list}`");
                faults.add(format!("source.covers[{i}]"), detail);
            }
        }
    }
}
