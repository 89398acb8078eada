//! A new catalogue compiles, lints, and its first case holds; nothing is ever overwritten.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[expect(dead_code, reason = "the shipped catalogue is not decided by here")]
#[path = "support/registry.rs"]
mod registry;

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};

use mustcheck_authoring::check::check;
use mustcheck_authoring::scaffold::{Options, ScaffoldError, scaffold};
use mustcheck_authoring::temporal::proof;
use mustcheck_authoring::{combinations::combinations, compile};
use mustcheck_model::{Decision, Query, Text};
use mustcheck_rules::Catalogue;
use registry::{Case, catalogue_folder, listed};
use serde::Deserialize;

fn options() -> Options {
    Options {
        id: "county-list".into(), name: Text::new("某县措施清单", "Measures of a county")
    }
}

/// The expectation of a case, as `mustcheck test` reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    title: Text,
    edition: String,
    disposition: String,
    measures: BTreeSet<String>,
    set_aside: BTreeSet<String>,
}

use mustcheck_writer::Language;

fn decide(folder: &Path, edition: &str, case: &Path) -> Decision {
    let compiled = compile(folder, edition, "default");
    let compiled = compiled.unwrap_or_else(|findings| panic!("{}", listed(&findings)));
    let catalogue = Catalogue::from_json(compiled.canonical.as_bytes()).unwrap();
    let case = Case::read(case);
    let mut registry = |queries: &[Query]| case.held.lookup(&case.application, queries);
    check(&catalogue, &case.application, case.application.as_of, &mut registry).unwrap()
}

#[test]
fn a_new_catalogue_compiles_and_its_case_holds() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("county");
    let files = scaffold(&folder, &options()).unwrap();
    assert!(files.iter().all(|file| file.is_file()));
    assert_eq!(files.len(), found(&folder).len(), "{:?}", found(&folder));
    assert_eq!(found(root.path()).len(), files.len(), "something was left beside it");
    let pairs = combinations(&folder).unwrap();
    assert_eq!(pairs, [("county-list".to_owned(), "default".to_owned())]);

    let case = folder.join("cases/0001-judgment-defaulter");
    let text = fs::read_to_string(case.join("expected.toml")).unwrap();
    let expected: Expected = toml::from_str(&text).unwrap();
    assert!(!expected.title.zh.is_empty() && !expected.title.en.is_empty());
    let decision = decide(&folder, &expected.edition, &case);
    assert_eq!(decision.disposition.code(), expected.disposition);
    let measures: BTreeSet<String> =
        decision.measures.iter().map(|m| format!("{} {}", m.measure, m.target.role)).collect();
    assert_eq!(measures, expected.measures);
    let aside = decision.set_aside.iter().map(|s| {
        let of = s.record.as_ref().or(s.measure.as_ref()).unwrap();
        format!("{of} {}", s.reason)
    });
    assert_eq!(aside.collect::<BTreeSet<_>>(), expected.set_aside);
    let told = Case::read(&case);
    let compiled = compile(&folder, &expected.edition, "default").unwrap();
    let catalogue = Catalogue::from_json(compiled.canonical.as_bytes()).unwrap();
    let mut registry = |queries: &[Query]| told.held.lookup(&told.application, queries);
    let (application, day) = (&told.application, told.application.as_of);
    let papers = mustcheck_authoring::check::papers(
        &catalogue,
        application,
        day,
        &mut registry,
        Language::Zh,
    );
    let text = papers.unwrap().notices[0].document.text();
    assert!(text.contains("《国务院关于建立完善守信联合激励和失信联合惩戒制度"), "{text}");
}

/// Checks that the new catalogue is sound on every day, and that nothing in it is without use.
#[test]
fn a_new_catalogue_is_proved_and_fires() {
    let root = tempfile::tempdir().unwrap();
    scaffold(&root.path().join("county"), &options()).unwrap();
    let data = compile(&root.path().join("county"), "county-list", "default").unwrap().data;
    assert_eq!(&*data.edition.name.zh, "某县措施清单");
    let (lists, acts, matters) = (data.lists.len(), data.acts.len(), data.matters.len());
    assert_eq!((lists, acts, matters, data.measures.len()), (1, 1, 1, 1));
    let proof = proof(&[data]);
    assert_eq!(proof.violations, []);
    assert!(proof.fired > 0 && proof.silent == 0);
}

