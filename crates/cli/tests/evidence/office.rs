//! An office with keys, a log and a folder of bundles.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mustcheck::{
    Application, ApplicationExt as _, CodeCache, Gate, GateBuilder, JsonRegistry, Policy,
};
use mustcheck_evidence::replay::{Components, Replayer};
use mustcheck_evidence::{AuditLog, BundleFolder, Keys, PublicKeys, Recorder, Suite};
use serde_json::Value;

pub use crate::support::Folder;
use crate::support::{AS_OF, application, record, registry};

/// The cache of compiled policies that all tests share.
pub fn cache() -> CodeCache {
    CodeCache::open(concat!(env!("CARGO_TARGET_TMPDIR"), "/cache")).unwrap()
}

pub static POLICY: LazyLock<Policy> =
    LazyLock::new(|| cache().embedded_edition(Policy::newest_edition()).unwrap());

/// A folder with keys.
pub fn office(suite: Suite) -> Folder {
    let folder = Folder::new();
    Keys::create(&folder.path("keys"), "office.example", suite).unwrap();
    folder
}

/// A recorder into `log` and `kept`.
pub fn recorder(folder: &Folder) -> Recorder {
    let keys = Keys::open(&folder.path("keys")).unwrap();
    let log = AuditLog::open(&folder.path("log"), &keys).unwrap();
    let kept = BundleFolder::open(&folder.path("kept"), None, &keys).unwrap();
    Recorder::new(keys, log).bundles(kept)
}

pub fn parsed(application: &Value) -> Application {
    Application::from_json(application.to_string().as_bytes()).unwrap()
}

/// A registry in which firm 1 is on a list.
pub fn listed() -> JsonRegistry {
    JsonRegistry::from_json(registry(&[record("r1", 1)]).to_string().as_bytes()).unwrap()
}

/// A gate over that registry, on the day of the application.
pub fn gate() -> GateBuilder {
    on_the_day(Gate::builder().registry(listed()))
}

/// A gate of the newest edition, on the day of the application.
pub fn on_the_day(gate: GateBuilder) -> GateBuilder {
    gate.policy(POLICY.clone()).today(AS_OF)
}

/// The bundle of one restricted case, and its file.
pub fn one_bundle(folder: &Folder) -> (PathBuf, Vec<u8>) {
    let gate = gate().recorder(recorder(folder)).build().unwrap();
    let application = parsed(&application());
    let checked = gate.check(&application).unwrap();
    assert!(checked.is_of(&application));
    let files = bundles(&folder.path("kept"));
    let id = &checked.receipt().unwrap().id;
    let file = files.into_iter().find(|f| f.to_string_lossy().contains(id.as_str())).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    (file, bytes)
}

pub fn public(folder: &Folder) -> PublicKeys {
    PublicKeys::open(&folder.path("keys/mustcheck-keys.json")).unwrap()
}

pub fn replayer(folder: &Folder) -> Replayer {
    let components = Components::embedded(Some(cache())).beside(&folder.path("kept"));
    Replayer::new(components).keys(&public(folder)).unwrap()
}

/// Every file of a folder and the folders in it.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

pub fn bundles(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|file| file.to_string_lossy().contains(".evidence.json"));
    found
}
