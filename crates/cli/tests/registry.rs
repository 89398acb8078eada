//! Registries: what they refuse, what they answer, and what an import does to what is held.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

#[path = "registry/completeness.rs"]
mod completeness;
#[path = "registry/equal.rs"]
mod equal;
#[path = "registry/files.rs"]
mod files;
#[path = "registry/guard.rs"]
mod guard;
#[path = "registry/killed.rs"]
mod killed;
#[path = "registry/refused.rs"]
mod refused;
#[path = "registry/snapshots.rs"]
mod snapshots;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mustcheck::registry::Vocabulary;
use mustcheck::{JsonRegistry, Policy, Registry as _, RegistryError};
use mustcheck_registry::import::{ImportOptions, Report, import_with};
use mustcheck_rules::Catalogue;
use serde_json::{Value, json};

use support::{ask, firm, full_width, person, record, registry, with};

/// The codes that the embedded editions know, read from their catalogues: nothing is compiled for
/// it.
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let editions = Policy::embedded_editions().into_iter();
    let descriptions: Vec<_> = editions
        .map(|e| Catalogue::from_json(Policy::embedded_catalogue(e).unwrap()).unwrap().describe())
        .collect();
    Vocabulary::of(&descriptions)
});

/// Opens a registry file in memory, its codes checked as a gate checks them.
fn opened(document: &Value) -> Result<JsonRegistry, RegistryError> {
    let registry = JsonRegistry::from_json(document.to_string().as_bytes())?;
    registry.check_vocabulary(&VOCABULARY)?;
    Ok(registry)
}

/// Returns the error of a registry file that is refused, without the position, which depends on the
/// file's layout.
fn fault(document: &Value) -> String {
    let message = opened(document).expect_err("the file is bad").to_string();
    message.split(" (line 1, column ").next().unwrap_or_default().to_owned()
}

/// Imports a document into a database.
fn import_into(database: &Path, document: &Value) -> Result<Report, RegistryError> {
    import_as(database, document, &ImportOptions::default())
}

/// Imports a document into a database with these options.
fn import_as(
    database: &Path,
    document: &Value,
    options: &ImportOptions,
) -> Result<Report, RegistryError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), document.to_string()).unwrap();
    import_with(file.path(), database, &VOCABULARY, options, &mut || {})
}

/// Imports a document into a database, and allows the removal of records in force that a first,
/// refused import names.
fn import_smaller(database: &Path, document: &Value) -> Result<Report, RegistryError> {
    let error = match import_into(database, document) {
        Err(error) => error,
        done => return done,
    };
    let told = error.to_string();
    let number = told.split("`--allow-removal ").nth(1).and_then(|rest| rest.split('`').next());
    let Some(number) = number else { return Err(error) };
    let allow_removal = Some(number.parse().unwrap());
    import_as(database, document, &ImportOptions { allow_removal, ..ImportOptions::default() })
}

/// Path of a new database in an empty folder, which lives as long as the first value.
fn database() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credit.db");
    (folder, path)
}

/// One good record that a table of changes starts from.
fn good() -> Value {
    let mut one = with(&record("r1", 1), "/penalty", json!({ "kind": "fine", "amount_fen": 1 }));
    one["events"] = json!([{ "kind": "objection-filed", "on": "2026-11-18" }]);
    one["matter"] = json!("licensing/food-production");
    registry(&[one])
}

#[test]
fn a_good_file_is_accepted() {
    opened(&good()).unwrap();
    opened(&json!({})).unwrap();
    opened(&json!({ "sources": [], "records": [] })).unwrap();
}

