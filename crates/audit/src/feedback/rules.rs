//! Rules for feedback: it must fit its receipt, and must not identify anybody.

use mustcheck_model::Effect;
use mustcheck_model::date::Date;
use mustcheck_writer::safe;

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
pub(super) type Problem = (String, String);

/// The parts of a feedback that fit its receipt.
pub(super) struct Accepted {
    pub(super) receipt: DocumentId,
    pub(super) recorded_by: String,
    pub(super) measures: Vec<MeasureFeedback>,
    pub(super) obligations: Vec<ObligationFeedback>,
}

fn problem<T>(place: impl Into<String>, detail: impl Into<String>) -> Result<T, Problem> {
    Err((place.into(), detail.into()))
}

/// Problem of a receipt that the log does not have.
pub(super) fn no_receipt(id: &DocumentId) -> Problem {
    let detail = if id.as_str().starts_with('f') {
        format!("`{id}` is the id of a feedback; a receipt's begins with `r`")
    } else {
        format!("the log has no receipt `{id}`")
    };
    ("receipt".into(), detail)
}

/// Checks a file against its receipt and the earlier reports.
pub(super) fn accept(
    file: &FeedbackFile,
    sequel: &Sequel,
    story: &Story,
    recording: Recording,
) -> Result<Accepted, Problem> {
    if file.measures.is_empty() && file.obligations.is_empty() {
        return problem("measures", "nothing is reported: neither a measure nor an obligation");
    }
    let rules = Rules { sequel, story, recording };
    rules.text("recorded_by", Some(&file.recorded_by))?;
    if file.recorded_by.trim().is_empty() {
        return problem("recorded_by", "it says nobody");
    }
    for (n, measure) in file.measures.iter().enumerate() {
        let same = |m: &MeasureFeedback| {
            m.measure == measure.measure && m.subject_index == measure.subject_index
        };
        if let Some(before) = file.measures.iter().take(n).position(same) {
            return problem(
                format!("measures[{n}]"),
                format!("{} is in measures[{before}] already", named(measure)),
            );
        }
        rules.measure(&format!("measures[{n}]"), measure)?;
    }
    let mut obligations: Vec<ObligationFeedback> = Vec::new();
    for (n, done) in file.obligations.iter().enumerate() {
        let place = format!("obligations[{n}]");
        let done = rules.obligation(&place, done)?;
        let same = |o: &ObligationFeedback| o.kind == done.kind && o.to == done.to;
        if let Some(before) = obligations.iter().position(same) {
            let what = format!("obligation `{}` to `{}`", done.kind, done.to);
            return problem(place, format!("{what} is in obligations[{before}] already"));
        }
        obligations.push(done);
    }
    let (receipt, recorded_by) = (file.receipt.clone(), file.recorded_by.clone());
    Ok(Accepted { receipt, recorded_by, measures: file.measures.clone(), obligations })
}

