//! Imports that are killed, and lookups beside an import: one state, whole, the old or the new.

use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::import::import;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{ask, command, firm, person, record, registry, source, with};
use crate::{VOCABULARY, database, import_into};

/// Two sources with many records that all carry the state's name.
fn state(name: &str, records: u32) -> Value {
    let of = |n: u32| {
        let mut one = with(&record(&format!("r{n}"), n), "/document", name);
        one["source"] = json!(if n.is_multiple_of(2) { "even" } else { "odd" });
        one
    };
    let records: Vec<Value> = (0..records).map(of).collect();
    json!({ "sources": [source("even"), source("odd")], "records": records })
}

/// Returns the number of a source's records in each state.
fn held(path: &Path, source: &str) -> Vec<(String, i64)> {
    let connection = Connection::open(path).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let sql = "SELECT json_extract(body, '$.document'), count(*) FROM record WHERE source = ?1 \
               AND (SELECT count(*) FROM party WHERE party.record = record.key) = 2 GROUP BY 1";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([source], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn start(folder: &Path, file: &str, database: &str) -> Child {
    command(folder, &["registry", "import", file, "--into", database])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until the import writes to its database.
fn writing(child: &mut Child, log: &Path) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        if std::fs::metadata(log).is_ok_and(|m| m.len() > 0) {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    false
}

/// Imports a new state over the old one, kills it after a while, and says what is held.
fn killed_after(folder: &Path, trial: u32, delay: Option<Duration>) -> [Vec<(String, i64)>; 2] {
    let name = format!("trial-{trial}.db");
    let path = folder.join(&name);
    std::fs::copy(folder.join("old.db"), &path).unwrap();
    let mut child = start(folder, "new.json", &name);
    match delay {
        // While it starts and reads.
        None => std::thread::sleep(Duration::from_millis(u64::from(trial) * 60)),
        Some(delay) => {
            writing(&mut child, &folder.join(format!("{name}-wal")));
            std::thread::sleep(delay);
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // A lookup is possible at once.
    ask(&SqliteRegistry::open(&path).unwrap(), &[firm(1)], &["wage-arrears"]);
    let held = [held(&path, "even"), held(&path, "odd")];
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("{name}{ending}")));
    }
    held
}

#[test]
fn a_killed_import_leaves_the_old_state_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let written = |name: &str| {
        std::fs::write(here.join(format!("{name}.json")), state(name, 20_000).to_string()).unwrap();
    };
    written("old");
    written("new");
    import(&here.join("old.json"), &here.join("old.db"), &VOCABULARY, &mut || {}).unwrap();
    // How long the writing takes, by one import that is left alone.
    std::fs::copy(here.join("old.db"), here.join("whole.db")).unwrap();
    let mut child = start(here, "new.json", "whole.db");
    assert!(writing(&mut child, &here.join("whole.db-wal")), "the import ended unseen");
    let begun = Instant::now();
    assert!(child.wait().unwrap().success());
    let whole = begun.elapsed();

    let killed = |trial: u32| {
        let delay = (trial >= 4).then(|| whole * (trial - 4) / 16);
        (trial, killed_after(here, trial, delay))
    };
    let all = std::thread::scope(|scope| {
        let halves = [0, 1]
            .map(|half| scope.spawn(move || (half..20).step_by(2).map(killed).collect::<Vec<_>>()));
        halves.map(|half| half.join().unwrap()).concat()
    });
    let old = [("old".to_owned(), 10_000)];
    let new = [("new".to_owned(), 10_000)];
    let mut seen = [0, 0, 0];
    for (trial, [even, odd]) in all {
        assert!(even == old || even == new, "trial {trial}: {even:?}");
        assert!(odd == old || odd == new, "trial {trial}: {odd:?}");
        // A file is one transaction.
        assert_eq!(even, odd, "trial {trial}");
        seen[usize::from(even == new) + usize::from(odd == new)] += 1;
    }
    assert_eq!(seen.iter().sum::<u32>(), 20);
    assert!(seen[0] >= 4, "some were killed before a source was whole: {seen:?}");
}

#[test]
fn a_killed_first_import_leaves_nothing_or_the_new_state() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("new.json"), state("new", 4_000).to_string()).unwrap();
    for trial in 0..3 {
        let name = format!("first-{trial}.db");
        let path = here.join(&name);
        let mut child = start(here, "new.json", &name);
        writing(&mut child, &here.join(format!("{name}-wal")));
        std::thread::sleep(Duration::from_millis(15) * trial);
        child.kill().unwrap();
        child.wait().unwrap();
        if let Ok(registry) = SqliteRegistry::open(&path) {
            for source in registry.summary().unwrap() {
                assert_eq!(source.records, 2_000);
            }
        }
        // Whatever was left, the next import takes it up.
        import_into(&path, &state("new", 4_000)).unwrap();
        assert_eq!(held(&path, "even"), [("new".to_owned(), 2_000)]);
    }
}

#[test]
fn a_lookup_beside_an_import_sees_one_state() {
    let (_folder, path) = database();
    let state = |name: &str| {
        let of = |n: u32| with(&record(&format!("r{n}"), n), "/document", name);
        registry(&(0..600).map(of).collect::<Vec<_>>())
    };
    let (old, new) = (state("old"), state("new"));
    import_into(&path, &old).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let sqlite = SqliteRegistry::open(&path).unwrap();
            let subjects: Vec<_> =
                (0..600).step_by(40).flat_map(|n| [firm(n), person(n)]).collect();
            let mut seen = std::collections::BTreeMap::new();
            while !done.load(Ordering::Relaxed) {
                let answers = ask(&sqlite, &subjects, &["wage-arrears"]);
                let documents: Vec<_> = answers
                    .iter()
                    .flat_map(|a| a.records.iter().map(|r| r.document.clone().unwrap()))
                    .collect();
                assert_eq!(documents.len(), subjects.len());
                assert!(documents.windows(2).all(|w| w[0] == w[1]), "two states in one batch");
                *seen.entry(documents[0].clone()).or_insert(0) += 1;
            }
            seen
        });
        for _ in 0..12 {
            import_into(&path, &new).unwrap();
            import_into(&path, &old).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        let seen = reader.join().unwrap();
        assert_eq!(seen.len(), 2, "both states were seen: {seen:?}");
    });
}

#[test]
fn two_first_imports_at_once_both_succeed() {
    for _ in 0..4 {
        let (_folder, path) = database();
        std::thread::scope(|scope| {
            let one = |name: &'static str, n: u32| {
                let path = &path;
                move || {
                    let records = [with(&record(name, n), "/source", name)];
                    let document = json!({ "sources": [source(name)], "records": records });
                    import_into(path, &document).map(|_| ()).map_err(|e| format!("{e:?}"))
                }
            };
            let (a, b) = (scope.spawn(one("a", 1)), scope.spawn(one("b", 2)));
            assert_eq!([a.join().unwrap(), b.join().unwrap()], [Ok(()), Ok(())]);
        });
        assert_eq!(SqliteRegistry::open(&path).unwrap().summary().unwrap().len(), 2);
    }
}
