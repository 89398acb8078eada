//! Lengths of time, as decisions state them: 三年, 36个月, 1年6个月, 半年, 一年内, 3 years.

use mustcheck_model::date::Date;
use mustcheck_model::text::numeral_of;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::shown;

/// Longest term that is read, in its unit: 2019年 is a year of the calendar.
const LONGEST: u16 = 100;
/// Longest term in days that is read: ten years.
const LONGEST_IN_DAYS: u16 = 3_660;

/// Unit of a length of time that does not name one itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TermUnit {
    /// 年
    Years,
    /// 月
    Months,
    /// 日
    Days,
}

/// A term from a first day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// A term with an end.
    Lasts {
        /// Years.
        years: u16,
        /// Months beside them.
        months: u16,
        /// Days beside both.
        days: u16,
    },
    /// Without an end: 长期, 永久, 终身.
    Endless,
}

impl Term {
    /// Returns the last day of a term that begins on `from`; `None` for one without an end.
    ///
    /// The day on which it begins is not counted, and the last one is the day of its number:
    /// 民法典 第二百零一条 「按照年、月、日计算期间的，开始的当日不计入，自下一日开始计算。」, 第二百零二条
    /// 「按照年、月计算期间的，到期月的对应日为期间的最后一日；没有对应日的，月末日为期间的最后一日。」
    ///
    /// INTERPRETATION: the terms of decisions, which these articles do not name, are counted the
    /// same. NOT MODELLED: 第二百零三条, a last day that is a holiday; a list does not report that
    /// it was put off.
    ///
    /// # Errors
    ///
    /// A text, if the day would be beyond the calendar.
    pub fn last_day(self, from: Date) -> Result<Option<Date>, String> {
        let Self::Lasts { years, months, days } = self else { return Ok(None) };
        let whole = from.last_day_of_term(years, months);
        let last = (0..days).try_fold(whole, |day, _| day.map(Date::tomorrow));
        last.flatten()
            .map(Some)
            .ok_or_else(|| format!("it ends after every calendar from `{from}`"))
    }
}

/// Reads a length of time; with `within`, the only one in a sentence that runs forward (…年内).
///
/// # Errors
///
/// A text that quotes the value, if it cannot be read.
pub fn term(text: &str, unit: Option<TermUnit>, within: bool) -> Result<Term, String> {
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let chars: Vec<char> = plain.to_lowercase().chars().collect();
    if within {
        return sentence(&plain, &chars).ok_or_else(|| {
            format!(
                "in `{}` there is not exactly one length of time that runs forward",
                shown(text)
            )
        });
    }
    whole(&plain, &chars, unit).ok_or_else(|| {
        format!("`{}` is no length of time, such as 三年, 36个月, 1年6个月 or 3 years", shown(text))
    })
}

const ENDLESS: [&str; 6] = ["长期", "永久", "终身", "无期限", "无限期", "permanent"];

fn whole(plain: &str, chars: &[char], unit: Option<TermUnit>) -> Option<Term> {
    if ENDLESS.contains(&plain.to_lowercase().as_str()) {
        return Some(Term::Endless);
    }
    if let Some((number, end)) = number(chars)
        && end == chars.len()
    {
        return of_unit(number, unit?);
    }
    let (term, end) = length(chars)?;
    let rest: String = chars.get(end..)?.iter().collect();
    matches!(rest.as_str(), "" | "内" | "以内" | "之内" | "整").then_some(term)
}

fn of_unit(number: u16, unit: TermUnit) -> Option<Term> {
    let (years, months, days) = match unit {
        TermUnit::Years => (number, 0, 0),
        TermUnit::Months => (0, number, 0),
        TermUnit::Days => (0, 0, number),
    };
    bounded(years, months, days)
}

fn bounded(years: u16, months: u16, days: u16) -> Option<Term> {
    let sound = years < LONGEST && months < 12 * LONGEST && days <= LONGEST_IN_DAYS;
    (sound && years + months + days > 0).then_some(Term::Lasts { years, months, days })
}

