//! The files of the guests.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the guests.
pub fn folder() -> PathBuf {
    // The tests of another crate read it too.
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut guests = above.map(|folder| folder.join("host/tests/hostile/guests"));
    guests.find(|folder| folder.is_dir()).unwrap()
}

/// The text of a guest.
pub fn text(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap_or_else(|e| panic!("`{file}`: {e}"))
}

/// A guest whose text is that of a component.
pub fn of_component(file: &str) -> Vec<u8> {
    wat::parse_str(text(file)).unwrap_or_else(|e| panic!("`{file}`: {e}"))
}
