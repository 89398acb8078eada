//! Growth of the cost of a fresh check: with the catalogue, with the case, and with threads.
//!
//! A run is one `Gate::check` on an application that is already read, with answers at hand; only
//! the axis that is named grows.

use std::hint::black_box;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use mustcheck::model::{Answer, Application};
use mustcheck::registry::{Ask, Registry, RegistryError};
use mustcheck::{Gate, Policy};

use crate::measure::{Bench, Measured, Row};
use crate::synthetic::{self, AS_OF, Fact, Place};
use crate::table::{Table, ratio, time, verdict};

/// Largest cost of 10,000 measures, as a multiple of 100.
const MEASURES_TARGET: f64 = 1.5;
/// Smallest throughput of two threads, as a multiple of one.
const THREADS_TARGET: f64 = 1.8;

/// Number of measures that one record triggers, whatever the size of the catalogue.
const TRIGGERED: usize = 3;

/// Catalogues: numbers of measures, of matters, and of acts for each matter. Both grow, as they
/// would.
const SIZES: [(usize, usize, usize); 3] = [(100, 3, 11), (1_000, 9, 37), (10_000, 33, 101)];

/// A registry that always gives the same answers.
struct Fixed(Vec<Answer>);

impl Registry for Fixed {
    fn lookup(&self, _: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        Ok(self.0.clone())
    }
}

/// A catalogue in which each matter and act share three measures, the last of them not mandatory.
/// The measures left over to the round number are at the last place.
fn policy((measures, matters, acts): (usize, usize, usize)) -> Policy {
    let place = |i: usize| {
        let pair = (i / TRIGGERED).min(matters * acts - 1);
        Place { matter: pair % matters, act: pair / matters, mandatory: i % TRIGGERED != 2 }
    };
    let places: Vec<Place> = (0..measures).map(place).collect();
    synthetic::policy(&synthetic::catalogue(&places))
}

/// A gate, and the application that it checks.
#[derive(Clone)]
struct Put {
    gate: Gate,
    application: Arc<Application>,
}

impl Put {
    /// Makes so many subjects with so many records each; two acts take turns.
    fn new(policy: &Policy, subjects: usize, records: usize) -> Self {
        let application = synthetic::application(1, subjects);
        let facts: Vec<Fact> =
            (0..records).map(|r| Fact { act: 5 + r % 2, until: None, event: None }).collect();
        let answers = (0..subjects).map(|s| synthetic::answer(&application, s, &facts)).collect();
        let gate = Gate::builder().policy(policy.clone()).registry(Fixed(answers)).today(AS_OF);
        let put = Self { gate: gate.build().unwrap(), application: Arc::new(application) };
        let expected = subjects * records.min(2) * TRIGGERED;
        let checked = put.gate.check(&put.application).unwrap();
        assert_eq!(checked.decision().measures.len(), expected, "each act triggers three");
        put
    }

    fn check(&self) {
        black_box(self.gate.check(black_box(&self.application)).unwrap());
    }
}

/// Makes so many runs on each of so many threads at once; returns the time of all.
fn together(threads: usize, runs: u64, run: &(dyn Fn() + Sync)) -> Duration {
    let start = Barrier::new(threads + 1);
    thread::scope(|scope| {
        let worker = || {
            start.wait();
            (0..runs).for_each(|_| run());
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        start.wait();
        let begun = Instant::now();
        for worker in workers {
            worker.join().unwrap();
        }
        begun.elapsed()
    })
}

/// Arithmetic that shares nothing and asks for no memory: what the machine has to give.
fn arithmetic() {
    let mut state = black_box(1_u64);
    for _ in 0..100_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    }
    black_box(state);
}

/// Measures the section.
pub fn run(bench: &mut Bench) -> String {
    [measures(bench), case(bench), threads(bench)].concat()
}

fn measures(bench: &mut Bench) -> String {
    let mut table =
        Table::new(&["measures", "matters × acts", "fresh check", "÷ 100 measures", "opened in"]);
    let mut opened = Vec::new();
    let puts = SIZES.map(|size| {
        let begun = Instant::now();
        let policy = policy(size);
        opened.push(format!("{:.1} s", begun.elapsed().as_secs_f64()));
        Put::new(&policy, 2, 2)
    });
    let measured = each(bench, "scale-measures", &puts, &SIZES.map(|(n, _, _)| n));
    for (i, (n, matters, acts)) in SIZES.into_iter().enumerate() {
        table.row(&[
            n.to_string(),
            format!("{matters} × {acts}"),
            time(&measured[i]),
            ratio(measured[i].over(&measured[0])),
            opened[i].clone(),
        ]);
    }
    let over = measured[2].over(&measured[0]).median;
    format!(
        "Two subjects with two records each; 12 measures apply in every row.\n\n\
         {}10,000 ÷ 100 measures: target ≤ {MEASURES_TARGET}: {}.\n\n",
        table.markdown(),
        verdict(over <= MEASURES_TARGET)
    )
}

fn case(bench: &mut Bench) -> String {
    let policy = policy(SIZES[1]);
    let mut report = String::from("With 1,000 measures:\n\n");
    let records = [0, 1, 10, 100];
    let puts = records.map(|r| Put::new(&policy, 2, r));
    let measured = each(bench, "scale-records", &puts, &records);
    report += &axis("records of each of 2 subjects", &records, &measured);
    let subjects = [1, 10, 100];
    let puts = subjects.map(|s| Put::new(&policy, s, 2));
    let measured = each(bench, "scale-subjects", &puts, &subjects);
    report += &axis("subjects with 2 records each", &subjects, &measured);
    report
}

fn axis(name: &str, values: &[usize], measured: &[Measured]) -> String {
    let mut table = Table::new(&[name, "fresh check", &format!("÷ {}", values[0])]);
    for (value, row) in values.iter().zip(measured) {
        table.row(&[value.to_string(), time(row), ratio(row.over(&measured[0]))]);
    }
    table.markdown()
}

fn threads(bench: &mut Bench) -> String {
    let put = Put::new(&policy(SIZES[1]), 2, 2);
    let check = || put.check();
    let work: [(&str, &(dyn Fn() + Sync)); 2] = [("check", &check), ("arithmetic", &arithmetic)];
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (id, run) in work {
        for threads in [1, 2] {
            let timed = move |runs| together(threads, runs, run);
            rows.push(Row::timed(format!("{id}-{threads}"), timed));
        }
    }
    let measured = bench.rows("scale-threads", bench.brisk(), &mut rows);
    let mut table = Table::new(&["", "1 thread", "2 threads, on each", "throughput, 2 ÷ 1"]);
    // Two threads do twice the work in the time that is shown.
    let throughput = |i: usize| measured[i].times(2.0).over(&measured[i + 1]);
    for (i, title) in [(0, "fresh check, one gate shared"), (2, "arithmetic, nothing shared")] {
        let (one, two) = (time(&measured[i]), time(&measured[i + 1]));
        table.row(&[title.into(), one, two, ratio(throughput(i))]);
    }
    format!(
        "{}Throughput of 2 threads: target ≥ {THREADS_TARGET}: {}.\n",
        table.markdown(),
        verdict(throughput(0).median >= THREADS_TARGET)
    )
}

fn each(bench: &mut Bench, group: &str, puts: &[Put], values: &[usize]) -> Vec<Measured> {
    let rows =
        puts.iter().zip(values).map(|(put, value)| Row::new(value.to_string(), || put.check()));
    let mut rows: Vec<Row<'_>> = rows.collect();
    bench.rows(group, bench.brisk(), &mut rows)
}
