//! `--papers FOLDER`: what is written, and what is refused.

use serde_json::json;

use crate::support::{Folder, application, record, registry, with};

fn names(folder: &Folder, of: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path(of)).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("application.json", &application());
    folder.write("registry.json", &registry(&[record("r1", 1)]));
    folder
}

const CHECK: [&str; 4] = ["check", "application.json", "--registry", "registry.json"];

#[test]
fn a_check_writes_its_papers_into_a_folder() {
    let folder = folder();
    let run = folder.run(&[&CHECK[..], &["--papers", "zh/2026", "--lang", "zh"]].concat());
    assert_eq!(run.told(), (11, ""));
    assert_eq!(names(&folder, "zh/2026"), ["告知书-1.html", "告知书-2.html", "核查结果单.html"]);
    let run = folder.run(&[&CHECK[..], &["--papers", "en", "--lang", "en"]].concat());
    assert_eq!(run.told(), (11, ""));
    assert_eq!(names(&folder, "en"), ["notice-1.html", "notice-2.html", "result-sheet.html"]);
    let page = std::fs::read_to_string(folder.path("zh/2026/告知书-1.html")).unwrap();
    assert!(page.contains("信用核查告知书") && page.contains("甲公司"), "{page}");
    folder.assert_masked(&page, &run);
    // Nothing that is there is written over, and no check is made.
    let run = folder.run(&[&CHECK[..], &["--papers", "en", "--lang", "en"]].concat());
    let told = "error: `en` is not empty: name a folder for these papers alone\n";
    assert_eq!((run.told(), &*run.stdout), ((3, told), ""));
    let run = folder.run(&[&CHECK[..], &["--papers", "registry.json", "--lang", "en"]].concat());
    assert_eq!(run.told(), (3, "error: `registry.json` is no folder\n"));
}

#[test]
fn a_batch_writes_a_folder_for_each_case_and_leaves_none_of_them() {
    let folder = folder();
    let named = |id: &str| with(&application(), "/id", id);
    let bad = with(&named("GP-5"), "/matter", "weather");
    let lines = [
        named("GP-1"),
        named("../GP-2"),
        named("GP-1"),
        named(".."),
        named("a/b"),
        bad,
        named("沪〔2026〕3号"),
        named("310101195003070010"),
    ];
    folder.write_lines("in.jsonl", &lines);
    let batch = ["batch", "in.jsonl", "--registry", "registry.json", "--papers", "papers"];
    let run = folder.run(&[&batch[..], &["--lang", "zh", "--jobs", "1"]].concat());
    let rows = run.rows();
    let error = |n: usize| rows[n]["error"]["detail"].as_str().unwrap().to_owned();
    for refused in [1, 3, 4, 7] {
        assert!(error(refused).contains("cannot name a folder of papers"), "{}", error(refused));
    }
    assert!(error(2).contains("papers of `GP-1` are there already"), "{}", error(2));
    assert_eq!(rows[0]["decision"]["disposition"], json!("restricted"));
    assert_eq!(rows[6]["decision"]["disposition"], json!("restricted"));
    assert_eq!(names(&folder, "papers"), ["GP-1", "沪〔2026〕3号"]);
    assert_eq!(names(&folder, "papers/GP-1").len(), 3);
    assert!(!folder.path("GP-2").exists());
    let run = folder.run(&[&batch[..], &["--lang", "en"]].concat());
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("`papers` is not empty"), "{}", run.stderr);
}

#[test]
fn papers_are_written_again_from_the_evidence() {
    let folder = folder();
    folder.run(&["audit", "keygen", "--keys", "keys", "--name", "office.example"]).told();
    let record = ["--keys", "keys", "--audit", "log", "--evidence", "kept", "--lang", "zh"];
    let run = folder.run(&[&CHECK[..], &record[..], &["--papers", "day"]].concat());
    assert_eq!(run.code, 11, "{}", run.stderr);
    let replay = ["replay", "kept", "--keys", "keys/mustcheck-keys.json", "--lang", "zh"];
    let run = folder.run(&[&replay[..], &["--papers", "again"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let receipts = names(&folder, "again");
    assert_eq!(receipts.len(), 1);
    let again = format!("again/{}", receipts[0]);
    assert_eq!(names(&folder, &again), names(&folder, "day"));
    for name in names(&folder, "day") {
        let read = |of: &str| std::fs::read(folder.path(&format!("{of}/{name}"))).unwrap();
        assert_eq!(read(&again), read("day"), "{name}");
    }
    // Nothing that is there is written over, and what another policy would say has no papers.
    let run = folder.run(&[&replay[..], &["--papers", "again"]].concat());
    assert_eq!(run.code, 3, "{}", run.stderr);
    let run = folder.run(&[&replay[..], &["--papers", "new", "--edition", "statutes"]].concat());
    assert_eq!(run.code, 2, "{}", run.stderr);
}
