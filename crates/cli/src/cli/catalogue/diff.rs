//! `mustcheck catalogue diff`: shows what changes in law, for a reader of a gazette.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use mustcheck::{Policy, read_file};
use mustcheck_authoring::diff::{Changes, FoldersError, Side, diff, folders};
use mustcheck_authoring::{Finding, compile};
use mustcheck_rules::Catalogue;
use mustcheck_rules::catalogue::data::CatalogueData;

use super::findings::{INVALID, as_json, tell};
use crate::cli::failure::Unreadable;
use crate::cli::{Style, text};

/// The largest catalogue that is read, in bytes.
const CATALOGUE_LIMIT: u64 = 1 << 30;

/// Each side is a folder of TOML files, canonical JSON, or an embedded edition, by name, with or
/// without its overlay: `statutes`, `statutes+shanghai`.
#[derive(Args)]
pub struct Arguments {
    /// The old catalogue.
    old: PathBuf,
    /// The new catalogue.
    new: PathBuf,
    /// One edition of the folders; without it, all of them with every overlay.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// One overlay of the folders.
    #[arg(long, value_name = "NAME", default_value = "default", requires = "edition")]
    overlay: String,
}

/// Error: a catalogue cannot be compared.
enum Refused {
    /// Faults that keep a folder from being compiled.
    Findings(Vec<Finding>),
    /// Any other error.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let both = arguments.old.is_dir() && arguments.new.is_dir();
    let compared = if both && arguments.edition.is_none() {
        whole_folders(arguments, style)
    } else {
        single(arguments, style)
    };
    match compared {
        Ok(()) => Ok(0),
        Err(Refused::Findings(findings)) if style.json => {
            text::print_json(&as_json(&findings))?;
            Ok(INVALID)
        }
        Err(Refused::Findings(findings)) => {
            tell(&findings, style)?;
            Ok(INVALID)
        }
        Err(Refused::Other(error)) => Err(error),
    }
}

/// Compares every edition of two folders, with every overlay that goes with it.
fn whole_folders(arguments: &Arguments, style: Style) -> Result<(), Refused> {
    let changes = folders(&arguments.old, &arguments.new).map_err(|error| match error {
        FoldersError::Findings(findings) => Refused::Findings(findings),
        FoldersError::Unreadable(unread) => Refused::Other(anyhow!("{unread}")),
    })?;
    if style.json {
        return Ok(text::print_json(&changes)?);
    }
    if changes.is_empty() {
        return Ok(text::line(style.say("规定没有变动。", "No change in law."))?);
    }
    let sides = [
        (&changes.added, style.say("新增", "added")),
        (&changes.ended, style.say("终止", "ended")),
    ];
    for (sides, what) in sides {
        for Side { edition, version, overlay, name, .. } in sides {
            let name = style.pick(name);
            text::heading(&format!("{what} {edition} {version} + {overlay}  {name}"))?;
        }
    }
    let mut rest: Vec<&Changes> = changes.compared.iter().filter(|c| !c.is_empty()).collect();
    while let Some(first) = rest.first().copied() {
        // What changes in an edition mostly changes alike in every place.
        let (same, other): (Vec<&Changes>, Vec<&Changes>) =
            rest.into_iter().partition(|c| c.changes == first.changes);
        page(first, style)?;
        also(&same, style)?;
        rest = other;
    }
    Ok(())
}

/// Prints the other editions and overlays with the same changes.
fn also(same: &[&Changes], style: Style) -> Result<()> {
    let others = same.iter().skip(1).map(|c| format!("{} + {}", c.new.edition, c.new.overlay));
    let others: Vec<String> = others.collect();
    if others.is_empty() {
        return Ok(());
    }
    let what = style.say("以下各处变动相同：", "The same changes in:");
    text::line(&format!("{what} {}", others.join(", ")))?;
    text::line("")
}

/// Compares one edition with one overlay on each side.
fn single(arguments: &Arguments, style: Style) -> Result<(), Refused> {
    let old = data(&arguments.old, arguments)?;
    let new = data(&arguments.new, arguments)?;
    let changes = diff(&old, &new);
    if style.json {
        return Ok(text::print_json(&changes)?);
    }
    Ok(page(&changes, style)?)
}

fn page(changes: &Changes, style: Style) -> Result<()> {
    let page = changes.page();
    text::line(style.pick(&page).trim_end())?;
    text::line("")
}

/// Reads the catalogue of one side.
fn data(side: &Path, arguments: &Arguments) -> Result<CatalogueData, Refused> {
    let parsed = |json: &[u8]| {
        let catalogue = Catalogue::from_json(json).map_err(mustcheck::PolicyError::Catalogue);
        let catalogue = catalogue.with_context(|| format!("catalogue `{}`", side.display()));
        catalogue.map(|catalogue| catalogue.data().clone())
    };
    if side.is_dir() {
        let edition = arguments.edition.as_deref().unwrap_or(Policy::newest_edition());
        let compiled = compile(side, edition, &arguments.overlay);
        return compiled.map(|compiled| compiled.data).map_err(Refused::Findings);
    }
    if side.is_file() || fs::symlink_metadata(side).is_ok() {
        let json = read_file(side, CATALOGUE_LIMIT)
            .map_err(|source| Unreadable { path: side.display().to_string(), source });
        return Ok(parsed(&json.map_err(anyhow::Error::from)?)?);
    }
    let name = side.to_string_lossy();
    let (edition, overlay) = name.split_once('+').unwrap_or((&name, "default"));
    Ok(parsed(Policy::embedded_catalogue_of(edition, overlay).map_err(anyhow::Error::from)?)?)
}
