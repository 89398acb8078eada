//! The shapes in which offices write days and amounts. Each is read exactly or not at all: a day
//! or an amount read wrongly is a decision made wrongly.

use mustcheck_guest::date::{Date, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::input::quotable;

/// The last day that spreadsheets number as calendars do not: they count a 29 February 1900.
const PHANTOM: i64 = 60;
/// The number that spreadsheets give to 1970-01-01.
const EPOCH: i64 = 25_569;
const DAY: i64 = 86_400;

/// How a field writes a day or an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateShape {
    /// `2025-03-01`, `2025/3/1`, `2025.3.1`, `20250301` or `2025年3月1日`, also with a time. A
    /// time without an offset is China Standard Time.
    #[default]
    Written,
    /// Seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    EpochMilliseconds,
    /// The day's number in a spreadsheet that counts from 1900, such as 45717.
    ExcelSerial,
}

/// Reads a day.
///
/// # Errors
///
/// What the text is not.
pub fn day(text: &str, shape: DateShape) -> Result<Date, String> {
    instant(text, shape).map(|at| at.date)
}

/// Reads an instant; a day alone is its first second in China.
///
/// # Errors
///
/// What the text is not.
pub fn instant(text: &str, shape: DateShape) -> Result<Timestamp, String> {
    let plain: String = text.nfkc().collect();
    let plain = plain.trim();
    let read = match shape {
        DateShape::Written => written(plain),
        DateShape::EpochSeconds => plain.parse().ok().and_then(Timestamp::from_unix_seconds),
        DateShape::EpochMilliseconds => {
            let seconds = plain.parse::<i64>().ok().map(|ms| ms.div_euclid(1000));
            seconds.and_then(Timestamp::from_unix_seconds)
        }
        DateShape::ExcelSerial => serial(plain),
    };
    let what = match shape {
        DateShape::Written => {
            "no day that exists, such as 2025-03-01, 2025/3/1, 20250301 or \
                               2025年3月1日"
        }
        DateShape::EpochSeconds => "no number of seconds since 1970",
        DateShape::EpochMilliseconds => "no number of milliseconds since 1970",
        DateShape::ExcelSerial => "no number of a day after 1900-02-29 in a spreadsheet",
    };
    read.ok_or_else(|| format!("`{}` is {what}", shown(text)))
}

/// A value as a message quotes it: short, and no identifier.
fn shown(text: &str) -> String {
    quotable(&text.chars().take(40).collect::<String>())
}

fn serial(text: &str) -> Option<Timestamp> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => text,
    };
    let days: i64 = whole.parse().ok().filter(|days| *days > PHANTOM)?;
    let midnight = days.checked_sub(EPOCH)?.checked_mul(DAY)?;
    // The number is local to China, whose day begins eight hours before UTC's.
    Timestamp::from_unix_seconds(midnight.checked_sub(8 * 3_600)?)
}

fn written(text: &str) -> Option<Timestamp> {
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
    let end = text.find([' ', 'T', 't', '日', '号']).unwrap_or(text.len());
    let (head, rest) = text.split_at_checked(end)?;
    let date = parts(head, rest.starts_with(['日', '号']))?;
    let rest = rest.trim_start_matches(['日', '号', 'T', 't', ' ']).trim();
    if rest.is_empty() {
        return Some(at(date, 0, 0, 0));
    }
    // An offset stands at the end of what is otherwise ours: read as the standard has it.
    if let Ok(exact) = format!("{date}T{}", rest.replace(' ', "")).parse::<Timestamp>() {
        return Some(exact);
    }
    let (hour, minute, second) = time(rest)?;
    Some(at(date, hour, minute, second))
}

/// `2025-3-1` with one separator throughout, or `2025年3月1` of which the last character is read.
fn parts(head: &str, chinese: bool) -> Option<Date> {
    if chinese || head.contains('年') {
        let (year, rest) = head.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        return if chinese { of(digits(year)?, digits(month)?, digits(day)?) } else { None };
    }
    let separator = head.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.') {
        return None;
    }
    let mut fields = head.split(separator);
    let (year, month, day) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() {
        return None;
    }
    of(digits(year)?, digits(month)?, digits(day)?)
}

fn digits(text: &str) -> Option<u16> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// The day, of a year with four digits: a year with two would be guessed.
fn of(year: u16, month: u16, day: u16) -> Option<Date> {
    if year < 1000 {
        return None;
    }
    Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

/// `H:MM`, `HH:MM:SS`, perhaps with a fraction of a second, which is cut off.
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

/// The unit of an amount that says none itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// 分
    Fen,
    /// 元
    #[default]
    Yuan,
    /// 万元
    TenThousandYuan,
    /// 亿元
    HundredMillionYuan,
}

impl Unit {
    /// By how many decimal places the unit is larger than a fen.
    const fn places(self) -> usize {
        match self {
            Self::Fen => 0,
            Self::Yuan => 2,
            Self::TenThousandYuan => 6,
            Self::HundredMillionYuan => 10,
        }
    }
}

