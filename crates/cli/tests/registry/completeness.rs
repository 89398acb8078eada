//! Completeness of a source, which decides whether it can say that somebody is not listed.

use std::path::Path;

use mustcheck::model::{Scheme, Subject, SubjectKind};
use mustcheck::registry::held::Reach;
use mustcheck_registry::SqliteRegistry;
use mustcheck_registry::import::{acknowledge, undo};
use serde_json::{Value, json};

use crate::support::{LEI, ask, firm, person, record, registry, subject, uscc, with};
use crate::{database, import_into, import_smaller};

/// Returns the answer about the list of wage arrears: status, reason, and number of records.
fn answer(path: &Path, subject: Subject) -> (String, String, usize) {
    let answers = ask(&SqliteRegistry::open(path).unwrap(), &[subject], &["wage-arrears"]);
    assert_eq!(answers.len(), 1);
    let one = &answers[0];
    (one.status.to_string(), one.reason.clone().unwrap_or_default(), one.records.len())
}

fn answered(records: usize) -> (String, String, usize) {
    ("answered".into(), String::new(), records)
}

fn company(identifier: &str) -> Subject {
    subject(SubjectKind::Organization, Scheme::Lei, identifier, None)
}

/// A row that an importer of tables could not read.
fn row(number: u32, open: &[&str], unnamed: bool) -> Value {
    json!({ "source": "platform", "list": "wage-arrears", "responsible_persons": [],
            "open": open, "unnamed": unnamed, "rejected": format!("row {number}: is a mask") })
}

#[test]
fn a_mask_leaves_open_who_fits_it_and_nobody_else() {
    let (_folder, path) = database();
    let code = uscc(1);
    let mask = format!("{}??????????{}", &code[..4], &code[14..]);
    import_into(&path, &registry(&[record("r2", 2), row(17, &[&mask, &code], false)])).unwrap();
    let reason = "a record was refused at import: row 17: is a mask";
    assert_eq!(answer(&path, firm(1)), ("unavailable".into(), reason.into(), 0));
    assert_eq!([answer(&path, firm(2)), answer(&path, firm(3))], [answered(1), answered(0)]);
    let other = ask(&SqliteRegistry::open(&path).unwrap(), &[firm(1)], &["tax-serious"]);
    assert_eq!(other[0].status.to_string(), "answered", "another list of the source");
}

#[test]
fn an_entry_of_nobody_by_name_is_no_proof_of_absence() {
    let (_folder, path) = database();
    let document = registry(&[record("r2", 2), row(17, &[], true), row(18, &[], true)]);
    import_into(&path, &document).unwrap();
    let reason = "entries that the source names by no identifier: 2";
    for (n, records) in [(1, 0), (2, 1)] {
        assert_eq!(answer(&path, firm(n)), ("not-covered".into(), reason.into(), records));
    }
    let all = with(&document, "/sources/0/identified_by", json!(["uscc"]));
    import_into(&path, &all).unwrap();
    assert_eq!([answer(&path, firm(1)), answer(&path, firm(2))], [answered(0), answered(1)]);
    assert_eq!(answer(&path, person(1)).0, "not-covered", "persons are not identified by it");
}

#[test]
fn a_lookup_by_what_the_source_does_not_keep_is_not_covered() {
    let (_folder, path) = database();
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    let reason = "the source does not keep subjects by `lei`";
    assert_eq!(answer(&path, company(LEI)), ("not-covered".into(), reason.into(), 0));
    let about = json!({ "kind": "organization", "scheme": "lei", "identifier": LEI, "name": "x" });
    let by_lei = with(&record("r2", 2), "/subject", about);
    import_into(&path, &registry(&[record("r1", 1), by_lei.clone()])).unwrap();
    // A subject that is named by one scheme alone may be the one that is asked about by the other.
    let alone = |scheme: &str| format!("entries that the source names by no `{scheme}`: 1");
    assert_eq!(answer(&path, company(LEI)), ("not-covered".into(), alone("lei"), 1));
    assert_eq!(answer(&path, firm(1)), ("not-covered".into(), alone("uscc"), 1));
    assert_eq!(answer(&path, firm(2)), ("not-covered".into(), alone("uscc"), 0));
    let also = json!([{ "scheme": "uscc", "identifier": uscc(2) }]);
    let both = with(&by_lei, "/subject/also", also);
    import_into(&path, &registry(&[record("r1", 1), both])).unwrap();
    assert_eq!(answer(&path, firm(1)), answered(1));
    assert_eq!(answer(&path, firm(2)), answered(1));
    assert_eq!(answer(&path, firm(3)), answered(0));
    // One that has no identifier of China keeps only what it has.
    let alone = with(&by_lei, "/responsible_persons", json!([]));
    import_smaller(&path, &registry(&[alone])).unwrap();
    let reason = "the source does not keep subjects by `uscc`";
    assert_eq!(answer(&path, firm(1)), ("not-covered".into(), reason.into(), 0));
    let declared = registry(&[record("r1", 1)]);
    let declared = with(&declared, "/sources/0/schemes", json!(["uscc"]));
    import_smaller(&path, &declared).unwrap();
    assert_eq!(answer(&path, firm(1)), answered(1));
    // What is found is there, whatever the source says of itself.
    assert_eq!(answer(&path, person(1)).0, "not-covered");
    assert_eq!(answer(&path, person(1)).2, 1);
}

