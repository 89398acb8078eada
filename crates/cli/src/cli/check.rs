//! `mustcheck check`: one application, end to end.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mustcheck::exit_code;

use crate::cli::backdated::Backdated;
use crate::cli::gates::CaseArguments;
use crate::cli::recording::{self, Recording};
use crate::cli::{Style, papers, text};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    case: CaseArguments,
    #[command(flatten)]
    backdated: Backdated,
    #[command(flatten)]
    recording: Recording,
    /// Write the papers into a folder that is new or empty, as pages to print: the officer's sheet
    /// (核查结果单), and a notice (告知书) for each subject that is reached, in the language of `--lang`.
    #[arg(long, value_name = "FOLDER")]
    papers: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let (application, gates) = arguments.case.open()?;
    let gates = gates.backdated(arguments.backdated).recorder(arguments.recording.recorder()?);
    // If there is no place for the papers, no check is made.
    arguments.papers.as_deref().map_or(Ok(()), papers::prepare)?;
    let checked = gates.check(&application)?;
    if let Some(folder) = &arguments.papers {
        papers::write(folder, &checked, style.language())?;
    }
    let decision = checked.decision();
    if style.json {
        text::print_json(decision)?;
    } else {
        text::decision(&checked, style)?;
    }
    if let Some(recorded) = checked.receipt() {
        eprintln!("{}", recording::told(recorded));
    }
    Ok(exit_code(decision.disposition))
}
