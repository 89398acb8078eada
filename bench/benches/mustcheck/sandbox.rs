//! Costs of the sandbox: golden cases, application JSON in, decision JSON out.
//!
//! Native and fresh do the same work on the same bytes and give the same bytes. Fresh also reads
//! the application strictly, starts a sandbox, and enforces every rail; that is the product, so it
//! all counts. The registry is in memory, and is opened before the clock starts.

mod reused;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mustcheck::model::{Answer, Query};
use mustcheck::registry::{Ask, Registry};
use mustcheck::{Application, ApplicationExt as _, Gate, JsonRegistry, Policy};
use mustcheck_rules::Catalogue;

use crate::measure::{Bench, Measured, Row, median};
use crate::table::{Table, digits, ratio, time, verdict};
use reused::Reused;

/// The cases: one of each kind of finding, and a consortium.
const CASES: [&str; 5] = [
    "0001-procurement-clear",
    "0096-incomplete-materials-tolerated",
    "0008-wage-arrears-three-years-day-after",
    "0002-procurement-wage-arrears",
    "0042-consortium-member-disqualified",
];

/// Largest cost of fresh, as a multiple of native.
const TARGET: f64 = 3.0;

/// A golden case, ready to be checked.
pub struct Case {
    /// The application's JSON.
    pub application: Vec<u8>,
    /// The registry, in memory.
    pub registry: Arc<JsonRegistry>,
}

impl Case {
    /// Reads a case.
    pub fn open(name: &str) -> Self {
        let folder = folder(name);
        let registry = JsonRegistry::open(folder.join("registry.json")).unwrap();
        Self {
            application: fs::read(folder.join("application.json")).unwrap(),
            registry: Arc::new(registry),
        }
    }

    /// A gate over the case's registry, on the case's day.
    pub fn gate(&self, policy: &Policy) -> Gate {
        let application = Application::from_json(&self.application).unwrap();
        let gate = Gate::builder().policy(policy.clone()).registry(Arc::clone(&self.registry));
        gate.today(application.as_of).build().unwrap()
    }
}

/// The folder of a golden case.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cases").join(name)
}

/// Asks a registry about an application's subjects.
pub fn ask(registry: &dyn Registry, application: &Application, queries: &[Query]) -> Vec<Answer> {
    let asks: Vec<Ask<'_>> = (0..)
        .zip(queries)
        .map(|(query, lookup)| Ask {
            query,
            subject: &application.subjects[usize::try_from(lookup.subject).unwrap()],
            lists: &lookup.lists,
            as_of: application.as_of,
        })
        .collect();
    registry.lookup(&asks).unwrap()
}

fn native(catalogue: &Catalogue, registry: &JsonRegistry, json: &[u8]) -> Vec<u8> {
    let application: Application = serde_json::from_slice(json).unwrap();
    let mut answers = |queries: &[Query]| ask(registry, &application, queries);
    let decision =
        mustcheck_authoring::check::check(catalogue, &application, application.as_of, &mut answers)
            .unwrap();
    serde_json::to_vec(&decision).unwrap()
}

fn fresh(gate: &Gate, json: &[u8]) -> Vec<u8> {
    let application = Application::from_json(json).unwrap();
    serde_json::to_vec(gate.check(&application).unwrap().decision()).unwrap()
}

/// Checks like [`fresh`], but reads the application as natively: the cost of the sandbox and the
/// rails.
fn fresh_plainly_read(gate: &Gate, json: &[u8]) -> Vec<u8> {
    let application: Application = serde_json::from_slice(json).unwrap();
    serde_json::to_vec(gate.check(&application).unwrap().decision()).unwrap()
}

/// Measures the section.
pub fn run(bench: &mut Bench) -> String {
    let edition = Policy::embedded_catalogue(Policy::newest_edition()).unwrap();
    let catalogue = Catalogue::from_json(edition).unwrap();
    let policy = Policy::embedded().unwrap();
    let mut table = Table::new(&[
        "case",
        "native",
        "fresh sandbox",
        "fresh ÷ native",
        "fresh, plainly read ÷ native",
        "one sandbox reused ÷ native",
        "JSON in, out",
    ]);
    let mut strict = Vec::new();
    let mut plain = Vec::new();
    for name in CASES {
        let case = Case::open(name);
        let gate = case.gate(&policy);
        let mut reused = Reused::new(&policy, Arc::clone(&case.registry));
        let json = case.application.as_slice();
        let decision = native(&catalogue, &case.registry, json);
        // The rows are worth comparing because they give the same bytes.
        assert_eq!(decision, fresh(&gate, json), "{name}: the sandbox decides differently");
        assert_eq!(decision, fresh_plainly_read(&gate, json), "{name}");
        for _ in 0..3 {
            assert_eq!(decision, reused.check(json), "{name}: reuse decides differently");
        }
        let rows: Vec<Measured> = bench.rows(
            &format!("sandbox-{}", &name[..4]),
            bench.brisk(),
            &mut [
                Row::new("native", || {
                    black_box(native(&catalogue, &case.registry, black_box(json)));
                }),
                Row::new("fresh", || {
                    black_box(fresh(&gate, black_box(json)));
                }),
                Row::new("fresh-plainly-read", || {
                    black_box(fresh_plainly_read(&gate, black_box(json)));
                }),
                Row::new("reused", || {
                    black_box(reused.check(black_box(json)));
                }),
            ],
        );
        let [native, fresh, plainly, reused] = rows.as_slice() else { unreachable!() };
        strict.push(fresh.over(native).median);
        plain.push(plainly.over(native).median);
        table.row(&[
            name.into(),
            time(native),
            time(fresh),
            ratio(fresh.over(native)),
            ratio(plainly.over(native)),
            ratio(reused.over(native)),
            format!("{} B, {} B", json.len(), decision.len()),
        ]);
    }
    let over_cases = median(strict);
    format!(
        "{}Median over the cases: fresh ÷ native {}× (target ≤ {TARGET}: {}); plainly read {}×.\n",
        table.markdown(),
        digits(over_cases),
        verdict(over_cases <= TARGET),
        digits(median(plain)),
    )
}
