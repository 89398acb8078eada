//! Databases that are not ours, not there, not readable, or damaged; and how ours is searched.

use std::error::Error as _;
use std::path::Path;

use mustcheck::RegistryError;
use mustcheck_registry::SqliteRegistry;
use rusqlite::Connection;

use crate::support::{Folder, ask, firm, record, registry, uscc};
use crate::{database, import_into};

/// An error with its causes, in one line.
fn told(error: &RegistryError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn opened(path: &Path) -> String {
    told(&SqliteRegistry::open(path).expect_err("no registry"))
}

fn imported(path: &Path) -> String {
    told(&import_into(path, &registry(&[record("r1", 1)])).expect_err("no registry"))
}

#[test]
fn a_database_of_another_application_is_refused_and_left_alone() {
    let (_folder, path) = database();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);").unwrap();
    drop(other);
    let before = std::fs::read(&path).unwrap();
    let message = format!("`{}` is no mustcheck registry", path.display());
    assert_eq!(opened(&path), message);
    assert_eq!(imported(&path), message);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_of_another_layout_is_refused() {
    let (_folder, path) = database();
    import_into(&path, &registry(&[])).unwrap();
    let ours = Connection::open(&path).unwrap();
    ours.pragma_update(None, "user_version", 7).unwrap();
    drop(ours);
    let message = format!("`{}` is of layout 7; this program reads layout 3", path.display());
    assert_eq!(opened(&path), message);
    assert_eq!(imported(&path), message);
}

#[test]
fn a_missing_database_is_not_made_by_a_lookup() {
    let (_folder, path) = database();
    let missing = "No such file or directory";
    let expected = format!("`{0}` cannot be read: entity not found", path.display());
    let message = opened(&path);
    assert!(message == expected || message.contains(missing), "{message}");
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let (_folder, path) = database();
    std::fs::write(&path, "hello, this is a letter and no database at all\n").unwrap();
    for message in [opened(&path), imported(&path)] {
        assert!(message.contains("file is not a database"), "{message}");
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, "hello, this is a letter and no database at all\n");
}

#[test]
fn a_damaged_database_is_an_error_and_never_an_empty_answer() {
    let (_folder, path) = database();
    let records: Vec<_> = (0..500).map(|n| record(&format!("r{n}"), n)).collect();
    import_into(&path, &registry(&records)).unwrap();
    let good = std::fs::read(&path).unwrap();
    // Everything after the first page, which holds the schema, is overwritten.
    let mut damaged = good.clone();
    damaged[4096..].fill(0x5a);
    std::fs::write(&path, &damaged).unwrap();
    let lists = ["wage-arrears".to_owned()];
    let subject = firm(1);
    let asks = [mustcheck::Ask {
        query: 0,
        subject: &subject,
        as_of: crate::support::AS_OF,
        lists: &lists,
    }];
    let answer = SqliteRegistry::open(&path)
        .and_then(|registry| mustcheck::Registry::lookup(&registry, &asks));
    let message = told(&answer.expect_err("the database is damaged"));
    assert!(message.contains("malformed"), "{message}");
    // Cut short, as by a full disk.
    std::fs::write(&path, &good[..good.len() / 2]).unwrap();
    let answer = SqliteRegistry::open(&path)
        .and_then(|registry| mustcheck::Registry::lookup(&registry, &asks));
    assert!(answer.is_err(), "{answer:?}");
}

/// Every query of lookups that holds no placeholder of its own, as it is prepared.
fn queries() -> Vec<String> {
    let source = concat!(
        include_str!("../../../registry/src/sqlite.rs"),
        include_str!("../../../registry/src/sqlite/openings.rs")
    );
    let literals = source.split("\"SELECT ").skip(1);
    let whole = literals.filter_map(|rest| rest.split('"').next());
    let joined = whole.map(|text| text.split("\\\n").map(str::trim_start).collect::<String>());
    joined.filter(|text| !text.contains('{')).map(|text| format!("SELECT {text}")).collect()
}

#[test]
fn lookups_go_through_an_index() {
    let (_folder, path) = database();
    import_into(&path, &registry(&[record("r1", 1)])).unwrap();
    let connection = Connection::open(&path).unwrap();
    let mut about_parties = 0;
    for query in queries() {
        if !query.contains("WHERE identifier") && !query.contains("WHERE pattern.key") {
            continue;
        }
        about_parties += 1;
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        for parameter in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(parameter, uscc(1)).unwrap();
        }
        let mut plan = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            plan.push(row.get::<_, String>(3).unwrap());
        }
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{query}: {plan:?}");
        let by_index = |step: &String| {
            step.starts_with("SEARCH") && (step.contains("identifier=?") || step.contains("key=?"))
        };
        assert!(plan.iter().any(by_index), "{query}: {plan:?}");
    }
    assert_eq!(about_parties, 2, "records, and entries that could not be read");
}

#[test]
fn a_lookup_costs_the_same_in_a_large_registry() {
    let (_folder, path) = database();
    let records: Vec<_> = (0..20_000).map(|n| record(&format!("r{n}"), n)).collect();
    import_into(&path, &registry(&records)).unwrap();
    let sqlite = SqliteRegistry::open(&path).unwrap();
    let begun = std::time::Instant::now();
    for n in 0..500 {
        let answers = ask(&sqlite, &[firm(n * 37)], &["wage-arrears"]);
        assert_eq!(answers[0].records.len(), 1);
    }
    // A scan of 20,000 rows takes some milliseconds; 500 of them would take seconds.
    assert!(begun.elapsed().as_secs_f64() < 2.0, "{:?}", begun.elapsed());
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_gives_a_clear_error() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    let folder = Folder::new();
    folder.write("registry.json", &registry(&[record("r1", 1)]));
    let here = folder.path("");
    // Nobody may look into the folder of root in which the program may have been built.
    std::fs::copy(env!("CARGO_BIN_EXE_mustcheck"), folder.path("program")).unwrap();
    std::fs::set_permissions(&here, std::fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = std::process::Command::new(folder.path("program"));
    command
        .args(["registry", "import", "registry.json", "--into", "credit.db"])
        .current_dir(&here)
        .env_clear();
    if std::fs::metadata(&here).unwrap().uid() == 0 {
        // Root may write anywhere: be nobody.
        command.uid(65_534);
    }
    let output = command.output().unwrap();
    std::fs::set_permissions(&here, std::fs::Permissions::from_mode(0o755)).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("unable to open database file: "), "{stderr}");
    assert!(stderr.contains("credit.db"), "{stderr}");
    assert!(!here.join("credit.db").exists());
}
