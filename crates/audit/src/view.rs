//! Entries as they are read for counting: only the parts that are needed, with texts borrowed from
//! the bytes of the log.

use std::borrow::Cow;

use mustcheck_model::date::Date;
use mustcheck_model::{
    AnswerStatus, Disposition, Effect, Force, MeasureKind, ObligationKind, Role,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::AuditError;
use mustcheck_evidence::{
    DocumentId, Failed, Feedback, Moment, Pinpoint, Receipt, ReceiptFormat, RecordCounts,
};

/// A text that is borrowed, unless it contains an escape.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Str<'a>(#[serde(borrow)] Cow<'a, str>);

impl std::ops::Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// An entry of the log.
pub(crate) enum View<'a> {
    Receipt(Box<ReceiptView<'a>>),
    Feedback(Box<FeedbackEntry>),
    Failure(Box<Failed>),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Written<'a> {
    Receipt(#[serde(borrow)] Enveloped<'a>),
    Feedback(#[serde(borrow)] Enveloped<'a>),
    Failure(Failed),
}

#[derive(Deserialize)]
struct Enveloped<'a> {
    #[serde(borrow)]
    payload: &'a RawValue,
}

/// A feedback with its id.
pub(crate) struct FeedbackEntry {
    pub(crate) id: DocumentId,
    pub(crate) feedback: Feedback,
}

/// The parts of a receipt that are counted.
#[derive(Deserialize)]
pub(crate) struct ReceiptView<'a> {
    #[serde(skip)]
    json: &'a str,
    /// The format; a receipt of another format may have other figures, so it is an error.
    #[serde(rename = "format")]
    _format: ReceiptFormat,
    pub(crate) made_at: Moment,
    #[serde(borrow)]
    pub(crate) case: CaseView<'a>,
    pub(crate) decided_by: DecidedByView<'a>,
    pub(crate) lookups: Vec<LookupView<'a>>,
    pub(crate) disposition: Disposition,
    pub(crate) measures: Vec<MeasureView<'a>>,
    pub(crate) records: RecordCounts,
    pub(crate) obligations: Vec<ObligationView<'a>>,
}

impl ReceiptView<'_> {
    /// Computes the id of the receipt, which the entry does not contain.
    pub(crate) fn id(&self) -> DocumentId {
        DocumentId::of::<Receipt>(self.json.as_bytes())
    }

    /// Day on which the check was made: the gate's day, or the recorder's if the receipt does not
    /// give the gate's.
    pub(crate) fn made_on(&self) -> Date {
        self.case.made_on.unwrap_or_else(|| self.made_at.to_second().date)
    }
}

#[derive(Deserialize)]
pub(crate) struct CaseView<'a> {
    #[serde(borrow)]
    pub(crate) id: Str<'a>,
    pub(crate) matter: Str<'a>,
    pub(crate) as_of: Date,
    #[serde(default)]
    made_on: Option<Date>,
    pub(crate) office: OfficeView<'a>,
}

#[derive(Deserialize)]
pub(crate) struct OfficeView<'a> {
    #[serde(borrow)]
    pub(crate) name: Str<'a>,
    pub(crate) region: Str<'a>,
}

#[derive(Deserialize)]
pub(crate) struct DecidedByView<'a> {
    #[serde(borrow)]
    pub(crate) policy: PolicyView<'a>,
}

#[derive(Deserialize)]
pub(crate) struct PolicyView<'a> {
    #[serde(borrow)]
    pub(crate) edition: Str<'a>,
}

#[derive(Deserialize)]
pub(crate) struct LookupView<'a> {
    #[serde(borrow)]
    pub(crate) list: Str<'a>,
    pub(crate) due: bool,
    pub(crate) status: AnswerStatus,
    #[serde(default)]
    pub(crate) source: Option<Str<'a>>,
    pub(crate) records: u32,
}

#[derive(Deserialize)]
pub(crate) struct MeasureView<'a> {
    #[serde(borrow)]
    pub(crate) measure: Str<'a>,
    pub(crate) effect: Effect,
    pub(crate) force: Force,
    pub(crate) kind: MeasureKind,
    pub(crate) role: Role,
    pub(crate) subject_index: u32,
    #[serde(default)]
    pub(crate) until: Option<Date>,
    pub(crate) lists: Vec<Str<'a>>,
    pub(crate) legal_basis: Vec<Pinpoint>,
}

#[derive(Deserialize)]
pub(crate) struct ObligationView<'a> {
    pub(crate) kind: ObligationKind,
    #[serde(borrow)]
    pub(crate) to: TextView<'a>,
    #[serde(default)]
    pub(crate) due_on: Option<Date>,
}

#[derive(Deserialize)]
pub(crate) struct TextView<'a> {
    #[serde(borrow)]
    pub(crate) zh: Str<'a>,
    pub(crate) en: Str<'a>,
}

impl<'a> View<'a> {
    /// Reads an entry of the log.
    pub(crate) fn read(index: u64, entry: &'a [u8]) -> Result<Self, AuditError> {
        let failed = |e: serde_json::Error| AuditError::entry(index, &e);
        let text = std::str::from_utf8(entry).map_err(|e| AuditError::entry(index, &e))?;
        Ok(match serde_json::from_str(text).map_err(failed)? {
            Written::Receipt(Enveloped { payload }) => {
                let json = payload.get();
                let mut receipt: ReceiptView<'a> = serde_json::from_str(json).map_err(failed)?;
                receipt.json = json;
                Self::Receipt(Box::new(receipt))
            }
            Written::Feedback(Enveloped { payload }) => {
                let json = payload.get();
                Self::Feedback(Box::new(FeedbackEntry {
                    id: DocumentId::of::<Feedback>(json.as_bytes()),
                    feedback: serde_json::from_str(json).map_err(failed)?,
                }))
            }
            Written::Failure(failure) => Self::Failure(Box::new(failure)),
        })
    }
}
