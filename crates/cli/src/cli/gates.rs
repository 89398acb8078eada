//! The gates of one run: a policy is opened when the first application needs it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use mustcheck::model::Query;
use mustcheck::{
    Application, ApplicationExt as _, Checked, CodeCache, Date, Gate, Origin, Policy, Registry,
    clock, read_file,
};
use mustcheck_evidence::Recorder;

use crate::cli::backdated::Backdated;
use crate::cli::failure::Unreadable;
use crate::cli::registries::open_registry;

/// Choice of the policy that decides.
#[derive(Args, Clone)]
pub struct PolicyChoice {
    /// An embedded edition; without it, the one that is in force today.
    #[arg(long, value_name = "NAME", conflicts_with = "policy")]
    pub edition: Option<String>,
    /// An embedded overlay: what the place of use adopts of the edition.
    #[arg(long, value_name = "NAME", conflicts_with = "policy", default_value = "default")]
    pub overlay: String,
    /// A baked policy component instead of an embedded edition.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// One application, with the registry and the policy by which it is decided.
#[derive(Args)]
pub struct CaseArguments {
    /// The application, in JSON; `-` reads stdin.
    application: PathBuf,
    /// The registry: a JSON file, a SQLite database, or a mapping file (`*.toml`) of remote
    /// platforms.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
    #[command(flatten)]
    policy: PolicyChoice,
}

impl CaseArguments {
    /// Reads the application, and opens the gates over the registry.
    pub fn open(&self) -> Result<(Application, Gates)> {
        let application = read_application(&self.application)?;
        Ok((application, Gates::open(&self.policy, &self.registry)?))
    }
}

impl PolicyChoice {
    /// Opens the policy that decides on a day.
    pub fn policy_as_of(&self, as_of: Date) -> Result<Policy> {
        match (&self.policy, &self.edition) {
            (Some(file), _) => open_policy(file),
            (None, Some(edition)) => embedded(edition, &self.overlay),
            (None, None) => embedded(Policy::edition_as_of(as_of)?, &self.overlay),
        }
    }

    /// Returns a key of the policy that decides on a day: its edition; empty for a baked component.
    fn key(&self, as_of: Date) -> Result<String> {
        match (&self.policy, &self.edition) {
            (Some(_), _) => Ok(String::new()),
            (None, Some(edition)) => Ok(edition.clone()),
            (None, None) => Ok(Policy::edition_as_of(as_of)?.to_owned()),
        }
    }
}

/// Opens a policy from a file; its compiled code is taken from this user's cache if it is there.
pub fn open_policy(file: &Path) -> Result<Policy> {
    let opened = match cache() {
        Some(cache) => cache.policy(file),
        None => Policy::open(file),
    };
    opened.map(trusted).with_context(|| format!("policy `{}`", file.display()))
}

/// Opens an embedded edition with an overlay; the baked and compiled component is taken from this
/// user's cache if it is there.
pub fn embedded(edition: &str, overlay: &str) -> Result<Policy> {
    let opened = match cache() {
        Some(cache) => cache.embedded_place(edition, overlay),
        None => Policy::embedded_place(edition, overlay),
    };
    Ok(trusted(opened?))
}

/// Returns the user's cache. If it cannot be used, the program starts slower, and the first call
/// prints a warning with the reason.
pub fn cache() -> Option<CodeCache> {
    static WARNED: Once = Once::new();
    CodeCache::of_user().unwrap_or_else(|error| {
        WARNED.call_once(|| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            eprintln!("warning: {error}{}", cause.unwrap_or_default());
        });
        None
    })
}

/// Prints a warning if an entry of the cache was refused, because somebody may have altered it.
fn trusted(policy: Policy) -> Policy {
    if let Origin::Refused(why) = policy.origin() {
        eprintln!("warning: {why}; compiled afresh");
    }
    policy
}

