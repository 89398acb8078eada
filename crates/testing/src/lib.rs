//! What the tests of several crates share. Nothing that is shipped depends on it.
#![allow(clippy::panic, reason = "a test fails by panicking")]

pub mod programs;

/// The variable that says to a program which is built for tests what day it is. Those that are
/// shipped do not read it (RAIL R14).
pub const CLOCK: &str = "MUSTCHECK_TEST_NOW";
