//! A simulated credit platform: a registry file behind two interfaces such as platforms have, with
//! faults. It is for tests, and for developers to try things; it holds the records of its file, and
//! no more.
//!
//! `paged` is asked by POST with a JSON body. It answers in Chinese about all lists at once, page
//! by page. `cursor` is asked by GET, list by list, with the identifier in a header. Each of its
//! answers has the cursor of the next part.

mod answers;
mod fault;
mod mapping;
mod words;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use mustcheck::registry::json::RegistryFile;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

pub use fault::{Fault, FaultError, Kind};

/// The header by which one request asks for a fault of its own.
pub const HEADER: &str = "x-simulate";

/// The interface that a platform offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Page by page, asked by POST.
    #[default]
    Paged,
    /// By cursor, asked by GET.
    Cursor,
}

/// Settings of a simulator.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its interface.
    pub shape: Shape,
    /// Number of records in a part.
    pub size: usize,
    /// Its faults.
    pub faults: Vec<Fault>,
    /// Seed of chance: the same requests meet the same faults.
    pub seed: u64,
    /// The secret that a request must carry as `Authorization: Bearer …`.
    pub token: Option<String>,
    /// Whether its mapping file names canaries: the first organization of each list.
    pub canaries: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shape: Shape::Paged,
            size: 10,
            faults: Vec::new(),
            seed: 0,
            token: None,
            canaries: false,
        }
    }
}

/// A simulated platform.
#[derive(Debug)]
pub struct Simulator {
    file: RegistryFile,
    options: Options,
    codes: words::Codes,
    chance: Mutex<fastrand::Rng>,
    asked: AtomicU64,
    elsewhere: AtomicU64,
}

impl Simulator {
    /// A platform with the records of a registry file. Every source of the file has an interface of
    /// its own.
    pub fn new(file: RegistryFile, options: Options) -> Self {
        Self {
            codes: words::Codes::of(&file),
            chance: Mutex::new(fastrand::Rng::with_seed(options.seed)),
            file,
            options,
            asked: AtomicU64::new(0),
            elsewhere: AtomicU64::new(0),
        }
    }

    /// Routes of its interface, to be served.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/{source}/credit/query", post(paged))
            .route("/{source}/v2/records", get(by_cursor))
            .route("/elsewhere", any(elsewhere))
            .with_state(self)
    }

    /// Text of the mapping file for the platform at an address.
    pub fn mapping(&self, address: SocketAddr) -> String {
        mapping::mapping(&self.file, &self.codes, &self.options, address)
    }

    /// Number of requests so far.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// Number of requests that followed its redirect.
    pub fn followed(&self) -> u64 {
        self.elsewhere.load(Ordering::SeqCst)
    }

    /// Starts it on a thread of its own. It ends when the returned value is dropped.
    ///
    /// # Errors
    ///
    /// The operating system's, such as an address in use.
    pub fn start(self, address: SocketAddr) -> std::io::Result<Running> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("simulator")
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(address))?;
        let address = listener.local_addr()?;
        let simulator = Arc::new(self);
        let router = Arc::clone(&simulator).router();
        let (stop, stopped) = oneshot::channel::<()>();
        let ended = runtime.spawn(async move {
            tokio::select! {
                served = axum::serve(listener, router).into_future() => served,
                _ = stopped => Ok(()),
            }
        });
        Ok(Running { simulator, address, _stop: stop, ended: Some(ended), runtime: Some(runtime) })
    }

    /// The fault for this request, if any: that of its own header, or the first one that applies.
    fn fault(&self, source: &str, headers: &HeaderMap) -> Option<Kind> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(own) = headers.get(HEADER).and_then(|v| v.to_str().ok()) {
            return own.parse::<Fault>().ok().map(|fault| fault.kind);
        }
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        let mut faults = self.options.faults.iter();
        faults.find(|f| f.applies(source, number, &mut chance)).map(|fault| fault.kind)
    }

    async fn answer(&self, question: answers::PageQuestion<'_>, headers: &HeaderMap) -> Response {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        if let Some(token) = &self.options.token
            && given != Some(&format!("Bearer {token}"))
        {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let place = question.source.strip_prefix('s').and_then(|n| n.parse::<usize>().ok());
        let source = place.and_then(|n| self.file.sources.get(n.checked_sub(1)?));
        let Some(source) = source else { return StatusCode::NOT_FOUND.into_response() };
        let fault = self.fault(&source.id, headers);
        if let Some(Kind::Slow(milliseconds)) = fault {
            tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
        }
        if source.unavailable.is_some() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        if let Some(response) = fault.and_then(fault::response) {
            return response;
        }
        let text =
            answers::answer(&self.file, source, &self.codes, &self.options, &question, fault);
        fault::spoiled(text, fault)
    }
}

async fn paged(
    State(simulator): State<Arc<Simulator>>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(asked) = serde_json::from_slice::<serde_json::Value>(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let text = |key: &str| asked.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    let number = |key: &str| asked.get(key).and_then(serde_json::Value::as_u64);
    let page = number("页码").unwrap_or(1).max(1) - 1;
    let question = answers::PageQuestion {
        source: &source,
        identifier: &text("证件号码"),
        list: None,
        skip: usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(simulator.options.size),
        page: page + 1,
    };
    simulator.answer(question, &headers).await
}

async fn by_cursor(
    State(simulator): State<Arc<Simulator>>,
    Path(source): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let identifier = headers.get("x-subject").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let cursor = query.get("cursor").map_or("", String::as_str);
    let skip = cursor.strip_prefix('c').and_then(|n| n.parse().ok()).unwrap_or_default();
    let list = query.get("list").map(String::as_str);
    let question = answers::PageQuestion { source: &source, identifier, list, skip, page: 0 };
    simulator.answer(question, &headers).await
}

async fn elsewhere(State(simulator): State<Arc<Simulator>>) -> Response {
    simulator.elsewhere.fetch_add(1, Ordering::SeqCst);
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], Body::from("{}")).into_response()
}

/// A simulator that runs until this is dropped.
#[derive(Debug)]
pub struct Running {
    simulator: Arc<Simulator>,
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
    ended: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
    runtime: Option<Runtime>,
}

impl Running {
    /// Address at which it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The simulator that runs.
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// Text of the mapping file for the platform at its address.
    pub fn mapping(&self) -> String {
        self.simulator.mapping(self.address)
    }

    /// Serves until it fails.
    ///
    /// # Errors
    ///
    /// The operating system's.
    pub fn serve(mut self) -> std::io::Result<()> {
        let (Some(runtime), Some(ended)) = (&self.runtime, self.ended.take()) else {
            return Ok(());
        };
        runtime.block_on(ended).map_err(std::io::Error::other)?
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
