//! Rules for feedback: it must fit its receipt, and must not identify anybody.

use mustcheck_model::date::Date;
use mustcheck_model::{Effect, ObligationKind};
use mustcheck_writer::safe;

use super::fault::{Duty, FeedbackFault, Positions, Subject};
use super::{FeedbackFile, ObligationDone, Recording};
use crate::reported::Story;
use crate::sequel::{Measure, Obligation, Sequel};
use mustcheck::input::{quotable, redact};
use mustcheck_evidence::{
    DocumentId, MeasureFeedback, NotAppliedCode, ObligationFeedback, Outcome,
};

/// Length of the longest free text, in characters; the log keeps no more of one.
const LONGEST: usize = 300;

/// Path of a key, and the fault there.
pub(super) type Problem = (String, FeedbackFault);

/// The parts of a feedback that fit its receipt.
pub(super) struct Accepted {
    pub(super) receipt: DocumentId,
    pub(super) recorded_by: String,
    pub(super) measures: Vec<MeasureFeedback>,
    pub(super) obligations: Vec<ObligationFeedback>,
}

fn problem<T>(place: impl Into<String>, fault: FeedbackFault) -> Result<T, Problem> {
    Err((place.into(), fault))
}

/// Problem of a receipt that the log does not have.
pub(super) fn no_receipt(id: &DocumentId) -> Problem {
    let fault = if id.as_str().starts_with('f') {
        FeedbackFault::IdOfFeedback { id: id.into() }
    } else {
        FeedbackFault::NoReceipt { receipt: id.into() }
    };
    ("receipt".into(), fault)
}

/// Checks a file against its receipt and the earlier reports.
pub(super) fn accept(
    file: &FeedbackFile,
    sequel: &Sequel,
    story: &Story,
    recording: Recording,
) -> Result<Accepted, Problem> {
    if file.measures.is_empty() && file.obligations.is_empty() {
        return problem("measures", FeedbackFault::Nothing);
    }
    let rules = Rules { sequel, story, recording };
    rules.text("recorded_by", Some(&file.recorded_by))?;
    if file.recorded_by.trim().is_empty() {
        return problem("recorded_by", FeedbackFault::Nobody);
    }
    for (n, measure) in file.measures.iter().enumerate() {
        let same = |m: &MeasureFeedback| {
            m.measure == measure.measure && m.subject_index == measure.subject_index
        };
        if let Some(before) = file.measures.iter().take(n).position(same) {
            let before = (&format!("measures[{before}]")).into();
            let fault = FeedbackFault::Twice { what: named(measure), before };
            return problem(format!("measures[{n}]"), fault);
        }
        rules.measure(&format!("measures[{n}]"), measure)?;
    }
    let mut obligations: Vec<ObligationFeedback> = Vec::new();
    for (n, done) in file.obligations.iter().enumerate() {
        let place = format!("obligations[{n}]");
        let done = rules.obligation(&place, done)?;
        let same = |o: &ObligationFeedback| o.kind == done.kind && o.to == done.to;
        if let Some(before) = obligations.iter().position(same) {
            let before = (&format!("obligations[{before}]")).into();
            let what = duty(done.kind, &done.to);
            return problem(place, FeedbackFault::Twice { what, before });
        }
        obligations.push(done);
    }
    let (receipt, recorded_by) = (file.receipt.clone(), file.recorded_by.clone());
    Ok(Accepted { receipt, recorded_by, measures: file.measures.clone(), obligations })
}

fn named(measure: &MeasureFeedback) -> Subject {
    let subject = measure.subject_index;
    Subject::Measure { measure: (&quotable(&measure.measure)).into(), subject }
}

fn duty(kind: ObligationKind, to: &str) -> Subject {
    Subject::Obligation { kind: Duty(kind), to: to.into() }
}

/// The receipt and earlier reports that one file is checked against.
struct Rules<'a> {
    sequel: &'a Sequel,
    story: &'a Story,
    recording: Recording,
}

