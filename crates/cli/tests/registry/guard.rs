//! Checks of a snapshot before it replaces another: how much it drops, how many entries it says it
//! has, when it was taken; and the way back for somebody who needs it.

use mustcheck::JsonRegistry;
use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::import::{ImportOptions, undo};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::snapshots::{content, counts, ids};
use crate::support::{ask, firm, record, registry, source, with};
use crate::{database, import_as, import_into, import_smaller};

/// Firms 1 to `last` on the list of wage arrears.
fn firms(last: u32) -> Value {
    registry(&(1..=last).map(|n| record(&format!("r{n}"), n)).collect::<Vec<_>>())
}

fn allowing(removals: u64) -> ImportOptions {
    ImportOptions { allow_removal: Some(removals), ..ImportOptions::default() }
}

fn as_of(document: &Value, at: &str) -> Value {
    with(document, "/sources/0/as_of", at)
}

#[test]
fn a_file_that_was_cut_clears_nobody() {
    let (_folder, path) = database();
    import_into(&path, &firms(40)).unwrap();
    let held = content(&path);
    for (left, gone) in [(37, 3), (1, 39), (0, 40)] {
        let told = format!(
            "nothing was imported: it would remove {gone} of 40 from list `wage-arrears` of \
             source `platform` in force; if that is right, allow it with `--allow-removal {gone}`"
        );
        for options in [ImportOptions::default(), allowing(gone - 1), allowing(gone + 1)] {
            let error = import_as(&path, &firms(left), &options).unwrap_err();
            assert_eq!(error.to_string(), told);
            assert_eq!(content(&path), held, "nothing of it was imported");
        }
    }
    // Two of forty are no more than usual.
    assert_eq!(counts(&import_into(&path, &firms(38)).unwrap().sources[0]), [0, 0, 38, 2]);
    assert_eq!(counts(&import_as(&path, &firms(9), &allowing(29)).unwrap().sources[0])[3], 29);
    assert_eq!([ids(&path, 9), ids(&path, 10)], [vec!["r9"], vec![]]);
    let told = "nothing was imported: it removes no more records than usual, and 1 were allowed";
    assert_eq!(import_as(&path, &firms(9), &allowing(1)).unwrap_err().to_string(), told);
}

#[test]
fn a_record_that_leaves_its_list_counts_as_removed_from_it() {
    let (_folder, path) = database();
    import_into(&path, &firms(2)).unwrap();
    let mut other = firms(2);
    for n in 0..2 {
        let one = with(&other["records"][n], "/act", Value::Null);
        other["records"][n] = with(&one, "/list", "judgment-defaulters");
    }
    let error = import_into(&path, &other).unwrap_err().to_string();
    assert!(error.contains("remove 2 of 2 from list `wage-arrears`"), "{error}");
    assert_eq!(import_as(&path, &other, &allowing(2)).unwrap().sources[0].changed, 2);
}

#[test]
fn records_without_effect_go_as_they_come() {
    let (_folder, path) = database();
    let ended = with(&record("r1", 1), "/valid_until", "2026-11-18");
    let repaired = json!([{ "kind": "repaired", "on": "2026-11-01" }]);
    let repaired = with(&record("r2", 2), "/events", repaired);
    import_into(&path, &registry(&[ended, repaired])).unwrap();
    let report = import_into(&path, &registry(&[])).unwrap();
    assert_eq!(counts(&report.sources[0]), [0, 0, 0, 2]);
}

#[test]
fn a_repair_that_the_list_does_not_know_takes_no_effect_away() {
    let (_folder, path) = database();
    let repaired = json!([{ "kind": "repaired", "on": "2026-11-01" }]);
    let one = with(&with(&record("r1", 1), "/events", repaired), "/list", "bidding-disqualified");
    let one = with(&one, "/act", Value::Null);
    let covers = |document: &Value| {
        with(document, "/sources/0/covers", json!(["wage-arrears", "bidding-disqualified"]))
    };
    import_into(&path, &covers(&registry(&[one]))).unwrap();
    let error = import_into(&path, &covers(&registry(&[]))).unwrap_err().to_string();
    assert!(error.contains("remove 1 of 1 from list `bidding-disqualified`"), "{error}");
}

