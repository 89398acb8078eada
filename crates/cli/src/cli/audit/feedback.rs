//! `mustcheck audit feedback`: records what the office did.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use mustcheck::read_file;
use mustcheck_audit::feedback::{FEEDBACK_LIMIT, Recording, record};
use mustcheck_audit::{FeedbackError, FeedbackFile, Source};
use mustcheck_evidence::{Keys, Moment};
use serde_json::json;

use crate::cli::audit::source::bar;
use crate::cli::failure::Unreadable;
use crate::cli::recording::folder_of_keys;
use crate::cli::{Style, text};

#[derive(Args)]
pub struct Arguments {
    /// The log that has the receipts.
    #[arg(long, value_name = "DIR")]
    audit: PathBuf,
    /// The folder of the keys that sign; without it, the one that `MUSTCHECK_KEYS` names, or one
    /// in the user's configuration.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// Mask what may be an identifier in the texts; without it, such a text is an error.
    #[arg(long)]
    mask: bool,
    /// Reports of what was done, in JSON, one receipt a file; `-` reads stdin. All are recorded, or
    /// none.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let keys = Keys::open(&folder_of_keys(arguments.keys.as_deref())?)?;
    let files: Vec<FeedbackFile> =
        arguments.files.iter().map(|path| read(path)).collect::<Result<_>>()?;
    let source = Source::open(&arguments.audit, None)?;
    let bar = bar(&source, style);
    let recording = Recording { at: Moment::now()?, mask: arguments.mask };
    let recorded = record(&arguments.audit, &keys, &files, recording, &|entries| bar.inc(entries));
    bar.finish_and_clear();
    let recorded = recorded.map_err(|error| {
        let file = match &error {
            FeedbackError::Invalid { file, .. } => arguments.files.get(*file),
            _ => None,
        };
        let error = anyhow::Error::new(error);
        // With one file, it need not be named.
        match file.filter(|_| arguments.files.len() > 1) {
            Some(path) => error.context(format!("`{}`", path.display())),
            None => error,
        }
    })?;
    if style.json {
        let rows: Vec<_> = recorded
            .iter()
            .map(|one| json!({ "id": one.id, "entry": one.index, "feedback": one.feedback }))
            .collect();
        text::print_json(&json!({ "recorded": rows }))?;
        return Ok(0);
    }
    for one in &recorded {
        let corrections = one.feedback.measures.iter().filter_map(|m| m.replaces.as_ref());
        let further = one.feedback.obligations.iter().filter_map(|o| o.replaces.as_ref());
        let mut line = match style.say("zh", "en") {
            "zh" => format!("反馈 {}（日志第 {} 项）", one.id, one.index),
            _ => format!("feedback {} (entry {} of the log)", one.id, one.index),
        };
        let mut replaced: Vec<&str> = corrections.chain(further).map(|id| id.as_str()).collect();
        replaced.dedup();
        if !replaced.is_empty() {
            let replaced = replaced.join(", ");
            line.push_str(&match style.say("zh", "en") {
                "zh" => format!("，更正 {replaced}"),
                _ => format!(", corrects {replaced}"),
            });
        }
        text::line(&line)?;
    }
    Ok(0)
}

fn read(path: &Path) -> Result<FeedbackFile> {
    let shown = path.display().to_string();
    let json = if path.as_os_str() == "-" {
        let mut json = Vec::new();
        std::io::stdin().take(FEEDBACK_LIMIT).read_to_end(&mut json)?;
        json
    } else {
        read_file(path, FEEDBACK_LIMIT)
            .map_err(|source| Unreadable { path: shown.clone(), source })?
    };
    FeedbackFile::from_json(&json).with_context(|| format!("`{shown}`"))
}
