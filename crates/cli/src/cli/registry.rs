//! `mustcheck registry`: fills a database from files, shows what a registry holds, simulates a
//! platform.

mod convert;
mod import;
mod repair;
mod show;
mod simulate;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use mustcheck::model::{CreditRecord, Subject};
use mustcheck::registry::held::SourceSummary;
use mustcheck::{JsonRegistry, safe, shown_identifier};
use mustcheck_registry::{SqliteRegistry, is_sqlite};
use serde_json::json;

use crate::cli::database::{DatabaseArguments, Shared, named};
use crate::cli::gates::read_application;
use crate::cli::{Style, text};

#[derive(Subcommand)]
pub enum Command {
    /// Import registry files into a SQLite database or into a service's PostgreSQL: one
    /// transaction per file.
    Import(import::Arguments),
    /// Record a person who answers for entries that an import could not read: they leave no lookup
    /// unanswered any more, as long as their source lists them unchanged.
    Acknowledge(repair::Acknowledge),
    /// Bring back the snapshot of a source that was held before its last import. This works once.
    Undo(repair::Undo),
    /// Serve a registry file as a credit platform would, with faults, and print the mapping file
    /// with which `check` asks it.
    Simulate(simulate::Arguments),
    /// Show the sources of a registry, and the records about an application's subjects.
    #[command(group = clap::ArgGroup::new("held").args(["registry", "database"]).required(true))]
    Show {
        /// The registry: a JSON file or a SQLite database.
        #[arg(conflicts_with = "authorities")]
        registry: Option<PathBuf>,
        #[command(flatten)]
        database: DatabaseArguments,
        /// An application, in JSON: the records that name one of its subjects are shown too.
        #[arg(long, value_name = "FILE")]
        application: Option<PathBuf>,
    },
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    match command {
        Command::Import(arguments) => import::run(arguments, style),
        Command::Acknowledge(arguments) => repair::acknowledge(arguments, style),
        Command::Undo(arguments) => repair::undo(arguments, style),
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Show { registry, database, application } => {
            show(registry.as_deref(), database, application.as_deref(), style)
        }
    }
}

/// A subject, with the records that name it.
type About<'a> = (&'a Subject, Vec<CreditRecord>);

/// Reads the sources of a registry file or SQLite database, and the records about some subjects.
fn held<'a>(
    registry: &Path,
    subjects: &'a [Subject],
) -> Result<(Vec<SourceSummary>, Vec<About<'a>>)> {
    let context = || format!("registry `{}`", registry.display());
    let mut found = Vec::new();
    if is_sqlite(registry).with_context(context)? {
        let open = SqliteRegistry::open_of_any_day(registry).with_context(context)?;
        for subject in subjects {
            found.push((subject, open.records_about(subject)?));
        }
        return Ok((open.summary()?, found));
    }
    let open = JsonRegistry::open_of_any_day(registry).with_context(context)?;
    found.extend(subjects.iter().map(|subject| (subject, open.records_about(subject))));
    Ok((open.summary(), found))
}

/// Reads the same as [`held`] from a registry in PostgreSQL.
fn shared<'a>(
    file: &Path,
    authorities: Option<&Path>,
    subjects: &'a [Subject],
) -> Result<(Vec<SourceSummary>, Vec<About<'a>>)> {
    let open = Shared::open(file, authorities)?;
    let registry = open.registry();
    let mut found = Vec::new();
    for subject in subjects {
        let records = open.wait(registry.records_about(subject));
        found.push((subject, records.with_context(|| named(file))?));
    }
    let sources = open.wait(registry.summary()).with_context(|| named(file))?;
    Ok((sources, found))
}

fn show(
    registry: Option<&Path>,
    database: &DatabaseArguments,
    application: Option<&Path>,
    style: Style,
) -> Result<u8> {
    let application = application.map(read_application).transpose()?;
    let subjects = application.as_ref().map_or(&[][..], |a| a.subjects.as_slice());
    let (sources, found) = match (registry, &database.database) {
        (Some(registry), _) => held(registry, subjects)?,
        (None, Some(file)) => shared(file, database.authorities.as_deref(), subjects)?,
        (None, None) => bail!("a registry or `--database` is missing"),
    };
    if style.json {
        let about: Vec<_> = found
            .iter()
            .map(|(subject, records)| {
                json!({
                    "subject": shown_identifier(subject.scheme, &subject.identifier),
                    "records": records.iter().map(row).collect::<Vec<_>>(),
                })
            })
            .collect();
        text::print_json(&json!({ "sources": sources, "about": about }))?;
        return Ok(0);
    }
    for summary in &sources {
        show::source(summary, style)?;
    }
    for (subject, records) in &found {
        text::heading(&text::subject_line(subject, style))?;
        for record in records {
            let until = record.valid_until.map_or_else(|| "…".into(), |d| d.to_string());
            let (id, list, from) = (safe(&record.id), safe(&record.list), record.valid_from);
            text::line(&format!("  {id}  {list}  {from} – {until}"))?;
            for event in &record.events {
                text::line(&format!("    {} {}", event.on, event.kind))?;
            }
        }
    }
    Ok(0)
}

/// Returns a record in JSON, with the identifier of its subject as it may be shown and no other
/// identifiers (RAIL R13).
fn row(record: &CreditRecord) -> serde_json::Value {
    json!({
        "id": record.id,
        "list": record.list,
        "source": record.source,
        "act": record.act,
        "subject": shown_identifier(record.subject.scheme, &record.subject.identifier),
        "valid_from": record.valid_from,
        "valid_until": record.valid_until,
        "events": record.events,
    })
}
