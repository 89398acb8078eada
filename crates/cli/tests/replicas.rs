//! Two replicas of the service on one database: what one records, the other knows; and one of them
//! may be killed, and the database crash, in the middle.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "a part of it is used")]
#[path = "../../service/tests/support/client.rs"]
mod client;
#[path = "replicas/copies.rs"]
mod copies;
#[path = "replicas/imports.rs"]
mod imports;
#[path = "replicas/requests.rs"]
mod requests;
#[allow(dead_code, reason = "a part of it is used")]
#[path = "../../postgres/tests/database/server.rs"]
mod server;
#[path = "replicas/vocabulary.rs"]
mod vocabulary;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use mustcheck::Policy;
use mustcheck::registry::Vocabulary;
use mustcheck_postgres::{Config, Database, PostgresRegistry};
use mustcheck_testing::{CLOCK, needs};
use serde_json::{Value, json};

use client::{Answer, Client, Request};
use server::Server;

fn case(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/cases/0002-procurement-wage-arrears")
        .join(file)
}

/// The day after the case's, of which the snapshots that are imported are too.
const TODAY: &str = "2026-11-19T20:00:00+08:00";

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mustcheck"));
    command.env("MUSTCHECK_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command.env(CLOCK, TODAY).current_dir(folder);
    command
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = program(folder).args(arguments).args(["--lang", "en"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

fn secret(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A database with the case's registry, and the folder of an office that uses it.
struct Office {
    server: Server,
    folder: tempfile::TempDir,
    token: String,
}

impl Office {
    fn new() -> Self {
        let server = Server::start();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let url = runtime.block_on(async {
            let (name, database) = server.database().await;
            let known = Policy::embedded_description(Policy::newest_edition()).unwrap();
            let registry = PostgresRegistry::new(database);
            let vocabulary = Vocabulary::of([&known]);
            registry.import(&case("registry.json"), &vocabulary).await.unwrap();
            server.url(&name)
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        run(path, &["audit", "keygen", "--keys", "keys", "--name", "office.example"]);
        let made = run(path, &["serve", "token", "office", "--format", "json"]);
        let made: Value = serde_json::from_str(&made).unwrap();
        let entry = made["entry"].as_str().unwrap();
        let entry = entry
            .replace("roles = []", "roles = [\"check\", \"receipts\", \"feedback\", \"metrics\"]")
            .replace("matters = []", "matters = [\"*\"]")
            .replace("regions = []", "regions = [\"*\"]");
        secret(&path.join("callers.toml"), &entry);
        secret(&path.join("database-url"), &url);
        let token = made["token"].as_str().unwrap().to_owned();
        Self { server, folder, token }
    }

    /// Writes the configuration of a replica with a copy of the log of its own.
    fn configure(&self, name: &str) -> String {
        self.configure_with(
            name,
            "",
            &format!("[records]\nkeys = \"keys\"\ncopy = \"copy-{name}\""),
        )
    }

    /// The same with what `[database]` has beside the place, and with other records.
    fn configure_with(&self, name: &str, database: &str, records: &str) -> String {
        let config = format!(
            "listen = \"127.0.0.1:0\"\ncallers = \"callers.toml\"\n[[policies]]\nedition = \
             \"statutes\"\n[database]\nurl_file = \"database-url\"\n{database}\n{records}\n\
             [limits]\nrequests_per_second = 100000\n[shutdown]\nnotice_seconds = 0\n"
        );
        let file = format!("{name}.toml");
        std::fs::write(self.folder.path().join(&file), config).unwrap();
        file
    }

    /// Runs `serve --check-config` on a configuration, and returns the exit code and the messages.
    fn try_config(&self, file: &str) -> (Option<i32>, String) {
        let arguments = ["serve", "--check-config", "--lang", "en", "--config", file];
        let output = program(self.folder.path()).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    /// Starts a replica.
    fn replica(&self, name: &str) -> Replica {
        self.start(name, &self.configure(name))
    }

    /// Starts a replica of this configuration.
    fn start(&self, name: &str, file: &str) -> Replica {
        let log = std::fs::File::create(self.folder.path().join(format!("{name}.log"))).unwrap();
        let mut child = program(self.folder.path())
            .args(["serve", "--config", file])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let log = || std::fs::read_to_string(self.folder.path().join(format!("{name}.log")));
        let address = address.trim().parse().unwrap_or_else(|_| panic!("{}", log().unwrap()));
        Replica { child, address }
    }

    fn application(&self, case: &str) -> Value {
        let application = std::fs::read(self::case("application.json")).unwrap();
        let mut application: Value = serde_json::from_slice(&application).unwrap();
        application["id"] = json!(case);
        application
    }

    fn check(&self, case: &str, key: &str) -> Request {
        let request = Request::post("/v1/checks").token(&self.token).json(&self.application(case));
        request.header("Idempotency-Key", key)
    }

    fn receipt(&self, id: &str) -> Request {
        Request::get(&format!("/v1/receipts/{id}")).token(&self.token)
    }
}

struct Replica {
    child: Child,
    address: SocketAddr,
}

impl Replica {
    fn send(&self, request: &Request) -> Answer {
        Client::new(self.address).send(request)
    }

    /// The answer; none if the replica is gone.
    fn try_send(&self, request: &Request) -> Option<Answer> {
        let stream = TcpStream::connect(self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        let mut client = Client::over(stream);
        client.write(&request.bytes()).ok()?;
        client.answer(false)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_one_replica_records_the_other_knows() {
    needs!("initdb");
    let office = Office::new();
    let (a, b) = (office.replica("a"), office.replica("b"));
    let first = a.send(&office.check("GP-1", "one"));
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(first.json()["decision"]["disposition"], "restricted");
    let id = first.json()["receipt"]["id"].as_str().unwrap().to_owned();

    // The same request to the other: the same bytes, and no second check.
    let again = b.send(&office.check("GP-1", "one"));
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert_eq!(again.body, first.body);
    assert_eq!(b.send(&office.check("GP-2", "one")).status, 422);
    let kept = b.send(&office.receipt(&id));
    assert_eq!((kept.status, kept.json()["log_index"].as_u64()), (200, Some(0)));

    // Feedback to one is on record for the other, and not twice.
    let measure = &first.json()["decision"]["measures"][0];
    let feedback = json!({ "receipt": id, "recorded_by": "window 3", "measures": [ {
        "measure": measure["measure"], "subject_index": 0, "outcome": "applied" } ] });
    let report = Request::post("/v1/feedback").token(&office.token).json(&feedback);
    let told = a.send(&report);
    let told_again = b.send(&report);
    assert_eq!((told.status, told_again.status), (200, 422), "{told:?} {told_again:?}");
    let kept = b.send(&office.receipt(&id)).json();
    assert_eq!(kept["feedback"].as_array().unwrap().len(), 1);

    // Many at once with one key: one receipt.
    let ids: Mutex<BTreeMap<String, u32>> = Mutex::default();
    std::thread::scope(|scope| {
        for n in 0..16 {
            let replica = if n % 2 == 0 { &a } else { &b };
            let (office, ids) = (&office, &ids);
            scope.spawn(move || {
                loop {
                    let answer = replica.send(&office.check("GP-3", "three"));
                    if answer.status == 409 {
                        std::thread::sleep(Duration::from_millis(20));
                        continue;
                    }
                    assert_eq!(answer.status, 200, "{answer:?}");
                    let id = answer.json()["receipt"]["id"].as_str().unwrap().to_owned();
                    *ids.lock().unwrap().entry(id).or_default() += 1;
                    return;
                }
            });
        }
    });
    assert_eq!(ids.lock().unwrap().values().copied().collect::<Vec<_>>(), [16]);
}

#[test]
fn a_killed_replica_and_a_crashed_database_lose_nothing() {
    needs!("initdb");
    let office = Office::new();
    let (mut a, b) = (office.replica("a"), office.replica("b"));
    let acknowledged: Mutex<Vec<(String, u64)>> = Mutex::default();
    let (ended, sent) = (AtomicBool::new(false), AtomicU32::new(0));
    let refused = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for (writer, replica) in [&a, &b, &a, &b].into_iter().enumerate() {
            let address = replica.address;
            let (office, acknowledged) = (&office, &acknowledged);
            let (ended, sent, refused) = (&ended, &sent, &refused);
            scope.spawn(move || {
                let child = Command::new("true").spawn().unwrap();
                let replica = Replica { child, address };
                let mut number = 0;
                while !ended.load(Ordering::Relaxed) {
                    number += 1;
                    let case = format!("GP-{writer}-{number}");
                    let Some(answer) = replica.try_send(&office.check(&case, &case)) else {
                        std::thread::sleep(Duration::from_millis(50));
                        continue;
                    };
                    sent.fetch_add(1, Ordering::Relaxed);
                    if answer.status == 200 {
                        // Nothing that was not answered is called clear.
                        assert_eq!(answer.json()["decision"]["disposition"], "restricted");
                        let receipt = &answer.json()["receipt"];
                        let id = receipt["id"].as_str().unwrap().to_owned();
                        let index = receipt["log_index"].as_u64().unwrap();
                        acknowledged.lock().unwrap().push((id, index));
                    } else {
                        assert_eq!(answer.status, 503, "{answer:?}");
                        refused.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        let wait = |more: usize| {
            let enough = acknowledged.lock().unwrap().len() + more;
            let until = std::time::Instant::now() + Duration::from_secs(60);
            while acknowledged.lock().unwrap().len() < enough {
                assert!(std::time::Instant::now() < until, "nothing is acknowledged any more");
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        wait(40);
        office.server.crash();
        wait(40);
        a.child.kill().unwrap();
        wait(20);
        ended.store(true, Ordering::Relaxed);
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    for (id, index) in &acknowledged {
        let kept = b.send(&office.receipt(id));
        assert_eq!((kept.status, kept.json()["log_index"].as_u64()), (200, Some(*index)), "{id}");
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let verified = runtime.block_on(async {
        let url = std::fs::read_to_string(office.folder.path().join("database-url")).unwrap();
        let database = Database::connect(&Config::new(url)).await.unwrap();
        let keys = mustcheck_evidence::Keys::open(&office.folder.path().join("keys")).unwrap();
        let log = mustcheck_postgres::PostgresLog::open(&database, &keys).await.unwrap();
        log.verify().await.unwrap()
    });
    assert!(verified.is_sound(), "{:?}", verified.findings);
    assert!(verified.entries >= u64::try_from(acknowledged.len()).unwrap());
}

/// Keys as an orchestrator mounts them: root's, in root's folder, readable by the service's group.
/// Only root can make such files, so only root's tests show it.
#[test]
fn keys_that_are_mounted_can_be_used_and_open_ones_cannot() {
    needs!("initdb");
    use std::os::unix::process::CommandExt as _;
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    run(folder.path(), &["audit", "keygen", "--keys", "keys", "--name", "office.example"]);
    let keys = folder.path().join("keys");
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&keys, 0o755);
    let files: Vec<PathBuf> =
        std::fs::read_dir(&keys).unwrap().map(|f| f.unwrap().path()).collect();
    for file in &files {
        std::os::unix::fs::chown(file, Some(0), Some(nobody.gid.as_raw())).unwrap();
        mode(file, 0o440);
    }
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    std::os::unix::fs::chown(&own, Some(nobody.uid.as_raw()), None).unwrap();
    // The program itself may lie where nobody else comes.
    let copied = folder.path().join("mustcheck");
    std::fs::copy(env!("CARGO_BIN_EXE_mustcheck"), &copied).unwrap();
    let check = |log: &str| {
        let mut command = Command::new(&copied);
        command.uid(nobody.uid.as_raw()).gid(nobody.gid.as_raw()).current_dir(&own);
        command.env("MUSTCHECK_CACHE", "").env(CLOCK, TODAY).arg("check").stdin(Stdio::piped());
        command.args(["-", "--registry", "registry.json", "--audit", log, "--keys"]).arg(&keys);
        command.stdin(std::fs::File::open(case("application.json")).unwrap());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    std::fs::copy(case("registry.json"), own.join("registry.json")).unwrap();
    mode(&own.join("registry.json"), 0o644);
    let (code, told) = check("log");
    assert_eq!(code, Some(11), "{told}");
    files.iter().for_each(|file| mode(file, 0o444));
    let (code, told) = check("other");
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("it belongs to another user"), "{told}");
}
