//! How the database is reached, and how long it is waited for.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

/// How the database is reached, and how long it is waited for.
#[derive(Clone)]
pub struct Config {
    /// Where it is: `postgresql://user@host/database`, or `host=… user=… dbname=…`. The password
    /// is better in the variable or file that the caller reads than in an argument.
    pub url: String,
    /// Connections that are open at most; 16.
    pub connections: usize,
    /// How long a connection is waited for that others use; 5 seconds.
    pub wait: Duration,
    /// How long making a connection may take; 5 seconds.
    pub connect: Duration,
    /// How long one statement may take, on the server and with the way there; 5 seconds.
    pub statement: Duration,
    /// How long one statement of an import or of a copy may take; 10 minutes.
    pub bulk: Duration,
    /// How long an entry of the log may wait for its commit, reconnecting included; 15 seconds.
    pub append: Duration,
    /// TLS; without it, connections are in clear.
    pub tls: Option<Tls>,
}

/// Who the server must be, and who this program is.
#[derive(Clone, Debug)]
pub struct Tls {
    /// A file in PEM with the certificates of the authorities that are trusted. The server's name
    /// is always checked.
    pub authorities: PathBuf,
    /// Files in PEM with this program's certificate chain and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl Config {
    /// The usual settings for this place.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connections: 16,
            wait: Duration::from_secs(5),
            connect: Duration::from_secs(5),
            statement: Duration::from_secs(5),
            bulk: Duration::from_secs(600),
            append: Duration::from_secs(15),
            tls: None,
        }
    }

    /// What the driver is told.
    pub(crate) fn driver(&self) -> Result<tokio_postgres::Config, Error> {
        // The parser's message quotes what it met, which may be the password.
        let parsed = tokio_postgres::Config::from_str(&self.url);
        let mut driver = parsed
            .map_err(|_| Error::Config("the place is no connection string of PostgreSQL".into()))?;
        match (&self.tls, driver.get_ssl_mode()) {
            (Some(_), _) => driver.ssl_mode(SslMode::Require),
            (None, SslMode::Require) => {
                let detail = "`sslmode=require` needs the certificates of its authorities";
                return Err(Error::Config(detail.into()));
            }
            (None, _) => driver.ssl_mode(SslMode::Disable),
        };
        driver.connect_timeout(self.connect);
        driver.keepalives(true).keepalives_idle(Duration::from_secs(30));
        if driver.get_application_name().is_none() {
            driver.application_name("mustcheck");
        }
        Ok(driver)
    }

    /// What a connection is told first.
    pub(crate) fn session(&self) -> String {
        let statement = self.statement.as_millis();
        // Every statement here goes by an index whatever its values are, so that its plan is made
        // once; compiling a plan would take longer than following it. Settings that another
        // database does not have are left alone.
        format!(
            "SET statement_timeout = {statement}; \
             SET idle_in_transaction_session_timeout = {statement}; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit', true) IN ('off', 'local'); \
             SELECT set_config('plan_cache_mode', 'force_generic_plan', false) \
             WHERE current_setting('plan_cache_mode', true) IS NOT NULL; \
             SELECT set_config('jit', 'off', false) WHERE current_setting('jit', true) = 'on'"
        )
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The place may hold a password.
        f.debug_struct("Config").field("connections", &self.connections).finish_non_exhaustive()
    }
}

impl Tls {
    pub(crate) fn connector(&self) -> Result<MakeRustlsConnect, Error> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(&self.authorities)? {
            roots.add(certificate).map_err(|e| unusable(&self.authorities, &e))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| Error::Config(e.to_string()))?
            .with_root_certificates(roots);
        let config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => {
                let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| unusable(key, &e))?;
                let chain = certificates(chain)?;
                builder.with_client_auth_cert(chain, secret).map_err(|e| unusable(key, &e))?
            }
        };
        Ok(MakeRustlsConnect::new(config))
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read = CertificateDer::pem_file_iter(path).map_err(|e| unusable(path, &e))?;
    let all: Vec<_> = read.collect::<Result<_, _>>().map_err(|e| unusable(path, &e))?;
    if all.is_empty() {
        return Err(unusable(path, &"it holds no certificate"));
    }
    Ok(all)
}

fn unusable(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::Config(format!("`{}` cannot be used: {cause}", path.display()))
}
