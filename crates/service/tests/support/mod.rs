//! Code that the tests of the service share: a folder with a configuration, a service that runs in
//! this process, and a client that sends exactly what it is given, right or wrong.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

pub mod client;
pub mod registries;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use mustcheck::{AsyncRegistry, Date, Registry};
use mustcheck_service::{Config, NewToken, Reloads, Service, ServiceBuilder};
use serde_json::{Value, json};
use tokio::sync::oneshot;

pub use client::{Answer, Client, Request};

/// A folder with everything that a service needs, for the next one that starts in it.
#[derive(Clone)]
pub struct Office {
    folder: Arc<tempfile::TempDir>,
    pub token: String,
    /// The day of every check: the cases' own.
    pub today: Date,
}

/// A service that runs until it is dropped.
pub struct Running {
    pub office: Office,
    pub address: SocketAddr,
    pub reloads: Arc<Reloads>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of a golden case.
pub fn case(name: &str) -> PathBuf {
    repository().join("examples/cases").join(name)
}

/// The day of the golden cases that are checked here.
pub const TODAY: Date = Date { year: 2026, month: 11, day: 18 };

pub const CLEAR: &str = "0001-procurement-clear";
pub const RESTRICTED: &str = "0002-procurement-wage-arrears";

/// Records in the office's folder.
pub const RECORDS: &str = "[records]\nlog = \"log\"\nkeys = \"keys\"\nevidence = \"evidence\"";

/// A service that keeps records, with the registry of a golden case.
pub fn recording(of_case: &str) -> Running {
    let office = Office::new(of_case);
    office.keys();
    office.run(RECORDS)
}

/// The application of a golden case.
pub fn application(name: &str) -> Value {
    let text = std::fs::read(case(name).join("application.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

impl Office {
    /// An office with one caller who may do everything, and the registry of a golden case.
    pub fn new(of_case: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let made = NewToken::make("tests").unwrap();
        let office = Self { folder: Arc::new(folder), token: made.token, today: TODAY };
        std::fs::copy(case(of_case).join("registry.json"), office.path("registry.json")).unwrap();
        office.write_private("callers.toml", &all_of(&made.entry));
        office
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Writes a file that is this user's alone, by replacing it.
    pub fn write_private(&self, name: &str, text: &str) {
        let new = self.path(&format!("{name}.new"));
        std::fs::write(&new, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&new, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        std::fs::rename(new, self.path(name)).unwrap();
    }

    /// A further caller.
    pub fn caller(&self, name: &str, rules: &str) -> String {
        let made = NewToken::make(name).unwrap();
        let entry = made.entry.lines().take(3).collect::<Vec<_>>().join("\n");
        let before = std::fs::read_to_string(self.path("callers.toml")).unwrap();
        self.write_private("callers.toml", &format!("{before}\n{entry}\n{rules}\n"));
        made.token
    }

    /// Changes what the file of the callers says.
    pub fn change_callers(&self, from: &str, to: &str) {
        let before = std::fs::read_to_string(self.path("callers.toml")).unwrap();
        assert!(before.contains(from), "{before}");
        self.write_private("callers.toml", &before.replace(from, to));
    }

    /// Makes keys, for an office that keeps records.
    pub fn keys(&self) {
        let suite = mustcheck_evidence::Suite::default();
        mustcheck_evidence::Keys::create(&self.path("keys"), "office", suite).unwrap();
    }

    /// The configuration: the newest edition everywhere, and what is asked for beside it.
    pub fn config(&self, more: &str) -> Config {
        let text = format!(
            "listen = \"127.0.0.1:0\"\nregistry = \"registry.json\"\ncallers = \
             \"callers.toml\"\ncache = \"{}\"\n{more}\n",
            cache().display()
        );
        let text = if more.contains("[[policies]]") {
            text
        } else {
            text + "[[policies]]\nedition = \"statutes\"\n"
        };
        let text = if more.contains("[shutdown]") {
            text
        } else {
            text + "[shutdown]\nnotice_seconds = 0\ndeadline_seconds = 10\n"
        };
        Config::parse(&text, self.folder.path()).unwrap_or_else(|mistakes| {
            let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            panic!("{}\n{text}", told.join("\n"))
        })
    }

    pub fn run(self, more: &str) -> Running {
        self.run_with(more, None)
    }

    /// Runs the service, with a registry of the test's own if there is one.
    pub fn run_with(self, more: &str, registry: Option<Arc<dyn Registry>>) -> Running {
        let builder = Service::builder(self.config(more));
        self.begin(match registry {
            Some(registry) => builder.registry(registry),
            None => builder,
        })
    }

    /// Runs the service with an asynchronous registry of the test's own.
    pub fn run_awaiting(self, registry: Arc<dyn AsyncRegistry>) -> Running {
        let builder = Service::builder(self.config(""));
        self.begin(builder.async_registry(registry))
    }

    fn begin(self, builder: ServiceBuilder) -> Running {
        log();
        let service = builder.today(self.today).open().unwrap_or_else(|e| panic!("{e}: {:?}", e));
        let (stop, stopped) = oneshot::channel::<()>();
        let (listens, listening) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let service = service.listen().await.unwrap();
                listens.send((service.address(), service.reloads())).unwrap();
                let stop = async {
                    let _ = stopped.await;
                };
                service.run(stop).await;
            });
        });
        let (address, reloads) = listening.recv().unwrap();
        Running { office: self, address, reloads, stop: Some(stop), thread: Some(thread) }
    }
}

/// The entry of a caller who may do everything.
fn all_of(entry: &str) -> String {
    let entry = entry.lines().take(3).collect::<Vec<_>>().join("\n");
    let roles = "roles = [\"check\", \"feedback\", \"receipts\", \"metrics\"]";
    let all = "matters = [\"*\"]\nregions = [\"*\"]\nrequests_per_second = 100000";
    format!("{entry}\n{roles}\n{all}\n")
}

/// Folder of compiled policies: compiled once for all tests, and not among the user's own files.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("service-cache")
}

impl Running {
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Sends one request on a connection of its own.
    pub fn send(&self, request: Request) -> Answer {
        self.client().send(&request)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).token(&self.office.token))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Request::post(path).token(&self.office.token).json(body))
    }

    /// Asks the service to end, and does not wait for it.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the service ends");
        }
    }

    /// Value of a metric. Its name includes the labels, as they are written.
    pub fn metric(&self, name: &str) -> Option<f64> {
        let text = self.get("/metrics").text();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map(|value| value.parse().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take()
            && !std::thread::panicking()
        {
            thread.join().expect("the service ends");
        }
    }
}

