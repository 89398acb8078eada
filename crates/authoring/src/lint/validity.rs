//! Checks on days: a validity has at least one, and a calendar only those of its year.

use std::collections::BTreeSet;

use mustcheck_model::CalendarYear;
use mustcheck_model::date::Date;
use mustcheck_rules::catalogue::data::{Edition, Measure, Setting};

use crate::finding::{Findings, rules};
use crate::shape::Item;

/// Checks for a validity that ends before it begins.
pub(super) fn ends_before_it_begins<T>(
    item: &Item<T>,
    key: &str,
    (from, until): (Date, Option<Date>),
    findings: &mut Findings,
) {
    if let Some(last) = until.filter(|last| *last < from) {
        let zh = format!("有效期止于{last}，早于其开始的{from}");
        let en = format!("the validity ends on {last}, before it begins on {from}");
        findings.add(&rules::EMPTY_VALIDITY, item.key(key), zh, en);
    }
}

pub(super) fn edition(item: &Item<Edition>, findings: &mut Findings) {
    let Edition { valid_from, valid_until, .. } = item.value;
    ends_before_it_begins(item, "valid_until", (valid_from, valid_until), findings);
}

pub(super) fn measure(item: &Item<Measure>, findings: &mut Findings) {
    let Measure { valid_from, valid_until, .. } = item.value;
    ends_before_it_begins(item, "valid_until", (valid_from, valid_until), findings);
}

pub(super) fn setting(item: &Item<Setting>, findings: &mut Findings) {
    let Setting { valid_from, valid_until, .. } = item.value;
    ends_before_it_begins(item, "valid_until", (valid_from, valid_until), findings);
}

/// Checks the days of a year's calendar.
pub(super) fn year(item: &Item<CalendarYear>, findings: &mut Findings) {
    let CalendarYear { year, holidays, workdays } = &item.value;
    let off: BTreeSet<&Date> = holidays.iter().collect();
    for (key, days) in [("holidays", holidays), ("workdays", workdays)] {
        for (index, day) in days.iter().enumerate() {
            let (zh, en) = if day.year != *year {
                (format!("{day}不在{year}年"), format!("{day} is not in {year}"))
            } else if key == "workdays" && off.contains(day) {
                (format!("{day}既放假又上班"), format!("{day} is both off and worked"))
            } else if key == "workdays" && !day.is_weekend() {
                (format!("{day}本来就上班"), format!("{day} is worked anyway"))
            } else {
                continue;
            };
            findings.add(&rules::CALENDAR_DAY, item.element(key, index), zh, en);
        }
    }
}
