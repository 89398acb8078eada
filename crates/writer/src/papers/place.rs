//! Rules of the place's own regulation, for the officer: how a disputed record is handled here, and
//! remarks on what no record tells.

use super::PaperInput;
use crate::document::{Block, Writing as _};
use crate::safe;
use mustcheck_model::date::Date;
use mustcheck_model::standing::objection_filed_on;
use mustcheck_model::working_days::WorkingDays;
use mustcheck_model::{
    Decision, Effect, LegalBasis, MeasureKind, ObjectionInfo, RemarkWhen, Standing,
};

impl PaperInput<'_> {
    /// Writes the rules and remarks of the place; nothing if it has none for this check.
    pub(super) fn place(&self) -> Vec<Block> {
        let place = &self.policy().description().place;
        // A record may be found for several subjects; it is disputed once.
        let mut disputed: Vec<(&str, Date)> = Vec::new();
        for hit in &self.found {
            let id = hit.record.id.as_str();
            let filed = objection_filed_on(hit.record, self.case.application.as_of);
            if let Some(filed) = filed.filter(|_| disputed.iter().all(|(known, _)| *known != id)) {
                disputed.push((id, filed));
            }
        }
        let mut blocks = Vec::new();
        if let Some(objection) = place.objection.as_ref().filter(|_| !disputed.is_empty()) {
            blocks.extend(disputed.iter().map(|(id, filed)| self.disputed(objection, id, *filed)));
            if self.found.iter().any(|hit| hit.verdict.standing == Standing::Suspended) {
                // Two facts, which must not be taken for one.
                blocks.push(match objection.annotated {
                    true => self.paragraph(
                        "是否作出异议标注，不影响暂不执行：核实期间，惩戒措施暂不执行（国发〔2016〕33号第（二十二）项）。",
                        "Annotating is not suspending: that the measure is not carried out \
                         meanwhile rests on State Council opinions (2016) No. 33, art. 22.",
                    ),
                    false => self.paragraph(
                        "核实期间，惩戒措施暂不执行（国发〔2016〕33号第（二十二）项）。",
                        "That the measure is not carried out meanwhile rests on State Council \
                         opinions (2016) No. 33, art. 22.",
                    ),
                });
            }
        }
        let remarks = place.remarks.iter().filter(|remark| is_due(remark.when, self.decision));
        blocks.extend(remarks.map(|remark| {
            let text = self.language.text(&remark.text);
            Block::point(format!("{text}{}", self.in_brackets(&remark.legal_basis)))
        }));
        blocks
    }

    /// Writes the terms for a disputed record.
    ///
    /// INTERPRETATION: the days run from receipt; the day shown takes the objection as received on
    /// the day on which it was filed.
    fn disputed(&self, objection: &ObjectionInfo, id: &str, filed: Date) -> Block {
        let calendar = WorkingDays::new(&self.policy().description().calendar);
        let within = |days: u16| self.within(days, calendar.after(filed, days).ok());
        let (id, day) = (safe(id), self.language.day(filed));
        let mut text = self.write(
            || format!("当事人于{day}对记录“{id}”提出异议："),
            || format!("Record {id} has been disputed since {day}: "),
        );
        if objection.annotated {
            text.push_str(&match objection.annotate_within {
                None => self.say("应当作出异议标注；", "it is annotated as disputed; "),
                Some(0) => {
                    self.say("应当立即作出异议标注；", "it is annotated as disputed at once; ")
                }
                Some(days) => {
                    let days = within(days);
                    self.write(
                        || format!("应当在{days}内作出异议标注；"),
                        || format!("within {days}, it is annotated as disputed; "),
                    )
                }
            });
        }
        let (usual, most) = (within(objection.decide_within), within(objection.decide_at_most));
        text.push_str(&self.write(
            || format!("处理期限{usual}，最长{most}。"),
            || format!("it is to be handled within {usual}, or {most} at the most. "),
        ));
        text.push_str(&self.in_brackets(&objection.legal_basis));
        Block::point(text)
    }

    /// Writes a number of working days, with the last of them if the calendar has it.
    fn within(&self, days: u16, by: Option<Date>) -> String {
        let by = by.map(|day| self.language.day(day));
        self.write(
            || {
                let by = by.as_ref().map(|day| format!("（{day}前，含当日）"));
                format!("{days}个工作日{}", by.unwrap_or_default())
            },
            || {
                let by = by.as_ref().map(|day| format!(" (by {day})"));
                format!("{days} working days{}", by.unwrap_or_default())
            },
        )
    }

    fn in_brackets(&self, bases: &[LegalBasis]) -> String {
        let cited = self.language.cite_all(self.policy(), bases);
        self.write(|| format!("（{cited}）"), || format!(" ({cited})"))
    }
}

fn is_due(when: RemarkWhen, decision: &Decision) -> bool {
    decision.measures.iter().any(|measure| match when {
        RemarkWhen::RestrictionApplies => measure.effect == Effect::Restriction,
        RemarkWhen::ToleranceApplies => measure.kind == MeasureKind::IncompleteMaterialsTolerated,
    })
}
