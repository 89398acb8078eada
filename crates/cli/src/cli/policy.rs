//! `mustcheck policy`: shows a component, bakes one, and measures what a check with it costs.

mod bake;
mod bench;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use mustcheck::Policy;
use mustcheck_evidence::Baked;
use serde_json::json;

use crate::cli::gates::{embedded, open_policy};
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
        /// An embedded overlay: what a place adopts of the edition.
        #[arg(long, value_name = "NAME", conflicts_with = "file", default_value = "default")]
        overlay: String,
    },
    /// Bake a catalogue into a policy component.
    Bake(bake::Arguments),
    /// Measure what a check with a policy costs on this machine.
    Bench(bench::Arguments),
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    match command {
        Command::Inspect { file, edition, overlay } => {
            inspect(&open(file.as_ref(), edition.as_deref(), overlay)?, style)
        }
        Command::Bake(arguments) => bake::run(arguments, style),
        Command::Bench(arguments) => bench::run(arguments, style),
    }
}

/// Opens a policy from a file, or an embedded edition: the newest if none is named.
fn open(file: Option<&PathBuf>, edition: Option<&str>, overlay: &str) -> Result<Policy> {
    match file {
        Some(file) => open_policy(file),
        None => embedded(edition.unwrap_or(Policy::newest_edition()), overlay),
    }
}

fn inspect(policy: &Policy, style: Style) -> Result<u8> {
    let inspection = policy.inspect()?;
    let description = policy.description();
    let baked = policy.baked();
    if style.json {
        text::print_json(&json!({
            "digest": inspection.digest,
            "size": inspection.size,
            "imports": inspection.imports,
            "exports": inspection.exports,
            "catalogue_digest": baked.map(|b| b.catalogue.hex()),
            "overlay_digest": baked.map(|b| b.overlay.hex()),
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
    let digest = |of: fn(&Baked) -> String| baked.map_or_else(|| "-".to_owned(), of);
    let adopted = description.measures.iter().filter(|m| m.adopted).count();
    let decides = match description.valid_until {
        Some(until) => format!("{} – {until}", description.valid_from),
        None => description.valid_from.to_string(),
    };
    let rows = [
        ("sha256", inspection.digest.clone()),
        ("bytes", inspection.size.to_string()),
        ("imports", named(&inspection.imports)),
        ("exports", inspection.exports.join(", ")),
        ("overlay", name.overlay.clone()),
        ("catalogue", digest(|b| format!("sha256 {}", b.catalogue.hex()))),
        ("its overlay", digest(|b| format!("sha256 {}", b.overlay.hex()))),
        ("decides from", decides),
        ("matters", description.matters.len().to_string()),
        ("lists", description.lists.len().to_string()),
        ("measures", format!("{}, {adopted} of them adopted", description.measures.len())),
    ];
    for (what, value) in rows {
        text::line(&format!("  {what:<13} {value}"))?;
    }
    Ok(0)
}

/// Returns the names of interfaces in one text; `nothing` if there are none.
fn named(interfaces: &[String]) -> String {
    if interfaces.is_empty() { "nothing".to_owned() } else { interfaces.join(", ") }
}
