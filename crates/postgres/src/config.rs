//! Settings of the connections to the database.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

/// Settings of the connections to the database.
#[derive(Clone)]
pub struct Config {
    /// Address of the database: `postgresql://user@host/database`, or `host=… user=… dbname=…`. The
    /// password is better in the variable or file that the caller reads than in an argument.
    pub url: String,
    /// Largest number of open connections; 16 by default.
    pub connections: usize,
    /// Longest wait for a connection while others use all of them; 5 seconds by default.
    pub wait: Duration,
    /// Longest time to make a connection; 5 seconds by default.
    pub connect: Duration,
    /// Longest time of one statement, on the server and with the way there; 5 seconds by default.
    pub statement: Duration,
    /// Longest time of one statement of an import or of a copy; 10 minutes by default.
    pub bulk: Duration,
    /// Longest time until an entry of the log is committed, reconnecting included; 15 seconds by
    /// default.
    pub append: Duration,
    /// TLS; without it, connections are in clear, and so only to this machine.
    pub tls: Option<Tls>,
    /// Whether connections in clear may leave this machine. `sslmode=disable` in the address has
    /// the same effect.
    pub plaintext: bool,
}

/// Certificates: those of the server's authorities, and this program's own.
#[derive(Clone, Debug)]
pub struct Tls {
    /// A file in PEM with the certificates of the authorities that are trusted. The server's name
    /// is always checked.
    pub authorities: PathBuf,
    /// Files in PEM with this program's certificate chain and its key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl Config {
    /// Default settings for this address.
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
            plaintext: false,
        }
    }

    /// The driver's settings.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the address is not valid, or would lead off this machine in clear.
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
            (None, mode) => {
                if let (false, SslMode::Prefer, Some(host)) =
                    (self.plaintext, mode, elsewhere(&driver))
                {
                    return Err(Error::Config(format!(
                        "`{host}` is not this machine, and would be spoken to in clear: name who \
                         signs its certificate (`authorities`), or allow it (`plaintext = true`, \
                         or `sslmode=disable` in the place)"
                    )));
                }
                driver.ssl_mode(SslMode::Disable)
            }
        };
        driver.connect_timeout(self.connect);
        driver.keepalives(true).keepalives_idle(Duration::from_secs(30));
        if driver.get_application_name().is_none() {
            driver.application_name("mustcheck");
        }
        Ok(driver)
    }

    /// Statements that each new connection runs first.
    pub(crate) fn session(&self) -> String {
        let statement = self.statement.as_millis();
        // Every statement here uses an index whatever its values are, so a plan that is made once
        // is good; compiling a plan would take longer than running it. Settings that another kind
        // of database does not have are left alone.
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

/// The first host that is not this machine, if any.
fn elsewhere(driver: &tokio_postgres::Config) -> Option<String> {
    let (hosts, addresses) = (driver.get_hosts(), driver.get_hostaddrs());
    (0..hosts.len().max(addresses.len())).find_map(|n| {
        // An address is where the connection goes, whatever name is beside it.
        match (addresses.get(n), hosts.get(n)) {
            (Some(address), _) if address.to_canonical().is_loopback() => None,
            (Some(address), _) => Some(address.to_string()),
            (None, None) => None,
            #[cfg(unix)]
            (None, Some(Host::Unix(_))) => None,
            (None, Some(Host::Tcp(name))) => {
                let bare = name.trim_start_matches('[').trim_end_matches(']');
                let here = match bare.parse::<IpAddr>() {
                    Ok(address) => address.to_canonical().is_loopback(),
                    Err(_) => name.eq_ignore_ascii_case("localhost"),
                };
                (!here).then(|| name.clone())
            }
        }
    })
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(url: &str, plaintext: bool) -> Option<String> {
        let config = Config { plaintext, ..Config::new(url) };
        config.driver().err().map(|error| error.to_string())
    }

    fn refused(host: &str) -> Option<String> {
        Some(format!(
            "the database's settings: `{host}` is not this machine, and would be spoken to in \
             clear: name who signs its certificate (`authorities`), or allow it (`plaintext = \
             true`, or `sslmode=disable` in the place)"
        ))
    }

    #[test]
    fn nobody_elsewhere_is_spoken_to_in_clear_unless_that_is_said() {
        for (url, host) in [
            ("postgresql://u:secret@db.example/x", "db.example"),
            ("postgresql://u:secret@db.example/x?sslmode=prefer", "db.example"),
            ("postgresql://u:secret@192.0.2.7/x", "192.0.2.7"),
            ("host=2001:db8::7 user=u dbname=x", "2001:db8::7"),
            ("host=127.0.0.1,db.example user=u dbname=x", "db.example"),
            ("host=localhost hostaddr=192.0.2.7 user=u dbname=x", "192.0.2.7"),
            ("hostaddr=192.0.2.7 user=u dbname=x", "192.0.2.7"),
            ("host=localhost.example user=u dbname=x", "localhost.example"),
        ] {
            assert_eq!(told(url, false), refused(host), "{url}");
            assert_eq!(told(url, true), None, "{url}");
        }
        assert_eq!(told("postgresql://u:secret@db.example/x?sslmode=disable", false), None);
    }

    #[test]
    fn this_machine_is_spoken_to_in_clear() {
        for url in [
            "postgresql://u@localhost/x",
            "postgresql://u@127.0.0.1/x",
            "postgresql://u@127.3.0.1:5433/x",
            "host=::1 user=u dbname=x",
            "host=/run/postgresql user=u dbname=x",
            "host=db.example hostaddr=127.0.0.1 user=u dbname=x",
        ] {
            assert_eq!(told(url, false), None, "{url}");
        }
    }
}
