//! Checks the bidders of an OCDS document and writes the document back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use mustcheck::{Date, Gate, Policy, read_file, redact};
use mustcheck_evidence::{AuditLog, BundleFolder, Keys, Recorder};
use mustcheck_example_tendering::{Options, Place, Representatives, report, screen};

/// The largest document that is read, in bytes.
const DOCUMENT_LIMIT: u64 = 64 << 20;

/// Checks every bidder of a tender in OCDS 1.1 and writes who may take part.
///
/// Exit codes: 0 every bidder was checked, 1 a fault, 2 usage, 3 something in the document is wrong,
/// 12 a bidder was not checked, or not everything due was answered. Who may take part is in the
/// document, never in the exit code.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// A release, a release package or a record package, in JSON.
    document: PathBuf,
    /// The registry: a JSON file or a SQLite database.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
    /// The document with its results.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Code of the kind of tender.
    #[arg(long, default_value = "tendering/statutory-tender")]
    matter: String,
    /// The day of the check; without it, that of the release.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Name of the office that decides; without it, the procuring entity, or else the buyer.
    #[arg(long, value_name = "NAME", requires = "region")]
    office: Option<String>,
    /// Division code of the office (GB/T 2260); without it, the `address.region` of that party.
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Persons who answer for the bidding organizations: JSON or CSV with `organization`, `role`,
    /// `scheme`, `identifier`, `name` and, of a passport, `country`.
    #[arg(long, value_name = "FILE")]
    representatives: Option<PathBuf>,
    /// Puts every check on record in this folder, before its decision is used: the office's keys are
    /// in `keys` (`mustcheck audit keygen`), the log in `log`, what decisions can be derived again
    /// from in `kept`.
    #[arg(long, value_name = "FOLDER")]
    records: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {}", redact(&format!("{error:#}")));
            let input = error.chain().any(|cause| cause.is::<Place>());
            ExitCode::from(if input { 3 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> Result<u8> {
    let place = || format!("document `{}`", cli.document.display());
    let bytes = read_file(&cli.document, DOCUMENT_LIMIT).with_context(place)?;
    let document = String::from_utf8(bytes)
        .map_err(|e| {
            let at = e.utf8_error().valid_up_to();
            Place::at("the document", format!("byte {at} is not UTF-8"))
        })
        .with_context(place)?;
    let registry = mustcheck_registry::open(&cli.registry)
        .with_context(|| format!("registry `{}`", cli.registry.display()))?;
    let mut gate = Gate::builder().policy(Policy::embedded()?).registry(registry);
    if let Some(folder) = &cli.records {
        let recorder = recorder(folder).with_context(|| format!("`{}`", folder.display()))?;
        gate = gate.recorder(recorder);
    }
    let gate = gate.build()?;
    let representatives = match &cli.representatives {
        Some(file) => Representatives::open(file)
            .with_context(|| format!("representatives `{}`", file.display()))?,
        None => Representatives::default(),
    };
    let Cli { matter, as_of, office, region, .. } = cli;
    let options = Options { matter, as_of, office, region, representatives };
    let screened = screen(&gate, &document, &options)
        .with_context(|| format!("document `{}`", cli.document.display()))?;
    write(&cli.output, &screened.document)
        .with_context(|| format!("`{}` cannot be written", cli.output.display()))?;
    for line in report::lines(&screened) {
        println!("{line}");
    }
    Ok(screened.exit_code())
}

/// Opens the recorder of checks. Without it this office could not show later that it asked.
fn recorder(folder: &Path) -> Result<Recorder> {
    let keys = Keys::open(&folder.join("keys"))?;
    let log = AuditLog::open(&folder.join("log"), &keys)?;
    let kept = BundleFolder::open(&folder.join("kept"), None, &keys)?;
    Ok(Recorder::new(keys, log).bundles(kept))
}

/// Writes beside the file and moves it into place: the output may be the input, and a run that is
/// killed must not leave half a document.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    fs::write(&partial, text)?;
    fs::rename(&partial, path)
}
