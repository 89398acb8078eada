//! Listening, serving, and ending so that what was begun is finished.

mod connection;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use mustcheck::{AsyncRegistry, Date, PolicyError, Registry};
use mustcheck_postgres::{Database, PostgresRegistry, Requests};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

use self::connection::Times;
use crate::callers::Callers;
use crate::config::{Config, ConfigError, RecordsConfig, RecordsPlace};
use crate::database::{self, DatabaseError};
use crate::idempotency::{DatabaseKeys, RequestsKey};
use crate::office;
use crate::peers::{Peer, Peers};
use crate::policies::{LoadError, LoadedPolicy, Loader, Policies, RegistryChoice};
use crate::records::{DatabaseRecords, FolderRecords, Records, RecordsError};
use crate::router::router;
use crate::shared::Shared;
use crate::tls::{Tls, TlsError};
use crate::told::told;
use crate::watch::{Reloads, watch};

/// Error: the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration, or a file that it names, cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The policies, or the registry, cannot be used.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The records cannot be used.
    #[error("the records cannot be used")]
    Records(#[from] RecordsError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The names that the pages show cannot be read.
    #[error("the pages cannot be shown")]
    Pages(#[source] PolicyError),
    /// The records are in a database that is not configured.
    #[error("the records are in a database, and there is no `[database]`")]
    NoDatabase,
    /// Replicas share no key under which requests are digested.
    #[error("replicas share no key for the digests of requests: `requests_key_file` names one")]
    NoRequestsKey,
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The system gives no threads, or no signals.
    #[error("the system gives no threads or signals")]
    Runtime(#[source] std::io::Error),
    /// The address cannot be listened on.
    #[error("`{address}` cannot be listened on")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

/// Puts a service together.
pub struct ServiceBuilder {
    config: Config,
    registry: RegistryChoice,
    today: Option<Date>,
}

/// A service that is ready to run: everything that it needs is open.
pub struct Service {
    config: Config,
    shared: Arc<Shared>,
    pages: Option<Router>,
    tls: Option<Arc<Tls>>,
    /// Runtime that the service was opened on, and that carries the connections to its database.
    runtime: Option<Runtime>,
}

/// A service that listens.
pub struct Listening {
    service: Service,
    listener: TcpListener,
    address: SocketAddr,
    reloads: Arc<Reloads>,
}

impl ServiceBuilder {
    /// Answers lookups from a registry of the embedding program.
    #[must_use]
    pub fn registry(self, registry: Arc<dyn Registry>) -> Self {
        Self { registry: RegistryChoice::AtOnce(registry), ..self }
    }

    /// Answers lookups from an asynchronous registry of the embedding program.
    #[must_use]
    pub fn async_registry(self, registry: Arc<dyn AsyncRegistry>) -> Self {
        Self { registry: RegistryChoice::Awaited(registry), ..self }
    }

    /// Sets the day on which every check is made; without it, the day is the system clock's. It is
    /// for the tests of a service, whose cases have their days.
    #[must_use]
    pub fn today(self, today: Date) -> Self {
        Self { today: Some(today), ..self }
    }

    /// Opens everything. It compiles policies and reads logs, so it takes a while.
    ///
    /// # Errors
    ///
    /// [`StartError`] with the part that cannot be used.
    pub fn open(self) -> Result<Service, StartError> {
        let Self { config, registry, today } = self;
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        let tls = config.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
        let usual = config.limits.requests_per_second;
        let callers = Callers::open(&config.callers, usual, &Callers::default())?;
        let runtime = runtime().map_err(StartError::Runtime)?;
        let named = config.database.as_ref().and_then(|d| d.requests_key_file.as_deref());
        let named = named.map(RequestsKey::open).transpose()?;
        let database = match &config.database {
            Some(database) => Some(runtime.block_on(database::connect(database))?),
            None => None,
        };
        let records = match &config.records {
            Some(records) => Some(runtime.block_on(open_records(records, database.as_ref()))?),
            None => None,
        };
        let registry = match (registry, &database) {
            (RegistryChoice::None, Some(database)) => {
                RegistryChoice::Awaited(Arc::new(PostgresRegistry::new(database.clone())))
            }
            (chosen, _) => chosen,
        };
        let keys = match &database {
            Some(database) => {
                let shared = named.or_else(|| records.as_ref().and_then(Records::requests_key));
                Some(database_keys(&config, database, shared.ok_or(StartError::NoRequestsKey)?))
            }
            None => None,
        };
        let policies = Policies::load(Loader {
            policies: config.policies.clone(),
            cache: config.cache.clone(),
            registry,
            recorder: records.as_ref().map(Records::recorder),
            recorder_waits: matches!(records, Some(Records::Database(_))),
            today,
            days_back: config.limits.as_of_days_back,
            runtime: runtime.handle().clone(),
        })?;
        let shared = Arc::new(Shared::new(&config, policies, records, keys, callers));
        let pages = office::router(&config, &shared).map_err(StartError::Pages)?;
        Ok(Service { config, shared, pages, tls, runtime: Some(runtime) })
    }
}

/// Opens the store of idempotency keys that replicas share.
fn database_keys(config: &Config, database: &Database, digests: RequestsKey) -> DatabaseKeys {
    // Twice the time of a request: the replica that answers it has ended long before.
    let lease = config.limits.request_time * 2;
    DatabaseKeys::new(Requests::new(database, lease, config.idempotency.age), digests)
}

/// Opens the records of checks.
async fn open_records(
    config: &RecordsConfig,
    database: Option<&Database>,
) -> Result<Records, StartError> {
    Ok(match (&config.kept, database) {
        (RecordsPlace::Folders(folders), _) => {
            Records::Folder(Arc::new(FolderRecords::open(config, folders)?))
        }
        (RecordsPlace::Database { copy }, Some(database)) => {
            let records = DatabaseRecords::open(config, database, copy.clone()).await?;
            Records::Database(Arc::new(records))
        }
        (RecordsPlace::Database { .. }, None) => return Err(StartError::NoDatabase),
    })
}

/// Starts the runtime with the threads for requests.
fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

impl Drop for Service {
    /// Ends the runtime without waiting: a service may be dropped where nothing may wait.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Service {
    /// Handle of the runtime that the service was opened on.
    pub(crate) fn handle(&self) -> Option<tokio::runtime::Handle> {
        self.runtime.as_ref().map(|runtime| runtime.handle().clone())
    }

    /// Returns a builder of a service with this configuration.
    pub fn builder(config: Config) -> ServiceBuilder {
        let registry = match &config.registry {
            Some(file) => RegistryChoice::File(file.clone()),
            None => RegistryChoice::None,
        };
        ServiceBuilder { config, registry, today: None }
    }

    /// The policies in force.
    pub fn policies(&self) -> Vec<LoadedPolicy> {
        self.shared.policies.current().loaded.clone()
    }

    /// Number of callers.
    pub fn callers(&self) -> usize {
        self.shared.callers().len()
    }

    /// Binds the address of the configuration.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`] if the address cannot be listened on.
    pub async fn listen(self) -> Result<Listening, StartError> {
        let address = self.config.listen;
        let failed = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (shared, tls) = (Arc::clone(&self.shared), self.tls.clone());
        let usual = self.config.limits.requests_per_second;
        let reloads = Reloads::new(shared, tls, self.config.callers.clone(), usual);
        Ok(Listening { service: self, listener, address, reloads: Arc::new(reloads) })
    }
}

impl Listening {
    /// Address that the service listens on.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the handle that reads the service's files again.
    pub fn reloads(&self) -> Arc<Reloads> {
        Arc::clone(&self.reloads)
    }

    /// Serves until `stop` is ready, and then until what was begun is finished or its deadline has
    /// passed.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { service, listener, address, reloads } = self;
        // Kept to the end: its runtime carries the connections to the database.
        let (config, shared, tls) = (&service.config, &service.shared, service.tls.clone());
        let pages = service.pages.clone();
        let watching = tokio::spawn(watch(reloads));
        let forgetting = tokio::spawn(forget(Arc::clone(shared)));
        let indexing = tokio::spawn(index(Arc::clone(shared)));
        let serving = Serving {
            router: router(Arc::clone(shared), pages),
            tls,
            places: Arc::new(Semaphore::new(config.limits.connections)),
            peers: config.limits.connections_per_peer.map(Peers::new),
            times: Times::of(&config.limits),
            graceful: GracefulShutdown::new(),
        };
        tracing::info!(%address, tls = serving.tls.is_some(), "the service listens");
        serving.until(&listener, stop).await;
        // Balancers see it first, and send no more.
        shared.stop();
        tracing::info!("the service ends");
        serving.until(&listener, tokio::time::sleep(config.shutdown.notice)).await;
        drop(listener);
        let rest = async {
            serving.graceful.shutdown().await;
            shared.admission.drained().await;
        };
        if tokio::time::timeout(config.shutdown.deadline, rest).await.is_err() {
            tracing::error!("what was begun was not finished within its deadline");
        }
        watching.abort();
        forgetting.abort();
        indexing.abort();
        tracing::info!("the service has ended");
    }
}

/// Forgets keys that are too old, every hour.
async fn forget(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(3_600)).await;
        shared.idempotency.expire().await;
    }
}

