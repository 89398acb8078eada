//! Places: what five local regulations make of the same edition, and what no place may do.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/registry.rs"]
mod registry;

use mustcheck_guest::authoring;
use registry::{catalogue, catalogue_folder};

const PLACES: [&str; 5] = ["henan", "shandong", "shanghai", "shenzhen", "zhejiang"];

#[test]
fn every_place_compiles_with_the_statutes() {
    let mut known = authoring::overlays(&catalogue_folder()).unwrap();
    known.retain(|overlay| overlay != "default");
    assert_eq!(known, PLACES);
    for place in PLACES {
        let catalogue = catalogue("statutes", place);
        assert_eq!(catalogue.policy().overlay, place);
    }
}