#[test]
fn a_list_that_is_held_of_firms_says_nothing_of_persons() {
    let (_folder, path) = database();
    let covers = json!([{ "list": "wage-arrears", "kinds": ["organization"] }, "tax-serious"]);
    let document = with(&registry(&[record("r1", 1)]), "/sources/0/covers", covers);
    import_into(&path, &document).unwrap();
    assert_eq!([answer(&path, firm(1)), answer(&path, firm(2))], [answered(1), answered(0)]);
    let reason = "the source does not hold this list of kind `person`";
    assert_eq!(answer(&path, person(1)), ("not-covered".into(), reason.into(), 1));
    assert_eq!(answer(&path, person(2)), ("not-covered".into(), reason.into(), 0));
}

#[test]
fn whom_somebody_answers_for_is_open_no_more_until_the_entry_changes() {
    let (_folder, path) = database();
    let nobody = row(9, &["*"], false);
    import_into(&path, &registry(&[record("r1", 1), nobody.clone()])).unwrap();
    assert_eq!(answer(&path, firm(2)).0, "unavailable");
    let summary = || SqliteRegistry::open(&path).unwrap().summary().unwrap().remove(0);
    let mark = summary().entries[0].mark.clone();

    for (marks, by, why, told) in [
        (vec!["0123456789abcdef".to_owned()], "李四", "x", "no entry that could not be read has"),
        (vec![mark.clone(), "none".to_owned()], "李四", "x", "no entry that could not be read has"),
        (vec![mark.clone()], " ", "x", "nobody said who answers for the entry"),
        (vec![mark.clone()], "李四", "", "nobody said why"),
    ] {
        let error = acknowledge(&path, &marks, by, why).unwrap_err().to_string();
        assert!(error.starts_with(told), "{error}");
        assert_eq!(answer(&path, firm(2)).0, "unavailable", "nothing was recorded");
    }
    let why = format!("the paper names {}", crate::support::resident(7));
    assert_eq!(acknowledge(&path, std::slice::from_ref(&mark), "李四", &why).unwrap(), 1);
    let (status, reason, records) = answer(&path, firm(2));
    assert_eq!((&*status, records), ("answered", 0));
    assert!(reason.starts_with("row 9 is answered for by 李四 since 20"), "{reason}");
    assert!(reason.ends_with(": the paper names 3101…**"), "{reason}");
    assert_eq!((summary().open.entries(), summary().acknowledged), (0, 1));

    // The same entry in the next snapshot stays acknowledged; another one does not.
    import_into(&path, &registry(&[record("r1", 1), nobody])).unwrap();
    assert_eq!(answer(&path, firm(2)).0, "answered");
    let other = registry(&[record("r1", 1), row(10, &["*"], false)]);
    import_into(&path, &other).unwrap();
    assert_eq!(answer(&path, firm(2)).0, "unavailable");
}

