//! The right to check as of an earlier day.

use anyhow::Error;
use clap::Args;
use mustcheck::model::worded::GivenDay;
use mustcheck::model::{Problem, Reason, worded};
use mustcheck::{ApplicationError, CheckError, Date, GateBuilder};

/// Days that the right goes back if `--backdated` names no number: ten years.
const USUAL: &str = "3650";

/// The right to check as of an earlier day, if the user takes it with `--backdated`.
// RAIL R14
#[derive(Args, Clone, Copy, Default)]
pub struct Backdated {
    /// Allow a check as of a day before yesterday, at most so many days back; 3650 without a
    /// number. Such a check says so in its first line, and its best disposition is `review`.
    #[arg(
        long,
        value_name = "DAYS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = USUAL,
        value_parser = clap::value_parser!(u16).range(1..),
    )]
    backdated: Option<u16>,
}

impl Backdated {
    /// Returns the gate with the right, if it was taken.
    pub const fn given(self, gate: GateBuilder) -> GateBuilder {
        match self.backdated {
            Some(days) => gate.backdating(days),
            None => gate,
        }
    }

    /// Returns the error of a check. If the check failed because this right was not taken, the
    /// error names the option that gives it.
    pub fn told(self, error: CheckError) -> Error {
        match error {
            CheckError::Application(ApplicationError::InvalidDate(Problem {
                reason: Reason::EarlierDay { as_of, today },
                ..
            })) if self.backdated.is_none() => Unbackdated::EarlierDay { as_of, today }.into(),
            other => other.into(),
        }
    }
}

worded! {
    /// Error: the check is as of an earlier day, and the user did not take the right to that.
    pub enum Unbackdated {
        /// The as-of date is before yesterday.
        EarlierDay {
            /// The as-of date.
            as_of: GivenDay,
            /// The day of the check.
            today: Date,
        } => "“{as_of}”是较早日期（今天是{today}）：按昨天以前的日期核查，须有相应权限；可用`--backdated`\
              取得，或者用`mustcheck explain`按案件本身的日期查看"
            / "`{as_of}` is an earlier day: today is `{today}`, and a check as of a day before \
               yesterday needs the right to it; `--backdated` gives it, and `mustcheck explain` \
               shows a case by its own day",
    }
}

impl std::error::Error for Unbackdated {}

#[cfg(test)]
mod tests {
    use mustcheck_testing::worded::faults;

    use super::Unbackdated;

    #[test]
    fn the_missing_right_is_told_in_both_languages() {
        assert_eq!(faults::<Unbackdated>(), Vec::<String>::new());
    }
}
