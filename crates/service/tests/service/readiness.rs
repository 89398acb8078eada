//! Readiness: cheap for anybody, and with counts for the operator.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mustcheck::model::Answer;
use mustcheck::registry::LookupFuture;
use mustcheck::{Ask, AsyncRegistry, JsonRegistry, Registry, RegistryError};
use serde_json::json;

use crate::support::{CLEAR, Office, RECORDS, Request, case, problem, recording};

/// A registry that counts how often it is asked about nobody, and answers once it may.
struct Asked {
    within: JsonRegistry,
    times: AtomicUsize,
    answers: AtomicBool,
}

impl Asked {
    fn new(answers: bool) -> Arc<Self> {
        let json = std::fs::read(case(CLEAR).join("registry.json")).unwrap();
        Arc::new(Self {
            within: JsonRegistry::from_json(&json).unwrap(),
            times: AtomicUsize::new(0),
            answers: AtomicBool::new(answers),
        })
    }
}

impl Registry for Asked {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        self.times.fetch_add(1, Ordering::SeqCst);
        while !self.answers.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.within.lookup(asks)
    }
}

#[test]
fn strangers_ask_once_however_often_they_ask() {
    let registry = Asked::new(false);
    let service = Office::new(CLEAR).run_with("", Some(Arc::clone(&registry) as _));
    let ask = || service.send(Request::get("/readyz"));
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
        while registry.times.load(Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(200));
        registry.answers.store(true, Ordering::SeqCst);
        for one in asked {
            let answer = one.join().unwrap();
            assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ready" })));
        }
    });
    assert_eq!(registry.times.load(Ordering::SeqCst), 1);
    // A lookup that nobody waits for any longer is not made a second time either.
    std::thread::sleep(Duration::from_millis(1_100));
    registry.answers.store(false, Ordering::SeqCst);
    for _ in 0..2 {
        let answer = ask();
        assert_eq!(answer.status, 503);
        assert_eq!(problem(&answer)["detail"], "the registry does not answer");
    }
    assert_eq!(registry.times.load(Ordering::SeqCst), 2);
    registry.answers.store(true, Ordering::SeqCst);
}

#[test]
fn counts_are_for_whoever_watches() {
    let office = Office::new(CLEAR);
    office.keys();
    let token =
        office.caller("system", "roles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]");
    let service = office.run(RECORDS);
    for request in [
        Request::get("/readyz"),
        Request::get("/readyz").token("mustcheck_wrong"),
        Request::get("/readyz").token(&token),
    ] {
        assert_eq!(service.send(request).json(), json!({ "status": "ready" }));
    }
    let counts = json!({ "status": "ready", "policies": 1, "log_entries": 0 });
    assert_eq!(service.get("/readyz").json(), counts);
}

/// A process that holds the log keeps others from it, but nobody from seeing that the service is
/// there.
#[test]
fn strangers_do_not_wait_for_the_log() {
    let service = recording(CLEAR);
    let lock = std::fs::File::open(service.office.path("log").join("lock")).unwrap();
    lock.lock().unwrap();
    let begun = Instant::now();
    let answer = service.send(Request::get("/readyz"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    lock.unlock().unwrap();
}

/// A log that could not be written is looked at again, until it can be.
#[test]
fn a_log_that_was_not_written_is_not_ready_for_anybody() {
    let service = recording(CLEAR);
    assert_eq!(service.send(Request::get("/readyz")).status, 200);
    std::fs::remove_dir_all(service.office.path("log")).unwrap();
    let answer = service.post("/v1/checks", &crate::support::application(CLEAR));
    assert_eq!(problem(&answer)["fault"], "record");
    std::thread::sleep(Duration::from_millis(1_100));
    let answer = service.send(Request::get("/readyz"));
    assert_eq!(answer.status, 503);
    assert_eq!(problem(&answer)["detail"], "the records cannot be used");
}

/// A log that another process holds is the log's fault, and not the registry's.
#[test]
fn what_is_waited_for_is_named() {
    let service = recording(CLEAR);
    let (log, aside) = (service.office.path("log"), service.office.path("aside"));
    std::fs::rename(&log, &aside).unwrap();
    let answer = service.post("/v1/checks", &crate::support::application(CLEAR));
    assert_eq!(problem(&answer)["fault"], "record");
    std::fs::rename(&aside, &log).unwrap();
    let lock = std::fs::File::open(log.join("lock")).unwrap();
    lock.lock().unwrap();
    let begun = Instant::now();
    let answer = service.send(Request::get("/readyz"));
    assert_eq!(answer.status, 503);
    assert_eq!(problem(&answer)["detail"], "the records cannot be used");
    assert!(begun.elapsed() > Duration::from_secs(4), "{:?}", begun.elapsed());
    lock.unlock().unwrap();
}

#[test]
fn a_disk_that_is_nearly_full_is_not_ready() {
    let office = Office::new(CLEAR);
    office.keys();
    let service = office.run(&format!("{RECORDS}\nfree_mebibytes = 1_000_000_000_000"));
    let answer = service.send(Request::get("/readyz"));
    assert_eq!(answer.status, 503);
    assert_eq!(problem(&answer)["detail"], "the records cannot be used");
    assert!(service.metric("mustcheck_records_free_bytes{place=\"log\"}").unwrap() > 0.0);
}

/// An asynchronous registry, as one in a database is; it may be down.
struct Awaited(AtomicBool, JsonRegistry);

impl AsyncRegistry for Awaited {
    fn lookup<'a>(&'a self, asks: &'a [Ask<'a>]) -> LookupFuture<'a> {
        Box::pin(async move {
            if self.0.load(Ordering::SeqCst) {
                return Err(RegistryError::Other("down".into()));
            }
            self.1.lookup(asks)
        })
    }
}

#[test]
fn a_registry_that_is_waited_for_is_asked_too() {
    let json = std::fs::read(case(CLEAR).join("registry.json")).unwrap();
    let registry = Awaited(AtomicBool::new(false), JsonRegistry::from_json(&json).unwrap());
    let registry = Arc::new(registry);
    let service = Office::new(CLEAR).run_awaiting(Arc::clone(&registry) as _);
    assert_eq!(service.send(Request::get("/readyz")).status, 200);
    registry.0.store(true, Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(1_100));
    let answer = service.send(Request::get("/readyz"));
    assert_eq!(answer.status, 503);
    assert_eq!(problem(&answer)["detail"], "the registry does not answer");
}
