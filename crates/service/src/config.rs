//! The configuration: a TOML file in which every key is known, and all mistakes are reported at
//! once.

mod reader;
mod sections;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use reader::Mistake;
pub(crate) use reader::{Document, Section};

/// Largest file of configuration or callers that is read, in bytes.
pub(crate) const FILE_LIMIT: u64 = 4 << 20;

/// The configuration of a service. Paths are relative to the folder of its file.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port that the service listens on.
    pub listen: SocketAddr,
    /// Whether TLS ends at a proxy in front of the service.
    pub behind_proxy: bool,
    /// TLS settings; without them, the service speaks HTTP in clear.
    pub tls: Option<TlsConfig>,
    /// Whether the service has pages for officers.
    pub page: bool,
    /// The registry: a JSON file, a SQLite database, or a TOML file that names remote platforms.
    /// `None` if it is in [`Config::database`], or if the embedding program has one.
    pub registry: Option<PathBuf>,
    /// The PostgreSQL database that replicas share.
    pub database: Option<DatabaseConfig>,
    /// The file of the callers.
    pub callers: PathBuf,
    /// Place of the cache of compiled policies.
    pub cache: CacheChoice,
    /// The policies; at least one.
    pub policies: Vec<PolicyConfig>,
    /// Settings of the records of checks; without them, no record is kept.
    pub records: Option<RecordsConfig>,
    /// Limits on what one request, one connection, one caller, and all together may use.
    pub limits: ServiceLimits,
    /// Limits on the answers that are kept for repeated requests.
    pub idempotency: IdempotencyConfig,
    /// Times for shutting down.
    pub shutdown: ShutdownConfig,
    /// Format and filter of the log.
    pub logging: LoggingConfig,
}

/// TLS settings. The files are read again when they change.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// The certificate chain, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// Certificates of the authorities that sign callers' certificates, in PEM; without them,
    /// callers are not asked for certificates.
    pub client_authorities: Option<PathBuf>,
    /// Revocation lists of those authorities, in PEM, a current one of each; without them, no
    /// certificate counts as revoked.
    pub client_revocations: Option<PathBuf>,
}

/// Place of the cache of compiled policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheChoice {
    /// In the cache folder of the user.
    User,
    /// Nowhere: there is no cache.
    None,
    /// In this folder.
    Folder(PathBuf),
}

/// A policy to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyConfig {
    /// Source of the policy.
    pub origin: PolicyOrigin,
    /// SHA-256 that the component must have, 64 lower-case hexadecimal digits; `None` accepts any.
    pub sha256: Option<String>,
    /// Prefixes of the region codes (GB/T 2260) of the offices that the policy is for. If empty, it
    /// is for every office that no other policy is for.
    pub regions: Vec<String>,
}

/// The source of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyOrigin {
    /// A baked component.
    File(PathBuf),
    /// An embedded edition, with the overlay that says what a place adopts of it.
    Embedded {
        /// The edition.
        edition: String,
        /// The overlay; `default` if no particular place is meant.
        overlay: String,
    },
}

/// The database that replicas share.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// File with the URL of the database, such as `postgresql://mustcheck:…@db/credit`. The URL may
    /// hold a password, so it is not itself a key of the configuration.
    pub url_file: PathBuf,
    /// Largest number of open connections; default 16.
    pub connections: usize,
    /// Time limit of one statement; default 5 seconds.
    pub statement_time: Duration,
    /// Certificates of the authorities that sign the server's certificate, in PEM. Without them the
    /// connection is in clear, and so, unless `plaintext` is set, to this machine alone.
    pub authorities: Option<PathBuf>,
    /// Whether the connection may be in clear wherever the server is; default `false`.
    pub plaintext: bool,
    /// File with the key under which requests are digested, the same for all replicas. `None`
    /// derives it from [`RecordsConfig::keys`], which works only with [`RecordsPlace::Database`].
    pub requests_key_file: Option<PathBuf>,
}

/// Settings of the records of checks.
#[derive(Clone, Debug)]
pub struct RecordsConfig {
    /// The folder of the keys.
    pub keys: PathBuf,
    /// Recipients (age) to whom the bundles are encrypted; if empty, bundles are kept in clear.
    pub encrypt_to: Vec<String>,
    /// Place of the log and the bundles.
    pub kept: RecordsPlace,
}

/// Place of the log and the bundles.
#[derive(Clone, Debug)]
pub enum RecordsPlace {
    /// In folders of this machine.
    Folders(FoldersConfig),
    /// In [`Config::database`].
    Database {
        /// Folder with a copy of the log, from which the overdue list and the statistics are read.
        copy: PathBuf,
    },
}

/// Folders of the log and the bundles.
#[derive(Clone, Debug)]
pub struct FoldersConfig {
    /// The folder of the audit log.
    pub log: PathBuf,
    /// The folder of the bundles; `None` keeps no bundles.
    pub evidence: Option<PathBuf>,
    /// The file of the log's index; `None` makes a temporary one at each start, from the whole log.
    pub index: Option<PathBuf>,
    /// Bytes that must be free on the disk of the log; below that, `/readyz` reports that the
    /// service is not ready. Default 64 MiB.
    pub low_water: u64,
}

