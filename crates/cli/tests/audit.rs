//! Feedback, overdue, export and statistics, over logs whose every byte is fixed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "audit/office.rs"]
mod office;
mod support;

#[path = "audit/damage.rs"]
mod damage;
#[path = "audit/export.rs"]
mod export;
#[path = "audit/feedback.rs"]
mod feedback;
#[path = "audit/overdue.rs"]
mod overdue;
#[path = "audit/page.rs"]
mod page;
#[path = "audit/recount.rs"]
mod recount;
#[path = "audit/report.rs"]
mod report;
