//! The policies of a suite: each edition with each overlay that a case asks for, opened once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mustcheck::{CodeCache, Date, Policy, PolicyError};
use mustcheck_authoring as authoring;
use mustcheck_rules::Catalogue;
use serde::Deserialize;

use crate::suite::case::Case;
use crate::suite::expected::Placed;
use crate::suite::find::EXPECTED;
use crate::suite::finding::{Finding, near};

/// Overlay of a case that names none, unless a baked component decides it.
pub const DEFAULT: &str = "default";

/// Source of the policies.
#[derive(Clone, Debug)]
pub enum Source {
    /// The editions in this program.
    Embedded,
    /// A folder of catalogue files: compiled and baked as each case asks.
    Catalogue(PathBuf),
    /// One baked component.
    Baked(Policy),
}

/// An edition with an overlay.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Name of the edition.
    pub edition: String,
    /// Name of the overlay.
    pub overlay: String,
}

/// A policy that decides cases.
#[derive(Debug)]
pub struct Deciding {
    /// The policy.
    pub policy: Policy,
    /// Catalogue of the policy; none for a baked component, of which only the description is known.
    pub catalogue: Option<Catalogue>,
}

/// Error: no policy decides a case.
#[derive(Clone, Debug)]
pub enum NoPolicy {
    /// The source has no such edition or overlay, or it does not compile.
    Bad(Vec<Finding>),
    /// The machinery failed.
    Fault(String),
}

/// Policies by edition and overlay.
pub struct Policies {
    source: Source,
    cache: Option<CodeCache>,
    /// Editions of the source; those of a catalogue folder with the first day on which they decide.
    editions: Vec<(String, Option<Date>)>,
    overlays: Vec<String>,
    opened: BTreeMap<Key, Result<Arc<Deciding>, NoPolicy>>,
}

#[derive(Deserialize)]
struct EditionFile {
    edition: Head,
}

/// The part of an edition's head that gives the first day on which it decides.
#[derive(Deserialize)]
struct Head {
    valid_from: Date,
}

impl Policies {
    /// Reads the names of the editions and overlays of a source; no policy is opened yet.
    ///
    /// # Errors
    ///
    /// A finding about the catalogue's folder, or about the head of an edition in it.
    pub fn of(source: Source, cache: Option<CodeCache>) -> Result<Self, Finding> {
        let (editions, overlays) = match &source {
            Source::Embedded => {
                let editions = Policy::embedded_editions().into_iter();
                (editions.map(|id| (id.to_owned(), None)).collect(), vec![DEFAULT.to_owned()])
            }
            Source::Catalogue(folder) => {
                let wrong = |finding| Finding::of(folder, finding);
                let editions = authoring::editions(folder).map_err(wrong)?;
                let editions: Result<Vec<_>, _> =
                    editions.into_iter().map(|id| first_day(folder, id)).collect();
                (editions?, authoring::overlays(folder).map_err(wrong)?)
            }
            Source::Baked(policy) => {
                let policy = &policy.description().policy;
                (vec![(policy.edition.clone(), None)], vec![policy.overlay.clone()])
            }
        };
        Ok(Self { source, cache, editions, overlays, opened: BTreeMap::new() })
    }

    /// Opens the policy that a case asks for, if it is not open already.
    ///
    /// # Errors
    ///
    /// [`NoPolicy::Bad`] if the source cannot give what the case asks for, [`NoPolicy::Fault`] if
    /// the machinery fails.
    pub fn open(&mut self, case: &Case, as_of: Date) -> Result<Arc<Deciding>, NoPolicy> {
        let key = self.key(case, as_of).map_err(|finding| NoPolicy::Bad(vec![finding]))?;
        if let Some(opened) = self.opened.get(&key) {
            return opened.clone();
        }
        let opened = self.make(&key).map(Arc::new);
        self.opened.insert(key, opened.clone());
        opened
    }

    /// Returns every policy that was opened, by edition and overlay.
    pub fn all(&self) -> impl Iterator<Item = (&Key, &Arc<Deciding>)> {
        self.opened.iter().filter_map(|(key, opened)| Some((key, opened.as_ref().ok()?)))
    }

