//! `mustcheck registry import | show`.

use serde_json::{Value, json};

use crate::folder;
use crate::support::{record, registry, shown_resident, uscc, with};

const IMPORT: [&str; 5] = ["registry", "import", "registry.json", "--into", "credit.db"];

#[test]
fn an_import_is_counted_and_a_check_decides_as_on_the_file() {
    let folder = folder(&registry(&[record("r1", 1), record("r2", 2)]));
    let first = folder.run(&[&IMPORT[..], &["--lang", "en"]].concat());
    let counts = "2 added, 0 changed, 0 unchanged, 0 removed";
    assert_eq!(first.told(), (0, ""));
    assert_eq!(first.stdout, format!("registry.json\n  platform: {counts}\n"));
    let second = folder.run(&[&IMPORT[..], &["--lang", "zh"]].concat());
    let counts = "0 新增, 0 更新, 2 不变, 0 移除";
    assert_eq!(second.stdout, format!("registry.json\n  platform: {counts}\n"));

    let database = ["check", "application.json", "--registry", "credit.db", "--format", "json"];
    let by_database = folder.run(&database);
    let by_file = folder.run_check();
    assert_eq!(by_database.told(), (11, ""));
    assert_eq!(by_database.stdout, by_file.stdout);
}

#[test]
fn what_is_refused_is_told_and_exits_with_3() {
    let bad = with(&record("r2", 2), "/act", "weather");
    let folder = folder(&registry(&[record("r1", 1), bad]));
    let run = folder.run(&[&IMPORT[..], &["--format", "json"]].concat());
    assert_eq!(run.told(), (3, ""));
    let counted = json!({ "source": "platform", "added": 1, "changed": 0, "unchanged": 0,
                          "removed": 0 });
    let mark = run.json()[0]["report"]["rejected"][0]["mark"].clone();
    let rejected = json!({ "place": "records[1]", "reason": "act: `weather` is an unknown act",
                           "mark": mark });
    let report = json!({ "sources": [counted], "rejected": [rejected] });
    assert_eq!(run.json(), json!([{ "file": "registry.json", "report": report }]));

    let older = with(&registry(&[]), "/sources/0/as_of", "2026-11-18T20:00:00+08:00");
    folder.write("registry.json", &older);
    let run = folder.run(&[&IMPORT[..], &["--lang", "en"]].concat());
    assert_eq!(run.told(), (3, ""));
    let told = "registry.json\n  platform: not imported: the snapshot of \
                `2026-11-18T20:00:00+08:00` is older than the one held, of \
                `2026-11-19T20:00:00+08:00`\n";
    assert_eq!(run.stdout, told);
}

#[test]
fn several_files_are_imported_one_after_another() {
    let folder = folder(&registry(&[record("r1", 1)]));
    let mut other = with(&registry(&[]), "/sources/0/id", "court");
    other["sources"][0]["covers"] = json!(["judgment-defaulters"]);
    folder.write("court.json", &other);
    let arguments = ["registry", "import", "registry.json", "court.json", "--into", "credit.db"];
    assert_eq!(folder.run(&arguments).told(), (0, ""));
    let shown = folder.run(&["registry", "show", "credit.db", "--format", "json"]).json();
    let sources = shown["sources"].as_array().unwrap();
    let held: Vec<_> = sources.iter().map(|s| (&s["id"], &s["records"])).collect();
    assert_eq!(held, [(&json!("court"), &json!(0)), (&json!("platform"), &json!(1))]);
}

#[test]
fn show_lists_sources_and_the_records_about_an_application() {
    let folder = folder(&registry(&[record("r1", 1), record("r2", 2)]));
    assert_eq!(folder.run(&IMPORT).code, 0);
    let about = ["--application", "application.json"];
    let mut shown: Vec<Value> = Vec::new();
    for file in ["registry.json", "credit.db"] {
        let show = ["registry", "show", file];
        let run = folder.run(&[&show[..], &about, &["--format", "json"]].concat());
        assert_eq!(run.told(), (0, ""));
        shown.push(run.json());
        let text = folder.run(&[&show[..], &about, &["--lang", "en"]].concat());
        assert_eq!(text.told(), (0, ""));
        let head = "platform 全国信用信息共享平台\n  as of 2026-11-19T20:00:00+08:00, 2 record(s), \
                    records from 2016-01-01\n";
        assert!(text.stdout.starts_with(head), "{}", text.stdout);
        let found = format!(
            "legal representative 张三 {}\n  r1  wage-arrears  2025-03-01 – 2028-02-29\n",
            shown_resident(1)
        );
        assert!(text.stdout.ends_with(&found), "{}", text.stdout);
    }
    assert_eq!(shown[0], shown[1]);
    let ids = |n: usize| shown[0]["about"][n]["records"][0]["id"].clone();
    assert_eq!([ids(0), ids(1)], ["r1", "r1"]);
    assert_eq!(shown[0]["about"][0]["subject"], uscc(1));
}

