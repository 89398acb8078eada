//! A file in memory, in SQLite and in PostgreSQL: the same reports, the same answers.

use std::path::Path;

use mustcheck::model::{Answer, Role, Scheme, Subject, SubjectKind};
use mustcheck::registry::held::SourceSummary;
use mustcheck::{Ask, AsyncRegistry as _, JsonRegistry, Registry as _};
use mustcheck_postgres::PostgresRegistry;
use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::import::{self as sqlite, ImportOptions, Report, import_with};
use mustcheck_testing::needs;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::office::{TODAY, VOCABULARY};
use crate::server::SHARED;
use crate::standards;

/// Result of an import: its report, or its error.
type Outcome = Result<Report, String>;

const POOL: [&str; 4] = ["judgment-defaulters", "wage-arrears", "tax-serious", "licensing-barred"];

fn uscc(n: u32) -> String {
    standards::uscc("91", 310_000, &format!("MA{n:06}"))
}

fn resident(n: u32) -> String {
    standards::resident_id(310_101, &format!("{}0307", 1950 + n), n)
}

/// Every party that a generated registry may name: kind, scheme, identifier, country.
fn parties() -> Vec<(SubjectKind, Scheme, String, Option<&'static str>)> {
    use SubjectKind::{Organization, Person};
    let lei = "5493001KJTIIGC8Y1R12".to_owned();
    vec![
        (Organization, Scheme::Uscc, uscc(1), None),
        (Organization, Scheme::Uscc, uscc(2), None),
        (Organization, Scheme::Lei, lei, None),
        (Person, Scheme::ResidentId, resident(1), None),
        (Person, Scheme::ResidentId, resident(2), None),
        (Person, Scheme::Passport, "E12345678".into(), Some("CN")),
        (Person, Scheme::Passport, "E12345678".into(), Some("DE")),
    ]
}

fn subjects() -> Vec<Subject> {
    let subject = |(kind, scheme, identifier, country): (_, _, String, Option<&str>)| Subject {
        role: Role::Applicant,
        kind,
        scheme,
        identifier,
        country: country.map(str::to_owned),
        name: "甲".into(),
        as_issued: None,
        also: Vec::new(),
        of: None,
    };
    parties().into_iter().map(subject).collect()
}

fn named(party: usize) -> Value {
    let (kind, scheme, identifier, country) = parties().swap_remove(party);
    let kind = if kind == SubjectKind::Person { "person" } else { "organization" };
    let mut value = json!({ "kind": kind, "scheme": scheme.code(), "identifier": identifier });
    if let Some(country) = country {
        value["country"] = json!(country);
    }
    value
}

/// A record, as numbers that choose: id, source, list, subject, persons, day, event, kind of fault.
type Choice = (u32, usize, usize, usize, Vec<usize>, u32, Option<u32>, u8);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let persons = proptest::collection::vec(3..7_usize, 0..3);
    let event = proptest::option::weighted(0.4, 10..28_u32);
    let wrong = prop_oneof![6 => Just(0_u8), 4 => 1..9_u8];
    let one = (0..12_u32, 0..2_usize, 0..4_usize, 0..7_usize, persons, 1..28_u32, event, wrong);
    proptest::collection::vec(one, 0..12)
}

/// A file as of a day, of one source or of both.
fn document(choices: &[Choice], day: u32, covers: &[Vec<bool>], down: bool) -> Value {
    let covered = |s: usize| -> Vec<&str> {
        POOL.iter().zip(&covers[s]).filter(|(_, c)| **c).map(|(list, _)| *list).collect()
    };
    let sources = (0..covers.len()).map(|s| {
        let mut source = json!({ "id": format!("source-{s}"), "covers": covered(s),
                                 "as_of": format!("2026-11-{day:02}T20:00:00+08:00") });
        if down && s == 0 {
            source["unavailable"] = json!("the line is down");
        }
        source
    });
    let sources: Vec<Value> = sources.collect();
    let record = |choice: &Choice| {
        let (id, source, list, party, persons, day, event, wrong) = choice;
        let mut about = named(*party);
        about["name"] = json!(format!("名{party}"));
        let persons = persons.iter().map(|person| {
            let mut person = named(*person);
            person.as_object_mut().unwrap().remove("kind");
            person["role"] = json!("directly-responsible");
            person
        });
        let mut record = json!({
            "id": format!("r{id}"), "list": POOL[*list],
            "source": format!("source-{}", source % covers.len()),
            "subject": about, "responsible_persons": persons.collect::<Vec<Value>>(),
            "valid_from": format!("2025-01-{day:02}"),
        });
        if let Some(on) = event {
            record["events"] = json!([{ "kind": "repaired", "on": format!("2026-11-{on:02}") }]);
        }
        match wrong {
            1 => record["subject"]["identifier"] = json!("9131 not one\0"),
            2 => record["list"] = json!("weather"),
            3 => record["id"] = json!("nul\0in it"),
            4 => record["subject"] = json!("nobody"),
            5 => record["source"] = json!("nowhere"),
            6 => record["valid_from"] = json!("2025-02-30"),
            7 => record["id"] = json!("x".repeat(4000)),
            8 => record["responsible_persons"] = json!([{ "identifier": resident(1) }]),
            _ => {}
        }
        record
    };
    json!({ "sources": sources, "records": choices.iter().map(record).collect::<Vec<_>>() })
}

