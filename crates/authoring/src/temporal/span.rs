//! Spans of days.

use mustcheck_model::date::Date;

/// Consecutive days, open if there is no last one.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) from: Date,
    pub(super) until: Option<Date>,
}

impl Span {
    pub(super) fn holds(self, day: Date) -> bool {
        day >= self.from && self.until.is_none_or(|last| day <= last)
    }
}
