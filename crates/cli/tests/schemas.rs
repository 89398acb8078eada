//! The published JSON Schemas are those of the types.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

#[path = "schemas/all.rs"]
mod schema;

#[test]
fn published_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let bless = std::env::var_os("MUSTCHECK_BLESS").is_some();
    for (file, schema) in schema::all() {
        let current = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = folder.join(file);
        if bless {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &current).unwrap();
        }
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == current,
            "schemas/{file} is not that of the types; if the change is meant: \
             MUSTCHECK_BLESS=1 cargo test --release -p mustcheck-cli --test schemas"
        );
    }
}
