//! Records that an import refuses: reported with their place, and never "nothing found" (RAIL R2).

use std::path::Path;

use mustcheck::model::Subject;
use mustcheck_registry::SqliteRegistry;
use serde_json::{Value, json};

use crate::support::{ask, firm, person, record, registry, resident, uscc, with};
use crate::{database, import_into, import_smaller};

/// Returns the answer about a list: status, reason, and number of records.
fn answer(path: &Path, subject: Subject, list: &str) -> (String, Option<String>, usize) {
    let answers = ask(&SqliteRegistry::open(path).unwrap(), &[subject], &[list]);
    assert_eq!(answers.len(), 1);
    let one = &answers[0];
    (one.status.to_string(), one.reason.clone(), one.records.len())
}

fn status(path: &Path, subject: Subject) -> String {
    answer(path, subject, "wage-arrears").0
}

#[test]
fn a_refused_record_is_told_and_its_parties_are_unavailable() {
    for (change, value, reason) in [
        (
            "/act",
            json!("market-order/wage-arears"),
            "act: `market-order/wage-arears` is an unknown act; did you mean \
             `market-order/wage-arrears`?",
        ),
        (
            "/valid_until",
            json!("2024-01-01"),
            "valid_from: record `r1` ends on `2024-01-01`, before it begins on `2025-03-01`",
        ),
        (
            "/penalty",
            json!({ "kind": "fine", "amount_fen": -1 }),
            "penalty.amount_fen: invalid value: integer `-1`, expected u64 (line 1, column",
        ),
        ("/remark", json!("x"), "remark: unknown field `remark`, expected one of `id`, `list`,"),
        ("/valid_from", Value::Null, "the document: missing field `valid_from` (line 1, column"),
    ] {
        let (_folder, path) = database();
        let bad = with(&record("r1", 1), change, value);
        let report = import_into(&path, &registry(&[record("r0", 2), bad])).unwrap();
        assert_eq!(report.rejected.len(), 1);
        assert_eq!(report.rejected[0].place, "records[1]");
        assert!(report.rejected[0].reason.starts_with(reason), "{}", report.rejected[0].reason);
        let reason = &report.rejected[0].reason;
        let told = Some(format!("a record was refused at import: records[1]: {reason}"));
        for subject in [firm(1), person(1)] {
            let expected = ("unavailable".to_owned(), told.clone(), 0);
            assert_eq!(answer(&path, subject.clone(), "wage-arrears"), expected);
            // Another list of the same source is answered.
            let other = answer(&path, subject, "tax-serious");
            assert_eq!(other, ("answered".to_owned(), None, 0));
        }
        assert_eq!(answer(&path, firm(2), "wage-arrears"), ("answered".to_owned(), None, 1));
        assert_eq!(status(&path, firm(3)), "answered");
    }
}

#[test]
fn a_misspelled_list_or_source_leaves_more_than_one_list_open() {
    let (_folder, path) = database();
    let misspelled = with(&record("r1", 1), "/list", "wage-arears");
    let report = import_into(&path, &registry(&[misspelled])).unwrap();
    let reason = "list: `wage-arears` is not one that source `platform` covers";
    assert_eq!(report.rejected[0].reason, reason);
    for list in ["wage-arrears", "tax-serious"] {
        assert_eq!(answer(&path, firm(1), list).0, "unavailable");
        assert_eq!(answer(&path, firm(2), list).0, "answered");
    }
    let (_folder, path) = database();
    let report =
        import_into(&path, &registry(&[with(&record("r1", 1), "/source", "platfrom")])).unwrap();
    assert_eq!(report.rejected[0].reason, "source: `platfrom` is no source of this file");
    assert_eq!(status(&path, firm(1)), "unavailable");
}

#[test]
fn identifiers_of_a_refused_record_are_normalised_too() {
    let (_folder, path) = database();
    let sloppy = crate::support::full_width(&uscc(1)).to_lowercase();
    let bad = with(&record("r1", 1), "/act", "nothing");
    import_into(&path, &registry(&[with(&bad, "/subject/identifier", sloppy)])).unwrap();
    assert_eq!(status(&path, firm(1)), "unavailable");
}

