//! Measures and obligations that are not reported yet, and those of them that are late (督办).
//!
//! INTERPRETATION: 33 (十七) sets 7 working days for publication, and the receipt has the day. For
//! feedback (十八) and for the report about a measure no text sets a day: they are open, with their
//! age, and late only by a rule of the office's own, a number of working days.

use std::collections::HashMap;

use mustcheck_model::date::Date;
use mustcheck_model::{ObligationKind, Role, Text};
use serde::Serialize;

use crate::reported::{Met, Reported, Story};
use crate::scan::{Progress, backwards};
use crate::sequel::{Measure, Obligation, Sequel};
use crate::source::{AuditError, Source};
use crate::view::View;
use mustcheck::WorkingCalendar;
use mustcheck_evidence::{DocumentId, ReceiptOffice};

/// The day of the list, and the office's own rule.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The as-of day of the list; later checks and reports do not count.
    pub as_of: Date,
    /// Number of working days after the check within which the office reports, where no text sets a
    /// day.
    pub within: Option<u16>,
}

/// The list of measures and obligations that are not reported yet.
#[derive(Clone, Debug, Serialize)]
pub struct Overdue {
    /// Format of the list: `mustcheck-overdue/1`.
    pub format: &'static str,
    /// Name of the log.
    pub log: String,
    /// Number of entries in the log; all were read.
    pub entries: u64,
    /// The as-of day of the list.
    pub as_of: Date,
    /// The office's own rule, in working days after the check.
    pub within: Option<u16>,
    /// Number of late items.
    pub late: u64,
    /// Number of open items that are not late.
    pub open: u64,
    /// Late items first, the longest overdue before the others; then the rest by due date, those
    /// without one last; then the oldest first.
    pub items: Vec<Item>,
    /// Reports about nothing in the log, counted as in an export.
    pub strangers: u64,
}

/// A measure or obligation that is not reported.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// Id of the receipt.
    pub receipt: DocumentId,
    /// Index of the receipt in the log, from 0.
    pub entry: u64,
    /// The office's case number, as the log has it.
    pub case: String,
    /// Code of the matter.
    pub matter: String,
    /// Name and region of the office.
    pub office: ReceiptOffice,
    /// The day of the check.
    pub checked_on: Date,
    /// The measure or obligation.
    pub what: What,
    /// Last day for the report, if one is set.
    pub due_on: Option<Date>,
    /// Source of the last day, or the reason why there is none.
    pub due_by: DueBy,
    /// Calendar days since the last day; absent if the item is not late.
    pub days_late: Option<i32>,
    /// Calendar days since the check.
    pub age_days: i32,
}

/// A measure or obligation that is not reported.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum What {
    /// A measure without a report about its execution.
    Measure {
        /// Id of the measure in the catalogue.
        measure: String,
        /// Role of the subject that the measure concerns.
        role: Role,
        /// Position of the subject in the application, from 0.
        subject_index: u32,
    },
    /// An obligation without a report that it was fulfilled.
    Obligation {
        /// Kind of the obligation.
        obligation: ObligationKind,
        /// Recipient.
        to: Text,
    },
}

/// Source of a last day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueBy {
    /// The receipt sets the day.
    Receipt,
    /// The office's own rule sets the day.
    Office,
    /// The office's own rule would set a day, but the holidays of the year given here are not
    /// published. No day is guessed.
    Unpublished(u16),
    /// No text and no rule sets a day.
    None,
}

