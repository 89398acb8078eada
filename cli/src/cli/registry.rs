//! `mustcheck registry`: fill a database from files, look into one, play a platform.

mod convert;
mod simulate;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use indicatif::ProgressBar;
use mustcheck::model::CreditRecord;
use mustcheck::registry::import::{Report, import};
use mustcheck::registry::json::SourceSummary;
use mustcheck::registry::{Vocabulary, is_sqlite};
use mustcheck::{JsonRegistry, Policy, SqliteRegistry, mask, safe};
use serde_json::json;

use crate::cli::gates::read_application;
use crate::cli::registry::convert::{Format, convert};
use crate::cli::{Style, text};

#[derive(Subcommand)]
pub enum Command {
    /// Import registry files into a SQLite database: one transaction per source.
    Import {
        /// Registry files in JSON; with `--mapping`, lists as tables (CSV) or entities
        /// (FollowTheMoney).
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The database; made if it does not exist.
        #[arg(long, value_name = "DATABASE")]
        into: PathBuf,
        /// A baked policy whose lists, acts and matters count as known, besides the embedded ones.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// What the columns of a table, or the entities of a file, mean.
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
        /// What the files are; without it, their names say.
        #[arg(long, value_enum, requires = "mapping", value_name = "FORMAT")]
        from: Option<Format>,
        /// Where rows go that cannot be read, with the reason. It holds identifiers: only this
        /// user may read it.
        #[arg(long, value_name = "FILE", requires = "mapping")]
        rejected: Option<PathBuf>,
    },
    /// Serve a registry file as a credit platform would, with faults, and print the mapping file
    /// by which `check` asks it.
    Simulate(simulate::Arguments),
    /// Show the sources of a registry, and the records about an application's subjects.
    Show {
        /// The registry: a JSON file or a SQLite database.
        registry: PathBuf,
        /// Show the records that name a subject of this application.
        #[arg(long, value_name = "FILE")]
        application: Option<PathBuf>,
    },
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    match command {
        Command::Import { files, into, policy, mapping, from, rejected } => {
            let how = How { mapping: mapping.as_deref(), from: *from, rejected: rejected.as_ref() };
            import_all(files, into, policy.as_deref(), how, style)
        }
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Show { registry, application } => show(registry, application.as_deref(), style),
    }
}

/// How files are read that are no registry files.
#[derive(Clone, Copy)]
struct How<'a> {
    mapping: Option<&'a Path>,
    from: Option<Format>,
    rejected: Option<&'a PathBuf>,
}

fn import_all(
    files: &[PathBuf],
    into: &Path,
    policy: Option<&Path>,
    how: How<'_>,
    style: Style,
) -> Result<u8> {
    if how.mapping.is_some() && files.len() > 1 {
        bail!("`--mapping` reads one file at a time: it says of which source, and as of when");
    }
    let mut known = Policy::embedded_editions()
        .into_iter()
        .map(Policy::embedded_description)
        .collect::<Result<Vec<_>, _>>()?;
    known.extend(policy.map(Policy::open).transpose()?.map(|p| p.description().clone()));
    let vocabulary = Vocabulary::of(&known);
    let mut reports = Vec::new();
    for file in files {
        let bar = ProgressBar::new_spinner();
        let converted = how.mapping.map(|mapping| {
            let format = how.from.unwrap_or_else(|| Format::of(file));
            convert(file, format, mapping, &vocabulary, how.rejected)
        });
        let converted = converted.transpose()?;
        let document = converted.as_ref().map_or(file.as_path(), |(document, _)| document.path());
        let report = import(document, into, &vocabulary, &mut || bar.inc(1))
            .with_context(|| format!("registry `{}`", into.display()))?;
        bar.finish_and_clear();
        reports.push((file, report, converted.map(|(_, converted)| converted)));
    }
    if style.json {
        let rows: Vec<_> = reports
            .iter()
            .map(|(file, report, converted)| {
                let mut row = json!({ "file": file.display().to_string(), "report": report });
                if let (Some(converted), Some(row)) = (converted, row.as_object_mut()) {
                    row.insert("converted".into(), json!(converted));
                }
                row
            })
            .collect();
        text::print_json(&rows)?;
    } else {
        for (file, report, converted) in &reports {
            text::heading(&file.display().to_string())?;
            if let Some(converted) = converted {
                converted.print(style)?;
            }
            print_report(report, style)?;
        }
    }
    if let Some(path) = how.rejected
        && reports.iter().any(|(_, _, c)| c.as_ref().is_some_and(|c| c.rejected() > 0))
    {
        let told = "holds identifiers as the list does; only you may read it";
        eprintln!("`{}` {told}", path.display());
    }
    let bad = |r: &Report| !r.rejected.is_empty() || r.sources.iter().any(|s| s.refused.is_some());
    Ok(if reports.iter().any(|(_, report, _)| bad(report)) { 3 } else { 0 })
}

