//! A desk that screens fund and guarantee applications in batch.
//!
//! Each line of the input ends in exactly one of five files: `passed`, `restricted`, `review`,
//! `retry` (a due lookup was not answered) or `errors`. [`pass::pass`] takes
//! [`&Checked`](mustcheck::Checked): a line that was not checked cannot be written as passed.

pub mod desk;
mod error;
pub mod lines;
pub mod pass;
pub mod provinces;
pub mod report;
pub mod run;
pub mod sheets;

pub use desk::{Desk, Outcome};
pub use error::RunError;
pub use pass::{Held, Passed, pass};
pub use provinces::Provinces;
pub use run::{Totals, retry, screen};
