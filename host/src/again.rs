//! Checks made again on answers that are given and not looked up: the basis of a replay.

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
    /// Lookups that were due.
    pub due: Arc<Vec<Query>>,
    /// Answers that the decision rests on.
    pub answers: Arc<Vec<Answer>>,
    /// Verdict of the component.
    pub verdict: Arc<Verdict>,
    /// Units of fuel that the component used.
    pub fuel: u64,
}

/// A function that answers the lookups due.
pub type Give = Box<dyn FnOnce(&[Query]) -> Vec<Answer> + Send>;

/// Source of the answers of a check that is made again.
pub enum Given {
    /// Answers from the record, as the registry gave them.
    AsRecorded(Vec<Answer>),
    /// Answers that this function gives for the lookups due now.
    For(Give),
}

/// Makes a check again, with every rail, on the day on which it was made.
///
/// # Errors
///
/// As [`Gate::check`](crate::Gate::check); [`Fault::Rail`] also if the answers do not match the
/// lookups due.
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
