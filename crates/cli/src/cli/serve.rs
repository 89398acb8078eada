//! `mustcheck serve`: serves the gate over HTTP.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};
use mustcheck_service::{Config, NewToken, Service, install_log, quiet_panics, serve};
use serde_json::json;

use crate::cli::{Style, text};

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    /// The configuration, in TOML.
    #[arg(long, value_name = "FILE", required = true)]
    config: Option<PathBuf>,
    /// Check that everything that the configuration names can be used, and end.
    #[arg(long)]
    check_config: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Make a token for a caller, and the entry for the file of the callers. The token is shown
    /// once: the file has only its SHA-256.
    Token {
        /// The name of the caller in the log: a system, not a person.
        name: String,
    },
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    if let Some(Command::Token { name }) = &arguments.command {
        return token(name, style);
    }
    let path = arguments.config.as_deref().ok_or_else(|| anyhow!("`--config` is missing"))?;
    let config = Config::open(path)?;
    if arguments.check_config {
        let warnings = config.warnings();
        let service = Service::builder(config).open()?;
        for warning in warnings {
            eprintln!("warning: {warning}");
        }
        return checked(&service, style);
    }
    install_log(&config.logging, std::io::stderr).map_err(|e| anyhow!("no log: {e}"))?;
    quiet_panics();
    let service = Service::builder(config).open()?;
    serve(service, |address| {
        // With port 0, this says which port was taken.
        let _ = if style.json {
            text::print_json(&json!({ "listens": address.to_string() }))
        } else {
            text::line(&address.to_string())
        };
    })?;
    Ok(0)
}

fn token(name: &str, style: Style) -> Result<u8> {
    let made = NewToken::make(name)?;
    if style.json {
        text::print_json(&json!({ "token": made.token, "entry": made.entry }))?;
        return Ok(0);
    }
    text::line(&made.token)?;
    eprint!("\n{}", made.entry);
    Ok(0)
}

/// Prints the policies and the number of callers that a service of this configuration has.
fn checked(service: &Service, style: Style) -> Result<u8> {
    let policies = service.policies();
    if style.json {
        text::print_json(&json!({ "policies": policies, "callers": service.callers() }))?;
        return Ok(0);
    }
    for loaded in &policies {
        let regions = match loaded.regions.as_slice() {
            [] => style.say("其他各地", "everywhere else").to_owned(),
            regions => regions.join(", "),
        };
        let policy = &loaded.policy;
        let (edition, overlay) = (&policy.edition, &policy.overlay);
        text::line(&format!("{regions}  {edition}/{overlay}  {}", loaded.component))?;
    }
    let callers = service.callers();
    text::line(&format!("{callers} {}", style.say("个调用方", "callers")))?;
    Ok(0)
}
