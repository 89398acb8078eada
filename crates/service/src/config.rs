//! The configuration: a TOML file in which every key is known and every mistake is told at once.

mod reader;
mod sections;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use reader::Mistake;
pub(crate) use reader::{Document, Section};

/// The largest file of configuration or callers that is read, in bytes.
pub(crate) const FILE_LIMIT: u64 = 4 << 20;

/// What the service is told. Paths are relative to the folder of the file.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Whether TLS ends at a proxy in front of it.
    pub behind_proxy: bool,
    /// Its certificate; none speaks HTTP in clear.
    pub tls: Option<TlsConfig>,
    /// Whether it shows pages to officers.
    pub page: bool,
    /// The registry: a JSON file or a SQLite database. None if it is in [`Config::database`], or
    /// if the embedding program has one.
    pub registry: Option<PathBuf>,
    /// The PostgreSQL database that replicas share.
    pub database: Option<DatabaseConfig>,
    /// The file of the callers.
    pub callers: PathBuf,
    /// Where compiled policies are kept.
    pub cache: CacheChoice,
    /// The policies; at least one.
    pub policies: Vec<PolicyConfig>,
    /// Where checks are put on record; none keeps no record.
    pub records: Option<RecordsConfig>,
    /// What one request, and all together, may use.
    pub limits: ServiceLimits,
    /// How long answers are kept for repeated requests.
    pub idempotency: IdempotencyConfig,
    /// How it ends.
    pub shutdown: ShutdownConfig,
    /// What it logs.
    pub logging: LoggingConfig,
}

/// TLS. The files are read again when they change.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// The certificate chain, in PEM.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
    /// Who signs the certificates of callers, in PEM; none asks for no certificates.
    pub client_authorities: Option<PathBuf>,
    /// The lists of certificates that those have revoked, in PEM, a current one of each; none
    /// knows of none.
    pub client_revocations: Option<PathBuf>,
}

/// Where compiled policies are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheChoice {
    /// In the user's cache.
    User,
    /// Nowhere.
    None,
    /// In a folder.
    Folder(PathBuf),
}

/// One policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyConfig {
    /// Where it comes from.
    pub origin: PolicyOrigin,
    /// SHA-256 that the component must have, 64 hexadecimal digits.
    pub sha256: Option<String>,
    /// Beginnings of the region codes (GB/T 2260) of the offices that it is for; none is for every
    /// office that no other policy is for.
    pub regions: Vec<String>,
}

/// Where a policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyOrigin {
    /// A baked component.
    File(PathBuf),
    /// An embedded edition, with what a place adopts of it.
    Embedded {
        /// The edition.
        edition: String,
        /// The overlay; `default` where no place is meant.
        overlay: String,
    },
}

/// The database that replicas share.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// A file with where it is, such as `postgresql://mustcheck:…@db/credit`. It may hold a
    /// password, so it is no key of the configuration itself.
    pub url_file: PathBuf,
    /// Connections that are open at most; 16.
    pub connections: usize,
    /// How long one statement may take; 5 seconds.
    pub statement_time: Duration,
    /// The certificates of the authorities that sign the server's, in PEM; none speaks in clear,
    /// and so to this machine alone.
    pub authorities: Option<PathBuf>,
    /// Whether it is spoken to in clear wherever it is; false.
    pub plaintext: bool,
    /// A file with the key that digests of requests are made under, the same for all replicas;
    /// none derives it from [`RecordsConfig::keys`], which serves for [`RecordsPlace::Database`].
    pub requests_key_file: Option<PathBuf>,
}

/// Where checks are put on record.
#[derive(Clone, Debug)]
pub struct RecordsConfig {
    /// The folder of the keys.
    pub keys: PathBuf,
    /// Who can read the bundles; nobody in particular if empty.
    pub encrypt_to: Vec<String>,
    /// Where log and bundles are kept.
    pub kept: RecordsPlace,
}

/// Where log and bundles are kept.
#[derive(Clone, Debug)]
pub enum RecordsPlace {
    /// In folders of this machine.
    Folders(FoldersConfig),
    /// In [`Config::database`].
    Database {
        /// A folder that follows the log: what is overdue and the figures are read from it.
        copy: PathBuf,
    },
}

/// Folders that log and bundles are kept in.
#[derive(Clone, Debug)]
pub struct FoldersConfig {
    /// The folder of the audit log.
    pub log: PathBuf,
    /// The folder of the bundles; none keeps none.
    pub evidence: Option<PathBuf>,
    /// The file of the log's index; none makes a temporary one at each start, from the whole log.
    pub index: Option<PathBuf>,
    /// Bytes that must be free where the log is, or `/readyz` turns; 64 MiB.
    pub low_water: u64,
}

/// What one request, and all together, may use.
#[derive(Clone, Debug)]
pub struct ServiceLimits {
    /// Bytes of a request's body; 1 MiB.
    pub body_bytes: usize,
    /// How long a connection may take for TLS, and for the head of a request; 10 seconds.
    pub header_time: Duration,
    /// How long a request may take to send its body; 20 seconds.
    pub body_time: Duration,
    /// How long a request may wait and be worked on; 60 seconds.
    pub request_time: Duration,
    /// Requests that are worked on at a time; 64.
    pub concurrent: usize,
    /// Requests that wait for their turn; 256.
    pub queue: usize,
    /// How long whoever is answered may read nothing of it; 20 seconds.
    pub write_time: Duration,
    /// How long a connection may last; 1 hour. What was begun on it is finished.
    pub connection_time: Duration,
    /// Open connections; 1,024.
    pub connections: usize,
    /// Open connections of one address (of IPv6, of one network of 64 bits); a quarter of all.
    /// None behind a proxy, whose address all connections have.
    pub connections_per_peer: Option<usize>,
    /// Requests a second of one caller, unless the caller has a rate of its own; 100.
    pub requests_per_second: u32,
    /// How many days before today a check may be as of, for callers with the role `backdate`; 30.
    /// As of today and yesterday everybody checks.
    pub as_of_days_back: u16,
}

/// How long answers are kept for repeated requests.
#[derive(Clone, Debug)]
pub struct IdempotencyConfig {
    /// Keys that are kept; 100,000. The oldest go first.
    pub keys: usize,
    /// Bytes of answers that are kept in memory, without a database; 512 MiB. The oldest go first.
    pub bytes: usize,
    /// How long; 24 hours.
    pub age: Duration,
}

/// How the service ends.
#[derive(Clone, Debug)]
pub struct ShutdownConfig {
    /// How long it goes on after `/readyz` has turned, so that balancers see it; 3 seconds.
    pub notice: Duration,
    /// How long requests that were begun may take after that; 30 seconds.
    pub deadline: Duration,
}

/// What the service logs.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// Whether each line is a JSON object.
    pub json: bool,
    /// A filter such as `info` or `mustcheck_service=debug`.
    pub filter: String,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("`{path}` cannot be read")]
    Io {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What is wrong in it.
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
    /// [`ConfigError`] with every mistake in the file.
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
    /// What is allowed, and had better not be: personal data in clear.
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

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::Io { path: path.display().to_string(), source };
    let bytes = mustcheck::read_file(path, FILE_LIMIT).map_err(failed)?;
    String::from_utf8(bytes)
        .map_err(|e| failed(std::io::Error::new(std::io::ErrorKind::InvalidData, e.utf8_error())))
}