/// Reads the length of time with which a text begins; also returns the index of its end.
fn length(chars: &[char]) -> Option<(Term, usize)> {
    let (mut years, mut months, mut days) = (0, 0, 0);
    // Each unit once, the longer before the shorter.
    let mut last = 0;
    let mut at = 0;
    while let Some((value, half, unit, end)) = chars.get(at..).and_then(part) {
        let rank = match unit {
            TermUnit::Years => 1,
            TermUnit::Months => 2,
            TermUnit::Days => 3,
        };
        if rank <= last {
            return None;
        }
        last = rank;
        match unit {
            TermUnit::Years => (years, months) = (value, if half { 6 } else { 0 }),
            TermUnit::Months if half || months > 0 => return None,
            TermUnit::Months => months = value,
            TermUnit::Days => days = value,
        }
        at += end;
        // 1年零6个月, 1 year and 6 months
        let joined = chars.get(at..).unwrap_or_default();
        let joint =
            [&['零'][..], &['又'], &['a', 'n', 'd']].into_iter().find(|j| joined.starts_with(j));
        let after = joint.map_or(at, |joint| at + joint.len());
        if chars.get(after..).and_then(part).is_some() {
            at = after;
        }
    }
    bounded(years, months, days).map(|term| (term, at))
}

/// Reads a number with its unit: the number, whether half a unit is added, the unit, and the index
/// of the end.
fn part(chars: &[char]) -> Option<(u16, bool, TermUnit, usize)> {
    let (number, mut at, mut half) = match chars {
        ['半', ..] => (0, 1, true),
        _ => number(chars).map(|(number, end)| (number, end, false))?,
    };
    let rest = chars.get(at..)?;
    let units: [(&[char], TermUnit); 9] = [
        (&['年'], TermUnit::Years),
        (&['y', 'e', 'a', 'r', 's'], TermUnit::Years),
        (&['y', 'e', 'a', 'r'], TermUnit::Years),
        (&['个', '月'], TermUnit::Months),
        (&['m', 'o', 'n', 't', 'h', 's'], TermUnit::Months),
        (&['m', 'o', 'n', 't', 'h'], TermUnit::Months),
        (&['日'], TermUnit::Days),
        (&['天'], TermUnit::Days),
        (&['d', 'a', 'y', 's'], TermUnit::Days),
    ];
    let (word, unit) = units.into_iter().find(|(word, _)| rest.starts_with(word))?;
    at += word.len();
    if rest.starts_with(&['年', '度']) {
        return None;
    }
    if unit == TermUnit::Years && chars.get(at) == Some(&'半') {
        (half, at) = (true, at + 1);
    }
    // 半个月 and half a day are not counted by the calendar.
    (!half || unit == TermUnit::Years).then_some((number, half, unit, at))
}

/// Reads the number with which a text begins, in Chinese or Arabic numerals; also returns the index
/// of its end.
fn number(chars: &[char]) -> Option<(u16, usize)> {
    let end = chars.iter().take_while(|c| numeric(**c)).count();
    let text: String = chars.get(..end)?.iter().collect();
    let arabic = text.bytes().all(|b| b.is_ascii_digit());
    let number = if arabic { text.parse().ok()? } else { numeral_of(&text)? };
    (end > 0).then_some((number, end))
}

fn numeric(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十百零两".contains(c)
}