#[test]
fn an_entry_by_another_scheme_leaves_open_until_somebody_answers_for_it() {
    let (_folder, path) = database();
    let about = json!({ "kind": "organization", "scheme": "lei", "identifier": "5493001KJTIIGC8Y1R13",
                        "name": "x" });
    let entry = with(&record("r2", 2), "/subject", about);
    let entry = with(&entry, "/responsible_persons", json!([]));
    let first = with(
        &registry(&[record("r1", 1), entry.clone()]),
        "/sources/0/as_of",
        "2026-11-18T20:00:00+08:00",
    );
    import_into(&path, &first).unwrap();
    let reason = "entries that the source names by no `uscc`: 1";
    assert_eq!(answer(&path, firm(3)), ("not-covered".into(), reason.into(), 0));
    let summary = SqliteRegistry::open(&path).unwrap().summary().unwrap().remove(0);
    acknowledge(&path, &[summary.entries[0].mark.clone()], "李四", "a typing error").unwrap();
    assert_eq!(answer(&path, firm(3)), answered(0));
    assert_eq!(answer(&path, firm(1)), answered(1));
    // It stays so while the source lists the entry unchanged, also after an undo of that.
    import_into(&path, &registry(&[record("r1", 1), entry])).unwrap();
    assert_eq!(answer(&path, firm(3)), answered(0));
    undo(&path, "platform").unwrap();
    assert_eq!(answer(&path, firm(3)), answered(0));
    // The acknowledgement was forgotten with the entry: when the entry is back, it is open.
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    assert_eq!(answer(&path, firm(3)), answered(0));
    undo(&path, "platform").unwrap();
    assert_eq!(answer(&path, firm(3)), ("not-covered".into(), reason.into(), 0));
}

#[test]
fn what_is_shown_of_a_source_says_how_complete_it_is() {
    let (_folder, path) = database();
    let rows = [
        record("r1", 1),
        record("r2", 2),
        row(3, &["3101??????????3355", "3101*"], false),
        row(4, &["*"], false),
        row(5, &[], true),
        row(6, &[], true),
    ];
    let first = with(&registry(&rows), "/sources/0/as_of", "2026-11-18T20:00:00+08:00");
    import_into(&path, &first).unwrap();
    import_into(&path, &registry(&rows)).unwrap();
    let summary = SqliteRegistry::open(&path).unwrap().summary().unwrap().remove(0);
    assert_eq!((summary.records, summary.lists["wage-arrears"]), (2, 2));
    assert_eq!(summary.lists["tax-serious"], 0);
    let open = &summary.open;
    assert_eq!((open.subjects, open.patterns, open.everybody, open.unnamed), (1, 2, 1, 2));
    let since = open.since.unwrap().to_string();
    assert_eq!(since, "2026-11-18T20:00:00+08:00", "since the first snapshot that had it");
    assert_eq!(summary.undo.unwrap().to_string(), since);
    let entries: Vec<_> = summary.entries.iter().map(|e| (&*e.place, e.reach)).collect();
    let reaches = [Reach::Subjects, Reach::Everybody, Reach::Unnamed, Reach::Unnamed];
    let places = ["row 3", "row 4", "row 5", "row 6"];
    assert_eq!(entries, places.into_iter().zip(reaches).collect::<Vec<_>>());
}

#[test]
fn a_valid_number_that_ends_as_a_rounded_one_leaves_open_whom_it_was_rounded_from() {
    let (_folder, path) = database();
    let rounded = (0..2000).map(crate::support::resident).find(|id| id.ends_with("000"));
    let rounded = rounded.expect("an invented person whose number ends so");
    let document =
        registry(&[with(&record("r1", 1), "/responsible_persons/0/identifier", rounded.as_str())]);
    let document = with(&document, "/sources/0/expected", 1);
    assert_eq!(import_into(&path, &document).unwrap().rejected, []);
    let person = |id: &str| subject(SubjectKind::Person, Scheme::ResidentId, id, None);
    let (status, reason, records) = answer(&path, person(&rounded));
    assert_eq!((&*status, records), ("unavailable", 1));
    let told = "a record was refused at import: records[0]: an identifier ends as a number does";
    assert!(reason.starts_with(told), "{reason}");
    let order = &rounded[..15];
    let neighbour =
        (0..2000).map(crate::support::resident).find(|id| id.starts_with(order) && *id != rounded);
    assert_eq!(answer(&path, person(&neighbour.expect("a neighbour"))).0, "unavailable");
    assert_eq!([answer(&path, firm(1)), answer(&path, firm(2))], [answered(1), answered(0)]);
}