#[test]
fn a_total_that_does_not_fit_refuses_the_file() {
    let (_folder, path) = database();
    let expecting = |n: u32, expected: u64| with(&firms(n), "/sources/0/expected", expected);
    import_into(&path, &expecting(3, 3)).unwrap();
    let held = content(&path);
    let told = "nothing was imported: source `platform` has 4 entries and says that it has 5";
    assert_eq!(import_into(&path, &expecting(4, 5)).unwrap_err().to_string(), told);
    assert_eq!(content(&path), held);
    // An entry that cannot be read is one.
    let mut four = expecting(3, 4);
    four["records"].as_array_mut().unwrap().push(json!("junk"));
    assert_eq!(import_into(&path, &four).unwrap().rejected.len(), 1);
    let memory = JsonRegistry::from_json(expecting(4, 5).to_string().as_bytes()).unwrap_err();
    let told = "sources[0]: source `platform` has 4 entries and says that it has 5";
    assert_eq!(memory.to_string(), told);
}

#[test]
fn a_file_is_imported_whole_or_not_at_all() {
    let (_folder, path) = database();
    let of = |name: &str, id: &str, n: u32| with(&record(id, n), "/source", name);
    let both =
        |records: Value| json!({ "sources": [source("a"), source("b")], "records": records });
    import_into(&path, &both(json!([of("a", "a1", 1), of("b", "b1", 2)]))).unwrap();
    let held = content(&path);
    // What is wrong with the second source leaves the first one as it was.
    let error = import_into(&path, &both(json!([of("a", "a1", 1), of("a", "a2", 3)]))).unwrap_err();
    assert!(error.to_string().contains("1 of 1 from list `wage-arrears` of source `b`"), "{error}");
    assert_eq!(content(&path), held);
    // A record that moves is not removed: nobody need allow it.
    let moved = both(json!([of("b", "a1", 1), of("b", "b1", 2)]));
    let report = import_into(&path, &moved).unwrap();
    assert_eq!((report.sources[0].removed, report.sources[1].changed), (0, 1));
    assert_eq!(ids(&path, 1), ["a1"]);
}

#[test]
fn an_undo_brings_back_the_snapshot_before_once() {
    let (_folder, path) = database();
    let first = registry(&[record("r1", 1), record("r2", 2), json!("junk")]);
    let first = as_of(&first, "2026-11-18T20:00:00+08:00");
    import_into(&path, &first).unwrap();
    let error = undo(&path, "platform").unwrap_err().to_string();
    assert_eq!(error, "no snapshot of source `platform` before the last import is kept");
    let held = |path: &std::path::Path| {
        let sqlite = SqliteRegistry::open(path).unwrap();
        let lists = ["wage-arrears", "judgment-defaulters"];
        (ask(&sqlite, &[1, 2, 3, 4].map(firm), &lists), sqlite.summary().unwrap())
    };
    let (answers, mut summary) = held(&path);
    let changed = with(&record("r2", 2), "/valid_until", "2027-01-01");
    import_smaller(&path, &registry(&[changed, record("r3", 3)])).unwrap();
    assert_eq!([ids(&path, 1), ids(&path, 3)], [vec![], vec!["r3"]]);
    let undone = held(&path).1[0].undo.unwrap();
    assert_eq!(undone.to_string(), "2026-11-18T20:00:00+08:00");
    assert_eq!(undo(&path, "platform").unwrap(), undone);
    summary[0].undo = None;
    assert_eq!(held(&path), (answers, summary), "as it was before the import");
    assert!(undo(&path, "platform").is_err(), "once");
    let error = undo(&path, "nobody").unwrap_err().to_string();
    assert_eq!(error, "no snapshot of source `nobody` before the last import is kept");
}

