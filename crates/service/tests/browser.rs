//! The officer's pages in a real browser: Chromium, driven as a person drives it.
//!
//! These tests are left out where `chromium`, `chromedriver` or Chinese letters are not installed.
//! With `MUSTCHECK_SCREENSHOTS` set to a folder, a picture of each page and a PDF of each print are
//! kept there, to be looked at.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "browser/audit.rs"]
mod audit;
#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/officer.rs"]
mod officer;
mod support;
