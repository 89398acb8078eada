//! Texts that are days, and texts that are not.

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
fn words_for_months_leave_nothing_to_guess() {
    for text in [
        "1 March 2025",
        "01 Mar 2025",
        "March 1, 2025",
        "1-Mar-2025",
        "1st MARCH 2025",
        "2025 Mar 1",
    ] {
        assert_eq!(read(text), "2025-03-01T00:00:00+08:00", "{text}");
    }
    assert_eq!(read("3 Sept 2025"), "2025-09-03T00:00:00+08:00");
    for text in ["1 Mar 25", "31 June 2025", "1 Ma 2025", "March 2025", "1 March 2025 x"] {
        assert!(read(text).contains("is no day that exists"), "{text}");
    }
}

#[test]
fn the_order_of_day_and_month_is_declared_or_the_day_is_refused() {
    let of = |text, order| {
        let form = DayForm { order, ..DayForm::default() };
        day(text, form).map_or_else(|e| e, |day| day.to_string())
    };
    for text in ["23.2.2024", "03/04/2024", "3-4-2024", "3/1/2025 10:00"] {
        assert_eq!(
            of(text, None),
            format!(
                "`{text}` does not say which number is the day and which the month: the \
                 mapping must declare its `order`"
            )
        );
    }
    let (day_first, month_first) = (Some(DayOrder::DayMonthYear), Some(DayOrder::MonthDayYear));
    assert_eq!(of("23.2.2024", day_first), "2024-02-23");
    assert_eq!(of("03/04/2024", day_first), "2024-04-03");
    assert_eq!(of("03/04/2024", month_first), "2024-03-04");
    // A text with one meaning keeps it.
    assert_eq!(of("2024-03-04", day_first), "2024-03-04");
    assert!(of("2/23/2024", day_first).contains("is no day that exists"));
    assert!(of("23.2.24", day_first).contains("is no day that exists"));
}

#[test]
fn numbers_and_texts_may_stand_in_one_column() {
    let of = |text, epoch| {
        let form = DayForm { shape: DateShape::WrittenOrSerial, order: None, epoch };
        day(text, form).map_or_else(|e| e, |day| day.to_string())
    };
    assert_eq!(of("45717", Epoch::Of1900), "2025-03-01");
    assert_eq!(of("45717.5", Epoch::Of1900), "2025-03-01");
    assert_eq!(of("44255", Epoch::Of1904), "2025-03-01");
    assert_eq!(of("20250301", Epoch::Of1900), "2025-03-01");
    assert_eq!(of("2025年3月1日", Epoch::Of1904), "2025-03-01");
    assert!(of("60", Epoch::Of1900).contains("is no day that exists"));
}

#[test]
fn a_day_among_words_is_found_if_it_is_the_only_one() {
    let of = |text| day_within(text).map_or_else(|e| e, |at| at.to_string());
    assert_eq!(of("数据截至：2026年11月19日"), "2026-11-19T00:00:00+08:00");
    assert_eq!(of("更新时间2026-11-19 20:00:00"), "2026-11-19T20:00:00+08:00");
    for text in ["", "截至本月", "2026-11-18至2026-11-19", "2026年11月", "2026-02-30"] {
        assert_eq!(of(text), format!("in `{text}` there is not exactly one day"));
    }
}
