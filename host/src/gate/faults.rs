//! Everything that is wrong with an application, for whoever fills in a form.

use mustcheck_facts::validate;
use mustcheck_model::{Application, ApplicationError, Problem};

use super::Gate;
use crate::checking::safe;
use crate::error::{CheckError, Fault};

impl Gate {
    /// Finds every fault of an application that shows beside the others, at most one of each place,
    /// without a lookup and without a record. A check refuses an application that has any; one that
    /// has none may still be refused, by its registry or by a rail.
    ///
    /// # Errors
    ///
    /// [`CheckError::Fault`] if the clock or the policies cannot be used.
    pub fn faults(&self, application: &Application) -> Result<Vec<ApplicationError>, CheckError> {
        let now = self.clock.now().map_err(Fault::Clock)?;
        let newest = || self.policies.iter().max_by_key(|p| p.description().valid_from);
        let policy = self.policy_as_of(now.date).or_else(newest);
        let policy = policy.ok_or_else(|| Fault::component("start", "the gate has no policy"))?;
        let of_day = self
            .day_fault(application.as_of, now.date)
            .map(|reason| ApplicationError::InvalidDate(Problem::at("as_of", reason)));
        let mut all = validate::faults(policy.described(), application, now.date);
        if let Some(of_day) = of_day {
            all.retain(|fault| fault.problem().path != "as_of");
            all.push(of_day);
        }
        Ok(all.into_iter().map(safe).collect())
    }
}
