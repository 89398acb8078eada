//! `mustcheck check`: one application, end to end.

use anyhow::Result;
use clap::Args;
use mustcheck::exit_code;

use crate::cli::backdated::Backdated;
use crate::cli::gates::CaseArguments;
use crate::cli::recording::{self, Recording};
use crate::cli::{Style, text};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    case: CaseArguments,
    #[command(flatten)]
    backdated: Backdated,
    #[command(flatten)]
    recording: Recording,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let (application, gates) = arguments.case.open()?;
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
