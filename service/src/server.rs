//! Listening, serving, and ending so that what was begun is finished.

mod connection;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use mustcheck::{AsyncRegistry, Registry};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::callers::Callers;
use crate::config::{Config, ConfigError};
use crate::policies::{LoadError, LoadedPolicy, Loader, Policies, RegistryChoice};
use crate::records::{FolderRecords, Records, RecordsError};
use crate::router::router;
use crate::shared::Shared;
use crate::tls::{Tls, TlsError};
use crate::watch::{Reloads, watch};

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration, or the file of the callers.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The policies, or the registry.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The records.
    #[error("the records cannot be used")]
    Records(#[from] RecordsError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The threads, or the signals.
    #[error("the system gives no threads or signals")]
    Runtime(#[source] std::io::Error),
    /// The address.
    #[error("`{address}` cannot be listened on")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Puts a service together.
pub struct ServiceBuilder {
    config: Config,
    registry: RegistryChoice,
}

/// A service that is ready to run: everything that it needs is open.
pub struct Service {
    config: Config,
    shared: Arc<Shared>,
    tls: Option<Arc<Tls>>,
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

    /// Answers lookups from a registry of the embedding program that is waited for.
    #[must_use]
    pub fn async_registry(self, registry: Arc<dyn AsyncRegistry>) -> Self {
        Self { registry: RegistryChoice::Awaited(registry), ..self }
    }

    /// Opens everything. It compiles policies and reads logs, so it takes a while.
    ///
    /// # Errors
    ///
    /// [`StartError`] with what cannot be used.
    pub fn open(self) -> Result<Service, StartError> {
        let Self { config, registry } = self;
        let tls = config.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
        let usual = config.limits.requests_per_second;
        let callers = Callers::open(&config.callers, usual, &Callers::default())?;
        let records = match &config.records {
            Some(records) => Some(Records::Folder(Arc::new(FolderRecords::open(records)?))),
            None => None,
        };
        let policies = Policies::load(Loader {
            policies: config.policies.clone(),
            cache: config.cache.clone(),
            registry,
            recorder: records.as_ref().map(Records::recorder),
        })?;
        let shared = Arc::new(Shared::new(&config, policies, records, callers));
        Ok(Service { config, shared, tls })
    }
}

impl Service {
    /// Begins a service.
    pub fn builder(config: Config) -> ServiceBuilder {
        let registry = match &config.registry {
            Some(file) => RegistryChoice::File(file.clone()),
            None => RegistryChoice::None,
        };
        ServiceBuilder { config, registry }
    }

    /// The policies in force.
    pub fn policies(&self) -> Vec<LoadedPolicy> {
        self.shared.policies.current().loaded.clone()
    }

    /// How many callers there are.
    pub fn callers(&self) -> usize {
        self.shared.callers().len()
    }

    /// Takes the address.
    ///
    /// # Errors
    ///
    /// [`StartError::Listen`].
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
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What reads its files again.
    pub fn reloads(&self) -> Arc<Reloads> {
        Arc::clone(&self.reloads)
    }

    /// Serves until it is to stop, and then until what was begun is finished or its deadline has
    /// passed.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { service, listener, address, reloads } = self;
        let Service { config, shared, tls } = service;
        let watching = tokio::spawn(watch(reloads));
        let serving = Serving {
            router: router(Arc::clone(&shared)),
            tls,
            places: Arc::new(Semaphore::new(config.limits.connections)),
            header_time: config.limits.header_time,
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
        tracing::info!("the service has ended");
    }
}

/// What serves connections.
struct Serving {
    router: Router,
    tls: Option<Arc<Tls>>,
    places: Arc<Semaphore>,
    header_time: std::time::Duration,
    graceful: GracefulShutdown,
}

impl Serving {
    /// Takes connections until something else happens.
    async fn until(&self, listener: &TcpListener, end: impl Future<Output = ()>) {
        let mut end = pin!(end);
        loop {
            // Whoever finds no place waits in the system's queue.
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
                Some((Ok((stream, _)), place)) => self.serve(stream, place),
                Some((Err(error), _)) => {
                    // Too many open files, mostly: it passes when others are closed.
                    tracing::error!(detail = crate::told::told(&error), "no connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
                None => return,
            }
        }
    }
}
