//! What the service costs beside a server that answers a constant, in one run.
//!
//! `cargo run --release --workspace --example figures` (of `mustcheck-service`). Both servers run in
//! this process, on one machine with the clients; the parts of the run are interleaved, so that
//! what else the machine does meets both alike.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program that measures ends when something is wrong"
)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mustcheck::{Application, ApplicationExt as _, Gate, JsonRegistry, Policy};
use mustcheck_service::{Config, NewToken, Service};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Connections that are used at once.
const CONNECTIONS: usize = 8;
/// Parts of the run, of each server.
const PARTS: usize = 12;
/// How long a part takes.
const PART: Duration = Duration::from_millis(1_500);
/// How long the load at seven tenths lasts.
const STEADY: Duration = Duration::from_secs(20);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let (service, request) = service(folder.path()).await;
    let (constant, same) = constant(&request).await;
    let (mut checks, mut constants, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    let (gate, application) = gate();
    for _ in 0..PARTS {
        checks.push(throughput(service, &request).await);
        constants.push(throughput(constant, &same).await);
        alone.push(calls(&gate, &application));
    }
    let (checks, constants, alone) = (median(checks), median(constants), median(alone));
    println!("checks a second                  {checks:>10.0}");
    println!("constant answers a second        {constants:>10.0}");
    println!("calls of the gate alone a second {alone:>10.0}");
    println!("a check over HTTP, in calls      {:>10.2}", alone / checks);
    println!("ratio (at least 0.5)             {:>10.2}", checks / constants);
    let mut took = steady(service, &request, checks * 0.7).await;
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    let (p50, p99) = (at(0.5), at(0.99));
    println!("p50 at 70 % load                 {:>8} us", p50.as_micros());
    println!("p99 at 70 % load                 {:>8} us", p99.as_micros());
    println!("p99 / p50 (at most 4)            {:>10.2}", p99.as_secs_f64() / p50.as_secs_f64());
}

/// The service, with its registry in memory and without a log, and a request to it.
async fn service(folder: &Path) -> (SocketAddr, Arc<Vec<u8>>) {
    let case = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/cases/0002-procurement-wage-arrears");
    let made = NewToken::make("figures").unwrap();
    let entry: Vec<&str> = made.entry.lines().take(3).collect();
    let callers = format!(
        "{}\nroles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"*\"]\nrequests_per_second = \
         1000000\n",
        entry.join("\n")
    );
    std::fs::write(folder.join("callers.toml"), callers).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.join("callers.toml"), mode).unwrap();
    }
    std::fs::copy(case.join("registry.json"), folder.join("registry.json")).unwrap();
    let text = "listen = \"127.0.0.1:0\"\nregistry = \"registry.json\"\ncallers = \
                \"callers.toml\"\ncache = \"\"\n[[policies]]\nedition = \"statutes\"\n";
    let config = Config::parse(text, folder).expect("a configuration");
    // A log line a request belongs to what is measured.
    let sink = std::io::sink;
    mustcheck_service::install_log(&config.logging, sink).expect("a log");
    let service = Service::builder(config).open().expect("a service");
    let service = service.listen().await.expect("an address");
    let address = service.address();
    tokio::spawn(service.run(std::future::pending()));
    let body = std::fs::read(case.join("application.json")).unwrap();
    let head = format!(
        "POST /v1/checks HTTP/1.1\r\nHost: s\r\nAuthorization: Bearer {}\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\n\r\n",
        made.token,
        body.len()
    );
    (address, Arc::new([head.into_bytes(), body].concat()))
}

/// The gate by itself, as a program embeds it, and what it checks.
fn gate() -> (Gate, Application) {
    let case = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/cases/0002-procurement-wage-arrears");
    let registry = JsonRegistry::open(case.join("registry.json")).expect("a registry");
    let policy = Policy::embedded_edition("statutes").expect("a policy");
    let gate = Gate::builder().policy(policy).registry(registry).build().expect("a gate");
    let json = std::fs::read(case.join("application.json")).unwrap();
    (gate, Application::from_json(&json).expect("an application"))
}

/// Calls a second, on every core.
fn calls(gate: &Gate, application: &Application) -> f64 {
    let begun = Instant::now();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let calls: u64 = std::thread::scope(|scope| {
        let each = || {
            let mut calls = 0;
            while begun.elapsed() < PART {
                gate.check(application).expect("a decision");
                calls += 1;
            }
            calls
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(each)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    calls as f64 / begun.elapsed().as_secs_f64()
}

/// A server of the same kind that reads the same request and answers a constant.
async fn constant(request: &Arc<Vec<u8>>) -> (SocketAddr, Arc<Vec<u8>>) {
    let answer = |_: axum::body::Bytes| async { "{\"answer\":\"constant\"}" };
    let router = axum::Router::new().route("/v1/checks", axum::routing::post(answer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = stream.set_nodelay(true);
            let router = hyper_util::service::TowerToHyperService::new(router.clone());
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(hyper_util::rt::TokioIo::new(stream), router),
            );
        }
    });
    (address, Arc::clone(request))
}

/// A connection that is kept.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(64 << 10) }
    }

    /// Sends a request and reads its answer, which has to be a good one.
    async fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection was closed");
            let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&self.buffer[..end]).unwrap().to_ascii_lowercase();
            assert!(head.starts_with("http/1.1 200"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.unwrap().trim().parse().unwrap();
            if self.buffer.len() >= end + 4 + length {
                return;
            }
        }
    }
}

/// Answers a second, when every connection asks again as soon as it is answered.
async fn throughput(address: SocketAddr, request: &Arc<Vec<u8>>) -> f64 {
    let begun = Instant::now();
    let clients = (0..CONNECTIONS).map(|_| {
        let request = Arc::clone(request);
        tokio::spawn(async move {
            let mut client = Client::new(address).await;
            let mut answers = 0_u64;
            while begun.elapsed() < PART {
                client.ask(&request).await;
                answers += 1;
            }
            answers
        })
    });
    let mut answers = 0;
    for client in clients.collect::<Vec<_>>() {
        answers += client.await.unwrap();
    }
    answers as f64 / begun.elapsed().as_secs_f64()
}

/// How long each answer took. Whoever is late because the answer before was late counts from when
/// it was due: a server that falls behind is not let off. What the timer is late does not count.
async fn steady(address: SocketAddr, request: &Arc<Vec<u8>>, rate: f64) -> Vec<Duration> {
    let step = Duration::from_secs_f64(CONNECTIONS as f64 / rate);
    let begun = Instant::now();
    let clients = (0..CONNECTIONS).map(|n| {
        let request = Arc::clone(request);
        let mut due = begun + step.mul_f64(n as f64 / CONNECTIONS as f64);
        tokio::spawn(async move {
            let mut client = Client::new(address).await;
            let mut took = Vec::new();
            while begun.elapsed() < STEADY {
                let mut asked = due;
                if Instant::now() < due {
                    tokio::time::sleep_until(due.into()).await;
                    asked = Instant::now();
                }
                client.ask(&request).await;
                took.push(asked.elapsed());
                due += step;
            }
            took
        })
    });
    let mut all = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        all.extend(client.await.unwrap());
    }
    all
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