#[test]
fn an_undo_does_not_take_what_is_another_source_s_since() {
    let (_folder, path) = database();
    let of = |name: &str| {
        json!({ "sources": [source("a"), source("b")],
                "records": [with(&record("r1", 1), "/source", name)] })
    };
    import_into(&path, &of("a")).unwrap();
    import_into(&path, &of("b")).unwrap();
    undo(&path, "b").unwrap();
    assert_eq!(ids(&path, 1), ["r1"], "the first source has it again");
    import_into(
        &path,
        &json!({ "sources": [source("a")], "records": [
        with(&with(&record("r1", 1), "/source", "a"), "/document", "another") ] }),
    )
    .unwrap();
    import_into(&path, &of("b")).unwrap();
    // The last import of both was one file; the change before it is kept for `b` alone.
    undo(&path, "b").unwrap();
    assert_eq!(ids(&path, 1), ["r1"]);
}

/// Writes into a database that a source was read tomorrow, as a program did that knew no better.
fn held_as_of(path: &std::path::Path, at: &str) {
    let connection = Connection::open(path).unwrap();
    let sql = "UPDATE source SET body = json_set(body, '$.as_of', ?1)";
    assert_eq!(connection.execute(sql, [at]).unwrap(), 1);
}

#[test]
fn a_snapshot_of_the_future_is_neither_imported_nor_opened_and_can_be_repaired() {
    const AHEAD: &str = "2062-11-17T20:00:00+08:00";
    let (_folder, path) = database();
    let error = import_into(&path, &as_of(&firms(1), AHEAD)).unwrap_err().to_string();
    assert!(error.contains("sources[0].as_of: `2062-11-17T20:00:00+08:00` lies in"), "{error}");
    import_into(&path, &firms(1)).unwrap();
    held_as_of(&path, AHEAD);
    let error = SqliteRegistry::open(&path).unwrap_err().to_string();
    assert!(error.starts_with("sources[0].as_of: `2062-11-17T20:00:00+08:00` lies in"), "{error}");
    assert!(mustcheck_registry::open(&path).is_err());
    assert!(SqliteRegistry::open_of_any_day(&path).is_ok(), "one can look into it");

    let report = import_into(&path, &firms(1)).unwrap();
    let told = "the snapshot of `2026-11-19T20:00:00+08:00` is older than the one held, of \
                `2062-11-17T20:00:00+08:00`, which lies in the future: `--replace-as-of` replaces \
                it";
    assert_eq!(report.sources[0].refused.as_deref(), Some(told));
    let options = ImportOptions { replace_as_of: true, ..ImportOptions::default() };
    let report = import_as(&path, &firms(1), &options).unwrap();
    let repaired = report.sources[0].repaired_as_of.map(|at| at.to_string());
    assert_eq!(repaired.as_deref(), Some(AHEAD));
    assert_eq!(ids(&path, 1), ["r1"]);
    // The option does not let in an older snapshot otherwise.
    let older = as_of(&firms(1), "2026-11-18T20:00:00+08:00");
    assert!(import_as(&path, &older, &options).unwrap().sources[0].refused.is_some());

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.json");
    std::fs::write(&file, as_of(&firms(1), AHEAD).to_string()).unwrap();
    assert!(JsonRegistry::open(&file).is_err() && mustcheck_registry::open(&file).is_err());
    assert!(JsonRegistry::open_of_any_day(&file).is_ok(), "a test may be of tomorrow");
}

#[cfg(unix)]
#[test]
fn a_database_is_its_owner_s_and_keeps_nothing_that_was_removed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = database();
    import_into(&path, &firms(3)).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // Twice, since the snapshot before is kept.
    for _ in 0..2 {
        import_smaller(&path, &registry(&[])).unwrap();
    }
    let connection = Connection::open(&path).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(connection);
    let bytes = std::fs::read(&path).unwrap();
    let gone = crate::support::uscc(2);
    assert!(!bytes.windows(18).any(|window| window == gone.as_bytes()));
}
