//! One line of the input: read, checked, and sorted.

use mustcheck::model::{
    AnswerStatus, AppliedMeasure, LegalBasis, Lookup, MeasureKind, Problem, Role, Text,
};
use mustcheck::{
    APPLICATION_LIMIT, Application, ApplicationError, ApplicationExt as _, CheckError, Checked,
    Date, Disposition, Gate, InputError, redact, safe,
};
use serde::{Deserialize, Serialize};

use crate::lines::Line;
use crate::pass::{Held, Passed, pass};

/// Codes of the matters that this desk screens.
const MATTERS: [&str; 2] = ["financing/fiscal-project-fund", "financing/guaranteed-loan"];

/// A desk: the gate, and the desk's own rules about the applications that it takes.
pub struct Desk {
    gate: Gate,
}

/// Result of a line: one of five, and each has its file.
#[derive(Debug)]
pub enum Outcome {
    /// It passed.
    Passed(Passed),
    /// A restriction applies.
    Restricted(Finding),
    /// A closer look is due.
    Review(Finding),
    /// A due lookup was not answered; the line is run again when the source is back.
    Retry(Retry),
    /// It could not be checked.
    Error(Failure),
}

/// A finding for the officer.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// The case number.
    pub application: String,
    /// Code of the matter that is applied for.
    pub matter: String,
    /// The day of the check.
    pub as_of: Date,
    /// The disposition of the decision.
    pub disposition: Disposition,
    /// The measures that apply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// Records on watch lists: no measure rests on them, and they ask for a closer look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<Noted>,
}

/// A measure that applies.
#[derive(Debug, Serialize)]
pub struct Measure {
    /// Its id in the catalogue.
    pub measure: String,
    /// Kind of the measure.
    pub kind: MeasureKind,
    /// Role of the subject that it reaches.
    pub role: Role,
    /// Code of the subject, or the masked number of a person.
    pub subject: String,
    /// The records that trigger it.
    pub because: Vec<String>,
    /// The last day, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The articles that it rests on.
    pub legal_basis: Vec<LegalBasis>,
    /// Its effect, in a sentence.
    pub text: Text,
}

/// A record that was found.
#[derive(Debug, Serialize)]
pub struct Noted {
    /// Its id.
    pub record: String,
    /// The list.
    pub list: String,
    /// Role of the subject for which it was found.
    pub role: Role,
    /// Code of the subject, or the masked number of a person.
    pub subject: String,
}

/// A line that is run again.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// The case number.
    pub application: String,
    /// The day of the check.
    pub as_of: Date,
    /// Number of times that it was tried.
    pub attempts: u32,
    /// The missing lookups, each with its list and its source.
    pub missing: Vec<Missing>,
}

/// A due lookup that nobody answered.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Role of the subject that it is about.
    pub role: Role,
    /// Code of the subject, or the masked number of a person.
    pub subject: String,
    /// The list.
    pub list: String,
    /// Status of the answer.
    pub status: AnswerStatus,
    /// The source; none where no source holds the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Reason why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Error: a line could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The case number, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Kind of the failure.
    pub kind: FailureKind,
    /// Path in the line, if the line is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Description of the fault.
    pub detail: String,
}

/// Kind of a failure: bad input and faults are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The line cannot be evaluated.
    BadInput,
    /// The registry or the rules failed.
    Fault,
}

/// Makes a text, such as a case number, fit for a file that others read.
pub fn shown(text: &str) -> String {
    redact(&safe(text))
}

impl Desk {
    /// A desk behind a gate.
    pub const fn behind(gate: Gate) -> Self {
        Self { gate }
    }

