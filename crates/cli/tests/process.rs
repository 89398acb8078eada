//! Tests that need a process of their own: one with little room, and one whose cache is damaged.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "the folder is for the host's own tests")]
#[path = "../../../host/tests/hostile/files.rs"]
mod files;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use mustcheck::{Application, ApplicationExt as _};
use mustcheck_testing::CLOCK;
use tempfile::TempDir;

/// The application that is checked.
static APPLICATION: LazyLock<Application> =
    LazyLock::new(|| Application::from_json(&read("application.json")).unwrap());

const FOREIGN: &str = "was altered or is not this user's";

fn case(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/cases/0002-procurement-wage-arrears")
        .join(file)
}

fn read(file: &str) -> Vec<u8> {
    fs::read(case(file)).unwrap()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut all: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "policy")).collect();
    all.sort();
    all
}

/// The command line in a process that may use so many KiB of address space.
#[cfg(target_os = "linux")]
fn confined(kib: u32, arguments: &[&OsStr]) -> Output {
    let mut command = Command::new("sh");
    let limit = format!("ulimit -v {kib} && exec \"$0\" \"$@\"");
    command.args(["-c", &limit, env!("CARGO_BIN_EXE_mustcheck")]).args(arguments);
    // Baking and compiling, too, must do with what there is.
    command.env("MUSTCHECK_CACHE", "").env(CLOCK, APPLICATION.as_of.to_string());
    command.output().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_with_little_address_space_decides_the_same() {
    let (application, register) = (case("application.json"), case("registry.json"));
    let check = [
        OsStr::new("check"),
        application.as_os_str(),
        OsStr::new("--registry"),
        register.as_os_str(),
        OsStr::new("--format"),
        OsStr::new("json"),
    ];
    // The pool reserves hundreds of GiB, and one memory by itself 4 GiB: there is room for neither.
    for kib in [8 << 20, 1 << 20] {
        let output = confined(kib, &check);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(11), "{kib} KiB: {said}");
        assert_eq!(output.stdout, read("decision.json"), "{kib} KiB");
    }
}

/// Guests in a process without the pool: the limits are the store's.
#[cfg(target_os = "linux")]
#[test]
fn a_process_with_little_address_space_refuses_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let readme = files::text("README.md");
    for (file, expected) in [
        (
            "large_memory.wat",
            "`start` failed: it asks for a memory of 2147483648 bytes, more than the limit of \
             268435456",
        ),
        (
            "two_memories.wat",
            "`start` failed: its sandbox cannot be made: resource limit exceeded: memory count \
             too high at 2",
        ),
        (
            "resources.wat",
            "`start` failed: it makes a handle of a resource: the interface has none",
        ),
    ] {
        let path = folder.path().join(file);
        fs::write(&path, files::of_component(file)).unwrap();
        let arguments = [OsStr::new("policy"), OsStr::new("inspect"), path.as_os_str()];
        let output = confined(2 << 20, &arguments);
        assert_ne!(output.status.code(), Some(0), "{file}");
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = format!("this is no policy component: {expected}\n");
        assert!(said.contains(&expected), "{file}: {said}");
        assert!(readme.contains(&format!("> {expected}")), "{file}");
    }
}

#[test]
fn the_command_line_says_what_it_refused_and_can_do_without() {
    let case =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cases/0001-procurement-clear");
    let run = |variable: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_mustcheck"))
            .args(["check", "application.json", "--registry", "registry.json", "--format", "json"])
            .current_dir(&case)
            .env("MUSTCHECK_CACHE", variable)
            .env(CLOCK, "2026-11-18")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(output.stdout, fs::read(case.join("decision.json")).unwrap());
        String::from_utf8(output.stderr).unwrap()
    };
    let folder = TempDir::with_prefix("cache").unwrap();
    let inner = folder.path().join("inner");
    assert_eq!(run(&inner), "");
    assert_eq!(run(&inner), "");
    let path = entries(&inner).remove(0);
    let mut entry = fs::read(&path).unwrap();
    entry[50] ^= 1;
    fs::write(&path, entry).unwrap();
    let expected = format!("warning: `{}` {FOREIGN}; compiled afresh\n", path.display());
    assert_eq!(run(&inner), expected);
    assert_eq!(run(&inner), "");
    // A file where the folder should be: slower, and said.
    let said = run(&path);
    assert!(said.starts_with("warning: `") && said.contains("cannot be used"), "{said}");
    assert_eq!(run(Path::new("")), "");
}
