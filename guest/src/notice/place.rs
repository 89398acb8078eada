//! What the place's own regulation has the officer know: how a disputed record is handled here,
//! and what no record tells.

use std::fmt::{self, Write as _};

use super::{CiteEn, CiteZh, Each, Page, safe};
use crate::catalogue::data::{Objection, RemarkWhen};
use crate::date::Date;
use crate::model::{Decision, Effect, LegalBasis, MeasureKind, Standing};
use crate::reach::Hit;
use crate::standing::objection_filed_on;
use crate::working_days::WorkingDays;

impl Page<'_> {
    /// The section of the place, if it has anything to say.
    pub(super) fn place(&mut self, decision: &Decision, hits: &[Hit<'_>]) {
        let overlay = &self.catalogue.data().overlay;
        let as_of = self.application.as_of;
        // A record may be found for several subjects; it is disputed once.
        let mut disputed: Vec<(&str, Date)> = Vec::new();
        for hit in hits {
            let id = hit.record.id.as_str();
            let filed = objection_filed_on(hit.record, as_of);
            if let Some(filed) = filed.filter(|_| disputed.iter().all(|(known, _)| *known != id)) {
                disputed.push((id, filed));
            }
        }
        let objection = overlay.objection.as_ref().filter(|_| !disputed.is_empty());
        if objection.is_none() && !overlay.remarks.iter().any(|r| is_due(r.when, decision)) {
            return;
        }
        self.section();
        let _ = writeln!(self.zh, "本地规定（{}）：", overlay.name.zh);
        let _ = writeln!(self.en, "Rules of the place ({}):", overlay.name.en);
        if let Some(objection) = objection {
            for (id, filed) in disputed {
                self.disputed(objection, id, filed);
            }
            if !hits.iter().any(|hit| hit.standing == Standing::Suspended) {
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
        let overlay = &self.catalogue.data().overlay;
        for remark in overlay.remarks.iter().filter(|r| is_due(r.when, decision)) {
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
    fn disputed(&mut self, objection: &Objection, id: &str, filed: Date) {
        let calendar = WorkingDays::new(&self.catalogue.data().calendar);
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
        let catalogue = self.catalogue;
        let _ = writeln!(self.zh, "（{}）", Each(bases, "；", |basis| CiteZh(catalogue, basis)));
        let _ = writeln!(self.en, "({})", Each(bases, "; ", |basis| CiteEn(catalogue, basis)));
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
