//! Calendar days and instants in China Standard Time (UTC+08:00, no daylight saving).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day in China Standard Time. The fields are declared from year to day, so that the
/// derived order is the order of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Gregorian year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

/// Last year that a date can have.
const LAST_YEAR: u16 = 9999;
/// Days of the proleptic Gregorian calendar from 0000-03-01 to 1970-01-01.
const EPOCH: i32 = 719_468;

impl Date {
    /// A day that does not exist.
    pub const NONE: Self = Self { year: 0, month: 0, day: 0 };

    /// The first day that a date can be.
    pub const FIRST: Self = Self { year: 0, month: 1, day: 1 };

    /// The day, if it exists in the calendar.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let date = Self { year, month, day };
        date.exists().then_some(date)
    }

    /// Whether the day exists; one that came through the boundary may not.
    pub const fn exists(self) -> bool {
        self.year <= LAST_YEAR
            && self.month >= 1
            && self.month <= 12
            && self.day >= 1
            && self.day <= days_of(self.year, self.month)
    }

    /// The last day of a term of `years` years and `months` months that begins today: the day
    /// that corresponds to today in the month in which the term ends, or the month's last day
    /// where it has no such day. A year from 29 February 2024 ends on 28 February 2025.
    ///
    /// 民法典 201: 「开始的当日不计入，自下一日开始计算。」 202: 「按照年、月计算期间的，到期月的对应日为期间的
    /// 最后一日；没有对应日的，月末日为期间的最后一日。」 重大税收违法失信主体信息公布管理办法 25 says the same
    /// of the terms of its own list. Reads as: the day of the beginning is not counted, and the
    /// corresponding day is still within the term.
    ///
    /// INTERPRETATION: no text says how administrative terms are counted in general; they are
    /// counted as the two say, which agree. 203 (「期间的最后一日是法定休假日的」) moves the end of a
    /// period within which somebody has to act; a bar runs out by itself and is not moved, which
    /// would lengthen it.
    pub fn last_day_of_term(self, years: u16, months: u16) -> Option<Self> {
        if !self.exists() {
            return None;
        }
        let months = u32::from(self.month) - 1 + u32::from(months);
        let year = u32::from(self.year) + u32::from(years) + months / 12;
        let month = u8::try_from(months % 12 + 1).ok()?;
        Self::clamped(u16::try_from(year).ok()?, month, self.day)
    }

    /// The same day `years` years earlier (29 February becomes the 28th).
    pub fn years_before(self, years: u16) -> Option<Self> {
        self.before(years, 0)
    }

    /// The day that corresponds to today in the month `years` years and `months` months earlier,
    /// or that month's last day where it has no such day. A term of that length which ends today
    /// or later has begun on it or later.
    pub fn before(self, years: u16, months: u16) -> Option<Self> {
        if !self.exists() {
            return None;
        }
        let month = u32::from(self.year) * 12 + u32::from(self.month) - 1;
        let month = month.checked_sub(u32::from(years) * 12 + u32::from(months))?;
        let year = u16::try_from(month / 12).ok()?;
        Self::clamped(year, u8::try_from(month % 12 + 1).ok()?, self.day)
    }

    /// The next day; `None` at the end of the calendar.
    pub fn tomorrow(self) -> Option<Self> {
        Self::from_days(self.days()? + 1)
    }

    /// The day before; `None` at the beginning of the calendar.
    pub fn yesterday(self) -> Option<Self> {
        Self::from_days(self.days()? - 1)
    }

    /// Whole days from `earlier` to this day; negative if `earlier` is later. `None` if either does
    /// not exist.
    pub fn days_since(self, earlier: Self) -> Option<i32> {
        Some(self.days()? - earlier.days()?)
    }

    /// Whether the day is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday, so that the weekend's days leave 2 and 3.
        self.days().is_some_and(|days| matches!(days.rem_euclid(7), 2 | 3))
    }

    /// The day, or the last one of its month where the month is shorter.
    fn clamped(year: u16, month: u8, day: u8) -> Option<Self> {
        Self::new(year, month, day.min(days_of(year, month)))
    }

    /// Days since 1970-01-01, as they cross the boundary; `i32::MIN`, which no calendar has, for a
    /// day that does not exist.
    pub fn epoch_days(self) -> i32 {
        self.days().unwrap_or(i32::MIN)
    }

    /// The day that lies `days` days after 1970-01-01, if the calendar has it.
    pub fn from_epoch_days(days: i32) -> Option<Self> {
        Self::from_days(days)
    }

    /// Days since 1970-01-01.
    ///
    /// Years are counted from March, so that the leap day comes last, and in eras of 400 years,
    /// which are of one length. A test compares every day with a library of calendars; that
    /// library is not linked into the component, which would be half as large again.
    fn days(self) -> Option<i32> {
        if !self.exists() {
            return None;
        }
        let (month, day) = (i32::from(self.month), i32::from(self.day));
        let year = i32::from(self.year) - i32::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH)
    }

    /// The inverse of [`Date::days`].
    fn from_days(days: i32) -> Option<Self> {
        let days = days.checked_add(EPOCH)?;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march + 2) / 5 + 1;
        let month = if march < 10 { march + 3 } else { march - 9 };
        let year = year + era * 400 + i32::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }
}