/// Gates over one registry, by policy, for any number of threads.
pub struct Gates {
    choice: PolicyChoice,
    registry: Arc<dyn Registry>,
    recorder: Option<Arc<Recorder>>,
    backdated: Backdated,
    today: Option<Date>,
    made: Mutex<BTreeMap<String, Arc<Mutex<Made>>>>,
}

/// Policy and gate of one key, as far as they are made.
#[derive(Default)]
struct Made {
    policy: Option<Policy>,
    gate: Option<Gate>,
}

impl Gates {
    /// Opens a registry, and returns gates over it.
    pub fn open(choice: &PolicyChoice, registry: &Path) -> Result<Self> {
        Ok(Self::over(choice, open_registry(registry)?))
    }

    /// Returns gates over a registry that is open already.
    pub fn over(choice: &PolicyChoice, registry: Arc<dyn Registry>) -> Self {
        Self {
            choice: choice.clone(),
            registry,
            recorder: None,
            backdated: Backdated::default(),
            today: None,
            made: Mutex::default(),
        }
    }

    /// Sets the recorder that puts checks on record.
    pub fn recorder(self, recorder: Option<Arc<Recorder>>) -> Self {
        Self { recorder, ..self }
    }

    /// Sets whether checks may be as of earlier days.
    pub fn backdated(self, backdated: Backdated) -> Self {
        Self { backdated, ..self }
    }

    /// Sets the day on which checks are made; without it, the clock gives the day.
    pub fn today(self, today: Date) -> Self {
        Self { today: Some(today), ..self }
    }

    /// Checks an application.
    pub fn check(&self, application: &Application) -> Result<Checked> {
        let today = self.day()?;
        let checked = self.made_on(today)?.check(application);
        checked.map_err(|error| self.backdated.told(error))
    }

    /// Returns the lookups that are due for an application, and the policy that makes them due.
    pub fn due_lookups(&self, application: &Application) -> Result<(Policy, Vec<Query>)> {
        let today = self.day()?;
        let gate = self.made_on(today)?;
        let due = gate.due_lookups(application);
        let due = due.map_err(|error| self.backdated.told(error))?;
        let policy = gate.policy_as_of(today).ok_or_else(|| anyhow!("the gate has no policy"))?;
        Ok((policy.clone(), due))
    }

    fn day(&self) -> Result<Date> {
        self.today.map_or_else(|| Ok(clock::today()?), Ok)
    }

    /// Returns the gate of a day. A thread that needs a policy which another thread is opening
    /// waits for it; no other thread waits.
    // RAIL R14: the law is that of the day on which the check is made.
    pub fn made_on(&self, day: Date) -> Result<Gate> {
        let key = self.choice.key(day)?;
        let made = Arc::clone(locked(&self.made).entry(key).or_default());
        let mut made = locked(&made);
        if let Some(gate) = &made.gate {
            return Ok(gate.clone());
        }
        // Opening costs the most: if the gate cannot be built, the next attempt finds the policy
        // open.
        let policy = match &made.policy {
            Some(policy) => policy.clone(),
            None => made.policy.insert(self.choice.policy_as_of(day)?).clone(),
        };
        let builder = Gate::builder().policy(policy).registry(Arc::clone(&self.registry));
        let mut builder = self.backdated.given(builder);
        if let Some(recorder) = &self.recorder {
            builder = builder.shared_recorder(Arc::clone(recorder));
        }
        if let Some(today) = self.today {
            builder = builder.today(today);
        }
        Ok(made.gate.insert(builder.build()?).clone())
    }
}

/// Locks a mutex, also after a panic: the value under the lock is whole even if a thread panicked
/// while it held it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads an application from a file, or from stdin for `-`.
pub fn read_application(path: &Path) -> Result<Application> {
    let file = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
    let json = read_file(file, mustcheck::APPLICATION_LIMIT)
        .map_err(|source| Unreadable { path: path.display().to_string(), source })?;
    Ok(Application::from_json(&json)?)
}