/// Asks about every party and list, also a list that no source holds.
fn with_asks<T>(then: impl FnOnce(&[Ask<'_>]) -> T) -> T {
    let subjects = subjects();
    let lists: Vec<String> =
        POOL.iter().chain(&["integrity-models"]).map(|l| (*l).into()).collect();
    let ask = |(query, subject)| Ask { query, subject, as_of: TODAY, lists: &lists };
    then(&(0..).zip(&subjects).map(ask).collect::<Vec<_>>())
}

fn write(document: &Value) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), document.to_string()).unwrap();
    file
}

/// The same two databases, for as many imports as a case has.
struct Both {
    sqlite: std::path::PathBuf,
    postgres: PostgresRegistry,
    runtime: tokio::runtime::Handle,
    _folder: tempfile::TempDir,
}

impl Both {
    async fn empty(postgres: &PostgresRegistry, name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        SHARED.empty(name, &folder.path().display().to_string()).await;
        let runtime = tokio::runtime::Handle::current();
        let sqlite = folder.path().join("credit.db");
        Self { sqlite, postgres: postgres.clone(), runtime, _folder: folder }
    }

    fn import(&self, file: &Path) -> (Outcome, Outcome) {
        self.import_with(file, &ImportOptions::default())
    }

    fn import_with(&self, file: &Path, options: &ImportOptions) -> (Outcome, Outcome) {
        let sqlite = import_with(file, &self.sqlite, &VOCABULARY, options, &mut || {});
        let postgres = self.postgres.import_with(file, &VOCABULARY, options);
        let postgres = self.runtime.block_on(postgres);
        (sqlite.map_err(|e| e.to_string()), postgres.map_err(|e| e.to_string()))
    }

    /// Summaries of their sources by both.
    fn summaries(&self) -> (Vec<SourceSummary>, Vec<SourceSummary>) {
        let sqlite = SqliteRegistry::open(&self.sqlite).unwrap().summary().unwrap();
        (sqlite, self.runtime.block_on(self.postgres.summary()).unwrap())
    }

    fn answers(&self) -> (Vec<Answer>, Vec<Answer>) {
        let sqlite = SqliteRegistry::open(&self.sqlite).unwrap();
        let sqlite = with_asks(|asks| sqlite.lookup(asks)).unwrap();
        let postgres = with_asks(|asks| self.runtime.block_on(self.postgres.lookup(asks)));
        (sqlite, postgres.unwrap())
    }
}

fn sorted(mut answers: Vec<Answer>) -> Vec<Answer> {
    for answer in &mut answers {
        answer.records.sort_by(|a, b| a.id.cmp(&b.id));
    }
    answers.sort_by_key(|a| (a.query, a.list.clone(), a.source.as_ref().map(|s| s.id.clone())));
    answers
}

/// A runtime with an empty registry in a database of its own.
fn registry() -> (tokio::runtime::Runtime, String, PostgresRegistry) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (name, database) = runtime.block_on(SHARED.database());
    (runtime, name, PostgresRegistry::new(database))
}

#[test]
fn all_three_answer_alike() {
    needs!("initdb");
    let (runtime, name, postgres) = registry();
    let cover = proptest::collection::vec(proptest::bool::weighted(0.8), 4);
    let file = (choices(), 10..20_u32, proptest::collection::vec(cover, 1..3), any::<bool>());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let files = proptest::collection::vec(file, 1..4);
    let outcome = runner.run(&files, |files| {
        let both = runtime.block_on(Both::empty(&postgres, &name));
        for (number, (choices, day, covers, down)) in files.iter().enumerate() {
            let document = document(choices, *day, covers, *down);
            let file = write(&document);
            let (sqlite, postgres) = both.import(file.path());
            prop_assert_eq!(&sqlite, &postgres);
            let (sqlite, postgres) = both.answers();
            // Byte for byte, and in the same order.
            prop_assert_eq!(&sqlite, &postgres);
            let json = JsonRegistry::from_json(document.to_string().as_bytes());
            let words = |json: &JsonRegistry| json.check_vocabulary(&VOCABULARY).is_ok();
            if let (0, Some(json)) = (number, json.ok().filter(words)) {
                let json = with_asks(|asks| json.lookup(asks)).unwrap();
                prop_assert_eq!(sorted(json), sorted(postgres));
            }
        }
        let (sqlite, postgres) = both.summaries();
        prop_assert_eq!(sqlite, postgres);
        Ok(())
    });
    outcome.unwrap();
}

