//! Turns a check into a case: one that was made, or one that is made now.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use mustcheck::model::{Decision, Description, Text};
use mustcheck::{Application, ApplicationExt as _, JsonRegistry};
use mustcheck_evidence::Bundle;
use mustcheck_evidence::bundle::Identities;

use super::{Arguments, policies};
use crate::cli::gates::read_application;
use crate::cli::replay::Bundles;
use crate::cli::{Style, text};
use crate::suite::case::Case;
use crate::suite::expected::{Expected, Placed};
use crate::suite::find::{APPLICATION, CaseFolder, EXPECTED, REGISTRIES};
use crate::suite::finding::Place;
use crate::suite::invent::{Invented, Original};
use crate::suite::policies::{DEFAULT, Deciding, NoPolicy};
use crate::suite::{compare, run};

pub fn run(arguments: &Arguments, from: &Path, into: &Path, style: Style) -> Result<u8> {
    if into.symlink_metadata().is_ok() {
        bail!(Exists(into.display().to_string()));
    }
    let (original, deciding) = match &arguments.registry {
        Some(registry) => of_application(arguments, from, registry)?,
        None => of_bundle(arguments, from)?,
    };
    let invented = Invented::of(&original, &instruments(deciding.policy.description()))?;
    let application = pretty(&invented.application)?;
    let held = pretty(&invented.registry)?;
    // The check reads the very bytes that are written as the case's files.
    let read = Application::from_json(application.as_bytes())?;
    let source = Arc::new(JsonRegistry::from_json(held.as_bytes())?);
    let checked = suite_check(&deciding, source, &read)?;
    invented.hold(&original.decision, checked.decision())?;
    let expected = expectation(&deciding, checked.decision());
    Expected::read(Path::new(EXPECTED), &expected)
        .map_err(|findings| NotWritten(findings.iter().map(ToString::to_string).collect()))?;
    let files = [(APPLICATION, &application), (REGISTRIES[0], &held), (EXPECTED, &expected)];
    for (_, text) in files {
        invented.nothing_left(text)?;
    }
    write(into, &files)?;
    let disposition = checked.decision().disposition;
    if style.json {
        let case = into.display().to_string();
        text::print_json(&serde_json::json!({ "case": case, "disposition": disposition }))?;
    } else {
        text::line(&format!("{}  {disposition}", into.display()))?;
    }
    Ok(0)
}

/// Error: the folder of the case is there already. A case is never written over.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is there already")]
pub struct Exists(String);

/// Error: the file is no bundle, but an application or something else.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` is no evidence bundle: {detail}; an application needs `--registry`")]
pub struct NoBundle {
    path: String,
    detail: String,
}

/// Error: the policy or the registry that is asked for cannot decide the case.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotOpened(String);

#[derive(Debug, thiserror::Error)]
#[error("the expectation cannot be written: {}", .0.join("; "))]
struct NotWritten(Vec<String>);

/// Reads the check that a bundle proves, and opens the policy that its decision names.
fn of_bundle(arguments: &Arguments, from: &Path) -> Result<(Original, Arc<Deciding>)> {
    let identities = arguments.identity.as_deref().map(Identities::open).transpose()?;
    let json = Bundles::find(from, identities)?.read(from)?;
    let bundle = Bundle::from_json(&json)
        .map_err(|e| NoBundle { path: from.display().to_string(), detail: e.to_string() })?;
    let policy = bundle.decision.policy.clone();
    let Bundle { application, answers, decision, .. } = bundle;
    let deciding = open(arguments, from, &application, Some(policy.edition), Some(policy.overlay))?;
    Ok((Original { application, answers, decision }, deciding))
}

/// Makes a check of an application now, and returns it with its policy.
fn of_application(
    arguments: &Arguments,
    from: &Path,
    held: &Path,
) -> Result<(Original, Arc<Deciding>)> {
    let application = read_application(from)?;
    let deciding = open(arguments, from, &application, None, arguments.overlay.clone())?;
    let source =
        mustcheck_registry::open(held).with_context(|| format!("registry `{}`", held.display()))?;
    let checked = suite_check(&deciding, source, &application)?;
    let (answers, decision) = (checked.answers().to_vec(), checked.decision().clone());
    Ok((Original { application, answers, decision }, deciding))
}

