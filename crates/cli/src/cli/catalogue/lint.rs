//! `mustcheck catalogue lint`: finds every fault of a catalogue folder at once.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mustcheck_authoring as authoring;

use super::findings::{INVALID, as_json, count, tell};
use crate::cli::{Style, text};

/// Exit codes: 0 no error, 3 errors, or with `--strict` warnings.
#[derive(Args)]
pub struct Arguments {
    /// The catalogue's folder.
    folder: PathBuf,
    /// Treat warnings as errors.
    #[arg(long)]
    strict: bool,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let findings = authoring::lint(&arguments.folder);
    let (errors, warnings) = count(&findings);
    if style.json {
        text::print_json(&as_json(&findings))?;
    } else {
        tell(&findings, style)?;
        let folder = arguments.folder.display();
        eprintln!(
            "{}",
            match style.lang {
                crate::cli::Lang::Zh => format!("{folder}：错误{errors}项，警告{warnings}项"),
                crate::cli::Lang::En => format!("{folder}: errors {errors}, warnings {warnings}"),
            }
        );
    }
    let refused = errors > 0 || (arguments.strict && warnings > 0);
    Ok(if refused { INVALID } else { 0 })
}
