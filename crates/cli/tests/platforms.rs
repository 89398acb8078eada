//! Checks over remote platforms and imports of other formats, by the real program.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::json;

use support::{Folder, application, command, record, registry, uscc, with};

/// A simulated platform that ends with the test.
struct Platform(Child);

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a platform over `registry.json`; the mapping file that it prints is `platform.toml`.
fn simulate(folder: &Folder, more: &[&str]) -> Platform {
    let arguments = [&["registry", "simulate", "registry.json"], more].concat();
    let mapping = std::fs::File::create(folder.path("platform.toml")).unwrap();
    let mut child = command(&folder.path(""), &arguments)
        .stdin(Stdio::null())
        .stdout(mapping)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let platform = Platform(child);
    let mut line = String::new();
    // What it says last: the mapping file is written.
    told.read_line(&mut line).unwrap();
    assert!(line.starts_with("listening on 127.0.0.1:"), "{line}");
    platform
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("application.json", &application());
    let old = with(&registry(&[record("r1", 1)]), "/sources/0/as_of", "2026-11-19T20:00:00+08:00");
    folder.write("registry.json", &old);
    folder
}

#[test]
fn a_check_over_a_platform_decides_as_on_its_file() {
    let folder = folder();
    let by_file = folder.run_check().json();
    for shape in ["paged", "cursor"] {
        let _platform = simulate(&folder, &["--shape", shape, "--size", "1"]);
        let over = ["check", "application.json", "--registry", "platform.toml", "--format", "json"];
        let run = folder.run(&over);
        assert_eq!(run.told(), (11, ""), "{shape}");
        // The platform's records are called by the platform.
        let same = run.stdout.replace("platform/r1", "r1");
        let same: serde_json::Value = serde_json::from_str(&same).unwrap();
        assert_eq!(same, by_file, "{shape}");
    }
}

#[test]
fn a_platform_that_is_down_is_said_to_be_and_nobody_is_clear() {
    let folder = folder();
    let _platform = simulate(&folder, &["--fault", "status=500"]);
    let run = folder.run(&["check", "application.json", "--registry", "platform.toml"]);
    assert_eq!(run.told(), (12, ""));
    assert!(run.stdout.contains("source `platform`: it answers 500"), "{}", run.stdout);
}

#[test]
fn a_platform_that_has_nothing_about_anybody_is_not_believed() {
    let folder = folder();
    let _platform = simulate(&folder, &["--fault", "empty"]);
    let run = folder.run(&["check", "application.json", "--registry", "platform.toml"]);
    assert_eq!(run.told(), (12, ""));
    let told = "source `platform`: canary 1, known to be on list `A";
    assert!(run.stdout.contains(told), "{}", run.stdout);
}

