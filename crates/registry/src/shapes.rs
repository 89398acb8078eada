//! The shapes in which offices write days, amounts and lengths of time. Each is read exactly or not
//! at all: a day or an amount read wrongly is a decision made wrongly.

mod day;
mod term;

use mustcheck::input::quotable;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

pub use day::{DateShape, DayForm, DayOrder, Epoch, day, day_within, instant};
pub use term::{Term, TermUnit, term};

/// Returns a value as a message quotes it: short, and without an identifier.
fn shown(text: &str) -> String {
    quotable(&text.chars().take(40).collect::<String>())
}

/// Unit of an amount that does not name one itself.
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
    /// Number of decimal places by which the unit is larger than a fen.
    const fn places(self) -> usize {
        match self {
            Self::Fen => 0,
            Self::Yuan => 2,
            Self::TenThousandYuan => 6,
            Self::HundredMillionYuan => 10,
        }
    }
}

/// Reads an amount in fen. A unit named in the text itself takes precedence over `unit`.
///
/// # Errors
///
/// A text that quotes the amount, if it cannot be read exactly.
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

/// Multiplies a decimal number by a power of ten; `None` if a fraction would be left.
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
