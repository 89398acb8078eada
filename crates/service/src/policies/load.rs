//! Loading policies: verifying them, opening them, sorting them by place.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mustcheck::{
    AsyncRegistry, CodeCache, Date, Gate, Policy, PolicyError, Registry, RegistryError,
};
use mustcheck_evidence::{ContentDigest, InvalidForm, Moment, Recorder};
use mustcheck_registry::is_sqlite;

use mustcheck_platform::PlatformRegistry;
use tokio::runtime::Handle;

use super::{LoadedPolicy, Place, PolicySet, Run, SharedRegistry};
use crate::config::{CacheChoice, PolicyConfig, PolicyOrigin};

/// Largest component that is read, in bytes.
const COMPONENT_LIMIT: u64 = 64 << 20;

/// Error: the policies cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file cannot be read.
    #[error("policy `{file}` cannot be read")]
    Io {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A component does not have the SHA-256 that the configuration expects.
    #[error("policy `{file}` has the SHA-256 `{found}`, and `{expected}` is expected")]
    Digest {
        /// The file.
        file: String,
        /// SHA-256 of the file.
        found: String,
        /// SHA-256 that is expected.
        expected: String,
    },
    /// A component is not a policy.
    #[error("policy `{file}`")]
    Policy {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: PolicyError,
    },
    /// Two policies decide for the same region from the same day on.
    #[error(
        "policies `{first}` and `{second}` both decide for region `{region}` from {valid_from} on"
    )]
    Ambiguous {
        /// One of them.
        first: String,
        /// The other.
        second: String,
        /// The region; empty for every office that no other policy is for.
        region: String,
        /// The first day that both decide.
        valid_from: String,
    },
    /// The registry cannot be used.
    #[error("registry `{file}`")]
    Registry {
        /// The file.
        file: String,
        /// The cause.
        #[source]
        source: RegistryError,
    },
    /// The policies and the registry do not fit each other.
    #[error("the policies for region `{region}` cannot be used")]
    Gate {
        /// The region; empty for every office that no other policy is for.
        region: String,
        /// The cause.
        #[source]
        source: PolicyError,
    },
    /// The system's clock is wrong.
    #[error("the policies could not be dated")]
    Clock(#[from] InvalidForm),
    /// There is no registry.
    #[error("there is no registry: `registry` names one")]
    NoRegistry,
}

/// The registry that answers the lookups.
#[derive(Clone)]
pub(crate) enum RegistryChoice {
    /// A file: JSON, SQLite, or TOML that names remote platforms.
    File(PathBuf),
    /// A registry of the embedding program.
    AtOnce(Arc<dyn Registry>),
    /// An asynchronous registry: the embedding program's, or the one in the database.
    Awaited(Arc<dyn AsyncRegistry>),
    /// No registry was named.
    None,
}

/// Everything that policies are loaded from.
pub(crate) struct Loader {
    pub(crate) policies: Vec<PolicyConfig>,
    pub(crate) cache: CacheChoice,
    pub(crate) registry: RegistryChoice,
    pub(crate) recorder: Option<Arc<Recorder>>,
    /// Whether the recorder is asynchronous.
    pub(crate) recorder_waits: bool,
    /// The day of checks; `None` takes it from the system's clock.
    pub(crate) today: Option<Date>,
    /// Largest number of days from the as-of date to that day, for callers with the role for it.
    pub(crate) days_back: u16,
    /// Runtime on which an asynchronous registry checks the policies' codes.
    pub(crate) runtime: Handle,
}

/// An open registry.
#[derive(Clone)]
pub(super) enum Opened {
    AtOnce(Arc<dyn Registry>),
    Awaited(SharedRegistry),
}

