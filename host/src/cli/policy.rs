//! `mustcheck policy`: what a component is and imports.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Subcommand;
use mustcheck::Policy;
use serde_json::json;

use crate::cli::{Style, text};

#[derive(Subcommand)]
pub enum Command {
    /// Show imports, exports, size, digest and description of a policy.
    Inspect {
        /// A baked policy component; without it, an embedded edition.
        file: Option<PathBuf>,
        /// The embedded edition; without it, the newest.
        #[arg(long, value_name = "NAME", conflicts_with = "file")]
        edition: Option<String>,
    },
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    let Command::Inspect { file, edition } = command;
    let policy = match (file, edition) {
        (Some(file), _) => {
            Policy::open(file).with_context(|| format!("policy `{}`", file.display()))?
        }
        (None, Some(edition)) => Policy::embedded_edition(edition)?,
        (None, None) => Policy::embedded()?,
    };
    let inspection = policy.inspect()?;
    let description = policy.description();
    if style.json {
        text::print_json(&json!({
            "digest": inspection.digest,
            "size": inspection.size,
            "imports": inspection.imports,
            "exports": inspection.exports,
            "policy": description.policy,
            "valid_from": description.valid_from,
            "valid_until": description.valid_until,
            "matters": description.matters.iter().map(|m| &m.code).collect::<Vec<_>>(),
            "lists": description.lists.iter().map(|l| &l.code).collect::<Vec<_>>(),
            "measures": description.measures.iter().map(|m| &m.id).collect::<Vec<_>>(),
        }))?;
        return Ok(0);
    }
    let name = &description.policy;
    text::heading(&format!("{} {} · {}", name.name, name.version, name.edition))?;
    text::line(style.pick(&description.edition_name))?;
    let rows = [
        ("sha256", inspection.digest.clone()),
        ("bytes", inspection.size.to_string()),
        ("imports", inspection.imports.join(", ")),
        ("exports", inspection.exports.join(", ")),
        ("overlay", name.overlay.clone()),
        ("decides from", description.valid_from.to_string()),
        ("matters", description.matters.len().to_string()),
        ("lists", description.lists.len().to_string()),
        ("measures", description.measures.len().to_string()),
    ];
    for (what, value) in rows {
        text::line(&format!("  {what:<13} {value}"))?;
    }
    Ok(0)
}
