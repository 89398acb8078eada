//! Hostile guests, hostile registries, and a host that is left unharmed by each.
//!
//! The README beside the guests has what each guest tries, what the host answers, and what an
//! author should change; every message that is asserted here must be there.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod crowd;
mod files;
mod guests;
mod loading;
mod lying;
mod registries;
mod running;

use std::error::Error;
use std::path::PathBuf;
use std::sync::LazyLock;

use mustcheck::model::{Answer, Query};
use mustcheck::{
    Application, ApplicationExt as _, Ask, CheckError, Decision, Gate, JsonRegistry, Limits,
    Policy, Registry,
};

/// The honest policy: opened once, for it takes a second.
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::embedded().unwrap());
/// The application that is checked.
static APPLICATION: LazyLock<Application> =
    LazyLock::new(|| Application::from_json(&read("application.json")).unwrap());
/// The decision of the honest policy, as the golden case has it.
static EXPECTED: LazyLock<Decision> =
    LazyLock::new(|| serde_json::from_slice(&read("decision.json")).unwrap());

fn case(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/cases/0002-procurement-wage-arrears")
        .join(file)
}

fn read(file: &str) -> Vec<u8> {
    std::fs::read(case(file)).unwrap()
}

fn registry() -> JsonRegistry {
    JsonRegistry::open(case("registry.json")).unwrap()
}

/// Answers of the registry of the tests, asked about each list and its parts as a gate asks.
fn given(queries: &[Query]) -> Vec<Answer> {
    let asks: Vec<Ask<'_>> = (0..)
        .zip(queries)
        .map(|(query, asked)| Ask {
            query,
            subject: &APPLICATION.subjects[asked.subject as usize],
            lists: &asked.lists,
            as_of: APPLICATION.as_of,
        })
        .collect();
    registry().lookup(&asks).unwrap()
}

fn gate(policy: Policy, registry: impl Registry + 'static, limits: Limits) -> Gate {
    Gate::builder()
        .policy(policy)
        .registry(registry)
        .limits(limits)
        .today(APPLICATION.as_of)
        .build()
        .unwrap()
}

/// The gate of a guest that could be opened.
fn guest(bytes: Vec<u8>) -> Gate {
    guest_within(bytes, Limits::default())
}

fn guest_within(bytes: Vec<u8>, limits: Limits) -> Gate {
    gate(Policy::from_component(bytes).unwrap(), registry(), limits)
}

/// The error of an application that was not checked.
fn fault(gate: &Gate) -> CheckError {
    match gate.check(&APPLICATION) {
        Ok(checked) => panic!("checked: {}", checked.decision().disposition),
        Err(error) => error,
    }
}

/// Checks that an error has these words, that the README has them under this heading, and that the
/// same process decides as before.
#[track_caller]
fn says(heading: &str, error: &dyn Error, expected: &str) {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    assert_eq!(said, expected, "{heading}");
    let readme = guests::text("README.md");
    let section = readme.split("\n### ").find(|s| s.starts_with(&format!("{heading}\n")));
    let section = section.unwrap_or_else(|| panic!("the README has no section `{heading}`"));
    assert!(
        section.lines().any(|line| line.strip_prefix("> ") == Some(expected)),
        "the README does not say under `{heading}`: {expected}"
    );
    unharmed();
}

/// Checks that the same process decides as before.
#[track_caller]
fn unharmed() {
    let checked = gate(POLICY.clone(), registry(), Limits::default()).check(&APPLICATION).unwrap();
    assert_eq!(checked.decision(), &*EXPECTED);
}

#[test]
fn every_guest_is_in_the_readme_and_nothing_else_is() {
    let readme = guests::text("README.md");
    let headings = readme.lines().filter_map(|line| line.strip_prefix("### "));
    let told: Vec<&str> = headings.filter(|heading| heading.ends_with(".wat")).collect();
    let mut files: Vec<String> = std::fs::read_dir(guests::folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".wat") && name != "prelude.wat")
        .collect();
    files.sort();
    assert_eq!(told, files);
}
