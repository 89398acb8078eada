//! Input of the writing of a decision: a check, and the records that it found.

use mustcheck_model::Target;

use super::{Case, FoundRecord};

/// A check that is written about, with its records by position.
pub(super) struct Writing<'a> {
    pub(super) case: &'a Case<'a>,
    pub(super) found: &'a [FoundRecord<'a>],
}

impl Writing<'_> {
    /// Returns a record by its position among those of all answers.
    pub(super) fn found(&self, position: u32) -> Option<&FoundRecord<'_>> {
        self.found.get(usize::try_from(position).ok()?)
    }

    /// Returns the id of a record by its position.
    pub(super) fn id(&self, position: u32) -> Option<String> {
        Some(self.found(position)?.record.id.clone())
    }

    /// Returns a subject, by its position in the application, as a decision names it.
    pub(super) fn target(&self, subject: u32) -> Option<Target> {
        let position = usize::try_from(subject).ok()?;
        let at = self.case.application.subjects.get(position)?;
        Some(self.case.identifiers.target(at, subject))
    }
}
