//! Days, terms and working days.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use mustcheck_model::CalendarYear;
use mustcheck_model::date::{Date, Timestamp};
use mustcheck_model::working_days::{Unpublished, WorkingDays};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|e| panic!("{e}"))
}

fn stands(date: Option<Date>) -> String {
    date.map_or_else(|| "none".into(), |d| d.to_string())
}

#[test]
fn a_day_is_read_in_one_form_only() {
    for text in ["2026-11-23", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
        assert_eq!(day(text).to_string(), text);
    }
    for text in [
        "",
        "2026",
        "2026-11",
        "2026-1-1",
        "26-11-23",
        "2026/11/23",
        "20261123",
        "2026-11-23 ",
        " 2026-11-23",
        "2026-11-23T00:00:00",
        "2026-11-2x",
        "+026-11-23",
        "2026-+1-23",
        "2026-11--1",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "2026-04-31",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-01-32",
        "２０２６-11-23",
        "2026年11月23",
        "今天",
    ] {
        let message = text.parse::<Date>().expect_err(text).to_string();
        assert_eq!(message, format!("`{text}` is not a date of the form YYYY-MM-DD that exists"));
    }
    // A long text is cut, so that no message carries a document.
    let message = "x".repeat(1000).parse::<Date>().unwrap_err().to_string();
    assert_eq!(message.matches('x').count(), 40 + "exists".matches('x').count());
}

#[test]
fn an_instant_needs_its_offset_and_is_shown_in_china_standard_time() {
    for (given, shown) in [
        ("2026-11-22T20:00:00+08:00", "2026-11-22T20:00:00+08:00"),
        ("2026-11-22T12:00:00Z", "2026-11-22T20:00:00+08:00"),
        ("2026-11-22T16:00:00Z", "2026-11-23T00:00:00+08:00"),
        ("2026-11-22T15:59:59Z", "2026-11-22T23:59:59+08:00"),
        ("2026-12-31T23:30:00-05:00", "2027-01-01T12:30:00+08:00"),
    ] {
        let instant: Timestamp = given.parse().expect(given);
        assert_eq!(instant.to_string(), shown);
    }
    for text in ["", "2026-11-22", "2026-11-22T20:00:00", "2026-02-30T20:00:00+08:00", "now"] {
        let message = text.parse::<Timestamp>().expect_err(text).to_string();
        let expected = "is not an instant with its offset, such as 2026-11-22T20:00:00+08:00";
        assert_eq!(message, format!("`{text}` {expected}"));
    }
}

#[test]
fn a_term_ends_on_its_corresponding_day() {
    for (from, years, months, last) in [
        // A day that every month has.
        ("2025-03-01", 3, 0, "2028-03-01"),
        ("2024-03-01", 3, 0, "2027-03-01"),
        ("2025-03-02", 3, 0, "2028-03-02"),
        ("2025-01-01", 1, 0, "2026-01-01"),
        ("2024-12-31", 1, 0, "2025-12-31"),
        // Leap days: where the month has no such day, its last day counts.
        ("2024-02-29", 1, 0, "2025-02-28"),
        ("2024-02-29", 4, 0, "2028-02-29"),
        ("2023-02-28", 1, 0, "2024-02-28"),
        // Month ends.
        ("2025-01-31", 0, 1, "2025-02-28"),
        ("2024-01-31", 0, 1, "2024-02-29"),
        ("2025-05-31", 0, 6, "2025-11-30"),
        ("2025-08-01", 0, 6, "2026-02-01"),
        ("2025-03-15", 1, 6, "2026-09-15"),
        ("2025-03-15", 0, 0, "2025-03-15"),
    ] {
        assert_eq!(
            stands(day(from).last_day_of_term(years, months)),
            last,
            "{from} +{years}+{months}"
        );
    }
    assert_eq!(day("9999-06-01").last_day_of_term(1, 0), None);
}

#[test]
fn years_before_a_day() {
    for (from, years, before) in [
        ("2026-11-23", 3, "2023-11-23"),
        ("2024-02-29", 3, "2021-02-28"),
        ("2024-02-29", 4, "2020-02-29"),
        ("2025-02-28", 1, "2024-02-28"),
        ("2026-01-01", 0, "2026-01-01"),
    ] {
        assert_eq!(stands(day(from).years_before(years)), before, "{from} -{years}");
    }
}

#[test]
fn a_day_that_does_not_exist_leads_nowhere() {
    let none = Date { year: 2025, month: 2, day: 29 };
    assert!(!none.exists());
    assert_eq!(Date::new(2025, 2, 29), None);
    assert_eq!(
        (none.last_day_of_term(1, 0), none.years_before(1), none.tomorrow(), none.yesterday()),
        (None, None, None, None)
    );
    assert_eq!(day("2026-11-23").days_since(none), None);
    assert!(!none.is_weekend());
}

