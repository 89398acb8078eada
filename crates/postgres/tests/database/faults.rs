//! State after faults: nothing acknowledged is lost, nothing unanswered is clear.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mustcheck::{CheckError, Fault, Gate};
use mustcheck_evidence::{AsyncJournal as _, Keys, Recorder};
use mustcheck_postgres::{Config, Database, PostgresLog, PostgresRegistry};
use mustcheck_testing::needs;

use crate::office::{Office, POLICY, TODAY, VOCABULARY, application, case, entry};
use crate::server::{SHARED, Server};

/// Variables with the database's URL and the folder of the keys, for a process that appends until
/// it is killed.
const URL: &str = "MUSTCHECK_TEST_URL";
const KEYS: &str = "MUSTCHECK_TEST_KEYS";

/// Text of an error with all its causes.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Not a test: the process that another test starts. It appends, and prints each entry that was
/// acknowledged, until it is killed.
#[test]
fn writer() {
    let (Some(url), Some(keys)) = (std::env::var_os(URL), std::env::var_os(KEYS)) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let config = Config::new(url.to_str().unwrap());
        let database = Database::connect(&config).await.unwrap();
        let keys = Keys::open(keys.as_ref()).unwrap();
        let log = PostgresLog::open(&database, &keys).await.unwrap();
        let writers = (0..8).map(|task| {
            let log = log.clone();
            tokio::spawn(async move {
                for number in 0.. {
                    let entry = entry(&format!("process {task}"), number);
                    if let Ok(index) = log.append(entry.clone()).await {
                        println!("acknowledged {index} {}", String::from_utf8(entry).unwrap());
                    }
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
    });
}

/// Acknowledged entries of a writing process: by entry, its index.
type Told = BTreeMap<String, u64>;

/// Reads the acknowledged entries of a writing process until it has ended.
fn told(output: std::process::ChildStdout) -> Told {
    let mut told = Told::new();
    for line in BufReader::new(output).lines() {
        let Ok(line) = line else { break };
        // A killed process may have been in the middle of a line.
        let Some((_, rest)) = line.split_once("acknowledged ") else { continue };
        let Some((index, entry)) = rest.split_once(' ') else { continue };
        told.insert(entry.to_owned(), index.parse().unwrap());
    }
    told
}

#[test]
fn a_killed_writer_and_a_crashed_server_lose_nothing_acknowledged() {
    needs!("initdb");
    let server = Server::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (name, database) = runtime.block_on(server.database());
    let office = Office::new();
    let log = runtime.block_on(PostgresLog::open(&database, &office.keys())).unwrap();

    let program = std::env::current_exe().unwrap();
    let mut child = Command::new(program)
        .args(["--exact", "faults::writer", "--nocapture", "--test-threads=1"])
        .env(URL, server.url(&name))
        .env(KEYS, office.path("keys"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let other = std::thread::spawn(move || told(output));

    let until = Instant::now() + Duration::from_secs(9);
    let writers = (0..8).map(|task| {
        let log = log.clone();
        runtime.spawn(async move {
            let (mut told, mut refused) = (Told::new(), Vec::new());
            for number in 0.. {
                if Instant::now() > until {
                    break;
                }
                let entry = entry(&format!("task {task}"), number);
                match log.append(entry.clone()).await {
                    Ok(index) => {
                        told.insert(String::from_utf8(entry).unwrap(), index);
                    }
                    Err(error) => refused.push((entry, whole(&error))),
                }
            }
            (told, refused)
        })
    });
    let writers: Vec<_> = writers.collect();
    std::thread::sleep(Duration::from_secs(2));
    server.crash();
    std::thread::sleep(Duration::from_secs(2));
    child.kill().unwrap();
    child.wait().unwrap();
    server.crash();

    let mut acknowledged = other.join().unwrap();
    let killed = acknowledged.len();
    for writer in writers {
        let (told, refused) = runtime.block_on(writer).unwrap();
        acknowledged.extend(told);
        for (entry, why) in refused {
            eprintln!("{}: {why}", String::from_utf8(entry).unwrap());
        }
    }
    eprintln!("{} acknowledged, {killed} of them to the killed process", acknowledged.len());
    assert!(killed > 8 && acknowledged.len() > killed + 8);

    let verified = runtime.block_on(log.verify()).unwrap();
    assert_eq!(verified.findings, [""; 0]);
    let held = runtime.block_on(async {
        let raw = server.raw(&name).await;
        let all = "SELECT idx, entry FROM mustcheck_entry ORDER BY idx";
        raw.query(all, &[]).await.unwrap()
    });
    assert_eq!(held.len() as u64, verified.entries);
    let text = |row: &tokio_postgres::Row| String::from_utf8(row.get(1)).unwrap();
    let entries: Told = held.iter().map(|row| (text(row), row.get::<_, i64>(0) as u64)).collect();
    assert_eq!(entries.len(), held.len(), "an entry is there twice");
    for (entry, index) in &acknowledged {
        assert_eq!(entries.get(entry), Some(index), "{entry} was acknowledged");
    }
    // Beyond what was acknowledged there is at most what each of sixteen had in hand, each time.
    assert!(entries.len() <= acknowledged.len() + 48);
    server.stop();
}

/// A gate on a database of its own.
async fn gate(database: &Database, office: &Office) -> Gate {
    let registry = PostgresRegistry::new(database.clone());
    registry.import(&case("registry.json"), &VOCABULARY).await.unwrap();
    let log = PostgresLog::open(database, &office.keys()).await.unwrap();
    let gate = Gate::builder().policy(POLICY.clone()).async_registry(registry).today(TODAY);
    gate.recorder(Recorder::new_async(office.keys(), log)).build().unwrap()
}

/// A database with short timeouts.
async fn hasty(server: &Server, change: impl FnOnce(&mut Config)) -> (String, Database) {
    let (name, _) = server.database().await;
    let mut config = Config::new(server.url(&name));
    config.statement = Duration::from_millis(400);
    config.wait = Duration::from_millis(400);
    config.append = Duration::from_millis(900);
    change(&mut config);
    (name, Database::connect(&config).await.unwrap())
}

/// The fault of a check, with all its causes.
async fn fault(gate: &Gate) -> String {
    match gate.check_async(&application()).await.unwrap_err() {
        CheckError::Fault(fault @ (Fault::Registry(_) | Fault::Record(_))) => whole(&fault),
        other => panic!("{other:?}"),
    }
}

const NOT_RECORDED: &str = "the check is not on record, so there is no decision: the receipt is \
                            not in the log: the log failed: ";

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_database_is_a_fault() {
    needs!("initdb");
    let (name, database) = hasty(&SHARED, |_| {}).await;
    let gate = gate(&database, &Office::new()).await;
    let raw = SHARED.raw(&name).await;
    raw.batch_execute("BEGIN; LOCK TABLE mustcheck_party").await.unwrap();
    assert_eq!(
        fault(&gate).await,
        "the registry failed: the database failed: the database failed: canceling statement due \
         to statement timeout (SQLSTATE 57014)"
    );
    raw.batch_execute("ROLLBACK; BEGIN; SELECT 1 FROM mustcheck_head FOR UPDATE").await.unwrap();
    let text = "the database failed: canceling statement due to statement timeout (SQLSTATE 57014)";
    assert_eq!(fault(&gate).await, format!("{NOT_RECORDED}{text}"));
    raw.batch_execute("ROLLBACK").await.unwrap();
    gate.check_async(&application()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_free_connection_is_a_fault() {
    needs!("initdb");
    let (name, database) = hasty(&SHARED, |config| {
        config.connections = 1;
        config.statement = Duration::from_secs(20);
    })
    .await;
    let registry = PostgresRegistry::new(database.clone());
    let gate = gate(&database, &Office::new()).await;
    let raw = SHARED.raw(&name).await;
    raw.batch_execute("BEGIN; LOCK TABLE mustcheck_party").await.unwrap();
    let about = application();
    let firm = &about.subjects[0];
    let (busy, free) = tokio::join!(registry.records_about(firm), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let fault = fault(&gate).await;
        raw.batch_execute("ROLLBACK").await.unwrap();
        fault
    });
    assert_eq!(busy.unwrap().len(), 1);
    assert_eq!(
        free,
        "the registry failed: the database failed: no connection to the database was free within \
         400ms"
    );
    gate.check_async(&application()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_read_only_gives_no_decision() {
    needs!("initdb");
    let (name, database) = hasty(&SHARED, |_| {}).await;
    let office = Office::new();
    drop(gate(&database, &office).await);
    let raw = SHARED.raw("postgres").await;
    let alter = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    raw.batch_execute(&alter).await.unwrap();
    let database = Database::connect(database.config()).await.unwrap();
    let refused = PostgresLog::open(&database, &office.keys()).await.unwrap_err();
    assert_eq!(
        whole(&refused),
        "the database failed: cannot execute INSERT in a read-only transaction (SQLSTATE 25006)"
    );
    // A replica that was connected before.
    let (name, database) = hasty(&SHARED, |_| {}).await;
    let gate = gate(&database, &office).await;
    let raw = SHARED.raw(&name).await;
    raw.batch_execute("REVOKE ALL ON mustcheck_entry FROM PUBLIC").await.unwrap();
    let read_only = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS \
                     'BEGIN RAISE EXCEPTION ''no room for 91310000MA1FL8L972''; END'; \
                     CREATE TRIGGER no BEFORE INSERT ON mustcheck_entry EXECUTE FUNCTION no()";
    raw.batch_execute(read_only).await.unwrap();
    let said = fault(&gate).await;
    assert_eq!(
        said,
        format!("{NOT_RECORDED}the database failed: no room for 9131…** (SQLSTATE P0001)")
    );
    raw.batch_execute("DROP TRIGGER no ON mustcheck_entry").await.unwrap();
    gate.check_async(&application()).await.unwrap();
}

#[test]
fn a_database_that_is_down_is_a_fault() {
    needs!("initdb");
    let server = Server::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (_, database) = hasty(&server, |_| {}).await;
        let gate = gate(&database, &Office::new()).await;
        gate.check_async(&application()).await.unwrap();
        server.stop();
        let said = fault(&gate).await;
        let begins = "the registry failed: the database failed: no connection to the database: ";
        assert!(said.starts_with(begins), "{said}");
        assert!(database.ready().await.is_err());
    });
}