impl Rules<'_> {
    fn measure(&self, place: &str, measure: &MeasureFeedback) -> Result<(), Problem> {
        let of_receipt = self.the_measure(place, measure)?;
        match &measure.outcome {
            Outcome::Applied => {}
            Outcome::NotApplied { code, text } => {
                self.text(&format!("{place}.outcome.not-applied.text"), Some(text))?;
                not_applied(place, measure, of_receipt, *code, text)?;
            }
        }
        self.text(&format!("{place}.document"), measure.document.as_ref())?;
        self.text(&format!("{place}.execution"), measure.execution.as_ref())?;
        self.past(&format!("{place}.decided_on"), measure.decided_on)?;
        self.after_check(&format!("{place}.start"), measure.start)?;
        self.after_check(&format!("{place}.end"), measure.end)?;
        if let (Some(start), Some(end)) = (measure.start, measure.end)
            && end < start
        {
            let fault = FeedbackFault::BeforeStart { end, start };
            return problem(format!("{place}.end"), fault);
        }
        // RAIL R7: not carried out beyond the term that the check found.
        for (key, day) in [("start", measure.start), ("end", measure.end)] {
            if let (Some(day), Some(until)) = (day, of_receipt.until)
                && day > until
            {
                let fault = FeedbackFault::AfterMeasure { day, until };
                return problem(format!("{place}.{key}"), fault);
            }
        }
        let told = self.story.measure(&measure.measure, measure.subject_index);
        let before = told.map(|told| told.feedback);
        replaces(place, named(measure), measure.replaces.as_ref(), before)
    }

    /// Finds the measure of the receipt that a report is about.
    fn the_measure(&self, place: &str, measure: &MeasureFeedback) -> Result<&Measure, Problem> {
        let (code, subject) = (&measure.measure, measure.subject_index);
        if let Some(found) = self.sequel.measure(code, subject) {
            return Ok(found);
        }
        let same = self.sequel.measures.iter().filter(|m| m.measure == *code);
        let subjects: Vec<u32> = same.map(|m| m.subject_index).collect();
        let measure = (&quotable(code)).into();
        if subjects.is_empty() {
            let fault = FeedbackFault::NoMeasure { receipt: (&self.sequel.id).into(), measure };
            return problem(format!("{place}.measure"), fault);
        }
        let subjects = Positions(subjects);
        let fault = FeedbackFault::OtherSubject { measure, subjects, subject };
        problem(format!("{place}.subject_index"), fault)
    }

    fn obligation(
        &self,
        place: &str,
        done: &ObligationDone,
    ) -> Result<ObligationFeedback, Problem> {
        let obligation = self.the_obligation(place, done)?;
        self.past(&format!("{place}.done_on"), Some(done.done_on))?;
        self.text(&format!("{place}.document"), done.document.as_ref())?;
        let to = obligation.to.zh.to_string();
        let told = self.story.obligation(done.kind, &to);
        let before = told.map(|told| told.feedback);
        replaces(place, duty(done.kind, &to), done.replaces.as_ref(), before)?;
        let ObligationDone { kind, done_on, document, replaces, .. } = done.clone();
        Ok(ObligationFeedback { kind, to, done_on, document, replaces })
    }

    /// Finds the obligation of the receipt that a report is about.
    fn the_obligation(&self, place: &str, done: &ObligationDone) -> Result<&Obligation, Problem> {
        let (receipt, kind) = (&self.sequel.id, done.kind);
        let same: Vec<&Obligation> =
            self.sequel.obligations.iter().filter(|o| o.kind == kind).collect();
        let all = || same.iter().map(|o| &*o.to.zh).collect();
        let (id, duty) = (receipt.into(), Duty(kind));
        match (same.as_slice(), &done.to) {
            ([], _) => {
                let fault = FeedbackFault::NoObligation { receipt: id, kind: duty };
                problem(format!("{place}.kind"), fault)
            }
            ([one], None) => Ok(one),
            (_, None) => {
                let fault = FeedbackFault::WhichObligation { receipt: id, kind: duty, all: all() };
                problem(format!("{place}.to"), fault)
            }
            (several, Some(to)) => match several.iter().find(|o| *o.to.zh == **to) {
                Some(one) => Ok(one),
                None => {
                    let to = (&quotable(to)).into();
                    let fault = FeedbackFault::OtherRecipient { kind: duty, all: all(), to };
                    problem(format!("{place}.to"), fault)
                }
            },
        }
    }

    /// Checks a day on which something was done: it lies neither before the check nor in the
    /// future.
    // RAIL R1: what was decided before the check was decided without it.
    fn past(&self, place: &str, day: Option<Date>) -> Result<(), Problem> {
        self.after_check(place, day)?;
        let today = self.recording.at.to_second().date;
        match day {
            Some(day) if day > today => problem(place, FeedbackFault::Future { day, today }),
            _ => Ok(()),
        }
    }

    fn after_check(&self, place: &str, day: Option<Date>) -> Result<(), Problem> {
        let check = self.sequel.made_on;
        match day {
            Some(day) if day < check => problem(place, FeedbackFault::BeforeCheck { day, check }),
            _ => Ok(()),
        }
    }

    /// Checks that a free text is fit for the log: not too long, and without identifiers.
    // RAIL R13: the log identifies nobody.
    fn text(&self, place: &str, text: Option<&String>) -> Result<(), Problem> {
        let Some(text) = text else { return Ok(()) };
        let long = text.chars().count();
        if long > LONGEST {
            return problem(place, FeedbackFault::TooLong { long, most: LONGEST });
        }
        if self.recording.mask {
            return Ok(());
        }
        let plain = safe(text);
        let shown = redact(&plain);
        if shown != *plain {
            return problem(place, FeedbackFault::Identifies { shown: (&shown).into() });
        }
        if *plain != **text {
            return problem(place, FeedbackFault::Unseen);
        }
        Ok(())
    }
}

