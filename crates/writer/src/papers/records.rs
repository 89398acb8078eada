//! Measures that apply to a subject, record by record: the fact once, then every measure that rests
//! on it with its article, its effect and its end.

use super::{PaperInput, is_refusing};
use crate::document::{Block, Writing as _};
use crate::{FoundRecord, safe};
use mustcheck_model::standing::{self, objection_filed_on};
use mustcheck_model::words::role_words;
use mustcheck_model::{AppliedMeasure, Cut, Effect, Prolonged, Subject, SubjectKind, Text};

/// The reader of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PaperReader {
    /// The officer, who reads about somebody else.
    Officer,
    /// The subject that the text is about.
    Concerned,
}

impl PaperInput<'_> {
    /// Lists what applies to a subject: a point for each record, and one for each measure without a
    /// record.
    pub(super) fn applied(&self, at: u32, reader: PaperReader) -> Vec<Block> {
        let Some(subject) = self.subject(at) else { return Vec::new() };
        let mut records: Vec<&str> = Vec::new();
        for id in self.measures_of(at).flat_map(|measure| &measure.because) {
            if !records.contains(&id.as_str()) {
                records.push(id);
            }
        }
        let mut blocks = Vec::new();
        for (number, id) in (1..).zip(&records) {
            let Some(found) = self.record_of(at, id) else { continue };
            let fact = format!("{}{}", self.language.point(number), self.fact(found));
            let mut details = Vec::new();
            let resting = self.measures_of(at).filter(|m| m.because.iter().any(|b| b == id));
            for measure in resting {
                // A measure that rests on several records is written at the first of them.
                if measure.because.first().is_some_and(|first| first == id) {
                    self.measure(subject, measure, &records, reader, &mut details);
                } else {
                    let first = measure.because.first().map(String::as_str);
                    let first = records.iter().position(|r| Some(*r) == first);
                    let first = u16::try_from(first.unwrap_or(0) + 1).unwrap_or(1);
                    let point = self.language.point(first);
                    details.push(self.write(
                        || format!("措施：见第{point}项所列措施，亦依据本记录。"),
                        || format!("Effect: see point {point}; the measure rests on this too."),
                    ));
                }
            }
            details.extend(self.removal(at, found));
            blocks.push(Block::Item(fact, details));
        }
        let mut number = u16::try_from(records.len()).unwrap_or(u16::MAX);
        for measure in self.measures_of(at).filter(|m| m.because.is_empty()) {
            number = number.saturating_add(1);
            let fact = self.say(
                "连续三年未查得不良信用记录。",
                "No adverse record was found for three successive years.",
            );
            let mut details = Vec::new();
            self.measure(subject, measure, &records, reader, &mut details);
            blocks.push(Block::Item(format!("{}{fact}", self.language.point(number)), details));
        }
        blocks
    }

    /// Writes the fact of one record, in a sentence: list, authority, document, days.
    fn fact(&self, found: &FoundRecord<'_>) -> String {
        let record = found.record;
        let given = |text: &Option<String>| match text {
            Some(text) => safe(&self.case.identifiers.masked_in(text)).into_owned(),
            None => self.say("未载明", "not stated"),
        };
        let (by, document) = (given(&record.decided_by), given(&record.document));
        let (id, list) = (safe(&record.id), self.language.text(&found.list.name));
        let from = self.language.day(record.valid_from);
        let until = match record.valid_until {
            Some(day) => {
                let day = self.language.day(day);
                self.write(|| format!("至{day}"), || format!("to {day}"))
            }
            None => self.say("终止日未载明", "no end stated"),
        };
        let mut fact = self.write(
            || {
                format!(
                    "{list}：认定单位：{by}；文书：{document}；自{from}起，{until}；记录编号：{id}"
                )
            },
            || {
                format!(
                    "{list}: decided by {by}; document: {document}; from {from}, {until}; record \
                     {id}"
                )
            },
        );
        if let Some(role) = found.verdict.named_as.map(role_words) {
            let role = self.language.words(role);
            fact.push_str(&self.write(
                || format!("；记录载明的身份：{role}"),
                || format!("; named on it as {role}"),
            ));
        }
        if let Some(filed) = objection_filed_on(record, self.decision.as_of) {
            let filed = self.language.day(filed);
            fact.push_str(&self.write(
                || format!("；当事人于{filed}提出异议，尚未处理完毕"),
                || format!("; objected to on {filed}, not yet decided"),
            ));
        }
        fact.push_str(self.language.say("。", "."));
        fact
    }

    /// Writes a measure: effect, articles with their words, until when.
    fn measure(
        &self,
        subject: &Subject,
        measure: &AppliedMeasure,
        records: &[&str],
        reader: PaperReader,
        details: &mut Vec<String>,
    ) {
        let text = self.effect(subject, &measure.text, reader);
        details.push(self.write(|| format!("措施：{text}"), || format!("Effect: {text}")));
        for basis in &measure.legal_basis {
            let (cited, clause) = (self.language.cite(self.policy(), basis), &basis.clause);
            details.push(self.write(
                || format!("依据：{cited}：“{clause}”"),
                || format!("Basis: {cited}: “{clause}”"),
            ));
        }
        let known = self.policy().measure(&measure.measure);
        if let Some(by) = known.and_then(|known| known.implementer.as_ref()) {
            let by = self.language.text(by);
            details
                .push(self.write(|| format!("实施部门：{by}"), || format!("Carried out by: {by}")));
        }
        if !measure.because.is_empty() {
            details.push(self.term(measure));
        }
        let several = records.len() > 1;
        details.extend(measure.cut.iter().map(|cut| self.cut(cut, several)));
        details.extend(measure.prolonged.iter().map(|one| self.prolonged(one, several)));
    }

    /// Writes the effect of a measure, in a sentence.
    fn effect(&self, subject: &Subject, text: &Text, reader: PaperReader) -> String {
        match reader {
            PaperReader::Officer => self.as_office(text),
            PaperReader::Concerned => self.addressed(subject, text),
        }
    }

    /// Writes a sentence of the catalogue in which the office names itself as the rest of the paper
    /// does.
    fn as_office(&self, text: &Text) -> String {
        self.language.text(text).replace("本机关", self.own_office().zh)
    }

    /// Writes a sentence of the catalogue for a letter: it says 你 where the catalogue writes of
    /// somebody else, and the office names itself as the rest of the letter does.
    pub(super) fn addressed(&self, subject: &Subject, text: &Text) -> String {
        let text = self.as_office(text);
        match subject.kind {
            SubjectKind::Organization => text.replace("该单位", "你单位"),
            SubjectKind::Person => text.replace("该人员", "你").replace("你发现其", "你发现自己的"),
        }
    }

    fn term(&self, measure: &AppliedMeasure) -> String {
        let lifelong = self.policy().measure(&measure.measure).is_some_and(|m| m.lifelong);
        match measure.until {
            Some(day) => {
                let day = self.language.day(day);
                self.write(|| format!("期限：至{day}（含当日）"), || format!("Until: {day}"))
            }
            None if lifelong => self.say("期限：终身", "Until: for life"),
            None => self.say(
                "期限：记录未载明；须向认定单位核实",
                "Until: no end on record; the authority that decided can say",
            ),
        }
    }

    fn cut(&self, cut: &Cut, several: bool) -> String {
        let record = self.this_record(&cut.record, several);
        let allowed = self.language.day(cut.allowed_until);
        match cut.recorded_until.map(|day| self.language.day(day)) {
            Some(day) => self.write(
                || format!("{record}所载期限（至{day}）超过法定期限，按法定期限计算至{allowed}"),
                || {
                    format!(
                        "The term of {record} ({day}) is longer than is allowed; cut to {allowed}"
                    )
                },
            ),
            None => self.write(
                || format!("{record}未载明终止日，按法定最长期限计算至{allowed}"),
                || format!("The term of {record} has no end on record; cut to {allowed}"),
            ),
        }
    }

    fn prolonged(&self, one: &Prolonged, several: bool) -> String {
        let record = self.this_record(&one.record, several);
        let ended = self.language.day(one.recorded_until);
        let until = match one.until.map(|day| self.language.day(day)) {
            Some(day) => self.write(|| format!("至{day}"), || format!("to {day}")),
            None => self.say("终身", "for life"),
        };
        self.write(
            || {
                format!(
                    "{record}载明至{ended}止；本措施的期限由法律规定（{until}），不因记录终止而缩短"
                )
            },
            || {
                format!(
                    "The end of {record} is {ended}; the law fixes the term ({until}), which the \
                     end of the record does not shorten"
                )
            },
        )
    }

    fn this_record(&self, id: &str, several: bool) -> String {
        let id = safe(id);
        match several {
            true => self.write(|| format!("记录“{id}”"), || format!("record {id}")),
            false => self.say("该记录", "the record"),
        }
    }

    /// Writes from when the removal of a record that restricts may be asked for, by the rules of
    /// its list.
    fn removal(&self, at: u32, found: &FoundRecord<'_>) -> Option<String> {
        let ground = found.rules.removal.and_then(|ground| self.policy().ground(ground))?;
        let id = &found.record.id;
        let mut resting = self.measures_of(at).filter(|m| m.because.contains(id));
        let restricts = resting.any(|m| m.effect == Effect::Restriction);
        if !restricts || found.verdict.has_ended {
            return None;
        }
        let cited = self.language.cite_all(self.policy(), &ground.legal_basis);
        let day = standing::removable_from(found.record, found.rules, self.decision.made_on);
        Some(match day.map(|day| self.language.day(day)) {
            None => self.write(
                || format!("移出：该记录不因信用修复而提前终止（{cited}）"),
                || format!("Removal: no repair ends this record early ({cited})"),
            ),
            Some(_) if found.rules.removable_after.is_none() => self.write(
                || format!("移出：纠正失信行为后，可以向认定单位申请（{cited}）"),
                || format!("Removal: may be asked for once the conduct is corrected ({cited})"),
            ),
            Some(day) => self.write(
                || format!("移出：最早可以自{day}起向认定单位申请（{cited}）"),
                || format!("Removal: may be asked for from {day} at the earliest ({cited})"),
            ),
        })
    }

    /// Whether a measure refuses or limits what a subject applies for.
    pub(super) fn refuses(&self, at: u32) -> bool {
        self.measures_of(at).any(is_refusing)
    }
}
