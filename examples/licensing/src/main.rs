//! Runs case files through the licensing office.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, ValueEnum};
use mustcheck::{Gate, Policy, read_file, redact};
use mustcheck_evidence::{AuditLog, BundleFolder, Keys, Recorder};
use mustcheck_example_licensing::intake::CASE_LIMIT;
use mustcheck_example_licensing::{CaseFile, Office, report};

/// A licensing office: intake, completeness, credit check, examination, decision.
///
/// Exit codes: 0 every case was handled, 1 a fault, 2 usage, 3 a case file that cannot be read or
/// evaluated. The result of a case is in its lines, never in the exit code.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// Case files, in JSON.
    #[arg(required = true)]
    cases: Vec<PathBuf>,
    /// The registry: a JSON file or a SQLite database.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
    /// Working days that the office gives for promised materials.
    #[arg(long, value_name = "N", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=250))]
    tolerance_days: u16,
    /// Language of the notices to applicants.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// Puts every check on record in this folder, before its decision is used: the office's keys are
    /// in `keys` (`mustcheck audit keygen`), the log in `log`, what decisions can be derived again
    /// from in `kept`.
    #[arg(long, value_name = "FOLDER")]
    records: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    Zh,
    En,
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {}", redact(&format!("{error:#}")));
            ExitCode::from(1)
        }
    }
}

fn run(cli: &Cli) -> Result<u8> {
    let registry = mustcheck_registry::open(&cli.registry)
        .with_context(|| format!("registry `{}`", cli.registry.display()))?;
    let mut gate = Gate::builder().policy(Policy::embedded()?).registry(registry);
    if let Some(folder) = &cli.records {
        let recorder = recorder(folder).with_context(|| format!("`{}`", folder.display()))?;
        gate = gate.recorder(recorder);
    }
    let office = Office::behind(gate.build()?, cli.tolerance_days)?;
    let mut code = 0;
    let mut cases = Vec::new();
    for path in &cli.cases {
        match read(path) {
            Ok(case) => cases.push(case),
            // One bad file does not stop the others.
            Err(error) => {
                code = 3;
                eprintln!("error: {}", redact(&format!("{error:#}")));
            }
        }
    }
    let unread = cli.cases.len() - cases.len();
    let (handled, failed) = office.handle_all(cases);
    for one in &handled {
        for line in report::lines(one, cli.lang == Lang::Zh) {
            println!("{line}");
        }
        println!();
    }
    println!("{}", report::summary(&handled, failed.len() + unread));
    for (id, error) in failed {
        code = if error.is_fault() || code == 1 { 1 } else { 3 };
        let error = anyhow::Error::from(error).context(format!("case `{}`", report::shown(&id)));
        eprintln!("error: {}", redact(&format!("{error:#}")));
    }
    Ok(code)
}

/// Opens the recorder of checks. Without it this office could not show later that it asked.
fn recorder(folder: &Path) -> Result<Recorder> {
    let keys = Keys::open(&folder.join("keys"))?;
    let log = AuditLog::open(&folder.join("log"), &keys)?;
    let kept = BundleFolder::open(&folder.join("kept"), None, &keys)?;
    Ok(Recorder::new(keys, log).bundles(kept))
}

fn read(path: &Path) -> Result<CaseFile> {
    let place = || format!("case file `{}`", path.display());
    let json = read_file(path, CASE_LIMIT).with_context(place)?;
    CaseFile::from_json(&json).with_context(place)
}
