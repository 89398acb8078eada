//! The gate by itself, as a program embeds it.

use std::time::{Duration, Instant};

use mustcheck::{Application, ApplicationExt as _, Gate, JsonRegistry, Policy};

use crate::load::Part;
use crate::office::{Office, TODAY};
use crate::servers::of_this_thread;

/// A gate in this process, and the application that it checks.
pub struct Alone {
    gate: Gate,
    application: Application,
}

impl Alone {
    pub fn new(office: &Office) -> Self {
        let registry = JsonRegistry::open(office.folder().join("registry.json"));
        let registry = registry.expect("a registry");
        let policy = Policy::embedded_edition("statutes").expect("a policy");
        let gate = Gate::builder().policy(policy).registry(registry).today(TODAY);
        let gate = gate.build().expect("a gate");
        let application = Application::from_json(office.application()).expect("an application");
        Self { gate, application }
    }

    /// Calls the gate on every core, for this length of time.
    pub fn calls(&self, length: Duration) -> Part {
        let begun = Instant::now();
        let each = || {
            let mut calls = 0;
            while begun.elapsed() < length {
                self.gate.check(&self.application).expect("a decision");
                calls += 1;
            }
            // A thread that has ended is not counted any more.
            (calls, of_this_thread())
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<(u64, Duration)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(each)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let calls = threads.iter().map(|(calls, _)| calls).sum::<u64>() as f64;
        let busy = threads.iter().map(|(_, busy)| busy).sum::<Duration>();
        Part { rate: calls / begun.elapsed().as_secs_f64(), busy: busy.as_secs_f64() / calls }
    }
}
