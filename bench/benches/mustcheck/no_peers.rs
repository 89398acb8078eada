//! Stands for the peers where they were not compiled.

use crate::measure::Bench;

/// Says how to get them.
pub fn run(_: &mut Bench) -> String {
    "Not measured: add `--features peers`, which compiles the other engines.\n".into()
}
