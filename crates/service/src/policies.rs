//! The policies in force, by place, and how they are replaced.
//!
//! The region of an office chooses the policies: those with the longest prefix of its code, else
//! those without a region. Of these the as-of date chooses, as in every gate. A place's policies
//! decide alone: if none of them decides on a day, that is an application error, and no other
//! place's law applies.

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

/// A policy in force.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LoadedPolicy {
    /// Name of its file, or `edition:` and the embedded edition, with `+` and the overlay unless
    /// that is `default`.
    pub source: String,
    /// Prefixes of the region codes of the offices that it is for; empty if it is for all others.
    pub regions: Vec<String>,
    /// The policy's name, version, edition and overlay.
    pub policy: PolicyId,
    /// The edition's title.
    pub edition_name: Text,
    /// The first as-of date that it decides.
    pub valid_from: Date,
    /// The last as-of date that it decides, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Digest of the component.
    pub component: ContentDigest,
    /// Digest of the catalogue that was baked into the component, if it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<ContentDigest>,
    /// Digest of the overlay that was baked into the component, if it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlay: Option<ContentDigest>,
    /// Time since which it is in force in this service.
    pub since: Moment,
}

/// An attempt to replace the policies that failed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LoadFailure {
    /// Time of the attempt.
    pub at: Moment,
    /// The reason. The policies that were in force before still are.
    pub detail: String,
}

/// The way in which checks are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// At once, on the request's own thread: everything is in memory.
    Inline,
    /// On a thread that may wait for a disk.
    Blocking,
    /// Asynchronously: the registry or the recorder is awaited.
    Awaited,
}

/// The policies of one place.
struct Place {
    /// Prefix of region codes; empty for everywhere.
    prefix: String,
    gate: Gate,
}

/// The policies that are in force together.
pub(crate) struct PolicySet {
    /// The places; a longer prefix comes before a shorter one of the same codes.
    places: Vec<Place>,
    pub(crate) loaded: Vec<LoadedPolicy>,
    /// The opened policies, in the order of `loaded`, which the next set takes over if they are
    /// unchanged.
    opened: Vec<Policy>,
    matters: BTreeSet<String>,
    pub(crate) run: Run,
    /// The day of checks that the embedding program set, if it did.
    today: Option<Date>,
    /// Largest number of days from the as-of date to today, for callers with the role for it.
    days_back: u16,
    /// The registry, which is asked whether it is usable.
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

    /// The gate for the offices of a region, with the as-of dates that the caller may use. Only
    /// this function limits them.
    // RAIL R14: an earlier day needs a right of its own.
    pub(crate) fn gate_of(&self, region: &str, days: Days) -> Result<Gate, Problem> {
        let gate = self.gate(region)?;
        Ok(match days {
            Days::Earlier => gate.clone(),
            Days::Usual => gate.without_backdating(),
        })
    }

    /// The problem of an application that was not checked. If the as-of date is too early, it names
    /// the role or the setting that would have let it through.
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
                problem.says(
                    format!("“{as_of}”早于昨天：须有“{role}”权限，才能按更早日期核查"),
                    format!("`{as_of}` is before yesterday: it asks for role `{role}`"),
                )
            }
            Days::Earlier => {
                let most = self.days_back;
                problem.says(
                    format!(
                        "“{as_of}”过早：本服务最多可按{most}天以前的日期核查（`as_of_days_back`）"
                    ),
                    format!("`{as_of}` is too early: `as_of_days_back` of this service is {most}"),
                )
            }
        }
    }

    /// The day on which checks are made; none if the system's clock is wrong.
    pub(crate) fn today(&self) -> Option<Date> {
        self.today.or_else(|| mustcheck::clock::today().ok())
    }

    /// Returns the matter if a policy knows it. An unknown one may be anything, and goes into no
    /// log.
    // RAIL R13
    pub(crate) fn known_matter<'a>(&self, matter: &'a str) -> Option<&'a str> {
        self.matters.contains(matter).then_some(matter)
    }

    /// Checks that the registry answers, by a lookup about nobody.
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

/// The policies in force, which can be replaced while requests use them.
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

    /// Returns the policies that are in force now. They stay so for the request that holds them.
    pub(crate) fn current(&self) -> Arc<PolicySet> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Loads everything again. The policies in force stay so unless all of the new ones can be
    /// used.
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

    /// The files to watch for changes.
    pub(crate) fn files(&self) -> Vec<std::path::PathBuf> {
        self.loader.files()
    }
}

/// An asynchronous registry that several gates share.
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
