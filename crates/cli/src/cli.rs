//! The command line. JSON goes to stdout, everything else to stderr.

mod audit;
mod backdated;
mod batch;
mod catalogue;
mod check;
mod database;
mod explain;
mod failure;
mod gates;
mod lookups;
mod papers;
mod policy;
mod recording;
mod registries;
mod registry;
mod replay;
mod serve;
mod test;
mod text;

use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};
use mustcheck::Language as Lang;

use crate::cli::failure::Failure;

/// The credit check that approval systems embed (应查必查、奖惩到位).
///
/// Exit codes: 0 clear or facilitated, 1 fault, 2 usage, 3 invalid input, 10 review,
/// 11 restricted, 12 undetermined, 20 evidence that does not hold.
#[derive(Parser)]
#[command(name = "mustcheck", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Output format: text for a person, JSON or CSV for a program.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Language of text output; without it, Chinese if the locale is, else English.
    #[arg(long, global = true, value_parser = languages())]
    lang: Option<Lang>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    /// CSV, for `audit report` and `audit export` only.
    Csv,
}

/// Reads the code of a language.
fn languages() -> impl TypedValueParser<Value = Lang> {
    PossibleValuesParser::new(Lang::ALL.iter().map(|lang| lang.code()))
        .try_map(|code| code.parse::<Lang>())
}

#[derive(Subcommand)]
enum Command {
    /// Check one application.
    Check(check::Arguments),
    /// Show the decision that a case would get on its own day. This is not a check: it is not
    /// recorded, and exits with 0 whatever it shows.
    Explain(explain::Arguments),
    /// Show the lookups that are due for an application, without making them.
    Lookups(lookups::Arguments),
    /// Check many applications, one JSON document a line.
    Batch(batch::Arguments),
    /// Run test cases against their expected decisions, and see what they cover; turn a check into
    /// a case.
    ///
    /// A case is a folder with `application.json`, a `registry.json` or `registry.db` there or
    /// above, and the expected decision: `expected.toml`, the whole `decision.json`, or both.
    ///
    /// Exit codes: 0 all cases pass, 1 a case or the machinery fails, or less is covered than was
    /// asked for, 2 usage, 3 a case cannot be evaluated and none fails.
    Test(test::Arguments),
    /// Derive decisions again from their evidence bundles, or see what another policy would change.
    Replay(replay::Arguments),
    /// Serve checks over HTTP, for systems that are not written in Rust.
    Serve(serve::Arguments),
    /// The log of the checks, and its keys.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Fill or show a registry.
    #[command(subcommand)]
    Registry(registry::Command),
    /// Inspect, bake or measure a policy component.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Read, compare, prove or begin a measure list.
    #[command(subcommand)]
    Catalogue(catalogue::Command),
}

impl Command {
    /// Whether the command's output is a table, so that `--format csv` is allowed.
    const fn has_table(&self) -> bool {
        matches!(self, Self::Audit(audit::Command::Report(_) | audit::Command::Export(_)))
    }
}

/// Format and language of the output.
#[derive(Clone, Copy)]
struct Style {
    json: bool,
    csv: bool,
    lang: Lang,
}

impl Style {
    /// Returns the language of the papers.
    const fn language(&self) -> mustcheck::Language {
        self.lang
    }

    /// Returns a text in the language of the output.
    fn pick<'a>(&self, text: &'a mustcheck::model::Text) -> &'a str {
        self.lang.text(text)
    }

    /// Returns the words for a code in the language of the output.
    const fn words(&self, words: mustcheck::words::Words) -> &'static str {
        self.lang.words(words)
    }

    /// Returns the Chinese or the English text, by the language of the output.
    const fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.say(zh, en)
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang.unwrap_or_else(locale);
    if cli.format == Format::Csv && !cli.command.has_table() {
        let told = "`--format csv` is for `audit report` and `audit export`";
        Cli::command().error(clap::error::ErrorKind::ArgumentConflict, told).exit();
    }
    let (json, csv) = (cli.format == Format::Json, cli.format == Format::Csv);
    let style = Style { json, csv, lang };
    let done = match cli.command {
        Command::Check(arguments) => check::run(&arguments, style),
        Command::Explain(arguments) => explain::run(&arguments, style),
        Command::Lookups(arguments) => lookups::run(&arguments, style),
        Command::Batch(arguments) => batch::run(&arguments, style),
        Command::Test(arguments) => test::run(&arguments, style),
        Command::Replay(arguments) => replay::run(&arguments, style),
        Command::Serve(arguments) => serve::run(&arguments, style),
        Command::Audit(command) => audit::run(&command, style),
        Command::Registry(command) => registry::run(&command, style),
        Command::Policy(command) => policy::run(&command, style),
        Command::Catalogue(command) => catalogue::run(&command, style),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        // A reader that has seen enough, such as `head`, needs no message. The code stays that of a
        // fault: 0 would say `clear` of a decision that nobody read to its end.
        Err(error) if reader_left(&error) => ExitCode::from(Failure::of(&error).exit_code()),
        Err(error) => {
            let failure = Failure::of(&error);
            if style.json {
                // A reader that has gone away is no reason to fail differently.
                let _ = text::print_json(&serde_json::json!({ "error": failure }));
            }
            anstream::eprintln!("{}", failure.message(lang));
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Whether the reader of the standard output closed it.
fn reader_left(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

fn locale() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let value = set.iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    if value.is_some_and(|v| v.starts_with("zh")) { Lang::Zh } else { Lang::En }
}