    /// Reads the application of a line.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the line holds no application that this desk takes.
    pub fn read(&self, line: &Line) -> Result<Application, Failure> {
        let bad = |path: Option<String>, detail: String| Failure {
            application: None,
            kind: FailureKind::BadInput,
            path,
            detail,
        };
        if line.bytes > APPLICATION_LIMIT {
            let error = InputError::TooLarge { bytes: line.bytes, limit: APPLICATION_LIMIT };
            return Err(bad(None, error.to_string()));
        }
        if line.text.iter().all(u8::is_ascii_whitespace) {
            return Err(bad(None, "the line is empty".into()));
        }
        let application = Application::from_json(&line.text).map_err(|e| match e {
            // Its line is always 1: what counts is the line of the file.
            InputError::Shape { path, detail, column, .. } => {
                bad(Some(path), format!("{detail} (column {column})"))
            }
            other => bad(None, other.to_string()),
        })?;
        let own = |path: &str, detail: String| {
            let application = Some(shown(&application.id));
            Err(Failure { application, ..bad(Some(path.into()), detail) })
        };
        let matter = application.matter.as_str();
        if !MATTERS.contains(&matter) {
            let known = MATTERS.map(|m| format!("`{m}`")).join(" and ");
            let detail = format!("`{}` is not screened here: {known} are", shown(matter));
            return own("matter", detail);
        }
        let guaranteed = application.subjects.iter().any(|s| s.role == Role::Guarantor);
        if matter == "financing/guaranteed-loan" && !guaranteed {
            return own("subjects", "a guaranteed loan names its `guarantor`".into());
        }
        Ok(application)
    }

    /// Checks an application. `attempts` counts this one.
    pub fn judge(&self, application: &Application, attempts: u32) -> Outcome {
        let checked = match self.gate.check(application) {
            Ok(checked) => checked,
            Err(error) => return Outcome::Error(failure(application, &error)),
        };
        match pass(application, &checked) {
            Ok(passed) => Outcome::Passed(passed),
            Err(Held::Restricted) => Outcome::Restricted(finding(&checked)),
            Err(Held::Review) => Outcome::Review(finding(&checked)),
            Err(Held::Undetermined) => Outcome::Retry(Retry {
                application: shown(&application.id),
                as_of: application.as_of,
                attempts,
                missing: missing(&checked),
            }),
            Err(error @ Held::OtherApplication { .. }) => Outcome::Error(Failure {
                application: Some(shown(&application.id)),
                kind: FailureKind::Fault,
                path: None,
                detail: error.to_string(),
            }),
        }
    }
}

fn failure(application: &Application, error: &CheckError) -> Failure {
    let (kind, path, detail) = match error {
        CheckError::Application(error) => {
            let error: &ApplicationError = error;
            let Problem { path, reason } = error.problem();
            (FailureKind::BadInput, Some(path.clone()), reason.to_string())
        }
        CheckError::Fault(fault) => {
            let mut detail = fault.to_string();
            let mut cause = std::error::Error::source(fault);
            while let Some(next) = cause {
                detail = format!("{detail}: {next}");
                cause = next.source();
            }
            (FailureKind::Fault, None, detail)
        }
    };
    Failure { application: Some(shown(&application.id)), kind, path, detail: shown(&detail) }
}

fn finding(checked: &Checked) -> Finding {
    let decision = checked.decision();
    let measure = |m: &AppliedMeasure| Measure {
        measure: m.measure.clone(),
        kind: m.kind,
        role: m.target.role,
        subject: m.target.subject.clone(),
        because: m.because.clone(),
        until: m.until,
        legal_basis: m.legal_basis.clone(),
        text: m.text.clone(),
    };
    let explained = |id: &String| decision.measures.iter().any(|m| m.because.contains(id));
    let aside = |id: &String| decision.set_aside.iter().any(|s| s.record.as_ref() == Some(id));
    let noted = decision.records.iter().filter(|r| !explained(&r.record) && !aside(&r.record));
    Finding {
        application: shown(&decision.application),
        matter: decision.matter.clone(),
        as_of: decision.as_of,
        disposition: decision.disposition,
        measures: decision.measures.iter().map(measure).collect(),
        records: noted
            .map(|r| Noted {
                record: r.record.clone(),
                list: r.list.clone(),
                role: r.target.role,
                subject: r.target.subject.clone(),
            })
            .collect(),
    }
}

fn missing(checked: &Checked) -> Vec<Missing> {
    let open = |l: &&Lookup| l.due && l.status != AnswerStatus::Answered;
    let lookups = checked.decision().lookups.iter().filter(open);
    let each = lookups.map(|l| Missing {
        role: l.role,
        subject: l.subject.clone(),
        list: l.list.clone(),
        status: l.status,
        source: l.source.clone(),
        reason: l.reason.as_deref().map(shown),
    });
    each.collect()
}
