//! Markdown tables, and how times and ratios are shown.

use std::fmt::Write as _;

use crate::measure::{Measured, Ratio};

/// A table, row by row.
pub struct Table {
    text: String,
}

impl Table {
    /// A table whose first column is text and whose others are figures.
    pub fn new(heads: &[&str]) -> Self {
        let mut text = format!("| {} |\n|---|", heads.join(" | "));
        text.push_str(&"---:|".repeat(heads.len() - 1));
        text.push('\n');
        Self { text }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[String]) {
        let _ = writeln!(self.text, "| {} |", cells.join(" | "));
    }

    /// The Markdown, with an empty line below.
    pub fn markdown(self) -> String {
        self.text + "\n"
    }
}

/// A time with three digits and its unit.
pub fn time(measured: &Measured) -> String {
    let micros = measured.micros();
    if micros < 10_000.0 {
        format!("{} µs", digits(micros))
    } else {
        format!("{} ms", digits(micros / 1_000.0))
    }
}

/// A ratio with the range of its rounds.
pub fn ratio(ratio: Ratio) -> String {
    if ratio.min == ratio.max {
        return format!("{}×", digits(ratio.median));
    }
    format!("{}× ({}–{})", digits(ratio.median), digits(ratio.min), digits(ratio.max))
}

/// Three significant digits.
pub fn digits(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => format!("{v:.0}"),
    }
}

/// Whether a target is met, in a word.
pub fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**not met**" }
}