/// Reads an amount in fen. A unit that the text itself names goes before `unit`.
///
/// # Errors
///
/// What the text is not.
pub fn fen(text: &str, unit: Unit) -> Result<u64, String> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.strip_prefix("人民币").unwrap_or(&plain);
    let plain = plain.strip_prefix('¥').unwrap_or(plain);
    let named = [
        ("亿元", Unit::HundredMillionYuan),
        ("万元", Unit::TenThousandYuan),
        ("亿", Unit::HundredMillionYuan),
        ("万", Unit::TenThousandYuan),
        ("元", Unit::Yuan),
        ("分", Unit::Fen),
    ];
    let found = named.iter().find_map(|(word, unit)| Some((plain.strip_suffix(word)?, *unit)));
    let (number, unit) = found.unwrap_or((plain, unit));
    exact(number, unit.places())
        .ok_or_else(|| format!("`{}` is no amount that is exact in fen", shown(text)))
}

/// A decimal number times a power of ten, where nothing is left over.
fn exact(number: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let grouped = whole.contains(',');
    let mut groups = whole.split(',').enumerate();
    let sound = |(i, group): (usize, &str)| {
        let length = if i == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        length && group.bytes().all(|b| b.is_ascii_digit())
    };
    if grouped && !groups.all(sound) {
        return None;
    }
    let whole: String = whole.chars().filter(|c| *c != ',').collect();
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(&whole) || !plain(fraction) {
        return None;
    }
    if number.ends_with('.') {
        return None;
    }
    let (kept, rest) = match fraction.split_at_checked(places) {
        Some(split) => split,
        None => (fraction, ""),
    };
    if rest.bytes().any(|b| b != b'0') {
        return None;
    }
    format!("{whole}{kept:0<places$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        instant(text, DateShape::Written).map_or_else(|e| e, |at| at.to_string())
    }

    #[test]
    fn days_are_read_in_every_shape() {
        for text in [
            "2025-03-01",
            "2025-3-1",
            "2025/3/1",
            "2025/03/01",
            "2025.3.1",
            "20250301",
            "2025年3月1日",
            "2025年03月01日",
            "2025年3月1号",
            "２０２５－０３－０１",
            " 2025-03-01 ",
            "2025-03-01 00:00",
            "2025/3/1 0:00:00",
            "20250301000000",
            "2025年3月1日 0:00",
            "2025-03-01T00:00:00+08:00",
            "2025-02-28T16:00:00Z",
            "2025-03-01 00:00:00.0",
        ] {
            assert_eq!(read(text), "2025-03-01T00:00:00+08:00", "{text}");
        }
        assert_eq!(read("2025/3/1 9:05"), "2025-03-01T09:05:00+08:00");
    }

    #[test]
    fn what_is_no_day_is_said() {
        for text in [
            "",
            "2025",
            "2025-03",
            "2025-02-29",
            "25/3/1",
            "3/1/2025",
            "2025-3/1",
            "2025-03-01-02",
            "2025年3月",
            "2025年3月1",
            "2025-03-01 24:00",
            "2025-03-01 later",
            "202503",
            "一月",
            "2025-03-01 9",
            "2025033",
            "20250230",
            "2025-03-01T25:00:00Z",
        ] {
            let told = "is no day that exists, such as 2025-03-01, 2025/3/1, 20250301 or \
                        2025年3月1日";
            assert_eq!(read(text), format!("`{text}` {told}"));
        }
        let resident = read("11010519491231002X");
        assert!(resident.starts_with("`1101…**` is no day"), "{resident}");
    }

    #[test]
    fn numbers_are_days_where_a_mapping_says_so() {
        let of = |text, shape| day(text, shape).map_or_else(|e| e, |day| day.to_string());
        assert_eq!(of("45717", DateShape::ExcelSerial), "2025-03-01");
        assert_eq!(of("45717.99", DateShape::ExcelSerial), "2025-03-01");
        assert_eq!(of("61", DateShape::ExcelSerial), "1900-03-01");
        for text in ["60", "-1", "45717.x", "1e9", "99999999999"] {
            let told = "is no number of a day after 1900-02-29 in a spreadsheet";
            assert_eq!(of(text, DateShape::ExcelSerial), format!("`{text}` {told}"));
        }
        assert_eq!(of("1740758400", DateShape::EpochSeconds), "2025-03-01");
        assert_eq!(of("1740758400000", DateShape::EpochMilliseconds), "2025-03-01");
    }

    #[test]
    fn amounts_are_exact_in_fen() {
        for (text, unit, expected) in [
            ("2000000", Unit::Yuan, 200_000_000),
            ("2,000,000.00", Unit::Yuan, 200_000_000),
            ("200万元", Unit::Yuan, 200_000_000),
            ("200", Unit::TenThousandYuan, 200_000_000),
            ("0.015万元", Unit::Yuan, 15_000),
            ("1.2345678万", Unit::Yuan, 1_234_567),
            ("￥ 12.5 元", Unit::TenThousandYuan, 1_250),
            ("人民币１２元", Unit::Fen, 1_200),
            ("12", Unit::Fen, 12),
            ("2亿元", Unit::Yuan, 20_000_000_000),
        ] {
            let read = fen(text, unit);
            if text == "1.2345678万" {
                assert_eq!(read.unwrap_err(), "`1.2345678万` is no amount that is exact in fen");
            } else {
                assert_eq!(read, Ok(expected), "{text}");
            }
        }
        for text in
            ["", "元", "1,00", "1.005", "-5", "1e3", "约200", "1.", "1.2.3", ",100", "5美元"]
        {
            let told = format!("`{text}` is no amount that is exact in fen");
            assert_eq!(fen(text, Unit::Yuan), Err(told));
        }
    }
}
