//! Days and instants, as offices write them.

use mustcheck_model::date::{Date, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::shown;

/// Last day number that differs from the calendar: spreadsheets count a 29 February 1900.
const PHANTOM: i64 = 60;
/// Number of 1970-01-01 in spreadsheets that count from 1900.
const EPOCH: i64 = 25_569;
/// Number of days between the two days from which spreadsheets count.
const BETWEEN: i64 = 1_462;
const DAY: i64 = 86_400;

/// Shape in which a field writes a day or an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateShape {
    /// `2025-03-01`, `2025/3/1`, `2025.3.1`, `20250301`, `2025年3月1日` or `1 March 2025`, also with
    /// a time. A time without an offset is China Standard Time.
    #[default]
    Written,
    /// Seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    EpochMilliseconds,
    /// The day's number in a spreadsheet that counts from 1900, such as 45717.
    ExcelSerial,
    /// Either: a number of up to five digits is a day's number in a spreadsheet that counts from
    /// 1900, and anything else is written.
    WrittenOrSerial,
}

/// Order of day and month in a day whose year comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DayOrder {
    /// `23.2.2024`
    DayMonthYear,
    /// `2/23/2024`
    MonthDayYear,
}

/// The day from which a spreadsheet counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    /// 1900
    #[default]
    Of1900,
    /// 1904
    Of1904,
}

/// Everything that is known about the form of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayForm {
    /// Its shape.
    pub shape: DateShape,
    /// Its order, where the year comes last.
    pub order: Option<DayOrder>,
    /// Day from which a spreadsheet counts.
    pub epoch: Epoch,
}

impl From<DateShape> for DayForm {
    fn from(shape: DateShape) -> Self {
        Self { shape, ..Self::default() }
    }
}

/// Reads a day.
///
/// # Errors
///
/// A text that quotes the value and says what it is not.
pub fn day(text: &str, form: impl Into<DayForm>) -> Result<Date, String> {
    instant(text, form).map(|at| at.date)
}

/// Reads an instant; a day alone is its first second in China.
///
/// # Errors
///
/// A text that quotes the value and says what it is not.
pub fn instant(text: &str, form: impl Into<DayForm>) -> Result<Timestamp, String> {
    let form = form.into();
    let plain: String = text.nfkc().collect();
    let plain = plain.trim();
    let read = match form.shape {
        DateShape::Written => written(plain, form.order),
        DateShape::EpochSeconds => plain.parse().ok().and_then(Timestamp::from_unix_seconds),
        DateShape::EpochMilliseconds => {
            let seconds = plain.parse::<i64>().ok().map(|ms| ms.div_euclid(1000));
            seconds.and_then(Timestamp::from_unix_seconds)
        }
        DateShape::ExcelSerial => serial(plain, form.epoch),
        DateShape::WrittenOrSerial if is_serial(plain) => serial(plain, form.epoch),
        DateShape::WrittenOrSerial => written(plain, form.order),
    };
    let is_written = matches!(form.shape, DateShape::Written | DateShape::WrittenOrSerial);
    if read.is_none() && is_written && form.order.is_none() && year_last(plain).is_some() {
        let what = "does not say which number is the day and which the month: the mapping must \
                    declare its `order`";
        return Err(format!("`{}` {what}", shown(text)));
    }
    let what = match form.shape {
        DateShape::Written | DateShape::WrittenOrSerial => {
            "no day that exists, such as 2025-03-01, 2025/3/1, 20250301 or \
                               2025年3月1日"
        }
        DateShape::EpochSeconds => "no number of seconds since 1970",
        DateShape::EpochMilliseconds => "no number of milliseconds since 1970",
        DateShape::ExcelSerial => "no number of a day after 1900-02-29 in a spreadsheet",
    };
    read.ok_or_else(|| format!("`{}` is {what}", shown(text)))
}

/// Reads the one instant in a text with words around it, such as 截至2026年11月19日.
///
/// # Errors
///
/// A text, if there is no instant or more than one.
pub fn day_within(text: &str) -> Result<Timestamp, String> {
    let plain: String = text.nfkc().collect();
    let is_digit = |c: char| c.is_ascii_digit();
    let found = plain.find(is_digit).and_then(|start| {
        let rest = plain.get(start..)?;
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).collect::<Vec<_>>();
        let longest = |end: &usize| {
            let (head, tail) = rest.split_at_checked(*end)?;
            written(head, None).filter(|_| !tail.contains(is_digit))
        };
        ends.iter().rev().find_map(longest)
    });
    found.ok_or_else(|| format!("in `{}` there is not exactly one day", shown(text)))
}

/// Whether a text is a number that a spreadsheet may use for a day.
pub(super) fn is_serial(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    whole.len() <= 5 && digits(whole) && digits(fraction)
}

fn serial(text: &str, epoch: Epoch) -> Option<Timestamp> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => text,
    };
    let number: i64 = whole.parse().ok()?;
    let days = match epoch {
        Epoch::Of1900 => Some(number).filter(|days| *days > PHANTOM)?,
        Epoch::Of1904 => Some(number).filter(|days| *days >= 0)?.checked_add(BETWEEN)?,
    };
    let midnight = days.checked_sub(EPOCH)?.checked_mul(DAY)?;
    // The number is local to China, whose day begins eight hours before UTC's.
    Timestamp::from_unix_seconds(midnight.checked_sub(8 * 3_600)?)
}

