//! `mustcheck replay`: derives decisions again from their bundles, or decides the same cases by
//! another policy.

mod bundles;
mod impact;
mod page;
mod same;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use mustcheck::Limits;
use mustcheck_evidence::bundle::Identities;
use mustcheck_evidence::keys::PUBLIC;
use mustcheck_evidence::replay::{Components, Replayer};
use mustcheck_evidence::{AuditReader, ContentDigest, DocumentId, Entry, PublicKeys};
use serde::Serialize;

use crate::cli::gates::cache;
use crate::cli::{Lang, Style, papers};
pub use bundles::{Bundles, NotRead};

/// Exit code for evidence that does not hold: a decision that differs, or a bundle or log that is
/// not what was put on record.
pub const BROKEN: u8 = 20;

#[derive(Args)]
pub struct Arguments {
    /// A bundle, or a folder of them.
    bundles: PathBuf,
    /// A component, or a folder of components, for decisions whose component is neither beside the
    /// bundles nor an embedded edition; repeatable.
    #[arg(long, value_name = "FILE|DIR")]
    component: Vec<PathBuf>,
    /// The office's public keys, from somebody whom you trust; without it, those beside the
    /// bundles, which may have been changed together with a bundle.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The folder of the log: every receipt must be in it, and for a folder of bundles, every
    /// receipt of the log must have its bundle.
    #[arg(long, value_name = "DIR")]
    audit: Option<PathBuf>,
    /// The secret keys for encrypted bundles, as `age-keygen` writes them.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Derive a decision again even if its evidence is already found false.
    #[arg(long)]
    anyway: bool,
    /// Fuel that one check may use at most, whatever its receipt names.
    #[arg(long, value_name = "UNITS", default_value_t = Limits::default().fuel)]
    fuel: u64,
    /// Memory that one check may use at most, in MiB, whatever its receipt names.
    #[arg(long, value_name = "MIB", default_value_t = Limits::default().memory >> 20)]
    memory: usize,
    /// Write the papers of every decision that is equal again, as they were on the day, by the
    /// writer of its time: into a folder that is new or empty; of a folder of bundles, into one for
    /// each, named by its receipt.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["policy", "edition"])]
    papers: Option<PathBuf>,
    /// Do not compare; decide every case by this policy instead, and show what would change.
    #[arg(long, value_name = "FILE", conflicts_with = "edition")]
    policy: Option<PathBuf>,
    /// The same with this embedded edition instead of a policy file.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// An embedded overlay: what a place adopts of that edition.
    #[arg(long, value_name = "NAME", requires = "edition", default_value = "default")]
    overlay: String,
    /// The file for a page that shows what would change; the page needs nothing else.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let identities = arguments.identity.as_deref().map(Identities::open).transpose()?;
    // Listed before the log is read, so that a bundle that is kept meanwhile is not taken for one
    // without a receipt.
    let bundles = Bundles::find(&arguments.bundles, identities)?;
    if bundles.len() == 0 {
        let path = arguments.bundles.display().to_string();
        anyhow::bail!(NothingToReplay::of(&path, style));
    }
    let keys = keys(arguments.keys.as_deref(), &bundles.root)?;
    let logged = arguments.audit.as_deref().map(|log| Logged::read(log, &keys)).transpose()?;
    let replayer = replayer(arguments, &keys, logged.as_ref())?;
    if arguments.policy.is_some() || arguments.edition.is_some() {
        return impact::run(arguments, &bundles, &replayer, logged.as_ref(), style);
    }
    if arguments.html.is_some() {
        anyhow::bail!(PageOfWhat);
    }
    let Some(folder) = &arguments.papers else {
        return same::run(&bundles, &replayer, logged.as_ref(), None, style);
    };
    papers::prepare(folder)?;
    let replayer = replayer.papers(style.language());
    same::run(&bundles, &replayer, logged.as_ref(), Some(folder), style)
}

/// Error: `--html` is given, and no other policy whose changes a page could show.
#[derive(Debug, thiserror::Error)]
#[error("`--html` shows what would change: name a policy with `--policy` or `--edition`")]
pub struct PageOfWhat;

/// Error: a folder has not a single bundle. It is the wrong one, or everything is gone.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NothingToReplay(String);

