//! `mustcheck policy bench`: measures what a check costs on this machine, as ratios within one run.

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use clap::Args;
use mustcheck::{Application, ApplicationExt as _, Gate, JsonRegistry, Language, Policy, Registry};
use serde_json::json;

use crate::cli::gates::read_application;
use crate::cli::{Style, text};

/// Application that is measured if none is named: a bid of a firm on the list of wage arrears.
const APPLICATION: &[u8] =
    include_bytes!("../../../../../examples/cases/0002-procurement-wage-arrears/application.json");
const REGISTRY: &[u8] =
    include_bytes!("../../../../../examples/cases/0002-procurement-wage-arrears/registry.json");

/// Number of times that each row is measured. The rows take turns, so that a drift of the machine
/// affects all alike.
const ROUNDS: usize = 11;

#[derive(Args)]
pub struct Arguments {
    /// A baked policy component; without it, an embedded edition.
    file: Option<PathBuf>,
    /// The embedded edition; without it, the newest.
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    edition: Option<String>,
    /// An embedded overlay: what a place adopts of the edition.
    #[arg(long, value_name = "NAME", conflicts_with = "file", default_value = "default")]
    overlay: String,
    /// An application to measure with, in JSON.
    #[arg(long, value_name = "FILE", requires = "registry")]
    application: Option<PathBuf>,
    /// The registry for that application.
    #[arg(long, value_name = "FILE", requires = "application")]
    registry: Option<PathBuf>,
    /// Approximate time to measure for, in seconds.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
}

/// One way of checking, with its times.
struct Row<'a> {
    name: String,
    /// Runs so many checks.
    run: Box<dyn Fn(u32) + 'a>,
    /// Number of checks in one round.
    batch: u32,
    /// Microseconds for one check, of each round.
    found: Vec<f64>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let policy = {
        let edition = arguments.edition.as_deref();
        super::open(arguments.file.as_ref(), edition, &arguments.overlay)?
    };
    let registry: Arc<dyn Registry> = match &arguments.registry {
        Some(file) => mustcheck_registry::open(file)?,
        None => Arc::new(JsonRegistry::from_json(REGISTRY)?),
    };
    let application = match &arguments.application {
        Some(file) => read_application(file)?,
        None => Application::from_json(APPLICATION)?,
    };
    let json = serde_json::to_vec(&application)?;
    let builder = Gate::builder().policy(policy.clone()).registry(Arc::clone(&registry));
    // What is measured is a case with a day of its own, long past; nothing is decided.
    let full = builder.today(application.as_of).build()?;
    let checked = full.check(&application).context("the application that is measured")?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut rows = vec![
        row("fresh sandbox", |n| each(&full, &json, n)),
        row("fresh sandbox, papers too", |n| printed(&full, &json, n)),
        row(&format!("fresh sandbox, {threads} threads"), |n| {
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| each(&full, &json, n));
                }
            });
        }),
    ];
    measure(&mut rows, Duration::from_secs(arguments.seconds));
    let medians: Vec<f64> = rows.iter_mut().map(median).collect();
    let (Some(one), Some(many)) = (medians.first(), medians.get(2)) else { return Ok(1) };
    #[expect(clippy::cast_precision_loss, reason = "a count of threads")]
    let speedup = one * threads as f64 / many;
    report(&policy, &checked, &rows, &medians, (threads, speedup), style)?;
    Ok(0)
}

fn row<'a>(name: &str, run: impl Fn(u32) + 'a) -> Row<'a> {
    Row { name: name.to_owned(), run: Box::new(run), batch: 1, found: Vec::new() }
}

/// Checks so many times, from application JSON to decision JSON and pages to print.
fn printed(gate: &Gate, json: &[u8], times: u32) {
    for _ in 0..times {
        let application: Result<Application, _> = serde_json::from_slice(black_box(json));
        let Some(Ok(checked)) = application.ok().map(|application| gate.check(&application)) else {
            continue;
        };
        black_box(serde_json::to_vec(checked.decision()).is_ok());
        if let Ok(papers) = checked.papers(Language::Zh) {
            black_box(papers.sheet.html());
            papers.notices.iter().for_each(|notice| drop(black_box(notice.document.html())));
        }
    }
}

/// Checks so many times, from application JSON to decision JSON.
fn each(gate: &Gate, json: &[u8], times: u32) {
    for _ in 0..times {
        let application: Result<Application, _> = serde_json::from_slice(black_box(json));
        let checked = application.ok().map(|application| gate.check(&application));
        // The application was checked before measuring; a check that fails now costs less, which
        // shows.
        let decision = checked.map(|c| c.map(|c| serde_json::to_vec(c.decision())));
        black_box(decision.is_some());
    }
}

fn measure(rows: &mut [Row<'_>], time: Duration) {
    let rounds = u32::try_from(ROUNDS * rows.len()).unwrap_or(u32::MAX);
    let share = time / rounds;
    for row in &mut *rows {
        let begun = Instant::now();
        let mut runs = 0_u32;
        while runs < 3 || begun.elapsed() < share {
            (row.run)(1);
            runs += 1;
        }
        row.batch = runs;
    }
    for _ in 0..ROUNDS {
        for row in &mut *rows {
            let begun = Instant::now();
            (row.run)(row.batch);
            row.found.push(begun.elapsed().as_secs_f64() * 1e6 / f64::from(row.batch));
        }
    }
}

fn median(row: &mut Row<'_>) -> f64 {
    row.found.sort_by(f64::total_cmp);
    row.found.get(row.found.len() / 2).copied().unwrap_or(f64::NAN)
}

fn report(
    policy: &Policy,
    checked: &mustcheck::Checked,
    rows: &[Row<'_>],
    medians: &[f64],
    (threads, speedup): (usize, f64),
    style: Style,
) -> Result<()> {
    let base = medians.first().copied().unwrap_or(f64::NAN);
    let decision = serde_json::to_vec(checked.decision())?.len();
    if style.json {
        let each = rows.iter().zip(medians).map(|(row, median)| {
            let (least, most) = (row.found.first(), row.found.last());
            json!({ "row": row.name, "microseconds": median, "least": least, "most": most,
                    "ratio": median / base })
        });
        return text::print_json(&json!({
            "component": policy.component().len(),
            "fuel": checked.fuel(),
            "decision": decision,
            "rows": each.collect::<Vec<_>>(),
            "threads": threads,
            "speedup": speedup,
        }));
    }
    text::heading(style.say("一次核查的耗时", "What one check costs"))?;
    text::line(&format!(
        "  component {} bytes, decision {decision} bytes, fuel {}",
        policy.component().len(),
        checked.fuel()
    ))?;
    text::line(&format!("  {:<28} {:>10} {:>19} {:>7}", "", "median µs", "least–most", "ratio"))?;
    for (row, median) in rows.iter().zip(medians) {
        let least = row.found.first().copied().unwrap_or(f64::NAN);
        let most = row.found.last().copied().unwrap_or(f64::NAN);
        let span = format!("{least:.1}–{most:.1}");
        text::line(&format!(
            "  {:<28} {median:>10.1} {span:>19} {:>7.2}",
            row.name,
            median / base
        ))?;
    }
    text::line(&format!(
        "  {threads} threads check {speedup:.2} times as many applications in the same time"
    ))
}
