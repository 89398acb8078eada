//! Tests of the lint: clean on the shipped catalogue, and exact on bad ones.
//!
//! `lint/good` is a small catalogue without a finding; `lint/bad` changes it in one place for each
//! rule, and `lint/expected` holds the findings that are then expected, word for
//! word.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "lint/bad.rs"]
mod bad;
#[path = "lint/large.rs"]
mod large;
#[path = "lint/rails.rs"]
mod rails;
#[path = "lint/support.rs"]
mod support;
#[path = "lint/table.rs"]
mod table;

use mustcheck_authoring::{compile, editions, lint, overlays};
use support::{good, said, shipped};

#[test]
fn the_shipped_editions_and_overlays_are_clean() {
    assert_eq!(said(&lint(&shipped())), "");
}

#[test]
fn the_small_catalogue_is_clean_and_compiles() {
    let folder = good();
    assert_eq!(said(&lint(folder.path())), "");
    assert_eq!(editions(folder.path()).unwrap(), ["guofa-2016-33", "statutes"]);
    assert_eq!(overlays(folder.path()).unwrap(), ["default", "shanghai"]);
    for (edition, overlay) in
        [("guofa-2016-33", "default"), ("statutes", "default"), ("statutes", "shanghai")]
    {
        let compiled = compile(folder.path(), edition, overlay);
        compiled.unwrap_or_else(|findings| panic!("{}", said(&findings)));
    }
}