    fn key(&self, case: &Case, as_of: Date) -> Result<Key, Finding> {
        let file = case.folder.path.join(EXPECTED).display().to_string();
        let found =
            |named: &Placed<String>, detail: String| Finding::at(&file, Some(named.place), detail);
        let edition = match &case.expected.edition {
            None => self.edition_as_of(as_of).map_err(|detail| Finding::at(&file, None, detail))?,
            Some(named) if self.editions.iter().any(|(id, _)| *id == named.value) => {
                named.value.clone()
            }
            Some(named) => {
                let near = near(&named.value, self.editions.iter().map(|(id, _)| id.as_str()));
                return Err(found(
                    named,
                    format!("`{}` {}{near}", named.value, self.unknown("edition")),
                ));
            }
        };
        let overlay = match &case.expected.overlay {
            None => match &self.source {
                Source::Baked(policy) => policy.description().policy.overlay.clone(),
                _ => DEFAULT.to_owned(),
            },
            Some(named) if self.overlays.contains(&named.value) => named.value.clone(),
            Some(named) => {
                let near = near(&named.value, self.overlays.iter().map(String::as_str));
                return Err(found(
                    named,
                    format!("`{}` {}{near}", named.value, self.unknown("overlay")),
                ));
            }
        };
        Ok(Key { edition, overlay })
    }

    /// Returns the end of a message about an unknown edition or overlay: which of the two is
    /// `what`.
    fn unknown(&self, what: &str) -> String {
        match &self.source {
            Source::Embedded if what == "overlay" => {
                "is not embedded: name the catalogue that has the overlay with `--catalogue`".into()
            }
            Source::Embedded => format!("is no embedded {what}"),
            Source::Catalogue(folder) => {
                format!("is no {what} of catalogue `{}`", folder.display())
            }
            Source::Baked(policy) => {
                let policy = &policy.description().policy;
                let own = if what == "edition" { &policy.edition } else { &policy.overlay };
                format!("is not the {what} of the policy, which is `{own}`")
            }
        }
    }

    /// Returns the edition in force on a day: of those that have begun, the one that began last.
    fn edition_as_of(&self, as_of: Date) -> Result<String, String> {
        match &self.source {
            Source::Embedded => {
                Policy::edition_as_of(as_of).map(str::to_owned).map_err(|e| e.to_string())
            }
            Source::Baked(policy) => Ok(policy.description().policy.edition.clone()),
            Source::Catalogue(folder) => {
                let begun =
                    self.editions.iter().filter(|(_, from)| from.is_some_and(|f| f <= as_of));
                let newest = begun.max_by_key(|(_, from)| *from).map(|(id, _)| id.clone());
                newest.ok_or_else(|| {
                    format!(
                        "no edition of catalogue `{}` decides as of `{as_of}`",
                        folder.display()
                    )
                })
            }
        }
    }

    fn make(&self, key: &Key) -> Result<Deciding, NoPolicy> {
        let Key { edition, overlay } = key;
        match &self.source {
            Source::Baked(policy) => Ok(Deciding { policy: policy.clone(), catalogue: None }),
            Source::Embedded => {
                let json = Policy::embedded_catalogue(edition).map_err(|e| fault(&e))?;
                let catalogue = Catalogue::from_json(json).map_err(NoPolicy::Fault)?;
                Ok(Deciding { policy: self.policy(json)?, catalogue: Some(catalogue) })
            }
            Source::Catalogue(folder) => {
                let bad = |detail: String| {
                    let detail = format!("edition `{edition}`, overlay `{overlay}`: {detail}");
                    Finding::of(folder, detail)
                };
                let compiled = authoring::compile(folder, edition, overlay);
                let compiled = compiled.map_err(|findings| {
                    NoPolicy::Bad(findings.iter().map(|f| bad(f.to_string())).collect())
                })?;
                let policy = self.policy(compiled.canonical.as_bytes())?;
                let catalogue = Catalogue::adopt(compiled.data);
                let catalogue = catalogue.map_err(|e| NoPolicy::Bad(vec![bad(e)]))?;
                Ok(Deciding { policy, catalogue: Some(catalogue) })
            }
        }
    }

    fn policy(&self, catalogue: &[u8]) -> Result<Policy, NoPolicy> {
        let policy = match &self.cache {
            Some(cache) => cache.catalogue(catalogue),
            None => Policy::from_catalogue(catalogue),
        };
        policy.map_err(|e| fault(&e))
    }
}

fn fault(error: &PolicyError) -> NoPolicy {
    NoPolicy::Fault(error.to_string())
}

fn first_day(folder: &Path, id: String) -> Result<(String, Option<Date>), Finding> {
    let path = folder.join("editions").join(format!("{id}.toml"));
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|e| Finding::of(&path, format!("it cannot be read: {e}")))?;
    let file: EditionFile = toml::from_str(&text).map_err(|e| {
        let place = e.span().map(|span| crate::suite::finding::Place::of(&text, span.start));
        Finding::at(&path.display().to_string(), place, e.message())
    })?;
    Ok((id, Some(file.edition.valid_from)))
}
