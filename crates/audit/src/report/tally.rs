//! Counting: a receipt by itself is counted on any core, a receipt with its feedback on one.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::date::Date;
use mustcheck_model::{AnswerStatus, Effect, is_backdated};

use super::figures::{
    Add as _, Checks, DecisionTime, Figures, Lookups, Measures, Outcomes, Records, Unanswered,
};
use super::{By, Counted, Question};
use crate::reported::{Met, Story};
use crate::scan;
use crate::sequel::{Measure, Sequel};
use crate::source::AuditError;
use crate::view::{LookupView, ReceiptView, View};
use mustcheck_evidence::{Failed, Moment, Outcome};

/// The figures while they are counted.
pub(super) struct Tally {
    question: Question,
    pub(super) total: Figures,
    pub(super) groups: BTreeMap<String, Figures>,
    pub(super) months: BTreeMap<String, Figures>,
}

/// The figures and entries of one page of the log.
pub(super) struct Page {
    pub(super) tally: Tally,
    pub(super) met: Vec<Met>,
    /// Number of checks outside the period.
    pub(super) outside: u64,
}

impl Page {
    pub(super) fn read(
        page: &scan::Page<'_>,
        question: Question,
        counted: Counted<'_>,
    ) -> Result<Self, AuditError> {
        let mut read = Self { tally: Tally::new(question), met: Vec::new(), outside: 0 };
        for (index, entry) in page.iter() {
            match View::read(index, entry)? {
                View::Feedback(entry) => read.met.push(Met::Feedback(entry)),
                View::Failure(failed) => {
                    if !counted(&failed.matter, &failed.office.region) {
                        continue;
                    }
                    if question.period.holds(day(failed.at)) {
                        read.tally.failure(&failed);
                    } else {
                        read.outside += 1;
                    }
                }
                View::Receipt(receipt) => {
                    let case = &receipt.case;
                    let is_counted = counted(&case.matter, &case.office.region);
                    if is_counted && question.period.holds(day(receipt.made_at)) {
                        read.tally.receipt(&receipt);
                    } else if is_counted {
                        read.outside += 1;
                    }
                    // A receipt outside the period is kept too, so that its feedback is matched
                    // with it.
                    let sequel = Sequel::of(index, &receipt);
                    read.met.extend(sequel.map(|sequel| Met::Sequel(Box::new(sequel))));
                }
            }
        }
        Ok(read)
    }
}

const fn day(at: Moment) -> Date {
    at.to_second().date
}

fn month(at: Moment) -> String {
    let Date { year, month, .. } = day(at);
    format!("{year:04}-{month:02}")
}

/// Region and name of an office, as the key of a group.
fn office(region: &str, name: &str) -> String {
    format!("{region} {name}").trim().to_owned()
}

/// Zero figures of whole checks.
fn whole() -> Figures {
    Figures {
        checks: Some(Checks::default()),
        lookups: Some(Lookups::default()),
        records: Some(Records::default()),
        measures: Some(Measures::default()),
        obligations: Some(BTreeMap::new()),
        decision_time: Some(DecisionTime::default()),
    }
}

/// Zero figures of a group of this kind.
fn part(by: By) -> Figures {
    match by {
        By::Matter | By::Office | By::Month => whole(),
        By::List => Figures {
            lookups: Some(Lookups::default()),
            measures: Some(Measures::default()),
            ..Figures::default()
        },
        By::Measure => Figures { measures: Some(Measures::default()), ..Figures::default() },
        By::Source => Figures { lookups: Some(Lookups::default()), ..Figures::default() },
    }
}

/// Returns the figures of a key, made by `new` if the key has none yet.
fn of_key<'a>(
    groups: &'a mut BTreeMap<String, Figures>,
    key: &str,
    new: impl FnOnce() -> Figures,
) -> &'a mut Figures {
    groups.entry(key.to_owned()).or_insert_with(new)
}

impl Tally {
    pub(super) fn new(question: Question) -> Self {
        Self { question, total: whole(), groups: BTreeMap::new(), months: BTreeMap::new() }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.total.add(other.total);
        self.groups.add(other.groups);
        self.months.add(other.months);
    }

    /// Adds the same figures to the total, to the month of the check, and to its group.
    fn of_check(
        &mut self,
        matter: &str,
        (region, name): (&str, &str),
        at: Moment,
        add: impl Fn(&mut Figures),
    ) {
        add(&mut self.total);
        let month = month(at);
        add(of_key(&mut self.months, &month, whole));
        let key = match self.question.by {
            By::Matter => matter.to_owned(),
            By::Office => office(region, name),
            By::Month => month,
            By::List | By::Measure | By::Source => return,
        };
        add(of_key(&mut self.groups, &key, whole));
    }

    fn failure(&mut self, failed: &Failed) {
        let office = (&*failed.office.region, &*failed.office.name);
        self.of_check(&failed.matter, office, failed.at, |figures| {
            let checks = figures.checks.get_or_insert_default();
            *checks.failed.entry(failed.kind).or_default() += 1;
        });
    }

