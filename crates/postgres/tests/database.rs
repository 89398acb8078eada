//! Tests on a real server: registry, checks, log and requests, and the state after faults.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../../model/tests/support/standards.rs"]
#[allow(dead_code, reason = "a part of it is used")]
mod standards;

#[path = "database/checks.rs"]
mod checks;
#[path = "database/damage.rs"]
mod damage;
#[path = "database/damaged.rs"]
mod damaged;
#[path = "database/equal.rs"]
mod equal;
#[path = "database/faults.rs"]
mod faults;
#[path = "database/layout.rs"]
mod layout;
#[path = "database/logging.rs"]
mod logging;
#[path = "database/office.rs"]
mod office;
#[path = "database/requests.rs"]
mod requests;
#[path = "database/server.rs"]
mod server;
#[path = "database/tls.rs"]
mod tls;
#[path = "../../registry/tests/damage/victims.rs"]
mod victims;