/// Limits on what one request, one connection, one caller, and all together may use.
#[derive(Clone, Debug)]
pub struct ServiceLimits {
    /// Largest body of a request, in bytes; default 1 MiB.
    pub body_bytes: usize,
    /// Time limit for the TLS handshake, and for the head of a request; default 10 seconds.
    pub header_time: Duration,
    /// Time limit for the body of a request to arrive; default 20 seconds.
    pub body_time: Duration,
    /// Time limit for a request to wait for its turn and to be worked on, together; default 60
    /// seconds.
    pub request_time: Duration,
    /// Largest number of requests in progress; default 64.
    pub concurrent: usize,
    /// Largest number of requests that wait for their turn; default 256.
    pub queue: usize,
    /// Longest time that a client may read nothing of its answer; default 20 seconds.
    pub write_time: Duration,
    /// Longest life of a connection; default 1 hour. A request that was begun on it is finished.
    pub connection_time: Duration,
    /// Largest number of open connections; default 1,024.
    pub connections: usize,
    /// Largest number of open connections from one address (for IPv6, from one network of 64 bits).
    /// Default a quarter of all, and none behind a proxy, whose address all connections have.
    /// `None` sets no limit.
    pub connections_per_peer: Option<usize>,
    /// Requests per second of one caller, unless the caller has a rate of its own; default 100.
    pub requests_per_second: u32,
    /// Largest number of days from the as-of date to today, for callers with the role `backdate`;
    /// default 30. Every caller may use today and yesterday.
    pub as_of_days_back: u16,
}

/// Limits on the answers that are kept for repeated requests.
#[derive(Clone, Debug)]
pub struct IdempotencyConfig {
    /// Largest number of keys that are kept in memory, without a database; default 100,000. The
    /// oldest go first.
    pub keys: usize,
    /// Largest total size of answers that are kept in memory, without a database, in bytes; default
    /// 512 MiB. The oldest go first.
    pub bytes: usize,
    /// Time for which an answer is kept; default 24 hours.
    pub age: Duration,
}

/// Times for shutting the service down.
#[derive(Clone, Debug)]
pub struct ShutdownConfig {
    /// Time that the service goes on after `/readyz` reports that it ends, so that load balancers
    /// see it; default 3 seconds.
    pub notice: Duration,
    /// Time limit after that for requests that were begun; default 30 seconds.
    pub deadline: Duration,
}

/// Format and filter of the service's log.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// Whether each line is a JSON object.
    pub json: bool,
    /// A filter such as `info` or `mustcheck_service=debug`.
    pub filter: String,
}

/// Error: a file of the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("`{path}` cannot be read")]
    Io {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The file has mistakes.
    #[error("`{path}` cannot be used:\n{}", lines(mistakes))]
    Content {
        /// The file.
        path: String,
        /// Every mistake, in the order of their places.
        mistakes: Vec<Mistake>,
    },
}

fn lines(mistakes: &[Mistake]) -> impl fmt::Display {
    let lines: Vec<String> = mistakes.iter().map(|m| format!("  {m}")).collect();
    lines.join("\n")
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the file cannot be read, or with every mistake in it.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let text = read(path)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder)
            .map_err(|mistakes| ConfigError::Content { path: path.display().to_string(), mistakes })
    }

    /// Reads a configuration whose paths are relative to a folder.
    ///
    /// # Errors
    ///
    /// Every mistake, in the order of their places.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Vec<Mistake>> {
        let document = Document::new(text);
        let table = document.parse();
        let config = sections::config(document.root(&table), folder);
        let mistakes = document.mistakes();
        match config {
            Some(config) if mistakes.is_empty() => Ok(config),
            _ => Err(mistakes),
        }
    }
}

impl Config {
    /// Warnings about settings that are allowed but unsafe: personal data in clear.
    pub fn warnings(&self) -> Vec<&'static str> {
        let keeps_bundles = |records: &RecordsConfig| match &records.kept {
            RecordsPlace::Folders(folders) => folders.evidence.is_some(),
            RecordsPlace::Database { .. } => true,
        };
        let in_clear =
            |records: &RecordsConfig| keeps_bundles(records) && records.encrypt_to.is_empty();
        let mut warnings = Vec::new();
        if self.records.as_ref().is_some_and(in_clear) {
            warnings
                .push("`records.encrypt_to`: bundles hold personal data, and are kept in clear");
        }
        if self.database.as_ref().is_some_and(|database| database.plaintext) {
            warnings.push("`database.plaintext`: personal data goes to the database in clear");
        }
        warnings
    }
}

/// Reads the text of a file.
pub(crate) fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::Io { path: path.display().to_string(), source };
    let bytes = mustcheck::read_file(path, FILE_LIMIT).map_err(failed)?;
    String::from_utf8(bytes)
        .map_err(|e| failed(std::io::Error::new(std::io::ErrorKind::InvalidData, e.utf8_error())))
}