fn written(text: &str, order: Option<DayOrder>) -> Option<Timestamp> {
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(exact);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        let number = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
        let date = of(number(0, 4)?, number(4, 6)?, number(6, 8)?)?;
        return match text.len() {
            8 => Some(at(date, 0, 0, 0)),
            14 => time(&format!("{}:{}:{}", text.get(8..10)?, text.get(10..12)?, text.get(12..)?))
                .map(|(hour, minute, second)| at(date, hour, minute, second)),
            _ => None,
        };
    }
    if let Some(date) = english(text) {
        return Some(at(date, 0, 0, 0));
    }
    let end = text.find([' ', 'T', 't', '日', '号']).unwrap_or(text.len());
    let (head, rest) = text.split_at_checked(end)?;
    let date = parts(head, rest.starts_with(['日', '号']), order)?;
    let rest = rest.trim_start_matches(['日', '号', 'T', 't', ' ']).trim();
    if rest.is_empty() {
        return Some(at(date, 0, 0, 0));
    }
    // A text with an offset at its end is otherwise in our shape: it is read as the standard has
    // it.
    if let Ok(exact) = format!("{date}T{}", rest.replace(' ', "")).parse::<Timestamp>() {
        return Some(exact);
    }
    let (hour, minute, second) = time(rest)?;
    Some(at(date, hour, minute, second))
}

/// Reads `2025-3-1` with one separator throughout, or `2025年3月1日`, whose last character is read.
fn parts(head: &str, chinese: bool, order: Option<DayOrder>) -> Option<Date> {
    if chinese || head.contains('年') {
        let (year, rest) = head.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        return if chinese { of(digits(year)?, digits(month)?, digits(day)?) } else { None };
    }
    if let (Some(order), Some((first, second, year))) = (order, year_last(head)) {
        return match order {
            DayOrder::DayMonthYear => of(year, second, first),
            DayOrder::MonthDayYear => of(year, first, second),
        };
    }
    let (year, month, day) = fields(head)?;
    of(digits(year)?, digits(month)?, digits(day)?)
}

/// Splits a day that is written with one separator throughout into its three fields.
fn fields(head: &str) -> Option<(&str, &str, &str)> {
    let separator = head.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let mut fields = head.split(separator);
    let three = (fields.next()?, fields.next()?, fields.next()?);
    fields.next().is_none().then_some(three)
}

/// Reads the numbers of a day whose year of four digits comes last. The text does not say which of
/// the others is the month.
fn year_last(text: &str) -> Option<(u16, u16, u16)> {
    let head = text.split(' ').next()?;
    let (first, second, year) = fields(head)?;
    let short = |text: &str| matches!(text.len(), 1 | 2);
    let is_one = short(first) && short(second) && year.len() == 4;
    is_one.then_some((digits(first)?, digits(second)?, digits(year)?))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads `1 March 2025`, `Mar 1, 2025`, `1-Mar-2025`: the month is a word and the year has four
/// digits, so that nothing is left to guess.
fn english(text: &str) -> Option<Date> {
    let separators = |c: char| c == ' ' || matches!(c, ',' | '.' | '-' | '/');
    let mut words = text.split(separators).filter(|word| !word.is_empty());
    let three = [words.next()?, words.next()?, words.next()?];
    if words.next().is_some() {
        return None;
    }
    let [a, b, c] = three;
    let (day, name, year) = match (month(a), month(b)) {
        (Some(name), None) => (b, name, c),
        (None, Some(name)) if a.len() == 4 => (c, name, a),
        (None, Some(name)) => (a, name, c),
        _ => return None,
    };
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| day.strip_suffix(end));
    let day = ordinal.unwrap_or(day);
    of(digits(year).filter(|_| year.len() == 4)?, name, digits(day).filter(|_| day.len() <= 2)?)
}

/// Returns the month that a word names: in full, or by its first letters, at least three.
fn month(word: &str) -> Option<u16> {
    let word = word.to_ascii_lowercase();
    let is_named =
        |name: &&str| name.starts_with(&word) || (word == "sept" && **name == *"september");
    let found = (1..).zip(MONTHS).find(|(_, name)| is_named(name));
    found.filter(|_| word.len() >= 3).map(|(number, _)| number)
}

fn digits(text: &str) -> Option<u16> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// Makes a day whose year has four digits: a year with two would be guessed.
fn of(year: u16, month: u16, day: u16) -> Option<Date> {
    if year < 1000 {
        return None;
    }
    Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// Reads `H:MM` or `HH:MM:SS`, perhaps with a fraction of a second, which is cut off.
fn time(text: &str) -> Option<(u8, u8, u8)> {
    let clock = match text.split_once('.') {
        Some((clock, fraction))
            if !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()) =>
        {
            clock
        }
        Some(_) => return None,
        None => text,
    };
    let mut fields = clock.split(':').map(digits);
    let (hour, minute) = (fields.next()??, fields.next()??);
    let second = fields.next().unwrap_or(Some(0))?;
    if fields.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, u8::try_from(second).ok()?))
}

const fn at(date: Date, hour: u8, minute: u8, second: u8) -> Timestamp {
    Timestamp { date, hour, minute, second }
}

#[cfg(test)]
mod tests;
