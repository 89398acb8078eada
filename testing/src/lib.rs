//! What the tests of several crates share. Nothing that is shipped depends on it.
#![allow(clippy::panic, reason = "a test fails by panicking")]

pub mod programs;