impl Loader {
    pub(super) fn load(&self, before: Option<&PolicySet>) -> Result<PolicySet, LoadError> {
        let (registry, in_memory) = self.open_registry()?;
        let run = match (&registry, &self.recorder) {
            (Opened::Awaited(_), _) => Run::Awaited,
            _ if self.recorder_waits => Run::Awaited,
            (Opened::AtOnce(_), None) if in_memory => Run::Inline,
            (Opened::AtOnce(_), _) => Run::Blocking,
        };
        let mut set = PolicySet {
            places: Vec::new(),
            loaded: Vec::new(),
            opened: Vec::new(),
            matters: BTreeSet::new(),
            run,
            today: self.today,
            days_back: self.days_back,
            registry: registry.clone(),
        };
        let mut by_place: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, config) in self.policies.iter().enumerate() {
            let policy = self.open(config, before)?;
            set.loaded.push(loaded(config, &policy, before)?);
            set.matters.extend(policy.description().matters.iter().map(|m| m.code.clone()));
            set.opened.push(policy);
            let everywhere = [String::new()];
            let regions = if config.regions.is_empty() { &everywhere[..] } else { &config.regions };
            for region in regions {
                by_place.entry(region.clone()).or_default().push(number);
            }
        }
        // In reverse order a longer prefix comes before a shorter one of the same codes.
        for (prefix, numbers) in by_place.into_iter().rev() {
            let gate = self.gate(&set, &prefix, &numbers, &registry)?;
            set.places.push(Place { prefix, gate });
        }
        Ok(set)
    }

    fn gate(
        &self,
        set: &PolicySet,
        region: &str,
        numbers: &[usize],
        registry: &Opened,
    ) -> Result<Gate, LoadError> {
        let mut builder = match registry {
            Opened::AtOnce(registry) => Gate::builder().registry(Arc::clone(registry)),
            Opened::Awaited(registry) => Gate::builder().async_registry(registry.clone()),
        };
        let mut begins = BTreeMap::new();
        for (loaded, policy) in
            numbers.iter().filter_map(|n| Some((set.loaded.get(*n)?, set.opened.get(*n)?)))
        {
            if let Some(first) = begins.insert(loaded.valid_from, loaded) {
                return Err(LoadError::Ambiguous {
                    first: first.source.clone(),
                    second: loaded.source.clone(),
                    region: region.to_owned(),
                    valid_from: loaded.valid_from.to_string(),
                });
            }
            builder = builder.policy(policy.clone());
        }
        if let Some(recorder) = &self.recorder {
            builder = builder.shared_recorder(Arc::clone(recorder));
        }
        if let Some(today) = self.today {
            builder = builder.today(today);
        }
        // RAIL R14: a caller without the role goes back no further than yesterday (`gate_of`).
        builder = builder.backdating(self.days_back);
        let gate = match registry {
            Opened::AtOnce(_) => builder.build(),
            Opened::Awaited(_) => self.runtime.block_on(builder.build_async()),
        };
        gate.map_err(|source| LoadError::Gate { region: region.to_owned(), source })
    }

    /// Opens the registry, and says whether all of it is in memory.
    fn open_registry(&self) -> Result<(Opened, bool), LoadError> {
        match &self.registry {
            RegistryChoice::File(path) => {
                let failed =
                    |source| LoadError::Registry { file: path.display().to_string(), source };
                if path.extension().is_some_and(|ending| ending == "toml") {
                    // Remote platforms: their own threads ask, and the check waits for them.
                    let platform = PlatformRegistry::open(path).map_err(failed)?;
                    return Ok((Opened::AtOnce(Arc::new(platform)), false));
                }
                let in_memory = !is_sqlite(path).map_err(failed)?;
                Ok((Opened::AtOnce(mustcheck_registry::open(path).map_err(failed)?), in_memory))
            }
            RegistryChoice::AtOnce(registry) => {
                Ok((Opened::AtOnce(Arc::clone(registry)), !registry.may_wait()))
            }
            RegistryChoice::Awaited(registry) => {
                Ok((Opened::Awaited(SharedRegistry(Arc::clone(registry))), false))
            }
            RegistryChoice::None => Err(LoadError::NoRegistry),
        }
    }

    fn open(&self, config: &PolicyConfig, before: Option<&PolicySet>) -> Result<Policy, LoadError> {
        let file = name(config);
        let policy = match &config.origin {
            PolicyOrigin::File(path) => return open_file(path, config, before),
            PolicyOrigin::Embedded { edition, overlay } => {
                let same =
                    |(n, loaded): (usize, &LoadedPolicy)| (loaded.source == file).then_some(n);
                let known = before.and_then(|set| {
                    let number = set.loaded.iter().enumerate().find_map(same)?;
                    set.opened.get(number)
                });
                match known {
                    Some(known) => Ok(known.clone()),
                    None => self.embedded(edition, overlay),
                }
            }
        };
        let policy = policy.map_err(|source| LoadError::Policy { file: file.clone(), source })?;
        expected(config, &file, policy.digest())?;
        Ok(policy)
    }

    /// Opens an embedded edition; a compiled one, if the cache has it.
    fn embedded(&self, edition: &str, overlay: &str) -> Result<Policy, PolicyError> {
        let cache = match &self.cache {
            CacheChoice::User => CodeCache::of_user(),
            CacheChoice::None => Ok(None),
            CacheChoice::Folder(folder) => CodeCache::open(folder).map(Some),
        };
        let cache = cache.unwrap_or_else(|error| {
            tracing::warn!(detail = crate::told::told(&error), "compiled policies are not kept");
            None
        });
        match cache {
            Some(cache) => cache.embedded_place(edition, overlay),
            None => Policy::embedded_place(edition, overlay),
        }
    }

    pub(super) fn files(&self) -> Vec<PathBuf> {
        let policies = self.policies.iter().filter_map(|config| match &config.origin {
            PolicyOrigin::File(path) => Some(path.clone()),
            PolicyOrigin::Embedded { .. } => None,
        });
        let registry = match &self.registry {
            RegistryChoice::File(path) => Some(path.clone()),
            _ => None,
        };
        policies.chain(registry).collect()
    }
}

