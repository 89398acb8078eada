//! The ladder: a call of nothing, an empty check, a real check, and the same over HTTP.

use std::cell::{Cell, RefCell};
use std::fs;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use mustcheck::{Application, ApplicationExt as _, Gate, Policy, Timestamp};
use serde_json::Value;
use wasmtime::component::{Component, InstancePre, Linker, TypedFunc};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use crate::measure::{Bench, Row};
use crate::process::program;
use crate::sandbox::Case;
use crate::table::{Table, ratio, time};

const CLEAR: &str = "0001-procurement-clear";
const RESTRICTED: &str = "0002-procurement-wage-arrears";

/// A component with a memory and a function that does nothing.
const NOTHING: &str = r#"
(component
  (core module $m (memory 1) (func (export "nothing")))
  (core instance $i (instantiate $m))
  (func (export "nothing") (canon lift (core func $i "nothing"))))
"#;

/// Measures the section.
pub fn run(bench: &mut Bench) -> String {
    let policy = Policy::embedded().unwrap();
    let (clear, restricted) = (Case::open(CLEAR), Case::open(RESTRICTED));
    let (quiet, full) = (clear.gate(&policy), restricted.gate(&policy));
    let read = |case: &Case| Application::from_json(&case.application).unwrap();
    let (asked, found) = (read(&clear), read(&restricted));
    let nothing = Nothing::new();
    let service = RefCell::new(Service::start(&restricted));
    let body = service.borrow().application.clone();
    let bytes = Cell::new(0);
    let measured = bench.rows(
        "ladder",
        bench.brisk(),
        &mut [
            Row::new("nothing", || nothing.call()),
            Row::new("empty", || drop(black_box(quiet.check(black_box(&asked)).unwrap()))),
            Row::new("real", || drop(black_box(full.check(black_box(&found)).unwrap()))),
            Row::new("json", || {
                black_box(in_and_out(&full, black_box(&restricted.application)));
            }),
            Row::new("health", || drop(black_box(service.borrow_mut().ask("GET", "/healthz", "")))),
            Row::new("http", || {
                bytes.set(service.borrow_mut().ask("POST", "/v1/checks", &body).len());
            }),
        ],
    );
    let mut table = Table::new(&["step", "time", "÷ the step before"]);
    let titles = [
        "empty call: a fresh instance of a component that does nothing".to_owned(),
        format!("empty check: {CLEAR}, application read"),
        format!("real check: {RESTRICTED}, application read"),
        "the same, JSON in and out".to_owned(),
        "HTTP: a request for `/healthz`, one connection".to_owned(),
        format!("HTTP: that check, one connection, {} B answered", bytes.get()),
    ];
    for (step, title) in titles.into_iter().enumerate() {
        let before =
            step.checked_sub(1).map(|before| ratio(measured[step].over(&measured[before])));
        table.row(&[title, time(&measured[step]), before.unwrap_or_else(|| "–".into())]);
    }
    table.markdown()
}

fn in_and_out(gate: &Gate, json: &[u8]) -> Vec<u8> {
    let application = Application::from_json(json).unwrap();
    serde_json::to_vec(gate.check(&application).unwrap().decision()).unwrap()
}

/// The component that does nothing, with the engine settings of a gate.
struct Nothing(InstancePre<()>);

impl Nothing {
    fn new() -> Self {
        let mut config = Config::new();
        config.consume_fuel(true).concurrency_support(false);
        let pool = PoolingAllocationConfig::new();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        let engine = Engine::new(&config).unwrap();
        let component = Component::new(&engine, NOTHING).unwrap();
        Self(Linker::new(&engine).instantiate_pre(&component).unwrap())
    }

    fn call(&self) {
        let mut store = Store::new(self.0.engine(), ());
        store.set_fuel(1_000_000).unwrap();
        let instance = self.0.instantiate(&mut store).unwrap();
        let function: TypedFunc<(), ()> = instance.get_typed_func(&mut store, "nothing").unwrap();
        function.call(&mut store, ()).unwrap();
    }
}

/// A service on this machine, without records, and one connection to it.
struct Service {
    program: Child,
    stream: BufReader<TcpStream>,
    token: String,
    /// A case as of today: a service asks the system's clock.
    application: String,
    _folder: tempfile::TempDir,
}

impl Service {
    fn start(case: &Case) -> Self {
        let program = program();
        let folder = tempfile::tempdir().unwrap();
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let seconds = i64::try_from(since.as_secs()).unwrap();
        let now = Timestamp::from_unix_seconds(seconds).unwrap().to_string();
        let registry = crate::sandbox::folder(RESTRICTED).join("registry.json");
        let mut registry: Value = serde_json::from_slice(&fs::read(registry).unwrap()).unwrap();
        for source in registry["sources"].as_array_mut().unwrap() {
            source["as_of"] = now.as_str().into();
        }
        let mut application: Value = serde_json::from_slice(&case.application).unwrap();
        application["as_of"] = now[..10].into();
        fs::write(folder.path().join("registry.json"), registry.to_string()).unwrap();
        let token = callers(&program, folder.path());
        let config = "listen = \"127.0.0.1:0\"\nregistry = \"registry.json\"\n\
                      callers = \"callers.toml\"\n[limits]\nrequests_per_second = 1000000\n";
        let config_file = folder.path().join("service.toml");
        fs::write(&config_file, config).unwrap();
        let mut program = Command::new(program)
            .arg("serve")
            .arg("--config")
            .arg(&config_file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let stream = TcpStream::connect(address.trim()).unwrap();
        stream.set_nodelay(true).unwrap();
        let stream = BufReader::new(stream);
        let application = application.to_string();
        let mut service = Self { program, stream, token, application, _folder: folder };
        let body = service.application.clone();
        let decided = String::from_utf8(service.ask("POST", "/v1/checks", &body)).unwrap();
        assert!(decided.contains("\"restricted\""), "{decided}");
        service
    }

    /// Sends a request and gives the body of its answer.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).unwrap();
        answer
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Writes a caller's file, and gives the caller's token.
fn callers(program: &Path, folder: &Path) -> String {
    let made = Command::new(program).args(["serve", "token", "bench"]).output().unwrap();
    let entry = String::from_utf8(made.stderr).unwrap();
    let lines = entry.lines().skip_while(|line| !line.contains("callers"));
    let mut lines: Vec<&str> = lines.collect();
    let last = lines.iter().position(|line| line.contains("token_sha256")).unwrap();
    lines.truncate(last + 1);
    let rights = "roles = [\"check\"]\nmatters = [\"tendering/*\"]\nregions = [\"31\"]\n";
    let file = folder.join("callers.toml");
    fs::write(&file, format!("{}\n{rights}", lines.join("\n"))).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}
