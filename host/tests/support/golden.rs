//! The golden cases, checked as they were decided.

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::{Application, ApplicationExt as _, Checked, Gate, JsonRegistry, Policy};

/// The folders of the golden cases.
pub fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cases");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// Checks a case on its own day, as it was decided.
pub fn checked(case: &Path, policies: &[Policy]) -> Checked {
    let decision = fs::read(case.join("decision.json")).unwrap();
    let decision: mustcheck::Decision = serde_json::from_slice(&decision).unwrap();
    let application = fs::read(case.join("application.json")).unwrap();
    let application = Application::from_json(&application).unwrap();
    let registry = JsonRegistry::open_of_any_day(case.join("registry.json")).unwrap();
    let days = u16::MAX;
    let mut gate = Gate::builder().registry(registry).today(decision.made_on).backdating(days);
    for policy in policies {
        gate = gate.policy(policy.clone());
    }
    gate.build().unwrap().check(&application).unwrap_or_else(|e| panic!("{}: {e}", case.display()))
}

/// The embedded editions.
pub fn policies() -> Vec<Policy> {
    let editions = Policy::embedded_editions().into_iter();
    editions.map(|edition| Policy::embedded_edition(edition).unwrap()).collect()
}
