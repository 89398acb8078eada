//! The tables of the configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mustcheck::Policy;

use super::{
    CacheChoice, Config, DatabaseConfig, FoldersConfig, IdempotencyConfig, LoggingConfig,
    PolicyConfig, PolicyOrigin, RecordsConfig, RecordsPlace, Section, ServiceLimits,
    ShutdownConfig, TlsConfig,
};
use crate::told::quotable;

/// Mistake: replicas share no key under which requests are digested.
const NO_REQUESTS_KEY: &str = "replicas share no key for the digests of requests: name a \
                               `requests_key_file`, or keep the records here (`records.copy`)";

/// Reads the whole file; `None` if a value without a default is missing.
pub(super) fn config(mut root: Section<'_, '_>, folder: &Path) -> Option<Config> {
    let listen = root.parsed("listen", |text| {
        text.parse().map_err(|_| {
            format!("`{}` is no address and port such as `127.0.0.1:8420`", quotable(text))
        })
    });
    let listen = root.required("listen", listen);
    let behind_proxy = root.flag("behind_proxy").unwrap_or(false);
    let page = root.flag("page").unwrap_or(true);
    let registry = path(&mut root, "registry", folder);
    let callers = path(&mut root, "callers", folder);
    let callers = root.required("callers", callers);
    let cache = cache(&mut root, folder);
    let mut has_tls = false;
    let tls = root.section("tls").and_then(|section| {
        has_tls = true;
        tls(section, folder)
    });
    let policies = policies(&mut root, folder);
    let records = root.section("records");
    let mut has_database = false;
    let database = root.section("database").and_then(|section| {
        has_database = true;
        database(section, folder)
    });
    let has_records = records.is_some();
    let records = records.and_then(|section| self::records(section, folder, has_database));
    let shares_keys = match &records {
        Some(records) => matches!(records.kept, RecordsPlace::Database { .. }),
        // Mistakes in the records have been reported already.
        None => has_records,
    };
    if database.as_ref().is_some_and(|d| d.requests_key_file.is_none()) && !shares_keys {
        root.fault("database", NO_REQUESTS_KEY);
    }
    let limits = limits(root.section("limits"), behind_proxy);
    let idempotency = idempotency(root.section("idempotency"));
    let shutdown = shutdown(root.section("shutdown"));
    let logging = logging(root.section("logging"));
    if let Some(listen) = listen {
        let open: bool = !std::net::SocketAddr::ip(&listen).is_loopback();
        if open && !has_tls && !behind_proxy {
            root.fault(
                "listen",
                "others can reach it in clear: give `[tls]`, or say `behind_proxy = true` if a \
                 proxy ends TLS",
            );
        }
    }
    root.end();
    Some(Config {
        listen: listen?,
        behind_proxy,
        page,
        tls,
        registry,
        database,
        callers: callers?,
        cache,
        policies,
        records,
        limits,
        idempotency,
        shutdown,
        logging,
    })
}

fn cache(root: &mut Section<'_, '_>, folder: &Path) -> CacheChoice {
    match root.text("cache") {
        None => CacheChoice::User,
        Some(none) if none.is_empty() => CacheChoice::None,
        Some(path) => CacheChoice::Folder(folder.join(path)),
    }
}

fn file(section: &mut Section<'_, '_>, key: &'static str, folder: &Path) -> Option<PathBuf> {
    let file = path(section, key, folder);
    section.required(key, file)
}

/// Reads the path of a file or folder, relative to the configuration's own folder.
fn path(section: &mut Section<'_, '_>, key: &'static str, folder: &Path) -> Option<PathBuf> {
    section.text(key).map(|path| folder.join(path))
}

fn tls(mut section: Section<'_, '_>, folder: &Path) -> Option<TlsConfig> {
    let certificate = file(&mut section, "certificate", folder);
    let key = file(&mut section, "key", folder);
    let client_authorities = path(&mut section, "client_authorities", folder);
    let client_revocations = path(&mut section, "client_revocations", folder);
    if client_revocations.is_some() && client_authorities.is_none() {
        section.fault("client_revocations", "there are no `client_authorities` who revoke");
    }
    section.end();
    let (certificate, key) = (certificate?, key?);
    Some(TlsConfig { certificate, key, client_authorities, client_revocations })
}

fn policies(root: &mut Section<'_, '_>, folder: &Path) -> Vec<PolicyConfig> {
    let sections = root.sections("policies");
    if sections.is_empty() {
        root.fault("policies", "there is none: a service without a policy decides nothing");
    }
    sections.into_iter().filter_map(|section| policy(section, folder)).collect()
}

