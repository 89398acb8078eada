//! `mustcheck batch`: many applications, one JSON document a line, in and out in the same order.
//!
//! A line that cannot be evaluated is answered by an error with its number; the rest goes on. As
//! many threads as there are cores work on the lines, and the output is the same for any number of
//! them.

mod lines;
mod pipeline;
mod summary;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use mustcheck::{
    APPLICATION_LIMIT, Application, ApplicationExt as _, CheckError, Checked, Decision, Fault,
    InputError, Language, PolicyError,
};
use serde::Serialize;

use crate::cli::backdated::Backdated;
use crate::cli::failure::{Failure, OutputIsInput, Unreadable};
use crate::cli::gates::{Gates, PolicyChoice};
use crate::cli::recording::Recording;
use crate::cli::{Style, papers};
use lines::{Chunk, Line, Lines};
use pipeline::{Bounds, Sink, Source, Worked};
use summary::Summary;

/// Largest number of worker threads: that of the sandboxes that there can be at a time.
const MOST_JOBS: u16 = 128;

#[derive(Args)]
pub struct Arguments {
    /// The applications, one JSON document a line; `-` reads stdin.
    input: PathBuf,
    /// The registry: a JSON file, a SQLite database, or a mapping file (`*.toml`) of remote
    /// platforms.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
    /// The file for the results, one JSON document a line; stdout without it.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Number of applications that are checked at a time; without it, one for each core.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=128))]
    jobs: Option<u16>,
    /// Write the papers of each application as well, as pages to print, into a folder of its own
    /// that is named by its case number: the officer's sheet (核查结果单), and a notice (告知书) for each
    /// subject that is reached, in the language of `--lang`.
    #[arg(long, value_name = "FOLDER")]
    papers: Option<PathBuf>,
    #[command(flatten)]
    policy: PolicyChoice,
    #[command(flatten)]
    backdated: Backdated,
    #[command(flatten)]
    recording: Recording,
}

/// Everything that the work on a line needs: the gates, and the folder and language of the papers.
struct Work {
    gates: Gates,
    /// The folder of the papers, if they are asked for.
    papers: Option<PathBuf>,
    /// The language of papers and messages.
    language: Language,
}

/// The result of one line.
#[derive(Serialize)]
struct Row<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a Decision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

/// Results of a chunk of lines.
#[derive(Default)]
struct Rows {
    /// Rows in JSON, one a line.
    json: Vec<u8>,
    /// Messages of the errors, each with its line number.
    told: Vec<String>,
    counts: BTreeMap<&'static str, u64>,
    worst: u8,
    /// Number of bytes of the input in this chunk.
    read: u64,
    /// Error that ends the run after these rows.
    ended: Option<anyhow::Error>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let gates = Gates::open(&arguments.policy, &arguments.registry)?;
    let gates = gates.backdated(arguments.backdated);
    let gates = gates.recorder(arguments.recording.recorder()?);
    let (input, size) = open(&arguments.input)?;
    let output = create(arguments)?;
    if let Some(folder) = &arguments.papers {
        papers::prepare(folder)?;
    }
    let work = Work { gates, papers: arguments.papers.clone(), language: style.language() };
    let jobs = usize::from(arguments.jobs.unwrap_or_else(cores));
    let bounds = Bounds {
        jobs,
        // Enough to work on while one line takes its time.
        chunks: 8 * jobs,
        // Every worker may have an application of the largest size.
        bytes: jobs.saturating_mul(usize::try_from(APPLICATION_LIMIT)?),
    };
    let source = Input { lines: Lines::new(input), path: arguments.input.clone() };
    let mut sink = Output { output, summary: Summary::begin(size, style) };
    let done = pipeline::run(bounds, source, move |chunk| rows(&work, &chunk), &mut sink);
    // What was done before an error is kept.
    let flushed = sink.output.flush();
    let summary = sink.summary;
    summary.clear();
    done?;
    flushed?;
    summary.tell();
    Ok(summary.worst())
}

fn cores() -> u16 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u16::try_from(cores).unwrap_or(MOST_JOBS).min(MOST_JOBS)
}

/// The input as a source of chunks.
struct Input {
    lines: Lines<Box<dyn Read + Send>>,
    path: PathBuf,
}

impl Source for Input {
    type Chunk = Chunk;

    fn next(&mut self) -> Option<Result<(Chunk, usize)>> {
        let next = self.lines.next_chunk().transpose()?;
        let path = self.path.display();
        let unreadable = |source| Unreadable { path: path.to_string(), source }.into();
        Some(next.map_err(unreadable).map(|chunk| {
            let kept = chunk.kept;
            (chunk, kept)
        }))
    }
}

/// Output of the rows, and the summary for the terminal.
struct Output {
    output: Box<dyn Write>,
    summary: Summary,
}

