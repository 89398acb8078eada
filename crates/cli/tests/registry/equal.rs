//! A database answers as the file that was imported into it, and both as a plain reading of it.

use mustcheck::JsonRegistry;
use mustcheck::model::{AnswerStatus, Scheme, Subject, SubjectKind};
use mustcheck_registry::SqliteRegistry;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{LEI, ask, firm, person, resident, source, subject, uscc};
use crate::{database, import_into, import_smaller};

const POOL: [&str; 5] =
    ["judgment-defaulters", "wage-arrears", "tax-serious", "integrity-models", "licensing-barred"];

/// Every party that a generated registry may name, in JSON and in the form in which a lookup asks.
fn parties() -> Vec<(Value, Subject)> {
    let organization = |scheme, identifier: &str, shown: Subject| {
        (json!({ "kind": "organization", "scheme": scheme, "identifier": identifier }), shown)
    };
    let natural = |identifier: &str, shown: Subject| {
        (json!({ "kind": "person", "scheme": "resident-id", "identifier": identifier }), shown)
    };
    let traveller = |country: &str| {
        let value = json!({ "kind": "person", "scheme": "passport", "identifier": "E12345678",
                            "country": country });
        (value, subject(SubjectKind::Person, Scheme::Passport, "E12345678", Some(country)))
    };
    vec![
        organization("uscc", &uscc(1), firm(1)),
        organization("uscc", &uscc(2), firm(2)),
        organization("lei", LEI, subject(SubjectKind::Organization, Scheme::Lei, LEI, None)),
        natural(&resident(1), person(1)),
        natural(&resident(2), person(2)),
        traveller("CN"),
        traveller("DE"),
    ]
}

/// Choices for one record: source, list, party, responsible persons, day, and whether it is
/// repaired.
type Choice = (usize, usize, usize, Vec<usize>, u32, bool);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let persons = proptest::collection::vec(0..4_usize, 0..3);
    let one = (0..3_usize, 0..5_usize, 0..7_usize, persons, 1..28_u32, any::<bool>());
    proptest::collection::vec(one, 0..14)
}

fn document(covers: &[Vec<bool>], down: &[bool], choices: &[Choice]) -> Value {
    let parties = parties();
    let mut sources = Vec::new();
    for (s, (covered, down)) in covers.iter().zip(down).enumerate() {
        let lists: Vec<_> = POOL.iter().zip(covered).filter(|(_, c)| **c).map(|(l, _)| l).collect();
        let mut one = source(&format!("source-{s}"));
        one["covers"] = json!(lists);
        if *down {
            one["unavailable"] = json!("the line is down");
        }
        sources.push(one);
    }
    let mut records = Vec::new();
    for (r, (s, list, party, persons, day, event)) in choices.iter().enumerate() {
        let s = s % covers.len();
        if !covers[s][*list] {
            continue;
        }
        let mut about = parties[*party].0.clone();
        about["name"] = json!(format!("名{party}"));
        let persons: Vec<Value> = persons
            .iter()
            .map(|p| {
                let mut named = parties[3 + p].0.clone();
                named.as_object_mut().unwrap().remove("kind");
                named["role"] = json!("directly-responsible");
                named
            })
            .collect();
        let mut record = json!({
            "id": format!("r{r}"), "list": POOL[*list], "source": format!("source-{s}"),
            "subject": about, "responsible_persons": persons, "decided_by": "某局",
            "valid_from": format!("2025-01-{day:02}"),
        });
        if *event {
            record["events"] = json!([{ "kind": "repaired", "on": "2026-05-01" }]);
        }
        records.push(record);
    }
    json!({ "sources": sources, "records": records })
}

