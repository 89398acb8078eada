//! `mustcheck audit`: the log of the checks, and its keys.

mod keygen;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::cli::Style;

#[derive(Subcommand)]
pub enum Command {
    /// Make the keys that sign receipts and the log.
    Keygen(keygen::Arguments),
    /// Hold the log against its checkpoint and keys, and say where it does not fit.
    Verify(verify::Arguments),
}

pub fn run(command: &Command, style: Style) -> Result<u8> {
    match command {
        Command::Keygen(arguments) => keygen::run(arguments, style),
        Command::Verify(arguments) => verify::run(arguments, style),
    }
}
