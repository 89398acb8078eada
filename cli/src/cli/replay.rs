//! `mustcheck replay`: derives decisions again from their bundles, or from another policy.

mod bundles;
mod impact;
mod page;
mod same;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use mustcheck::evidence::bundle::Identities;
use mustcheck::evidence::keys::PUBLIC;
use mustcheck::evidence::replay::{Components, Replayer};
use mustcheck::evidence::{AuditReader, ContentDigest, Entry, PublicKeys};

use crate::cli::Style;
use crate::cli::gates::cache;
pub use bundles::Bundles;

/// The exit code of evidence that does not hold: a decision that differs, or a bundle or log that
/// is not what was put on record.
pub const BROKEN: u8 = 20;

#[derive(Args)]
pub struct Arguments {
    /// A bundle, or a folder of them.
    bundles: PathBuf,
    /// A component, or a folder of components, for decisions whose component is neither beside the
    /// bundles nor an embedded edition; repeatable.
    #[arg(long, value_name = "FILE|DIR")]
    component: Vec<PathBuf>,
    /// The office's public keys, from a hand that you trust; without it, those beside the bundles,
    /// which whoever changed a bundle may have changed too.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The log: every receipt must be in it.
    #[arg(long, value_name = "DIR")]
    audit: Option<PathBuf>,
    /// The secret keys for encrypted bundles, as `age-keygen` writes them.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Do not compare; decide every case by this policy instead, and show what would change.
    #[arg(long, value_name = "FILE", conflicts_with = "edition")]
    policy: Option<PathBuf>,
    /// The same with an embedded edition.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// What a place adopts of that edition: an embedded overlay.
    #[arg(long, value_name = "NAME", requires = "edition", default_value = "default")]
    overlay: String,
    /// Write what would change as a page that needs nothing else.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let identities = arguments.identity.as_deref().map(Identities::open).transpose()?;
    let bundles = Bundles::find(&arguments.bundles, identities)?;
    let replayer = replayer(arguments, &bundles)?;
    if arguments.policy.is_some() || arguments.edition.is_some() {
        return impact::run(arguments, &bundles, &replayer, style);
    }
    if arguments.html.is_some() {
        anyhow::bail!(PageOfWhat);
    }
    same::run(&bundles, &replayer, style)
}

/// A page shows what another policy would change.
#[derive(Debug, thiserror::Error)]
#[error("`--html` shows what would change: name a policy with `--policy` or `--edition`")]
pub struct PageOfWhat;

fn replayer(arguments: &Arguments, bundles: &Bundles) -> Result<Replayer> {
    let mut components = Components::embedded(cache()).beside(&arguments.bundles);
    for path in &arguments.component {
        components.add(path)?;
    }
    let keys = keys(arguments.keys.as_deref(), &bundles.root)?;
    let mut replayer = Replayer::new(components);
    replayer = replayer.keys(&keys).map_err(|detail| anyhow!(detail))?;
    if let Some(log) = &arguments.audit {
        replayer = replayer.log(receipts(log, &keys)?);
    }
    Ok(replayer)
}

/// The public keys: those that were named, or those that stand in a folder or above it.
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

/// Nothing to verify with.
#[derive(Debug, thiserror::Error)]
#[error("there are no public keys beside `{0}`: name them with `--keys`")]
pub struct NoKeys(String);

/// The signed receipts of a log.
fn receipts(log: &Path, keys: &PublicKeys) -> Result<HashSet<ContentDigest>> {
    let reader = AuditReader::open(log, keys)?;
    let mut receipts = HashSet::new();
    for read in reader.entries(0..reader.size()) {
        let (_, entry) = read.with_context(|| format!("log `{}`", log.display()))?;
        if let Entry::Receipt(receipt) = entry {
            receipts.insert(ContentDigest::of(&receipt.to_json()));
        }
    }
    Ok(receipts)
}
