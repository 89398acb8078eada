//! `mustcheck test`: runs test cases and compares their decisions with the expected ones.
//!
//! Exit codes: 0 the suite passes, 1 a case or the machinery fails, or less is covered than was
//! asked for, 3 a case cannot be evaluated and no other fails.

mod coverage;
mod init;
mod tell;
mod watch;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use mustcheck::model::Text;

use crate::cli::Style;
use crate::cli::failure::{OutputIsInput, Unreadable};
use crate::cli::gates::{cache, open_policy};
pub use crate::cli::test::init::{Exists, NoBundle, NotOpened};
use crate::suite::coverage::Coverage;
use crate::suite::find::{APPLICATION, DECISION, EXPECTED, REGISTRIES};
use crate::suite::{self, Finding, Policies, Ran, Source, Verdict};

#[derive(Args)]
pub struct Arguments {
    /// Folders of cases; all folders below them are searched, too.
    #[arg(value_name = "DIR", required_unless_present = "init")]
    folders: Vec<PathBuf>,
    /// Decide by this catalogue folder instead of the embedded editions; each case may name an
    /// edition and an overlay of it.
    #[arg(long, value_name = "DIR", conflicts_with = "policy")]
    catalogue: Option<PathBuf>,
    /// Decide by this baked component.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// List the cases that pass, too.
    #[arg(long, short)]
    verbose: bool,
    /// Write the results as JUnit XML.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Show what the cases cover: measures, clauses, reasons, standings and more.
    #[arg(long)]
    coverage: bool,
    /// Fail if a smaller percentage of the measures or of the clauses is covered.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage_minimum: Option<u8>,
    /// Run again whenever a case or the catalogue changes, until Ctrl-C.
    #[arg(long, conflicts_with = "init")]
    watch: bool,
    /// Turn this check into a case: an evidence bundle, or an application with `--registry`.
    /// Everybody in it is replaced by somebody invented.
    #[arg(long, value_name = "FILE", requires = "into", conflicts_with = "folders")]
    init: Option<PathBuf>,
    /// The folder of the new case; it must not be there yet.
    #[arg(long, value_name = "DIR", requires = "init")]
    into: Option<PathBuf>,
    /// The registry of the application that becomes a case.
    #[arg(long, value_name = "FILE", requires = "init")]
    registry: Option<PathBuf>,
    /// The overlay of the application that becomes a case.
    #[arg(long, value_name = "NAME", requires = "registry")]
    overlay: Option<String>,
    /// The secret keys for an encrypted bundle, as `age-keygen` writes them.
    #[arg(long, value_name = "FILE", requires = "init")]
    identity: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    if let (Some(from), Some(into)) = (&arguments.init, &arguments.into) {
        return init::run(arguments, from, into, style);
    }
    if arguments.watch {
        return watch::run(arguments, style);
    }
    Ok(once(arguments, style)?.exit_code())
}

/// Results of a run.
struct Results {
    ran: Vec<Ran>,
    /// Faults of the folders.
    findings: Vec<Finding>,
    coverage: Option<Coverage>,
    /// Whether less is covered than was asked for.
    too_little: bool,
}

impl Results {
    fn count(&self, verdict: Verdict) -> usize {
        self.ran.iter().filter(|ran| ran.verdict == verdict).count()
    }

    fn exit_code(&self) -> u8 {
        let any = |verdict| self.count(verdict) > 0;
        if any(Verdict::Fault) || any(Verdict::Failed) || self.too_little {
            1
        } else if any(Verdict::Bad) || !self.findings.is_empty() {
            3
        } else {
            0
        }
    }
}

/// Runs the suite and prints its results.
fn once(arguments: &Arguments, style: Style) -> Result<Results> {
    let mut policies = policies(arguments)?;
    let found = suite::find(&arguments.folders)
        .map_err(|(path, source)| Unreadable { path: path.display().to_string(), source })?;
    let mut findings = found.findings;
    if found.cases.is_empty() && findings.is_empty() {
        let none = format!("there is no case: no folder with an `{}`", APPLICATION);
        findings.extend(arguments.folders.iter().map(|folder| Finding::of(folder, &none)));
    }
    let bar = bar(found.cases.len(), style);
    let ran = suite::run::run(found.cases, &mut policies, || bar.inc(1));
    bar.finish_and_clear();
    let wants = arguments.coverage || arguments.coverage_minimum.is_some();
    let coverage = wants.then(|| Coverage::of(&ran, &policies));
    let least = coverage.as_ref().map_or(100, Coverage::least);
    let too_little = arguments.coverage_minimum.is_some_and(|minimum| least < minimum);
    let results = Results { ran, findings, coverage, too_little };
    if let Some(path) = &arguments.junit {
        junit(path, &results, style)?;
    }
    tell::results(&results, arguments, style)?;
    Ok(results)
}

fn policies(arguments: &Arguments) -> Result<Policies> {
    let source = match (&arguments.catalogue, &arguments.policy) {
        (Some(folder), _) => Source::Catalogue(folder.clone()),
        (None, Some(file)) => Source::Baked(open_policy(file)?),
        (None, None) => Source::Embedded,
    };
    Ok(Policies::of(source, cache()).map_err(NoCatalogue)?)
}

/// Error: a folder is no catalogue.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoCatalogue(Finding);

fn junit(path: &Path, results: &Results, style: Style) -> Result<()> {
    let names = [APPLICATION, DECISION, EXPECTED].into_iter().chain(REGISTRIES);
    let files = results.ran.iter().flat_map(|ran| names.clone().map(|name| ran.path.join(name)));
    // What cannot be opened is not there to be overwritten.
    if files.into_iter().any(|file| same_file::is_same_file(&file, path).unwrap_or(false)) {
        let path = path.display().to_string();
        return Err(OutputIsInput { path, what: "file of a case" }.into());
    }
    let pick = |text: &Text| style.pick(text).to_owned();
    let xml = match suite::junit::report(&results.ran, &results.findings, pick) {
        Ok(xml) => xml,
        Err(detail) => bail!("the results cannot be written as XML: {detail}"),
    };
    std::fs::write(path, xml).with_context(|| format!("`{}` cannot be written", path.display()))
}

/// Returns a progress bar on stderr, which is drawn only on a terminal.
fn bar(size: usize, style: Style) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(size).unwrap_or_default());
    let left = style.say("剩余 {eta}", "{eta} left");
    let template = format!("{{bar:30}} {{pos}}/{{len}}  {{elapsed}}, {left}");
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
