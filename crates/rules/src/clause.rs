//! The clauses that rules in code rest on. Each constant is defined beside its rule, and `cited.rs`
//! lists them; a test compares every one with the text of its instrument.

use mustcheck_model::LegalBasis;
pub use mustcheck_model::OPINIONS;

/// Number of the clauses that rules in code cite. Their grounds come before those of the data.
pub const CLAUSES: u32 = 15;

/// A sentence of the Opinions (国发〔2016〕33号), verbatim.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// Its position among the clauses that rules in code cite.
    pub position: u32,
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