/// A registry file of one source and one list: firms by number, and entries as they are written,
/// each with its scheme if that is not the code.
fn listed(firms: std::ops::Range<u32>, entries: &[Value], day: u32) -> Value {
    let record = |n: u32, identifier: Value| {
        let is_whole = identifier.get("scheme").is_some();
        let about = json!({ "kind": "organization", "scheme": "uscc", "identifier": identifier });
        json!({ "id": format!("r{n}"), "list": "wage-arrears", "source": "platform",
                "subject": if is_whole { identifier } else { about },
                "valid_from": "2025-03-01", "valid_until": "2028-02-29" })
    };
    let firms = firms.map(|n| record(n, uscc(n).into()));
    let entries = (1000..).zip(entries).map(|(n, written)| record(n, written.clone()));
    json!({ "sources": [ { "id": "platform", "as_of": format!("2026-11-{day}T20:00:00+08:00"),
                           "covers": ["wage-arrears"] } ],
            "records": firms.chain(entries).collect::<Vec<_>>() })
}

/// Compares both in unreadable entries, removals, undo and acknowledgements.
#[test]
fn both_leave_open_refuse_undo_and_acknowledge_alike() {
    needs!("initdb");
    let (runtime, name, postgres) = registry();
    let both = runtime.block_on(Both::empty(&postgres, &name));
    let masked = format!("{}******{}", &uscc(1)[..8], &uscc(1)[14..]);
    let lei = json!({ "kind": "organization", "scheme": "lei",
                      "identifier": "5493001KJTIIGC8Y1R13" });
    let entries = [masked.into(), json!(uscc(2)[8..17]), json!("无"), json!({}), lei];
    let alike = || {
        let (sqlite, postgres) = both.answers();
        assert_eq!(sqlite, postgres);
        let (sqlite, postgres) = both.summaries();
        assert_eq!(sqlite, postgres);
        sqlite.into_iter().next().unwrap()
    };
    for (entries, subjects, everybody) in [(&entries[..2], 2, 0), (&entries[..], 3, 2)] {
        let file = write(&listed(10..90, entries, 14));
        let (sqlite, postgres) = both.import(file.path());
        assert_eq!(sqlite, postgres);
        let summary = alike();
        assert_eq!((summary.open.subjects, summary.open.everybody), (subjects, everybody));
        // RAIL R2: by another identifier than it keeps, the source has no answer.
        let lei = both.answers().1.into_iter().find(|a| a.query == 2 && a.list == "wage-arrears");
        let lei = lei.unwrap().status.code();
        assert_eq!(lei, if everybody > 0 { "unavailable" } else { "not-covered" });
    }
    // Somebody answers for the words that name nobody.
    let marks: Vec<String> = alike().entries.into_iter().map(|entry| entry.mark).collect();
    for (marks, by, why) in [(&marks[..], "李四", "空行"), (&marks[..1], " ", "空行")] {
        let in_sqlite = sqlite::acknowledge(&both.sqlite, marks, by, why);
        let in_postgres = runtime.block_on(postgres.acknowledge(marks, by, why));
        let told =
            |outcome: Result<u64, mustcheck::RegistryError>| outcome.map_err(|e| e.to_string());
        assert_eq!(told(in_sqlite), told(in_postgres));
    }
    let unknown = ["none".to_owned()];
    let error = runtime.block_on(postgres.acknowledge(&unknown, "x", "y")).unwrap_err();
    assert_eq!(error.to_string(), "no entry that could not be read has the mark `none`");
    assert_eq!(alike().acknowledged, 5);
    // An acknowledged entry leaves nobody open, whether it is named by another scheme or not.
    let firm = both.answers().1.into_iter().find(|a| a.query == 0 && a.list == "wage-arrears");
    assert_eq!(firm.unwrap().status.code(), "answered");
    // A file that was cut changes nothing, until the number of removals is allowed.
    let cut = write(&listed(10..20, &[], 15));
    let (in_sqlite, in_postgres) = both.import(cut.path());
    assert_eq!(in_sqlite, in_postgres);
    assert!(in_sqlite.unwrap_err().contains("`--allow-removal 70`"));
    let before = alike();
    assert_eq!(before.records, 80);
    let options = ImportOptions { allow_removal: Some(70), replace_as_of: false };
    let (in_sqlite, in_postgres) = both.import_with(cut.path(), &options);
    assert_eq!(in_sqlite, in_postgres);
    assert_eq!(alike().records, 10);
    // Undone once.
    let in_sqlite = sqlite::undo(&both.sqlite, "platform").unwrap();
    assert_eq!(in_sqlite, runtime.block_on(postgres.undo("platform")).unwrap());
    let after = alike();
    assert_eq!((after.records, after.open.subjects, after.open.everybody), (80, 3, 2));
    let twice = sqlite::undo(&both.sqlite, "platform").unwrap_err().to_string();
    assert_eq!(twice, runtime.block_on(postgres.undo("platform")).unwrap_err().to_string());
}

