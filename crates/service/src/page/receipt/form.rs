//! The form of feedback while it is filled in: a row for each measure and obligation of the
//! receipt.

use mustcheck::Date;
use mustcheck_audit::FeedbackFile;
use mustcheck_audit::feedback::ObligationDone;
use mustcheck_evidence::{
    DocumentId, MeasureFeedback, NotAppliedCode, ObligationFeedback, Outcome,
};

use crate::page::fields::Fields;
use crate::page::form::{Mistakes, Wrong};
use crate::page::language::Lang;
use crate::records::KeptReceipt;

/// The content of the form, as it was typed.
#[derive(Default)]
pub(super) struct Form(pub(super) Fields);

/// Numbers of the form's rows that a file's measures and obligations come from.
pub(super) struct Rows {
    measures: Vec<usize>,
    obligations: Vec<usize>,
}

impl Rows {
    /// Finds the field for a place of the file.
    pub(super) fn place(&self, place: &str) -> String {
        let moved = |name: &str, rows: &[usize]| {
            let rest = place.strip_prefix(name)?.strip_prefix('[')?;
            let (number, rest) = rest.split_once(']')?;
            let row = rows.get(number.parse::<usize>().ok()?)?;
            let field = match rest {
                "" | ".measure" | ".subject_index" | ".replaces" | ".kind" | ".to" => {
                    if name == "measures" { ".outcome" } else { ".done_on" }
                }
                ".outcome.not-applied.text" => ".text",
                ".outcome.not-applied.code" => ".code",
                other => other,
            };
            Some(format!("{name}[{row}]{field}"))
        };
        let place_of = moved("measures", &self.measures);
        let place_of = place_of.or_else(|| moved("obligations", &self.obligations));
        place_of.unwrap_or_else(|| match place {
            // Nothing is reported: the first row says where that would be.
            "measures" => "feedback".into(),
            other => other.to_owned(),
        })
    }
}

/// Returns the feedback in force about a measure: the newest, with its id.
pub(super) fn told_measure<'a>(
    receipt: &'a KeptReceipt,
    measure: &str,
    subject: u32,
) -> Option<(&'a DocumentId, &'a MeasureFeedback)> {
    receipt.feedback.iter().rev().find_map(|kept| {
        let same = |m: &&MeasureFeedback| m.measure == measure && m.subject_index == subject;
        kept.feedback.payload.measures.iter().find(same).map(|told| (&kept.id, told))
    })
}

/// Returns the feedback in force about an obligation: the newest, with its id.
pub(super) fn told_obligation<'a>(
    receipt: &'a KeptReceipt,
    kind: mustcheck::model::ObligationKind,
    to: &str,
) -> Option<(&'a DocumentId, &'a ObligationFeedback)> {
    receipt.feedback.iter().rev().find_map(|kept| {
        let same = |o: &&ObligationFeedback| o.kind == kind && o.to == to;
        kept.feedback.payload.obligations.iter().find(same).map(|told| (&kept.id, told))
    })
}

impl Form {
    /// Whether nothing was typed.
    pub(super) fn is_blank(&self) -> bool {
        self.0.get("recorded_by").is_empty() && self.0.rows("measures", 1) == 0
    }

    pub(super) fn get(&self, place: &str) -> &str {
        self.0.get(place)
    }

    /// Makes the feedback file from the form, or returns the mistakes.
    pub(super) fn file(
        &self,
        lang: Lang,
        receipt: &KeptReceipt,
    ) -> Result<(FeedbackFile, Rows), Vec<Wrong>> {
        let mut reader = Reader { fields: &self.0, mistakes: Mistakes::new(lang) };
        let mut rows = Rows { measures: Vec::new(), obligations: Vec::new() };
        let recorded_by = reader.needed("recorded_by");
        let (mut measures, mut obligations) = (Vec::new(), Vec::new());
        for (n, of_receipt) in receipt.receipt.payload.measures.iter().enumerate() {
            let (measure, subject) = (&of_receipt.measure, of_receipt.subject_index);
            if let Some(told) = reader.measure(n, measure, subject) {
                measures.push(told);
                rows.measures.push(n);
            }
        }
        for (n, of_receipt) in receipt.receipt.payload.obligations.iter().enumerate() {
            let at = |field: &str| format!("obligations[{n}].{field}");
            let document = self.0.some(&at("document"));
            if self.0.get(&at("done_on")).is_empty() && document.is_none() {
                continue;
            }
            if let Some(done_on) = reader.day_needed(&at("done_on")) {
                let kind = of_receipt.kind;
                let to = Some(of_receipt.to.zh.to_string());
                let replaces = reader.replaces(&at("replaces"));
                obligations.push(ObligationDone { kind, to, done_on, document, replaces });
                rows.obligations.push(n);
            }
        }
        if !reader.mistakes.wrong.is_empty() {
            return Err(reader.mistakes.wrong);
        }
        let receipt = receipt.id.clone();
        Ok((FeedbackFile { receipt, recorded_by, measures, obligations }, rows))
    }
}

