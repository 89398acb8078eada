//! The policies in force, by place, and how they are replaced.
//!
//! An office's region chooses: the policies whose region is the longest beginning of it, else those
//! without a region. Of these the as-of date chooses, as in every gate. A place's policies decide
//! alone: where none of them decides on a day, that is an application error, and not another
//! place's law.

mod load;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use mustcheck::model::{PolicyId, Text};
use mustcheck::registry::{LookupFuture, Vocabulary, VocabularyFuture};
use mustcheck::{ApplicationError, AsyncRegistry, CheckError, Date, Gate, Policy, RegistryError};
use mustcheck_evidence::{ContentDigest, Moment};
use schemars::JsonSchema;
use serde::Serialize;

pub use load::LoadError;
use load::Opened;
pub(crate) use load::{Loader, RegistryChoice};

use crate::callers::{Days, Role};
use crate::problem::{Kind, Problem};
use crate::told::quotable;

/// A policy that is loaded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LoadedPolicy {
    /// Its file, or `edition:` and the embedded edition.
    pub source: String,
    /// Beginnings of the region codes of the offices that it is for; empty for all others.
    pub regions: Vec<String>,
    /// Name, version, edition, overlay.
    pub policy: PolicyId,
    /// The edition's title.
    pub edition_name: Text,
    /// The first as-of date that it decides.
    pub valid_from: Date,
    /// The last, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Digest of the component.
    pub component: ContentDigest,
    /// Digest of the catalogue that was baked into it, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<ContentDigest>,
    /// Digest of the overlay that was baked into it, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay: Option<ContentDigest>,
    /// Since when it is in force here.
    pub since: Moment,
}

/// Why the policies were not replaced.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LoadFailure {
    /// When.
    pub at: Moment,
    /// Why. What was in force before still is.
    pub detail: String,
}

/// How a check is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// At once: everything is in memory.
    Inline,
    /// On a thread that may wait for a disk.
    Blocking,
    /// It is waited for.
    Awaited,
}

/// The policies of one place.
struct Place {
    /// The beginning of region codes; empty for everywhere.
    prefix: String,
    gate: Gate,
}

/// What is in force together.
pub(crate) struct PolicySet {
    /// The longest prefix first.
    places: Vec<Place>,
    pub(crate) loaded: Vec<LoadedPolicy>,
    /// To be taken over unchanged by the next set.
    opened: Vec<Policy>,
    matters: BTreeSet<String>,
    pub(crate) run: Run,
    /// The day that the embedding program set.
    today: Option<Date>,
    /// How many days before today a check may be as of, for callers with the role for it.
    days_back: u16,
    /// Asked whether it is usable.
    registry: Opened,
}

impl PolicySet {
    /// The gate for the offices of a region.
    pub(crate) fn gate(&self, region: &str) -> Result<&Gate, Problem> {
        let place = self.places.iter().find(|place| region.starts_with(&place.prefix));
        place.map(|place| &place.gate).ok_or_else(|| {
            Problem::new(Kind::InvalidApplication).path("office.region").says(
                format!("未加载适用于 `{}` 的措施清单", quotable(region)),
                format!("no policy is loaded for `{}`", quotable(region)),
            )
        })
    }

    /// The gate for the offices of a region, for a caller: the one place that says as of which days
    /// it checks.
    // RAIL R14: an earlier day needs a right of its own.
    pub(crate) fn gate_of(&self, region: &str, days: Days) -> Result<Gate, Problem> {
        let gate = self.gate(region)?;
        Ok(match days {
            Days::Earlier => gate.clone(),
            Days::Usual => gate.without_backdating(),
        })
    }

    /// The problem of a caller whose application was not checked. Of a day that is too early, it
    /// names what would have let it through.
    pub(crate) fn problem(&self, error: &CheckError, as_of: Date, days: Days) -> Problem {
        let early = match error {
            CheckError::Application(ApplicationError::InvalidDate(at)) if at.path == "as_of" => {
                self.today().is_some_and(|today| as_of < today)
            }
            _ => false,
        };
        if !early {
            return error.into();
        }
        let problem = Problem::new(Kind::InvalidApplication).path("as_of");
        match days {
            Days::Usual => {
                let role = Role::Backdate.code();
                problem.detail(format!("`{as_of}` is before yesterday: it asks for role `{role}`"))
            }
            Days::Earlier => {
                let most = self.days_back;
                problem.detail(format!(
                    "`{as_of}` is too early: `as_of_days_back` of this service is {most}"
                ))
            }
        }
    }

    /// The day on which checks are made; none if the system's clock is wrong.
    pub(crate) fn today(&self) -> Option<Date> {
        self.today.or_else(|| mustcheck::clock::today().ok())
    }

    /// The matter, if a policy knows it: what is unknown may be anything, and goes into no log.
    // RAIL R13
    pub(crate) fn known_matter<'a>(&self, matter: &'a str) -> Option<&'a str> {
        self.matters.contains(matter).then_some(matter)
    }

    /// That the registry can be asked: about nobody.
    pub(crate) async fn check_registry(&self) -> Result<(), RegistryError> {
        let registry = match &self.registry {
            Opened::Awaited(registry) => return registry.lookup(&[]).await.map(drop),
            Opened::AtOnce(registry) => Arc::clone(registry),
        };
        let asked = tokio::task::spawn_blocking(move || registry.lookup(&[]).map(drop));
        let failed = |_| RegistryError::Other("asking it failed".into());
        asked.await.map_err(failed).flatten()
    }
}

/// The policies, for any number of requests while they are replaced.
pub(crate) struct Policies {
    loader: Loader,
    current: RwLock<Arc<PolicySet>>,
    last_failure: Mutex<Option<LoadFailure>>,
}

impl Policies {
    pub(crate) fn load(loader: Loader) -> Result<Self, LoadError> {
        let current = RwLock::new(Arc::new(loader.load(None)?));
        Ok(Self { loader, current, last_failure: Mutex::default() })
    }

    /// What is in force now, and stays so for whoever has it.
    pub(crate) fn current(&self) -> Arc<PolicySet> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads everything again. What was in force stays so unless all of it can be used.
    pub(crate) fn reload(&self) -> Result<Arc<PolicySet>, LoadError> {
        let loaded = self.loader.load(Some(&self.current()));
        let mut last_failure = self.last_failure.lock().unwrap_or_else(PoisonError::into_inner);
        match loaded {
            Ok(set) => {
                let set = Arc::new(set);
                *last_failure = None;
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&set);
                Ok(set)
            }
            Err(error) => {
                let detail = crate::told::told(&error);
                *last_failure = Moment::now().ok().map(|at| LoadFailure { at, detail });
                Err(error)
            }
        }
    }

    pub(crate) fn last_failure(&self) -> Option<LoadFailure> {
        self.last_failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The files whose change is to be seen.
    pub(crate) fn files(&self) -> Vec<std::path::PathBuf> {
        self.loader.files()
    }
}

/// A registry that is waited for, as several gates share it.
#[derive(Clone)]
struct SharedRegistry(Arc<dyn AsyncRegistry>);

impl AsyncRegistry for SharedRegistry {
    fn lookup<'a>(&'a self, asks: &'a [mustcheck::Ask<'a>]) -> LookupFuture<'a> {
        self.0.lookup(asks)
    }

    fn check_vocabulary<'a>(&'a self, vocabulary: &'a Vocabulary) -> VocabularyFuture<'a> {
        self.0.check_vocabulary(vocabulary)
    }
}
