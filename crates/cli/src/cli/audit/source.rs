//! Arguments that choose a log and a period, and the bar that shows how far a log is read.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use mustcheck::Date;
use mustcheck_audit::{Period, Source};
use mustcheck_evidence::Moment;

use crate::cli::{Lang, Style};

/// Choice of a log, and of the public keys for it.
#[derive(Args)]
pub struct LogChoice {
    /// The folder of the log.
    #[arg(long, value_name = "DIR")]
    audit: PathBuf,
    /// The public keys (`mustcheck-keys.json`), or the folder that holds them; without it, those
    /// beside the log.
    #[arg(long, value_name = "FILE|DIR")]
    keys: Option<PathBuf>,
}

impl LogChoice {
    pub fn open(&self) -> Result<Source> {
        Ok(Source::open(&self.audit, self.keys.as_deref())?)
    }
}

/// Choice of checks by the day on which they were made.
#[derive(Args)]
pub struct PeriodChoice {
    /// Only checks that were made on this day or later.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Only checks that were made on this day or earlier.
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
}

impl PeriodChoice {
    pub const fn period(&self) -> Period {
        Period { from: self.from, to: self.to }
    }
}

/// Returns the named day, or today in China Standard Time.
pub fn as_of(named: Option<Date>) -> Result<Date> {
    match named {
        Some(day) => Ok(day),
        None => Ok(Moment::now()?.to_second().date),
    }
}

/// Returns a progress bar on stderr, which is drawn only on a terminal.
pub fn bar(source: &Source, style: Style) -> ProgressBar {
    let bar = ProgressBar::new(source.entries());
    let left = style.say("剩余 {eta}", "{eta} left");
    let template =
        format!("{{bar:30}} {{percent}}%  {{human_pos}}/{{human_len}}  {{per_sec}}, {left}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}

/// Prints on stderr the number of reported measures and obligations that no receipt of the log has.
pub fn tell_strangers(strangers: u64, style: Style) {
    let told = match (strangers, style.lang) {
        (0, _) => return,
        (n, Lang::Zh) => format!("反馈中有 {n} 项措施或者义务不见于日志中的回执，未计入"),
        (1, Lang::En) => "1 report is about nothing that the log has, and is not counted".into(),
        (n, Lang::En) => {
            format!("{n} reports are about nothing that the log has, and are not counted")
        }
    };
    eprintln!("{told}");
}
