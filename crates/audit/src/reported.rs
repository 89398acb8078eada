//! Reports of offices about receipts that are still to be met while the log is read from its end.

use std::collections::HashMap;

use mustcheck_model::ObligationKind;
use mustcheck_model::date::Date;

use crate::sequel::Sequel;
use crate::view::FeedbackEntry;
use mustcheck_evidence::{DocumentId, Feedback, MeasureFeedback, Moment, ObligationFeedback};

/// Feedback that was met, kept until its receipt is met.
#[derive(Default)]
pub(crate) struct Reported {
    by_receipt: HashMap<DocumentId, Story>,
}

/// All feedback about one receipt, the newest first.
#[derive(Default)]
pub(crate) struct Story(Vec<FeedbackEntry>);

/// The report in effect about one measure or obligation.
pub(crate) struct Told<'a, T> {
    /// Id of the feedback that holds the report.
    pub(crate) feedback: &'a DocumentId,
    pub(crate) recorded_at: Moment,
    pub(crate) recorded_by: &'a str,
    pub(crate) what: &'a T,
}

impl Reported {
    /// Adds a feedback. The log is read from its end, so each is older than those before it.
    pub(crate) fn add(&mut self, entry: FeedbackEntry) {
        let receipt = entry.feedback.receipt.clone();
        self.by_receipt.entry(receipt).or_default().0.push(entry);
    }

    /// Removes and returns the feedback about a receipt. All of it was met before its receipt.
    pub(crate) fn take(&mut self, receipt: &DocumentId) -> Story {
        self.by_receipt.remove(receipt).unwrap_or_default()
    }

    /// Number of reported measures and obligations for which no receipt was met.
    pub(crate) fn left(&self) -> u64 {
        let entries = self.by_receipt.values().flat_map(|story| &story.0);
        let reports = |entry: &FeedbackEntry| {
            entry.feedback.measures.len() + entry.feedback.obligations.len()
        };
        entries.map(|entry| reports(entry) as u64).sum()
    }
}

impl Story {
    /// Adds a feedback that was recorded after all others.
    pub(crate) fn put(&mut self, entry: FeedbackEntry) {
        self.0.insert(0, entry);
    }

    /// Leaves out the feedback recorded after a day.
    pub(crate) fn until(mut self, day: Date) -> Self {
        self.0.retain(|entry| entry.feedback.recorded_at.to_second().date <= day);
        self
    }

    /// Returns the report in effect about a measure, which is the newest.
    pub(crate) fn measure(&self, measure: &str, subject: u32) -> Option<Told<'_, MeasureFeedback>> {
        self.newest(|feedback| {
            let same = |m: &&MeasureFeedback| m.measure == measure && m.subject_index == subject;
            feedback.measures.iter().find(same)
        })
    }

    /// Returns the report in effect about an obligation, which is the newest.
    pub(crate) fn obligation(
        &self,
        kind: ObligationKind,
        to: &str,
    ) -> Option<Told<'_, ObligationFeedback>> {
        self.newest(|feedback| feedback.obligations.iter().find(|o| o.kind == kind && o.to == to))
    }

    fn newest<'a, T>(
        &'a self,
        find: impl Fn(&'a Feedback) -> Option<&'a T>,
    ) -> Option<Told<'a, T>> {
        self.0.iter().find_map(|entry| {
            let what = find(&entry.feedback)?;
            let recorded_at = entry.feedback.recorded_at;
            let recorded_by = &entry.feedback.recorded_by;
            Some(Told { feedback: &entry.id, recorded_at, recorded_by, what })
        })
    }

    /// Moment of the office's first feedback about anything that the receipt has.
    pub(crate) fn first(&self, sequel: &Sequel) -> Option<Moment> {
        let known = |feedback: &Feedback| {
            let mut measures = feedback.measures.iter();
            let mut obligations = feedback.obligations.iter();
            measures.any(|m| sequel.measure(&m.measure, m.subject_index).is_some())
                || obligations.any(|o| sequel.obligation(o.kind, &o.to).is_some())
        };
        let first = self.0.iter().rev().find(|entry| known(&entry.feedback));
        first.map(|entry| entry.feedback.recorded_at)
    }

    /// Number of reported measures and obligations that the receipt does not have.
    pub(crate) fn strangers(&self, sequel: &Sequel) -> u64 {
        let measures = self.0.iter().flat_map(|entry| &entry.feedback.measures);
        let measures = measures.filter(|m| sequel.measure(&m.measure, m.subject_index).is_none());
        let obligations = self.0.iter().flat_map(|entry| &entry.feedback.obligations);
        let obligations = obligations.filter(|o| sequel.obligation(o.kind, &o.to).is_none());
        (measures.count() + obligations.count()) as u64
    }

    /// Number of reports about a measure that a newer one replaced.
    pub(crate) fn replaced(&self, measure: &str, subject: u32) -> usize {
        let about = |m: &&MeasureFeedback| m.measure == measure && m.subject_index == subject;
        let all = self.0.iter().flat_map(|entry| &entry.feedback.measures).filter(about).count();
        all.saturating_sub(1)
    }
}

/// An entry that was met on the way to the beginning of the log.
pub(crate) enum Met {
    Feedback(Box<FeedbackEntry>),
    Sequel(Box<Sequel>),
}

impl Reported {
    /// Takes the entries of a page from its last to its first, and passes on each receipt with the
    /// feedback about it.
    pub(crate) fn meet<E>(
        &mut self,
        page: Vec<Met>,
        mut take: impl FnMut(Sequel, Story) -> Result<(), E>,
    ) -> Result<(), E> {
        for met in page.into_iter().rev() {
            match met {
                Met::Feedback(entry) => self.add(*entry),
                Met::Sequel(sequel) => {
                    let story = self.take(&sequel.id);
                    take(*sequel, story)?;
                }
            }
        }
        Ok(())
    }
}