/// Opens a component from a file. Its SHA-256 is checked before anything of it runs.
fn open_file(
    path: &Path,
    config: &PolicyConfig,
    before: Option<&PolicySet>,
) -> Result<Policy, LoadError> {
    let file = name(config);
    let bytes = mustcheck::read_file(path, COMPONENT_LIMIT)
        .map_err(|source| LoadError::Io { file: file.clone(), source })?;
    let digest = ContentDigest::of(&bytes).hex();
    expected(config, &file, &digest)?;
    let known = before.and_then(|set| set.opened.iter().find(|p| p.digest() == digest));
    match known {
        Some(known) => Ok(known.clone()),
        None => Policy::from_component(bytes).map_err(|source| LoadError::Policy { file, source }),
    }
}

fn expected(config: &PolicyConfig, file: &str, found: &str) -> Result<(), LoadError> {
    match &config.sha256 {
        Some(expected) if expected != found => Err(LoadError::Digest {
            file: file.to_owned(),
            found: found.to_owned(),
            expected: expected.clone(),
        }),
        _ => Ok(()),
    }
}

/// Name of a policy for callers and messages. It does not say in which folder of the machine the
/// file is.
fn name(config: &PolicyConfig) -> String {
    match &config.origin {
        PolicyOrigin::File(path) => {
            path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
        }
        PolicyOrigin::Embedded { edition, overlay } if overlay == "default" => {
            format!("edition:{edition}")
        }
        PolicyOrigin::Embedded { edition, overlay } => format!("edition:{edition}+{overlay}"),
    }
}

fn loaded(
    config: &PolicyConfig,
    policy: &Policy,
    before: Option<&PolicySet>,
) -> Result<LoadedPolicy, LoadError> {
    let description = policy.description();
    let component = ContentDigest::of(policy.component());
    let source = name(config);
    let same = |l: &&LoadedPolicy| l.component == component && l.source == source;
    let known = before.and_then(|set| set.loaded.iter().find(same));
    let since = match known {
        Some(known) => known.since,
        None => Moment::now()?,
    };
    Ok(LoadedPolicy {
        regions: config.regions.clone(),
        policy: description.policy.clone(),
        edition_name: description.edition_name.clone(),
        valid_from: description.valid_from,
        valid_until: description.valid_until,
        component,
        catalogue: policy.baked().map(|baked| baked.catalogue),
        overlay: policy.baked().map(|baked| baked.overlay),
        since,
        source,
    })
}
