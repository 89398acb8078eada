//! Helpers that the tests of several crates share. Nothing that is shipped depends on them.
#![allow(clippy::panic, reason = "a test fails by panicking")]

pub mod programs;
pub mod worded;

/// Environment variable that sets the time from which the clock of a program built for tests runs.
/// Programs that are shipped do not read it (RAIL R14).
pub const CLOCK: &str = "MUSTCHECK_TEST_NOW";