    fn receipt(&mut self, receipt: &ReceiptView<'_>) {
        let office = (&*receipt.case.office.region, &*receipt.case.office.name);
        let own = by_itself(receipt);
        self.of_check(&receipt.case.matter, office, receipt.made_at, |figures| {
            figures.add(own.clone());
        });
        let by = self.question.by;
        if !matches!(by, By::List | By::Source) {
            return;
        }
        for lookup in receipt.lookups.iter().filter(|lookup| lookup.due) {
            let key = match by {
                By::List => &*lookup.list,
                // No source holds the list.
                _ => lookup.source.as_deref().unwrap_or("-"),
            };
            let figures = of_key(&mut self.groups, key, || part(by));
            count_lookup(figures.lookups.get_or_insert_default(), lookup);
        }
    }

    /// Counts the reports about the measures and obligations of a check.
    pub(super) fn sequel(&mut self, sequel: &Sequel, story: &Story) {
        if !self.question.period.holds(day(sequel.made_at)) {
            return;
        }
        let as_of = self.question.as_of;
        let mut own = Figures::default();
        let of_measures = own.measures.get_or_insert_default();
        for measure in &sequel.measures {
            count_measure(of_measures, measure, story);
        }
        let by_kind = own.obligations.get_or_insert_default();
        for obligation in &sequel.obligations {
            let figures = by_kind.entry(obligation.kind).or_default();
            let done = story.obligation(obligation.kind, &obligation.to.zh);
            *match (done.map(|told| told.what.done_on), obligation.due_on) {
                (Some(done), Some(due)) if done > due => &mut figures.late,
                (Some(_), Some(_)) => &mut figures.in_time,
                (Some(_), None) => &mut figures.met,
                (None, Some(due)) if as_of > due => &mut figures.overdue,
                (None, _) => &mut figures.open,
            } += 1;
        }
        if let Some(first) = story.first(sequel) {
            let time = own.decision_time.get_or_insert_default();
            match minutes(sequel.made_at, first) {
                Some(minutes) => *time.minutes.entry(minutes).or_default() += 1,
                None => time.clock_back += 1,
            }
        }
        let office = (&*sequel.region, &*sequel.office);
        self.of_check(&sequel.matter, office, sequel.made_at, |figures| figures.add(own.clone()));
        self.measures(sequel, story);
    }

    /// Counts the reports about measures in groups by measure or by list.
    fn measures(&mut self, sequel: &Sequel, story: &Story) {
        let by = self.question.by;
        for measure in &sequel.measures {
            let keys: BTreeSet<&str> = match by {
                By::Measure => BTreeSet::from([&*measure.measure]),
                // A measure on records of two lists is counted with both.
                By::List => measure.lists.iter().map(String::as_str).collect(),
                By::Matter | By::Office | By::Month | By::Source => return,
            };
            for key in keys {
                let figures = of_key(&mut self.groups, key, || part(by));
                count_measure(figures.measures.get_or_insert_default(), measure, story);
            }
        }
    }
}

/// Returns the figures that a receipt gives without any feedback.
fn by_itself(receipt: &ReceiptView<'_>) -> Figures {
    // RAIL R14: a check as of an earlier day is counted as such in the statistics.
    let backdated = u64::from(is_backdated(receipt.case.as_of, receipt.made_on()));
    let mut checks = Checks { made: 1, backdated, ..Checks::default() };
    checks.dispositions.insert(receipt.disposition, 1);
    let mut lookups = Lookups::default();
    for lookup in receipt.lookups.iter().filter(|lookup| lookup.due) {
        count_lookup(&mut lookups, lookup);
    }
    let found = &receipt.records;
    let standings = found.standings.iter().map(|s| (s.standing, s.count.into()));
    let records = Records {
        found: found.found.into(),
        disputed: found.disputed.into(),
        standings: standings.collect(),
    };
    Figures {
        checks: Some(checks),
        lookups: Some(lookups),
        records: Some(records),
        ..Figures::default()
    }
}

fn count_lookup(lookups: &mut Lookups, lookup: &LookupView<'_>) {
    lookups.records += u64::from(lookup.records);
    if lookup.status == AnswerStatus::Answered {
        lookups.answered += 1;
        return;
    }
    let source = lookup.source.as_deref().map(str::to_owned);
    let key = Unanswered { source, status: lookup.status };
    *lookups.unanswered.entry(key).or_default() += 1;
}

fn count_measure(measures: &mut Measures, measure: &Measure, story: &Story) {
    let outcomes: &mut Outcomes = match measure.effect {
        Effect::Incentive => &mut measures.incentives,
        Effect::Restriction => &mut measures.restrictions,
    };
    let (code, subject) = (&measure.measure, measure.subject_index);
    let Some(told) = story.measure(code, subject) else {
        outcomes.unreported += 1;
        return;
    };
    match &told.what.outcome {
        Outcome::Applied => outcomes.applied += 1,
        Outcome::NotApplied { code, .. } => *outcomes.not_applied.entry(*code).or_default() += 1,
    }
    outcomes.corrected += u64::from(story.replaced(code, subject) > 0);
}

/// Whole minutes from one moment to another; `None` if the second is before the first.
fn minutes(from: Moment, to: Moment) -> Option<u64> {
    let (from, to) = (from.to_second().unix_seconds()?, to.to_second().unix_seconds()?);
    u64::try_from(to - from).ok().map(|seconds| seconds / 60)
}
