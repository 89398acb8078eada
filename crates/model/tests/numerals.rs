//! Chinese numerals: every number is read as it is written, and nothing else is a number.

#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use mustcheck_model::text::numeral_of;
use proptest::prelude::*;

/// Writes 1 to 999, digit by digit.
fn written(number: u16) -> String {
    let digit = |n: u16| ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"][usize::from(n)];
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    match (hundreds, tens, ones) {
        (0, 0, _) => digit(ones).into(),
        (0, 1, _) => format!("十{}", digit(ones)),
        (0, _, _) => format!("{}十{}", digit(tens), digit(ones)),
        (_, 0, 0) => format!("{}百", digit(hundreds)),
        (_, 0, _) => format!("{}百零{}", digit(hundreds), digit(ones)),
        _ => format!("{}百{}十{}", digit(hundreds), digit(tens), digit(ones)),
    }
}

/// Every way in which a number may be written.
fn spellings(number: u16) -> Vec<String> {
    let plain = written(number);
    let mut all = vec![plain.clone(), plain.replace('零', "〇")];
    match plain.strip_prefix('二') {
        Some("") => all.push("两".into()),
        Some(rest) if rest.starts_with('百') => all.push(format!("两{rest}")),
        _ if (10..20).contains(&number) => all.push(format!("一{plain}")),
        _ => {}
    }
    let short = all.iter().map(|spelling| spelling.replace("百一十", "百十"));
    let short: Vec<String> = short.chain(all.iter().map(|s| s.replace('零', "〇"))).collect();
    all.extend(short);
    all
}

#[test]
fn every_number_is_read_as_it_is_written() {
    for number in 1..=999 {
        for spelling in spellings(number) {
            assert_eq!(numeral_of(&spelling), Some(number), "{spelling}");
        }
    }
}

#[test]
fn what_only_looks_like_a_number_is_none() {
    for text in [
        "",
        "百",
        "零",
        "〇",
        "零五",
        "一二",
        "九百九百",
        "五十三十",
        "十十",
        "一百五",
        "两十",
        "二十零五",
        "一百零十",
        "一百零",
        "二〇",
        "一百零二十",
        "五百百",
        "1百",
        "一千",
    ] {
        assert_eq!(numeral_of(text), None, "{text}");
    }
    // Their sum is beyond the numbers that the type holds.
    assert_eq!(numeral_of(&"九百".repeat(73)), None);
}

proptest! {
    #[test]
    fn whatever_is_read_is_a_spelling_of_its_number(text in "[一二三四五六七八九十百零〇两]{0,7}") {
        if let Some(number) = numeral_of(&text) {
            prop_assert!(spellings(number).contains(&text), "{text} is not {number}");
        }
    }
}
