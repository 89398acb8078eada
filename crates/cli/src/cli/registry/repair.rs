//! `mustcheck registry acknowledge` and `undo`: decisions of a person about the data that is held.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use mustcheck::{RegistryError, safe};
use mustcheck_postgres::PostgresRegistry;
use mustcheck_registry::import::{acknowledge as answer_for, undo as bring_back};
use serde_json::json;

use crate::cli::database::{DatabaseArguments, Shared, named};
use crate::cli::{Style, text};

/// The registry about which somebody decides.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("held").args(["registry", "database"]).required(true))]
struct Held {
    /// The SQLite database.
    #[arg(conflicts_with = "authorities")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArguments,
}

impl Held {
    /// Carries out the decision: `sqlite` on a SQLite database, `postgres` on one of PostgreSQL.
    fn decide<T>(
        &self,
        sqlite: impl FnOnce(&Path) -> Result<T, RegistryError>,
        postgres: impl AsyncFnOnce(PostgresRegistry) -> Result<T, RegistryError>,
    ) -> Result<T> {
        let DatabaseArguments { database, authorities } = &self.database;
        match (&self.registry, database) {
            (Some(file), _) => {
                sqlite(file).with_context(|| format!("registry `{}`", file.display()))
            }
            (None, Some(file)) => {
                let shared = Shared::open(file, authorities.as_deref())?;
                shared.wait(postgres(shared.registry())).with_context(|| named(file))
            }
            (None, None) => bail!("a registry or `--database` is missing"),
        }
    }
}

#[derive(Args)]
pub struct Acknowledge {
    /// The mark of an entry, as `registry import` and `registry show` print it in brackets.
    #[arg(long = "mark", required = true, value_name = "MARK")]
    marks: Vec<String>,
    /// The person who answers for the entry.
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The reason, in words.
    #[arg(long, value_name = "TEXT")]
    why: String,
    #[command(flatten)]
    held: Held,
}

#[derive(Args)]
pub struct Undo {
    /// The id of the source.
    #[arg(long, value_name = "SOURCE")]
    source: String,
    #[command(flatten)]
    held: Held,
}

pub fn acknowledge(arguments: &Acknowledge, style: Style) -> Result<u8> {
    let Acknowledge { marks, by, why, held } = arguments;
    let entries = held.decide(
        |file| answer_for(file, marks, by, why),
        async |registry| registry.acknowledge(marks, by, why).await,
    )?;
    if style.json {
        text::print_json(&json!({ "acknowledged": entries }))?;
    } else {
        let told = style.say("条无法读取的条目已由人确认", "unreadable entries acknowledged");
        text::line(&format!("{entries} {told}"))?;
    }
    Ok(0)
}

pub fn undo(arguments: &Undo, style: Style) -> Result<u8> {
    let Undo { source, held } = arguments;
    let as_of =
        held.decide(|file| bring_back(file, source), async |registry| registry.undo(source).await)?;
    if style.json {
        text::print_json(&json!({ "source": source, "as_of": as_of }))?;
    } else {
        let told = style.say("已恢复，数据截至", "brought back, as of");
        text::line(&format!("{}: {told} {as_of}", safe(source)))?;
    }
    Ok(0)
}
