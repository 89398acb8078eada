//! `mustcheck audit verify`: checks that the log is what was appended, and holds what it should.

mod bundles;
mod tell;

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use mustcheck::read_file;
use mustcheck_evidence::bundle::Identities;
use mustcheck_evidence::verify::{Verification, verify_log};
use mustcheck_evidence::{AuditReader, DocumentId, PublicKeys};
use mustcheck_log::Checkpoint;

use crate::cli::Style;
use crate::cli::failure::Unreadable;
use crate::cli::replay::{BROKEN, keys};
use tell::Told;

#[derive(Args)]
pub struct Arguments {
    /// The folder of the log.
    log: PathBuf,
    /// The office's public keys, from somebody whom you trust; without it, those beside the log,
    /// which may have been changed together with the log.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The id of a receipt or feedback: show that it is in the log.
    #[arg(long, value_name = "ID")]
    receipt: Option<DocumentId>,
    /// A checkpoint that was kept from an earlier verification: the log must continue it, and only
    /// what came after it is read.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Keep the log's checkpoint for the next verification, if the log is sound.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// A folder of bundles: every receipt must have its bundle, and every bundle that the office
    /// signed its receipt in the log.
    #[arg(long, value_name = "DIR", conflicts_with = "checkpoint")]
    evidence: Option<PathBuf>,
    /// The secret keys for encrypted bundles, as `age-keygen` writes them.
    #[arg(long, value_name = "FILE", requires = "evidence")]
    identity: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let keys = keys(arguments.keys.as_deref(), &arguments.log)?;
    let since = arguments.checkpoint.as_deref().map(|path| kept(path, &keys)).transpose()?;
    let identities = arguments.identity.as_deref().map(Identities::open).transpose()?;
    // Listed before the log is read: a bundle that is kept meanwhile has no receipt there yet.
    let folder = arguments.evidence.as_deref();
    let listed = folder.map(|folder| bundles::list(folder, identities)).transpose()?;
    let bar = bar(style);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let verified = verify_log(&arguments.log, &keys, since.as_ref(), &progress);
    bar.finish_and_clear();
    let mut verified = verified?;
    if let Some(listed) = &listed {
        bundles::hold_against(listed, &arguments.log, &keys, &mut verified)?;
    }
    let inclusion = match &arguments.receipt {
        Some(id) => Some(included(arguments, &keys, &verified, id)?),
        None => None,
    };
    let sound = verified.is_sound();
    if let (Some(path), true, Some(checkpoint)) = (&arguments.save, sound, &verified.checkpoint) {
        std::fs::write(path, checkpoint.note())
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    Told { arguments, verified: &verified, since: since.as_ref(), inclusion }.tell(style)?;
    Ok(if sound && inclusion != Some(None) { 0 } else { BROKEN })
}

fn kept(path: &std::path::Path, keys: &PublicKeys) -> Result<Checkpoint> {
    let shown = path.display();
    let note = read_file(path, 1 << 16)
        .map_err(|source| Unreadable { path: shown.to_string(), source })?;
    let trust = keys.trust().map_err(|detail| anyhow!(detail))?;
    Checkpoint::open(&note, &trust).with_context(|| format!("checkpoint `{shown}`"))
}

/// Returns the index of a document in the log, after its proof was verified; none if it is not in
/// the log.
fn included(
    arguments: &Arguments,
    keys: &PublicKeys,
    verified: &Verification,
    id: &DocumentId,
) -> Result<Option<u64>> {
    let reader = AuditReader::open(&arguments.log, keys)?;
    let mut index = verified.documents.get(id).map(|logged| logged.index);
    if index.is_none() && arguments.checkpoint.is_some() {
        // Only the entries since the checkpoint were looked at.
        for read in reader.entries(0..reader.size()) {
            let (at, entry) = read?;
            if entry.id().as_ref() == Some(id) {
                index = Some(at);
                break;
            }
        }
    }
    let Some(index) = index else { return Ok(None) };
    let proof = reader.log().prove(index)?;
    let trust = keys.trust().map_err(|detail| anyhow!(detail))?;
    proof.verify(&reader.log().entry(index)?, &trust)?;
    Ok(Some(index))
}

fn bar(style: Style) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let left = style.say("剩余 {eta}", "{eta} left");
    match ProgressStyle::with_template(&format!("{{bar:30}} {{pos}}/{{len}}  {{elapsed}}, {left}"))
    {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