fn open(
    arguments: &Arguments,
    from: &Path,
    application: &Application,
    edition: Option<String>,
    overlay: Option<String>,
) -> Result<Arc<Deciding>> {
    let placed = |value| Placed { value, place: Place { line: 1, column: 1 } };
    let folder = CaseFolder { name: String::new(), path: from.to_owned(), registry: None };
    let expected = Expected {
        edition: edition.map(placed),
        overlay: overlay.map(placed),
        ..Expected::default()
    };
    let case = Case { folder, expected, decision: None, application: None, findings: Vec::new() };
    policies(arguments)?.open(&case, application.as_of).map_err(|why| match why {
        NoPolicy::Bad(findings) => {
            let details: Vec<String> = findings.into_iter().map(|f| f.detail).collect();
            NotOpened(details.join("\n")).into()
        }
        NoPolicy::Fault(detail) => anyhow::anyhow!(detail),
    })
}

fn suite_check(
    deciding: &Deciding,
    source: Arc<dyn mustcheck::Registry>,
    application: &Application,
) -> Result<mustcheck::Checked> {
    run::check(deciding, source, application).map_err(|detail| NotOpened(detail).into())
}

/// Returns the instruments that a policy cites: records of the case may go on citing these.
fn instruments(description: &Description) -> BTreeSet<String> {
    let due = description.matters.iter().flat_map(|m| &m.due).flat_map(|due| &due.legal_basis);
    let measures = description.measures.iter().flat_map(|m| &m.legal_basis);
    due.chain(measures).map(|basis| basis.instrument.to_string()).collect()
}

fn pretty(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Returns the text of `expected.toml` for a decision.
fn expectation(deciding: &Deciding, decision: &Decision) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let list = |key: &str, items: Vec<String>| {
        let lines: Vec<String> =
            items.iter().map(|item| format!("  {},\n", quoted(item))).collect();
        if lines.is_empty() {
            format!("{key} = []\n")
        } else {
            format!("{key} = [\n{}]\n", lines.concat())
        }
    };
    let matters = &deciding.policy.description().matters;
    let matter = matters.iter().find(|matter| matter.code == decision.matter);
    let name = matter.map_or_else(|| Text::new("", ""), |matter| matter.name.clone());
    let policy = &decision.policy;
    let disposition = decision.disposition;
    let mut text = format!(
        "title.zh = {}\ntitle.en = {}\nedition = {}\n",
        quoted(&format!("{}：{disposition}", name.zh)),
        quoted(&format!("{}: {disposition}", name.en)),
        quoted(&policy.edition),
    );
    if policy.overlay != DEFAULT {
        text.push_str(&format!("overlay = {}\n", quoted(&policy.overlay)));
    }
    text.push_str(&format!("disposition = {}\n", quoted(disposition.code())));
    let measures = decision.measures.iter().map(|m| format!("{} {}", m.measure, m.target.role));
    text.push_str(&list("measures", measures.collect()));
    let aside = decision.set_aside.iter().map(|s| format!("{} {}", compare::what(s), s.reason));
    text.push_str(&list("set_aside", aside.collect()));
    text
}

/// Writes the case whole, or not at all.
fn write(into: &Path, files: &[(&str, &String)]) -> Result<()> {
    let parent = into.parent().filter(|folder| !folder.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let failed = || format!("`{}` cannot be written", into.display());
    std::fs::create_dir_all(parent).with_context(failed)?;
    let apart =
        tempfile::Builder::new().prefix(".new-case").tempdir_in(parent).with_context(failed)?;
    for (name, text) in files {
        std::fs::write(apart.path().join(name), text).with_context(failed)?;
    }
    std::fs::rename(apart.path(), into).with_context(failed)?;
    // The folder is not a temporary one any more.
    let _ = apart.keep();
    Ok(())
}