impl NothingToReplay {
    fn of(path: &str, style: Style) -> Self {
        Self(match style.lang {
            Lang::Zh => format!("`{path}` 中没有证据文件，未重新推导任何决定"),
            Lang::En => format!("no bundles in `{path}`: nothing was derived again"),
        })
    }
}

fn replayer(arguments: &Arguments, keys: &PublicKeys, logged: Option<&Logged>) -> Result<Replayer> {
    let mut components = Components::embedded(cache()).beside(&arguments.bundles);
    for path in &arguments.component {
        components.add(path)?;
    }
    let replayer = Replayer::new(components).anyway(arguments.anyway).limits(limits(arguments));
    let with_keys = match arguments.keys {
        Some(_) => replayer.keys(keys),
        None => replayer.keys_beside(keys),
    };
    let replayer = with_keys.map_err(|detail| anyhow!(detail))?;
    Ok(match logged {
        Some(logged) => replayer.log(logged.envelopes()),
        None => replayer,
    })
}

/// Returns the limits of one check: the person who replays sets them, and not the evidence.
fn limits(arguments: &Arguments) -> Limits {
    let memory = arguments.memory.saturating_mul(1 << 20);
    Limits { fuel: arguments.fuel, memory, ..Limits::default() }
}

/// Opens the public keys: those that were named, or those in a folder or in one of the two above
/// it.
pub fn keys(named: Option<&Path>, beside: &Path) -> Result<PublicKeys> {
    if let Some(path) = named {
        return Ok(PublicKeys::open(path)?);
    }
    let found = beside.ancestors().take(3).map(|folder| folder.join(PUBLIC)).find(|f| f.exists());
    let found = found.ok_or_else(|| NoKeys(beside.display().to_string()))?;
    let keys = PublicKeys::open(&found)?;
    eprintln!(
        "note: signatures are held against `{}`; name keys from another hand with `--keys`",
        found.display()
    );
    Ok(keys)
}

/// Error: there are no public keys to verify with.
#[derive(Debug, thiserror::Error)]
#[error("there are no public keys beside `{0}`: name them with `--keys`")]
pub struct NoKeys(String);

/// The signed receipts of a log, by the digests of their envelopes.
struct Logged(BTreeMap<ContentDigest, Missing>);

/// A receipt of the log that has no bundle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Missing {
    /// Index of the receipt in the log, from 0.
    entry: u64,
    /// Id of the receipt.
    receipt: DocumentId,
}

impl Logged {
    fn read(log: &Path, keys: &PublicKeys) -> Result<Self> {
        let reader = AuditReader::open(log, keys)?;
        let mut receipts = BTreeMap::new();
        for read in reader.entries(0..reader.size()) {
            let (entry, read) = read.with_context(|| format!("log `{}`", log.display()))?;
            if let Entry::Receipt(receipt) = read {
                let logged = Missing { entry, receipt: receipt.id() };
                receipts.insert(ContentDigest::of(&receipt.to_json()), logged);
            }
        }
        Ok(Self(receipts))
    }

    fn envelopes(&self) -> HashSet<ContentDigest> {
        self.0.keys().copied().collect()
    }

    /// Returns the receipts that have no bundle in the folder, in the order of the log; `met` are
    /// those that have one. Empty if a single bundle was named, because it says nothing about
    /// others.
    fn without_bundle(&self, bundles: &Bundles, met: &HashSet<DocumentId>) -> Result<Vec<Missing>> {
        if !bundles.is_folder {
            return Ok(Vec::new());
        }
        let without = |missing: Vec<Missing>, kept: &HashSet<DocumentId>| -> Vec<Missing> {
            missing.into_iter().filter(|logged| !kept.contains(&logged.receipt)).collect()
        };
        let mut missing = without(self.0.values().cloned().collect(), met);
        if !missing.is_empty() {
            // A receipt that was logged while this ran has its bundle: that is kept first.
            missing = without(missing, &bundles.kept_since()?);
        }
        missing.sort();
        Ok(missing)
    }
}

impl Missing {
    /// Returns the finding as a sentence for a person.
    fn told(&self, style: Style) -> String {
        let Self { entry, receipt } = self;
        match style.lang {
            Lang::Zh => format!("日志第 {entry} 条（自 0 起）的回执 {receipt} 没有证据文件"),
            Lang::En => format!("receipt `{receipt}` (entry {entry} of the log) has no bundle"),
        }
    }
}
