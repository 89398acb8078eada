//! Summary of a run for a person at a terminal: the bar, the errors, and the results in numbers.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{Rows, worse};
use crate::cli::Style;

/// Counts of a run so far, with the bar that shows them.
pub struct Summary {
    bar: ProgressBar,
    style: Style,
    begun: Instant,
    counts: BTreeMap<&'static str, u64>,
    worst: u8,
}

impl Summary {
    /// Begins, with the size of the input if it has one.
    pub fn begin(size: Option<u64>, style: Style) -> Self {
        let bar = bar(size, style);
        Self { bar, style, begun: Instant::now(), counts: BTreeMap::new(), worst: 0 }
    }

    /// Adds the results of a chunk, and prints its errors.
    pub fn add(&mut self, rows: &Rows) {
        for (what, n) in &rows.counts {
            *self.counts.entry(what).or_default() += n;
        }
        self.worst = worse(self.worst, rows.worst);
        if !rows.told.is_empty() {
            self.bar.suspend(|| rows.told.iter().for_each(|told| eprintln!("{told}")));
        }
        self.bar.inc(rows.read);
        if !self.bar.is_hidden() {
            let done = self.done();
            let message = match self.style.lang {
                crate::cli::Lang::Zh => format!("{done} 件，每秒 {} 件", self.rate()),
                crate::cli::Lang::En => format!("{done} done, {} a second", self.rate()),
            };
            self.bar.set_message(message);
        }
    }

    /// Takes the bar off the terminal.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints the number of applications by result, and the time that they took.
    pub fn tell(&self) {
        let counts = self.counts.iter().map(|(what, n)| format!("{n} {what}"));
        let counts: Vec<String> = counts.collect();
        if counts.is_empty() {
            eprintln!("{}", self.style.say("没有申请", "no applications"));
            return;
        }
        eprintln!("{}", counts.join(", "));
        let (done, rate) = (self.done(), self.rate());
        let seconds = self.begun.elapsed().as_secs_f64();
        match self.style.lang {
            crate::cli::Lang::Zh => {
                eprintln!("共 {done} 件，用时 {seconds:.1} 秒，每秒 {rate} 件");
            }
            crate::cli::Lang::En => {
                let noun = if done == 1 { "application" } else { "applications" };
                eprintln!("{done} {noun} in {seconds:.1} s, {rate} a second");
            }
        }
    }

    /// Returns the exit code.
    pub const fn worst(&self) -> u8 {
        self.worst
    }

    fn done(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Returns the number of applications a second.
    fn rate(&self) -> u128 {
        let took = self.begun.elapsed().max(Duration::from_millis(1));
        u128::from(self.done()) * 1_000_000 / took.as_micros()
    }
}

/// Returns a progress bar on stderr, which is drawn only on a terminal.
fn bar(size: Option<u64>, style: Style) -> ProgressBar {
    let (bar, template) = match size {
        None => (ProgressBar::new_spinner(), "{spinner} {msg}  {bytes}  {elapsed}".to_owned()),
        Some(size) => {
            let left = style.say("剩余 {eta}", "{eta} left");
            let template = "{bar:30} {percent}%  {msg}  {bytes}/{total_bytes}  {elapsed}";
            (ProgressBar::new(size), format!("{template}, {left}"))
        }
    };
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}
