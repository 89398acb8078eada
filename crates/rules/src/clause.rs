//! The clauses that rules in code rest on. Each constant is defined beside its rule; a test
//! compares every one with the text of its instrument.

use mustcheck_model::LegalBasis;
pub use mustcheck_model::OPINIONS;

/// A sentence of the Opinions (国发〔2016〕33号), verbatim.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// The clause's number: `18` for (十八).
    pub article: &'static str,
    /// Its words.
    pub words: &'static str,
}

impl Clause {
    /// The clause as a decision cites it.
    pub fn basis(&self) -> Vec<LegalBasis> {
        vec![LegalBasis {
            instrument: OPINIONS.into(),
            article: self.article.into(),
            paragraph: None,
            item: None,
            clause: self.words.into(),
        }]
    }
}

/// Every clause that a rule in code cites.
pub const CITED: &[&Clause] = &[
    &crate::aside::CORRECTED,
    &crate::aside::NO_LONGER_A_TARGET,
    &crate::aside::TERM,
    &crate::aside::VERIFICATION,
    &crate::aside::LEGAL_REMEDY,
    &crate::reach::ACCORDING_TO_LAW,
    &crate::reach::FOR_REFERENCE,
    &crate::measures::RECOMMENDED,
    &crate::measures::STRICTLY_BY_LAW,
    &crate::incentives::BENEFIT_AND_LIMIT,
    &crate::obligations::FEEDBACK,
    &crate::obligations::PUBLICATION,
    &crate::obligations::ENTERPRISE_PUBLICATION,
    &crate::obligations::GOOD_RECORDS,
    &crate::obligations::COMMITMENT,
];
