//! Values of cells, as the texts that they would be in a table of texts.

use calamine::{Data, ExcelDateTime};

/// Smallest number with more digits than a spreadsheet keeps.
const KEPT: f64 = 1e15;
/// First day number with a date: before it, spreadsheets count a 29 February 1900.
const FIRST_DAY: f64 = 61.0;

/// Returns the text of a value.
pub fn text(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        #[expect(clippy::cast_precision_loss, reason = "so do spreadsheets, and it is told")]
        Data::Int(number) => self::number(*number as f64),
        Data::Float(number) => self::number(*number),
        Data::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.into(),
        Data::DateTime(at) => moment(at),
        Data::Error(error) => error.to_string(),
    }
}

/// Returns the text of a value that a formula gave. A program that writes a formula and not its
/// value leaves a cell that is not empty, although it cannot be read.
// RAIL R2
pub fn of_formula(value: &Data, formula: Option<&str>) -> String {
    match (value, formula) {
        (Data::Empty, Some(formula)) => format!("={formula}"),
        _ => text(value),
    }
}

/// Returns a number with the digits that a spreadsheet keeps, which are fifteen. A longer one is
/// written so that no made-up digit looks exact: a code in it is rounded, even where its check
/// character happens to be right.
// RAIL R6
fn number(number: f64) -> String {
    if number.abs() >= KEPT {
        return format!("{number:.14E}").replace('E', "E+");
    }
    // 0.1 + 0.2 is shown as 0.3 in the sheet.
    let shown = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    shown.to_string()
}

/// Returns a day, or an instant without its zone.
fn moment(at: &ExcelDateTime) -> String {
    if at.is_duration() || at.as_f64() < 0.0 {
        return number(at.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    if year < 1904 && at.as_f64() < FIRST_DAY {
        return number(at.as_f64());
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if at.as_f64().fract() == 0.0 {
        return date;
    }
    format!("{date} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn numbers_are_shown_with_the_digits_that_were_kept() {
        for (value, shown) in [
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.1 + 0.2, "0.3"),
            (20_250_301.0, "20250301"),
            (999_999_999_999_999.0, "999999999999999"),
            (310_101_197_003_070_028.0, "3.10101197003070E+17"),
            (1e15, "1.00000000000000E+15"),
        ] {
            assert_eq!(text(&Data::Float(value)), shown);
        }
        assert_eq!(text(&Data::Int(310_101_197_003_070_028)), "3.10101197003070E+17");
    }

    #[test]
    fn days_are_those_that_the_sheet_shows() {
        let of = |value, of_1904| {
            let at = ExcelDateTime::new(value, ExcelDateTimeType::DateTime, of_1904);
            text(&Data::DateTime(at))
        };
        assert_eq!(of(45_717.0, false), "2025-03-01");
        assert_eq!(of(44_255.0, true), "2025-03-01");
        assert_eq!(of(45_717.5, false), "2025-03-01 12:00:00");
        assert_eq!(of(61.0, false), "1900-03-01");
        assert_eq!(of(60.0, false), "60");
        let length = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(text(&Data::DateTime(length)), "1.5");
    }

    #[test]
    fn a_formula_without_its_value_is_not_nothing() {
        assert_eq!(of_formula(&Data::Empty, Some("B2&\"x\"")), "=B2&\"x\"");
        assert_eq!(of_formula(&Data::Float(3.0), Some("1+2")), "3");
        assert_eq!(of_formula(&Data::Empty, None), "");
    }
}
