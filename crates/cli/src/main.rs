//! The command line: one file per verb.

mod cli;
mod suite;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
