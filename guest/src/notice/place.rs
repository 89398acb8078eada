//! What the place's own regulation has the officer know: how a disputed record is handled here,
//! and what no record tells.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{CiteEn, CiteZh, Each, Page, safe};
use crate::catalogue::data::{Objection, Remark, RemarkWhen};
use crate::date::Date;
use crate::model::{Decision, Effect, MeasureKind};
use crate::reach::Hit;
use crate::standing::objection_filed_on;
use crate::working_days::WorkingDays;

impl Page<'_> {
    /// The section of the place, if it has anything to say.
    pub(super) fn place(&mut self, decision: &Decision, hits: &[Hit<'_>]) {
        let overlay = &self.catalogue.data().overlay;
        let remarks: Vec<&Remark> =
            overlay.remarks.iter().filter(|r| is_due(r.when, decision)).collect();
        let as_of = self.application.as_of;
        // A record may be found for several subjects; it is disputed once.
        let mut seen = BTreeSet::new();
        let disputed: Vec<(&str, Date)> = hits
            .iter()
            .filter_map(|h| Some((h.record.id.as_str(), objection_filed_on(h.record, as_of)?)))
            .filter(|(id, _)| seen.insert(*id))
            .collect();
        let objection = overlay.objection.as_ref().filter(|_| !disputed.is_empty());
        if remarks.is_empty() && objection.is_none() {
            return;
        }
        let (zh, en) = (&overlay.name.zh, &overlay.name.en);
        self.section();
        let _ = writeln!(self.zh, "本地规定（{zh}）：");
        let _ = writeln!(self.en, "Rules of the place ({en}):");
        if let Some(objection) = objection {
            for (id, filed) in disputed {
                self.disputed(objection, id, filed);
            }
            // Two facts, which must not be taken for one.
            let (zh, en) = if objection.annotated {
                ("标注不等于暂停：", "Annotating is not suspending: ")
            } else {
                ("", "")
            };
            let _ = writeln!(
                self.zh,
                "　　{zh}核实期间暂不执行惩戒措施，依据的是国发〔2016〕33号（二十二）。"
            );
            let _ = writeln!(
                self.en,
                "     {en}that the measure is not carried out meanwhile rests on State Council \
                 opinions (2016) No. 33, art. 22."
            );
        }
        for Remark { text, legal_basis, .. } in remarks {
            let catalogue = self.catalogue;
            let cited_zh = Each(legal_basis, "；", |basis| CiteZh(catalogue, basis));
            let cited_en = Each(legal_basis, "; ", |basis| CiteEn(catalogue, basis));
            let _ = writeln!(self.zh, "　· {}（{cited_zh}）", text.zh);
            let _ = writeln!(self.en, "   - {} ({cited_en})", text.en);
        }
    }

    /// INTERPRETATION: the days run from receipt; the day shown takes the objection as received on
    /// the day on which it was filed.
    fn disputed(&mut self, objection: &Objection, id: &str, filed: Date) {
        let calendar = WorkingDays::new(&self.catalogue.data().calendar);
        let day = |days: u16| calendar.after(filed, days).ok();
        let (zh, en) = match (objection.annotated, objection.annotate_within) {
            (false, _) => (String::new(), String::new()),
            (true, None) => ("应当作出异议标注；".into(), "it is annotated as disputed; ".into()),
            (true, Some(0)) => {
                ("应当立即作出异议标注；".into(), "it is annotated as disputed at once; ".into())
            }
            (true, Some(days)) => (
                format!("应当在{days}个工作日内作出异议标注{}；", by_zh(day(days))),
                format!("it is annotated within {days} working day(s){}; ", by_en(day(days))),
            ),
        };
        let (within, most) = (objection.decide_within, objection.decide_at_most);
        let catalogue = self.catalogue;
        let cited_zh = Each(&objection.legal_basis, "；", |basis| CiteZh(catalogue, basis));
        let cited_en = Each(&objection.legal_basis, "; ", |basis| CiteEn(catalogue, basis));
        let id = safe(id);
        let _ = writeln!(
            self.zh,
            "　· 记录“{id}”于{filed}被提出异议：{zh}处理期限{within}个工作日{}，最长{most}个工作日{}。\
             （{cited_zh}）",
            by_zh(day(within)),
            by_zh(day(most)),
        );
        let _ = writeln!(
            self.en,
            "   - Record `{id}` has been disputed since {filed}: {en}to be handled within {within} \
             working days{}, {most} at the most{}. ({cited_en})",
            by_en(day(within)),
            by_en(day(most)),
        );
    }
}

fn by_zh(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| format!("（{day}前，含当日）"))
}

fn by_en(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| format!(" (by {day})"))
}

fn is_due(when: RemarkWhen, decision: &Decision) -> bool {
    let mut measures = decision.measures.iter();
    match when {
        RemarkWhen::RestrictionApplies => measures.any(|m| m.effect == Effect::Restriction),
        RemarkWhen::ToleranceApplies => {
            measures.any(|m| m.kind == MeasureKind::IncompleteMaterialsTolerated)
        }
    }
}
