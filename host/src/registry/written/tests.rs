use std::collections::BTreeSet;

use mustcheck_model::{Scheme, SubjectKind};

use super::*;

const FIRM: &str = "91310115MA1K3H5Q4N";
const MAN: &str = "310104197106123355";

fn open(text: &str, scheme: Scheme) -> LeftOpen {
    left_open(text, Some(scheme))
}

fn shown(open: &LeftOpen) -> String {
    match open {
        LeftOpen::Everybody => "*".into(),
        LeftOpen::Fits(patterns) => {
            patterns.iter().map(Pattern::as_str).collect::<Vec<_>>().join(" ")
        }
    }
}

#[test]
fn what_surrounds_an_exact_code_is_taken_off() {
    for text in [
        "91310115MA1K3H5Q4N",
        " 9131 0115 MA1K 3H5Q 4N ",
        "9131-0115-MA1K3H5Q4N",
        "91310115\u{200b}MA1K3H5Q4N\u{feff}",
        "９１３１０１１５ｍａ１ｋ３ｈ５ｑ４ｎ",
        "统一社会信用代码:91310115MA1K3H5Q4N",
        "USCC no. 91310115MA1K3H5Q4N",
        "91310115MA1K3H5Q4N（原组织机构代码：MA1K3H5Q-4）",
        "91310115MA1K3H5Q4N (USCC); 0868520 (CR No.)",
        "code 91310115MA1K3H5Q4N, of 2015",
    ] {
        let read = exact(text, SubjectKind::Organization, Scheme::Uscc, None);
        assert_eq!(read.as_deref(), Some(FIRM), "{text}");
    }
    let two = "91310115MA1K3H5Q4N、91110108MA01ABCD5X";
    let read = all_exact(two);
    assert!(read.contains(&(Scheme::Uscc, FIRM.to_owned())), "{read:?}");
    // A label that has run together with a code proves nothing.
    assert_eq!(exact("X91310115MA1K3H5Q4N", SubjectKind::Organization, Scheme::Uscc, None), None);
}

#[test]
fn a_mask_leaves_open_who_fits_it() {
    for mask in [
        "3101**********3355",
        "3101??????????3355",
        "3101XXXXXXXXXX3355",
        "3101xxxxxxxxxx3355",
        "３１０１＊＊＊＊＊＊＊＊＊＊３３５５",
        "310104****3355",
        "310104...3355",
        "310104…3355",
        "3101 **** **** **33 55",
        "31010419710612335*",
        "******197106123355",
    ] {
        let left = open(mask, Scheme::ResidentId);
        assert!(left.may_mean(MAN), "{mask}: {}", shown(&left));
        assert!(!left.may_mean("310104197106123363"), "{mask}: {}", shown(&left));
        assert_ne!(left, LeftOpen::Everybody, "{mask}");
    }
    assert_eq!(shown(&open("91310115********4N", Scheme::Uscc)), "91310115????????4N");
}

#[test]
fn what_nobody_can_tell_leaves_open_everybody() {
    for text in [
        "",
        " ",
        "无",
        "--",
        "不详",
        "/",
        "N/A",
        "N.A.",
        "#N/A",
        "****",
        "******************",
        "张三",
        "见附件",
        "310115000000001",
        "9131",
        "12345",
        "910E+17",
        "9.13E+12",
        "913101151234567890123",
        "9131MA1K",
        "?",
    ] {
        assert_eq!(open(text, Scheme::Uscc), LeftOpen::Everybody, "{text}");
    }
    assert_eq!(left_open("310104710612335", None), LeftOpen::Everybody);
}

#[test]
fn an_organisation_code_leaves_open_who_has_it() {
    for text in ["MA1K3H5Q4", "MA1K3H5Q-4", " ma1k3h5q - 4 "] {
        let told = "*MA1K3H5Q4 ????????MA1K3H5Q4? MA1K3H5Q4 MA1K3H5Q4*";
        assert_eq!(shown(&open(text, Scheme::Uscc)), told, "{text}");
    }
    // With a wrong character it may be anything, such as a code that was cut.
    assert_eq!(open("MA1K3H5Q-7", Scheme::Uscc), LeftOpen::Everybody);
    assert_eq!(open("91310115M", Scheme::Uscc), LeftOpen::Everybody);
    assert_eq!(open("MA1K3H5Q4", Scheme::ResidentId), LeftOpen::Everybody);
}

#[test]
fn an_old_number_leaves_open_who_has_it() {
    let left = open("310104710612335", Scheme::ResidentId);
    assert_eq!(shown(&left), "310104710612335 310104710612335??? 310104??710612335?");
    assert!(left.may_mean(MAN));
}

#[test]
fn a_rounded_number_leaves_open_who_shares_its_digits() {
    for text in [
        "310104197106123000",
        "310104197106123000.0",
        "310104197106123330",
        "310104197106123300",
        "310104197106123328",
        "3.10104197106123E+17",
        "3.10104197106123e17",
        "3.1E+17",
    ] {
        let left = open(text, Scheme::ResidentId);
        assert!(left.may_mean(MAN), "{text}: {}", shown(&left));
        assert!(!left.may_mean("340103198401152234"), "{text}");
        assert_ne!(left, LeftOpen::Everybody, "{text}");
    }
    // Rounded up.
    assert!(open("310104197106124000", Scheme::ResidentId).may_mean("310104197106123999"));
}

#[test]
fn a_wrong_character_or_length_leaves_open_who_is_one_edit_away() {
    for text in [
        "91310115MA1K3H5Q4M",
        "91310115MA1K3H5Q4",
        "1310115MA1K3H5Q4N",
        "91310115MA1K3H5Q4N4",
        "91310151MA1K3H5Q4N",
        "9131011SMA1K3H5Q4N",
    ] {
        let left = open(text, Scheme::Uscc);
        assert!(left.may_mean(FIRM), "{text}: {}", shown(&left));
        assert!(left.may_mean(text), "{text} as issued");
        assert!(!left.may_mean("91110108MA01C0JH1M"), "{text}");
        assert_ne!(left, LeftOpen::Everybody, "{text}");
    }
    assert!(open("31010419710612335", Scheme::ResidentId).may_mean(MAN));
    assert!(open("310104197106123356", Scheme::ResidentId).may_mean(MAN));
}

#[test]
fn every_pattern_is_found_by_the_key_of_its_shape() {
    for text in [
        FIRM,
        "3101??????????3355",
        "????????MA1K3H5Q4?",
        "310104??710612335?",
        "310104197106123???",
        "310104*3355",
        "*3355",
        "3101*",
        "?1?1?1?1?1?1?1?1?1",
    ] {
        let pattern = Pattern::read(text).unwrap();
        let shape = pattern.shape();
        assert_eq!(shape.to_string().parse(), Ok(shape), "{text}");
        let example: String = match text.split_once('*') {
            Some((head, tail)) => format!("{head}{}{tail}", "7".repeat(18 - text.len() + 1)),
            None => text.replace('?', "7"),
        };
        assert!(pattern.fits(&example), "{text} {example}");
        assert_eq!(shape.key(&example), Some(pattern.key()), "{text} {example}");
    }
    assert_eq!(Pattern::read("***"), None);
    assert_eq!(Pattern::read("??????"), Some(Pattern::everybody()));
    assert_eq!(Pattern::everybody().shape(), Shape::Everybody);
    assert_eq!(Pattern::everybody().key(), "*");
    let patterns: BTreeSet<Pattern> = LeftOpen::Everybody.into_patterns();
    assert!(patterns.iter().all(Pattern::is_everybody));
}
