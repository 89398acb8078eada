//! Reasons for which feedback is not recorded.

use mustcheck_evidence::DocumentId;
use mustcheck_model::date::Date;
use mustcheck_model::worded::{Quoted, Quotes};
use mustcheck_model::{Datum, ObligationKind, worded};

use crate::words;

worded! {
    /// Reason why feedback is not recorded: it does not fit its receipt, or would identify somebody.
    pub enum FeedbackFault {
        /// Neither a measure nor an obligation is reported.
        Nothing => "没有填写任何措施或者义务的执行情况"
            / "nothing is reported: neither a measure nor an obligation",
        /// The officer is not named by role or staff number.
        Nobody => "不能为空" / "it says nobody",
        /// The log does not have the receipt.
        NoReceipt {
            /// Id of the receipt.
            receipt: Id,
        } => "日志中没有编号为“{receipt}”的回执" / "the log has no receipt `{receipt}`",
        /// The id is that of a feedback.
        IdOfFeedback {
            /// Id of the feedback.
            id: Id,
        } => "“{id}”是反馈的编号；回执编号以r开头"
            / "`{id}` is the id of a feedback; a receipt's begins with `r`",
        /// The file reports twice about one thing.
        Twice {
            /// The thing.
            what: Subject,
            /// Path of the first report.
            before: Quoted,
        } => "{what}已在{before}填写" / "{what} is in {before} already",
        /// The receipt has no such measure.
        NoMeasure {
            /// Id of the receipt.
            receipt: Id,
            /// The measure.
            measure: Quoted,
        } => "回执“{receipt}”没有措施“{measure}”" / "receipt `{receipt}` has no measure `{measure}`",
        /// The measure meets another subject.
        OtherSubject {
            /// The measure.
            measure: Quoted,
            /// Positions of the subjects that it meets, from 0.
            subjects: Positions,
            /// Position that is reported, from 0.
            subject: u32,
        } => "措施“{measure}”适用于第{subjects}个主体（自0起），不适用于第{subject}个"
            / "measure `{measure}` meets subject {subjects}, not {subject}",
        /// The receipt has no such obligation.
        NoObligation {
            /// Id of the receipt.
            receipt: Id,
            /// The obligation.
            kind: Duty,
        } => "回执“{receipt}”没有“{kind}”义务" / "receipt `{receipt}` has no obligation `{kind}`",
        /// The receipt has several such obligations, and the report does not say which.
        WhichObligation {
            /// Id of the receipt.
            receipt: Id,
            /// The obligation.
            kind: Duty,
            /// Recipients.
            all: Quotes,
        } => "回执“{receipt}”有多项“{kind}”义务，对象为{all}，须填明对象"
            / "receipt `{receipt}` has several obligations `{kind}`, to {all}",
        /// The obligation has another recipient.
        OtherRecipient {
            /// The obligation.
            kind: Duty,
            /// Recipients.
            all: Quotes,
            /// Recipient that is reported.
            to: Quoted,
        } => "“{kind}”义务的对象为{all}，不是“{to}”" / "obligation `{kind}` is to {all}, not to `{to}`",
        /// The day is to come.
        Future {
            /// The day.
            day: Date,
            /// The day of the recording.
            today: Date,
        } => "{day}晚于今天（{today}）" / "{day} is after today, {today}",
        /// The day is before the check.
        BeforeCheck {
            /// The day.
            day: Date,
            /// The day of the check.
            check: Date,
        } => "{day}早于核查日（{check}）" / "{day} is before the check, which was made on {check}",
        /// The end is before the start.
        BeforeStart {
            /// The end.
            end: Date,
            /// The start.
            start: Date,
        } => "{end}早于开始日（{start}）" / "{end} is before its start, {start}",
        /// The day is after the measure's term.
        AfterMeasure {
            /// The day.
            day: Date,
            /// The last day of the measure.
            until: Date,
        } => "{day}晚于措施的最后一日（{until}）" / "{day} is after the last day of the measure, {until}",
        /// A text is too long.
        TooLong {
            /// Number of characters.
            long: usize,
            /// Largest number of characters.
            most: usize,
        } => "有{long}个字符，不得超过{most}个" / "it is {long} characters long, more than {most}",
        /// A text may hold an identifier.
        Identifies {
            /// The text, with identifiers masked.
            shown: Quoted,
        } => "可能含有证件号码（{shown}）。日志不识别任何人，请删去号码，或者由`--mask`遮盖"
            / "it may hold an identifier, and the log identifies nobody: `{shown}`; leave it out, \
               or let `--mask` mask it",
        /// A text holds a character that does not show.
        Unseen => "含有不可见字符或者换行" / "it holds characters that do not show, or a line break",
        /// A restriction is said to be not wanted.
        NotWanted {
            /// The measure.
            what: Subject,
        } => "{what}是惩戒措施，不因当事人不需要而不执行" / "{what} is a restriction: nobody is asked for it",
        /// The reason `other` without words.
        NoWords => "选择“其他”须写明原因" / "`other` asks for the reason in words",
        /// Something is carried out of a measure that was not applied.
        NotApplied {
            /// The measure.
            what: Subject,
        } => "{what}未执行，不填写执行起止日期和执行内容"
            / "{what} was not applied, so nothing was carried out",
        /// There is a report already, which the correction does not name.
        Reported {
            /// Subject of the report.
            what: Subject,
            /// Id of the earlier feedback.
            before: Id,
        } => "{what}已有反馈“{before}”；更正时须在`replaces`中注明该反馈"
            / "{what} was reported in `{before}`; a correction says so in `replaces`",
        /// The correction names a report that is no longer the last.
        Superseded {
            /// Subject of the report.
            what: Subject,
            /// Id of the feedback that holds.
            before: Id,
            /// Id that the correction names.
            said: Id,
        } => "{what}以反馈“{before}”为准，不是“{said}”"
            / "what holds about {what} is in `{before}`, not in `{said}`",
        /// The correction corrects nothing.
        NotReported {
            /// Subject of the report.
            what: Subject,
        } => "此前没有关于{what}的反馈" / "nothing was reported about {what} before",
    }
}

