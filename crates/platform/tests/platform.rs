//! Remote platforms: the registry's answers, from what sources answer and from their faults.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "platform/canary.rs"]
mod canary;
#[path = "platform/canned.rs"]
mod canned;
#[path = "platform/faults.rs"]
mod faults;
#[path = "platform/gate.rs"]
mod gate;
#[path = "platform/mapping.rs"]
mod mapping;
#[path = "platform/parts.rs"]
mod parts;
#[path = "platform/resilience.rs"]
mod resilience;
#[path = "../../model/tests/support/standards.rs"]
#[allow(dead_code, reason = "a part of it is used")]
mod standards;
#[path = "platform/tls.rs"]
mod tls;

use std::path::Path;

use mustcheck::model::{Answer, AnswerStatus, Role, Scheme, Subject, SubjectKind};
use mustcheck::registry::json::RegistryFile;
use mustcheck::{Ask, Date, Registry};
use mustcheck_platform::simulator::{Options, Running, Shape, Simulator};
use mustcheck_platform::{Mapping, PlatformRegistry};
use serde_json::{Value, json};

/// The day of every check and ask.
pub const TODAY: Date = Date { year: 2024, month: 11, day: 20 };

/// Date of a source's data; in the past wherever the tests run.
pub const AS_OF: &str = "2024-11-19T20:00:00+08:00";

/// The n-th firm.
pub fn uscc(n: u32) -> String {
    standards::uscc("91", 310_000, &format!("MA{n:06}"))
}

/// The n-th person.
pub fn resident(n: u32) -> String {
    standards::resident_id(310_101, "19700307", n)
}

/// A record of `source`: the n-th firm on the list of wage arrears, with the n-th person.
pub fn record(source: &str, id: &str, n: u32) -> Value {
    json!({
        "id": id, "list": "wage-arrears", "source": source, "act": "market-order/wage-arrears",
        "subject": { "kind": "organization", "scheme": "uscc", "identifier": uscc(n),
                     "name": "甲公司" },
        "responsible_persons": [ { "role": "legal-representative", "scheme": "resident-id",
                                   "identifier": resident(n), "name": "张三" } ],
        "decided_by": "上海市人力资源和社会保障局", "document": "沪人社监〔2023〕7号",
        "legal_basis": [ { "instrument": "wage-payment-regulations-2019", "article": "48" } ],
        "penalty": { "kind": "fine", "amount_fen": 200_000_050_u64 },
        "valid_from": "2023-03-01", "valid_until": "2026-02-28",
        "events": [ { "kind": "objection-filed", "on": "2023-04-01", "document": "异1号" },
                    { "kind": "objection-dismissed", "on": "2023-05-01" } ],
    })
}

/// A registry file: its sources, each of the lists it covers, and its records.
pub fn file(sources: &[(&str, &[&str])], records: &[Value]) -> RegistryFile {
    let sources: Vec<Value> = sources
        .iter()
        .map(|(id, covers)| {
            json!({ "id": id, "name": "全国信用信息共享平台", "as_of": AS_OF,
                    "records_from": "2016-01-01", "covers": covers })
        })
        .collect();
    serde_json::from_value(json!({ "sources": sources, "records": records })).unwrap()
}

/// Three records about firm 1, and one about firm 2, of the source `platform`.
pub fn small() -> RegistryFile {
    let records =
        [("r1", 1), ("r2", 1), ("r3", 1), ("r4", 2)].map(|(id, n)| record("platform", id, n));
    file(&[("platform", &["wage-arrears", "tax-serious"])], &records)
}

/// A simulator of `file`.
pub fn simulate(file: RegistryFile, shape: Shape, size: usize, faults: &[&str]) -> Running {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    let options = Options { shape, size, faults, ..Options::default() };
    Simulator::new(file, options).start("127.0.0.1:0".parse().unwrap()).unwrap()
}

/// A mapping with more settings for every source.
pub fn more(mapping: &str, said: &str) -> String {
    mapping.replace("\n[source.request]\n", &format!("\n{said}\n\n[source.request]\n"))
}

/// A registry without retries.
pub fn once(running: &Running) -> PlatformRegistry {
    open(&more(&running.mapping(), "retries = { times = 0 }"))
}

/// A registry with a mapping.
pub fn open(mapping: &str) -> PlatformRegistry {
    let read = Mapping::from_toml(mapping).unwrap_or_else(|e| panic!("{e:?} in {mapping}"));
    PlatformRegistry::new(read, Path::new(".")).unwrap()
}

/// A firm as a lookup asks for it.
pub fn firm(n: u32) -> Subject {
    subject(SubjectKind::Organization, Scheme::Uscc, uscc(n))
}

/// A person as a lookup asks for it.
pub fn person(n: u32) -> Subject {
    subject(SubjectKind::Person, Scheme::ResidentId, resident(n))
}

fn subject(kind: SubjectKind, scheme: Scheme, identifier: String) -> Subject {
    let name = "甲".into();
    Subject {
        role: Role::Applicant,
        kind,
        scheme,
        identifier,
        country: None,
        name,
        as_issued: None,
        also: Vec::new(),
        of: None,
    }
}

/// Answers of a registry about subjects on lists.
pub fn ask(registry: &dyn Registry, subjects: &[Subject], lists: &[&str]) -> Vec<Answer> {
    let lists: Vec<String> = lists.iter().map(|l| (*l).to_owned()).collect();
    let asks: Vec<_> = (0..)
        .zip(subjects)
        .map(|(query, subject)| Ask { query, subject, as_of: TODAY, lists: &lists })
        .collect();
    registry.lookup(&asks).unwrap()
}

/// Answer of a registry about firm 1 on the list of wage arrears.
pub fn about_firm(registry: &PlatformRegistry) -> Answer {
    ask(registry, &[firm(1)], &["wage-arrears"]).remove(0)
}

/// Reason why a registry has no answer about firm 1, without the source's name.
pub fn reason(registry: &PlatformRegistry) -> String {
    let answer = about_firm(registry);
    assert_eq!(answer.status, AnswerStatus::Unavailable, "{answer:?}");
    assert!(answer.records.is_empty() && answer.source.is_none(), "{answer:?}");
    let reason = answer.reason.unwrap();
    let bare = reason.strip_prefix("source `platform`: ").unwrap_or_else(|| panic!("{reason}"));
    assert!(!bare.contains(&uscc(1)) && !bare.contains(&resident(1)), "{bare}");
    bare.to_owned()
}
