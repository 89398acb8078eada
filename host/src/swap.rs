//! Whether pages of this process may be swapped out.
//!
//! A slot of the pool is clean for the next check because every page that was written is written
//! anew. The engine may ask the kernel which those are (`PAGEMAP_SCAN`); but the engine leaves out
//! pages that were swapped out since (wasmtime's pull request 14357, fixed in version 50). So the
//! kernel is only asked where there is no swap, and where swap appears later nothing is decided any
//! more.

use std::fs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// The kernel's table of swap: a heading, and a line for each file or partition.
const TABLE: &str = "/proc/swaps";

/// Whether the machine has swap; where nobody can tell, it may.
pub(crate) fn is_there() -> bool {
    fs::read_to_string(TABLE).map_or(true, |table| has_lines(&table))
}

fn has_lines(table: &str) -> bool {
    table.lines().skip(1).any(|line| !line.trim().is_empty())
}

/// Whether swap has appeared since the process began. The machine is asked once a second.
pub(crate) fn has_appeared() -> bool {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    static ASKED: AtomicU64 = AtomicU64::new(0);
    static APPEARED: AtomicBool = AtomicBool::new(false);
    let second = BEGUN.get_or_init(Instant::now).elapsed().as_secs() + 1;
    let is_asked = ASKED.load(Ordering::Relaxed) == second;
    if !is_asked && ASKED.swap(second, Ordering::Relaxed) != second && is_there() {
        // It may be gone again, and with it what was swapped out; nobody knows.
        APPEARED.store(true, Ordering::Relaxed);
    }
    APPEARED.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_swap_is_read() {
        let heading = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        assert!(!has_lines(heading));
        assert!(!has_lines(""));
        let file = format!("{heading}/swapfile  file\t\t1048572\t\t0\t\t-2\n");
        assert!(has_lines(&file));
    }
}
