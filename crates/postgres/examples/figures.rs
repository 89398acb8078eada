//! Measures the time of a lookup in PostgreSQL as a ratio to that of a bare indexed select, in one
//! run.
//!
//! ```sh
//! cargo test --release --workspace --no-run && target/release/examples/postgres_figures URL
//! ```
//!
//! `URL` is an empty database, such as `postgresql://postgres@localhost/figures`.

#![allow(clippy::indexing_slicing, reason = "the case is the repository's own")]

use std::error::Error;
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, Pool};
use mustcheck::model::Application;
use mustcheck::registry::{Ask, AsyncRegistry as _, Vocabulary};
use mustcheck::{ApplicationExt as _, Gate, Policy};
use mustcheck_postgres::{Config, Database, PostgresRegistry};
use serde_json::json;

const APPLICATION: &[u8] =
    include_bytes!("../../../examples/cases/0002-procurement-wage-arrears/application.json");
const REGISTRY: &[u8] =
    include_bytes!("../../../examples/cases/0002-procurement-wage-arrears/registry.json");
/// Number of records beside the case's own.
const RECORDS: u32 = 50_000;
/// Number of times that each is measured, in turn.
const ROUNDS: u32 = 3_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("the database's URL is missing")?;
    let database = Database::connect(&Config::new(&url)).await?;
    database.migrate().await?;
    let registry = PostgresRegistry::new(database);
    fill(&registry).await?;

    let application = Application::from_json(APPLICATION)?;
    let policy = Policy::embedded()?;
    let gate = Gate::builder().policy(policy).async_registry(registry.clone());
    // The day of the case.
    let gate = gate.today(application.as_of).build()?;
    let due = gate.due_lookups(&application)?;
    let asks: Vec<Ask<'_>> = due
        .iter()
        .zip(0..)
        .filter_map(|(query, number)| {
            let subject = application.subjects.get(usize::try_from(query.subject).ok()?)?;
            Some(Ask { query: number, subject, as_of: application.as_of, lists: &query.lists })
        })
        .collect();
    // The select of a program that asks for one key and nothing else, as fast as it can be.
    let mut settings: tokio_postgres::Config = url.parse()?;
    settings.options("-c plan_cache_mode=force_generic_plan -c jit=off");
    let manager = Manager::new(settings, tokio_postgres::NoTls);
    let pool = Pool::builder(manager).max_size(16).build()?;
    let bare = "SELECT record FROM mustcheck_party WHERE identifier = $1";
    let identifier = asks.first().map(|ask| ask.subject.identifier.to_string()).unwrap_or_default();

    let (mut bare_times, mut lookups, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let client = pool.get().await?;
        client.query(&client.prepare_cached(bare).await?, &[&identifier]).await?;
        drop(client);
        bare_times.push(begun.elapsed());
        let begun = Instant::now();
        registry.lookup(&asks).await?;
        lookups.push(begun.elapsed());
        let begun = Instant::now();
        gate.check_async(&application).await?;
        checks.push(begun.elapsed());
    }
    let [bare, lookup, check] = [bare_times, lookups, checks].map(median);
    println!("{RECORDS} records, {ROUNDS} rounds, medians, one connection in use of each pool");
    println!("bare indexed select       {bare:?}");
    println!("lookup of a check         {lookup:?}  {:.2} selects", ratio(lookup, bare));
    println!("check, lookup and rules   {check:?}  {:.2} selects", ratio(check, bare));
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// Fills the registry with that of the case, and many records about other subjects in the same
/// source.
async fn fill(registry: &PostgresRegistry) -> Result<(), Box<dyn Error>> {
    let mut file: serde_json::Value = serde_json::from_slice(REGISTRY)?;
    let records = file["records"].as_array_mut().ok_or("no records")?;
    let template = records.first().cloned().ok_or("no record")?;
    for number in 0..RECORDS {
        let mut record = template.clone();
        record["id"] = json!(format!("F-{number}"));
        // Passports have no check digit, so any number is valid.
        record["subject"] = json!({ "kind": "person", "scheme": "passport", "country": "FR",
            "identifier": format!("F{number:08}"), "name": "某人" });
        record["responsible_persons"] = json!([]);
        records.push(record);
    }
    let path = std::env::temp_dir().join(format!("mustcheck-figures-{}.json", std::process::id()));
    std::fs::write(&path, serde_json::to_vec(&file)?)?;
    let known = Policy::embedded_description(Policy::newest_edition())?;
    let imported = registry.import(&path, &Vocabulary::of([&known])).await;
    std::fs::remove_file(&path)?;
    let report = imported?;
    if let Some(rejected) = report.rejected.first() {
        return Err(format!("{}: {}", rejected.place, rejected.reason).into());
    }
    Ok(())
}
