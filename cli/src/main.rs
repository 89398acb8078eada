//! The command line: one file per verb.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
