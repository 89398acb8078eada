//! `mustcheck catalogue`: the measure list, for those who read and keep it.

mod diff;
mod findings;
mod lint;
mod new;
mod prove;
mod show;
mod status;

use anyhow::Result;
use clap::Subcommand;

use crate::cli::Style;

#[derive(Subcommand)]
pub enum Command {
    /// Show matters with their due lookups, and measures with their basis.
    Show(show::Arguments),
    /// Find every fault of a catalogue folder: its place, the clause it offends, and how to fix it.
    Lint(lint::Arguments),
    /// Show in law terms what changes from one catalogue to another.
    Diff(diff::Arguments),
    /// Prove for every day on which the law changes that lookups are due and measures have a legal
    /// basis.
    Prove(prove::Arguments),
    /// Show for each legal text how often it is cited, when it is in force, and when it was
    /// checked.
    Status(status::Arguments),
    /// Begin a new catalogue, with its first case.
    New(new::Arguments),
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    match command {
        Command::Show(arguments) => show::run(arguments, style),
        Command::Lint(arguments) => lint::run(arguments, style),
        Command::Diff(arguments) => diff::run(arguments, style),
        Command::Prove(arguments) => prove::run(arguments, style),
        Command::Status(arguments) => status::run(arguments, style),
        Command::New(arguments) => new::run(arguments, style),
    }
}