#[test]
fn every_closed_word_is_checked() {
    let roles = "expected one of `applicant`, `consortium-member`, `legal-representative`, \
                 `principal`, `directly-responsible`, `registered-practitioner`, `guarantor`";
    let schemes = "expected one of `uscc`, `resident-id`, `lei`, `passport`";
    let events = "expected one of `objection-filed`, `objection-dismissed`, `objection-upheld`, \
                  `repaired`, `annulled`, `court-stay`, `court-stay-lifted`, \
                  `reorganisation-approved`, `reorganisation-failed`, \
                  `settlement-approved`, `corrected`, `removal-revoked`";
    let penalties = "expected one of `warning`, `criticism`, `fine`, `confiscation`, \
                     `suspension-of-business`, `licence-revocation`, `disqualification`, \
                     `criminal`, `other`";
    for (place, path, expected) in [
        ("/records/0/events/0/kind", "records[0].events[0].kind", events),
        ("/records/0/penalty/kind", "records[0].penalty.kind", penalties),
        ("/records/0/subject/scheme", "records[0].subject.scheme", schemes),
        (
            "/records/0/responsible_persons/0/scheme",
            "records[0].responsible_persons[0].scheme",
            schemes,
        ),
        ("/records/0/responsible_persons/0/role", "records[0].responsible_persons[0].role", roles),
        (
            "/records/0/subject/kind",
            "records[0].subject.kind",
            "expected `organization` or `person`",
        ),
    ] {
        let message = format!("{path}: unknown variant `Repaired`, {expected}");
        assert_eq!(fault(&with(&good(), place, "Repaired")), message);
    }
}

#[test]
fn every_code_of_the_catalogue_is_checked() {
    let covers = "sources[0].covers[1]: `wage-arears` is an unknown list; did you mean \
                  `wage-arrears`?";
    let misspelled = with(&good(), "/sources/0/covers/1", "wage-arears");
    let record = "records[0].list: `wage-arears` is an unknown list; did you mean `wage-arrears`?";
    assert_eq!(
        fault(&with(&misspelled, "/records/0/list", "wage-arears")),
        format!("{covers}\n{record}")
    );
    for (place, value, message) in [
        (
            "/sources/0/covers/0",
            "weather-reports",
            "sources[0].covers[0]: `weather-reports` is an unknown list",
        ),
        (
            "/records/0/act",
            "market-order/wage-arears",
            "records[0].act: `market-order/wage-arears` is an unknown act; did you mean \
             `market-order/wage-arrears`?",
        ),
        ("/records/0/act", "weather", "records[0].act: `weather` is an unknown act"),
        (
            "/records/0/act",
            "market-order/bribery",
            "records[0].act: act `market-order/bribery` is not one that list `wage-arrears` holds",
        ),
        (
            "/records/0/matter",
            "licensing/food-producton",
            "records[0].matter: `licensing/food-producton` is an unknown matter; did you mean \
             `licensing/food-production`?",
        ),
        ("/records/0/matter", "weather", "records[0].matter: `weather` is an unknown matter"),
    ] {
        assert_eq!(fault(&with(&good(), place, value)), message);
    }
}

#[test]
fn a_record_belongs_to_a_source_of_the_file_that_covers_its_list() {
    assert_eq!(
        fault(&with(&good(), "/records/0/source", "platfrom")),
        "records[0].source: `platfrom` is no source of this file"
    );
    let narrow = with(&good(), "/sources/0/covers", json!(["tax-serious"]));
    assert_eq!(
        fault(&narrow),
        "records[0].list: `wage-arrears` is not one that source `platform` covers"
    );
    let twice = registry(&[record("r1", 1), record("r2", 2), record("r1", 3)]);
    assert_eq!(fault(&twice), "records[2].id: `r1` stands twice");
    let sources = with(&good(), "/sources/+", good()["sources"][0].clone());
    assert_eq!(fault(&sources), "sources[1].id: `platform` stands twice");
    let lists = with(&good(), "/sources/0/covers/+", "wage-arrears");
    assert_eq!(fault(&lists), "sources[0].covers[19]: `wage-arrears` stands twice");
    for (place, message) in [
        ("/sources/0/id", "sources[0].id: must not be empty"),
        ("/records/0/id", "records[0].id: must not be empty"),
    ] {
        let message_of = |value: &str| fault(&with(&good(), place, value));
        assert!(message_of("").starts_with(message), "{}", message_of(""));
        assert!(message_of(" \t").starts_with(message), "{}", message_of(" \t"));
    }
}

