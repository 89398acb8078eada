//! The benchmarks of mustcheck:
//! `cargo bench -p mustcheck-bench --features peers [-- SECTION… [--quick]]`.
//!
//! Each section measures its rows with criterion and returns a Markdown report; the reports come
//! together at the end of the output. What is measured, and what that favours: `bench/README.md`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on, or whose engines disagree, stops"
)]

mod identifiers;
mod ladder;
mod measure;
#[cfg(feature = "peers")]
mod peers;
#[cfg(not(feature = "peers"))]
#[path = "no_peers.rs"]
mod peers;
mod process;
mod registry;
mod sandbox;
mod scale;
mod synthetic;
mod table;

use std::process::Command;

use measure::Bench;

/// A section: measures, and returns its report.
type Section = fn(&mut Bench) -> String;

const SECTIONS: [(&str, Section); 6] = [
    ("sandbox", sandbox::run),
    ("ladder", ladder::run),
    ("peers", peers::run),
    ("scale", scale::run),
    ("registry", registry::run),
    ("process", process::run),
];

/// Variables that make errors take the stack's trace. A peer whose evaluation makes and drops
/// errors would pay for it twice over.
const TRACES: [&str; 2] = ["RUST_BACKTRACE", "RUST_LIB_BACKTRACE"];

fn main() {
    if TRACES.iter().any(|name| std::env::var_os(name).is_some()) {
        return again_without_traces();
    }
    let mut quick = std::env::var_os("MUSTCHECK_BENCH_QUICK").is_some();
    let mut chosen: Vec<String> = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo's own, of `cargo bench`.
            "--bench" => {}
            "--quick" => quick = true,
            process::memory::CHILD => return process::memory::child(arguments),
            registry::import::CHILD => return registry::import::child(arguments),
            name if SECTIONS.iter().any(|(section, _)| *section == name) => chosen.push(argument),
            other => {
                let names: Vec<_> = SECTIONS.iter().map(|(name, _)| *name).collect();
                eprintln!("`{other}` is no section: {}; or --quick", names.join(", "));
                std::process::exit(2);
            }
        }
    }
    let mut bench = Bench::new(quick);
    let mut reports = Vec::new();
    for (name, run) in SECTIONS {
        if chosen.is_empty() || chosen.iter().any(|c| c == name) {
            reports.push(format!("## {name}\n\n{}", run(&mut bench)));
        }
    }
    println!("\n{}", reports.join("\n"));
    println!("{}", bench.how());
}

/// Starts this program once more, with the same arguments and without [`TRACES`].
fn again_without_traces() {
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(std::env::args_os().skip(1));
    for name in TRACES {
        again.env_remove(name);
    }
    let status = again.status().unwrap();
    std::process::exit(status.code().unwrap_or(1));
}
