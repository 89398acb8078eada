//! Costs of a process: from its start to the first decision, and the memory of a check.
//!
//! The program is started a second time and onwards, so its file is in memory, and its policy is
//! compiled in the user's cache.

pub mod memory;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::measure::{Bench, Row, scratch};
use crate::sandbox;
use crate::table::{Table, ratio, time};

const CASE: &str = "0002-procurement-wage-arrears";

/// Measures the section.
pub fn run(bench: &mut Bench) -> String {
    let program = program();
    let folder = sandbox::folder(CASE);
    let files = [program.clone(), folder.join("application.json"), folder.join("registry.json")];
    let mut nothing = Command::new("true");
    let mut reading = Command::new("cat");
    reading.args(&files);
    let mut version = Command::new(&program);
    version.arg("--version");
    let mut check = Command::new(&program);
    // The case's day is past, so that it is explained as of that day; the work is the same.
    check.arg("explain").arg(&files[1]).arg("--registry").arg(&files[2]).args(["--format", "json"]);
    // The first start is not counted.
    quietly(&mut check, 0);
    let measured = bench.rows(
        "process",
        bench.slow(),
        &mut [
            Row::new("true", || quietly(&mut nothing, 0)),
            Row::new("read", || quietly(&mut reading, 0)),
            Row::new("version", || quietly(&mut version, 0)),
            Row::new("check", || quietly(&mut check, 0)),
        ],
    );
    let sizes: Vec<String> = files.iter().map(|file| named(file)).collect();
    let mut table = Table::new(&["process", "start to end", "÷ `true`", "÷ `true` and reading"]);
    let titles = [
        "`true`".to_owned(),
        format!("`cat` of the files that a check reads ({})", sizes.join(", ")),
        "`mustcheck --version`".to_owned(),
        format!("`mustcheck explain` on {CASE}: first decision"),
    ];
    for (title, row) in titles.into_iter().zip(&measured) {
        table.row(&[
            title,
            time(row),
            ratio(row.over(&measured[0])),
            ratio(row.over(&measured[1])),
        ]);
    }
    format!("{}{}", table.markdown(), memory::run(bench))
}

fn quietly(command: &mut Command, code: i32) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(code), "{command:?}");
}

fn named(file: &Path) -> String {
    let bytes = fs::metadata(file).unwrap().len();
    let name = file.file_name().unwrap().to_string_lossy();
    format!("`{name}` {bytes} B")
}

/// The program, built as a release.
pub fn program() -> PathBuf {
    let target = scratch().parent().unwrap().to_owned();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--package", "mustcheck-cli", "--bin", "mustcheck"])
        .env("CARGO_TARGET_DIR", &target)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .status()
        .unwrap();
    assert!(built.success(), "the program is built");
    target.join("release").join(format!("mustcheck{}", std::env::consts::EXE_SUFFIX))
}
