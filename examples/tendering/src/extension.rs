//! The object `creditCheck` that is written into each entry of `tender.tenderers`, and of a bidder
//! who has none there into the first place that names it.
//!
//! It is ours, not a registered extension. Numbers of persons in it are masked; who is meant is said by
//! the place of the party in the same document.

use mustcheck::model::{AppliedMeasure, LegalBasis, Lookup, Role, Text};
use mustcheck::{Checked, Date, redact, safe};
use serde::Serialize;

use crate::admission::{NotAdmitted, admit, unanswered};
use crate::bid::Bid;
use crate::ocds::Place;

/// What became of a tenderer.
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
    /// In words.
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
    /// What became of it.
    pub status: Status,
    /// What was applied for.
    pub matter: String,
    /// The day for which the law and the records are read.
    pub as_of: Date,
    /// The finding, if the check was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// What the check found.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The disposition.
    pub disposition: mustcheck::Disposition,
    /// The edition that decided.
    pub edition: String,
    /// SHA-256 of the component that decided.
    pub component: String,
    /// Due lookups, and how many were answered.
    pub lookups: Lookups,
    /// Whom they were about.
    pub subjects: Vec<CheckedSubject>,
    /// The measures that apply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// The due lookups that nobody answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<Unanswered>,
}

/// How many lookups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lookups {
    /// Due.
    pub due: usize,
    /// Answered.
    pub answered: usize,
}

/// A subject that was looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedSubject {
    /// Its place in the document.
    pub place: String,
    /// Its role in the check.
    pub role: Role,
    /// Its code, or the masked number of a person.
    pub identifier: String,
}

/// A measure that applies.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measure {
    /// Its id in the catalogue.
    pub measure: String,
    /// Which way it works.
    pub effect: mustcheck::model::Effect,
    /// What it does.
    pub kind: mustcheck::model::MeasureKind,
    /// Whom it reaches: the place in the document.
    pub place: String,
    /// In which role.
    pub role: Role,
    /// The records that trigger it.
    pub records: Vec<String>,
    /// The last day, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// On which article.
    pub legal_basis: Vec<LegalBasis>,
    /// What it does, in a sentence.
    pub text: Text,
}

/// A lookup that nobody answered.
#[derive(Clone, Debug, Serialize)]
pub struct Unanswered {
    /// Whom it is about.
    pub place: String,
    /// The list.
    pub list: String,
    /// How it stands.
    pub status: mustcheck::model::AnswerStatus,
    /// The source, if one holds the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why a tenderer could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Whose doing it is.
    pub kind: FailureKind,
    /// The place in the document, if it is the document's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What is wrong.
    pub detail: String,
}

/// Bad input and faults are never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// The document cannot be evaluated at this place.
    BadInput,
    /// Nothing is wrong there, and what a check needs is not in the document: somebody who answers
    /// for the organization, or an identifier that can be looked up.
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
    /// The document's doing.
    pub fn bad_input(place: Place) -> Self {
        Self { kind: FailureKind::BadInput, path: Some(place.path), detail: place.detail }
    }

    /// Nobody's doing: the document lacks what it need not have.
    pub fn not_checked(place: Place) -> Self {
        Self { kind: FailureKind::NotChecked, ..Self::bad_input(place) }
    }

    /// The machinery's doing.
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
