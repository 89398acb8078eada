//! Calendar days and instants in China Standard Time (UTC+08:00, no daylight saving).

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day in China Standard Time. The fields stand in order of weight, so
/// comparing two dates compares two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "host",
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
pub struct Date {
    /// Gregorian year.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// The day, if it exists in the calendar.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let date = Self { year, month, day };
        date.civil().map(|_| date)
    }

    /// Whether the day exists; a day that came through the boundary may not.
    pub fn exists(self) -> bool {
        self.civil().is_some()
    }

    /// The day `years` years and `months` months on, less one: the last day of a term that
    /// begins today. Where the month has no such day its last day is taken before that one day is
    /// struck off: a year from 29 February 2024 ends on 27 February 2025.
    pub fn last_day_of_term(self, years: u16, months: u16) -> Option<Self> {
        let span = jiff::Span::new().years(i64::from(years)).months(i64::from(months));
        let end = self.civil()?.checked_add(span).ok()?;
        Self::from_civil(end.yesterday().ok()?)
    }

    /// The same day `years` years earlier (29 February becomes the 28th).
    pub fn years_before(self, years: u16) -> Option<Self> {
        let span = jiff::Span::new().years(i64::from(years));
        Self::from_civil(self.civil()?.checked_sub(span).ok()?)
    }

    /// The next day.
    pub fn tomorrow(self) -> Option<Self> {
        Self::from_civil(self.civil()?.tomorrow().ok()?)
    }

    /// The day before.
    pub fn yesterday(self) -> Option<Self> {
        Self::from_civil(self.civil()?.yesterday().ok()?)
    }

    /// Whole days from `earlier` to this day; negative if `earlier` is later.
    pub fn days_since(self, earlier: Self) -> Option<i32> {
        self.civil()?.since((jiff::Unit::Day, earlier.civil()?)).ok().map(|s| s.get_days())
    }

    /// Whether the day is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        self.civil().is_some_and(|d| {
            matches!(d.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday)
        })
    }

    fn civil(self) -> Option<civil::Date> {
        let month = i8::try_from(self.month).ok()?;
        civil::Date::new(i16::try_from(self.year).ok()?, month, i8::try_from(self.day).ok()?).ok()
    }

    fn from_civil(date: civil::Date) -> Option<Self> {
        Some(Self {
            year: u16::try_from(date.year()).ok()?,
            month: date.month().unsigned_abs(),
            day: date.day().unsigned_abs(),
        })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(feature = "host")]
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

/// A text that is no date or instant. Its message ends an error that names the place.
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

    /// Reads `YYYY-MM-DD`, and nothing looser: a day read wrongly is a decision made wrongly.
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

/// An instant to the second, written in China Standard Time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "host",
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
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
        let instant = jiff::Timestamp::from_second(seconds).ok()?;
        let local = jiff::tz::Offset::constant(8).to_datetime(instant);
        Some(Self {
            date: Date::from_civil(local.date())?,
            hour: local.hour().unsigned_abs(),
            minute: local.minute().unsigned_abs(),
            second: local.second().unsigned_abs(),
        })
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

    /// Reads RFC 3339 with any offset; a text without an offset names no instant.
    fn from_str(s: &str) -> Result<Self, InvalidDate> {
        let invalid = || InvalidDate {
            found: shortened(s),
            expected: "an instant with its offset, such as 2026-11-22T20:00:00+08:00",
        };
        let instant: jiff::Timestamp = s.parse().map_err(|_| invalid())?;
        Self::from_unix_seconds(instant.as_second()).ok_or_else(invalid)
    }
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

#[cfg(feature = "host")]
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