fn policy(mut section: Section<'_, '_>, folder: &Path) -> Option<PolicyConfig> {
    let file = path(&mut section, "file", folder);
    let edition = section.parsed("edition", |name| {
        let known = Policy::embedded_editions();
        if known.contains(&name) {
            return Ok(name.to_owned());
        }
        let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        Err(format!("`{}` is no embedded edition; there are {}", quotable(name), known.join(", ")))
    });
    let overlay = overlay(&mut section, edition.as_deref());
    let sha256 = section.parsed("sha256", |digits| {
        let hexadecimal = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if digits.len() == 64 && digits.bytes().all(hexadecimal) {
            return Ok(digits.to_owned());
        }
        Err("it is not 64 lower-case hexadecimal digits".into())
    });
    let regions = section.texts("regions").unwrap_or_default();
    for region in &regions {
        let digits = region.bytes().all(|b| b.is_ascii_digit());
        if !digits || !(1..=12).contains(&region.len()) {
            let detail = format!("`{}` begins no region code (GB/T 2260)", quotable(region));
            section.fault("regions", detail);
        }
    }
    let origin = match (file, edition) {
        (Some(file), None) => Some(PolicyOrigin::File(file)),
        (None, Some(edition)) => Some(PolicyOrigin::Embedded { edition, overlay }),
        (Some(_), Some(_)) => {
            section.fault("edition", "a policy is a `file` or an `edition`, not both");
            None
        }
        // A wrong value has been reported already.
        (None, None) if section.has("file") || section.has("edition") => None,
        (None, None) => {
            section.fault_here("a policy needs a `file` or an `edition`");
            None
        }
    };
    section.end();
    Some(PolicyConfig { origin: origin?, sha256, regions })
}

/// Reads the overlay, which says what a place adopts of an embedded edition; else `default`.
fn overlay(section: &mut Section<'_, '_>, edition: Option<&str>) -> String {
    let overlay = section.parsed("overlay", |name| {
        let Some(edition) = edition else {
            return Err("it goes with an `edition`; a `file` has its overlay baked in".into());
        };
        let found = Policy::embedded_catalogue_of(edition, name);
        found.map(|_| name.to_owned()).map_err(|e| quotable(&e.to_string()))
    });
    overlay.unwrap_or_else(|| "default".into())
}

fn database(section: Section<'_, '_>, folder: &Path) -> Option<DatabaseConfig> {
    let mut section = section;
    let url_file = file(&mut section, "url_file", folder);
    let authorities = path(&mut section, "authorities", folder);
    let plaintext = section.flag("plaintext").unwrap_or(false);
    if plaintext && authorities.is_some() {
        section.fault("plaintext", "with `authorities` nothing is in clear");
    }
    let requests_key_file = path(&mut section, "requests_key_file", folder);
    let mut section = Some(section);
    let mut number = |key, range| number(&mut section, key, range);
    let connections = size(number("connections", (1, 16, 1_000)));
    let statement_time = seconds(number("statement_seconds", (1, 5, 300)));
    section?.end();
    Some(DatabaseConfig {
        url_file: url_file?,
        connections,
        statement_time,
        authorities,
        plaintext,
        requests_key_file,
    })
}

fn records(
    mut section: Section<'_, '_>,
    folder: &Path,
    has_database: bool,
) -> Option<RecordsConfig> {
    let keys = file(&mut section, "keys", folder);
    let encrypt_to = section.texts("encrypt_to").unwrap_or_default();
    let log = path(&mut section, "log", folder);
    let evidence = path(&mut section, "evidence", folder);
    let index = path(&mut section, "index", folder);
    let copy = path(&mut section, "copy", folder);
    let low_water = section.number("free_mebibytes", 0..=(1 << 40)).unwrap_or(64) << 20;
    let kept = match (log, copy) {
        (Some(_), Some(_)) => {
            section.fault("copy", "the log is in `log`; `copy` follows one in `[database]`");
            None
        }
        (Some(log), None) => {
            Some(RecordsPlace::Folders(FoldersConfig { log, evidence, index, low_water }))
        }
        (None, Some(copy)) => {
            if !has_database {
                section.fault("copy", "there is no `[database]` with a log to follow");
            }
            if evidence.is_some() {
                section.fault("evidence", "the bundles are in `[database]`, as the log is");
            }
            if section.has("free_mebibytes") {
                section.fault("free_mebibytes", "what is free is for the database to say");
            }
            if index.is_some() {
                section.fault("index", "the database has an index of its own");
            }
            Some(RecordsPlace::Database { copy })
        }
        (None, None) => {
            let told = "a `log` is missing, or a `copy` of the one in `[database]`";
            section.fault_here(told);
            None
        }
    };
    if let (false, Some(RecordsPlace::Folders(FoldersConfig { evidence: None, .. }))) =
        (encrypt_to.is_empty(), &kept)
    {
        section.fault("encrypt_to", "there is no `evidence` to encrypt");
    }
    section.end();
    Some(RecordsConfig { keys: keys?, encrypt_to, kept: kept? })
}

