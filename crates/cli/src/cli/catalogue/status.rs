//! `mustcheck catalogue status`: shows the legal texts that a catalogue rests on.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mustcheck_authoring::status::{InstrumentStatus, status};

use super::findings::{INVALID, as_json, tell};
use crate::cli::{Lang, Style, text};

/// Exit codes: 0 read, 3 a file of the folder cannot be read.
#[derive(Args)]
pub struct Arguments {
    /// The catalogue's folder.
    folder: PathBuf,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let all = match status(&arguments.folder) {
        Ok(all) => all,
        Err(findings) => {
            if style.json {
                text::print_json(&as_json(&findings))?;
            } else {
                tell(&findings, style)?;
            }
            return Ok(INVALID);
        }
    };
    if style.json {
        text::print_json(&all)?;
        return Ok(0);
    }
    for instrument in &all {
        for line in lines(instrument, style.lang) {
            text::line(&mustcheck::safe(&line))?;
        }
    }
    Ok(0)
}

/// Returns the lines on one legal text: its title, and below it its days, its citations and its
/// last check.
fn lines(instrument: &InstrumentStatus, lang: Lang) -> [String; 4] {
    let InstrumentStatus { id, cited, articles, in_force_from: from, .. } = instrument;
    let number = instrument.number.as_ref().map(|n| format!("（{n}）")).unwrap_or_default();
    let articles: Vec<&str> = articles.iter().map(String::as_str).collect();
    let articles = articles.join(", ");
    let (until, next) = (instrument.in_force_until, instrument.successor.as_deref());
    let (checked, copy) = (instrument.checked_on, instrument.checked_against.as_deref());
    match lang {
        Lang::Zh => {
            let end = until.map_or_else(|| "现行有效".into(), |day| format!("{day}失效"));
            let next = next.map(|next| format!("，由`{next}`接替")).unwrap_or_default();
            let cites = if *cited == 0 {
                "未被引用".into()
            } else {
                format!("被引用{cited}处：第{articles}条")
            };
            let checked = checked.map_or_else(
                || "未记载校对日".into(),
                |day| format!("{day}校对，对照：{}", copy.unwrap_or("未载明")),
            );
            [
                format!("《{}》{number} `{id}`", instrument.title.zh),
                format!("  自{from}起，{end}{next}"),
                format!("  {cites}"),
                format!("  {checked}"),
            ]
        }
        Lang::En => {
            let end = until.map_or_else(|| "in force".into(), |day| format!("ended on {day}"));
            let next = next.map(|next| format!(", replaced by `{next}`")).unwrap_or_default();
            let cites = if *cited == 0 {
                "not cited".into()
            } else {
                format!("cited {cited} times: articles {articles}")
            };
            let checked = checked.map_or_else(
                || "never held against a copy".into(),
                |day| format!("held on {day} against {}", copy.unwrap_or("an unnamed copy")),
            );
            [
                format!("{} `{id}`", instrument.title.en),
                format!("  from {from}, {end}{next}"),
                format!("  {cites}"),
                format!("  {checked}"),
            ]
        }
    }
}
