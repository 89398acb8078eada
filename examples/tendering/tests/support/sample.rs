//! The sample tender, and changes to it for a test.

#![allow(dead_code, missing_docs, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use mustcheck::{Date, Gate, JsonRegistry, Policy, Registry};
use mustcheck_example_tendering::{Options, Representatives, Screened, Status, screen};
use serde_json::Value;

/// The day of the sample.
const TODAY: Date = Date { year: 2026, month: 11, day: 20 };

/// Status of each tenderer of the sample.
pub const SAMPLE: [Status; 6] = [
    Status::MayTakePart,
    Status::Excluded,
    Status::Limited,
    Status::Review,
    Status::Error,
    Status::MayTakePart,
];

pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

pub fn text(name: &str) -> String {
    std::fs::read_to_string(data(name)).unwrap()
}

pub fn gate_over(registry: impl Registry + 'static) -> Gate {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    let policy = POLICY.get_or_init(|| Policy::embedded().unwrap()).clone();
    Gate::builder().policy(policy).registry(registry).today(TODAY).build().unwrap()
}

pub fn gate() -> Gate {
    gate_over(JsonRegistry::open(data("registry.json")).unwrap())
}

pub fn gate_with_a_source_down() -> Gate {
    gate_over(JsonRegistry::open(data("registry-source-down.json")).unwrap())
}

pub fn options() -> Options {
    Options {
        matter: "tendering/statutory-tender".into(),
        as_of: None,
        office: None,
        region: None,
        representatives: Representatives::default(),
    }
}

pub fn screened(document: &str) -> Screened {
    screen(&gate(), document, &options()).unwrap()
}

pub fn statuses(screened: &Screened) -> Vec<Status> {
    screened.tenders.iter().flat_map(|t| &t.tenderers).map(|t| t.check.status).collect()
}

/// A change to the sample.
pub type Change = &'static dyn Fn(&mut Value);

/// The sample, changed; its order of members is lost, which no check minds.
pub fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(&text("release.json")).unwrap();
    change(&mut value);
    value.to_string()
}

/// The error of one tenderer, as `path: detail`.
pub fn error_of(screened: &Screened, tenderer: usize) -> String {
    let check = &screened.tenders[0].tenderers[tenderer].check;
    assert_eq!(check.status, Status::Error, "{check:?}");
    let error = check.error.as_ref().unwrap();
    format!("{}: {}", error.path.as_deref().unwrap_or("-"), error.detail)
}