#[test]
fn dates_that_contradict_are_refused() {
    for (place, value, message) in [
        (
            "/records/0/valid_until",
            "2025-02-28",
            "records[0].valid_from: record `r1` ends on `2025-02-28`, before it begins on \
             `2025-03-01`",
        ),
        (
            "/records/0/valid_from",
            "2025-02-29",
            "records[0].valid_from: `2025-02-29` is not a date of the form YYYY-MM-DD that exists",
        ),
        (
            "/records/0/events/0/on",
            "18.11.2026",
            "records[0].events[0].on: `18.11.2026` is not a date of the form YYYY-MM-DD that \
             exists",
        ),
        (
            "/sources/0/as_of",
            "2026-11-19T20:00:00",
            "sources[0].as_of: `2026-11-19T20:00:00` is not an instant with its offset, such as \
             2026-11-22T20:00:00+08:00",
        ),
        (
            "/sources/0/records_from",
            "2016",
            "sources[0].records_from: `2016` is not a date of the form YYYY-MM-DD that exists",
        ),
    ] {
        assert_eq!(fault(&with(&good(), place, value)), message);
    }
    // An objection may come before an entry, and nothing else may.
    let early = with(&good(), "/records/0/events/0/on", "2025-02-28");
    opened(&early).unwrap();
    assert_eq!(
        fault(&with(&early, "/records/0/events/0/kind", "repaired")),
        "records[0].valid_from: record `r1` has event `repaired` on `2025-02-28`, before it \
         begins on `2025-03-01`"
    );
    // A day is long enough, and an event on the first day is after the record.
    let day = with(&good(), "/records/0/valid_until", "2025-03-01");
    opened(&with(&day, "/records/0/events/0/on", "2025-03-01")).unwrap();
}

#[test]
fn identifiers_are_checked_to_the_last_character() {
    for (place, identifier, scheme) in [
        ("subject", support::uscc(1), "uscc"),
        ("responsible_persons[0]", support::resident(1), "resident-id"),
    ] {
        let (head, last) = identifier.split_at(17);
        let wrong = if last == "0" { "1" } else { "0" };
        let pointer = format!("/records/0/{}/identifier", place.replace("[0]", "/0"));
        let message = format!(
            "records[0].{place}.identifier: `{}…**` is no valid {scheme}: the check character at \
             position 18 is wrong (not `{wrong}`)",
            &identifier[..4]
        );
        assert_eq!(fault(&with(&good(), &pointer, format!("{head}{wrong}"))), message);
    }
    for (place, value, message) in [
        (
            "/records/0/subject/kind",
            "person",
            "records[0].subject.identifier: scheme `uscc` does not identify a subject of kind \
             `person`",
        ),
        (
            "/records/0/responsible_persons/0/scheme",
            "uscc",
            "records[0].responsible_persons[0].identifier: scheme `uscc` does not identify a \
             subject of kind `person`",
        ),
        (
            "/records/0/responsible_persons/0/scheme",
            "passport",
            "records[0].responsible_persons[0].identifier: `3101…**` is no valid passport: a \
             passport needs its issuing country, two letters of ISO 3166-1",
        ),
        (
            "/records/0/subject/country",
            "CN",
            "records[0].subject.identifier: scheme `uscc` takes no country",
        ),
    ] {
        assert_eq!(fault(&with(&good(), place, value)), message);
    }
}

#[test]
fn another_shape_is_refused_with_its_place() {
    for (place, value, message) in [
        (
            "/records/0/penalty/amount_fen",
            json!(-1),
            "records[0].penalty.amount_fen: invalid value: integer `-1`, expected u64",
        ),
        (
            "/records/0/penalty/amount_fen",
            json!(1.5),
            "records[0].penalty.amount_fen: invalid type: floating point `1.5`, expected u64",
        ),
        (
            "/records/0/penalty/amount_fen",
            json!("200"),
            "records[0].penalty.amount_fen: invalid type: string \"200\", expected u64",
        ),
        ("/records/0/valid_from", Value::Null, "records[0]: missing field `valid_from`"),
        ("/records/0/subject", Value::Null, "records[0]: missing field `subject`"),
        ("/sources/0/as_of", Value::Null, "sources[0]: missing field `as_of`"),
        (
            "/sources/0/covers",
            json!("x"),
            "sources[0].covers: invalid type: string \"x\", expected a sequence",
        ),
        (
            "/records/0/penalty/fen",
            json!(1),
            "records[0].penalty.fen: unknown field `fen`, expected `kind` or `amount_fen`",
        ),
        (
            "/records/0/valid",
            json!(true),
            "records[0].valid: unknown field `valid`, expected one of `id`, `list`, `source`, \
             `act`, `matter`, `subject`, `responsible_persons`, `decided_by`, `document`, \
             `legal_basis`, `penalty`, `valid_from`, `valid_until`, `events`",
        ),
        ("/record", json!([]), "record: unknown field `record`, expected `sources` or `records`"),
    ] {
        assert_eq!(fault(&with(&good(), place, value)), message);
    }
}

