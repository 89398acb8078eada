//! The object `creditCheck`, which is written into each entry of `tender.tenderers`, or, for a
//! bidder who has none there, into the first place that names it.
//!
//! It is ours, not a registered extension. Numbers of persons in it are masked; the place of the
//! party in the same document shows who is meant.

use mustcheck::model::{AppliedMeasure, LegalBasis, Lookup, Role, Text};
use mustcheck::{Checked, Date, redact, safe};
use serde::Serialize;

use crate::admission::{NotAdmitted, admit, unanswered};
use crate::bid::Bid;
use crate::ocds::Place;

/// Result of a tenderer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// It may take part.
    MayTakePart,
    /// It is excluded, on the articles of `measures`.
    Excluded,
    /// Its part is limited, on the articles of `measures`; the people who evaluate say how far.
    Limited,
    /// The people who evaluate must look closer before it may take part.
    Review,
    /// Bid evaluation must wait for the lookups of `unanswered`.
    Undetermined,
    /// It could not be checked, so it may not take part as things stand.
    Error,
}

impl Status {
    /// Returns the words for it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::MayTakePart => "may take part",
            Self::Excluded => "excluded",
            Self::Limited => "limited",
            Self::Review => "needs review",
            Self::Undetermined => "undetermined",
            Self::Error => "not checked",
        }
    }
}

/// The result of one tenderer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditCheck {
    /// Status of the tenderer.
    pub status: Status,
    /// Code of the matter that was applied for.
    pub matter: String,
    /// The day for which the records are read.
    pub as_of: Date,
    /// The finding, if the check was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// Reason why there is no finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// Finding of a check.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The disposition.
    pub disposition: mustcheck::Disposition,
    /// The edition that decided.
    pub edition: String,
    /// SHA-256 of the component that decided.
    pub component: String,
    /// Numbers of due and of answered lookups.
    pub lookups: Lookups,
    /// Subjects that the lookups were about.
    pub subjects: Vec<CheckedSubject>,
    /// The measures that apply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// The due lookups that are not answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<Unanswered>,
}

/// Numbers of lookups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lookups {
    /// Number of due lookups.
    pub due: usize,
    /// Number of due lookups that were answered.
    pub answered: usize,
}

/// A subject that was looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedSubject {
    /// Its place in the document.
    pub place: String,
    /// Its role in the check.
    pub role: Role,
    /// Code of the subject, or the masked number of a person.
    pub identifier: String,
}

/// A measure that applies.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measure {
    /// Its id in the catalogue.
    pub measure: String,
    /// Direction of its effect.
    pub effect: mustcheck::model::Effect,
    /// Kind of the measure.
    pub kind: mustcheck::model::MeasureKind,
    /// Place in the document of the subject that it reaches.
    pub place: String,
    /// Role of that subject.
    pub role: Role,
    /// The records that trigger it.
    pub records: Vec<String>,
    /// The last day, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The articles that it rests on.
    pub legal_basis: Vec<LegalBasis>,
    /// Its effect, in a sentence.
    pub text: Text,
}

/// A due lookup that is not answered.
#[derive(Clone, Debug, Serialize)]
pub struct Unanswered {
    /// Place in the document of the subject that it is about.
    pub place: String,
    /// The list.
    pub list: String,
    /// Status of the answer.
    pub status: mustcheck::model::AnswerStatus,
    /// The source, if one holds the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Reason why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Error: a tenderer could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Kind of the failure.
    pub kind: FailureKind,
    /// Path in the document, if the document is at fault or lacks something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Description of the fault.
    pub detail: String,
}

/// Kind of a failure: bad input and faults are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// The document cannot be evaluated at this place.
    BadInput,
    /// The document has no fault there, but it does not have what a check needs: somebody who
    /// answers for the organization, or an identifier that can be looked up.
    NotChecked,
    /// The registry or the rules failed.
    Fault,
}

impl CreditCheck {
    /// The result of a check that was made.
    pub fn found(bid: &Bid, checked: &Checked) -> Self {
        let application = bid.application();
        let (status, error) = match admit(bid, checked) {
            Ok(_) => (Status::MayTakePart, None),
            Err(NotAdmitted::Excluded) => (Status::Excluded, None),
            Err(NotAdmitted::Limited) => (Status::Limited, None),
            Err(NotAdmitted::Review) => (Status::Review, None),
            Err(NotAdmitted::Undetermined) => (Status::Undetermined, None),
            Err(error @ NotAdmitted::OtherBid { .. }) => {
                let detail = error.to_string();
                (Status::Error, Some(Failure { kind: FailureKind::Fault, path: None, detail }))
            }
        };
        Self {
            status,
            matter: application.matter.clone(),
            as_of: application.as_of,
            finding: error.is_none().then(|| Finding::of(bid, checked)),
            error,
        }
    }

    /// The result of a tenderer that could not be checked.
    pub fn failed(matter: &str, as_of: Date, error: Failure) -> Self {
        let (matter, error) = (matter.to_owned(), Some(error));
        Self { status: Status::Error, matter, as_of, finding: None, error }
    }
}

impl Failure {
    /// Makes the failure of a document with a fault at a place.
    pub fn bad_input(place: Place) -> Self {
        Self { kind: FailureKind::BadInput, path: Some(place.path), detail: place.detail }
    }

    /// Makes the failure of a document that lacks something it need not have.
    pub fn not_checked(place: Place) -> Self {
        Self { kind: FailureKind::NotChecked, ..Self::bad_input(place) }
    }

    /// Makes the failure of the registry or the rules.
    pub fn fault(error: &dyn std::error::Error) -> Self {
        let mut detail = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            detail = format!("{detail}: {next}");
            cause = next.source();
        }
        Self { kind: FailureKind::Fault, path: None, detail: redact(&safe(&detail)) }
    }
}

impl Finding {
    fn of(bid: &Bid, checked: &Checked) -> Self {
        let decision = checked.decision();
        let place = |index: u32| bid.place_of(index).unwrap_or_default().to_owned();
        let due = decision.lookups.iter().filter(|l| l.due).count();
        let mut subjects: Vec<CheckedSubject> = Vec::new();
        for Lookup { role, subject_index, subject, .. } in &decision.lookups {
            let place = place(*subject_index);
            if !subjects.iter().any(|s| s.place == place) {
                subjects.push(CheckedSubject { place, role: *role, identifier: subject.clone() });
            }
        }
        let measure = |m: &AppliedMeasure| Measure {
            measure: m.measure.clone(),
            effect: m.effect,
            kind: m.kind,
            place: place(m.target.subject_index),
            role: m.target.role,
            records: m.because.clone(),
            until: m.until,
            legal_basis: m.legal_basis.clone(),
            text: m.text.clone(),
        };
        let unanswered: Vec<Unanswered> = unanswered(decision)
            .map(|l| Unanswered {
                place: place(l.subject_index),
                list: l.list.clone(),
                status: l.status,
                source: l.source.clone(),
                reason: l.reason.as_deref().map(|r| redact(&safe(r))),
            })
            .collect();
        Self {
            disposition: decision.disposition,
            edition: decision.policy.edition.clone(),
            component: checked.component().to_owned(),
            lookups: Lookups { due, answered: due - unanswered.len() },
            subjects,
            measures: decision.measures.iter().map(measure).collect(),
            unanswered,
        }
    }
}
