//! Law beside rule: every clause that code cites is verbatim in the text at hand.
//!
//! The clauses of the catalogue are compared when it is compiled (`authoring::compile`), so that a
//! build with a wrong quotation does not finish; the second test sees that comparison fail.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use mustcheck_guest::authoring::{self, verbatim};
use mustcheck_guest::clause::{CITED, OPINIONS};

fn catalogue() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue")
}

#[test]
fn clauses_in_code_are_verbatim() {
    let text = fs::read_to_string(catalogue().join(format!("texts/{OPINIONS}.md"))).unwrap();
    for clause in CITED {
        for basis in clause.basis() {
            assert_eq!(verbatim::fault(&text, &basis), None);
        }
    }
}

#[test]
fn every_edition_compiles_and_quotes_verbatim() {
    let editions = authoring::editions(&catalogue()).unwrap();
    assert_eq!(editions, ["guofa-2016-33", "statutes"]);
    let mut clauses = 0;
    for edition in editions {
        let compiled = authoring::compile(&catalogue(), &edition, "default").unwrap();
        for measure in &compiled.data.measures {
            for basis in &measure.legal_basis {
                let file = catalogue().join(format!("texts/{}.md", basis.instrument));
                let text = fs::read_to_string(file).unwrap();
                assert_eq!(verbatim::fault(&text, basis), None, "{}", measure.id);
                clauses += 1;
            }
        }
    }
    assert!(clauses > 60, "only {clauses} clauses");
}

#[test]
fn a_word_that_differs_is_found() {
    let compiled = authoring::compile(&catalogue(), "statutes", "default").unwrap();
    let measure = compiled.data.measures.iter().find(|m| m.id == "procurement-law-77-ban").unwrap();
    let mut basis = measure.legal_basis[0].clone();
    let file = catalogue().join(format!("texts/{}.md", basis.instrument));
    let text = fs::read_to_string(file).unwrap();
    basis.clause = basis.clause.replace("一至三年", "一至五年").into();
    assert!(verbatim::fault(&text, &basis).unwrap().starts_with("its words are not verbatim"));
    // The right words under another article are no quotation of that article either.
    basis.clause = measure.legal_basis[0].clause.clone();
    basis.article = "78".into();
    assert!(verbatim::fault(&text, &basis).unwrap().starts_with("its words are not verbatim"));
}

#[test]
fn findings_name_the_file_and_come_all_at_once() {
    let folder = tempfile::tempdir().unwrap();
    copy(&catalogue(), folder.path());
    let lists = folder.path().join("lists");
    fs::write(lists.join("tax-serious.toml"), "[[list]]\ncode = \"tax-serious\"\ntypo = 1\n")
        .unwrap();
    fs::write(lists.join("wage-arrears.toml"), "[[list]\n").unwrap();
    let findings = authoring::compile(folder.path(), "statutes", "default").unwrap_err();
    let files: Vec<_> = findings.iter().map(|f| f.file.display().to_string()).collect();
    assert_eq!(files, ["lists/tax-serious.toml", "lists/wage-arrears.toml"]);
    assert!(findings[0].detail.contains("unknown field `typo`"), "{}", findings[0]);
    assert!(findings[1].detail.contains("line 1"), "{}", findings[1]);
}

/// The clause table names every clause from (一) to (二十七).
#[test]
fn the_clause_table_is_complete() {
    let readme = fs::read_to_string(catalogue().join("README.md")).unwrap();
    for number in 1..=27 {
        let clause = format!("| ({}) |", mustcheck_guest::notice::Numeral::Number(number));
        assert!(readme.contains(&clause), "no row for {clause}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