/// Returns the only length of time in a sentence that runs forward.
fn sentence(plain: &str, chars: &[char]) -> Option<Term> {
    let endless = ["长期", "永久", "终身"].iter().any(|word| plain.contains(word));
    let mut found = None;
    let mut at = 0;
    while let Some(rest) = chars.get(at..).filter(|rest| !rest.is_empty()) {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let Some((term, end)) = length(rest).filter(|_| !before.is_some_and(|c| numeric(*c)))
        else {
            at += 1;
            continue;
        };
        at += end;
        let after = chars.get(at..).unwrap_or_default();
        if !after.starts_with(&['内']) && !matches!(after, ['以' | '之', '内', ..]) {
            continue;
        }
        // 前三年内 looks back, 连续三年内 is a condition, and of 一至三年内 nobody knows the end.
        let other = |c: &char| "前近满续过第至到-~—".contains(*c);
        if before.is_some_and(other) || found.replace(term).is_some() {
            return None;
        }
    }
    if endless { found.is_none().then_some(Term::Endless) } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date { year: 2026, month: 11, day: 20 };

    fn lasts(years: u16, months: u16, days: u16) -> Result<Term, String> {
        Ok(Term::Lasts { years, months, days })
    }

    #[test]
    fn lengths_of_time_are_read_in_numbers_and_words() {
        for (text, expected) in [
            ("三年", lasts(3, 0, 0)),
            ("两年", lasts(2, 0, 0)),
            ("一年内", lasts(1, 0, 0)),
            ("36个月", lasts(0, 36, 0)),
            ("十二个月", lasts(0, 12, 0)),
            ("半年", lasts(0, 6, 0)),
            ("1年6个月", lasts(1, 6, 0)),
            ("1年零6个月", lasts(1, 6, 0)),
            ("一年半", lasts(1, 6, 0)),
            ("３ 年", lasts(3, 0, 0)),
            ("3 years", lasts(3, 0, 0)),
            ("1 year and 6 months", lasts(1, 6, 0)),
            ("90日", lasts(0, 0, 90)),
            ("长期", Ok(Term::Endless)),
            ("永久", Ok(Term::Endless)),
        ] {
            assert_eq!(term(text, None, false), expected, "{text}");
        }
        assert_eq!(term("3", Some(TermUnit::Years), false), lasts(3, 0, 0));
        assert_eq!(term("36", Some(TermUnit::Months), false), lasts(0, 36, 0));
    }

    #[test]
    fn what_is_no_length_of_time_is_said() {
        for text in [
            "",
            "3",
            "约三年",
            "2019年",
            "0年",
            "三年度",
            "6月",
            "一至三年",
            "3年3年",
            "6个月1年",
            "半个月",
            "三年以上",
            "年",
            "九百九百日",
            "五十三十日",
            "一百五日",
        ] {
            assert_eq!(
                term(text, None, false),
                Err(format!(
                    "`{text}` is no length of time, such as 三年, 36个月, 1年6个月 or 3 years"
                ))
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_cell_stops_the_import(text in "[0-9一二三四五六七八九十百零两半年个月日内至a-z ]{0,400}") {
            for unit in [None, Some(TermUnit::Years), Some(TermUnit::Days)] {
                let _ = term(&text, unit, false).map(|term| term.last_day(TODAY));
                let _ = term(&text, unit, true).map(|term| term.last_day(TODAY));
            }
        }
    }

    #[test]
    fn a_number_beyond_every_term_is_no_term() {
        assert!(term(&("九百".repeat(73) + "日"), None, false).is_err());
        assert!(term(&("九百".repeat(73) + "日内不得参加"), None, true).is_err());
    }

    #[test]
    fn in_a_sentence_the_only_one_that_runs_forward_is_read() {
        let of = |text| term(text, None, true);
        assert_eq!(of("列入不良行为记录名单，在一年内禁止参加政府采购活动"), lasts(1, 0, 0));
        assert_eq!(of("处罚款；十二个月以内不得申请，2019年10月1日起施行"), lasts(0, 12, 0));
        assert_eq!(of("终身禁止从事"), Ok(Term::Endless));
        for text in [
            "在一至三年内禁止参加",
            "前三年内有违法记录",
            "一年内不得申请，三年内不得参加",
            "警告",
            "三年内不得参加，终身禁业",
        ] {
            assert_eq!(
                of(text),
                Err(format!(
                    "in `{text}` there is not exactly one length of time that runs forward"
                ))
            );
        }
    }

    #[test]
    fn the_last_day_is_the_day_of_the_same_number() {
        let of = |from: &str, text| {
            let last = term(text, None, false).unwrap().last_day(from.parse().unwrap()).unwrap();
            last.map_or_else(|| "none".to_owned(), |day| day.to_string())
        };
        assert_eq!(of("2024-10-08", "一年内"), "2025-10-08");
        assert_eq!(of("2024-02-29", "一年"), "2025-02-28");
        assert_eq!(of("2024-08-31", "6个月"), "2025-02-28");
        assert_eq!(of("2024-12-31", "1年6个月"), "2026-06-30");
        assert_eq!(of("2024-12-31", "30日"), "2025-01-30");
        assert_eq!(of("2024-12-31", "长期"), "none");
        let late = term("3年", None, false).unwrap().last_day("9998-01-01".parse().unwrap());
        assert_eq!(late, Err("it ends after every calendar from `9998-01-01`".to_owned()));
    }
}
