//! Evidence: what is put on record, what a replay makes of it, and what happens to what somebody
//! changed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "evidence/auditor.rs"]
mod auditor;
#[path = "evidence/changed.rs"]
mod changed;
#[path = "evidence/command_line.rs"]
mod command_line;
#[path = "evidence/golden.rs"]
mod golden;
#[path = "evidence/keys.rs"]
mod keys;
#[path = "evidence/killed.rs"]
mod killed;
#[path = "evidence/office.rs"]
mod office;
#[path = "evidence/recording.rs"]
mod recording;
