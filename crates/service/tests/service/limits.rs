//! Limits on load, time and size; and shutting down.

use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mustcheck::model::Answer;
use mustcheck::{Ask, JsonRegistry, Registry, RegistryError};
use serde_json::json;

use crate::support::registries::Held;
use crate::support::{CLEAR, Client, Office, Request, application, case, problem};

fn held() -> Arc<Held> {
    Held::new(&std::fs::read(case(CLEAR).join("registry.json")).unwrap())
}

#[test]
fn overload_is_refused_at_once_and_is_no_decision() {
    let registry = held();
    let limits = "[limits]\nconcurrent = 2\nqueue = 1";
    let service = Office::new(CLEAR).run_with(limits, Some(Arc::clone(&registry) as _));
    std::thread::scope(|scope| {
        let send = || service.post("/v1/checks", &application(CLEAR));
        let begun: Vec<_> = (0..2).map(|_| scope.spawn(send)).collect();
        registry.wait_for(2);
        let queued = scope.spawn(send);
        let full = Instant::now();
        while service.metric("mustcheck_queued") != Some(1.0) {
            assert!(full.elapsed() < Duration::from_secs(20), "nobody waits");
        }
        for _ in 0..5 {
            let asked = Instant::now();
            let answer = send();
            assert_eq!(answer.status, 503);
            assert_eq!(answer.header("retry-after"), Some("1"));
            let expected = json!({
                "type": "overloaded", "title": "too much is asked at once",
                "detail": "there is no decision, which does not mean that nothing was found; try \
                           again",
            });
            assert_eq!(problem(&answer), expected);
            assert!(asked.elapsed() < Duration::from_secs(5));
        }
        // Monitoring gets through.
        assert_eq!(service.get("/healthz").status, 200);
        assert_eq!(service.metric("mustcheck_in_flight"), Some(2.0));
        registry.open();
        for answer in begun.into_iter().chain([queued]) {
            assert_eq!(answer.join().unwrap().json()["decision"]["disposition"], "clear");
        }
    });
}

#[test]
fn what_takes_too_long_is_no_decision_and_its_key_has_it_later() {
    let registry = held();
    let limits = "[limits]\nrequest_seconds = 1";
    let service = Office::new(CLEAR).run_with(limits, Some(Arc::clone(&registry) as _));
    let request = Request::post("/v1/checks").token(&service.office.token);
    let request = request.header("Idempotency-Key", "late").json(&application(CLEAR));
    let answer = service.send(request.clone());
    assert_eq!(answer.status, 503);
    assert_eq!(problem(&answer)["type"], "late");
    assert_eq!(service.send(request.clone()).status, 409);
    registry.open();
    let begun = Instant::now();
    let answer = loop {
        let answer = service.send(request.clone());
        if answer.status != 409 {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(20));
    };
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (200, Some("true")));
}

/// A registry that is slow.
struct Slow(JsonRegistry);

impl Registry for Slow {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        if !asks.is_empty() {
            std::thread::sleep(Duration::from_millis(2_500));
        }
        self.0.lookup(asks)
    }
}

#[test]
fn the_wait_and_the_work_have_one_limit() {
    let json = std::fs::read(case(CLEAR).join("registry.json")).unwrap();
    let registry = Arc::new(Slow(JsonRegistry::from_json(&json).unwrap()));
    let limits = "[limits]\nconcurrent = 1\nrequest_seconds = 4";
    let service = Office::new(CLEAR).run_with(limits, Some(registry));
    std::thread::scope(|scope| {
        let send = || service.post("/v1/checks", &application(CLEAR));
        let first = scope.spawn(send);
        while service.metric("mustcheck_in_flight") != Some(1.0) {
            assert!(!first.is_finished(), "nobody is worked on");
        }
        let second = send();
        assert_eq!((second.status, &problem(&second)["type"]), (503, &json!("late")));
        assert_eq!(first.join().unwrap().status, 200);
    });
}

