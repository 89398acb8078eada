//! `mustcheck audit verify`: is the log what was appended, and does it hold what it should?

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use mustcheck::evidence::bundle::id_of_file;
use mustcheck::evidence::verify::{LogFinding, Verification, verify_log};
use mustcheck::evidence::{AuditReader, Bundle, ContentDigest, DocumentId, PublicKeys};
use mustcheck::{read_file, redact, safe};
use mustcheck_log::Checkpoint;
use serde_json::json;

use crate::cli::failure::Unreadable;
use crate::cli::replay::{BROKEN, Bundles, keys};
use crate::cli::{Lang, Style, text};

#[derive(Args)]
pub struct Arguments {
    /// The folder of the log.
    log: PathBuf,
    /// The office's public keys, from a hand that you trust; without it, those beside the log,
    /// which whoever changed the log may have changed too.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Show that one receipt or feedback is in the log.
    #[arg(long, value_name = "ID")]
    receipt: Option<DocumentId>,
    /// A checkpoint that was kept from an earlier verification: the log must continue it, and only
    /// what came after it is read.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Keep the log's checkpoint for the next verification, if the log is sound.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// A folder of bundles: every receipt must have its bundle.
    #[arg(long, value_name = "DIR", conflicts_with = "checkpoint")]
    evidence: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let keys = keys(arguments.keys.as_deref(), &arguments.log)?;
    let since = arguments.checkpoint.as_deref().map(|path| kept(path, &keys)).transpose()?;
    let bar = bar(style);
    let progress = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let verified = verify_log(&arguments.log, &keys, since.as_ref(), &progress);
    bar.finish_and_clear();
    let mut verified = verified?;
    if let Some(folder) = &arguments.evidence {
        hold_against_bundles(folder, &mut verified)?;
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
    tell(&verified, inclusion, style)?;
    Ok(if sound && inclusion != Some(None) { 0 } else { BROKEN })
}

fn kept(path: &std::path::Path, keys: &PublicKeys) -> Result<Checkpoint> {
    let shown = path.display();
    let note = read_file(path, 1 << 16)
        .map_err(|source| Unreadable { path: shown.to_string(), source })?;
    let trust = keys.trust().map_err(|detail| anyhow!(detail))?;
    Checkpoint::open(&note, &trust).with_context(|| format!("checkpoint `{shown}`"))
}

/// The index of a document, by a proof that was verified; none if it is not in the log.
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

/// Every receipt has its bundle, and every bundle its receipt.
fn hold_against_bundles(folder: &std::path::Path, verified: &mut Verification) -> Result<()> {
    if !folder.is_dir() {
        bail!(Unreadable {
            path: folder.display().to_string(),
            source: std::io::Error::from(std::io::ErrorKind::NotADirectory),
        });
    }
    let bundles = Bundles::find(folder, None)?;
    let mut kept = BTreeSet::new();
    for file in bundles.files() {
        let name = bundles.name(file);
        let finding = |detail: String, notice| LogFinding {
            file: Some(redact(&safe(&name))),
            entries: None,
            detail,
            notice,
        };
        let Some(id) = id_of_file(file) else {
            verified.findings.push(finding("its name is no receipt's".into(), false));
            continue;
        };
        let Some(logged) = verified.documents.get(&id) else {
            // It was kept before its receipt was to be logged, and the decision never given out.
            verified.findings.push(finding(format!("receipt `{id}` is not in the log"), true));
            continue;
        };
        // An encrypted one is for its readers to look into.
        if let Ok(json) = bundles.read(file) {
            match Bundle::from_json(&json) {
                Err(e) => verified.findings.push(finding(format!("it is no bundle: {e}"), false)),
                Ok(bundle) if ContentDigest::of(&bundle.receipt.to_json()) != logged.envelope => {
                    let index = logged.index;
                    let detail = format!("its receipt is not the one of entry {index}");
                    verified.findings.push(finding(detail, false));
                }
                Ok(_) => {}
            }
        }
        kept.insert(id);
    }
    let receipts = verified.documents.iter().filter(|(id, _)| id.is_receipt());
    let missing: Vec<LogFinding> = receipts
        .filter(|(id, _)| !kept.contains(*id))
        .map(|(id, logged)| LogFinding {
            file: None,
            entries: Some((logged.index, logged.index + 1)),
            detail: format!("receipt `{id}` has no bundle: its decision cannot be derived again"),
            notice: false,
        })
        .collect();
    verified.findings.extend(missing);
    Ok(())
}

fn tell(verified: &Verification, inclusion: Option<Option<u64>>, style: Style) -> Result<()> {
    let root = verified.checkpoint.as_ref().map(|checkpoint| checkpoint.root().to_string());
    if style.json {
        return text::print_json(&json!({
            "size": verified.size,
            "root": root,
            "sound": verified.is_sound(),
            "entries": verified.entries,
            "included": inclusion.map(|index| json!({ "entry": index })),
            "findings": verified.findings,
        }));
    }
    for finding in &verified.findings {
        let colour =
            if finding.notice { anstyle::AnsiColor::Yellow } else { anstyle::AnsiColor::Red };
        let colour = colour.on_default();
        let kind = if finding.notice {
            style.say("提示", "notice")
        } else {
            style.say("不符", "wrong")
        };
        text::line(&format!("{colour}{kind}{colour:#}  {finding}"))?;
    }
    let counts = verified.entries.iter().map(|(kind, n)| format!("{n} {kind}"));
    let counts: Vec<String> = counts.collect();
    let size = verified.size;
    text::line(&match style.lang {
        Lang::Zh => format!("日志共 {size} 条；已核验 {}", counts.join("、")),
        Lang::En => format!("{size} entries; verified {}", counts.join(", ")),
    })?;
    if let Some(root) = root {
        text::line(&format!("{}  {root}", style.say("根散列", "root")))?;
    }
    match inclusion {
        Some(Some(index)) => text::line(&match style.lang {
            Lang::Zh => format!("在日志中，第 {index} 条（自 0 起）"),
            Lang::En => format!("it is in the log: entry {index}"),
        })?,
        Some(None) => text::line(style.say("不在日志中", "it is not in the log"))?,
        None => {}
    }
    text::line(if verified.is_sound() {
        style.say("日志完好", "the log is sound")
    } else {
        style.say("日志不完好", "the log is not sound")
    })
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
