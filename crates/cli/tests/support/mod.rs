//! Helpers that the tests of registries, bad input and the command line share.
#![allow(dead_code, reason = "each test binary uses a part of it")]

#[path = "../../../model/tests/support/standards.rs"]
pub mod standards;

mod folder;

use mustcheck::Date;
use mustcheck::model::{Answer, Role, Scheme, Subject, SubjectKind};
use serde_json::{Value, json};

#[allow(unused_imports, reason = "each test binary uses a part of it")]
pub use folder::{Folder, Run, command};

/// Every list of the catalogue.
pub const LISTS: [&str; 19] = [
    "judgment-defaulters",
    "wage-arrears",
    "market-supervision-serious",
    "government-procurement-serious",
    "bidding-disqualified",
    "licensing-barred",
    "tax-serious",
    "work-safety-serious",
    "major-illegal-records",
    "abnormal-operations",
    "integrity-models",
    "tax-class-a",
    "association-members",
    "financial-serious",
    "customs-dishonest",
    "sme-payment-defaulters",
    "customs-advanced",
    "research-misconduct",
    "securities-market-ban",
];

/// The day of the application, and of every ask.
pub const AS_OF: Date = Date { year: 2026, month: 11, day: 20 };

/// A published LEI, and one whose letters are many and digits few.
pub const LEI: &str = "5493001KJTIIGC8Y1R12";
pub const LEI_OF_LETTERS: &str = "HWUPKR0MPOU8FGXBT394";

/// The n-th firm.
pub fn uscc(n: u32) -> String {
    standards::uscc("91", 310_000, &format!("MA{n:06}"))
}

/// The n-th person.
pub fn resident(n: u32) -> String {
    standards::resident_id(310_101, &format!("{}0307", 1950 + n / 1000), n % 1000)
}

/// The n-th person's number as people are shown it.
pub fn shown_resident(n: u32) -> String {
    let number = resident(n);
    format!("{}**********{}", &number[..4], &number[14..])
}

/// The same characters, full-width.
pub fn full_width(text: &str) -> String {
    let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
    text.chars().map(|c| if c.is_ascii_graphic() { wide(c) } else { c }).collect()
}

/// Firm 1 with person 1, in a government procurement as of 2026-11-20.
pub fn application() -> Value {
    json!({
        "id": "GP-2026-0007",
        "matter": "tendering/government-procurement",
        "as_of": "2026-11-20",
        "office": { "name": "上海市财政局", "region": "310000" },
        "subjects": [
            { "role": "applicant", "kind": "organization", "scheme": "uscc",
              "identifier": uscc(1), "name": "甲公司" },
            { "role": "legal-representative", "kind": "person", "scheme": "resident-id",
              "identifier": resident(1), "name": "张三" },
        ],
    })
}

/// A source that holds every list as of the day before.
pub fn source(id: &str) -> Value {
    json!({ "id": id, "name": "全国信用信息共享平台", "as_of": "2026-11-19T20:00:00+08:00",
            "records_from": "2016-01-01", "covers": LISTS })
}

/// A registry of the source `platform` with these records.
pub fn registry(records: &[Value]) -> Value {
    json!({ "sources": [source("platform")], "records": records })
}

/// A record of the source `platform`: the n-th firm on the list of wage arrears, with the n-th
/// person responsible.
pub fn record(id: &str, n: u32) -> Value {
    json!({
        "id": id,
        "list": "wage-arrears",
        "source": "platform",
        "act": "market-order/wage-arrears",
        "subject": { "kind": "organization", "scheme": "uscc", "identifier": uscc(n),
                     "name": format!("公司{n}") },
        "responsible_persons": [ { "role": "legal-representative", "scheme": "resident-id",
                                   "identifier": resident(n), "name": format!("人{n}") } ],
        "valid_from": "2025-03-01",
        "valid_until": "2028-02-29",
    })
}

/// The document with another value at a JSON pointer; `null` removes it.
pub fn with(document: &Value, pointer: &str, value: impl Into<Value>) -> Value {
    let mut changed = document.clone();
    let value = value.into();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    match changed.pointer_mut(parent).expect("the parent exists") {
        Value::Object(members) if value.is_null() => {
            members.remove(key);
        }
        Value::Object(members) => {
            members.insert(key.to_owned(), value);
        }
        Value::Array(items) if value.is_null() => {
            items.remove(key.parse().expect("an index"));
        }
        Value::Array(items) => match key.parse::<usize>() {
            Ok(index) => items[index] = value,
            Err(_) => items.push(value),
        },
        other => panic!("`{parent}` is {other}"),
    }
    changed
}

/// The n-th firm as a lookup asks for it.
pub fn firm(n: u32) -> Subject {
    subject(SubjectKind::Organization, Scheme::Uscc, &uscc(n), None)
}

/// The n-th person as a lookup asks for it.
pub fn person(n: u32) -> Subject {
    subject(SubjectKind::Person, Scheme::ResidentId, &resident(n), None)
}

/// A subject; registries look at its scheme, country and identifier and at nothing else.
pub fn subject(
    kind: SubjectKind,
    scheme: Scheme,
    identifier: &str,
    country: Option<&str>,
) -> Subject {
    Subject {
        role: Role::Applicant,
        kind,
        scheme,
        identifier: identifier.into(),
        country: country.map(str::to_owned),
        name: "甲".into(),
        as_issued: None,
        also: Vec::new(),
        of: None,
    }
}

/// Returns a registry's answers about subjects on lists.
pub fn ask(
    registry: &(impl mustcheck::Registry + ?Sized),
    subjects: &[Subject],
    lists: &[&str],
) -> Vec<Answer> {
    let lists: Vec<String> = lists.iter().map(|l| (*l).to_owned()).collect();
    let asks: Vec<_> = (0..)
        .zip(subjects)
        .map(|(query, subject)| mustcheck::Ask { query, subject, as_of: AS_OF, lists: &lists })
        .collect();
    sorted(registry.lookup(&asks).expect("an answer"))
}

/// Sorts answers: those of two registries may differ in order alone.
pub fn sorted(mut answers: Vec<Answer>) -> Vec<Answer> {
    for answer in &mut answers {
        answer.records.sort_by(|a, b| a.id.cmp(&b.id));
    }
    answers.sort_by_key(|a| (a.query, a.list.clone(), a.source.as_ref().map(|s| s.id.clone())));
    answers
}
