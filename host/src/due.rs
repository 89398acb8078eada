//! Due lookups that a policy has named before.
//!
//! What is due follows from the facts alone: they name nobody, the component imports nothing, and each
//! call has a fresh sandbox. So a policy is asked once for equal facts. It decides every check anew.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use mustcheck_model::{ApplicationFacts, Query};

use crate::limits::Limits;

/// The due lookups of an application.
#[derive(Clone)]
pub(crate) struct Due {
    /// The lookups, in the form in which a registry is asked them.
    pub(crate) queries: Arc<Vec<Query>>,
    /// Fuel that it takes to name them.
    pub(crate) fuel: u64,
}

/// Applications whose due lookups are kept for a policy; when there are more, all are dropped. An office
/// has a few dozen forms of them a day: matter, roles, materials and days.
const MOST: usize = 1_024;
/// Subjects and materials of an application whose due lookups are kept. Larger ones hardly come twice.
const LARGEST: usize = 16;

/// Due lookups by facts, and by what a check may use: a tighter limit has to fail where it did.
#[derive(Default)]
pub(crate) struct KnownDue(RwLock<HashMap<(ApplicationFacts, Limits), Due>>);

impl KnownDue {
    pub(crate) fn find(&self, application: &ApplicationFacts, limits: Limits) -> Option<Due> {
        let key = key(application, limits)?;
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    pub(crate) fn keep(&self, application: &ApplicationFacts, limits: Limits, due: &Due) {
        let Some(key) = key(application, limits) else { return };
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, due.clone());
    }
}

/// The key of an application; none for a large one.
fn key(application: &ApplicationFacts, limits: Limits) -> Option<(ApplicationFacts, Limits)> {
    let is_small = application.subjects.len() <= LARGEST && application.materials.len() <= LARGEST;
    is_small.then(|| (application.clone(), limits))
}

#[cfg(test)]
mod tests;