#[test]
fn a_file_that_is_no_database_is_not_imported_into() {
    let folder = folder(&registry(&[record("r1", 1)]));
    folder.write_text("letter.db", "dear sir, this is a letter\n");
    let run = folder.run(&["registry", "import", "registry.json", "--into", "letter.db"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.starts_with("error: registry `letter.db`\n"), "{}", run.stderr);
    assert!(run.stderr.contains("file is not a database"), "{}", run.stderr);
    let letter = std::fs::read_to_string(folder.path("letter.db")).unwrap();
    assert_eq!(letter, "dear sir, this is a letter\n");
    // The file to import is named as well, and no database is made for it.
    folder.write_text("bad.json", "{\"records\": 1}");
    let run = folder.run(&["registry", "import", "bad.json", "--into", "new.db"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(
        run.stderr.contains("`bad.json`: records: invalid type: integer `1`, expected a sequence"),
        "{}",
        run.stderr
    );
    assert!(!folder.path("new.db").exists());
}

#[test]
fn an_entry_that_could_not_be_read_is_shown_and_somebody_answers_for_it() {
    let masked = with(&record("r2", 2), "/subject/identifier", "9131**********0001");
    let folder = folder(&registry(&[record("r1", 1), masked, json!("junk")]));
    assert_eq!(folder.run(&IMPORT).code, 3);
    let show = || folder.run(&["registry", "show", "credit.db", "--lang", "en"]).stdout;
    let shown = show();
    let told = "  2 rejected: 1 may mean some subjects, 1 may mean anybody (2 patterns), since \
                2026-11-19T20:00:00+08:00\n";
    assert!(shown.contains(told), "{shown}");
    let json = folder.run(&["registry", "show", "credit.db", "--format", "json"]).json();
    let entries = json["sources"][0]["entries"].as_array().unwrap();
    let places: Vec<_> = entries.iter().map(|entry| entry["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["records[1]", "records[2]"]);
    let mark = entries[1]["mark"].as_str().unwrap();
    assert!(shown.contains(&format!("    [{mark}] * records[2]: ")), "{shown}");

    let answer =
        ["registry", "acknowledge", "--mark", mark, "--by", "李四", "--why", "a stray line"];
    let run = folder.run(&[&answer[..], &["credit.db", "--lang", "en"]].concat());
    assert_eq!((run.told(), &*run.stdout), ((0, ""), "1 unreadable entries acknowledged\n"));
    let shown = show();
    assert!(shown.contains("  1 rejected: 1 may mean some subjects"), "{shown}");
    assert!(shown.contains("  1 acknowledged\n"), "{shown}");
    assert!(shown.contains("(acknowledged by 李四 20"), "{shown}");
    assert!(shown.contains(": a stray line)\n"), "{shown}");
    let none =
        ["registry", "acknowledge", "--mark", "none", "--by", "x", "--why", "y", "credit.db"];
    let run = folder.run(&none);
    assert_eq!(run.code, 3);
    let told = "no entry that could not be read has the mark `none`";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn a_file_that_was_cut_is_refused_and_an_undo_brings_back_what_was_held() {
    let folder = folder(&registry(&[record("r1", 1), record("r2", 2)]));
    assert_eq!(folder.run(&IMPORT).code, 0);
    folder.write("registry.json", &registry(&[record("r1", 1)]));
    let run = folder.run(&IMPORT);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let told = "nothing was imported: it would remove 1 of 2 from list `wage-arrears` of source \
                `platform` in force; if that is right, allow it with `--allow-removal 1`";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let run = folder.run(&[&IMPORT[..], &["--allow-removal", "1"]].concat());
    assert_eq!(run.told(), (0, ""));
    let shown = folder.run(&["registry", "show", "credit.db", "--lang", "en"]).stdout;
    assert!(shown.contains("  `registry undo` brings back 2026-11-19T20:00:00+08:00\n"), "{shown}");
    let undo = ["registry", "undo", "credit.db", "--source", "platform", "--lang", "en"];
    let run = folder.run(&undo);
    let told = "platform: brought back, as of 2026-11-19T20:00:00+08:00\n";
    assert_eq!((run.told(), &*run.stdout), ((0, ""), told));
    let json = folder.run(&["registry", "show", "credit.db", "--format", "json"]).json();
    assert_eq!(json["sources"][0]["records"], 2);
    assert_eq!(folder.run(&undo).code, 3);
}
