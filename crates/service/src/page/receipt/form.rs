//! The form of feedback while it is filled in: a row for all measures that rest on the same records,
//! one for each measure where they differ, and one for each obligation of the receipt.

use mustcheck::Date;
use mustcheck_audit::FeedbackFile;
use mustcheck_audit::feedback::ObligationDone;
use mustcheck_evidence::{
    DocumentId, MeasureFeedback, NotAppliedCode, ObligationFeedback, Outcome, Receipt,
    ReceiptMeasure,
};

use crate::page::fields::Fields;
use crate::page::form::{Mistakes, Wrong};
use crate::page::language::Lang;
use crate::records::KeptReceipt;

/// The content of the form, as it was typed.
#[derive(Default)]
pub(super) struct Form(pub(super) Fields);

/// Measures of one effect that rest on records of the same lists: what the office did about a record
/// is mostly the same for all. The receipt names no record, and so the lists are what tells records
/// apart.
pub(super) struct Group {
    /// Positions of the measures in the receipt.
    pub(super) measures: Vec<usize>,
}

/// Puts the measures of a receipt into groups of more than one. A measure that rests on no record,
/// or alone on its own, is in none.
pub(super) fn groups(receipt: &Receipt) -> Vec<Group> {
    let mut by_record: Vec<(&ReceiptMeasure, Group)> = Vec::new();
    let measures = receipt.measures.iter().enumerate();
    for (n, measure) in measures.filter(|(_, measure)| measure.because > 0) {
        let same = |other: &ReceiptMeasure| {
            (other.effect, &other.lists) == (measure.effect, &measure.lists)
        };
        match by_record.iter_mut().find(|(first, _)| same(first)) {
            Some((_, group)) => group.measures.push(n),
            None => by_record.push((measure, Group { measures: vec![n] })),
        }
    }
    let groups = by_record.into_iter().map(|(_, group)| group);
    groups.filter(|group| group.measures.len() > 1).collect()
}

/// Rows of the form that a file's measures and obligations come from, as they are named there.
pub(super) struct Rows {
    measures: Vec<String>,
    obligations: Vec<String>,
}

impl Rows {
    /// Finds the field for a place of the file.
    pub(super) fn place(&self, place: &str) -> String {
        let moved = |name: &str, rows: &[String]| {
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
            Some(format!("{row}{field}"))
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
        let rows = ["measures", "groups", "obligations"].map(|name| self.0.rows(name, 1));
        self.0.get("recorded_by").is_empty() && rows == [0; 3]
    }

    pub(super) fn get(&self, place: &str) -> &str {
        self.0.get(place)
    }

    /// Whether something was typed or chosen in the row of a measure.
    pub(super) fn is_typed(&self, row: &str) -> bool {
        TYPED.iter().any(|field| !self.0.get(&format!("{row}.{field}")).is_empty())
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
        let groups = groups(&receipt.receipt.payload);
        for (n, of_receipt) in receipt.receipt.payload.measures.iter().enumerate() {
            let own = format!("measures[{n}]");
            let of = groups.iter().position(|group| group.measures.contains(&n));
            // What is said of one measure goes before what is said of all.
            let row = match of {
                Some(group) if !self.is_typed(&own) => format!("groups[{group}]"),
                _ => own.clone(),
            };
            if let Some(told) = reader.measure(&row, &own, of_receipt) {
                measures.push(told);
                rows.measures.push(row);
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
                rows.obligations.push(format!("obligations[{n}]"));
            }
        }
        if !reader.mistakes.wrong.is_empty() {
            return Err(reader.mistakes.wrong);
        }
        let receipt = receipt.id.clone();
        Ok((FeedbackFile { receipt, recorded_by, measures, obligations }, rows))
    }
}

/// The fields in which something is typed or chosen about a measure.
const TYPED: [&str; 9] =
    ["outcome", "code", "text", "document", "decided_on", "start", "end", "execution", "amount"];

/// Reads fields, and collects mistakes.
struct Reader<'a> {
    fields: &'a Fields,
    mistakes: Mistakes,
}

impl Reader<'_> {
    /// Adds a mistake; of a row that several measures come from, once.
    fn add(&mut self, place: &str, zh: &str, en: &str) {
        if self.mistakes.wrong.iter().all(|known| known.place != place) {
            self.mistakes.add(place, zh, en);
        }
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
        let text = self.fields.get(place);
        // Of a row that several measures come from, the mistake is told once.
        let is_told = self.mistakes.wrong.iter().any(|known| known.place == place);
        if is_told { text.parse().ok() } else { self.mistakes.day(place, text) }
    }

    /// Reads the id of the feedback that the page showed as in force, which this one replaces.
    /// Feedback that somebody else recorded since then is not undone.
    fn replaces(&self, place: &str) -> Option<DocumentId> {
        self.fields.get(place).parse().ok()
    }

    /// Reads what a row says about a measure, whose own row has the feedback that it replaces.
    fn measure(
        &mut self,
        row: &str,
        own: &str,
        measure: &ReceiptMeasure,
    ) -> Option<MeasureFeedback> {
        let at = |field: &str| format!("{row}.{field}");
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
                if TYPED.iter().any(|field| !self.fields.get(&at(field)).is_empty()) {
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
            measure: measure.measure.clone(),
            subject_index: measure.subject_index,
            outcome,
            document: self.fields.some(&at("document")),
            decided_on: self.day(&at("decided_on")),
            start: self.day(&at("start")),
            end: self.day(&at("end")),
            execution: self.fields.some(&at("execution")),
            amount_fen,
            replaces: self.replaces(&format!("{own}.replaces")),
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
        let rows = Rows {
            measures: vec!["measures[2]".into(), "groups[0]".into()],
            obligations: vec!["obligations[1]".into()],
        };
        assert_eq!(rows.place("measures[0].outcome.not-applied.text"), "measures[2].text");
        assert_eq!(rows.place("measures[0]"), "measures[2].outcome");
        assert_eq!(rows.place("measures[1].document"), "groups[0].document");
        assert_eq!(rows.place("obligations[0].document"), "obligations[1].document");
        assert_eq!(rows.place("measures"), "feedback");
        assert_eq!(rows.place("recorded_by"), "recorded_by");
    }
}
