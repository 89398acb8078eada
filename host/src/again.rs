//! Checks made again, on answers that are at hand: what a replay rests on.

use std::sync::Arc;

use mustcheck_model::date::Date;
use mustcheck_model::{Answer, Application, Decision, Query, Verdict};

use crate::checking::{Begun, Decided};
use crate::error::{CheckError, Fault};
use crate::limits::Limits;
use crate::policy::Policy;
use crate::rails;

/// A decision that was derived again.
pub struct Derived {
    /// The decision.
    pub decision: Decision,
    /// What was due.
    pub due: Arc<Vec<Query>>,
    /// The answers that it was decided on.
    pub answers: Arc<Vec<Answer>>,
    /// What the component decided.
    pub verdict: Arc<Verdict>,
    /// Fuel that it took.
    pub fuel: u64,
}

/// Gives answers to what is due.
pub type Give = Box<dyn FnOnce(&[Query]) -> Vec<Answer> + Send>;

/// What a check is made again on.
pub enum Given {
    /// The answers as they were given.
    AsRecorded(Vec<Answer>),
    /// What these give for what is due now.
    For(Give),
}

/// Makes a check again, with every rail, on the day on which it was made.
///
/// # Errors
///
/// [`CheckError`] as a check gives it, also where the answers are not those of the lookups.
pub fn again(
    policy: &Policy,
    application: &Arc<Application>,
    made_on: Date,
    given: Given,
    limits: Limits,
) -> Result<Derived, CheckError> {
    limits.check().map_err(|e| Fault::component("start", e.to_string()))?;
    let begun = Begun::begin(policy, Arc::clone(application), made_on, limits)?;
    let answers = match given {
        Given::AsRecorded(answers) => answers,
        Given::For(give) => give(begun.due()),
    };
    rails::replayed(application, begun.due(), &answers)?;
    let decided = begun.decide(Arc::new(answers))?;
    let Decided { decision, due, answers, verdict, fuel } = decided;
    Ok(Derived { decision, due, answers, verdict, fuel })
}