/// Checks the reason of a measure that was not applied: it fits the measure, and nothing is
/// reported as carried out.
fn not_applied(
    place: &str,
    measure: &MeasureFeedback,
    of_receipt: &Measure,
    code: NotAppliedCode,
    text: &str,
) -> Result<(), Problem> {
    if code == NotAppliedCode::NotWanted && of_receipt.effect == Effect::Restriction {
        let fault = FeedbackFault::NotWanted { what: named(measure) };
        return problem(format!("{place}.outcome.not-applied.code"), fault);
    }
    if code == NotAppliedCode::Other && text.trim().is_empty() {
        return problem(format!("{place}.outcome.not-applied.text"), FeedbackFault::NoWords);
    }
    let given = [
        ("start", measure.start.is_some()),
        ("end", measure.end.is_some()),
        ("execution", measure.execution.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((key, _)) => {
            problem(format!("{place}.{key}"), FeedbackFault::NotApplied { what: named(measure) })
        }
        None => Ok(()),
    }
}

/// Checks that a second report names the report that it replaces, and a first one none. Otherwise
/// an officer who does not know of the first report would undo it unawares.
fn replaces(
    place: &str,
    what: Subject,
    said: Option<&DocumentId>,
    before: Option<&DocumentId>,
) -> Result<(), Problem> {
    match (said, before) {
        (None, None) => Ok(()),
        (Some(said), Some(before)) if said == before => Ok(()),
        (None, Some(before)) => {
            problem(place, FeedbackFault::Reported { what, before: before.into() })
        }
        (Some(said), Some(before)) => {
            let (before, said) = (before.into(), said.into());
            let fault = FeedbackFault::Superseded { what, before, said };
            problem(format!("{place}.replaces"), fault)
        }
        (Some(_), None) => {
            problem(format!("{place}.replaces"), FeedbackFault::NotReported { what })
        }
    }
}
