//! `mustcheck registry acknowledge` and `undo`: what somebody decides about what is held.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use mustcheck::registry::import::{acknowledge as answer_for, undo as bring_back};
use mustcheck::safe;
use serde_json::json;

use crate::cli::{Style, text};

#[derive(Args)]
pub struct Acknowledge {
    /// The mark of an entry, as `registry show` and `registry import` tell it.
    #[arg(long = "mark", required = true, value_name = "MARK")]
    marks: Vec<String>,
    /// Who answers for it.
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// The SQLite database.
    registry: PathBuf,
}

#[derive(Args)]
pub struct Undo {
    /// The SQLite database.
    registry: PathBuf,
    /// The source.
    source: String,
}

pub fn acknowledge(arguments: &Acknowledge, style: Style) -> Result<u8> {
    let Acknowledge { marks, by, why, registry } = arguments;
    let entries = answer_for(registry, marks, by, why)
        .with_context(|| format!("registry `{}`", registry.display()))?;
    if style.json {
        text::print_json(&json!({ "acknowledged": entries }))?;
    } else {
        let told = style.say("条无法读取的条目已由人确认", "unreadable entries acknowledged");
        text::line(&format!("{entries} {told}"))?;
    }
    Ok(0)
}

pub fn undo(arguments: &Undo, style: Style) -> Result<u8> {
    let Undo { registry, source } = arguments;
    let as_of = bring_back(registry, source)
        .with_context(|| format!("registry `{}`", registry.display()))?;
    if style.json {
        text::print_json(&json!({ "source": source, "as_of": as_of }))?;
    } else {
        let told = style.say("已恢复，数据截至", "brought back, as of");
        text::line(&format!("{}: {told} {as_of}", safe(source)))?;
    }
    Ok(0)
}
