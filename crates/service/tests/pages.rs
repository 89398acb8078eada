//! The officer's pages as a browser meets them, without one.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "pages/cases.rs"]
mod cases;
#[path = "pages/checks.rs"]
mod checks;
#[path = "pages/forms.rs"]
mod forms;
#[path = "pages/input.rs"]
mod input;
#[path = "pages/records.rs"]
mod records;
#[path = "pages/sessions.rs"]
mod sessions;
mod support;
#[path = "pages/visitor.rs"]
mod visitor;
