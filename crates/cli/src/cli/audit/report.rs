//! `mustcheck audit report`: statistics of checks.

mod lines;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use mustcheck::Date;
use mustcheck_audit::report::{Column, Group, Question, columns, report};
use mustcheck_audit::{By, Names, Report, page, words};

use crate::cli::audit::source::{LogChoice, PeriodChoice, as_of, bar, tell_strangers};
use crate::cli::audit::table::table;
use crate::cli::{Lang, Style, text};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    log: LogChoice,
    #[command(flatten)]
    period: PeriodChoice,
    /// The grouping of the figures.
    #[arg(long, value_enum, default_value_t = ByChoice::Matter)]
    by: ByChoice,
    /// The day as of which missing reports count as overdue; without it, today.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The file for the report as a page that needs no network and no script.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ByChoice {
    /// The matter that was applied for.
    Matter,
    /// Region and name of the office.
    Office,
    /// The list that was looked up.
    List,
    /// The measure.
    Measure,
    /// The month of the check.
    Month,
    /// The source that was asked.
    Source,
}

impl From<ByChoice> for By {
    fn from(choice: ByChoice) -> Self {
        match choice {
            ByChoice::Matter => Self::Matter,
            ByChoice::Office => Self::Office,
            ByChoice::List => Self::List,
            ByChoice::Measure => Self::Measure,
            ByChoice::Month => Self::Month,
            ByChoice::Source => Self::Source,
        }
    }
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let source = arguments.log.open()?;
    let question = Question {
        period: arguments.period.period(),
        by: arguments.by.into(),
        as_of: as_of(arguments.as_of)?,
    };
    let bar = bar(&source, style);
    let counted = report(&source, &Names::embedded()?, question, &|entries| bar.inc(entries));
    bar.finish_and_clear();
    let counted = counted?;
    tell_strangers(counted.log.strangers, style);
    if let Some(path) = &arguments.html {
        let html = page::html(&counted, style.lang == Lang::Zh);
        std::fs::write(path, html)
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    if style.json {
        text::print_json(&counted)?;
    } else if style.csv {
        csv(&counted)?;
    } else {
        lines::show(&counted, style)?;
        text::line("")?;
        text::line(&groups(&counted, style))?;
    }
    Ok(0)
}

/// Returns the groups as a table for a terminal.
fn groups(report: &Report, style: Style) -> String {
    let columns: Vec<Column> = columns(report.by).into_iter().filter(|c| c.brief).collect();
    let mut heads = vec![style.words(words::by(report.by))];
    heads.extend(columns.iter().map(|column| style.words(column.head)));
    let row = |group: &Group| {
        let mut row = vec![shown(group, style)];
        row.extend(columns.iter().map(|column| cell(column, group)));
        row
    };
    let rows: Vec<Vec<String>> = report.groups.iter().map(row).collect();
    table(&heads, &rows, 1)
}

/// Returns a group's name for a terminal; its code if the name is long or missing.
fn shown(group: &Group, style: Style) -> String {
    const LONGEST: usize = 28;
    let name = group.name.as_ref().map(|name| style.pick(name));
    let name = name.filter(|name| name.chars().count() <= LONGEST);
    mustcheck::safe(name.unwrap_or(&group.key)).into_owned()
}

fn cell(column: &Column, group: &Group) -> String {
    column.value(&group.figures).map(|n| n.to_string()).unwrap_or_default()
}

/// Prints the groups as CSV: every column, named as in the JSON.
fn csv(report: &Report) -> Result<()> {
    let columns = columns(report.by);
    let out = std::io::stdout().lock();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let by = report.by.to_string();
    let heads = [by.as_str(), "name_zh", "name_en"].into_iter();
    writer.write_record(heads.chain(columns.iter().map(|column| column.key.as_str())))?;
    let safe = mustcheck_audit::export::safe_cell;
    for group in &report.groups {
        let name = group.name.as_ref();
        let (zh, en) = (name.map_or("", |name| &name.zh), name.map_or("", |name| &name.en));
        let mut row = vec![safe(&group.key), safe(zh), safe(en)];
        row.extend(columns.iter().map(|column| cell(column, group)));
        writer.write_record(row)?;
    }
    Ok(writer.flush()?)
}
