//! The memory of a check that is under way.
//!
//! A process of its own opens the embedded policy, makes one check, and then holds so many checks
//! at once: each on its own thread, stopped inside its registry's lookup, with its sandbox alive.
//! What the process holds beyond its state before, divided by the checks, is the memory of one. It
//! includes the thread's stack and the allocator's. Then all go on, as many at a time as there are
//! processors, and the peak is read.
//!
//! Resident memory is read from `/proc`; elsewhere than on Linux the section says so and goes on.

use std::fs;
use std::process::Command;
use std::sync::{Arc, Barrier};
use std::thread;

use mustcheck::model::Answer;
use mustcheck::registry::{Ask, Registry, RegistryError};
use mustcheck::{Application, ApplicationExt as _, Date, Gate, Policy};

use crate::measure::{Bench, median};
use crate::sandbox::Case;
use crate::table::{Table, digits};

/// The argument of a process that measures itself; the number of checks follows.
pub const CHILD: &str = "--hold-checks";

const CASE: &str = "0002-procurement-wage-arrears";

/// How many checks are held at once.
const HELD: [usize; 4] = [1, 8, 32, 128];

/// Measures the memory of concurrent checks.
pub fn run(bench: &Bench) -> String {
    if resident("VmRSS").is_none() {
        return "No `/proc`: the memory of a check is not measured here.\n".into();
    }
    let mut table = Table::new(&[
        "checks held at once",
        "process before",
        "while held",
        "of each check",
        "peak of the checks",
        "of each check at the peak",
    ]);
    let runs = if bench.quick() { 1 } else { 5 };
    for held in HELD {
        let each: Vec<[f64; 3]> = (0..runs).map(|_| ask(held)).collect();
        let [before, during, peak] = [0, 1, 2].map(|i| median(each.iter().map(|e| e[i]).collect()));
        let of_each = |now: f64| format!("{} KiB", digits((now - before) / held as f64));
        let mib = |kib: f64| format!("{} MiB", digits(kib / 1_024.0));
        table.row(&[
            held.to_string(),
            mib(before),
            mib(during),
            of_each(during),
            mib(peak),
            of_each(peak),
        ]);
    }
    table.markdown()
}

/// Starts the process that holds checks: KiB before, while held, and at the peak.
fn ask(held: usize) -> [f64; 3] {
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args([CHILD, &held.to_string()]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let figures: Vec<f64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    figures.try_into().unwrap_or_else(|_| panic!("`{text}` are not three figures"))
}

/// A registry that answers when all the others have been asked too, twice over: once so that the
/// state can be read, once to go on.
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
    let held: usize = arguments.next().unwrap().parse().unwrap();
    let case = Case::open(CASE);
    let policy = Policy::embedded().unwrap();
    let application = Application::from_json(&case.application).unwrap();
    case.gate(&policy).check(&application).unwrap();
    let barrier = Arc::new(Barrier::new(held + 1));
    let holding = Holding { registry: case.registry, barrier: Arc::clone(&barrier) };
    let today = Date { year: 2026, month: 12, day: 31 };
    let gate = Gate::builder().policy(policy).registry(holding).today(today).build().unwrap();
    // Opening a policy compiles, and takes more than any check: its peak is forgotten.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = resident("VmRSS").unwrap();
    let during = thread::scope(|scope| {
        for _ in 0..held {
            scope.spawn(|| gate.check(&application).unwrap());
        }
        barrier.wait();
        let during = resident("VmRSS").unwrap();
        barrier.wait();
        during
    });
    println!("{before} {during} {}", resident("VmHWM").unwrap());
}

/// A line of `/proc/self/status`, in KiB.
fn resident(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
