//! Statistics of checks (二十三): checks due and made, their results, and the reports about them.
//!
//! RAIL R10: checks, lookups and measures are counted. Groups are sorted by their codes, never by
//! their figures.

mod columns;
mod figures;
mod tally;

use std::collections::BTreeMap;
use std::fmt;

use mustcheck_model::Text;
use mustcheck_model::date::Date;
use serde::Serialize;

pub use columns::{Column, columns};
pub use figures::{
    Checks, DecisionTime, Figures, Lookups, Measures, ObligationFigures, Outcomes, Records,
    Unanswered,
};

use crate::names::Names;
use crate::reported::Reported;
use crate::scan::{Progress, backwards};
use crate::source::{AuditError, Source};
use tally::{Page, Tally};

/// The days of the checks that are counted, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// First day; `None` counts from the beginning of the log.
    pub from: Option<Date>,
    /// Last day; `None` counts to the end of the log.
    pub to: Option<Date>,
}

impl Period {
    /// Whether a day lies in the period.
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The key by which figures are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The matter applied for.
    Matter,
    /// Region and name of the office.
    Office,
    /// The list that was looked up, or that has the records behind a measure.
    List,
    /// The measure.
    Measure,
    /// The month of the check.
    Month,
    /// The source that was asked.
    Source,
}

/// The scope and grouping of a report.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The days of the checks that are counted.
    pub period: Period,
    /// The grouping of the figures.
    pub by: By,
    /// The as-of day: reports recorded after it are not counted, and an obligation not reported by
    /// then is overdue if its last day lies before it.
    pub as_of: Date,
}

/// The statistics of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Format of the report: `mustcheck-report/1`.
    pub format: &'static str,
    /// First day of the period, if it has one.
    pub from: Option<Date>,
    /// Last day of the period, if it has one.
    pub to: Option<Date>,
    /// The as-of day: reports recorded after it are not counted, and an obligation not reported by
    /// then is overdue if its last day lies before it.
    pub as_of: Date,
    /// The log that was read.
    pub log: LogRead,
    /// The figures of all checks of the period.
    pub total: Figures,
    /// The grouping of the figures.
    pub by: By,
    /// The groups, sorted by their keys.
    pub groups: Vec<Group>,
    /// The same checks grouped by month, sorted by month.
    pub months: Vec<Group>,
}

/// The log that a report was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogRead {
    /// Name of the log.
    pub name: String,
    /// Number of entries; all were read.
    pub entries: u64,
    /// Root over the entries (RFC 6962), in Base64. Logs with the same root have the same entries.
    pub root: String,
    /// Number of checks outside the period.
    pub outside: u64,
    /// Reports about nothing in the log, counted as in an export. No figure includes them.
    pub strangers: u64,
}

/// The figures of the checks, lookups or measures that share a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The key: a code, a month (`2026-11`), or region and name of an office.
    pub key: String,
    /// Name of the code, if an embedded edition knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// The figures.
    pub figures: Figures,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Matter => "matter",
            Self::Office => "office",
            Self::List => "list",
            Self::Measure => "measure",
            Self::Month => "month",
            Self::Source => "source",
        })
    }
}

/// Counts the checks of a period. Every figure covers exactly the entries under the log's
/// checkpoint.
///
/// # Errors
///
/// [`AuditError`] if the log cannot be read or is damaged.
pub fn report(
    source: &Source,
    names: &Names,
    question: Question,
    progress: Progress<'_>,
) -> Result<Report, AuditError> {
    report_of(source, names, question, &|_, _| true, progress)
}

/// Whether a check is counted, given its matter and the region of its office.
pub type Counted<'a> = &'a (dyn Fn(&str, &str) -> bool + Sync);

/// Counts as [`report`] does, but of the checks alone that are `counted`. The rest of the log is
/// read and verified, and is in no figure but the number of its entries.
///
/// # Errors
///
/// As [`report`].
pub fn report_of(
    source: &Source,
    names: &Names,
    question: Question,
    counted: Counted<'_>,
    progress: Progress<'_>,
) -> Result<Report, AuditError> {
    let mut reported = Reported::default();
    let mut tally = Tally::new(question);
    let mut strangers = 0;
    let mut outside = 0;
    backwards(
        source,
        |page| Page::read(page, question, counted),
        |page| {
            tally.merge(page.tally);
            outside += page.outside;
            reported.meet(page.met, |sequel, story| {
                if !counted(&sequel.matter, &sequel.region) {
                    return Ok(());
                }
                strangers += story.strangers(&sequel);
                tally.sequel(&sequel, &story.until(question.as_of));
                Ok::<(), AuditError>(())
            })
        },
        progress,
    )?;
    let Period { from, to } = question.period;
    let Tally { total, groups, months, .. } = tally;
    Ok(Report {
        format: "mustcheck-report/1",
        from,
        to,
        as_of: question.as_of,
        log: LogRead {
            name: source.name().to_owned(),
            entries: source.entries(),
            root: source.root(),
            outside,
            strangers: strangers + reported.left(),
        },
        total,
        by: question.by,
        groups: named(groups, |key| match question.by {
            By::Matter => names.matter(key),
            By::List => names.list(key),
            By::Measure => names.measure(key),
            By::Office | By::Month | By::Source => None,
        }),
        months: named(months, |_| None),
    })
}

fn named(groups: BTreeMap<String, Figures>, name: impl Fn(&str) -> Option<Text>) -> Vec<Group> {
    let groups = groups.into_iter().map(|(key, figures)| {
        let name = name(&key);
        Group { key, name, figures }
    });
    groups.collect()
}