/// Implements a datum that no text from outside is part of.
macro_rules! datum {
    ($type:ident, $self:ident, $zh:expr, $en:expr, $sample:expr) => {
        impl Datum for $type {
            fn zh(&$self) -> String {
                $zh
            }

            fn en(&$self) -> String {
                $en
            }

            fn sample() -> Self {
                $sample
            }
        }
    };
}

/// The id of a receipt or feedback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id(String);

datum!(Id, self, self.0.clone(), self.0.clone(), Self("r0".into()));

impl From<&DocumentId> for Id {
    fn from(id: &DocumentId) -> Self {
        Self(id.to_string())
    }
}

/// A kind of obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty(pub ObligationKind);

datum!(
    Duty,
    self,
    words::obligation(self.0).zh.to_owned(),
    self.0.to_string(),
    Self(ObligationKind::Feedback)
);

/// Positions of subjects, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions(pub Vec<u32>);

impl Positions {
    fn joined(&self, between: &str) -> String {
        let all: Vec<String> = self.0.iter().map(u32::to_string).collect();
        all.join(between)
    }
}

datum!(Positions, self, self.joined("、"), self.joined(" and "), Self(vec![0, 2]));

worded! {
    /// A measure or an obligation that is reported about.
    pub enum Subject {
        /// A measure.
        Measure {
            /// The measure.
            measure: Quoted,
            /// Position of its subject, from 0.
            subject: u32,
        } => "第{subject}个主体（自0起）的措施“{measure}”" / "measure `{measure}` of subject {subject}",
        /// An obligation.
        Obligation {
            /// The obligation.
            kind: Duty,
            /// Recipient.
            to: Quoted,
        } => "对“{to}”的“{kind}”义务" / "obligation `{kind}` to `{to}`",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use mustcheck::input::{InputFault, JsonFault};
    use mustcheck_testing::worded::{faults, misshapen};
    use serde_json::json;

    use super::{FeedbackFault, Subject};
    use crate::FeedbackFile;

    #[test]
    fn every_fault_of_feedback_is_worded_in_both_languages() {
        assert_eq!(faults::<FeedbackFault>(), Vec::<String>::new());
        assert_eq!(faults::<Subject>(), Vec::<String>::new());
    }

    #[test]
    fn no_fault_of_a_feedback_file_is_told_in_english_only() {
        let id = "r00000000000000000000000000000000";
        let file = json!({
            "receipt": id, "recorded_by": "window 3",
            "measures": [
                { "measure": "a", "subject_index": 0, "outcome": "applied", "start": "2026-11-18" },
                { "measure": "b", "subject_index": 1, "replaces": id, "document": "x",
                  "outcome": { "not-applied": { "code": "other", "text": "y" } } },
            ],
            "obligations": [{ "kind": "feedback", "to": "z", "done_on": "2026-11-18" }],
        });
        let read = |file: &serde_json::Value| FeedbackFile::from_json(file.to_string().as_bytes());
        read(&file).unwrap();
        let mut refused = 0;
        for document in misshapen(&file) {
            let Err(error) = read(&document) else { continue };
            let fault = error.fault();
            let is_untold =
                matches!(fault, InputFault::Shape { fault: JsonFault::Other { .. }, .. });
            assert!(!is_untold, "{document}: {error}");
            refused += 1;
        }
        assert!(refused > 80, "{refused} were refused");
    }
}
