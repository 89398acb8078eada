//! What those who are reached can do: the remedies of this matter and of these lists, and from when
//! each record may be removed (RAIL R11).

use std::fmt::Write as _;

use super::{CiteEn, CiteZh, Each, Page, is_refusing, safe};
use crate::catalogue::data::{CatalogueData, Remedy};
use crate::catalogue::holds;
use crate::model::{AppliedMeasure, Decision, Effect, SubjectKind};
use crate::name::Name;
use crate::reach::Hit;
use crate::standing;

impl Page<'_> {
    /// What those who are reached can do about it. A paper that found nothing needs none.
    // RAIL R11
    pub(super) fn remedies(&mut self, decision: &Decision, hits: &[Hit<'_>]) {
        if decision.measures.is_empty() && decision.records.is_empty() {
            return self.conclusion();
        }
        self.section();
        self.line("权利救济：", "Remedies:");
        let person = decision.measures.iter().any(|m| {
            let index = usize::try_from(m.target.subject_index).unwrap_or(usize::MAX);
            let subject = self.application.subjects.get(index);
            subject.is_some_and(|s| s.kind == SubjectKind::Person)
        });
        let catalogue = self.catalogue;
        let CatalogueData { edition, overlay, .. } = catalogue.data();
        let remedies = edition.remedies.iter().chain(&overlay.remedies);
        let refuses = decision.measures.iter().any(is_refusing);
        let domain = catalogue.matter(&decision.matter).map(|matter| matter.domain);
        let listed = |list: &Name| {
            decision
                .measures
                .iter()
                .flat_map(|m| &m.because)
                .any(|id| hits.iter().any(|hit| hit.record.id == *id && hit.list.code == *list))
        };
        let is_for = |remedy: &Remedy| {
            (!remedy.persons_only || person)
                && (!remedy.refusals_only || refuses)
                && (remedy.matters.is_empty()
                    || remedy.matters.iter().any(|m| *m == decision.matter))
                && (remedy.domains.is_empty()
                    || domain.is_some_and(|d| remedy.domains.contains(&d)))
                && (remedy.lists.is_empty() || remedy.lists.iter().any(listed))
        };
        let made_on = decision.made_on;
        for remedy in remedies.filter(|r| holds(r.valid_from, r.valid_until, made_on)) {
            if !is_for(remedy) {
                continue;
            }
            let cited_zh = Each(&remedy.legal_basis, "；", |basis| CiteZh(catalogue, basis));
            let cited_en = Each(&remedy.legal_basis, "; ", |basis| CiteEn(catalogue, basis));
            say!(self.zh, "　· {}（{cited_zh}）", remedy.text.zh);
            say!(self.en, "   - {} ({cited_en})", remedy.text.en);
        }
        self.conclusion();
    }

    /// What the paper is, and what it is not.
    fn conclusion(&mut self) {
        let office = safe(&self.application.office.name);
        say!(self.zh, "本告知列明查询所得及其依据，不是行政决定；由{office}依法决定。");
        say!(
            self.en,
            "This notice states what was found and on which basis. It is no administrative \
             decision; {office} decides according to law."
        );
    }

    /// From when the removal of a record that restricts may be asked for, by the rules of its list.
    pub(super) fn removal(
        &mut self,
        id: &str,
        measure: &AppliedMeasure,
        hits: &[Hit<'_>],
        decision: &Decision,
    ) {
        let index = usize::try_from(measure.target.subject_index).unwrap_or(usize::MAX);
        let hit = hits.iter().find(|h| h.record.id == id && h.subject_index == index);
        let Some((hit, regime)) = hit.and_then(|hit| Some((hit, hit.regime?))) else { return };
        if measure.effect != Effect::Restriction || hit.has_ended() {
            return;
        }
        let catalogue = self.catalogue;
        let bases = &regime.removal.legal_basis;
        let zh = Each(bases, "；", |basis| CiteZh(catalogue, basis));
        let en = Each(bases, "; ", |basis| CiteEn(catalogue, basis));
        match standing::removable_from(hit.record, &hit.rules, decision.made_on) {
            None => {
                say!(self.zh, "　　移出：该记录不因信用修复而提前终止（{zh}）");
                say!(self.en, "     Removal: no repair ends this record early ({en})");
            }
            Some(_) if hit.rules.removable_after.is_none() => {
                say!(self.zh, "　　移出：纠正失信行为后，可以申请（{zh}）");
                say!(self.en, "     Removal: may be asked for once the conduct is mended ({en})");
            }
            Some(day) => {
                say!(self.zh, "　　移出：最早可以自{day}起申请（{zh}）");
                say!(self.en, "     Removal: may be asked for from {day} at the earliest ({en})");
            }
        }
    }
}
