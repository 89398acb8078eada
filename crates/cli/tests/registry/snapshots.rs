//! Effect of an import on the data that is held: the last snapshot of each source counts, and
//! nothing else.

use std::path::Path;

use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::import::SourceReport;
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use crate::support::{ask, firm, person, record, registry, source, with};
use crate::{database, import_into, import_smaller};

/// Every row of every table.
pub fn content(path: &Path) -> Vec<Vec<Cell>> {
    let connection = Connection::open(path).unwrap();
    let mut rows = Vec::new();
    for table in ["source", "record", "party", "opening", "pattern", "acknowledged"] {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let read = statement.query_map([], |row| {
            let mut cells = vec![Cell::Text(table.into())];
            for column in 0..columns {
                cells.push(row.get(column)?);
            }
            Ok(cells)
        });
        rows.extend(read.unwrap().map(Result::unwrap));
    }
    rows
}

pub fn counts(report: &SourceReport) -> [u64; 4] {
    [report.added, report.changed, report.unchanged, report.removed]
}

/// The ids of the records about a firm on the list of wage arrears.
pub fn ids(path: &Path, n: u32) -> Vec<String> {
    let answers = ask(&SqliteRegistry::open(path).unwrap(), &[firm(n)], &["wage-arrears"]);
    answers.iter().flat_map(|a| a.records.iter().map(|r| r.id.clone())).collect()
}

/// Returns the events of the record about firm 1.
fn events(path: &Path) -> Vec<String> {
    let answers = ask(&SqliteRegistry::open(path).unwrap(), &[firm(1)], &["wage-arrears"]);
    let events = answers[0].records[0].events.iter();
    events.map(|e| format!("{} {}", e.on, e.kind)).collect()
}

fn as_of(document: &Value, day: &str) -> Value {
    with(document, "/sources/0/as_of", format!("{day}T20:00:00+08:00"))
}

fn with_events(events: &[(&str, &str)]) -> Value {
    let events: Vec<Value> =
        events.iter().map(|(on, kind)| json!({ "kind": kind, "on": on })).collect();
    registry(&[with(&record("r1", 1), "/events", events)])
}

#[test]
fn a_second_import_changes_nothing() {
    let (_folder, path) = database();
    let document = registry(&[record("r1", 1), record("r2", 2), record("r3", 2)]);
    assert_eq!(counts(&import_into(&path, &document).unwrap().sources[0]), [3, 0, 0, 0]);
    let held = content(&path);
    assert_eq!(held.len(), 1 + 3 + 6);
    for _ in 0..2 {
        assert_eq!(counts(&import_into(&path, &document).unwrap().sources[0]), [0, 0, 3, 0]);
        assert_eq!(content(&path), held);
    }
}

#[test]
fn what_the_source_no_longer_lists_is_removed_and_the_rest_counted() {
    let (_folder, path) = database();
    import_into(&path, &registry(&[record("r1", 1), record("r2", 2), record("r3", 3)])).unwrap();
    let changed = with(&record("r2", 2), "/valid_until", "2027-01-01");
    let after = registry(&[changed, record("r3", 3), record("r4", 4)]);
    let report = import_smaller(&path, &after).unwrap();
    assert_eq!(counts(&report.sources[0]), [1, 1, 1, 1]);
    assert_eq!(report.sources[0].source, "platform");
    assert_eq!([ids(&path, 1), ids(&path, 2), ids(&path, 4)], [vec![], vec!["r2"], vec!["r4"]]);
    // Nobody finds a removed record, its responsible person included.
    let sqlite = SqliteRegistry::open(&path).unwrap();
    assert_eq!(ask(&sqlite, &[person(1)], &["wage-arrears"])[0].records, []);
    let parties: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM party", [], |row| row.get(0))
        .unwrap();
    assert_eq!(parties, 6, "no party is left over");
}

#[test]
fn a_changed_party_is_found_under_the_new_identifier_only() {
    let (_folder, path) = database();
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    import_into(&path, &registry(&[record("r1", 2)])).unwrap();
    assert_eq!([ids(&path, 1), ids(&path, 2)], [vec![], vec!["r1"]]);
}

