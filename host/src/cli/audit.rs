//! `mustcheck audit`: the log of the checks, and its keys.

mod keygen;

use anyhow::Result;
use clap::Subcommand;

use crate::cli::Style;

#[derive(Subcommand)]
pub enum Command {
    /// Make the keys that sign receipts and the log.
    Keygen(keygen::Arguments),
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    match command {
        Command::Keygen(arguments) => keygen::run(arguments, style),
    }
}
