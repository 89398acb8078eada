//! What is not reported yet, and what of it is late (督办).
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

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// As of which day: later checks and reports do not count.
    pub as_of: Date,
    /// Within how many working days after the check the office reports, where no text says it.
    pub within: Option<u16>,
}

/// What is not reported yet.
#[derive(Clone, Debug, Serialize)]
pub struct Overdue {
    /// `mustcheck-overdue/1`.
    pub format: &'static str,
    /// The log's name.
    pub log: String,
    /// The entries that were read.
    pub entries: u64,
    /// As of which day.
    pub as_of: Date,
    /// The office's own rule, in working days.
    pub within: Option<u16>,
    /// How many are late.
    pub late: u64,
    /// How many are open and not late.
    pub open: u64,
    /// The late ones first, those that are late longest first; then by due date; then by age.
    pub items: Vec<Item>,
    /// Reports about nothing that the log has.
    pub strangers: u64,
}

/// One thing that is not reported.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// The receipt.
    pub receipt: DocumentId,
    /// Its index in the log, from 0.
    pub entry: u64,
    /// The case, as the log has it.
    pub case: String,
    /// Its matter.
    pub matter: String,
    /// The office.
    pub office: ReceiptOffice,
    /// The day of the check.
    pub checked_on: Date,
    /// What is not reported.
    pub what: What,
    /// The last day.
    pub due_on: Option<Date>,
    /// Where the last day comes from, or why there is none.
    pub due_by: DueBy,
    /// Calendar days since the last day; absent if it is not late.
    pub days_late: Option<i32>,
    /// Calendar days since the check.
    pub age_days: i32,
}

/// What is not reported.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum What {
    /// What was done about a measure.
    Measure {
        /// Its id in the catalogue.
        measure: String,
        /// The role of whom it meets.
        role: Role,
        /// Position in the application's subjects, from 0.
        subject_index: u32,
    },
    /// That an obligation was fulfilled.
    Obligation {
        /// Which.
        obligation: ObligationKind,
        /// To whom.
        to: Text,
    },
}

/// Where a last day comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DueBy {
    /// The receipt has it.
    Receipt,
    /// The office's own rule.
    Office,
    /// The office's own rule sets one, and the holidays of this year are not published: no day is
    /// guessed.
    Unpublished(u16),
    /// No text and no rule sets one.
    None,
}

/// What is not reported yet, as of a day.
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

/// The list as it grows.
struct List<'a> {
    calendar: &'a WorkingCalendar,
    question: Question,
    /// The last day by the office's own rule, by the day of the check.
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

    /// The last day by the office's own rule.
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
