//! The memory of a check that is under way.
//!
//! A process of its own opens the embedded policy and makes one check on every thread that it will
//! use. Then it either *holds* so many checks at once, each on its own thread, stopped inside its
//! registry's lookup with its sandbox alive; or it *runs* checks on so many threads without pause
//! and reads its own memory all the while. The memory of one check is what the process occupies
//! beyond its state before, divided by the number of checks; the allocator's memory is in it.
//!
//! Resident memory is read from `/proc`; elsewhere than on Linux the section says so and goes on.

use std::fs;
use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use mustcheck::model::Answer;
use mustcheck::registry::{Ask, Registry, RegistryError};
use mustcheck::{Application, ApplicationExt as _, Gate, Policy};

use crate::measure::{Bench, median};
use crate::sandbox::Case;
use crate::table::{Table, digits};

/// The argument of a process that measures itself; then come `hold` or `run`, and the number of
/// checks.
pub const CHILD: &str = "--weigh-checks";

const CASE: &str = "0002-procurement-wage-arrears";

/// Ways of checking, each with a number of checks at once.
const WEIGHED: [(&str, usize); 6] =
    [("hold", 1), ("hold", 8), ("hold", 32), ("hold", 128), ("run", 1), ("run", 2)];

/// Measures the memory of concurrent checks.
pub fn run(bench: &Bench) -> String {
    if resident().is_none() {
        return "No `/proc`: the memory of a check is not measured here.\n".into();
    }
    let mut table = Table::new(&["checks at once", "process before", "with them", "of each check"]);
    let runs = if bench.quick() { 1 } else { 5 };
    for (what, checks) in WEIGHED {
        let each: Vec<[f64; 2]> = (0..runs).map(|_| ask(what, checks)).collect();
        let [before, during] = [0, 1].map(|i| median(each.iter().map(|e| e[i]).collect()));
        let mib = |kib: f64| format!("{} MiB", digits(kib / 1_024.0));
        table.row(&[
            format!("{checks} {}", if what == "hold" { "held" } else { "running, at most" }),
            mib(before),
            mib(during),
            format!("{} KiB", digits((during - before) / checks as f64)),
        ]);
    }
    table.markdown()
}

/// Starts the process that weighs checks; returns its KiB before and with them.
fn ask(what: &str, checks: usize) -> [f64; 2] {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args([CHILD, what, &checks.to_string()]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<f64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    figures.try_into().unwrap_or_else(|_| panic!("`{text}` are not two figures"))
}

/// A registry that answers once everybody at the barrier has come twice: once so that the state can
/// be read, once to go on.
struct Holding {
    registry: Arc<dyn Registry>,
    barrier: Arc<Barrier>,
}

impl Registry for Holding {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        self.barrier.wait();
        self.barrier.wait();
        self.registry.lookup(asks)
    }
}

/// The process that measures itself.
pub fn child(mut arguments: impl Iterator<Item = String>) {
    let what = arguments.next().unwrap();
    let checks: usize = arguments.next().unwrap().parse().unwrap();
    let case = Case::open(CASE);
    let policy = Policy::embedded().unwrap();
    let application = Application::from_json(&case.application).unwrap();
    case.gate(&policy).check(&application).unwrap();
    let (before, during) = match what.as_str() {
        "hold" => held(case, policy, &application, checks),
        _ => running(&case.gate(&policy), &application, checks),
    };
    println!("{before} {during}");
}

fn held(case: Case, policy: Policy, application: &Application, checks: usize) -> (u64, u64) {
    let barrier = Arc::new(Barrier::new(checks + 1));
    let holding = Holding { registry: case.registry, barrier: Arc::clone(&barrier) };
    let gate = Gate::builder().policy(policy).registry(holding);
    let gate = gate.today(application.as_of).build().unwrap();
    let before = resident().unwrap();
    let during = thread::scope(|scope| {
        for _ in 0..checks {
            scope.spawn(|| gate.check(application).unwrap());
        }
        barrier.wait();
        let during = resident().unwrap();
        barrier.wait();
        during
    });
    (before, during)
}

/// Returns the memory before, and the largest that is seen in two seconds, in KiB.
fn running(gate: &Gate, application: &Application, threads: usize) -> (u64, u64) {
    let (stop, warm) = (AtomicBool::new(false), Barrier::new(threads + 1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                black_box(gate.check(application).unwrap());
                warm.wait();
                warm.wait();
                while !stop.load(Ordering::Relaxed) {
                    black_box(gate.check(application).unwrap());
                }
            });
        }
        warm.wait();
        let before = resident().unwrap();
        warm.wait();
        let begun = Instant::now();
        let mut most = 0;
        while begun.elapsed() < Duration::from_secs(2) {
            most = most.max(resident().unwrap());
            thread::sleep(Duration::from_micros(300));
        }
        stop.store(true, Ordering::Relaxed);
        (before, most)
    })
}

/// Memory that this process occupies, in KiB, counted page by page.
fn resident() -> Option<u64> {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").ok()?;
    let line = rollup.lines().find(|line| line.starts_with("Rss:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