/// Reads fields, and collects mistakes.
struct Reader<'a> {
    fields: &'a Fields,
    mistakes: Mistakes,
}

impl Reader<'_> {
    fn add(&mut self, place: &str, zh: &str, en: &str) {
        self.mistakes.add(place, zh, en);
    }

    fn needed(&mut self, place: &str) -> String {
        let text = self.fields.get(place);
        self.mistakes.needed(place, text);
        text.to_owned()
    }

    fn day(&mut self, place: &str) -> Option<Date> {
        if self.fields.get(place).is_empty() { None } else { self.day_needed(place) }
    }

    fn day_needed(&mut self, place: &str) -> Option<Date> {
        self.mistakes.day(place, self.fields.get(place))
    }

    /// Reads the id of the feedback that the page showed as in force, which this one replaces.
    /// Feedback that somebody else recorded since then is not undone.
    fn replaces(&self, place: &str) -> Option<DocumentId> {
        self.fields.get(place).parse().ok()
    }

    fn measure(&mut self, n: usize, measure: &str, subject: u32) -> Option<MeasureFeedback> {
        let at = |field: &str| format!("measures[{n}].{field}");
        let outcome = match self.fields.get(&at("outcome")) {
            "applied" => Outcome::Applied,
            "not-applied" => {
                let code = self.fields.get(&at("code"));
                let code = NotAppliedCode::ALL.into_iter().find(|known| known.code() == code);
                let text = self.fields.get(&at("text")).to_owned();
                let Some(code) = code else {
                    self.add(&at("code"), "请选择未执行的原因。", "Choose why it was not applied.");
                    return None;
                };
                Outcome::NotApplied { code, text }
            }
            _ => {
                let typed = ["code", "text", "document", "decided_on", "start", "end", "execution"];
                if typed.iter().any(|field| !self.fields.get(&at(field)).is_empty()) {
                    let zh = "请选择“已执行”或者“未执行”。";
                    self.add(&at("outcome"), zh, "Say whether it was applied.");
                }
                return None;
            }
        };
        let amount_fen = match self.fields.get(&at("amount")) {
            "" => None,
            yuan => {
                let fen = fen(yuan);
                if fen.is_none() {
                    let en = "Write the amount in yuan, with two decimals at most: 1200.50.";
                    self.add(&at("amount"), "请以元填写金额，至多两位小数，例如1200.50。", en);
                }
                fen
            }
        };
        Some(MeasureFeedback {
            measure: measure.to_owned(),
            subject_index: subject,
            outcome,
            document: self.fields.some(&at("document")),
            decided_on: self.day(&at("decided_on")),
            start: self.day(&at("start")),
            end: self.day(&at("end")),
            execution: self.fields.some(&at("execution")),
            amount_fen,
            replaces: self.replaces(&at("replaces")),
        })
    }
}

/// Converts yuan with at most two decimals to fen; `None` if the text is no such amount.
pub(super) fn fen(yuan: &str) -> Option<u64> {
    let (whole, part) = yuan.split_once('.').unwrap_or((yuan, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part: u64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::{Rows, fen};

    #[test]
    fn an_amount_in_yuan_is_exact_or_none() {
        let right = [("0", 0), ("1200.5", 120_050), ("1200.05", 120_005), ("7.00", 700)];
        for (yuan, amount) in right {
            assert_eq!(fen(yuan), Some(amount), "{yuan}");
        }
        for yuan in ["", "-1", "1.005", "1,200", "1.", ".5", "1e3", "184467440737095516.16"] {
            assert_eq!(fen(yuan), None, "{yuan}");
        }
    }

    #[test]
    fn places_of_a_file_find_their_rows() {
        let rows = Rows { measures: vec![2], obligations: vec![1] };
        assert_eq!(rows.place("measures[0].outcome.not-applied.text"), "measures[2].text");
        assert_eq!(rows.place("measures[0]"), "measures[2].outcome");
        assert_eq!(rows.place("obligations[0].document"), "obligations[1].document");
        assert_eq!(rows.place("measures"), "feedback");
        assert_eq!(rows.place("recorded_by"), "recorded_by");
    }
}
