//! `mustcheck audit`: the log of the checks, and its keys.

mod copy;
mod export;
mod feedback;
mod keygen;
mod overdue;
mod report;
mod source;
pub mod table;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::cli::Style;

#[derive(Subcommand)]
pub enum Command {
    /// Make the keys that sign receipts and the log.
    Keygen(keygen::Arguments),
    /// Copy the log of a service, and with `--evidence` its bundles, out of its PostgreSQL.
    Copy(copy::Arguments),
    /// Record what the office did about a receipt's measures and obligations (执行反馈).
    Feedback(feedback::Arguments),
    /// List the measures and obligations that are not reported yet, the late ones first (督办).
    ///
    /// Exit codes: 0 nothing is late, 10 something is late, 1 fault, 2 usage, 3 invalid input.
    Overdue(overdue::Arguments),
    /// Write a row for each measure of each decision, with what was done about it.
    ///
    /// CSV, or with `--format json` one JSON document. The newest checks come first.
    Export(export::Arguments),
    /// Count checks and their results.
    Report(report::Arguments),
    /// Check the log against its checkpoint and keys, and report each place that does not fit.
    Verify(verify::Arguments),
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    match command {
        Command::Keygen(arguments) => keygen::run(arguments, style),
        Command::Copy(arguments) => copy::run(arguments, style),
        Command::Feedback(arguments) => feedback::run(arguments, style),
        Command::Overdue(arguments) => overdue::run(arguments, style),
        Command::Export(arguments) => export::run(arguments, style),
        Command::Report(arguments) => report::run(arguments, style),
        Command::Verify(arguments) => verify::run(arguments, style),
    }
}
