//! The pool of connections, and the layout of the database.

mod migrations;

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError,
    RecyclingMethod, Runtime, TimeoutType,
};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};

use crate::error::Failure;
use crate::{Config, Error};

/// A database of PostgreSQL, reached through a pool. Cheap to clone.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    pool: Pool,
    config: Config,
    runtime: Handle,
}

impl Database {
    /// Connects to a database. One connection is made at once, to find errors early. The caller
    /// must be in a runtime of tokio that lasts as long as everything made from this value.
    ///
    /// # Errors
    ///
    /// [`Error::Config`], [`Error::Connect`], and [`Error::NoSync`] if the server would not keep
    /// what it commits.
    pub async fn connect(config: &Config) -> Result<Self, Error> {
        let driver = config.driver()?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match &config.tls {
            None => Manager::from_config(driver, NoTls, recycling),
            Some(tls) => Manager::from_config(driver, tls.connector()?, recycling),
        };
        let session: Arc<str> = config.session().into();
        let prepare = Hook::async_fn(move |client: &mut ClientWrapper, _| {
            let session = Arc::clone(&session);
            Box::pin(
                async move { client.batch_execute(&session).await.map_err(HookError::Backend) },
            )
        });
        let pool = Pool::builder(manager)
            .max_size(config.connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(config.wait))
            .create_timeout(Some(config.connect))
            .recycle_timeout(Some(config.connect))
            .post_create(prepare)
            .build()
            .map_err(|e| Error::Config(e.to_string()))?;
        let inner = Inner { pool, config: config.clone(), runtime: Handle::current() };
        let database = Self(Arc::new(inner));
        let connection = database.connection().await?;
        let row = connection.one("SELECT current_setting('fsync', true)").await?;
        if row.try_get::<_, Option<&str>>(0)? == Some("off") {
            return Err(Error::NoSync);
        }
        connection.done();
        Ok(database)
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Takes a connection from the pool. It goes back there by [`Connection::done`]. Otherwise it
    /// is closed, and everything unfinished on it ends with it.
    pub(crate) async fn connection(&self) -> Result<Connection, Error> {
        let config = &self.0.config;
        match self.0.pool.get().await {
            Ok(object) => Ok(Connection { object: Some(object), database: self.clone() }),
            Err(PoolError::Timeout(TimeoutType::Wait)) => Err(Error::Busy(config.wait)),
            Err(PoolError::Timeout(_)) => Err(Error::Late(config.connect)),
            Err(PoolError::Backend(e) | PoolError::PostCreateHook(HookError::Backend(e))) => {
                Err(Error::Connect(Failure::from(&e)))
            }
            Err(other) => Err(Error::Connect(Failure::words(&other.to_string()))),
        }
    }

    /// Waits for a statement. The server ends one that takes too long; if the server does not
    /// answer either, it is given up after [`Config::statement`] and a second.
    pub(crate) async fn within<T>(
        &self,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Error> {
        within(self.0.config.statement, statement).await
    }

    /// Waits for a statement of an import or of a copy, like [`Database::within`] but for
    /// [`Config::bulk`].
    pub(crate) async fn within_bulk<T>(
        &self,
        statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, Error> {
        within(self.0.config.bulk, statement).await
    }

    /// Statements that allow a transaction the longer time of [`Config::bulk`].
    pub(crate) fn bulk_settings(&self) -> String {
        let bulk = self.0.config.bulk.as_millis();
        format!(
            "SET LOCAL statement_timeout = {bulk}; \
             SET LOCAL idle_in_transaction_session_timeout = {bulk}"
        )
    }

    /// Runs a future on this thread until it is done.
    ///
    /// # Errors
    ///
    /// [`Error::OneThread`] if this thread runs a runtime of one thread.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T, Error> {
        match Handle::try_current().map(|handle| handle.runtime_flavor()) {
            Err(_) => Ok(self.0.runtime.block_on(future)),
            Ok(RuntimeFlavor::CurrentThread) => Err(Error::OneThread),
            Ok(_) => Ok(tokio::task::block_in_place(|| self.0.runtime.block_on(future))),
        }
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }
}

async fn within<T>(
    time: Duration,
    statement: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Error> {
    // The server ends it by itself first, and its answer needs a moment to arrive.
    let time = time + Duration::from_secs(1);
    match tokio::time::timeout(time, statement).await {
        Ok(answered) => Ok(answered?),
        Err(_) => Err(Error::Late(time)),
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("config", &self.0.config).finish_non_exhaustive()
    }
}

/// A connection of the pool.
pub(crate) struct Connection {
    object: Option<Object>,
    database: Database,
}

impl Connection {
    /// Gives the connection back to the pool: everything on it was answered, and no transaction is
    /// open.
    pub(crate) fn done(mut self) {
        drop(self.object.take());
    }

    /// The rows of a statement, which is prepared once for each connection.
    pub(crate) async fn rows(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let statement = self.database.within(self.prepare_cached(sql)).await?;
        self.database.within(self.query(&statement, values)).await
    }

    /// The rows of a statement of an import or of a copy, like [`Connection::rows`].
    pub(crate) async fn bulk_rows(
        &self,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let statement = self.database.within(self.prepare_cached(sql)).await?;
        self.database.within_bulk(self.query(&statement, values)).await
    }

    /// The row of a statement that gives one.
    pub(crate) async fn one(&self, sql: &str) -> Result<Row, Error> {
        let mut rows = self.rows(sql, &[]).await?;
        let gone = || Error::Damaged("a row of this program's is gone".into());
        rows.pop().ok_or_else(gone)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

#[allow(clippy::expect_used, reason = "it is there until it is dropped or done")]
impl Deref for Connection {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        self.object.as_ref().expect("a connection until it is dropped")
    }
}

#[allow(clippy::expect_used, reason = "it is there until it is dropped or done")]
impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut ClientWrapper {
        self.object.as_mut().expect("a connection until it is dropped")
    }
}
