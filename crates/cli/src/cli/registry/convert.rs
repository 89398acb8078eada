//! Lists in other formats: turned into a registry document first, which the import then takes.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use mustcheck::registry::Vocabulary;
use mustcheck::{Timestamp, safe};
use mustcheck_registry::follow_the_money::{self, MoneyMapping, MoneyReport};
use mustcheck_registry::table::{self, RejectedFile, TableMapping, TableReport};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::cli::{Style, text};

/// Format of a list that is no registry file.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table: CSV, or a workbook (xlsx, xls, ods).
    Table,
    /// FollowTheMoney, in JSON lines.
    FollowTheMoney,
}

impl Format {
    /// Returns the format that a file's name gives.
    pub fn of(file: &Path) -> Self {
        let name = file.to_string_lossy().to_lowercase();
        let lines = [".ftm.json", ".jsonl", ".ndjson", ".json"].iter().any(|e| name.ends_with(e));
        if lines { Self::FollowTheMoney } else { Self::Table }
    }
}

/// Report on the conversion of a list, before its import.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Converted {
    /// The list was a table.
    Table(TableReport),
    /// The list was a file of FollowTheMoney entities.
    Money(MoneyReport),
}

/// Turns a list into a registry document, a file that is deleted when the returned value is
/// dropped: it holds identifiers, and nobody but this user may read it.
pub fn convert(
    file: &Path,
    format: Format,
    mapping: &Path,
    vocabulary: &Vocabulary,
    rejected: Option<&PathBuf>,
    as_of: Option<Timestamp>,
) -> Result<(NamedTempFile, Converted)> {
    let document = NamedTempFile::new().context("no file for the registry document")?;
    let mut rejected = rejected.map(|path| RejectedFile::create(path)).transpose()?;
    let mut out = BufWriter::new(File::create(document.path())?);
    let context = || format!("mapping `{}`", mapping.display());
    let converted = match format {
        Format::Table => {
            let mut mapping = TableMapping::open(mapping).with_context(context)?;
            mapping.source.as_of = as_of.or(mapping.source.as_of);
            Converted::Table(table::convert(
                file,
                &mapping,
                vocabulary,
                &mut out,
                rejected.as_mut(),
            )?)
        }
        Format::FollowTheMoney => {
            let mut mapping = MoneyMapping::open(mapping).with_context(context)?;
            mapping.source.as_of = as_of.unwrap_or(mapping.source.as_of);
            let rejected = rejected.as_mut();
            let report = follow_the_money::convert(file, &mapping, vocabulary, &mut out, rejected)?;
            Converted::Money(report)
        }
    };
    out.flush()?;
    drop(out);
    Ok((document, converted))
}

impl Converted {
    /// Returns the number of rows or entities that somebody must look at.
    pub const fn rejected(&self) -> u64 {
        match self {
            Self::Table(report) => report.rejected + report.rounded + report.unnamed,
            Self::Money(report) => report.rejected,
        }
    }

    /// Prints the report.
    pub fn print(&self, style: Style) -> Result<()> {
        let counts: Vec<(u64, &str, &str)> = match self {
            Self::Table(report) => {
                text::line(&format!("  {}", form(report, style)))?;
                let mut counts = vec![
                    (report.rows, "行", "row(s)"),
                    (report.records, "条记录", "record(s)"),
                    (report.rejected, "行被拒", "rejected"),
                    (report.totals, "行合计", "of totals"),
                    (report.blank, "空行", "blank"),
                    (report.duplicates, "重复行", "repeated"),
                ];
                // Few tables have such rows.
                let further = [
                    (report.skipped, "行不是记录", "no record"),
                    (report.headers, "行重复表头", "of headers"),
                    (report.rounded, "行代码或被舍入", "with a code that may be rounded"),
                    (report.unnamed, "行另有无标识的人", "with somebody of no identifier"),
                ];
                counts.extend(further.into_iter().filter(|(count, _, _)| *count > 0));
                counts
            }
            Self::Money(report) => vec![
                (report.entities, "个实体", "entities"),
                (report.listed, "个列入名单", "listed"),
                (report.records, "条记录", "record(s)"),
                (report.without_identifier, "个无可精确匹配的标识", "without an exact identifier"),
                (report.rejected, "个被拒", "rejected"),
            ],
        };
        let said: Vec<String> =
            counts.iter().map(|(n, zh, en)| format!("{n} {}", style.say(zh, en))).collect();
        text::line(&format!("  {}", said.join(", ")))
    }
}

/// Returns the form of a table: its encoding, or its kind of workbook.
fn form(report: &TableReport, style: Style) -> String {
    let encoding = style.say("编码", "encoding");
    let sheet = style.say("工作表", "sheet");
    let encoding = report.encoding.map(|known| format!("{encoding} {}", known.name()));
    let workbook = report.workbook.map(|kind| {
        format!("{}, {sheet} `{}`", kind.name(), safe(report.sheet.as_deref().unwrap_or_default()))
    });
    encoding.or(workbook).unwrap_or_default()
}
