//! The right to check as of an earlier day.

use anyhow::Error;
use clap::Args;
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
    pub fn told(self, error: CheckError, as_of: Date, today: Date) -> Error {
        match error {
            CheckError::Application(ApplicationError::InvalidDate(mut problem))
                if self.backdated.is_none() && problem.path == "as_of" && as_of < today =>
            {
                problem.detail.push_str(
                    "; `--backdated` gives it, and `mustcheck explain` shows a case by its own day",
                );
                CheckError::Application(ApplicationError::InvalidDate(problem)).into()
            }
            other => other.into(),
        }
    }
}