/// Lists the measures and obligations that are not reported as of a day.
///
/// # Errors
///
/// [`AuditError`] if the log cannot be read or is damaged.
pub fn overdue(
    source: &Source,
    calendar: &WorkingCalendar,
    question: Question,
    progress: Progress<'_>,
) -> Result<Overdue, AuditError> {
    let mut reported = Reported::default();
    let mut list = List { calendar, question, days: HashMap::new(), items: Vec::new() };
    let mut strangers = 0;
    backwards(
        source,
        |page| {
            let mut met = Vec::new();
            for (index, entry) in page.iter() {
                match View::read(index, entry)? {
                    View::Feedback(entry) => met.push(Met::Feedback(entry)),
                    View::Receipt(receipt) => {
                        let sequel = Sequel::of(index, &receipt);
                        met.extend(sequel.map(|sequel| Met::Sequel(Box::new(sequel))));
                    }
                    View::Failure(_) => {}
                }
            }
            Ok(met)
        },
        |met| {
            reported.meet(met, |sequel, story| {
                strangers += story.strangers(&sequel);
                list.add(&sequel, &story.until(question.as_of));
                Ok::<(), AuditError>(())
            })
        },
        progress,
    )?;
    let mut items = list.items;
    items.sort_by_key(|item| {
        let late = std::cmp::Reverse(item.days_late);
        (late, item.due_on.is_none(), item.due_on, std::cmp::Reverse(item.age_days), item.entry)
    });
    let late = items.iter().filter(|item| item.days_late.is_some()).count() as u64;
    Ok(Overdue {
        format: "mustcheck-overdue/1",
        log: source.name().to_owned(),
        entries: source.entries(),
        as_of: question.as_of,
        within: question.within,
        late,
        open: items.len() as u64 - late,
        items,
        strangers: strangers + reported.left(),
    })
}

/// The list while it is built.
struct List<'a> {
    calendar: &'a WorkingCalendar,
    question: Question,
    /// Last days by the office's own rule, by the day of the check.
    days: HashMap<Date, (Option<Date>, DueBy)>,
    items: Vec<Item>,
}

impl List<'_> {
    fn add(&mut self, sequel: &Sequel, story: &Story) {
        let Question { as_of, .. } = self.question;
        if sequel.made_on > as_of {
            return;
        }
        for measure in &sequel.measures {
            if story.measure(&measure.measure, measure.subject_index).is_none() {
                self.push(sequel, about_measure(measure), None);
            }
        }
        for obligation in &sequel.obligations {
            if story.obligation(obligation.kind, &obligation.to.zh).is_none() {
                self.push(sequel, about_obligation(obligation), obligation.due_on);
            }
        }
    }

    fn push(&mut self, sequel: &Sequel, what: What, due_on: Option<Date>) {
        let Question { as_of, .. } = self.question;
        let (due_on, due_by) = match due_on {
            Some(day) => (Some(day), DueBy::Receipt),
            None => self.by_office(sequel.made_on),
        };
        let days = due_on.and_then(|day| as_of.days_since(day));
        self.items.push(Item {
            receipt: sequel.id.clone(),
            entry: sequel.entry,
            case: sequel.case.clone(),
            matter: sequel.matter.clone(),
            office: ReceiptOffice { name: sequel.office.clone(), region: sequel.region.clone() },
            checked_on: sequel.made_on,
            what,
            due_on,
            due_by,
            days_late: days.filter(|days| *days > 0),
            age_days: as_of.days_since(sequel.made_on).unwrap_or_default(),
        });
    }

    /// Returns the last day by the office's own rule.
    fn by_office(&mut self, from: Date) -> (Option<Date>, DueBy) {
        let Some(days) = self.question.within else { return (None, DueBy::None) };
        *self.days.entry(from).or_insert_with(|| match self.calendar.after(from, days) {
            Ok(day) => (Some(day), DueBy::Office),
            Err(unpublished) => (None, DueBy::Unpublished(unpublished.year)),
        })
    }
}

fn about_measure(measure: &Measure) -> What {
    let Measure { measure, role, subject_index, .. } = measure;
    What::Measure { measure: measure.clone(), role: *role, subject_index: *subject_index }
}

fn about_obligation(obligation: &Obligation) -> What {
    What::Obligation { obligation: obligation.kind, to: obligation.to.clone() }
}