#[test]
fn a_corrected_record_is_answered_again() {
    let (_folder, path) = database();
    let bad = registry(&[with(&record("r1", 1), "/act", "nothing")]);
    import_into(&path, &bad).unwrap();
    assert_eq!(status(&path, firm(1)), "unavailable");
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    assert_eq!(answer(&path, firm(1), "wage-arrears"), ("answered".to_owned(), None, 1));
    // What is held stays: it is found, and it may be out of date.
    import_into(&path, &bad).unwrap();
    let (status, _, records) = answer(&path, firm(1), "wage-arrears");
    assert_eq!((&*status, records), ("unavailable", 1));
    import_smaller(&path, &registry(&[])).unwrap();
    assert_eq!(answer(&path, firm(1), "wage-arrears"), ("answered".to_owned(), None, 0));
}

#[test]
fn the_second_of_two_records_with_one_id_is_refused() {
    let (_folder, path) = database();
    let report = import_into(&path, &registry(&[record("r1", 1), record("r1", 2)])).unwrap();
    assert_eq!(report.rejected[0].place, "records[1]");
    assert_eq!(report.rejected[0].reason, "id: `r1` stands twice");
    assert_eq!(answer(&path, firm(1), "wage-arrears"), ("answered".to_owned(), None, 1));
    assert_eq!(status(&path, firm(2)), "unavailable");
}

#[test]
fn an_earlier_version_of_a_refused_record_is_not_forgotten() {
    // The source still lists the record: a subject that the held version names must not come out
    // clear.
    let (_folder, path) = database();
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    let mut typo = uscc(1);
    let last = typo.pop();
    typo.push(if last == Some('0') { '1' } else { '0' });
    let bad = with(&record("r1", 1), "/subject/identifier", typo);
    let report = import_into(&path, &registry(&[bad])).unwrap();
    assert_eq!(report.rejected.len(), 1);
    assert_eq!(status(&path, person(1)), "unavailable");
    assert_eq!(status(&path, firm(1)), "unavailable");
}

#[test]
fn a_number_as_identifier_still_names_its_party() {
    // What a spreadsheet makes of a resident number without X.
    let (_folder, path) = database();
    let n = (0..50).find(|n| !resident(*n).ends_with('X')).unwrap();
    let number: u64 = resident(n).parse().unwrap();
    let bad = with(&record("r1", 1), "/responsible_persons/0/identifier", number);
    let report = import_into(&path, &registry(&[bad])).unwrap();
    assert_eq!(report.rejected.len(), 1);
    assert_eq!(status(&path, firm(1)), "unavailable");
    assert_eq!(status(&path, person(n)), "unavailable");
}

#[test]
fn a_record_nested_too_deep_still_names_its_parties() {
    let (_folder, path) = database();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deep.json");
    let text = registry(&[with(&record("r1", 1), "/remark", "DEEP")]).to_string();
    let deep = text.replace("\"DEEP\"", &format!("{}{}", "[".repeat(300), "]".repeat(300)));
    std::fs::write(&file, deep).unwrap();
    let report =
        mustcheck_registry::import::import(&file, &path, &crate::VOCABULARY, &mut || {}).unwrap();
    assert_eq!(report.rejected.len(), 1);
    assert_eq!([status(&path, firm(1)), status(&path, person(1))], ["unavailable"; 2]);
}

#[test]
fn a_record_that_names_nobody_leaves_its_list_open_for_everybody() {
    for nobody in [json!("junk"), json!(null), json!([]), json!({ "list": "wage-arrears" })] {
        let (_folder, path) = database();
        let mut document = registry(&[record("r1", 1)]);
        document["records"].as_array_mut().unwrap().push(nobody.clone());
        let report = import_into(&path, &document).unwrap();
        assert_eq!(report.rejected.len(), 1);
        assert_eq!(report.rejected[0].place, "records[1]");
        assert_eq!(status(&path, firm(2)), "unavailable", "{nobody}");
    }
}

#[test]
fn a_file_that_is_no_registry_changes_nothing() {
    let (_folder, path) = database();
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    let held = crate::snapshots::content(&path);
    let good = registry(&[record("r2", 2)]);
    for (document, message) in [
        (
            with(&good, "/sources/0/covers/0", "judgement-defaulters"),
            "sources[0].covers[0]: `judgement-defaulters` is an unknown list; did you mean \
             `judgment-defaulters`?",
        ),
        (
            with(&good, "/sources/+", good["sources"][0].clone()),
            "sources[1].id: `platform` stands twice",
        ),
        (
            with(&good, "/colour", "red"),
            "colour: unknown field `colour`, expected `sources` or `records`",
        ),
        (json!([]), "the document: invalid type: sequence, expected an object"),
    ] {
        let error = import_into(&path, &document).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert_eq!(crate::snapshots::content(&path), held);
    }
}