/// Brings the index by which receipts are found up to date. If that fails, a request for a receipt
/// meets the same fault, and reports it.
async fn index(shared: Arc<Shared>) {
    let Ok(records) = shared.records() else { return };
    if let Ok(entries) = records.entries().await {
        shared.metrics.log_entries(entries);
    }
    if let Err(error) = records.index().await {
        tracing::error!(detail = told(&error), "the log is not indexed: receipts are not found");
    }
}

/// Everything that serving connections needs.
struct Serving {
    router: Router,
    tls: Option<Arc<Tls>>,
    places: Arc<Semaphore>,
    /// The connections of each address; `None` if an address has no limit, as behind a proxy.
    peers: Option<Peers>,
    times: Times,
    graceful: GracefulShutdown,
}

impl Serving {
    /// Accepts connections until `end` is ready.
    async fn until(&self, listener: &TcpListener, end: impl Future<Output = ()>) {
        let mut end = pin!(end);
        loop {
            // A connection that finds no place waits in the system's queue.
            let accepted = async {
                let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
                Some((listener.accept().await, place))
            };
            let accepted = tokio::select! {
                biased;
                () = &mut end => return,
                accepted = accepted => accepted,
            };
            match accepted {
                Some((Ok((stream, address)), place)) => {
                    let peer = Peer::of(address.ip());
                    // An address that has its share is refused at once: the rest is for others.
                    match self.peers.as_ref().map(|peers| peers.enter(peer)) {
                        Some(None) => drop(stream),
                        // The share goes back before the place: the next connection in that place
                        // may be from the same address.
                        share => self.serve(stream, peer, (share.flatten(), place)),
                    }
                }
                Some((Err(error), _)) => {
                    // Too many open files, mostly: it passes when others are closed.
                    tracing::error!(detail = told(&error), "no connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
                None => return,
            }
        }
    }
}
