//! The words of every reason for which an application or an answer is not accepted.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use mustcheck_model::date::Date;
use mustcheck_model::identifier::{FormFault, IdentifierFault};
use mustcheck_model::worded::{GivenDay, Period};
use mustcheck_model::{AnswerFault, Problem, Reason, RecordFault, Worded as _};
use mustcheck_testing::worded::faults;

const NONE: [String; 0] = [];

#[test]
fn every_reason_is_worded_in_both_languages() {
    assert_eq!(faults::<Reason>(), NONE);
    assert_eq!(faults::<IdentifierFault>(), NONE);
    assert_eq!(faults::<FormFault>(), NONE);
    assert_eq!(faults::<AnswerFault>(), NONE);
    assert_eq!(faults::<RecordFault>(), NONE);
}

#[test]
fn an_open_period_is_told_in_the_language_of_the_rest() {
    let day = |year| Date::new(year, 1, 1);
    let outside = |from, until| Reason::OutsideEdition {
        day: Date::new(2026, 11, 18).unwrap(),
        edition: "2021".into(),
        period: Period { from, until },
    };
    for (reason, zh, en) in [
        (
            outside(day(2020), None),
            "2026年11月18日不在清单“2021”的适用期间（自2020年1月1日起）",
            "`2026-11-18` is outside edition `2021`, which decides from `2020-01-01` to no end",
        ),
        (
            outside(day(2020), day(2022)),
            "2026年11月18日不在清单“2021”的适用期间（2020年1月1日至2022年1月1日）",
            "`2026-11-18` is outside edition `2021`, which decides from `2020-01-01` to `2022-01-01`",
        ),
        (
            outside(None, day(2022)),
            "2026年11月18日不在清单“2021”的适用期间（至2022年1月1日止）",
            "`2026-11-18` is outside edition `2021`, which decides from the beginning to `2022-01-01`",
        ),
    ] {
        assert_eq!((&*reason.zh(), &*reason.en()), (zh, en));
    }
}

#[test]
fn a_problem_is_its_path_and_its_english_in_json() {
    let day = GivenDay(Date { year: 2026, month: 2, day: 30 });
    let problem = Problem::at("as_of", Reason::NoSuchDay { day });
    let json = serde_json::to_string(&problem).unwrap();
    assert_eq!(json, r#"{"path":"as_of","detail":"`2026-02-30` does not exist"}"#);
}
