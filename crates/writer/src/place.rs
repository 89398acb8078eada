//! What the place's own regulation has the officer know: how a disputed record is handled here,
//! and what no record tells.

use std::fmt::{self, Write as _};

use super::citation::{CiteEn, CiteZh};
use super::notice::{Each, Page};
use super::{Found, safe};
use mustcheck_model::date::Date;
use mustcheck_model::standing::objection_filed_on;
use mustcheck_model::working_days::WorkingDays;
use mustcheck_model::{
    Decision, Effect, LegalBasis, MeasureKind, ObjectionInfo, RemarkWhen, Standing,
};

impl Page<'_> {
    /// The section of the place, if it has anything to say.
    pub(super) fn place(&mut self, decision: &Decision, found: &[Found<'_>]) {
        let place = &self.policy.description().place;
        let as_of = self.application.as_of;
        // A record may be found for several subjects; it is disputed once.
        let mut disputed: Vec<(&str, Date)> = Vec::new();
        for hit in found {
            let id = hit.record.id.as_str();
            let filed = objection_filed_on(hit.record, as_of);
            if let Some(filed) = filed.filter(|_| disputed.iter().all(|(known, _)| *known != id)) {
                disputed.push((id, filed));
            }
        }
        let objection = place.objection.as_ref().filter(|_| !disputed.is_empty());
        if objection.is_none() && !place.remarks.iter().any(|r| is_due(r.when, decision)) {
            return;
        }
        self.section();
        let _ = writeln!(self.zh, "本地规定（{}）：", place.name.zh);
        let _ = writeln!(self.en, "Rules of the place ({}):", place.name.en);
        if let Some(objection) = objection {
            for (id, filed) in disputed {
                self.disputed(objection, id, filed);
            }
            if !found.iter().any(|hit| hit.verdict.standing == Standing::Suspended) {
                return self.remarks(decision);
            }
            // Two facts, which must not be taken for one.
            if objection.annotated {
                self.zh.push_str("　　是否作出异议标注，不影响暂不执行：");
                self.en.push_str("     Annotating is not suspending: ");
            } else {
                self.zh.push_str("　　");
                self.en.push_str("     ");
            }
            self.line(
                "核实期间，惩戒措施暂不执行（国发〔2016〕33号第（二十二）项）。",
                "that the measure is not carried out meanwhile rests on State Council opinions \
                 (2016) No. 33, art. 22.",
            );
        }
        self.remarks(decision);
    }

    fn remarks(&mut self, decision: &Decision) {
        let place = &self.policy.description().place;
        for remark in place.remarks.iter().filter(|r| is_due(r.when, decision)) {
            self.zh.push_str("　· ");
            self.zh.push_str(&remark.text.zh);
            self.en.push_str("   - ");
            self.en.push_str(&remark.text.en);
            self.en.push(' ');
            self.cited(&remark.legal_basis);
        }
    }

    /// INTERPRETATION: the days run from receipt; the day shown takes the objection as received on
    /// the day on which it was filed.
    fn disputed(&mut self, objection: &ObjectionInfo, id: &str, filed: Date) {
        let calendar = WorkingDays::new(&self.policy.description().calendar);
        let within = |days: u16| Within { days, by: calendar.after(filed, days).ok() };
        let id = safe(id);
        let _ = write!(self.zh, "　· 当事人于{filed}对记录“{id}”提出异议：");
        let _ = write!(self.en, "   - Record `{id}` has been disputed since {filed}: ");
        if objection.annotated {
            let (zh, en) = match objection.annotate_within {
                None => ("应当", ""),
                Some(0) => ("应当立即", " at once"),
                Some(days) => {
                    let _ = write!(self.zh, "应当在{}内", within(days).zh());
                    let _ = write!(self.en, "within {}, ", within(days).en());
                    ("", "")
                }
            };
            let _ = write!(self.zh, "{zh}作出异议标注；");
            let _ = write!(self.en, "it is annotated as disputed{en}; ");
        }
        let (usual, most) = (within(objection.decide_within), within(objection.decide_at_most));
        let _ = write!(self.zh, "处理期限{}，最长{}。", usual.zh(), most.zh());
        let _ = write!(
            self.en,
            "it is to be handled within {}, or {} at the most. ",
            usual.en(),
            most.en()
        );
        self.cited(&objection.legal_basis);
    }

    /// The pinpoints in brackets, and the end of the line.
    fn cited(&mut self, bases: &[LegalBasis]) {
        let policy = self.policy;
        let _ = writeln!(self.zh, "（{}）", Each(bases, "；", |basis| CiteZh(policy, basis)));
        let _ = writeln!(self.en, "({})", Each(bases, "; ", |basis| CiteEn(policy, basis)));
    }
}

/// Some working days, with the day on which they end if the calendar tells.
#[derive(Clone, Copy)]
struct Within {
    days: u16,
    by: Option<Date>,
}

impl Within {
    fn zh(self) -> impl fmt::Display {
        let by = self.by.map_or_else(String::new, |day| format!("（{day}前，含当日）"));
        format!("{}个工作日{by}", self.days)
    }

    fn en(self) -> impl fmt::Display {
        let by = self.by.map_or_else(String::new, |day| format!(" (by {day})"));
        format!("{} working days{by}", self.days)
    }
}

fn is_due(when: RemarkWhen, decision: &Decision) -> bool {
    decision.measures.iter().any(|measure| match when {
        RemarkWhen::RestrictionApplies => measure.effect == Effect::Restriction,
        RemarkWhen::ToleranceApplies => measure.kind == MeasureKind::IncompleteMaterialsTolerated,
    })
}
