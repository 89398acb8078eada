//! Remedies of a reached subject: those of the matter, of its lists and of its kind (RAIL R11).

use super::PaperInput;
use crate::document::{Block, Writing as _};
use mustcheck_model::{RemedyInfo, Subject, SubjectKind};

impl PaperInput<'_> {
    /// Lists the remedies of a subject, each with its legal basis.
    // RAIL R11
    pub(super) fn remedies(&self, at: u32, subject: &Subject) -> Vec<Block> {
        let (policy, made_on) = (self.policy(), self.decision.made_on);
        let matter = &self.decision.matter;
        let domain = policy.matter(matter).map(|matter| matter.domain);
        let refuses = self.refuses(at);
        let rests_on = |list: &String| {
            let mut records = self.measures_of(at).flat_map(|measure| &measure.because);
            records.any(|id| self.record_of(at, id).is_some_and(|f| f.list.code == *list))
        };
        let is_for = |remedy: &&RemedyInfo| {
            remedy.valid_from <= made_on
                && remedy.valid_until.is_none_or(|last| made_on <= last)
                && (!remedy.persons_only || subject.kind == SubjectKind::Person)
                && (!remedy.refusals_only || refuses)
                && (remedy.matters.is_empty() || remedy.matters.contains(matter))
                && (remedy.domains.is_empty()
                    || domain.is_some_and(|d| remedy.domains.contains(&d)))
                && (remedy.lists.is_empty() || remedy.lists.iter().any(rests_on))
        };
        let remedies = policy.description().remedies.iter().filter(is_for);
        let told = (1..).zip(remedies).map(|(number, remedy)| {
            let (point, text) =
                (self.language.point(number), self.addressed(subject, &remedy.text));
            let cited = self.language.cite_all(policy, &remedy.legal_basis);
            let basis = self.write(|| format!("依据：{cited}"), || format!("Basis: {cited}"));
            Block::Item(format!("{point}{text}"), vec![basis])
        });
        told.collect()
    }
}
