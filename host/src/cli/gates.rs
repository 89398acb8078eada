//! The gates of one run: an edition is baked when the first application needs it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use mustcheck::{
    Application, ApplicationExt as _, CodeCache, Date, Gate, Origin, Policy, Registry, read_file,
    registry,
};

use crate::cli::failure::Unreadable;

/// Which policy decides.
#[derive(Args, Clone)]
pub struct PolicyChoice {
    /// An embedded edition; without it, the one that is in force on the as-of date.
    #[arg(long, value_name = "NAME", conflicts_with = "policy")]
    pub edition: Option<String>,
    /// A baked policy component instead of an embedded edition.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

impl PolicyChoice {
    /// The policy that decides on a day.
    pub fn policy_as_of(&self, as_of: Date) -> Result<Policy> {
        match (&self.policy, &self.edition) {
            (Some(file), _) => open_policy(file),
            (None, Some(edition)) => embedded_edition(edition),
            (None, None) => embedded_edition(Policy::edition_as_of(as_of)?),
        }
    }

    /// What tells one policy from another for a day.
    fn key(&self, as_of: Date) -> Result<String> {
        match (&self.policy, &self.edition) {
            (Some(_), _) => Ok(String::new()),
            (None, Some(edition)) => Ok(edition.clone()),
            (None, None) => Ok(Policy::edition_as_of(as_of)?.to_owned()),
        }
    }
}

/// A policy from a file, compiled before if this user's cache has it.
pub fn open_policy(file: &Path) -> Result<Policy> {
    let opened = match cache() {
        Some(cache) => cache.policy(file),
        None => Policy::open(file),
    };
    opened.map(trusted).with_context(|| format!("policy `{}`", file.display()))
}

/// An embedded edition, baked and compiled before if this user's cache has it.
pub fn embedded_edition(name: &str) -> Result<Policy> {
    let opened = match cache() {
        Some(cache) => cache.embedded_edition(name),
        None => Policy::embedded_edition(name),
    };
    Ok(trusted(opened?))
}

/// The user's cache. Without one the program is slower to start, and says why once.
fn cache() -> Option<CodeCache> {
    CodeCache::of_user().unwrap_or_else(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
        eprintln!("warning: {error}{}", cause.unwrap_or_default());
        None
    })
}

/// Says so if an entry of the cache was refused: somebody has been at it.
fn trusted(policy: Policy) -> Policy {
    if let Origin::Refused(why) = policy.origin() {
        eprintln!("warning: {why}; compiled afresh");
    }
    policy
}

/// Gates over one registry, by policy.
pub struct Gates {
    choice: PolicyChoice,
    registry: Arc<dyn Registry>,
    made: BTreeMap<String, Gate>,
}

impl Gates {
    /// Gates over a registry file.
    pub fn open(choice: &PolicyChoice, registry: &Path) -> Result<Self> {
        let registry = registry::open(registry)
            .with_context(|| format!("registry `{}`", registry.display()))?;
        Ok(Self { choice: choice.clone(), registry, made: BTreeMap::new() })
    }

    /// The gate for a day.
    pub fn as_of(&mut self, as_of: Date) -> Result<&Gate> {
        let key = self.choice.key(as_of)?;
        if !self.made.contains_key(&key) {
            let policy = self.choice.policy_as_of(as_of)?;
            let registry = Arc::clone(&self.registry);
            let gate = Gate::builder().policy(policy).registry(registry).build()?;
            self.made.insert(key.clone(), gate);
        }
        self.made.get(&key).context("the gate that was just made")
    }
}

/// Reads an application from a file, or from stdin for `-`.
pub fn read_application(path: &Path) -> Result<Application> {
    let file = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
    let json = read_file(file, mustcheck::APPLICATION_LIMIT)
        .map_err(|source| Unreadable { path: path.display().to_string(), source })?;
    Ok(Application::from_json(&json)?)
}
