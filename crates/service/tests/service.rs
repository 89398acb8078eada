//! The service as its callers meet it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "service/callers.rs"]
mod callers;
#[path = "service/checks.rs"]
mod checks;
#[path = "service/connections.rs"]
mod connections;
#[path = "service/faults.rs"]
mod faults;
#[path = "service/http.rs"]
mod http;
#[path = "service/idempotency.rs"]
mod idempotency;
#[path = "service/limits.rs"]
mod limits;
#[path = "service/malformed.rs"]
mod malformed;
#[path = "service/readiness.rs"]
mod readiness;
#[path = "service/records.rs"]
mod records;
#[path = "service/reload.rs"]
mod reload;
#[path = "service/secrets.rs"]
mod secrets;
#[path = "service/settings.rs"]
mod settings;
mod support;
#[path = "service/tls.rs"]
mod tls;
