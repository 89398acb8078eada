//! What those who are reached can do: the remedies of this matter and of these lists, and from when
//! each record may be removed (RAIL R11).

use std::fmt::Write as _;

use super::citation::{CiteEn, CiteZh};
use super::notice::{Each, Page, is_refusing};
use super::{Found, safe};
use mustcheck_model::standing;
use mustcheck_model::{AppliedMeasure, Decision, Effect, RemedyInfo, SubjectKind};

impl Page<'_> {
    /// What those who are reached can do about it. A paper that found nothing needs none.
    // RAIL R11
    pub(super) fn remedies(&mut self, decision: &Decision, found: &[Found<'_>]) {
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
        let policy = self.policy;
        let remedies = policy.description().remedies.iter();
        let refuses = decision.measures.iter().any(is_refusing);
        let domain = policy.matter(&decision.matter).map(|matter| matter.domain);
        let listed = |list: &String| {
            decision
                .measures
                .iter()
                .flat_map(|m| &m.because)
                .any(|id| found.iter().any(|f| f.record.id == *id && f.list.code == *list))
        };
        let is_for = |remedy: &RemedyInfo| {
            (!remedy.persons_only || person)
                && (!remedy.refusals_only || refuses)
                && (remedy.matters.is_empty() || remedy.matters.contains(&decision.matter))
                && (remedy.domains.is_empty()
                    || domain.is_some_and(|d| remedy.domains.contains(&d)))
                && (remedy.lists.is_empty() || remedy.lists.iter().any(listed))
        };
        let made_on = decision.made_on;
        let holds = |r: &&RemedyInfo| {
            r.valid_from <= made_on && r.valid_until.is_none_or(|last| made_on <= last)
        };
        for remedy in remedies.filter(holds) {
            if !is_for(remedy) {
                continue;
            }
            let cited_zh = Each(&remedy.legal_basis, "；", |basis| CiteZh(policy, basis));
            let cited_en = Each(&remedy.legal_basis, "; ", |basis| CiteEn(policy, basis));
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
        measure: &AppliedMeasure,
        found: &Found<'_>,
        decision: &Decision,
    ) {
        let rules = found.rules;
        let Some(ground) = rules.removal.and_then(|ground| self.policy.ground(ground)) else {
            return;
        };
        if measure.effect != Effect::Restriction || found.verdict.has_ended {
            return;
        }
        let policy = self.policy;
        let bases = &ground.legal_basis;
        let zh = Each(bases, "；", |basis| CiteZh(policy, basis));
        let en = Each(bases, "; ", |basis| CiteEn(policy, basis));
        match standing::removable_from(found.record, rules, decision.made_on) {
            None => {
                say!(self.zh, "　　移出：该记录不因信用修复而提前终止（{zh}）");
                say!(self.en, "     Removal: no repair ends this record early ({en})");
            }
            Some(_) if rules.removable_after.is_none() => {
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
