//! `mustcheck audit copy`: the log and the bundles of a service's database, as folders that every
//! other command reads.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use mustcheck::evidence::Keys;
use mustcheck::evidence::bundle::BundleFolder;
use mustcheck_postgres::{PostgresBundles, PostgresLog};
use serde_json::json;

use crate::cli::database::{DatabaseArguments, Shared, named};
use crate::cli::recording::folder_of_keys;
use crate::cli::{Style, text};

#[derive(Args)]
#[command(group = clap::ArgGroup::new("source").args(["database"]).required(true))]
pub struct Arguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The folder that follows the log: made if there is none, else only what is new is added.
    #[arg(long, value_name = "DIR")]
    audit: PathBuf,
    /// A folder for the bundles. They hold personal data in clear, unless the service encrypts
    /// them; keep them like the cases themselves.
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// The folder of the replicas' keys; without it, the one that `MUSTCHECK_KEYS` names, or one
    /// in the user's configuration.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let Some(file) = arguments.database.database.as_deref() else {
        bail!("`--database` is missing");
    };
    let keys = Keys::open(&folder_of_keys(arguments.keys.as_deref())?)?;
    let shared = Shared::open(file, arguments.database.authorities.as_deref())?;
    let copied = shared.wait(copy(&shared, arguments, &keys)).with_context(|| named(file))?;
    let Copied { entries, appended, root, bundles } = copied;
    if style.json {
        let mut row = json!({ "entries": entries, "appended": appended, "root": root });
        if let (Some(bundles), Some(row)) = (bundles, row.as_object_mut()) {
            row.insert("bundles".into(), bundles.into());
        }
        text::print_json(&row)?;
        return Ok(0);
    }
    text::line(&match style.say("zh", "en") {
        "zh" => format!("日志 {entries} 项，新增 {appended} 项"),
        _ => format!("{entries} entries of the log, {appended} of them new"),
    })?;
    if let Some(bundles) = bundles {
        text::line(&format!("{bundles} {}", style.say("份证据", "bundles")))?;
    }
    Ok(0)
}

/// What the folders have now.
struct Copied {
    entries: u64,
    appended: u64,
    root: String,
    bundles: Option<u64>,
}

async fn copy(shared: &Shared, arguments: &Arguments, keys: &Keys) -> Result<Copied> {
    // To open a log that is not there begins it, and that is for the service to do.
    if !PostgresLog::is_begun(shared.database()).await? {
        bail!("there is no log in it");
    }
    let log = PostgresLog::open(shared.database(), keys).await?;
    let mirrored = log.mirror(&arguments.audit, keys).await?;
    let bundles = match arguments.evidence.as_deref() {
        Some(folder) => Some(copy_bundles(shared, folder, keys).await?),
        None => None,
    };
    let (entries, appended, root) = (mirrored.entries, mirrored.appended, mirrored.root);
    Ok(Copied { entries, appended, root, bundles })
}

async fn copy_bundles(shared: &Shared, folder: &Path, keys: &Keys) -> Result<u64> {
    let folder = BundleFolder::open(folder, None, keys)?;
    Ok(PostgresBundles::new(shared.database(), None).copy_to(&folder).await?)
}