/// Reads a number of the table, or takes its default. The triple is minimum, default, maximum.
fn number(
    section: &mut Option<Section<'_, '_>>,
    key: &'static str,
    (least, usual, most): (u32, u32, u32),
) -> u32 {
    let given = section.as_mut().and_then(|s| s.number(key, least.into()..=most.into()));
    given.and_then(|n| u32::try_from(n).ok()).unwrap_or(usual)
}

fn seconds(n: u32) -> Duration {
    Duration::from_secs(n.into())
}

fn size(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

fn limits(mut section: Option<Section<'_, '_>>, behind_proxy: bool) -> ServiceLimits {
    let mut number = |key, range| number(&mut section, key, range);
    let mut limits = ServiceLimits {
        body_bytes: size(number("body_bytes", (1_024, 1 << 20, 16 << 20))),
        header_time: seconds(number("header_seconds", (1, 10, 300))),
        body_time: seconds(number("body_seconds", (1, 20, 300))),
        request_time: seconds(number("request_seconds", (1, 60, 600))),
        concurrent: size(number("concurrent", (1, 64, 4_096))),
        queue: size(number("queue", (0, 256, 65_536))),
        write_time: seconds(number("write_seconds", (1, 20, 300))),
        connection_time: seconds(number("connection_seconds", (1, 3_600, 86_400))),
        connections: size(number("connections", (1, 1_024, 65_536))),
        connections_per_peer: None,
        requests_per_second: number("requests_per_second", (1, 100, 1_000_000)),
        as_of_days_back: number("as_of_days_back", (0, 30, 3_650)).try_into().unwrap_or_default(),
    };
    // Behind a proxy, all connections come from its address.
    let share = if behind_proxy { 0 } else { limits.connections.div_ceil(4) };
    let share = u32::try_from(share).unwrap_or(u32::MAX);
    let share = size(number("connections_per_peer", (0, share, 65_536)));
    limits.connections_per_peer = (share > 0).then_some(share);
    if let Some(section) = section {
        section.end();
    }
    limits
}

fn idempotency(mut section: Option<Section<'_, '_>>) -> IdempotencyConfig {
    let mut number = |key, range| number(&mut section, key, range);
    let keys = size(number("keys", (1, 100_000, 10_000_000)));
    let bytes = size(number("mebibytes", (16, 512, 1 << 20))) << 20;
    let age = seconds(number("hours", (1, 24, 24 * 31)) * 3_600);
    if let Some(section) = section {
        section.end();
    }
    IdempotencyConfig { keys, bytes, age }
}

fn shutdown(mut section: Option<Section<'_, '_>>) -> ShutdownConfig {
    let mut number = |key, range| number(&mut section, key, range);
    let notice = seconds(number("notice_seconds", (0, 3, 300)));
    let deadline = seconds(number("deadline_seconds", (1, 30, 600)));
    if let Some(section) = section {
        section.end();
    }
    ShutdownConfig { notice, deadline }
}

fn logging(section: Option<Section<'_, '_>>) -> LoggingConfig {
    let mut logging = LoggingConfig { json: true, filter: "info".into() };
    let Some(mut section) = section else { return logging };
    let json = section.parsed("format", |format| match format {
        "json" => Ok(true),
        "text" => Ok(false),
        other => Err(format!("`{}` is neither `json` nor `text`", quotable(other))),
    });
    logging.json = json.unwrap_or(true);
    let filter = section.parsed("filter", |filter| {
        let read = tracing_subscriber::EnvFilter::try_new(filter);
        let detail = |e| quotable(&format!("`{filter}` is no filter: {e}"));
        read.map(|_| filter.to_owned()).map_err(detail)
    });
    logging.filter = filter.unwrap_or(logging.filter);
    section.end();
    logging
}
