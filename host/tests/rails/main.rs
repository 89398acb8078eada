//! One property per rail, over generated applications and registries.
//!
//! The rules run natively here, and the component beside them where the host's part is meant; the
//! golden cases show that both decide alike. The host's checks on a dishonest component are tested
//! in `src/rails/tests.rs`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod case;
mod properties;
