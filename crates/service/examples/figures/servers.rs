//! The servers that are measured, each a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mustcheck_service::{Config, Service, install_log, quiet_panics};
use tokio::net::TcpListener;

use crate::office::{Office, TODAY};

/// Whether servers have a core that nothing else of this run is on.
static APART: AtomicBool = AtomicBool::new(false);

/// Leaves the first core to the servers that are started from now on, and the second to this
/// process. If one waited for the other's core, the machine would be measured instead.
pub fn apart() {
    let own = std::process::id().to_string();
    let set = Command::new("taskset").args(["--cpu-list", "--pid", "1", &own]).output();
    assert!(set.is_ok_and(|set| set.status.success()), "two cores, and `taskset`");
    APART.store(true, Ordering::Relaxed);
}

/// A server that runs until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    process: Child,
}

impl Server {
    /// Starts the service of an office. It logs as it does in production, but nobody reads the log.
    pub fn service(office: &Office) -> Self {
        Self::start(["serve", office.folder().to_str().unwrap()])
    }

    /// Starts a bare server of the same kind, which reads the same request and answers so many
    /// bytes.
    pub fn constant(bytes: usize) -> Self {
        Self::start(["constant", &bytes.to_string()])
    }

    fn start(arguments: [&str; 2]) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut command = Command::new(&program);
        if APART.load(Ordering::Relaxed) {
            command = Command::new("taskset");
            command.args(["--cpu-list", "0"]).arg(&program);
        }
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        // As the service is deployed.
        command.env("MALLOC_ARENA_MAX", "2");
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().parse().expect("where the server listens");
        Self { address, process }
    }

    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// CPU time that its threads have used.
    pub fn busy(&self) -> Duration {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process())).unwrap();
        // A thread that has just ended reports nothing.
        tasks.filter_map(|task| of_thread(&task.ok()?.path())).sum()
    }

    /// Resident memory of the process (`VmRSS`), in KiB.
    pub fn resident(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Number of files and connections that it has open.
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.process())).unwrap().count()
    }
}

/// CPU time that the calling thread has used.
pub fn of_this_thread() -> Duration {
    of_thread(Path::new("/proc/thread-self")).unwrap()
}

fn of_thread(folder: &Path) -> Option<Duration> {
    let said = std::fs::read_to_string(folder.join("schedstat")).ok()?;
    said.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves the office in a folder.
pub fn serve(folder: &Path) {
    let config = Config::open(&folder.join("service.toml")).expect("a configuration");
    install_log(&config.logging, std::io::stderr).expect("a log");
    quiet_panics();
    let service = Service::builder(config).today(TODAY).open().expect("a service");
    mustcheck_service::serve(service, |address| println!("{address}")).expect("an address");
}

/// Serves a constant of so many bytes.
pub fn constant(bytes: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let constant = axum::body::Bytes::from(vec![b'a'; bytes]);
        let answer = move |_: axum::body::Bytes| async move { constant };
        let router = axum::Router::new().route("/v1/checks", axum::routing::post(answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
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
}