/// Number of days of a month; 0 for a month that does not exist.
const fn days_of(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(feature = "schemas")]
impl schemars::JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

/// Error: a text is no date or instant. Its message is the end of an error that names the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDate {
    found: String,
    expected: &'static str,
}

impl fmt::Display for InvalidDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}", self.found, self.expected)
    }
}

impl std::error::Error for InvalidDate {}

impl FromStr for Date {
    type Err = InvalidDate;

    /// Parses `YYYY-MM-DD` and nothing looser: a day read wrongly is a decision made wrongly.
    fn from_str(s: &str) -> Result<Self, InvalidDate> {
        let invalid = || InvalidDate {
            found: shortened(s),
            expected: "a date of the form YYYY-MM-DD that exists",
        };
        let bytes = s.as_bytes();
        let digits = |range: std::ops::Range<usize>| -> Option<u16> {
            let part = s.get(range)?;
            if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None }
        };
        if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return Err(invalid());
        }
        let parts = (digits(0..4), digits(5..7), digits(8..10));
        let (Some(year), Some(month), Some(day)) = parts else { return Err(invalid()) };
        let (Ok(month), Ok(day)) = (u8::try_from(month), u8::try_from(day)) else {
            return Err(invalid());
        };
        Self::new(year, month, day).ok_or_else(invalid)
    }
}

/// The first characters of a text, enough to recognise it in a message.
fn shortened(s: &str) -> String {
    s.chars().take(40).collect()
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Seconds by which China Standard Time is ahead of UTC.
const CHINA: i64 = 8 * 3_600;

/// An instant to the second, written in China Standard Time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// The day.
    pub date: Date,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
}

impl Timestamp {
    /// The instant in China Standard Time. `None` outside the calendar's range.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        let local = seconds.checked_add(CHINA)?;
        let of_day = u32::try_from(local.rem_euclid(86_400)).ok()?;
        Some(Self {
            date: Date::from_days(i32::try_from(local.div_euclid(86_400)).ok()?)?,
            hour: u8::try_from(of_day / 3_600).ok()?,
            minute: u8::try_from(of_day / 60 % 60).ok()?,
            second: u8::try_from(of_day % 60).ok()?,
        })
    }

    /// Seconds since 1970-01-01T00:00:00Z; `None` if the day does not exist.
    pub fn unix_seconds(self) -> Option<i64> {
        let of_day = i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60;
        let local = i64::from(self.date.days()?) * 86_400 + of_day + i64::from(self.second);
        Some(local - CHINA)
    }

    /// Whether every field is in range; an instant that came through the boundary may not be.
    pub fn exists(self) -> bool {
        self.date.exists() && self.hour < 24 && self.minute < 60 && self.second < 60
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, hour, minute, second } = self;
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}+08:00")
    }
}

impl FromStr for Timestamp {
    type Err = InvalidDate;

    /// Parses RFC 3339 with any offset, to the second; a text without an offset is no instant.
    fn from_str(s: &str) -> Result<Self, InvalidDate> {
        rfc3339(s).ok_or_else(|| InvalidDate {
            found: shortened(s),
            expected: "an instant with its offset, such as 2026-11-22T20:00:00+08:00",
        })
    }
}

/// Parses `YYYY-MM-DDTHH:MM:SS`, an optional fraction, which is cut off, and `Z` or an offset
/// `±HH:MM`.
fn rfc3339(s: &str) -> Option<Timestamp> {
    let date: Date = s.get(..10)?.parse().ok()?;
    if !matches!(s.as_bytes().get(10), Some(b'T' | b't')) {
        return None;
    }
    let (hour, minute) = clock(s.get(11..16)?)?;
    let (b':', second) = (*s.as_bytes().get(16)?, two_digits(s.get(17..19)?)?) else {
        return None;
    };
    let written = Timestamp { date, hour, minute, second };
    if !written.exists() {
        return None;
    }
    let mut offset = s.get(19..)?;
    if let Some(fraction) = offset.strip_prefix('.') {
        offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if offset.len() == fraction.len() {
            return None;
        }
    }
    let ahead = match offset.as_bytes().first()? {
        b'Z' | b'z' if offset.len() == 1 => 0,
        sign @ (b'+' | b'-') => {
            let (hours, minutes) = clock(offset.get(1..)?)?;
            let ahead = i64::from(hours) * 3_600 + i64::from(minutes) * 60;
            if *sign == b'-' { -ahead } else { ahead }
        }
        _ => return None,
    };
    // The text is local to its own offset; as read, it was taken for China's.
    Timestamp::from_unix_seconds(written.unix_seconds()? + CHINA - ahead)
}

/// Parses `HH:MM`, hours 0 to 23 and minutes 0 to 59.
fn clock(s: &str) -> Option<(u8, u8)> {
    let (hours, minutes) = s.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours < 24 && minutes < 60).then_some((hours, minutes))
}

fn two_digits(s: &str) -> Option<u8> {
    (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse().ok())?
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schemas")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}