/// Returns the ids of the records about a party on a list of a source, by a plain reading of the
/// document.
fn plainly(document: &Value, party: &Value, list: &str, source: &str) -> Vec<String> {
    let same = |other: &Value| {
        ["scheme", "identifier", "country"].iter().all(|key| other.get(*key) == party.get(*key))
    };
    let names = |r: &Value| {
        let persons = r["responsible_persons"].as_array().unwrap();
        same(&r["subject"]) || persons.iter().any(same)
    };
    let records = document["records"].as_array().unwrap().iter();
    let mut ids: Vec<String> = records
        .filter(|r| r["list"] == list && r["source"] == source && names(r))
        .map(|r| r["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

/// Whether a source of the document keeps its subjects by a scheme.
fn keeps(document: &Value, source: &str, scheme: &str) -> bool {
    let records = document["records"].as_array().unwrap().iter();
    let own: Vec<String> = records
        .filter(|r| r["source"] == source)
        .flat_map(|r| {
            let persons = r["responsible_persons"].as_array().unwrap().iter();
            std::iter::once(&r["subject"]).chain(persons)
        })
        .map(|party| party["scheme"].as_str().unwrap().to_owned())
        .collect();
    let china = ["uscc", "resident-id"];
    let has_china = own.is_empty() || own.iter().any(|s| china.contains(&s.as_str()));
    own.iter().any(|s| s == scheme) || (china.contains(&scheme) && has_china)
}

/// Whether an entry on a list names somebody only by another scheme, who may have this one too.
fn leaves_open(document: &Value, source: &str, list: &str, party: &Value) -> bool {
    let may_have_others = |one: &Value| one["scheme"] != "passport" || one["country"] == "CN";
    let is_firm = |one: &Value| matches!(one["scheme"].as_str(), Some("uscc" | "lei"));
    let records = document["records"].as_array().unwrap().iter();
    let mut named = records.filter(|r| r["source"] == source && r["list"] == list).flat_map(|r| {
        let persons = r["responsible_persons"].as_array().unwrap().iter();
        std::iter::once(&r["subject"]).chain(persons)
    });
    may_have_others(party)
        && named.any(|other| {
            is_firm(other) == is_firm(party)
                && other["scheme"] != party["scheme"]
                && may_have_others(other)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_database_answers_as_the_file(
        covers in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 5), 1..4),
        down in proptest::collection::vec(proptest::bool::weighted(0.15), 3),
        choices in choices(),
    ) {
        let document = document(&covers, &down, &choices);
        let memory = JsonRegistry::from_json(document.to_string().as_bytes()).unwrap();
        let (_folder, path) = database();
        let report = import_into(&path, &document).unwrap();
        prop_assert_eq!(&report.rejected, &[]);
        let sqlite = SqliteRegistry::open(&path).unwrap();

        let parties = parties();
        let subjects: Vec<Subject> = parties.iter().map(|(_, s)| s.clone()).collect();
        let answers = ask(&sqlite, &subjects, &POOL);
        prop_assert_eq!(&answers, &ask(&memory, &subjects, &POOL));

        for answer in &answers {
            let party = &parties[answer.query as usize].0;
            let Some(source) = &answer.source else {
                prop_assert_eq!(answer.status, AnswerStatus::NotCovered);
                let number = POOL.iter().position(|l| *l == answer.list).unwrap();
                prop_assert!(covers.iter().all(|c| !c[number]));
                continue;
            };
            let ids: Vec<String> = answer.records.iter().map(|r| r.id.clone()).collect();
            if answer.status == AnswerStatus::Unavailable {
                prop_assert_eq!(answer.reason.as_deref(), Some("the line is down"));
                prop_assert_eq!(ids.len(), 0);
            } else {
                let scheme = subjects[answer.query as usize].scheme;
                let kept = keeps(&document, &source.id, scheme.code())
                    && !leaves_open(&document, &source.id, &answer.list, party);
                prop_assert_eq!(answer.status == AnswerStatus::Answered, kept, "{:?}", answer);
                prop_assert_eq!(ids, plainly(&document, party, &answer.list, &source.id));
            }
        }
        let covered = covers.iter().flatten().filter(|c| **c).count();
        let none = (0..5).filter(|l| covers.iter().all(|c| !c[*l])).count();
        prop_assert_eq!(answers.len(), subjects.len() * (covered + none));
    }

    #[test]
    fn the_order_of_imports_leaves_the_last_snapshot(
        covers in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 5), 1..4),
        before in choices(), after in choices(),
    ) {
        // Ids carry their source: which source holds a record does not change.
        let own = |mut document: Value| {
            for record in document["records"].as_array_mut().unwrap() {
                let id = format!("{}-{}", record["source"].as_str().unwrap(), record["id"]);
                record["id"] = json!(id);
            }
            document
        };
        let (before, after) = (document(&covers, &[false; 3], &before), document(&covers, &[false; 3], &after));
        let (before, after) = (own(before), own(after));
        let (_folder, path) = database();
        import_into(&path, &before).unwrap();
        let report = import_smaller(&path, &after).unwrap();
        prop_assert_eq!(&report.rejected, &[]);
        let sqlite = SqliteRegistry::open(&path).unwrap();
        let memory = JsonRegistry::from_json(after.to_string().as_bytes()).unwrap();
        let subjects: Vec<Subject> = parties().into_iter().map(|(_, s)| s).collect();
        prop_assert_eq!(ask(&sqlite, &subjects, &POOL), ask(&memory, &subjects, &POOL));

        let again = import_into(&path, &after).unwrap();
        for (source, counted) in again.sources.iter().zip(&report.sources) {
            prop_assert_eq!((source.added, source.changed, source.removed), (0, 0, 0));
            prop_assert_eq!(source.unchanged, counted.added + counted.changed + counted.unchanged);
        }
    }
}
