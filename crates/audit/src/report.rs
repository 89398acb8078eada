//! Statistics of checks (二十三): what was due and made, what came of it, and what was then done.
//!
//! RAIL R10: what is counted are checks, lookups, measures. Groups stand in the order of their
//! codes, never of their figures.

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

/// The days on which checks were made that are counted, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first; none is the log's first.
    pub from: Option<Date>,
    /// The last; none is the log's last.
    pub to: Option<Date>,
}

impl Period {
    /// Whether a day is in it.
    pub fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// What the figures are set out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// What was applied for.
    Matter,
    /// Region and name of the office.
    Office,
    /// The list that was looked up, or on which the records stand.
    List,
    /// The measure.
    Measure,
    /// The month of the check.
    Month,
    /// Who was asked.
    Source,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Which checks.
    pub period: Period,
    /// How they are set out.
    pub by: By,
    /// As of which day an obligation that is not reported is late.
    pub as_of: Date,
}

/// The statistics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// `mustcheck-report/1`.
    pub format: &'static str,
    /// The first day, if there is one.
    pub from: Option<Date>,
    /// The last day, if there is one.
    pub to: Option<Date>,
    /// As of which day an obligation that is not reported is late.
    pub as_of: Date,
    /// The log that was read.
    pub log: LogRead,
    /// All checks of the period.
    pub total: Figures,
    /// How they are set out.
    pub by: By,
    /// The groups, by their keys.
    pub groups: Vec<Group>,
    /// The same by month of the check.
    pub months: Vec<Group>,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogRead {
    /// The log's name.
    pub name: String,
    /// How many entries it has. All were read.
    pub entries: u64,
    /// The root over them (RFC 6962): the same root, the same entries.
    pub root: String,
    /// Checks outside the period.
    pub outside: u64,
    /// Reports about nothing that the log has. They are in no figure.
    pub strangers: u64,
}

/// Checks, lookups or measures that have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// A code, a month, or region and name.
    pub key: String,
    /// What the code is called, if an embedded edition knows it.
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

/// Counts. Every figure is of exactly the entries under the log's checkpoint.
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
    let mut reported = Reported::default();
    let mut tally = Tally::new(question);
    let mut strangers = 0;
    let mut outside = 0;
    backwards(
        source,
        |page| Page::read(page, question),
        |page| {
            tally.merge(page.tally);
            outside += page.outside;
            reported.meet(page.met, |sequel, story| {
                strangers += story.strangers(&sequel);
                tally.sequel(&sequel, &story);
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