#[test]
fn what_is_wrong_with_a_mapping_or_a_fault_is_told() {
    let folder = folder();
    folder.write_text("bad.toml", "time_seconds = 0\n");
    let run = folder.run(&["check", "application.json", "--registry", "bad.toml"]);
    let told = "error: registry `bad.toml`\n  caused by: source: the mapping names no source (line \
                1, column 1)\ntime_seconds: must not be 0 (line 1, column 16)\n";
    assert_eq!(run.told(), (3, told));
    let run = folder.run(&["registry", "simulate", "registry.json", "--fault", "dwon"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`dwon` is no fault: there are slow=MILLISECONDS, down"));
    folder.write_text("cut.json", "{");
    let run = folder.run(&["registry", "simulate", "cut.json"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
}

#[test]
fn a_table_is_imported_and_its_bad_rows_go_to_a_file() {
    let folder = folder();
    folder.write_text("list.toml", TABLE);
    let rows =
        format!("名称,代码,文号,列入\n甲,{},1号,2025/3/1\n乙,{},2号,2025/2/30\n", uscc(1), uscc(2));
    folder.write_text("list.csv", &rows);
    let import =
        ["registry", "import", "list.csv", "--mapping", "list.toml", "--into", "credit.db"];
    let import = [&import[..], &["--rejected", "rejected.csv", "--lang", "en"]].concat();
    let run = folder.run(&import);
    let private = "`rejected.csv` holds identifiers as the list does; only you may read it\n";
    assert_eq!(run.told(), (3, private));
    let day = "is no day that exists, such as 2025-03-01, 2025/3/1, 20250301 or 2025年3月1日";
    // The mark is what somebody needs who answers for the row.
    let mark = run.stdout.split_once("rejected [").unwrap().1.split_once(']').unwrap().0.to_owned();
    assert_eq!(
        run.stdout,
        format!(
            "list.csv\n  encoding utf-8\n  2 row(s), 1 record(s), 1 rejected, 0 of totals, 0 \
             blank, 0 repeated\n  hrss: 1 added, 0 changed, 0 unchanged, 0 removed\n  \
             rejected [{mark}] records[1]: row 3: valid_from: `2025/2/30` {day}\n"
        )
    );
    let rejected = std::fs::read_to_string(folder.path("rejected.csv")).unwrap();
    assert!(rejected.contains(&uscc(2)));
    let check = ["check", "application.json", "--registry", "credit.db", "--format", "json"];
    assert_eq!(folder.run(&check).told(), (11, ""));

    let run = folder.run(&[&import[..], &["--format", "json"]].concat());
    let converted = json!({ "rows": 2, "records": 1, "rejected": 1, "totals": 0, "blank": 0,
                            "duplicates": 0, "skipped": 0, "headers": 0, "unnamed": 0, "rounded": 0,
                            "encoding": "utf-8" });
    assert_eq!(run.json()[0]["converted"], converted);
    let who = ["--by", "王某", "--why", "该条与本市无关"];
    let acknowledge = ["registry", "acknowledge", "--mark", &mark, "credit.db"];
    let run = folder.run(&[&acknowledge[..], &who].concat());
    assert_eq!(run.code, 0, "{run:?}");
}

#[test]
fn the_day_of_a_table_is_told_and_never_lies_ahead() {
    let folder = folder();
    folder.write_text("list.toml", &TABLE.replace("as_of = \"2026-11-19T20:00:00+08:00\"\n", ""));
    folder.write_text("list.csv", &format!("名称,代码,文号,列入\n甲,{},1号,2025/3/1\n", uscc(1)));
    let import = |more: &[&str]| {
        let all =
            ["registry", "import", "list.csv", "--mapping", "list.toml", "--into", "credit.db"];
        folder.run(&[&all[..], more, &["--lang", "en"]].concat())
    };
    let told = "error: `list.csv`: the mapping does not say as of when the list is: `as_of`, \
                `as_of_cell` or `as_of_name` of its source is missing\n";
    assert_eq!(import(&[]).told(), (3, told));
    assert_eq!(import(&["--as-of", "2026-11-18T20:00:00+08:00"]).told(), (0, ""));
    let shown = folder.run(&["registry", "show", "credit.db"]).stdout;
    assert!(shown.contains("2026-11-18T20:00:00+08:00"), "{shown}");
    let run = import(&["--as-of", "2199-01-01T00:00:00+08:00"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let ahead = "sources[0].as_of: `2199-01-01T00:00:00+08:00` lies in the future";
    assert!(run.stderr.contains(ahead), "{}", run.stderr);
    let entities = ["--from", "follow-the-money", "--as-of", "x"];
    assert_eq!(import(&entities).code, 2);
}

const TABLE: &str = r#"
[source]
id = "hrss"
as_of = "2026-11-19T20:00:00+08:00"
covers = ["wage-arrears"]
[record]
id = ["文号"]
list = { constant = "wage-arrears" }
valid_from = "列入"
[record.subject]
kind = { constant = "organization" }
scheme = { constant = "uscc" }
identifier = "代码"
name = "名称"
"#;

#[test]
fn what_cannot_be_imported_is_told() {
    let folder = folder();
    folder.write_text("list.toml", TABLE);
    folder.write_bytes("list.csv", b"\xff");
    let import = |files: &[&str]| {
        let all = [&["registry", "import"], files, &["--into", "credit.db"]].concat();
        folder.run(&all)
    };
    let run = import(&["list.csv", "--mapping", "list.toml"]);
    let told = "error: `list.csv`: byte 1, in line 1, is no utf-8; byte 1, in line 1, is no \
                gb18030\n";
    assert_eq!(run.told(), (3, told));
    let run = import(&["list.csv", "list.csv", "--mapping", "list.toml"]);
    let told = "error: `--mapping` reads one file at a time: it says of which source, and as of \
                when\n";
    assert_eq!(run.told(), (1, told));
    assert_eq!(import(&["list.csv", "--rejected", "r.csv"]).code, 2);
    folder.write_text("list.toml", &TABLE.replace("\"hrss\"", "\"\""));
    let run = import(&["list.csv", "--mapping", "list.toml"]);
    let told = "error: mapping `list.toml`\n  caused by: source.id: must not be empty (line 3, column 6)\n";
    assert_eq!(run.told(), (3, told));
}

/// The table in GB18030 and the entities of the example become what its page prints.
#[test]
#[cfg(unix)]
fn the_example_prints_what_its_page_says() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/importing");
    let output = std::process::Command::new(example.join("run"))
        .env("MUSTCHECK", env!("CARGO_BIN_EXE_mustcheck"))
        .env("MUSTCHECK_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"))
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let page = std::fs::read_to_string(example.join("README.md")).unwrap();
    let shown: Vec<&str> = page.split("```console\n").skip(1).collect();
    assert!(shown.len() >= 3);
    for block in shown {
        let block = block.split("```").next().unwrap();
        // A part that is left out is marked.
        for part in block.split("…\n") {
            assert!(printed.contains(part), "{part}\nis not in\n{printed}");
        }
    }
}