/// The log of all tests of this process.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone)]
struct Kept;

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to keep the log.
fn log() {
    static BEGUN: OnceLock<()> = OnceLock::new();
    BEGUN.get_or_init(|| {
        let logging =
            mustcheck_service::LoggingConfig { json: true, filter: "debug,hyper=info".into() };
        mustcheck_service::install_log(&logging, || Kept).unwrap();
        let usual = std::panic::take_hook();
        mustcheck_service::quiet_panics();
        let quiet = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // A test that fails says why; what the service panics about is for nobody.
            let of_test = std::thread::current().name().is_some_and(|name| name.contains("::"));
            if of_test { usual(panic) } else { quiet(panic) }
        }));
    });
}

/// The log so far.
pub fn logged() -> String {
    String::from_utf8(LOG.lock().unwrap().clone()).unwrap()
}

/// The line of a request.
pub fn line_of(request_id: &str) -> Value {
    let logged = logged();
    let line = logged.lines().find(|line| line.contains(request_id));
    serde_json::from_str(line.unwrap_or_else(|| panic!("no line of {request_id}"))).unwrap()
}

/// The members of a problem that are the same each time.
pub fn problem(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
    let mut problem = answer.json();
    let members = problem.as_object_mut().unwrap();
    assert_eq!(members.remove("instance"), answer.header("x-request-id").map(|id| json!(id)));
    assert_eq!(members.remove("status"), Some(json!(answer.status)));
    let kind = members["type"].as_str().unwrap().to_owned();
    members["type"] = kind.strip_prefix("urn:mustcheck:problem:").unwrap().into();
    problem
}