#[test]
fn other_sources_are_left_alone() {
    let (_folder, path) = database();
    let of = |name: &str, id: &str, n: u32| with(&record(id, n), "/source", name);
    let both = json!({ "sources": [source("a"), source("b")],
                       "records": [of("a", "a1", 1), of("b", "b1", 1)] });
    import_into(&path, &both).unwrap();
    let only_b = json!({ "sources": [source("b")], "records": [] });
    let report = import_smaller(&path, &only_b).unwrap();
    assert_eq!(report.sources.len(), 1);
    assert_eq!(counts(&report.sources[0]), [0, 0, 0, 1]);
    assert_eq!(ids(&path, 1), ["a1"]);
    let sqlite = SqliteRegistry::open(&path).unwrap();
    let of_a = |answers: Vec<mustcheck::model::Answer>| answers[0].source.clone().unwrap().id;
    assert_eq!(of_a(ask(&sqlite, &[firm(1)], &["wage-arrears"])), "a");
    assert_eq!(sqlite.summary().unwrap().iter().map(|s| s.records).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn what_the_source_took_back_is_gone_at_once() {
    let (_folder, path) = database();
    let first = with_events(&[
        ("2026-11-10", "objection-filed"),
        ("2026-11-15", "court-stay"),
        ("2026-11-18", "repaired"),
    ]);
    import_into(&path, &as_of(&first, "2026-11-14")).unwrap();
    assert_eq!(events(&path).len(), 3);
    // RAIL R5: the later snapshot of the same source shows none of them: none happened.
    let report = import_into(&path, &as_of(&with_events(&[]), "2026-11-15")).unwrap();
    assert_eq!(counts(&report.sources[0]), [0, 1, 0, 0]);
    assert_eq!(events(&path), [""; 0]);
    let again = import_into(&path, &as_of(&with_events(&[]), "2026-11-15")).unwrap();
    assert_eq!(counts(&again.sources[0]), [0, 0, 1, 0]);
}

#[test]
fn an_older_snapshot_is_refused_and_changes_nothing() {
    let (_folder, path) = database();
    let new = registry(&[record("r1", 1)]);
    import_into(&path, &new).unwrap();
    let held = content(&path);
    let older =
        with(&registry(&[record("r2", 2)]), "/sources/0/as_of", "2026-11-19T19:59:59+08:00");
    let report = import_into(&path, &older).unwrap();
    assert_eq!(
        report.sources[0].refused.as_deref(),
        Some(
            "the snapshot of `2026-11-19T19:59:59+08:00` is older than the one held, of \
             `2026-11-19T20:00:00+08:00`"
        )
    );
    assert_eq!(counts(&report.sources[0]), [0; 4]);
    assert_eq!(content(&path), held);
    // One source being late does not hold up another of the same file.
    let mut two = older;
    two["sources"].as_array_mut().unwrap().push(source("other"));
    two["records"][0]["source"] = json!("other");
    let report = import_into(&path, &two).unwrap();
    assert!(report.sources[0].refused.is_some() && report.sources[1].refused.is_none());
    assert_eq!([ids(&path, 1), ids(&path, 2)], [["r1"], ["r2"]]);
}

#[test]
fn a_record_id_of_another_source_is_rejected_and_not_taken_over() {
    let (_folder, path) = database();
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    let other = json!({ "sources": [source("other")],
                        "records": [with(&record("r1", 2), "/source", "other")] });
    let report = import_into(&path, &other).unwrap();
    assert_eq!(report.rejected.len(), 1);
    assert_eq!(report.rejected[0].place, "record `r1` of source `other`");
    assert_eq!(report.rejected[0].reason, "id: `r1` is held from source `platform`");
    assert_eq!(ids(&path, 1), ["r1"], "the first source's record stands");
    // A subject that the rejected record names is not cleared by the other source.
    let sqlite = SqliteRegistry::open(&path).unwrap();
    for subject in [firm(2), person(2)] {
        let answers = ask(&sqlite, &[subject], &["wage-arrears"]);
        let told: Vec<_> = answers.iter().map(|a| (a.status.code(), a.reason.as_deref())).collect();
        let reason = "a record was refused at import: record `r1` of source `other`: id: `r1` is \
                      held from source `platform`";
        assert_eq!(told, [("unavailable", Some(reason)), ("answered", None)], "{answers:?}");
    }
}

#[test]
fn a_record_that_moves_to_another_source_of_the_same_file_moves_at_once() {
    for order in [["a", "b"], ["b", "a"]] {
        let (_folder, path) = database();
        let held_by = |name: &str| {
            json!({ "sources": [source(order[0]), source(order[1])],
                    "records": [with(&record("r1", 1), "/source", name)] })
        };
        import_into(&path, &held_by("a")).unwrap();
        let report = import_into(&path, &held_by("b")).unwrap();
        assert_eq!(report.rejected, [], "sources in the order {order:?}");
        assert_eq!(ids(&path, 1), ["r1"]);
    }
}