#[test]
fn all_faults_are_told_and_a_flood_is_cut() {
    let records: Vec<Value> =
        (0..60).map(|n| with(&record(&format!("r{n}"), n), "/source", "nowhere")).collect();
    let message = fault(&registry(&records));
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines.len(), 51);
    assert_eq!(lines[49], "records[49].source: `nowhere` is no source of this file");
    assert_eq!(lines[50], "… and 10 more");
}

#[test]
fn names_never_match() {
    // The same name on two firms, and on the person; the record is about firm 1.
    let named = with(&record("r1", 1), "/subject/name", "甲公司");
    let registry = opened(&registry(&[named])).unwrap();
    let about = |subject| ask(&registry, &[subject], &["wage-arrears"])[0].records.len();
    assert_eq!(about(firm(1)), 1);
    assert_eq!(about(firm(2)), 0, "the same name, another code");
    let mut nameless = firm(1);
    nameless.name = "another".into();
    assert_eq!(about(nameless), 1, "the same code, another name");
}

#[test]
fn responsible_persons_are_found_and_told_apart_by_country() {
    let passport = |n: u32, country: &str| {
        json!({ "role": "directly-responsible", "scheme": "passport", "identifier": "E12345678",
                "country": country, "name": format!("外{n}") })
    };
    let first = with(&record("r1", 1), "/responsible_persons/+", passport(1, "CN"));
    let second = with(&record("r2", 2), "/responsible_persons/+", passport(2, "DE"));
    let registry = opened(&registry(&[first, second])).unwrap();
    let found = |subject| -> Vec<String> {
        let answers = ask(&registry, &[subject], &["wage-arrears"]);
        answers[0].records.iter().map(|r| r.id.clone()).collect()
    };
    let traveller = |country| {
        let (kind, scheme) =
            (mustcheck::model::SubjectKind::Person, mustcheck::model::Scheme::Passport);
        support::subject(kind, scheme, "E12345678", Some(country))
    };
    assert_eq!(found(person(1)), ["r1"]);
    assert_eq!(found(person(2)), ["r2"]);
    assert_eq!(found(person(3)), [""; 0]);
    assert_eq!(found(traveller("CN")), ["r1"]);
    assert_eq!(found(traveller("DE")), ["r2"]);
    assert_eq!(found(traveller("FR")), [""; 0]);
}

#[test]
fn identifiers_of_a_file_are_normalised() {
    let sloppy = |text: &str| full_width(text).to_lowercase();
    let mut one = with(&record("r1", 1), "/subject/identifier", sloppy(&support::uscc(1)));
    one["responsible_persons"][0]["identifier"] = json!(sloppy(&support::resident(1)));
    let registry = registry(&[one]);
    let memory = opened(&registry).unwrap();
    let (_folder, path) = database();
    assert_eq!(import_into(&path, &registry).unwrap().rejected, []);
    let sqlite = mustcheck_registry::SqliteRegistry::open(&path).unwrap();
    for subject in [firm(1), person(1)] {
        let found = ask(&memory, std::slice::from_ref(&subject), &["wage-arrears"]);
        assert_eq!(found[0].records.len(), 1);
        assert_eq!(found[0].records[0].subject.identifier, support::uscc(1));
        assert_eq!(ask(&sqlite, &[subject], &["wage-arrears"]), found);
    }
}

#[test]
fn a_gate_refuses_a_registry_with_unknown_lists() {
    let misspelled = with(&good(), "/sources/0/covers/0", "judgement-defaulters");
    let registry = JsonRegistry::from_json(misspelled.to_string().as_bytes()).unwrap();
    let gate = mustcheck::Gate::builder().policy(Policy::embedded().unwrap()).registry(registry);
    assert_eq!(
        gate.build().err().unwrap().to_string(),
        "the registry names what no policy knows: sources[0].covers[0]: `judgement-defaulters` is \
         an unknown list; did you mean `judgment-defaulters`?"
    );
}
