//! The golden cases: natively, through the component and through the command line, byte-equal.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use mustcheck::{Application, ApplicationExt as _, Checked, Date, Gate, JsonRegistry, Policy};
use mustcheck_model::{Answer, Decision, Query};
use mustcheck_rules::Catalogue;
use mustcheck_testing::CLOCK;

/// Environment variable: if set, the printed decision is written as the expected one.
const BLESS: &str = "MUSTCHECK_BLESS";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cases");
    let entries = fs::read_dir(&folder).unwrap();
    let mut cases: Vec<PathBuf> =
        entries.map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    cases.sort();
    cases
}

fn printed(decision: &Decision) -> String {
    serde_json::to_string_pretty(decision).unwrap() + "\n"
}

/// Both ways of running the rules, for one edition.
struct Edition {
    id: &'static str,
    catalogue: Catalogue,
    policy: Policy,
}

impl Edition {
    fn all() -> Vec<Self> {
        let edition = |id| Self {
            id,
            catalogue: Catalogue::from_json(Policy::embedded_catalogue(id).unwrap()).unwrap(),
            policy: Policy::embedded_edition(id).unwrap(),
        };
        Policy::embedded_editions().into_iter().map(edition).collect()
    }

    /// Decides by the rules of this crate, on the answers that a gate had.
    fn native(&self, application: &Application, answers: &[Answer]) -> String {
        let mut given = |_: &[Query]| answers.to_vec();
        let (catalogue, as_of) = (&self.catalogue, application.as_of);
        printed(
            &mustcheck_authoring::check::check(catalogue, application, as_of, &mut given).unwrap(),
        )
    }

    fn component(&self, application: &Application, registry: JsonRegistry) -> Checked {
        let gate = Gate::builder().policy(self.policy.clone()).registry(registry);
        let gate = gate.today(application.as_of).build().unwrap();
        gate.check(application).unwrap()
    }
}

/// Returns what `check` prints on the case's own day.
fn command_line(case: &Path, today: Date) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mustcheck"))
        .env("MUSTCHECK_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .env(CLOCK, today.to_string())
        .arg("check")
        .arg(case.join("application.json"))
        .arg("--registry")
        .arg(case.join("registry.json"))
        .args(["--format", "json"])
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Returns every difference of one case, in words.
fn differences(case: &Path, editions: &[Edition], bless: bool) -> Vec<String> {
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let application = fs::read(case.join("application.json")).unwrap();
    let application = Application::from_json(&application).unwrap();
    let registry = JsonRegistry::open(case.join("registry.json")).unwrap();
    let id = Policy::edition_as_of(application.as_of).unwrap();
    let edition = editions.iter().find(|e| e.id == id).unwrap();
    let told = command_line(case, application.as_of);
    let expected = case.join("decision.json");
    if bless {
        fs::write(&expected, &told).unwrap();
    }
    let expected = fs::read_to_string(&expected).unwrap_or_default();
    let mut found = Vec::new();
    let mut compare = |way: &str, got: &str| {
        if got != expected {
            let at = got.lines().zip(expected.lines()).position(|(a, b)| a != b);
            let line = at.unwrap_or_else(|| got.lines().count().min(expected.lines().count()));
            found.push(format!(
                "{name}: {way} differs at line {}:\n  expected {:?}\n  got      {:?}",
                line + 1,
                expected.lines().nth(line).unwrap_or("(nothing)"),
                got.lines().nth(line).unwrap_or("(nothing)"),
            ));
        }
    };
    compare("the command line", &told);
    let checked = edition.component(&application, registry);
    compare("the component", &printed(checked.decision()));
    compare("native", &edition.native(&application, checked.answers()));
    if !case.join("README.md").exists() {
        found.push(format!("{name}: has no README.md"));
    }
    found
}

#[test]
fn every_case_is_decided_alike_by_all_three() {
    let cases = cases();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let editions = Edition::all();
    let bless = std::env::var_os(BLESS).is_some();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    found.lock().unwrap().extend(differences(case, &editions, bless));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    assert!(
        found.is_empty(),
        "{}\n{} difference(s); if all of them are meant: \
         {BLESS}=1 cargo test --release --workspace --test golden",
        found.join("\n"),
        found.len()
    );
}

/// Every measure of both editions is applied, or set aside as not adopted, in some case; every
/// reason for setting aside and every disposition occurs.
#[test]
fn the_cases_cover_every_measure_reason_and_disposition() {
    let mut text = String::new();
    let mut applied = std::collections::BTreeSet::new();
    for case in cases() {
        let decision = fs::read_to_string(case.join("decision.json")).unwrap();
        let parsed: Decision = serde_json::from_str(&decision).unwrap();
        applied.extend(parsed.measures.into_iter().map(|m| m.measure));
        text.push_str(&decision);
    }
    let mut missing = Vec::new();
    for id in Policy::embedded_editions() {
        let policy = Policy::embedded_edition(id).unwrap();
        for measure in &policy.description().measures {
            let applied = applied.contains(&measure.id);
            let aside = text.contains(&format!("\"measure\": \"{}\"", measure.id));
            if !applied && (measure.adopted || !aside) {
                missing.push(format!("measure {}", measure.id));
            }
        }
    }
    use mustcheck::model::{AnswerStatus, Disposition, SetAsideReason, Standing};
    let mut want = |key: &str, code: &str| {
        if !text.contains(&format!("\"{key}\": \"{code}\"")) {
            missing.push(format!("{key} {code}"));
        }
    };
    SetAsideReason::ALL.iter().for_each(|r| want("reason", r.code()));
    Disposition::ALL.iter().for_each(|d| want("disposition", d.code()));
    AnswerStatus::ALL.iter().for_each(|s| want("status", s.code()));
    Standing::ALL.iter().for_each(|s| want("standing", s.code()));
    assert!(missing.is_empty(), "no case shows: {}", missing.join(", "));
}
