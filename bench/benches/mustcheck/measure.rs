//! Measuring with criterion, in rounds.
//!
//! Other programs share the machine, and its speed drifts by the minute. The rows of a group are
//! therefore measured one right after the other, several times over, and a ratio is taken within
//! a round. All times are medians, in microseconds per run.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode};
use serde::Deserialize;

/// Settings of one measurement of a row.
#[derive(Clone, Copy)]
pub struct Pace {
    warm_up: Duration,
    measurement: Duration,
    samples: usize,
    sampling: SamplingMode,
}

impl Pace {
    /// Returns the same pace with a longer warm-up.
    pub const fn warmed(self, warm_up: Duration) -> Self {
        Self { warm_up, ..self }
    }
}

/// The work of a row.
pub enum Run<'a> {
    /// One run; criterion counts the runs and times them.
    Once(Box<dyn FnMut() + 'a>),
    /// Makes so many runs, and returns how long they took together.
    Many(Box<dyn FnMut(u64) -> Duration + 'a>),
}

/// A row to be measured.
pub struct Row<'a> {
    id: String,
    run: Run<'a>,
}

impl<'a> Row<'a> {
    /// A row by its id, of plain letters, digits and hyphens.
    pub fn new(id: impl Into<String>, run: impl FnMut() + 'a) -> Self {
        Self { id: id.into(), run: Run::Once(Box::new(run)) }
    }

    /// A row that counts and times its own runs.
    pub fn timed(id: impl Into<String>, run: impl FnMut(u64) -> Duration + 'a) -> Self {
        Self { id: id.into(), run: Run::Many(Box::new(run)) }
    }
}

/// A row as it was measured: the median of each round, in microseconds.
#[derive(Clone)]
pub struct Measured {
    rounds: Vec<f64>,
}

/// A ratio of two rows: the median of the rounds, and their range.
#[derive(Clone, Copy)]
pub struct Ratio {
    /// The median of the rounds.
    pub median: f64,
    /// The smallest of a round.
    pub min: f64,
    /// The largest of a round.
    pub max: f64,
}

impl Measured {
    /// Microseconds: the median of the rounds.
    pub fn micros(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// Ratio of this row's time to the other's, round by round.
    pub fn over(&self, other: &Self) -> Ratio {
        let each = self.rounds.iter().zip(&other.rounds).map(|(one, other)| one / other);
        let each: Vec<f64> = each.collect();
        Ratio {
            median: median(each.clone()),
            min: each.iter().copied().fold(f64::INFINITY, f64::min),
            max: each.iter().copied().fold(0.0, f64::max),
        }
    }

    /// The same row with every time multiplied, for rows that do several things in one run.
    pub fn times(&self, factor: f64) -> Self {
        Self { rounds: self.rounds.iter().map(|t| t * factor).collect() }
    }
}

/// The median of at least one value.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}

/// Measures rows.
pub struct Bench {
    criterion: Criterion,
    home: PathBuf,
    quick: bool,
    rounds: usize,
}

/// The part of criterion's file on a measurement that is read, in nanoseconds.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

impl Bench {
    /// Makes a bench; a quick one is for a look, and its figures are not to be quoted.
    pub fn new(quick: bool) -> Self {
        let home = scratch().join("criterion");
        // Nothing is compared with an earlier run, which another machine load may have slowed.
        let _ = fs::remove_dir_all(&home);
        let criterion = Criterion::default().output_directory(&home).nresamples(2_000);
        Self { criterion, home, quick, rounds: if quick { 1 } else { 5 } }
    }

    /// Whether this is only a quick look.
    pub const fn quick(&self) -> bool {
        self.quick
    }

    /// The pace for runs of microseconds.
    pub fn brisk(&self) -> Pace {
        let (warm_up, measurement, samples) =
            if self.quick { (50, 150, 10) } else { (200, 800, 40) };
        Pace {
            warm_up: Duration::from_millis(warm_up),
            measurement: Duration::from_millis(measurement),
            samples,
            sampling: SamplingMode::Auto,
        }
    }

    /// The pace for runs of milliseconds to seconds: ten samples of one run or more each.
    pub fn slow(&self) -> Pace {
        let (warm_up, measurement) = if self.quick { (100, 1_000) } else { (500, 3_000) };
        Pace {
            warm_up: Duration::from_millis(warm_up),
            measurement: Duration::from_millis(measurement),
            samples: 10,
            sampling: SamplingMode::Flat,
        }
    }

    /// Measures rows one after the other, round by round, in the order given.
    pub fn rows(&mut self, group: &str, pace: Pace, rows: &mut [Row<'_>]) -> Vec<Measured> {
        let mut measured = vec![Measured { rounds: Vec::new() }; rows.len()];
        let mut under = self.criterion.benchmark_group(group);
        under
            .warm_up_time(pace.warm_up)
            .measurement_time(pace.measurement)
            .sample_size(pace.samples)
            .sampling_mode(pace.sampling);
        for round in 0..self.rounds {
            for (row, measured) in rows.iter_mut().zip(&mut measured) {
                under.bench_function(BenchmarkId::new(&row.id, round), |b| match &mut row.run {
                    Run::Once(run) => b.iter(&mut *run),
                    Run::Many(run) => b.iter_custom(&mut *run),
                });
                let written = self.home.join(group).join(&row.id).join(round.to_string());
                let written = written.join("new/estimates.json");
                let json = fs::read(&written).expect("criterion wrote its estimates");
                let estimates: Estimates =
                    serde_json::from_slice(&json).expect("criterion's estimates are JSON");
                measured.rounds.push(estimates.median.point_estimate / 1_000.0);
            }
        }
        under.finish();
        measured
    }

    /// Describes how the figures were measured, in a line below the tables.
    pub fn how(&self) -> String {
        let warning = if self.quick { " A quick look: do not quote these figures." } else { "" };
        format!(
            "{} round(s); within a round the rows of a table are measured one after the other. \
             Times are medians; a ratio is taken within a round, and its median is shown with \
             the range of the rounds.{warning}",
            self.rounds
        )
    }
}

/// Folder of measurements and generated data: under `target/`, kept between runs.
pub fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}
