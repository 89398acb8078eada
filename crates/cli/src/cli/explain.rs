//! `mustcheck explain`: shows a case by its own day, which is no check.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::cli::gates::CaseArguments;
use crate::cli::{Lang, Style, text};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    case: CaseArguments,
}

/// Shows a case by its own day. It decides nothing: it says so first, is never recorded, and exits
/// with 0 whatever it shows.
// RAIL R14
pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let (application, gates) = arguments.case.open()?;
    let gates = gates.today(application.as_of);
    let checked = gates.check(&application)?;
    let day = application.as_of;
    let no_check = match style.lang {
        Lang::Zh => format!("不是核查：按案件自身的日期（{day}）展示，不留存，不得据以作出决定"),
        Lang::En => {
            format!(
                "no check: shown by the case's own day, {day}; not recorded, nothing to decide on"
            )
        }
    };
    if style.json {
        // A program that reads decisions finds none at the place where a check has it.
        text::print_json(&json!({ "no_check": no_check, "decision": checked.decision() }))?;
        return Ok(0);
    }
    text::line(&no_check)?;
    text::line("")?;
    text::decision(&checked, style)?;
    Ok(0)
}
