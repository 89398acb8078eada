//! Programs that tests start: their places, and the treatment of a test where they are missing.
//!
//! A test begins with the programs that it starts: `needs!("initdb");`. If one is not installed,
//! the test is left out, and its suite says so in one line, past the test harness. With
//! [`VARIABLE`] set to `required`, as `./test` sets it, the test fails instead; with `none` nothing
//! counts as installed.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Environment variable that says how a missing program is treated.
pub const VARIABLE: &str = "MUSTCHECK_TEST_PROGRAMS";

/// Environment variable that names the folder of `initdb` and of PostgreSQL's other programs.
pub const POSTGRES: &str = "MUSTCHECK_POSTGRES_BIN";

/// The programs, their packages, and their places: the same table that `./test` reads.
const TABLE: &str = include_str!("../programs.txt");

/// Leaves the test out, and says so, unless the programs that it starts are installed. The names
/// are those of `crates/testing/programs.txt`.
#[macro_export]
macro_rules! needs {
    ($($program:literal),+ $(,)?) => {
        if $crate::programs::left_out(env!("CARGO_CRATE_NAME"), &[$($program),+]) {
            return;
        }
    };
}

/// A line of the table.
struct Row {
    names: Vec<&'static str>,
    package: &'static str,
    places: Vec<&'static str>,
}

fn rows() -> impl Iterator<Item = Row> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut cells = line.split_whitespace();
        let (names, package, _) = (cells.next()?, cells.next()?, cells.next()?);
        Some(Row { names: names.split('|').collect(), package, places: cells.collect() })
    })
}

fn row(program: &str) -> Row {
    let found = rows().find(|row| row.names.contains(&program));
    found.unwrap_or_else(|| panic!("`{program}` does not stand in crates/testing/programs.txt"))
}

/// Treatment of programs that are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    /// The test is left out.
    LeftOut,
    /// The test fails.
    Fails,
    /// Everything is missing, whatever is installed, and the test is left out.
    Pretended,
}

impl Missing {
    fn of(said: Option<&OsStr>) -> Self {
        match said.and_then(OsStr::to_str) {
            Some("required") => Self::Fails,
            Some("none") => Self::Pretended,
            None if said.is_none() => Self::LeftOut,
            _ => panic!("{VARIABLE} is neither `required` nor `none`"),
        }
    }
}

/// Returns the path of a program: in one of its places (if several exist, such as versions, in the
/// last), or on the path. PostgreSQL's programs are in the folder that [`POSTGRES`] names, if it
/// names one.
pub fn find(program: &str) -> Option<PathBuf> {
    let named = if program == "initdb" { std::env::var_os(POSTGRES) } else { None };
    let path = std::env::var_os("PATH").unwrap_or_default();
    search(&row(program), named.as_deref(), &path)
}

fn search(row: &Row, named: Option<&OsStr>, path: &OsStr) -> Option<PathBuf> {
    let within = |folder: &Path| {
        row.names.iter().map(|name| folder.join(name)).find(|program| program.is_file())
    };
    if let Some(named) = named {
        return within(Path::new(named));
    }
    let placed = row.places.iter().flat_map(|place| glob::glob(place).into_iter().flatten());
    let placed = placed.flatten().last();
    placed.or_else(|| std::env::split_paths(path).find_map(|folder| within(&folder)))
}

/// Whether a test of a suite is left out: see [`needs!`](crate::needs).
///
/// # Panics
///
/// If a program is missing where all are required, or is not in the table.
pub fn left_out(suite: &str, programs: &[&str]) -> bool {
    static SAID: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);
    let missing = Missing::of(std::env::var_os(VARIABLE).as_deref());
    let lacking: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| missing == Missing::Pretended || find(program).is_none())
        .collect();
    if lacking.is_empty() {
        return false;
    }
    let told = told(suite, missing, &lacking);
    if missing == Missing::Fails {
        panic!("{told}");
    }
    // Past the harness, which keeps the `eprintln!` output of a test that passes.
    if SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(told.clone()) {
        let _ = std::io::stderr().write_all(format!("{told}\n").as_bytes());
    }
    true
}

fn told(suite: &str, missing: Missing, programs: &[&str]) -> String {
    let named: Vec<String> = programs.iter().map(|program| format!("`{program}`")).collect();
    let packages: Vec<&str> = programs.iter().map(|program| row(program).package).collect();
    let (named, packages) = (named.join(", "), packages.join(" "));
    let lack = if programs.len() == 1 { "is not installed" } else { "are not installed" };
    let install = format!("(Debian: apt-get install {packages})");
    let left_out = format!("{suite}: left out: the tests that need {named}");
    match missing {
        Missing::Fails => format!("{named} {lack} {install}"),
        Missing::LeftOut => format!("{left_out}, which {lack} {install}; ./test runs all tests"),
        Missing::Pretended => format!("{left_out}: {VARIABLE} is `none`"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn table_row(places: Vec<&'static str>) -> Row {
        Row { names: vec!["one", "other"], package: "some-package", places }
    }

    #[test]
    fn a_program_is_found_where_it_is_named_placed_or_on_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let make = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        let (on_path, placed) = (make("path/other"), make("lib/15/bin/one"));
        make("lib/13/bin/one");
        let path = std::env::join_paths([folder.path().join("none"), folder.path().join("path")]);
        let path = path.unwrap();
        assert_eq!(search(&table_row(vec![]), None, &path), Some(on_path.clone()));
        assert_eq!(search(&table_row(vec![]), None, OsStr::new("")), None);
        let place = format!("{}/lib/*/bin/one", folder.path().display());
        let place = || vec![&*Box::leak(place.clone().into_boxed_str())];
        assert_eq!(search(&table_row(place()), None, &path), Some(placed));
        let named = |name: &str| folder.path().join(name).into_os_string();
        assert_eq!(search(&table_row(place()), Some(&named("path")), &path), Some(on_path));
        assert_eq!(search(&table_row(place()), Some(&named("none")), &path), None);
    }

    #[test]
    fn what_is_missing_is_named_with_its_package() {
        let both = ["chromium", "chromedriver"];
        assert_eq!(
            told("browser", Missing::LeftOut, &both),
            "browser: left out: the tests that need `chromium`, `chromedriver`, which are not \
             installed (Debian: apt-get install chromium chromium-driver); ./test runs all tests"
        );
        assert_eq!(
            told("database", Missing::Fails, &["initdb"]),
            "`initdb` is not installed (Debian: apt-get install postgresql)"
        );
    }

    #[test]
    fn the_variable_takes_two_words() {
        let of = |said: &str| Missing::of(Some(OsStr::new(said)));
        assert_eq!(Missing::of(None), Missing::LeftOut);
        assert_eq!(of("required"), Missing::Fails);
        assert_eq!(of("none"), Missing::Pretended);
        for other in ["", "1", "requierd"] {
            let told = std::panic::catch_unwind(|| of(other)).unwrap_err();
            let told = told.downcast_ref::<String>().unwrap();
            assert_eq!(told, "MUSTCHECK_TEST_PROGRAMS is neither `required` nor `none`");
        }
    }

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines);
        assert!(std::panic::catch_unwind(|| row("initbd")).is_err());
    }
}
