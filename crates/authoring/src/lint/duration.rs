//! Lengths of time in the words of a clause: 一年内, 一至三年, 六个月, 1年至3年, 半年, 一年半.

use mustcheck_model::text::numeral_of;

/// A length of time that a clause states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration {
    /// Length in months; for a range, its upper end.
    pub(super) months: u32,
    /// Position of its first character, blanks not counted.
    start: usize,
    /// Position after its last character, blanks not counted.
    end: usize,
}

/// Returns every length of time in years or months; dates of the calendar are not among them.
pub(super) fn durations(clause: &str) -> Vec<Duration> {
    let chars: Vec<char> = clause.chars().filter(|c| !c.is_whitespace()).collect();
    let mut found: Vec<Duration> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match duration(&chars, at) {
            Some(duration) => {
                at = duration.end;
                join(&mut found, duration, &chars);
            }
            // A numeral that is no length of time is passed over as a whole.
            None => {
                at += 1 + chars
                    .get(at + 1..)
                    .map_or(0, |rest| if numeric(chars.get(at)) { run(rest) } else { 0 })
            }
        }
    }
    found
}

/// Adds a length of time; the two ends of a range, as in 一年至三年, become one length of time,
/// that of the upper end.
fn join(found: &mut Vec<Duration>, next: Duration, chars: &[char]) {
    if let Some(last) = found.last_mut() {
        let between = chars.get(last.end..next.start).unwrap_or_default();
        if matches!(between, ['至' | '到' | '-' | '—']) {
            *last =
                Duration { months: next.months.max(last.months), start: last.start, end: next.end };
            return;
        }
    }
    found.push(next);
}

fn duration(chars: &[char], start: usize) -> Option<Duration> {
    if let Some(['半', '年', rest @ ..]) = chars.get(start..) {
        // 上半年 and 下半年 are halves of the calendar, 每半年 is how often.
        let before = start.checked_sub(1).and_then(|at| chars.get(at));
        let is_length = !matches!(before, Some('上' | '下' | '每')) && !rest.starts_with(&['度']);
        return is_length.then_some(Duration { months: 6, start, end: start + 2 });
    }
    let (mut number, mut at) = count(chars, start)?;
    // 一至三年 leaves out the first unit.
    if matches!(chars.get(at), Some('至' | '到' | '-'))
        && let Some((upper, end)) = count(chars, at + 1)
    {
        (number, at) = (upper, end);
    }
    let (months, length) = match chars.get(at..)? {
        ['年', '度' | '月', ..] => return None,
        ['年', '半', ..] => (number.checked_mul(12)?.checked_add(6)?, 2),
        ['年', ..] => (number.checked_mul(12)?, 1),
        ['个', '月', ..] => (number, 2),
        _ => return None,
    };
    // 2019年 is a day of the calendar.
    (number < 100).then_some(Duration { months, start, end: at + length })
}

/// Reads a number at a position, in Chinese or Arabic numerals; returns it with the position after
/// it.
fn count(chars: &[char], start: usize) -> Option<(u32, usize)> {
    let rest = chars.get(start..)?;
    let length = run(rest);
    if length == 0 {
        return None;
    }
    let digits: String = rest.iter().take(length).collect();
    let number = match digits.parse::<u32>() {
        Ok(number) => number,
        Err(_) => numeral_of(&digits)?.into(),
    };
    Some((number, start + length))
}

fn run(chars: &[char]) -> usize {
    chars.iter().take_while(|c| numeric(Some(c))).count()
}

fn numeric(c: Option<&char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit() || "一二三四五六七八九十百零两".contains(*c))
}

/// Longest time that a clause states, in months.
pub(super) fn longest(clause: &str) -> Option<u32> {
    durations(clause).iter().map(|d| d.months).max()
}

/// Words that keep somebody from something.
const BARS: [&str; 7] = ["不得", "禁止", "取消", "不予", "不受理", "限制", "不再"];

/// Longest bar that a clause states, in months: a time that runs forward (…年内) in a sentence that
/// keeps somebody from something. A sentence with a bar for life (终身) is left out.
pub(super) fn longest_bar(clause: &str) -> Option<u32> {
    let mut longest_bar = None;
    for sentence in clause.split(['；', '。', ';']) {
        if sentence.contains("终身") || !BARS.iter().any(|bar| sentence.contains(bar)) {
            continue;
        }
        let chars: Vec<char> = sentence.chars().filter(|c| !c.is_whitespace()).collect();
        for duration in durations(sentence) {
            let before = duration.start.checked_sub(1).and_then(|at| chars.get(at));
            // 参加…前三年内 looks back; 满三年, 连续三年 and 超过三年 are conditions.
            let looks_back = matches!(before, Some('前' | '近' | '满' | '续' | '过' | '第'));
            let forward = chars.get(duration.end) == Some(&'内')
                || chars.get(duration.end..).is_some_and(|rest| rest.starts_with(&['以', '内']));
            if forward && !looks_back {
                longest_bar = longest_bar.max(Some(duration.months));
            }
        }
    }
    longest_bar
}

#[cfg(test)]
mod tests {
    use super::{longest, longest_bar};

    #[test]
    fn lengths_of_time_are_read_as_the_statutes_write_them() {
        let cases = [
            ("申请人在一年内不得再次申请该行政许可。", Some(12), Some(12)),
            ("在一至三年内禁止参加政府采购活动", Some(36), Some(36)),
            ("取消其一年至二年内参加依法必须进行招标的项目的投标资格", Some(24), Some(24)),
            ("取消其1年至3年内参加投标的资格", Some(36), Some(36)),
            ("六个月内不得参加", Some(6), Some(6)),
            ("十二个月", Some(12), None),
            ("参加政府采购活动前三年内，在经营活动中没有重大违法记录", Some(36), None),
            ("满3年未依照本条例规定履行公示义务的", Some(36), None),
            ("十年直至终身禁止从事药品生产经营活动", Some(120), None),
            ("自2019年10月1日起施行，不得", None, None),
            ("应当在60日内提出", None, None),
            ("第三年度报告", None, None),
            ("二十五年以内不得担任", Some(300), Some(300)),
            ("半年内不得申请", Some(6), Some(6)),
            ("在半年至一年内禁止参加", Some(12), Some(12)),
            ("一年半内不予受理", Some(18), Some(18)),
            ("近半年内有违法记录的，不得参加", Some(6), None),
            ("上半年内不得申请", None, None),
            ("每半年至少检查一次", None, None),
            ("半年度报告", None, None),
        ];
        for (clause, any, bar) in cases {
            assert_eq!((longest(clause), longest_bar(clause)), (any, bar), "{clause}");
        }
    }
}