impl Sink<Rows> for Output {
    fn take(&mut self, rows: Rows) -> Result<()> {
        self.summary.add(&rows);
        self.output.write_all(&rows.json)?;
        rows.ended.map_or(Ok(()), Err)
    }

    /// Flushes the output: a caller may wait for a row before it sends the next application.
    fn idle(&mut self) -> Result<()> {
        Ok(self.output.flush()?)
    }
}

/// Checks the lines of a chunk, and ends at an error that every other line would meet too.
fn rows(work: &Work, chunk: &Chunk) -> Worked<Rows> {
    let mut rows = Rows { read: chunk.read, ..Rows::default() };
    for line in &chunk.lines {
        // A panic is a fault of the machinery on this line, and the thread is unharmed.
        let checked = catch_unwind(AssertUnwindSafe(|| check(work, line)));
        let checked = checked.unwrap_or_else(|_| Err(anyhow!("the check panicked")));
        if let Err(error) = rows.push(line.number, checked, work.language) {
            rows.ended = Some(error);
            break;
        }
    }
    let is_last = rows.ended.is_some();
    Worked { done: rows, is_last }
}

impl Rows {
    /// Adds the row of a line; returns an error that ends the run.
    fn push(&mut self, line: u64, checked: Result<Checked>, language: Language) -> Result<()> {
        let row = match &checked {
            Ok(checked) => {
                let decision = checked.decision();
                *self.counts.entry(decision.disposition.code()).or_default() += 1;
                let receipt = checked.receipt().map(|recorded| recorded.id.as_str());
                Row { line, decision: Some(decision), receipt, error: None }
            }
            // What is wrong with the registry or the policy is wrong for every line.
            Err(error) if is_lasting(error) => return checked.map(drop),
            Err(error) => {
                let failure = Failure::of(error);
                *self.counts.entry("error").or_default() += 1;
                self.worst = worse(self.worst, failure.exit_code());
                let told = failure.plain(language);
                self.told.push(match language {
                    Language::Zh => format!("第{line}行：{told}"),
                    Language::En => format!("line {line}: {told}"),
                });
                Row { line, decision: None, receipt: None, error: Some(failure) }
            }
        };
        serde_json::to_writer(&mut self.json, &row)?;
        self.json.push(b'\n');
        Ok(())
    }
}

/// Returns the worse of two exit codes: a fault (1) outweighs bad input (3).
const fn worse(one: u8, other: u8) -> u8 {
    if one == 1 || other == 0 { one } else { other }
}

fn check(work: &Work, line: &Line) -> Result<Checked> {
    let Some(content) = &line.content else {
        return Err(InputError::TooLarge { bytes: line.bytes, limit: APPLICATION_LIMIT }.into());
    };
    let application = Application::from_json(content)?;
    let Some(folder) = &work.papers else { return work.gates.check(&application) };
    // If there is no place for its papers, an application is not checked.
    let own = papers::claim(folder, &application.id)?;
    let checked = work.gates.check(&application).inspect_err(|_| {
        // What has no decision has no papers.
        let _ = std::fs::remove_dir(&own);
    })?;
    papers::write(&own, &checked, work.language)?;
    Ok(checked)
}

/// Whether an error would meet every other line too.
fn is_lasting(error: &anyhow::Error) -> bool {
    // What cannot be written now cannot be written for the next line either.
    if let Some(CheckError::Fault(Fault::Record(_))) = error.downcast_ref() {
        return true;
    }
    match error.downcast_ref::<PolicyError>() {
        Some(PolicyError::NoEdition { .. }) | None => false,
        Some(_) => true,
    }
}

/// Whether two paths name one file, also through links. A path that does not exist names none.
fn is_same_file(one: &Path, other: &Path) -> bool {
    same_file::is_same_file(one, other).unwrap_or(false)
}

fn open(path: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let unreadable = |source| Unreadable { path: path.display().to_string(), source };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    Ok((Box::new(file), Some(size)))
}

/// Opens the output of the rows: the named file, unless it is an input, or stdout.
fn create(arguments: &Arguments) -> Result<Box<dyn Write>> {
    let Some(path) = &arguments.output else {
        return Ok(Box::new(BufWriter::new(std::io::stdout().lock())));
    };
    let read = [
        ("input", Some(&arguments.input)),
        ("registry", Some(&arguments.registry)),
        ("policy", arguments.policy.policy.as_ref()),
    ];
    // Opening one of them for writing would empty what is still to be read.
    let own = read.iter().find(|(_, file)| file.is_some_and(|f| is_same_file(path, f)));
    if let Some((what, _)) = own {
        return Err(OutputIsInput { path: path.display().to_string(), what }.into());
    }
    let file =
        File::create(path).with_context(|| format!("`{}` cannot be written", path.display()))?;
    Ok(Box::new(BufWriter::new(file)))
}
