//! Feedback (执行反馈): what the office then did about each measure and obligation.
//!
//! 国发〔2016〕33号 (十五) has executing departments report back, and (十八) has offices apply what
//! the check found. Like a receipt, a feedback goes into the log and identifies nobody.

use mustcheck_model::ObligationKind;
use mustcheck_model::date::Date;
use serde::{Deserialize, Serialize};

use crate::input::shortened;
use crate::receipts::digest::Moment;
use crate::receipts::payload::{DocumentId, Payload};
use crate::receipts::receipt::ReceiptOffice;
use crate::receipts::suite::Suite;

crate::format_tag! {
    /// The format of feedback.
    FeedbackFormat = "mustcheck-feedback/1"
}

crate::document! {
    /// Report of an office on what it did about one receipt. A later feedback for the same measure
    /// or obligation replaces an earlier one, and names it.
    pub struct Feedback {
        /// The format.
        pub format: FeedbackFormat,
        /// Time of the system's clock. The order of feedback is that of the log.
        pub recorded_at: Moment,
        /// The receipt.
        pub receipt: DocumentId,
        /// The office.
        pub office: ReceiptOffice,
        /// Role or staff number of the person who recorded it. What may be an identifier is masked.
        pub recorded_by: String,
        /// Report on each measure.
        pub measures: Vec<MeasureFeedback>,
        /// Report on each obligation.
        pub obligations: Vec<ObligationFeedback>,
        /// The algorithms of the signature.
        pub suite: Suite,
    }

    /// Report on one measure.
    pub struct MeasureFeedback {
        /// Its id in the catalogue.
        pub measure: String,
        /// Position of the subject that it meets, in the application's subjects, from 0.
        pub subject_index: u32,
        /// Whether it was applied.
        pub outcome: Outcome,
        /// The document that says so. What may be an identifier is masked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
        /// The day of that document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub decided_on: Option<Date>,
        /// First day on which the measure is carried out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub start: Option<Date>,
        /// Last day on which it is carried out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub end: Option<Date>,
        /// Content of the execution (执行内容). What may be an identifier is masked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub execution: Option<String>,
        /// The amount concerned, in fen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub amount_fen: Option<u64>,
        /// The earlier feedback about this measure that this one corrects.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<DocumentId>,
    }

    /// Report on one obligation.
    pub struct ObligationFeedback {
        /// Kind of the obligation.
        pub kind: ObligationKind,
        /// Recipient, as the receipt names it in Chinese: feedback may be due to several
        /// departments.
        pub to: String,
        /// The day on which it was done.
        pub done_on: Date,
        /// The document or place that shows it. What may be an identifier is masked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
        /// The earlier feedback about this obligation that this one corrects.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<DocumentId>,
    }
}

/// Whether a measure was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// It was.
    Applied,
    /// It was not.
    NotApplied {
        /// Reason as a code, for statistics.
        code: NotAppliedCode,
        /// Reason in words. What may be an identifier is masked.
        text: String,
    },
}

/// Reason why a measure was not applied.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum NotAppliedCode {
    /// The applicant withdrew (撤回申请).
    ApplicationWithdrawn,
    /// The application failed on another ground.
    ApplicationRefused,
    /// The record was repaired after the check (信用修复).
    RecordRepaired,
    /// The record was annulled or corrected after the check.
    RecordAnnulled,
    /// An objection came under verification after the check (异议).
    ObjectionFiled,
    /// A court or authority stayed execution.
    Stayed,
    /// The measure's term ran out before it could be applied.
    TermEnded,
    /// The applicant did not want the incentive.
    NotWanted,
    /// Another reason, which the text gives.
    Other,
}

impl NotAppliedCode {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::ApplicationWithdrawn,
        Self::ApplicationRefused,
        Self::RecordRepaired,
        Self::RecordAnnulled,
        Self::ObjectionFiled,
        Self::Stayed,
        Self::TermEnded,
        Self::NotWanted,
        Self::Other,
    ];

    /// The code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ApplicationWithdrawn => "application-withdrawn",
            Self::ApplicationRefused => "application-refused",
            Self::RecordRepaired => "record-repaired",
            Self::RecordAnnulled => "record-annulled",
            Self::ObjectionFiled => "objection-filed",
            Self::Stayed => "stayed",
            Self::TermEnded => "term-ended",
            Self::NotWanted => "not-wanted",
            Self::Other => "other",
        }
    }
}

impl Feedback {
    /// Masks whatever may be an identifier in every free text. The recipient of an obligation
    /// stays: it is the receipt's own text.
    // RAIL R13: what an officer types goes into the log.
    #[must_use]
    pub fn masked(mut self) -> Self {
        let mask = |text: &mut String| *text = shortened(text);
        let each = |text: &mut Option<String>| *text = text.as_deref().map(shortened);
        mask(&mut self.office.name);
        mask(&mut self.office.region);
        mask(&mut self.recorded_by);
        for measure in &mut self.measures {
            mask(&mut measure.measure);
            each(&mut measure.document);
            each(&mut measure.execution);
            if let Outcome::NotApplied { text, .. } = &mut measure.outcome {
                mask(text);
            }
        }
        for obligation in &mut self.obligations {
            each(&mut obligation.document);
        }
        self
    }
}

impl Payload for Feedback {
    const TYPE: &'static str = "application/vnd.mustcheck.feedback+json";
    const LETTER: char = 'f';
    const NAME: &'static str = "feedback";

    fn suite(&self) -> Suite {
        self.suite
    }

    fn made_at(&self) -> Moment {
        self.recorded_at
    }
}
