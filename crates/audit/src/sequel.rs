//! The measures and obligations that a receipt leaves to be done and reported.

use mustcheck_model::date::Date;
use mustcheck_model::{
    Disposition, Effect, Force, MeasureKind, ObligationKind, Role, Text, is_backdated,
};

use crate::view::{MeasureView, ObligationView, ReceiptView};
use mustcheck_evidence::{DocumentId, Moment, Pinpoint};

/// A receipt with its measures and obligations.
#[derive(Clone)]
pub(crate) struct Sequel {
    pub(crate) id: DocumentId,
    /// Index of the receipt in the log, from 0.
    pub(crate) entry: u64,
    pub(crate) made_at: Moment,
    pub(crate) case: String,
    pub(crate) matter: String,
    pub(crate) as_of: Date,
    /// Day on which the check was made.
    pub(crate) made_on: Date,
    pub(crate) office: String,
    pub(crate) region: String,
    pub(crate) edition: String,
    pub(crate) disposition: Disposition,
    pub(crate) measures: Vec<Measure>,
    pub(crate) obligations: Vec<Obligation>,
}

/// A measure that applies.
#[derive(Clone)]
pub(crate) struct Measure {
    pub(crate) measure: String,
    pub(crate) effect: Effect,
    pub(crate) force: Force,
    pub(crate) kind: MeasureKind,
    pub(crate) role: Role,
    pub(crate) subject_index: u32,
    pub(crate) until: Option<Date>,
    pub(crate) lists: Vec<String>,
    pub(crate) legal_basis: Vec<Pinpoint>,
}

/// An obligation that is due after the check.
#[derive(Clone)]
pub(crate) struct Obligation {
    pub(crate) kind: ObligationKind,
    pub(crate) to: Text,
    pub(crate) due_on: Option<Date>,
}

impl Sequel {
    /// Reads a receipt; `None` if it has neither measures nor obligations.
    pub(crate) fn of(entry: u64, receipt: &ReceiptView<'_>) -> Option<Self> {
        let anything = !receipt.measures.is_empty() || !receipt.obligations.is_empty();
        anything.then(|| Self::with_id(receipt.id(), entry, receipt))
    }

    /// Reads a receipt whose id is known, even if it has neither measures nor obligations.
    pub(crate) fn with_id(id: DocumentId, entry: u64, receipt: &ReceiptView<'_>) -> Self {
        Self {
            id,
            entry,
            made_at: receipt.made_at,
            case: receipt.case.id.to_string(),
            matter: receipt.case.matter.to_string(),
            as_of: receipt.case.as_of,
            made_on: receipt.made_on(),
            office: receipt.case.office.name.to_string(),
            region: receipt.case.office.region.to_string(),
            edition: receipt.decided_by.policy.edition.to_string(),
            disposition: receipt.disposition,
            measures: receipt.measures.iter().map(measure).collect(),
            obligations: receipt.obligations.iter().map(obligation).collect(),
        }
    }

    /// Whether the check was made as of an earlier day, which needs a right.
    pub(crate) fn is_backdated(&self) -> bool {
        is_backdated(self.as_of, self.made_on)
    }

    pub(crate) fn measure(&self, measure: &str, subject: u32) -> Option<&Measure> {
        self.measures.iter().find(|m| m.measure == measure && m.subject_index == subject)
    }

    pub(crate) fn obligation(&self, kind: ObligationKind, to: &str) -> Option<&Obligation> {
        self.obligations.iter().find(|o| o.kind == kind && &*o.to.zh == to)
    }
}

fn measure(view: &MeasureView<'_>) -> Measure {
    Measure {
        measure: view.measure.to_string(),
        effect: view.effect,
        force: view.force,
        kind: view.kind,
        role: view.role,
        subject_index: view.subject_index,
        until: view.until,
        lists: view.lists.iter().map(|list| list.to_string()).collect(),
        legal_basis: view.legal_basis.clone(),
    }
}

fn obligation(view: &ObligationView<'_>) -> Obligation {
    let to = Text::new(&*view.to.zh, &*view.to.en);
    Obligation { kind: view.kind, to, due_on: view.due_on }
}
