//! `mustcheck check`: one application, end to end.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mustcheck::exit_code;

use crate::cli::backdated::Backdated;
use crate::cli::gates::{Gates, PolicyChoice, read_application};
use crate::cli::recording::{self, Recording};
use crate::cli::{Style, text};

#[derive(Args)]
pub struct Arguments {
    /// The application, in JSON; `-` reads stdin.
    application: PathBuf,
    /// The registry: a JSON file, a SQLite database, or a mapping file (`*.toml`) of remote
    /// platforms.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
    #[command(flatten)]
    policy: PolicyChoice,
    #[command(flatten)]
    backdated: Backdated,
    #[command(flatten)]
    recording: Recording,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let application = read_application(&arguments.application)?;
    let gates = Gates::open(&arguments.policy, &arguments.registry)?;
    let gates = gates.backdated(arguments.backdated).recorder(arguments.recording.recorder()?);
    let checked = gates.check(&application)?;
    let decision = checked.decision();
    if style.json {
        text::print_json(decision)?;
    } else {
        text::decision(&application, decision, style)?;
    }
    if let Some(recorded) = checked.receipt() {
        eprintln!("{}", recording::told(recorded));
    }
    Ok(exit_code(decision.disposition))
}
