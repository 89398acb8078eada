//! Whom a decision speaks of.

use mustcheck_guest::identifier::mask;
use mustcheck_guest::lookups::Days;
use mustcheck_guest::model::{Application, Role, Subject};

use super::broken;
use crate::error::{Fault, Rail};

/// The subjects of an application, each with its identifier as a decision has to show it: a
/// decision names one many times.
pub(super) struct Targets<'a> {
    pub(super) application: &'a Application,
    pub(super) days: Days,
    masked: Vec<String>,
}

impl<'a> Targets<'a> {
    pub(super) fn of(application: &'a Application, days: Days) -> Self {
        let masked = application.subjects.iter().map(|subject| mask(&subject.identifier));
        Self { application, days, masked: masked.collect() }
    }

    /// A subject, and its identifier as it is shown.
    fn find(&self, index: u32) -> Result<(&'a Subject, &str), Fault> {
        let at = usize::try_from(index).ok();
        match at.and_then(|i| self.application.subjects.get(i).zip(self.masked.get(i))) {
            Some((subject, masked)) => Ok((subject, masked)),
            None => {
                let detail = format!("the decision names subject {index}, whom nobody named");
                broken(Rail::R11, detail)
            }
        }
    }

    /// Checks that a decision names a subject of the application, in its role and masked, and
    /// gives that subject.
    // RAIL R11, RAIL R13
    pub(super) fn check(&self, index: u32, role: Role, shown: &str) -> Result<&'a Subject, Fault> {
        let (subject, masked) = self.find(index)?;
        if subject.role != role {
            let detail = format!("the decision gives subject {index} the role `{role}`");
            return broken(Rail::R11, detail);
        }
        if shown != masked {
            let detail = format!("the identifier of subject {index} is not masked");
            return broken(Rail::R13, detail);
        }
        Ok(subject)
    }
}
