//! One writer, compiled twice: the component that evidence keeps writes what the gate wrote, byte for
//! byte.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::{
    Application, ApplicationExt as _, Checked, Gate, JsonRegistry, Limits, Policy, WriterComponent,
};

/// The folders of the golden cases.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cases");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

/// Checks a case on its own day, as it was decided.
fn checked(case: &Path, policies: &[Policy]) -> Checked {
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

fn policies() -> Vec<Policy> {
    let editions = Policy::embedded_editions().into_iter();
    editions.map(|edition| Policy::embedded_edition(edition).unwrap()).collect()
}

#[test]
fn both_builds_write_the_same_bytes_on_every_golden_case() {
    let writer = WriterComponent::from_component(WriterComponent::embedded()).unwrap();
    let policies = policies();
    let (mut equal, limits) = (0, Limits::default());
    for case in cases() {
        let checked = checked(&case, &policies);
        let written = writer.decision(&checked.case(), &limits).unwrap();
        let natively = serde_json::to_string(checked.decision()).unwrap();
        assert_eq!(written, natively, "{}", case.display());
        equal += 1;
    }
    assert!(equal > 400, "{equal} cases");
}

#[test]
fn a_writer_imports_nothing_and_refuses_what_is_no_case() {
    let bytes = WriterComponent::embedded();
    let writer = WriterComponent::from_component(bytes).unwrap();
    assert_eq!(writer.digest(), WriterComponent::embedded_digest());
    let no_writer =
        |bytes: &[u8]| WriterComponent::from_component(bytes).err().unwrap().to_string();
    assert_eq!(
        no_writer(Policy::embedded().unwrap().component()),
        "this is no writer component: it exports `mustcheck:credit/policy@0.2.0` and not \
         `mustcheck:writer/writing@0.1.0`"
    );
    let clock = wat::parse_str("(component (import \"wasi:clocks/wall-clock@0.2.0\" (instance)))");
    assert_eq!(
        no_writer(&clock.unwrap()),
        "a writer imports nothing, and this one imports `wasi:clocks/wall-clock@0.2.0`"
    );
    // A verdict that names what is not there is not written.
    let case = &cases()[1];
    let checked = checked(case, &policies());
    let mut lying = checked.case();
    lying.verdict.to_mut().measures[0].measure = u32::MAX;
    let refused = writer.decision(&lying, &Limits::default()).unwrap_err().to_string();
    assert!(refused.contains("`measures[0]` of the verdict names what is not there"), "{refused}");
    // Nor are answers to other lookups.
    let mut other = checked.case();
    other.due.to_mut().pop();
    let refused = writer.decision(&other, &Limits::default()).unwrap_err().to_string();
    assert!(refused.contains("was not asked"), "{refused}");
    let starved = Limits { fuel: 1_000, ..Limits::default() };
    let refused = writer.decision(&checked.case(), &starved).unwrap_err().to_string();
    assert!(refused.contains("ran out of fuel"), "{refused}");
}
