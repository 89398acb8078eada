//! Screens fund and guarantee applications in batch.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use mustcheck::{Gate, Policy, Registry, redact};
use mustcheck_evidence::{AuditLog, BundleFolder, Keys, Recorder};
use mustcheck_example_financing::{Desk, Provinces, report, retry, screen};

/// Screens fund and guarantee applications, one JSON document a line.
///
/// Exit codes: 0 the run was made, 1 it was not, 2 usage. The result of each line is in the five
/// files of the folder, never in the exit code.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Screen every line.
    Screen(Arguments),
    /// Run only the lines of `retry.jsonl` again.
    Retry(Arguments),
}

#[derive(Args)]
struct Arguments {
    /// The applications.
    input: PathBuf,
    /// The national registry: a JSON file or a SQLite database.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
    /// The registry of a province, by the first two digits of its division code, such as
    /// `33=zhejiang.json`.
    #[arg(long, value_name = "CODE=FILE", value_parser = province)]
    province: Vec<(String, PathBuf)>,
    /// The folder of the results.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Puts every check on record in this folder, before its decision is used: the office's keys are
    /// in `keys` (`mustcheck audit keygen`), the log in `log`, what decisions can be derived again
    /// from in `kept`.
    #[arg(long, value_name = "FOLDER")]
    records: Option<PathBuf>,
}

fn province(text: &str) -> Result<(String, PathBuf), String> {
    let (code, file) = text.split_once('=').ok_or("needs a code, `=` and a file")?;
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("`{code}` is no province of two digits (GB/T 2260)"));
    }
    Ok((code.to_owned(), PathBuf::from(file)))
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", redact(&format!("{error:#}")));
            ExitCode::from(1)
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    let (Command::Screen(arguments) | Command::Retry(arguments)) = &cli.command;
    let mut provinces = BTreeMap::new();
    for (code, file) in &arguments.province {
        anyhow::ensure!(
            provinces.insert(code.clone(), open(file)?).is_none(),
            "--province: `{code}` stands twice"
        );
    }
    let registry = Provinces::new(open(&arguments.registry)?, provinces);
    let mut gate = Gate::builder().policy(Policy::embedded()?).registry(registry);
    if let Some(folder) = &arguments.records {
        let recorder = recorder(folder).with_context(|| format!("`{}`", folder.display()))?;
        gate = gate.recorder(recorder);
    }
    let desk = Desk::behind(gate.build()?);
    let input = File::open(&arguments.input)
        .with_context(|| format!("input `{}`", arguments.input.display()))?;
    let input = BufReader::new(input);
    let totals = match &cli.command {
        Command::Screen(_) => screen(&desk, input, &arguments.out)?,
        Command::Retry(_) => retry(&desk, input, &arguments.out)?,
    };
    for line in report::lines(&totals, &arguments.out)? {
        println!("{line}");
    }
    Ok(())
}

fn open(path: &Path) -> Result<Arc<dyn Registry>> {
    mustcheck_registry::open(path).with_context(|| format!("registry `{}`", path.display()))
}

/// Opens the recorder of checks. Without it this office could not show later that it asked.
fn recorder(folder: &Path) -> Result<Recorder> {
    let keys = Keys::open(&folder.join("keys"))?;
    let log = AuditLog::open(&folder.join("log"), &keys)?;
    let kept = BundleFolder::open(&folder.join("kept"), None, &keys)?;
    Ok(Recorder::new(keys, log).bundles(kept))
}
