//! A row of the export.

use mustcheck_model::Text;
use mustcheck_model::date::Date;
use serde::Serialize;

use super::Question;
use super::subjects::Opened;
use crate::names::Names;
use crate::reported::Story;
use crate::sequel::{Measure, Sequel};
use mustcheck_evidence::Outcome;

/// Declares the columns: the fields of a row in their order, and the form of each as a cell.
macro_rules! columns {
    ($($(#[$meta:meta])* $field:ident: $type:ty,)*) => {
        /// A measure of a decision, and the report about it.
        #[derive(Clone, Debug, Default, Serialize)]
        pub struct Row {
            $($(#[$meta])* pub $field: $type,)*
        }

        /// The names of the columns, in their order.
        pub const COLUMNS: &[&str] = &[$(stringify!($field)),*];

        impl Row {
            /// The cells of the row, in the order of the columns; an absent value gives an empty
            /// cell.
            pub fn cells(&self) -> Vec<String> {
                vec![$(Cell::cell(&self.$field)),*]
            }
        }
    };
}

columns! {
    /// Code of the subject that the measure concerns; absent without the evidence.
    subject_code: Option<String>,
    /// Name of that subject; absent without the evidence.
    subject_name: Option<String>,
    /// Identifier scheme of the subject's code.
    subject_scheme: Option<&'static str>,
    /// Role of the subject in the application.
    subject_role: &'static str,
    /// Position of the subject in the application, from 0.
    subject_index: u32,
    /// Code of the matter.
    matter_code: String,
    /// Name of the matter, if an embedded edition knows the code.
    matter_name: Option<String>,
    /// The office's case number, as the log has it.
    case_number: String,
    /// Code of the measure.
    measure: String,
    /// Sentence that describes the measure (measures, 措施), if an embedded edition knows it.
    measures: Option<String>,
    /// Kind of the measure (type).
    kind: &'static str,
    /// `incentive` or `restriction` (奖惩类型).
    reward_or_punishment: &'static str,
    /// Force of the measure, as a code: binding on the office or only advised.
    force: &'static str,
    /// Legal basis, as the notice cites it; several are separated by semicolons.
    basis: String,
    /// Domain of the matter (field, 领域).
    field: String,
    /// Administrative division code of the office.
    region: String,
    /// Name of the office.
    department: String,
    /// The as-of date of the check: the day for which the law and the records were read.
    as_of: Option<Date>,
    /// Moment of the check.
    checked_at: String,
    /// Whether the as-of date lies more than a day before the day of the check.
    backdated: bool,
    /// Result of the check.
    disposition: &'static str,
    /// Last day of the measure, as the check found it.
    until: Option<Date>,
    /// State of the report about the measure.
    state: State,
    /// Reported outcome: `applied` or `not-applied`.
    result: Option<&'static str>,
    /// Code of the reason for which the measure was not applied.
    reason: Option<&'static str>,
    /// Reason for which the measure was not applied, in words.
    reason_text: Option<String>,
    /// Document by which the measure was decided, as reported.
    document: Option<String>,
    /// Day of that decision, as reported.
    decided_on: Option<Date>,
    /// First day of execution.
    start: Option<Date>,
    /// Last day of execution.
    end: Option<Date>,
    /// Actions taken, in words (execution content, 执行内容).
    execution: Option<String>,
    /// The amount, in fen.
    amount_fen: Option<u64>,
    /// Moment of the report (time).
    time: Option<String>,
    /// Role or staff number of the officer who reported.
    recorded_by: Option<String>,
    /// Id of the feedback that holds the report.
    feedback: Option<String>,
    /// Id of the earlier feedback that this one corrects.
    replaces: Option<String>,
    /// Id of the receipt.
    receipt: String,
    /// Index of the receipt in the log, from 0.
    entry: u64,
    /// Moment of the export.
    exported_at: String,
}

/// State of the report about a measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nothing was reported.
    #[default]
    Unreported,
    /// It was reported.
    Reported,
    /// It was reported, and the report was corrected.
    Corrected,
}

trait Cell {
    fn cell(&self) -> String;
}

macro_rules! cell {
    ($($type:ty)*) => {$(
        impl Cell for $type {
            fn cell(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

cell! { bool u32 u64 Date }

impl Cell for String {
    fn cell(&self) -> String {
        super::safe_cell(self)
    }
}

impl Cell for &'static str {
    fn cell(&self) -> String {
        (*self).to_owned()
    }
}

impl Cell for State {
    fn cell(&self) -> String {
        match self {
            Self::Unreported => "unreported",
            Self::Reported => "reported",
            Self::Corrected => "corrected",
        }
        .to_owned()
    }
}

impl<T: Cell> Cell for Option<T> {
    fn cell(&self) -> String {
        self.as_ref().map(Cell::cell).unwrap_or_default()
    }
}

/// Builds the rows of a check, in the order of its measures.
pub(super) fn rows(
    sequel: &Sequel,
    story: &Story,
    subjects: Option<&Opened>,
    names: &Names,
    question: Question,
) -> Vec<Row> {
    let pick = |text: Text| if question.chinese { text.zh } else { text.en }.to_string();
    let matter_name = names.matter(&sequel.matter).map(pick);
    let one = |measure: &Measure| {
        let cite = |basis| names.cite(&sequel.edition, basis, question.chinese);
        let basis: Vec<String> = measure.legal_basis.iter().map(cite).collect();
        let mut row = Row {
            subject_role: measure.role.code(),
            subject_index: measure.subject_index,
            matter_code: sequel.matter.clone(),
            matter_name: matter_name.clone(),
            case_number: sequel.case.clone(),
            measure: measure.measure.clone(),
            measures: names.measure(&measure.measure).map(pick),
            kind: measure.kind.code(),
            reward_or_punishment: measure.effect.code(),
            force: measure.force.code(),
            basis: basis.join(if question.chinese { "；" } else { "; " }),
            field: sequel.matter.split('/').next().unwrap_or_default().to_owned(),
            region: sequel.region.clone(),
            department: sequel.office.clone(),
            as_of: Some(sequel.as_of),
            checked_at: sequel.made_at.to_string(),
            backdated: sequel.is_backdated(),
            disposition: sequel.disposition.code(),
            until: measure.until,
            receipt: sequel.id.to_string(),
            entry: sequel.entry,
            exported_at: question.at.to_string(),
            ..Row::default()
        };
        row.subject(measure, subjects);
        row.feedback(measure, story);
        row
    };
    sequel.measures.iter().map(one).collect()
}

impl Row {
    fn subject(&mut self, measure: &Measure, subjects: Option<&Opened>) {
        let Some(Opened::Subjects(subjects)) = subjects else { return };
        let index = usize::try_from(measure.subject_index).ok();
        let Some(subject) = index.and_then(|index| subjects.get(index)) else { return };
        self.subject_code = Some(subject.identifier.clone());
        self.subject_name = Some(subject.name.clone());
        self.subject_scheme = Some(subject.scheme.code());
    }

    fn feedback(&mut self, measure: &Measure, story: &Story) {
        let (code, subject) = (&measure.measure, measure.subject_index);
        let Some(told) = story.measure(code, subject) else { return };
        let corrected = story.replaced(code, subject) > 0;
        self.state = if corrected { State::Corrected } else { State::Reported };
        let what = told.what;
        match &what.outcome {
            Outcome::Applied => self.result = Some("applied"),
            Outcome::NotApplied { code, text } => {
                self.result = Some("not-applied");
                self.reason = Some(code.code());
                self.reason_text = Some(text.clone()).filter(|text| !text.is_empty());
            }
        }
        self.document.clone_from(&what.document);
        self.decided_on = what.decided_on;
        self.start = what.start;
        self.end = what.end;
        self.execution.clone_from(&what.execution);
        self.amount_fen = what.amount_fen;
        self.time = Some(told.recorded_at.to_string());
        self.recorded_by = Some(told.recorded_by.to_owned());
        self.feedback = Some(told.feedback.to_string());
        self.replaces = what.replaces.as_ref().map(ToString::to_string);
    }
}