/// One version takes the place of the other, whole.
const ALL: ImportOptions = ImportOptions { allow_removal: Some(40), replace_as_of: false };

/// A file of version `n` with this number of records of wage arrears, all about firm 1.
fn version(n: u32) -> Value {
    let one = |i: u32| {
        json!({ "id": format!("r{n}-{i}"), "list": "wage-arrears", "source": "source-0",
                "subject": { "kind": "organization", "scheme": "uscc", "identifier": uscc(1),
                             "name": "甲" }, "valid_from": "2025-01-01" })
    };
    json!({ "sources": [{ "id": "source-0", "as_of": "2026-11-10T20:00:00+08:00",
                          "covers": ["wage-arrears"] }],
            "records": (0..40).map(one).collect::<Vec<_>>() })
}

#[test]
fn readers_see_one_version_while_importers_take_turns() {
    needs!("initdb");
    let (runtime, _, postgres) = registry();
    let files: Vec<_> = (0..2).map(|n| write(&version(n))).collect();
    runtime.block_on(postgres.import(files[0].path(), &VOCABULARY)).unwrap();
    std::thread::scope(|scope| {
        let importers = [0, 1].map(|n| {
            let (postgres, file) = (postgres.clone(), files[n].path());
            let handle = runtime.handle();
            scope.spawn(move || {
                for _ in 0..6 {
                    // The second in turn finds its own version, and removes nothing.
                    let all = || handle.block_on(postgres.import_with(file, &VOCABULARY, &ALL));
                    let none = || handle.block_on(postgres.import(file, &VOCABULARY));
                    while all().is_err() && none().is_err() {}
                }
            })
        });
        let mut seen = std::collections::BTreeSet::new();
        while importers.iter().any(|importer| !importer.is_finished()) {
            let answers = with_asks(|asks| runtime.block_on(postgres.lookup(asks))).unwrap();
            let records = answers.into_iter().flat_map(|answer| answer.records);
            let ids: Vec<String> = records.map(|record| record.id).collect();
            let versions: std::collections::BTreeSet<String> =
                ids.iter().map(|id| id.split('-').next().unwrap().to_owned()).collect();
            assert_eq!((ids.len(), versions.len()), (40, 1), "{ids:?}");
            seen.extend(versions);
        }
        assert_eq!(seen.len(), 2);
    });
}

#[test]
fn an_import_that_is_stopped_leaves_what_was_there() {
    needs!("initdb");
    let (runtime, name, postgres) = registry();
    let both = runtime.block_on(Both::empty(&postgres, &name));
    both.import(write(&version(0)).path()).1.unwrap();
    let (before, _) = both.answers();
    // Another connection holds a row that the import needs; the caller gives up in the middle.
    runtime.block_on(async {
        let raw = SHARED.raw(&name).await;
        raw.batch_execute("BEGIN; SELECT 1 FROM mustcheck_record FOR UPDATE").await.unwrap();
        let file = write(&version(1));
        let import = postgres.import_with(file.path(), &VOCABULARY, &ALL);
        let stopped = tokio::time::timeout(std::time::Duration::from_millis(700), import).await;
        assert!(stopped.is_err());
        raw.batch_execute("ROLLBACK").await.unwrap();
    });
    assert_eq!(both.answers().1, before);
    let (sqlite, ours) = both.import_with(write(&version(1)).path(), &ALL);
    assert_eq!(sqlite, ours);
    let ours = &ours.unwrap().sources[0];
    assert_eq!((ours.added, ours.removed), (40, 40));
}
