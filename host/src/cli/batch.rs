//! `mustcheck batch`: many applications, one JSON document a line, in and out in the same order.
//!
//! A line that cannot be evaluated is answered by an error with its number; the rest goes on.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use mustcheck::{
    APPLICATION_LIMIT, Application, ApplicationExt as _, Decision, InputError, PolicyError,
};
use serde::Serialize;

use crate::cli::Style;
use crate::cli::failure::{Failure, OutputIsInput, Unreadable};
use crate::cli::gates::{Gates, PolicyChoice};

#[derive(Args)]
pub struct Arguments {
    /// The applications, one JSON document a line; `-` reads stdin.
    input: PathBuf,
    /// The registry: a JSON file or a SQLite database.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
    /// Where the results go, one JSON document a line; stdout without it.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    policy: PolicyChoice,
}

/// The result of one line.
#[derive(Serialize)]
struct Row<'a> {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a Decision>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let mut gates = Gates::open(&arguments.policy, &arguments.registry)?;
    let (input, size) = open(&arguments.input)?;
    let mut input = BufReader::new(input);
    let mut output: Box<dyn Write> = match &arguments.output {
        Some(path) => {
            let policy = arguments.policy.policy.as_ref();
            let read = [
                ("input", Some(&arguments.input)),
                ("registry", Some(&arguments.registry)),
                ("policy", policy),
            ];
            // Opening one of them for writing would empty what is still to be read.
            let own = read.iter().find(|(_, file)| file.is_some_and(|f| is_same_file(path, f)));
            if let Some((what, _)) = own {
                return Err(OutputIsInput { path: path.display().to_string(), what }.into());
            }
            let file = File::create(path)
                .with_context(|| format!("`{}` cannot be written", path.display()))?;
            Box::new(BufWriter::new(file))
        }
        None => Box::new(BufWriter::new(std::io::stdout().lock())),
    };
    let bar = progress(size);
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut worst = 0_u8;
    let mut number = 0_u64;
    let mut line = Vec::new();
    let unreadable = |source| Unreadable { path: arguments.input.display().to_string(), source };
    while let Some(read) = next_line(&mut input, &mut line).map_err(unreadable)? {
        number += 1;
        bar.inc(read);
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let result = match check(&mut gates, &line, read) {
            // What is wrong with the registry or the policy is wrong for every line.
            Err(error) if is_lasting(&error) => return Err(error),
            result => result,
        };
        let row = match &result {
            Ok(checked) => {
                *counts.entry(checked.decision().disposition.code()).or_default() += 1;
                Row { line: number, decision: Some(checked.decision()), error: None }
            }
            Err(error) => {
                let failure = Failure::of(error);
                *counts.entry("error").or_default() += 1;
                // A fault outweighs bad input.
                worst = if worst == 1 { 1 } else { failure.exit_code() };
                bar.suspend(|| eprintln!("line {number}: {}", failure.plain()));
                Row { line: number, decision: None, error: Some(failure) }
            }
        };
        serde_json::to_writer(&mut output, &row)?;
        output.write_all(b"\n")?;
    }
    output.flush()?;
    bar.finish_and_clear();
    let parts: Vec<String> = counts.iter().map(|(what, n)| format!("{n} {what}")).collect();
    let none = style.say("没有申请", "no applications").to_owned();
    eprintln!("{}", if parts.is_empty() { none } else { parts.join(", ") });
    Ok(worst)
}

fn check(gates: &mut Gates, line: &[u8], read: u64) -> Result<mustcheck::Checked> {
    if read > APPLICATION_LIMIT {
        return Err(InputError::TooLarge { bytes: read, limit: APPLICATION_LIMIT }.into());
    }
    let application = Application::from_json(line)?;
    Ok(gates.as_of(application.as_of)?.check(&application)?)
}

/// Whether an error would meet every other line too.
fn is_lasting(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<PolicyError>() {
        Some(PolicyError::NoEdition { .. }) | None => false,
        Some(_) => true,
    }
}

/// Whether two paths name one file, also through links. A path that does not exist names none.
fn is_same_file(one: &Path, other: &Path) -> bool {
    same_file::is_same_file(one, other).unwrap_or(false)
}

fn open(path: &Path) -> Result<(Box<dyn Read>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin()), None));
    }
    let unreadable = |source| Unreadable { path: path.display().to_string(), source };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    Ok((Box::new(file), Some(size)))
}

fn progress(size: Option<u64>) -> ProgressBar {
    let Some(size) = size else { return ProgressBar::new_spinner() };
    let bar = ProgressBar::new(size);
    let template = "{bar:40} {bytes}/{total_bytes}  {elapsed} elapsed, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Reads one line, and says how many bytes it had. A line longer than an application may be is
/// read past, so that the next line is found, but not kept.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Option<u64>> {
    line.clear();
    let mut read = 0_u64;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok((read > 0).then_some(read));
        }
        let end = chunk.iter().position(|b| *b == b'\n');
        let taken = end.map_or(chunk.len(), |i| i + 1);
        read += u64::try_from(taken).unwrap_or(u64::MAX);
        if read <= APPLICATION_LIMIT {
            line.extend(chunk.iter().take(end.unwrap_or(taken)));
        }
        input.consume(taken);
        if end.is_some() {
            return Ok(Some(read));
        }
    }
}