/// Days in a month by the Gregorian rule, written out once more.
fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => 31,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2_000)
    })]

    #[test]
    fn a_day_exists_exactly_if_the_calendar_has_it(
        year in 1..=9999_u16, month in 0..=14_u8, number in 0..=33_u8,
    ) {
        let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&number);
        prop_assert_eq!(Date::new(year, month, number).is_some(), exists);
        let text = format!("{year:04}-{month:02}-{number:02}");
        prop_assert_eq!(text.parse::<Date>().is_ok(), exists);
    }

    #[test]
    fn a_term_ends_on_its_anniversary(
        year in 1900..=2100_u16, month in 1..=12_u8, number in 1..=31_u8, years in 0..=10_u16,
    ) {
        prop_assume!(number <= days_in_month(year, month));
        let from = Date { year, month, day: number };
        let last = from.last_day_of_term(years, 0).unwrap();
        let there = days_in_month(year + years, month);
        let anniversary = Date { year: year + years, month, day: number.min(there) };
        prop_assert_eq!(last, anniversary);
        prop_assert_eq!(last.tomorrow().unwrap().days_since(anniversary), Some(1));
        prop_assert!(last >= from);
    }

    #[test]
    fn a_text_is_a_day_only_if_it_is_shown_like_that(text in "[0-9+-]{8,12}|\\PC{0,12}") {
        if let Ok(date) = text.parse::<Date>() {
            prop_assert_eq!(date.to_string(), text);
        }
    }
}

// ---- working days -------------------------------------------------------------------------

#[derive(serde::Deserialize)]
struct CalendarFile {
    calendar: Vec<CalendarYear>,
}

/// The catalogue's calendar, as its files have it.
fn calendar() -> Vec<CalendarYear> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue/calendar");
    let mut years = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let file: CalendarFile = toml::from_str(&text).unwrap();
        years.extend(file.calendar);
    }
    years.sort_by_key(|y| y.year);
    years
}

#[test]
fn every_day_is_worked_or_not_as_a_calendar_kept_by_others_says() {
    let years = calendar();
    let numbers: Vec<u16> = years.iter().map(|y| y.year).collect();
    assert_eq!(numbers, (2017..=2026).collect::<Vec<_>>(), "each year once");
    let working = WorkingDays::new(&years);
    // The other calendar ends here: the notice for 2027 was not out.
    let end = day("2026-12-25");
    let mut date = day("2017-01-01");
    let mut compared = 0;
    while date <= end {
        let other = chinese_holiday::Ymd::new(date.year, date.month, date.day);
        let other = chinese_holiday::chinese_holiday(other).is_workday();
        assert_eq!(working.is_working_day(date), Ok(other), "{date}");
        date = date.tomorrow().unwrap();
        compared += 1;
    }
    assert_eq!(compared, 3646);
}

#[test]
fn what_the_calendar_lists_is_of_its_year_and_changes_something() {
    for year in calendar() {
        let all: BTreeSet<Date> = year.holidays.iter().chain(&year.workdays).copied().collect();
        assert_eq!(all.len(), year.holidays.len() + year.workdays.len(), "{}", year.year);
        assert!(all.iter().all(|d| d.year == year.year), "{}", year.year);
        assert!(year.workdays.iter().all(|d| d.is_weekend()), "{}", year.year);
        assert!(!year.holidays.iter().any(|d| d.is_weekend()), "{}", year.year);
    }
}

#[test]
fn the_make_up_days_of_2026() {
    let years = calendar();
    let working = WorkingDays::new(&years);
    let mut date = day("2026-01-01");
    let mut made_up = Vec::new();
    while date.year == 2026 {
        if date.is_weekend() && working.is_working_day(date) == Ok(true) {
            made_up.push(date.to_string());
        }
        date = date.tomorrow().unwrap();
    }
    let published =
        ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"];
    assert_eq!(made_up, published);
}

#[test]
fn a_deadline_counts_working_days_after_the_day() {
    let years = calendar();
    let working = WorkingDays::new(&years);
    for (from, days, until) in [
        ("2026-11-23", 7, "2026-12-02"),
        ("2026-11-23", 0, "2026-11-23"),
        // Over the National Day holiday and its make-up Saturday.
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"),
        // Over the Spring Festival, from a make-up Saturday.
        ("2026-02-14", 1, "2026-02-24"),
        // Over the end of a published year.
        ("2025-12-31", 1, "2026-01-04"),
    ] {
        let from = day(from);
        assert_eq!(working.after(from, days), Ok(day(until)), "{from} + {days}");
        assert_eq!(working.between(from, day(until)), Ok(u32::from(days)), "{from} – {until}");
    }
}