fn named(measure: &MeasureFeedback) -> String {
    format!("measure `{}` of subject {}", quotable(&measure.measure), measure.subject_index)
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
            return problem(format!("{place}.end"), format!("{end} is before its start, {start}"));
        }
        // RAIL R7: not carried out beyond the term that the check found.
        for (key, day) in [("start", measure.start), ("end", measure.end)] {
            if let (Some(day), Some(until)) = (day, of_receipt.until)
                && day > until
            {
                let detail = format!("{day} is after the last day of the measure, {until}");
                return problem(format!("{place}.{key}"), detail);
            }
        }
        let told = self.story.measure(&measure.measure, measure.subject_index);
        let before = told.map(|told| told.feedback);
        replaces(place, &named(measure), measure.replaces.as_ref(), before)
    }

    /// Finds the measure of the receipt that a report is about.
    fn the_measure(&self, place: &str, measure: &MeasureFeedback) -> Result<&Measure, Problem> {
        let (code, subject) = (&measure.measure, measure.subject_index);
        if let Some(found) = self.sequel.measure(code, subject) {
            return Ok(found);
        }
        let same = self.sequel.measures.iter().filter(|m| m.measure == *code);
        let subjects: Vec<String> = same.map(|m| m.subject_index.to_string()).collect();
        if subjects.is_empty() {
            let detail =
                format!("receipt `{}` has no measure `{}`", self.sequel.id, quotable(code));
            return problem(format!("{place}.measure"), detail);
        }
        let detail = format!(
            "measure `{}` meets subject {}, not {subject}",
            quotable(code),
            subjects.join(" and ")
        );
        problem(format!("{place}.subject_index"), detail)
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
        let what = format!("obligation `{}` to `{to}`", done.kind);
        replaces(place, &what, done.replaces.as_ref(), before)?;
        let ObligationDone { kind, done_on, document, replaces, .. } = done.clone();
        Ok(ObligationFeedback { kind, to, done_on, document, replaces })
    }

    /// Finds the obligation of the receipt that a report is about.
    fn the_obligation(&self, place: &str, done: &ObligationDone) -> Result<&Obligation, Problem> {
        let (receipt, kind) = (&self.sequel.id, done.kind);
        let same: Vec<&Obligation> =
            self.sequel.obligations.iter().filter(|o| o.kind == kind).collect();
        let all = || {
            let to: Vec<String> = same.iter().map(|o| format!("`{}`", o.to.zh)).collect();
            to.join(", ")
        };
        match (same.as_slice(), &done.to) {
            ([], _) => problem(
                format!("{place}.kind"),
                format!("receipt `{receipt}` has no obligation `{kind}`"),
            ),
            ([one], None) => Ok(one),
            (_, None) => problem(
                format!("{place}.to"),
                format!("receipt `{receipt}` has several obligations `{kind}`, to {}", all()),
            ),
            (several, Some(to)) => match several.iter().find(|o| *o.to.zh == **to) {
                Some(one) => Ok(one),
                None => problem(
                    format!("{place}.to"),
                    format!("obligation `{kind}` is to {}, not to `{}`", all(), quotable(to)),
                ),
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
            Some(day) if day > today => problem(place, format!("{day} is after today, {today}")),
            _ => Ok(()),
        }
    }

    fn after_check(&self, place: &str, day: Option<Date>) -> Result<(), Problem> {
        let check = self.sequel.made_on;
        match day {
            Some(day) if day < check => {
                problem(place, format!("{day} is before the check, which was made on {check}"))
            }
            _ => Ok(()),
        }
    }

    /// Checks that a free text is fit for the log: not too long, and without identifiers.
    // RAIL R13: the log identifies nobody.
    fn text(&self, place: &str, text: Option<&String>) -> Result<(), Problem> {
        let Some(text) = text else { return Ok(()) };
        let long = text.chars().count();
        if long > LONGEST {
            let detail = format!("it is {long} characters long, more than {LONGEST}");
            return problem(place, detail);
        }
        if self.recording.mask {
            return Ok(());
        }
        let plain = safe(text);
        let shown = redact(&plain);
        if shown != *plain {
            let detail = format!(
                "it may hold an identifier, and the log identifies nobody: `{shown}`; leave it \
                 out, or let `--mask` mask it"
            );
            return problem(place, detail);
        }
        if *plain != **text {
            let detail = "it holds characters that do not show, or a line break";
            return problem(place, detail);
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
        let detail = format!("{} is a restriction: nobody is asked for it", named(measure));
        return problem(format!("{place}.outcome.not-applied.code"), detail);
    }
    if code == NotAppliedCode::Other && text.trim().is_empty() {
        let detail = "`other` asks for the reason in words";
        return problem(format!("{place}.outcome.not-applied.text"), detail);
    }
    let given = [
        ("start", measure.start.is_some()),
        ("end", measure.end.is_some()),
        ("execution", measure.execution.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((key, _)) => problem(
            format!("{place}.{key}"),
            format!("{} was not applied, so nothing was carried out", named(measure)),
        ),
        None => Ok(()),
    }
}

/// Checks that a second report names the report that it replaces, and a first one none. Otherwise
/// an officer who does not know of the first report would undo it unawares.
fn replaces(
    place: &str,
    what: &str,
    said: Option<&DocumentId>,
    before: Option<&DocumentId>,
) -> Result<(), Problem> {
    match (said, before) {
        (None, None) => Ok(()),
        (Some(said), Some(before)) if said == before => Ok(()),
        (None, Some(before)) => problem(
            place,
            format!("{what} was reported in `{before}`; a correction says so in `replaces`"),
        ),
        (Some(said), Some(before)) => problem(
            format!("{place}.replaces"),
            format!("what holds about {what} is in `{before}`, not in `{said}`"),
        ),
        (Some(_), None) => problem(
            format!("{place}.replaces"),
            format!("nothing was reported about {what} before"),
        ),
    }
}
