//! `mustcheck audit keygen`: makes the office's keys, or takes new ones into use.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};
use mustcheck_evidence::keys::PUBLIC;
use mustcheck_evidence::{Keys, Suite};
use serde_json::json;

use crate::cli::recording::folder_of_keys;
use crate::cli::{Lang, Style, text};

#[derive(Args)]
pub struct Arguments {
    /// The name of the keys and the log, such as `credit.example/310000`: letters, digits and
    /// `.-_/`. It is in every receipt and checkpoint.
    #[arg(long, required_unless_present = "rotate", conflicts_with = "rotate")]
    name: Option<String>,
    /// The folder of the keys; without it, the one that `MUSTCHECK_KEYS` names, or one in the
    /// user's configuration.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// The algorithms of receipts; without it, Ed25519 with SHA-256, or with `--rotate`, those of
    /// the old keys.
    #[arg(long, value_enum)]
    suite: Option<SuiteChoice>,
    /// Take new keys into use. What the old ones signed still verifies; what they sign from now on
    /// does not, so end every program that uses them first.
    #[arg(long)]
    rotate: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum SuiteChoice {
    /// Ed25519, SHA-256.
    #[value(name = "ed25519-sha256")]
    Ed25519Sha256,
    /// SM2, SM3 (国密).
    #[value(name = "sm2-sm3")]
    Sm2Sm3,
}

impl From<SuiteChoice> for Suite {
    fn from(choice: SuiteChoice) -> Self {
        match choice {
            SuiteChoice::Ed25519Sha256 => Self::Ed25519Sha256,
            SuiteChoice::Sm2Sm3 => Self::Sm2Sm3,
        }
    }
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let folder = folder_of_keys(arguments.keys.as_deref())?;
    let suite = arguments.suite.map(Suite::from);
    let keys = match &arguments.name {
        Some(name) => Keys::create(&folder, name, suite.unwrap_or_default())?,
        None => Keys::rotate(&folder, suite)?,
    };
    let (receipts, checkpoints) = (keys.receipts_key(), keys.checkpoints_key());
    let public = folder.join(PUBLIC);
    if style.json {
        text::print_json(&json!({
            "keys": folder, "public": public, "receipts": receipts, "suite": keys.suite(),
            "checkpoints": checkpoints,
        }))?;
        return Ok(0);
    }
    let suite = keys.suite();
    text::line(&format!("{}  {receipts} ({suite})", style.say("回执", "receipts   ")))?;
    text::line(&format!("{}  {checkpoints}", style.say("日志", "checkpoints")))?;
    text::line(&match style.lang {
        Lang::Zh => format!("交给审计人员的公钥：{}", public.display()),
        Lang::En => format!("for auditors: {}", public.display()),
    })?;
    Ok(0)
}