#[test]
fn a_year_that_is_not_published_has_no_answer() {
    let years = calendar();
    let working = WorkingDays::new(&years);
    let none = |year| Err(Unpublished { year });
    assert_eq!(working.is_working_day(day("2027-01-01")), none(2027));
    assert_eq!(working.is_working_day(day("2016-12-31")), none(2016));
    // The last working day of 2026 is known, the one after it is not guessed.
    assert_eq!(working.after(day("2026-12-30"), 1), Ok(day("2026-12-31")));
    assert_eq!(working.after(day("2026-12-31"), 1), Err(Unpublished { year: 2027 }));
    assert_eq!(working.after(day("2026-12-25"), 7), Err(Unpublished { year: 2027 }));
    assert_eq!(
        working.between(day("2026-12-25"), day("2027-01-05")),
        Err(Unpublished { year: 2027 })
    );
    assert_eq!(WorkingDays::new(&[]).after(day("2026-11-23"), 1), Err(Unpublished { year: 2026 }));
}

fn civil(date: Date) -> jiff::civil::Date {
    let part = |n: u8| i8::try_from(n).unwrap();
    jiff::civil::date(i16::try_from(date.year).unwrap(), part(date.month), part(date.day))
}

#[test]
fn every_day_is_the_day_that_a_library_of_calendars_says() {
    let mut date = Date::new(0, 1, 1).unwrap();
    let mut theirs = civil(date);
    let epoch = Date::new(1970, 1, 1).unwrap();
    let days = |d: jiff::civil::Date| {
        d.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).unwrap().get_days()
    };
    loop {
        assert_eq!(civil(date), theirs);
        assert_eq!(date.days_since(epoch).unwrap(), days(theirs));
        assert_eq!(date.is_weekend(), {
            use jiff::civil::Weekday::{Saturday, Sunday};
            matches!(theirs.weekday(), Saturday | Sunday)
        });
        let Some(next) = date.tomorrow() else { break };
        assert_eq!(next.yesterday(), Some(date));
        (date, theirs) = (next, theirs.tomorrow().unwrap());
    }
    assert_eq!(date.to_string(), "9999-12-31");
    assert_eq!(Date::new(0, 1, 1).unwrap().yesterday(), None);
}

#[test]
fn an_instant_is_read_as_rfc_3339_writes_it_and_no_looser() {
    for text in [
        "2026-11-22 20:00:00+08:00",
        "2026-11-22T20:00+08:00",
        "2026-11-22T20:00:00+0800",
        "2026-11-22T20:00:00+08",
        "2026-11-22T20:00:00.+08:00",
        "2026-11-22T20:00:00,5+08:00",
        "2026-11-22T24:00:00+08:00",
        "2026-11-22T20:60:00+08:00",
        "2026-11-22T20:00:60+08:00",
        "2026-11-22T20:00:00+24:00",
        "2026-11-22T20:00:00+08:60",
        "2026-11-22T20:00:00+08:00[Asia/Shanghai]",
        "2026-11-22T20:00:00ZZ",
        "20261122T200000Z",
        "2026-W47-7T20:00:00Z",
        "2026-11-22T20:00:00+０8:00",
        "２026-11-22T20:00:00Z",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
    for (given, shown) in [
        ("2026-11-22t12:00:00z", "2026-11-22T20:00:00+08:00"),
        ("2026-11-22T12:00:00.999999999Z", "2026-11-22T20:00:00+08:00"),
        ("2026-11-22T20:00:00-00:00", "2026-11-23T04:00:00+08:00"),
    ] {
        assert_eq!(given.parse::<Timestamp>().unwrap().to_string(), shown);
    }
}

fn any_day() -> impl Strategy<Value = Date> {
    (0_u16..=9999, 1_u8..=12, 1_u8..=31).prop_filter_map("exists", |(y, m, d)| Date::new(y, m, d))
}

proptest! {
    #[test]
    fn terms_and_years_are_what_a_library_of_calendars_says(
        date in any_day(), years in 0_u16..=30, months in 0_u16..=40,
    ) {
        let span = jiff::Span::new().years(years).months(months);
        let end = civil(date).checked_add(span).ok();
        prop_assert_eq!(date.last_day_of_term(years, months).map(civil), end);
        let earlier = civil(date).checked_sub(jiff::Span::new().years(years)).ok();
        let earlier = earlier.filter(|d| d.year() >= 0);
        prop_assert_eq!(date.years_before(years).map(civil), earlier);
    }

    #[test]
    fn instants_are_what_a_library_of_calendars_says(
        seconds in -62_000_000_000_i64..=253_000_000_000, offset in -86_399_i32 / 60..=86_399 / 60,
    ) {
        let ours = Timestamp::from_unix_seconds(seconds).unwrap();
        prop_assert_eq!(ours.unix_seconds(), Some(seconds));
        let theirs = jiff::Timestamp::from_second(seconds).unwrap();
        let local = jiff::tz::Offset::constant(8).to_datetime(theirs);
        prop_assert_eq!(ours.to_string(), format!("{local}+08:00"));
        let elsewhere = jiff::tz::Offset::from_seconds(offset * 60).unwrap();
        let written = elsewhere.to_datetime(theirs);
        let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
        let text = format!("{written}{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        prop_assume!(written.year() >= 0);
        prop_assert_eq!(text.parse::<Timestamp>().unwrap(), ours);
    }
}
