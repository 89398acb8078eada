//! A registry of registries: what the provinces hold is asked where the organization is registered.
//!
//! An embedder's own registry is a few lines. This one keeps what RAIL R2 asks for: a source that
//! is down stays unanswered, and a list that nobody holds is `not-covered`, never empty.

use std::collections::BTreeMap;
use std::sync::Arc;

use mustcheck::model::{Answer, AnswerStatus, Scheme, Subject};
use mustcheck::registry::Vocabulary;
use mustcheck::{Ask, Registry, RegistryError};

/// A national registry, and one for each province that has its own.
pub struct Provinces {
    national: Arc<dyn Registry>,
    provinces: BTreeMap<String, Arc<dyn Registry>>,
}

impl Provinces {
    /// A registry over these. A province is named by the first two digits of its division code
    /// (GB/T 2260).
    pub fn new(
        national: Arc<dyn Registry>,
        provinces: BTreeMap<String, Arc<dyn Registry>>,
    ) -> Self {
        Self { national, provinces }
    }
}

/// The province that registered an organization: positions 3 and 4 of its unified social credit
/// code (GB 32100-2015).
fn province_of(subject: &Subject) -> Option<&str> {
    if subject.scheme == Scheme::Uscc { subject.identifier.get(2..4) } else { None }
}

impl Registry for Provinces {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut answers = self.national.lookup(asks)?;
        for (code, province) in &self.provinces {
            let own = |ask: &&Ask<'_>| province_of(ask.subject) == Some(code.as_str());
            let asks: Vec<Ask<'_>> = asks.iter().filter(own).copied().collect();
            answers.extend(province.lookup(&asks)?);
        }
        // One of them holds the list: that the other does not is no gap.
        let held: Vec<(u32, String)> = answers
            .iter()
            .filter(|a| a.status != AnswerStatus::NotCovered)
            .map(|a| (a.query, a.list.clone()))
            .collect();
        let mut gaps: Vec<(u32, String)> = Vec::new();
        answers.retain(|answer| {
            let place = (answer.query, answer.list.clone());
            if answer.status != AnswerStatus::NotCovered {
                return true;
            }
            let first = !held.contains(&place) && !gaps.contains(&place);
            if first {
                gaps.push(place);
            }
            first
        });
        Ok(answers)
    }

    fn check_vocabulary(&self, vocabulary: &Vocabulary) -> Result<(), RegistryError> {
        self.national.check_vocabulary(vocabulary)?;
        for (code, province) in &self.provinces {
            province
                .check_vocabulary(vocabulary)
                .map_err(|e| RegistryError::Content(format!("province `{code}`: {e}")))?;
        }
        Ok(())
    }
}
