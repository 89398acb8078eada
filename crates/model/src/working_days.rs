//! Working days by the State Council's published holidays and make-up days.
//!
//! No day is guessed: a year whose notice is not in the catalogue is an error.

use crate::CalendarYear;
use crate::date::Date;

/// Error: the holidays of a year are not published yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unpublished {
    /// The year.
    pub year: u16,
}

/// The calendar of an edition.
#[derive(Clone, Copy, Debug)]
pub struct WorkingDays<'a> {
    years: &'a [CalendarYear],
}

impl<'a> WorkingDays<'a> {
    /// A calendar of these years.
    pub const fn new(years: &'a [CalendarYear]) -> Self {
        Self { years }
    }

    /// Whether a day is a working day.
    ///
    /// # Errors
    ///
    /// [`Unpublished`] if the calendar lacks the year.
    pub fn is_working_day(&self, day: Date) -> Result<bool, Unpublished> {
        let year = self.years.iter().find(|y| y.year == day.year);
        let year = year.ok_or(Unpublished { year: day.year })?;
        Ok(if day.is_weekend() {
            year.workdays.contains(&day)
        } else {
            !year.holidays.contains(&day)
        })
    }

    /// Returns the `days`-th working day after `from`, which itself does not count.
    ///
    /// # Errors
    ///
    /// [`Unpublished`] if the calendar lacks a year on the way.
    pub fn after(&self, from: Date, days: u16) -> Result<Date, Unpublished> {
        let mut day = from;
        let mut left = days;
        while left > 0 {
            day = day.tomorrow().ok_or(Unpublished { year: day.year })?;
            if self.is_working_day(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// Returns the day itself if it is a working day, else the next working day: the last day of a
    /// period within which somebody has to act.
    ///
    /// 民法典 203: 「期间的最后一日是法定休假日的，以法定休假日结束的次日为期间的最后一日。」
    ///
    /// # Errors
    ///
    /// [`Unpublished`] if the calendar lacks a year on the way.
    pub fn not_before(&self, day: Date) -> Result<Date, Unpublished> {
        if self.is_working_day(day)? { Ok(day) } else { self.after(day, 1) }
    }

    /// Counts the working days after `from`, up to and including `until`.
    ///
    /// # Errors
    ///
    /// [`Unpublished`] if the calendar lacks a year on the way.
    pub fn between(&self, from: Date, until: Date) -> Result<u32, Unpublished> {
        let mut day = from;
        let mut count = 0;
        while day < until {
            day = day.tomorrow().ok_or(Unpublished { year: day.year })?;
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }
}
