//! Working days, for the deadlines that an office sets.

use mustcheck_model::date::Date;
use mustcheck_model::working_days::WorkingDays;
use mustcheck_rules::catalogue::data::CatalogueData;

use crate::error::PolicyError;
use crate::policy::Policy;

pub use mustcheck_model::working_days::Unpublished;

/// The State Council's published holidays and make-up days.
#[derive(Clone, Debug)]
pub struct WorkingCalendar {
    catalogue: CatalogueData,
}

impl WorkingCalendar {
    /// The calendar of the embedded editions.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if no edition is embedded.
    pub fn embedded() -> Result<Self, PolicyError> {
        let newest = Policy::embedded_editions().last().copied().unwrap_or_default();
        let json = Policy::embedded_catalogue(newest)?;
        let catalogue =
            serde_json::from_slice(json).map_err(|e| PolicyError::Catalogue(e.to_string()))?;
        Ok(Self { catalogue })
    }

    /// The `days`-th working day after `from`, which itself does not count.
    ///
    /// # Errors
    ///
    /// [`Unpublished`] if a year on the way has no published calendar: no day is guessed.
    pub fn after(&self, from: Date, days: u16) -> Result<Date, Unpublished> {
        WorkingDays::new(&self.catalogue.calendar).after(from, days)
    }
}
