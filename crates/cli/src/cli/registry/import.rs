//! `mustcheck registry import`: imports files into SQLite or into PostgreSQL, with the same report.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use mustcheck::registry::Vocabulary;
use mustcheck::{Policy, Timestamp, safe};
use mustcheck_registry::import::{ImportOptions, Rejected, Report, import_with};
use serde_json::json;

use crate::cli::database::{DatabaseArguments, Shared, named};
use crate::cli::registry::convert::{Converted, Format, convert};
use crate::cli::{Style, text};

#[derive(Args)]
#[command(group = clap::ArgGroup::new("target").args(["into", "database"]).required(true))]
pub struct Arguments {
    /// Registry files in JSON; with `--mapping`, lists as tables (CSV, workbooks) or entities
    /// (FollowTheMoney).
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The SQLite database; made if it does not exist.
    #[arg(long, value_name = "DATABASE", conflicts_with = "authorities")]
    into: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArguments,
    /// A baked policy whose lists, acts and matters count as known, besides the embedded ones.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The mapping file: it gives the meaning of a table's columns, or of a file's entities.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The format of the files; without it, their names give it.
    #[arg(long, value_enum, requires = "mapping", value_name = "FORMAT")]
    from: Option<Format>,
    /// The moment as of which the list was drawn up, whatever its mapping says:
    /// `2026-11-19T20:00:00+08:00`.
    #[arg(long, requires = "mapping", value_name = "TIME")]
    as_of: Option<Timestamp>,
    /// The number of records in force that may be removed: exactly the one that a refused import
    /// names.
    #[arg(long, value_name = "N")]
    allow_removal: Option<u64>,
    /// Replace a held snapshot whose moment (`as_of`) is in the future.
    #[arg(long)]
    replace_as_of: bool,
    /// The file for rows that cannot be read, with the reasons. It holds identifiers: only this
    /// user may read it.
    #[arg(long, value_name = "FILE", requires = "mapping")]
    rejected: Option<PathBuf>,
}

/// The database into which records go.
enum Target<'a> {
    Sqlite(&'a Path),
    Postgres(Shared, &'a Path),
}

impl<'a> Target<'a> {
    fn open(arguments: &'a Arguments) -> Result<Self> {
        let DatabaseArguments { database, authorities } = &arguments.database;
        match (&arguments.into, database) {
            (Some(file), _) => Ok(Self::Sqlite(file)),
            (None, Some(file)) => {
                let shared = Shared::open_or_make(file, authorities.as_deref())?;
                Ok(Self::Postgres(shared, file))
            }
            (None, None) => bail!("`--into` or `--database` is missing"),
        }
    }

    fn import(
        &self,
        file: &Path,
        vocabulary: &Vocabulary,
        options: &ImportOptions,
    ) -> Result<Report> {
        match self {
            Self::Sqlite(into) => {
                let bar = ProgressBar::new_spinner();
                let report = import_with(file, into, vocabulary, options, &mut || bar.inc(1))
                    .with_context(|| format!("registry `{}`", into.display()))?;
                bar.finish_and_clear();
                Ok(report)
            }
            Self::Postgres(shared, url_file) => shared
                .wait(shared.registry().import_with(file, vocabulary, options))
                .with_context(|| named(url_file)),
        }
    }
}

/// Result of importing one file.
struct Done<'a> {
    file: &'a Path,
    report: Report,
    converted: Option<Converted>,
}

impl Done<'_> {
    fn row(&self) -> serde_json::Value {
        let mut row = json!({ "file": self.file.display().to_string(), "report": self.report });
        if let (Some(converted), Some(row)) = (&self.converted, row.as_object_mut()) {
            row.insert("converted".into(), json!(converted));
        }
        row
    }

    /// Whether somebody must look at the report.
    fn is_bad(&self) -> bool {
        let refused = self.report.sources.iter().any(|source| source.refused.is_some());
        refused || !self.report.rejected.is_empty()
    }
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    if arguments.mapping.is_some() && arguments.files.len() > 1 {
        bail!("`--mapping` reads one file at a time: it says of which source, and as of when");
    }
    let vocabulary = vocabulary(arguments.policy.as_deref())?;
    let target = Target::open(arguments)?;
    let Arguments { allow_removal, replace_as_of, .. } = *arguments;
    let options = ImportOptions { allow_removal, replace_as_of };
    let mut all = Vec::new();
    for file in &arguments.files {
        let converted = arguments.mapping.as_ref().map(|mapping| {
            let format = arguments.from.unwrap_or_else(|| Format::of(file));
            convert(
                file,
                format,
                mapping,
                &vocabulary,
                arguments.rejected.as_ref(),
                arguments.as_of,
            )
        });
        let converted = converted.transpose()?;
        let document = converted.as_ref().map_or(file.as_path(), |(document, _)| document.path());
        let report = target.import(document, &vocabulary, &options)?;
        all.push(Done { file, report, converted: converted.map(|(_, converted)| converted) });
    }
    if style.json {
        text::print_json(&all.iter().map(Done::row).collect::<Vec<_>>())?;
    } else {
        for Done { file, report, converted } in &all {
            text::heading(&file.display().to_string())?;
            if let Some(converted) = converted {
                converted.print(style)?;
            }
            print_report(report, style)?;
        }
    }
    if let Some(path) = &arguments.rejected
        && all.iter().any(|done| done.converted.as_ref().is_some_and(|c| c.rejected() > 0))
    {
        let told = "holds identifiers as the list does; only you may read it";
        eprintln!("`{}` {told}", path.display());
    }
    Ok(if all.iter().any(Done::is_bad) { 3 } else { 0 })
}

/// Returns the codes that the embedded policies know, and the policy that is named.
fn vocabulary(policy: Option<&Path>) -> Result<Vocabulary> {
    let mut known = Policy::embedded_editions()
        .into_iter()
        .map(Policy::embedded_description)
        .collect::<Result<Vec<_>, _>>()?;
    known.extend(policy.map(Policy::open).transpose()?.map(|p| p.description().clone()));
    Ok(Vocabulary::of(&known))
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
        ];
        let said: Vec<String> =
            counts.iter().map(|(n, zh, en)| format!("{n} {}", style.say(zh, en))).collect();
        text::line(&format!("  {id}: {}", said.join(", ")))?;
        if let Some(as_of) = source.repaired_as_of {
            let told =
                style.say("原数据截至时间在未来，已被替换：", "held as of the future, replaced:");
            text::line(&format!("  {id}: {told} {as_of}"))?;
        }
    }
    for rejected in &report.rejected {
        let what = style.say("未导入", "rejected");
        let Rejected { place, reason, mark } = rejected;
        text::line(&format!("  {what} [{mark}] {place}: {reason}"))?;
    }
    Ok(())
}