fn print_report(report: &Report, style: Style) -> Result<()> {
    for source in &report.sources {
        let id = safe(&source.source);
        if let Some(refused) = &source.refused {
            text::line(&format!("  {id}: {} {refused}", style.say("未导入：", "not imported:")))?;
            continue;
        }
        let counts = [
            (source.added, "新增", "added"),
            (source.changed, "更新", "changed"),
            (source.unchanged, "不变", "unchanged"),
            (source.removed, "移除", "removed"),
            (source.events_kept, "保留较新事件", "newer events kept"),
        ];
        let said: Vec<String> =
            counts.iter().map(|(n, zh, en)| format!("{n} {}", style.say(zh, en))).collect();
        text::line(&format!("  {id}: {}", said.join(", ")))?;
    }
    for rejected in &report.rejected {
        let what = style.say("未导入", "rejected");
        text::line(&format!("  {what} {}: {}", rejected.place, rejected.reason))?;
    }
    Ok(())
}

fn show(registry: &Path, application: Option<&Path>, style: Style) -> Result<u8> {
    let context = || format!("registry `{}`", registry.display());
    let application = application.map(read_application).transpose()?;
    let subjects = application.as_ref().map_or(&[][..], |a| a.subjects.as_slice());
    let (sources, found) = if is_sqlite(registry).with_context(context)? {
        let open = SqliteRegistry::open(registry).with_context(context)?;
        let mut found = Vec::new();
        for subject in subjects {
            found.push((subject, open.records_about(subject)?));
        }
        (open.summary()?, found)
    } else {
        let open = JsonRegistry::open(registry).with_context(context)?;
        let found = subjects.iter().map(|s| (s, open.records_about(s)));
        (open.summary(), found.collect())
    };
    if style.json {
        let about: Vec<_> = found
            .iter()
            .map(|(subject, records)| {
                json!({
                    "subject": mask(&subject.identifier),
                    "records": records.iter().map(row).collect::<Vec<_>>(),
                })
            })
            .collect();
        text::print_json(&json!({ "sources": sources, "about": about }))?;
        return Ok(0);
    }
    for SourceSummary { source, records, rejected } in &sources {
        text::heading(&format!("{} {}", safe(&source.id), safe(&source.name)))?;
        let as_of = style.say("数据截至", "as of");
        let held = style.say("条记录", "record(s)");
        let mut said = format!("  {as_of} {}, {records} {held}", source.as_of);
        if *rejected > 0 {
            said.push_str(&format!(", {rejected} {}", style.say("条被拒", "rejected")));
        }
        if let Some(from) = source.records_from {
            said.push_str(&format!(", {} {from}", style.say("收录自", "records from")));
        }
        text::line(&said)?;
        text::line(&format!("  {}", safe(&source.covers.join(", "))))?;
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

/// A record without the identifiers that it holds (RAIL R13).
fn row(record: &CreditRecord) -> serde_json::Value {
    json!({
        "id": record.id,
        "list": record.list,
        "source": record.source,
        "act": record.act,
        "subject": mask(&record.subject.identifier),
        "valid_from": record.valid_from,
        "valid_until": record.valid_until,
        "events": record.events,
    })
}
