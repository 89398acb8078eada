//! Costs of a lookup in SQLite as the registry grows: one check's due lookups, two subjects,
//! fifteen lists, by `SqliteRegistry`. Half of the organizations and persons that are asked about
//! have two records each, half have none; they are spread over the whole database.
//!
//! Every pair of subjects is asked about before each round, so that the operating system holds the
//! pages that the lookups need (some hundred megabytes): no disk is measured.

mod generate;
pub mod import;

use std::fs;
use std::hint::black_box;
use std::time::Duration;

use mustcheck::model::{Application, Query, Role, Scheme, Subject, SubjectKind};
use mustcheck::registry::{Ask, Registry as _};
use mustcheck::{ApplicationExt as _, Date, Gate, JsonRegistry, Policy};
use mustcheck_registry::SqliteRegistry;

use crate::identifiers::{resident, uscc};
use crate::measure::{Bench, Row};
use crate::sandbox;
use crate::table::{Table, ratio, time, verdict};
use generate::Size;

/// Largest cost of ten million records with a hundred thousand masks open, as a multiple of ten
/// thousand records without.
const TARGET: f64 = 2.0;

/// Numbers of records, and of masks that are open.
const SIZES: [(u64, u64); 4] =
    [(10_000, 0), (10_000, 100_000), (1_000_000, 100_000), (10_000_000, 100_000)];

/// Number of different pairs of subjects that are asked about, in turn.
const PAIRS: u64 = 5_000;

/// Time that is long enough to ask about every pair, and often about twice as many.
const WARM_UP: Duration = Duration::from_secs(1);

/// Measures the section.
pub fn run(bench: &mut Bench) -> String {
    let all: Vec<Size> =
        SIZES.iter().map(|(records, masks)| Size { records: *records, masks: *masks }).collect();
    let sizes = if bench.quick() { &all[..3] } else { &all[..] };
    let policy = Policy::embedded().unwrap();
    let queries = due(&policy);
    // All files first: writing a large one may drive the others out of memory.
    let paths: Vec<_> = sizes.iter().map(|size| generate::database(*size, &policy)).collect();
    let open =
        |(path, size): (_, &Size)| (SqliteRegistry::open(path).unwrap(), pairs(size.records));
    let registries: Vec<_> = paths.iter().zip(sizes).map(open).collect();
    let mut found = Vec::new();
    for (registry, pairs) in &registries {
        let count = |pair: &[Subject; 2]| {
            let answers = registry.lookup(&asks(&queries, pair)).unwrap();
            answers.iter().map(|a| a.records.len()).sum::<usize>()
        };
        let records: usize = pairs.iter().map(count).sum();
        found.push(records as f64 / PAIRS as f64);
    }
    let mut rows: Vec<Row<'_>> = registries
        .iter()
        .zip(sizes)
        .map(|((registry, pairs), size)| {
            let mut turn = pairs.iter().cycle();
            let queries = &queries;
            Row::new(format!("{}-{}", size.records, size.masks), move || {
                let pair = turn.next().unwrap();
                black_box(registry.lookup(&asks(queries, pair)).unwrap());
            })
        })
        .collect();
    let measured = bench.rows("registry", bench.brisk().warmed(WARM_UP), &mut rows);
    let mut table = Table::new(&[
        "records",
        "masks that are open",
        "database",
        "found for a check",
        "due lookups",
        "÷ 10,000 records",
    ]);
    for (i, size) in sizes.iter().enumerate() {
        table.row(&[
            size.records.to_string(),
            size.masks.to_string(),
            format!("{:.1} MB", fs::metadata(&paths[i]).unwrap().len() as f64 / 1e6),
            format!("{:.2} records", found[i]),
            time(&measured[i]),
            ratio(measured[i].over(&measured[0])),
        ]);
    }
    let last = measured.last().unwrap().over(&measured[0]).median;
    let Size { records, masks } = sizes.last().unwrap();
    let imports = import::run(bench, &policy);
    format!(
        "{}{records} records with {masks} masks ÷ 10,000 records: target ≤ {TARGET}: {}.\n\n{imports}",
        table.markdown(),
        verdict(last <= TARGET)
    )
}

/// The lookups that are due for a golden case: twelve lists about the applicant, two about its
/// legal representative, as the embedded policy says.
fn due(policy: &Policy) -> Vec<Query> {
    let json = fs::read(sandbox::folder("0002-procurement-wage-arrears").join("application.json"));
    let application = Application::from_json(&json.unwrap()).unwrap();
    let registry = JsonRegistry::from_json(b"{}").unwrap();
    let gate = Gate::builder().policy(policy.clone()).registry(registry).today(application.as_of);
    gate.build().unwrap().due_lookups(&application).unwrap()
}

/// Pairs of an organization and a person, half of them without records.
fn pairs(records: u64) -> Vec<[Subject; 2]> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        // Xorshift: the same pairs in each run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % records
    };
    let subject = |role, kind, scheme, identifier| Subject {
        role,
        kind,
        scheme,
        identifier,
        country: None,
        name: String::new(),
        as_issued: None,
        also: Vec::new(),
        of: None,
    };
    let organization =
        |n| subject(Role::Applicant, SubjectKind::Organization, Scheme::Uscc, uscc(n));
    let person = |n| {
        subject(Role::LegalRepresentative, SubjectKind::Person, Scheme::ResidentId, resident(n))
    };
    (0..PAIRS).map(|_| [organization(random()), person(random())]).collect()
}

fn asks<'a>(queries: &'a [Query], pair: &'a [Subject; 2]) -> Vec<Ask<'a>> {
    let ask = |(query, (lookup, subject)): (u32, (&'a Query, &'a Subject))| Ask {
        query,
        subject,
        lists: &lookup.lists,
        as_of: Date { year: 2026, month: 11, day: 20 },
    };
    (0..).zip(queries.iter().zip(pair)).map(ask).collect()
}