/// Checks that the texts it quotes are the shipped ones.
#[test]
fn the_text_is_verbatim() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("county");
    scaffold(&folder, &options()).unwrap();
    let read = |root: &Path| fs::read(root.join("texts/guofa-2016-33.md")).unwrap();
    assert_eq!(read(&folder), read(&catalogue_folder()));
}

/// Names with quotes, braces and backslashes come out as they went in.
#[test]
fn any_name_is_written_as_it_is() {
    let root = tempfile::tempdir().unwrap();
    let (zh, en) = (r#"“甲”\乙"丙 {{id}}"#, "it's \"ours\" \\ {{name.zh}} }}");
    let odd = Options { name: Text::new(zh, en), ..options() };
    scaffold(&root.path().join("odd"), &odd).unwrap();
    let data = compile(&root.path().join("odd"), "county-list", "default").unwrap().data;
    assert_eq!((&*data.edition.name.zh, &*data.edition.name.en), (zh, en));
}

/// An empty folder is filled; it stays the same folder.
#[test]
fn an_empty_folder_is_filled() {
    let root = tempfile::tempdir().unwrap();
    let files = scaffold(root.path(), &options()).unwrap();
    assert_eq!(files.len(), found(root.path()).len());
    assert!(compile(root.path(), "county-list", "default").is_ok());
}

#[test]
fn a_folder_that_is_not_empty_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("notes.txt");
    fs::write(&file, "ours").unwrap();
    let error = scaffold(root.path(), &options()).unwrap_err();
    let folder = root.path().display();
    assert_eq!(error.to_string(), format!("`{folder}` is not empty, and nothing is overwritten"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "ours");
    assert_eq!(found(root.path()), std::slice::from_ref(&file));

    // Nor is a file taken for a folder.
    let error = scaffold(&file, &options()).unwrap_err();
    assert_eq!(error.to_string(), format!("`{}` cannot be written", file.display()));
    assert!(error.source().is_some());
    assert_eq!(found(root.path()), [file]);
}

#[test]
fn a_second_call_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("county");
    let files = scaffold(&folder, &options()).unwrap();
    fs::write(&files[0], "mine now").unwrap();
    assert!(matches!(scaffold(&folder, &options()), Err(ScaffoldError::NotEmpty { .. })));
    assert_eq!(fs::read_to_string(&files[0]).unwrap(), "mine now");
}

/// Checks that the files of another call, which is at work or has died, are not touched.
#[test]
fn what_another_call_has_staged_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let staged = root.path().join(".county.mustcheck-new");
    fs::create_dir(&staged).unwrap();
    fs::write(staged.join("theirs"), "").unwrap();
    let error = scaffold(&root.path().join("county"), &options()).unwrap_err();
    assert_eq!(error.to_string(), format!("`{}` cannot be written", staged.display()));
    assert_eq!(found(root.path()), [staged.join("theirs")]);
}

#[test]
fn a_call_that_fails_leaves_no_folder_behind() {
    let parent = tempfile::tempdir().unwrap();
    // No file system takes a name of this length.
    let folder = parent.path().join("a/b").join("c".repeat(300));
    assert!(matches!(scaffold(&folder, &options()), Err(ScaffoldError::Io { .. })));
    assert!(found(parent.path()).is_empty());
    assert!(!parent.path().join("a").exists());
}

#[test]
fn ids_and_names_that_do_not_do_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("new");
    for id in ["", "-a", "a-", "A", "1a", "a/b", "..", "a b", "common", "措施", &"a".repeat(65)] {
        let error = scaffold(&folder, &Options { id: id.into(), ..options() }).unwrap_err();
        let expected = format!(
            "`{id}` is no id: it needs small letters, digits and hyphens, a letter first and no \
             hyphen last"
        );
        assert_eq!(error.to_string(), expected);
    }
    let nameless = Options { name: Text::new("名", " "), ..options() };
    let error = scaffold(&folder, &nameless).unwrap_err();
    assert_eq!(error.to_string(), "the name in `en` is empty");
    assert!(!folder.exists());
}

/// Every file below a folder.
fn found(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            all.extend(found(&entry.path()));
        } else {
            all.push(entry.path());
        }
    }
    all.sort();
    all
}
