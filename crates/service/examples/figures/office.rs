//! A folder with everything that a service needs, and a request to it.

use std::path::Path;

use mustcheck::Date;
use mustcheck_evidence::{Keys, Suite};
use mustcheck_service::NewToken;

/// The day of the case that is checked.
pub const TODAY: Date = Date { year: 2026, month: 11, day: 18 };

/// A folder with a configuration, the token of its caller, and an application.
pub struct Office {
    folder: tempfile::TempDir,
    token: String,
    body: Vec<u8>,
}

impl Office {
    /// Makes an office with the registry of a golden case in memory, and with `more` at the end of
    /// its configuration.
    pub fn new(case: &str, more: &str) -> Self {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cases");
        let case = cases.join(case);
        let folder = tempfile::tempdir().unwrap();
        let made = NewToken::make("figures").unwrap();
        let entry: Vec<&str> = made.entry.lines().take(3).collect();
        let rules = "roles = [\"check\", \"receipts\"]\nmatters = [\"*\"]\nregions = [\"*\"]\n\
                     requests_per_second = 1000000";
        let callers = folder.path().join("callers.toml");
        std::fs::write(&callers, format!("{}\n{rules}\n", entry.join("\n"))).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&callers, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        std::fs::copy(case.join("registry.json"), folder.path().join("registry.json")).unwrap();
        let config = format!(
            "listen = \"127.0.0.1:0\"\nregistry = \"registry.json\"\ncallers = \
             \"callers.toml\"\ncache = \"\"\n[[policies]]\nedition = \"statutes\"\n{more}\n"
        );
        std::fs::write(folder.path().join("service.toml"), config).unwrap();
        Keys::create(&folder.path().join("keys"), "figures", Suite::default()).unwrap();
        let body = std::fs::read(case.join("application.json")).unwrap();
        Self { folder, token: made.token, body }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The application that is checked, as JSON.
    pub fn application(&self) -> &[u8] {
        &self.body
    }

    /// A request for a check; one with a key is answered once and then replayed.
    pub fn check(&self, key: Option<&str>) -> Vec<u8> {
        let key = key.map(|key| format!("Idempotency-Key: {key}\r\n")).unwrap_or_default();
        let length = self.body.len();
        let more = format!("{key}Content-Type: application/json\r\nContent-Length: {length}\r\n");
        [&self.head("POST /v1/checks", &more), self.body.as_slice()].concat()
    }

    /// A request for a receipt.
    pub fn receipt(&self, id: &str) -> Vec<u8> {
        self.head(&format!("GET /v1/receipts/{id}"), "")
    }

    fn head(&self, begins: &str, more: &str) -> Vec<u8> {
        let token = &self.token;
        format!("{begins} HTTP/1.1\r\nHost: s\r\nAuthorization: Bearer {token}\r\n{more}\r\n")
            .into_bytes()
    }
}
