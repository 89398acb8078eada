//! `mustcheck audit copy`: copies the log and the bundles of a service's database into folders that
//! every other command reads.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use mustcheck_evidence::bundle::{BundleFolder, id_of_file};
use mustcheck_evidence::{AuditReader, DocumentId, Entry, Keys, Moment};
use mustcheck_postgres::{Mirrored, PostgresBundles, PostgresLog};
use serde_json::json;

use crate::cli::database::{DatabaseArguments, Shared, named};
use crate::cli::recording::folder_of_keys;
use crate::cli::replay::Bundles;
use crate::cli::{Style, text};

#[derive(Args)]
#[command(group = clap::ArgGroup::new("source").args(["database"]).required(true))]
pub struct Arguments {
    #[command(flatten)]
    database: DatabaseArguments,
    /// The folder for the copy of the log: made if there is none, else only new entries are added.
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

/// Result of a copy: entries of the log in the folder, new entries among them, root of the log, and
/// number of bundles that were copied.
struct Copied {
    entries: u64,
    appended: u64,
    root: String,
    bundles: Option<u64>,
}

async fn copy(shared: &Shared, arguments: &Arguments, keys: &Keys) -> Result<Copied> {
    // Opening a log that is not there would begin it, and only the service may do that.
    if !PostgresLog::is_begun(shared.database()).await? {
        bail!("there is no log in it");
    }
    let log = PostgresLog::open(shared.database(), keys).await?;
    let first = log.mirror(&arguments.audit, keys).await?;
    let Some(folder) = arguments.evidence.as_deref() else {
        let Mirrored { entries, appended, root } = first;
        return Ok(Copied { entries, appended, root, bundles: None });
    };
    let bundles = PostgresBundles::new(shared.database(), None);
    let kept = BundleFolder::open(folder, None, keys)?;
    let mut copied = bundles.copy_to(&kept).await?;
    // A check that the service put on record meanwhile has its bundle here and its receipt not yet:
    // a verification could not tell that from a receipt that was taken out of the log.
    let second = log.mirror(&arguments.audit, keys).await?;
    let late = receipts_without_bundle(arguments, folder, keys, first.entries..second.entries)?;
    for (id, made_at) in &late {
        copied += u64::from(copy_one(&bundles, &kept, id, *made_at).await?);
    }
    let (entries, root) = (second.entries, second.root);
    let appended = first.appended.saturating_add(second.appended);
    Ok(Copied { entries, appended, root, bundles: Some(copied) })
}

/// Returns the receipts of these entries whose bundles were not copied, with the moments of their
/// checks.
fn receipts_without_bundle(
    arguments: &Arguments,
    folder: &Path,
    keys: &Keys,
    entries: Range<u64>,
) -> Result<Vec<(DocumentId, Moment)>> {
    let there = Bundles::find(folder, None)?;
    let there: HashSet<DocumentId> =
        there.files().iter().filter_map(|file| id_of_file(file)).collect();
    let mut without = Vec::new();
    for read in AuditReader::open(&arguments.audit, keys.public())?.entries(entries) {
        if let (_, Entry::Receipt(receipt)) = read? {
            let id = receipt.id();
            if !there.contains(&id) {
                without.push((id, receipt.payload.made_at));
            }
        }
    }
    Ok(without)
}

async fn copy_one(
    bundles: &PostgresBundles,
    kept: &BundleFolder,
    id: &DocumentId,
    made_at: Moment,
) -> Result<bool> {
    // A missing bundle is for the verification to find.
    let Some(bundle) = bundles.bundle(id).await? else { return Ok(false) };
    bundles.copy_programs(&bundle, kept).await?;
    kept.keep_copy(id, made_at, &bundle.body, bundle.sealed)?;
    Ok(true)
}
