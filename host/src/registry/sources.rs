//! Sources: who holds which lists of whom, and as of when.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use mustcheck_model::date::{Date, Timestamp};
use mustcheck_model::{Scheme, SourceState, SubjectKind};
use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock;
use crate::registry::{RegistryError, Vocabulary};

/// A source: who holds which lists, and as of when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Time at which its snapshot was taken.
    pub as_of: Timestamp,
    /// The day since which it holds ended records too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_from: Option<Date>,
    /// The lists it holds.
    pub covers: Vec<Cover>,
    /// Schemes of the identifiers by which it keeps its subjects, each of them by every one that it
    /// has: a lookup by another is not covered. Without this field, those of China and whatever
    /// else its records have, or the latter alone if none of its records has one of China's; and an
    /// entry that has one of these alone may be anybody who is asked about by another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schemes: Option<Vec<Scheme>>,
    /// Schemes by which it identifies everybody: a subject that is not listed under one of them is
    /// not listed. An entry without any of them then leaves nobody open who has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identified_by: Option<Vec<Scheme>>,
    /// Number of entries in its snapshot, as the source declares; another number is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// For trials: the source does not answer, for this reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<String>,
}

/// A list that a source holds: its code, for everybody, or an object for some kinds of subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Cover {
    /// The list, for subjects of every kind.
    List(String),
    /// The list, for some kinds.
    Kinds(CoverOfKinds),
}

/// A list that a source holds for some kinds of subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverOfKinds {
    /// The list's code.
    pub list: String,
    /// The kinds; without it, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<SubjectKind>>,
}

impl Cover {
    /// The list's code.
    pub fn list(&self) -> &str {
        match self {
            Self::List(list) => list,
            Self::Kinds(cover) => &cover.list,
        }
    }

    /// Whether subjects of a kind are on it.
    pub fn holds(&self, kind: SubjectKind) -> bool {
        match self {
            Self::List(_) => true,
            Self::Kinds(cover) => cover.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind)),
        }
    }
}

impl From<&str> for Cover {
    fn from(list: &str) -> Self {
        Self::List(list.to_owned())
    }
}

/// Read by hand, since what serde derives takes an array for the object.
impl<'de> Deserialize<'de> for Cover {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Cover;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the code of a list, or an object with `list` and `kinds`")
            }

            fn visit_str<E: Error>(self, list: &str) -> Result<Cover, E> {
                Ok(Cover::from(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Cover, A::Error> {
                CoverOfKinds::deserialize(MapAccessDeserializer::new(members)).map(Cover::Kinds)
            }
        }
        deserializer.deserialize_any(Read)
    }
}

impl Source {
    /// The source as an answer names it.
    pub fn state(&self) -> SourceState {
        SourceState {
            id: self.id.clone(),
            name: self.name.clone(),
            as_of: self.as_of,
            records_from: self.records_from,
        }
    }

    /// The codes of its lists.
    pub fn lists(&self) -> impl Iterator<Item = &str> {
        self.covers.iter().map(Cover::list)
    }

    /// Whether it holds a list, for any kind of subject.
    pub fn holds(&self, list: &str) -> bool {
        self.lists().any(|held| held == list)
    }

    /// Whether it holds a list for subjects of a kind.
    pub fn holds_kind(&self, list: &str, kind: SubjectKind) -> bool {
        self.covers.iter().any(|cover| cover.list() == list && cover.holds(kind))
    }

    /// Returns the schemes by which it keeps its subjects; `occurring` are those that its records
    /// have.
    // RAIL R2: an identifier of a kind that the source does not keep is never found there.
    pub fn kept_schemes(&self, occurring: &BTreeSet<Scheme>) -> BTreeSet<Scheme> {
        const OF_CHINA: [Scheme; 2] = [Scheme::Uscc, Scheme::ResidentId];
        if let Some(schemes) = &self.schemes {
            return schemes.iter().copied().collect();
        }
        let foreign = !occurring.is_empty() && OF_CHINA.iter().all(|own| !occurring.contains(own));
        let own = OF_CHINA.into_iter().filter(|_| !foreign);
        own.chain(occurring.iter().copied()).collect()
    }

    /// Whether it identifies everybody by identifiers of a scheme.
    pub fn identifies_by(&self, scheme: Scheme) -> bool {
        self.identified_by.as_ref().is_some_and(|schemes| schemes.contains(&scheme))
    }

    /// Finds the lists it covers that no policy knows: the place within the source, and the fault.
    pub fn vocabulary_faults(&self, vocabulary: &Vocabulary) -> Vec<(String, String)> {
        let faults = self.lists().enumerate();
        faults
            .filter_map(|(l, list)| Some((format!("covers[{l}]"), vocabulary.list_fault(list)?)))
            .collect()
    }
}

/// The lists that each source holds.
pub type Coverage = BTreeMap<String, BTreeSet<String>>;

/// The lists of each of these sources.
pub fn coverage(sources: &[Source]) -> Coverage {
    let lists = |source: &Source| source.lists().map(str::to_owned).collect();
    sources.iter().map(|source| (source.id.clone(), lists(source))).collect()
}

/// The time now.
///
/// # Errors
///
/// [`RegistryError::Other`] if the clock gives none: then nobody can say what lies in the future.
pub fn now() -> Result<Timestamp, RegistryError> {
    clock::now().map_err(|e| RegistryError::Other(e.to_string()))
}

/// Returns a fault for each source whose snapshot was taken after now.
///
/// # Errors
///
/// As [`now`].
// RAIL R2
pub fn future_faults(sources: &[Source]) -> Result<Vec<String>, RegistryError> {
    let now = now()?;
    let ahead = sources.iter().enumerate().filter(|(_, source)| clock::is_ahead(source.as_of, now));
    let fault = |(i, source): (usize, &Source)| {
        format!("sources[{i}].as_of: `{}` lies in the future: it is `{now}`", source.as_of)
    };
    Ok(ahead.map(fault).collect())
}

/// Returns the faults of the sources of one registry, taken together and one by one.
pub fn sources_faults(sources: &[Source]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (i, source) in sources.iter().enumerate() {
        if source.id.trim().is_empty() {
            faults.push(format!("sources[{i}].id: must not be empty"));
        } else if !seen.insert(&source.id) {
            faults.push(format!("sources[{i}].id: `{}` stands twice", source.id));
        }
        let mut lists = BTreeSet::new();
        for (l, cover) in source.covers.iter().enumerate() {
            if !lists.insert(cover.list()) {
                faults.push(format!("sources[{i}].covers[{l}]: `{}` stands twice", cover.list()));
            }
            if matches!(cover, Cover::Kinds(CoverOfKinds { kinds: Some(k), .. }) if k.is_empty()) {
                faults.push(format!("sources[{i}].covers[{l}].kinds: must not be empty"));
            }
        }
        let named = [("schemes", &source.schemes), ("identified_by", &source.identified_by)];
        for (field, _) in named.iter().filter(|(_, of)| of.as_ref().is_some_and(Vec::is_empty)) {
            faults.push(format!("sources[{i}].{field}: must not be empty"));
        }
    }
    faults
}

#[cfg(test)]
mod tests;