#[test]
fn a_body_has_a_size() {
    let service = Office::new(CLEAR).run("[limits]\nbody_bytes = 2048");
    let request = Request::post("/v1/checks").token(&service.office.token);
    let request = request.header("Content-Type", "application/json");
    let large = request.clone().body(&vec![b' '; 2049]);
    let told = request.clone().header("Content-Length", "99999999999");
    let chunks = [b"800\r\n".as_slice(), &[b' '; 2048], b"\r\n1\r\n \r\n0\r\n\r\n"].concat();
    let chunked = request.clone().header("Transfer-Encoding", "chunked").body(&chunks);
    for request in [large, told, chunked] {
        let answer = service.send(request);
        assert_eq!(answer.status, 413, "{}", answer.text());
        assert_eq!(answer.header("connection"), Some("close"));
        let expected = json!({
            "type": "body-too-large", "title": "the body is too large",
            "detail": "the body has more bytes than the service reads",
        });
        assert_eq!(problem(&answer), expected);
    }
    let fits = [b"5DC\r\n".as_slice(), &[b' '; 1500], b"\r\n1\r\n{\r\n0\r\n\r\n"].concat();
    let chunked = request.header("Transfer-Encoding", "chunked").body(&fits);
    assert_eq!(service.send(chunked).status, 400);
}

#[test]
fn slow_clients_are_let_go() {
    let service = Office::new(CLEAR).run("[limits]\nheader_seconds = 1\nbody_seconds = 1");
    // A head that never ends, one byte at a time.
    let mut slow = Client::new(service.address);
    slow.write(b"POST /v1/checks HTTP/1.1\r\n").unwrap();
    let begun = Instant::now();
    while slow.write(b"X").is_ok() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(begun.elapsed() < Duration::from_secs(10), "its connection stays open");
    // A connection on which nothing is asked.
    let mut idle = Client::new(service.address);
    assert_eq!(idle.send(&Request::get("/healthz")).status, 200);
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = idle.stream().read_to_end(&mut rest);
    assert!(begun.elapsed() < Duration::from_secs(10), "its connection stays open");
    // A body that never ends.
    let request = Request::post("/v1/checks").token(&service.office.token);
    let request = request.header("Content-Type", "application/json");
    let answer = service.send(request.header("Content-Length", "100").body(b"{"));
    assert_eq!(answer.status, 408);
    assert_eq!(problem(&answer)["type"], "body-late");
}

#[test]
fn what_was_begun_is_finished_before_the_end() {
    let registry = held();
    let end = "[shutdown]\nnotice_seconds = 1\ndeadline_seconds = 20";
    let mut service = Office::new(CLEAR).run_with(end, Some(Arc::clone(&registry) as _));
    let (address, token) = (service.address, service.office.token.clone());
    let check = std::thread::spawn(move || {
        let request = Request::post("/v1/checks").token(&token).json(&application(CLEAR));
        Client::new(address).send(&request)
    });
    registry.wait_for(1);
    service.stop();
    // Load balancers learn it first; requests in the meantime are served.
    let begun = Instant::now();
    while service.get("/readyz").status == 200 {
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    let answer = service.get("/readyz");
    assert_eq!(answer.status, 503);
    assert_eq!(problem(&answer)["detail"], "the service is about to end");
    assert_eq!(service.get("/healthz").status, 200);
    std::thread::sleep(Duration::from_millis(1500));
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody new is let in");
    assert!(!check.is_finished());
    registry.open();
    assert_eq!(check.join().unwrap().json()["decision"]["disposition"], "clear");
    service.ended();
}

#[test]
fn the_end_has_a_deadline() {
    let registry = held();
    let end = "[shutdown]\nnotice_seconds = 0\ndeadline_seconds = 1";
    let mut service = Office::new(CLEAR).run_with(end, Some(Arc::clone(&registry) as _));
    let (address, token) = (service.address, service.office.token.clone());
    let _check = std::thread::spawn(move || {
        let request = Request::post("/v1/checks").token(&token).json(&application(CLEAR));
        let mut client = Client::new(address);
        let _ = client.write(&request.bytes());
        client.answer(false)
    });
    registry.wait_for(1);
    service.stop();
    let begun = Instant::now();
    let ends = "what was begun was not finished within its deadline";
    while !crate::support::logged().contains(ends) {
        assert!(begun.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
    registry.open();
    service.ended();
}
