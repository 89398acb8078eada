//! `mustcheck registry import` into PostgreSQL: the same effect as on SQLite, and never half of it.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use mustcheck_testing::{CLOCK, needs};
use serde_json::Value;

use crate::server::Server;
use crate::{case, program, secret};

/// An empty database, and a folder with a file that says where it is.
struct Desk {
    server: Server,
    name: String,
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

/// Exit code, stdout, stderr.
type Run = (Option<i32>, String, String);

impl Desk {
    fn new() -> Self {
        let server = Server::start();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let name = runtime.block_on(server.fresh());
        let folder = tempfile::tempdir().unwrap();
        secret(&folder.path().join("database-url"), &format!("{}\n", server.url(&name)));
        Self { server, name, folder, runtime }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = program(self.folder.path());
        // The day after the lists were drawn up.
        let output = command
            .env(CLOCK, "2026-11-20")
            .args(arguments)
            .args(["--lang", "en"])
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// Runs the same import into both, and checks that exit code and report are the same.
    fn import(&self, arguments: &[&str]) -> Run {
        let import = |target: &[&str]| {
            self.run(&[&["registry", "import"], arguments, target, &["--format", "json"]].concat())
        };
        let run = import(&["--database", "database-url"]);
        assert_eq!(run, import(&["--into", "credit.db"]));
        run
    }

    /// Shows what both hold about an application's subjects, and checks that it is the same.
    fn show(&self, application: &Path) -> String {
        let about = ["--application", application.to_str().unwrap()];
        let show =
            |registry: &[&str]| self.run(&[&["registry", "show"], registry, &about].concat());
        let (code, shown, told) = show(&["--database", "database-url"]);
        assert_eq!(code, Some(0), "{told}");
        assert_eq!((code, shown.clone(), told), show(&["credit.db"]));
        shown
    }

    fn sources(&self) -> usize {
        let arguments = ["registry", "show", "--database", "database-url", "--format", "json"];
        let (code, shown, told) = self.run(&arguments);
        assert_eq!(code, Some(0), "{told}");
        let shown: Value = serde_json::from_str(&shown).unwrap();
        shown["sources"].as_array().unwrap().len()
    }

    fn sql(&self, statement: &str) {
        self.runtime.block_on(async {
            self.server.raw(&self.name).await.batch_execute(statement).await.unwrap();
        });
    }
}

fn example(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/importing").join(file);
    path.to_str().unwrap().to_owned()
}

#[test]
fn lists_and_registry_files_become_what_they_become_in_sqlite() {
    needs!("initdb");
    let desk = Desk::new();
    let (table, mapping) = (example("wage-arrears.csv"), example("wage-arrears.toml"));
    let rejected = ["--rejected", "rejected.csv"];
    let run = desk.import(&[&[&*table, "--mapping", &mapping][..], &rejected].concat());
    assert_eq!(run.0, Some(3));
    let told = "`rejected.csv` holds identifiers as the list does; only you may read it\n";
    assert_eq!(run.2, told);
    let report: Value = serde_json::from_str(&run.1).unwrap();
    assert_eq!(report[0]["report"]["sources"][0]["added"], 5);
    let places: Vec<&str> = report[0]["report"]["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rejected| rejected["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["records[5]", "records[6]"]);
    let file = std::fs::read_to_string(desk.folder.path().join("rejected.csv")).unwrap();
    assert_eq!(file.lines().count(), 3);

    let (entities, mapping) = (example("entities.ftm.json"), example("entities.toml"));
    // Somebody must look at the entity that names nobody by an exact identifier.
    assert_eq!(desk.import(&[&entities, "--mapping", &mapping]).0, Some(3));
    let shown = desk.show(Path::new(&example("application.json")));
    assert!(shown.contains("shanghai-hrss") && shown.contains("example-bank"), "{shown}");

    // A registry file; the same again; an older state; one that is none.
    let registry = case("registry.json").to_str().unwrap().to_owned();
    assert_eq!(desk.import(&[&registry]).0, Some(0));
    let run = desk.import(&[&registry]);
    let report: Value = serde_json::from_str(&run.1).unwrap();
    assert_eq!((run.0, &report[0]["report"]["sources"][0]["added"]), (Some(0), &0.into()));
    assert!(desk.show(&case("application.json")).contains("wage-arrears"));
    let text = std::fs::read_to_string(&registry).unwrap();
    let older = desk.folder.path().join("older.json");
    std::fs::write(&older, text.replace("2026-11-17T20", "2026-11-16T20")).unwrap();
    let run = desk.import(&["older.json"]);
    assert_eq!(run.0, Some(3));
    assert!(run.1.contains("is older than the one held"), "{}", run.1);
    std::fs::write(&older, text.replace("\"wage-arrears\"", "\"wage-arears\"")).unwrap();
    let into = ["registry", "import", "older.json", "--database", "database-url"];
    let (code, _, told) = desk.run(&into);
    assert_eq!(code, Some(3));
    assert!(
        told.starts_with("error: database `database-url`\n  caused by: `older.json`: "),
        "{told}"
    );
    assert!(told.contains("`wage-arears` is an unknown list"), "{told}");
}

#[test]
fn an_import_that_is_killed_leaves_nothing_half() {
    needs!("initdb");
    let desk = Desk::new();
    let registry = case("registry.json").to_str().unwrap().to_owned();
    let import = ["registry", "import", &registry, "--database", "database-url"];
    let empty = desk.folder.path().join("empty.json");
    std::fs::write(&empty, r#"{"sources":[],"records":[]}"#).unwrap();
    let made = desk.run(&["registry", "import", "empty.json", "--database", "database-url"]);
    assert_eq!((made.0, desk.sources()), (Some(0), 0), "{made:?}");
    // Its source is written, and its records cannot be.
    desk.runtime.block_on(async {
        let raw = desk.server.raw(&desk.name).await;
        // Inside a transaction the server's activity always looks the same.
        let watch = desk.server.raw(&desk.name).await;
        raw.batch_execute("BEGIN; LOCK TABLE mustcheck_record IN ACCESS EXCLUSIVE MODE")
            .await
            .unwrap();
        let mut command = program(desk.folder.path());
        let mut child = command.args(import).stdout(Stdio::null()).spawn().unwrap();
        let waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                     AND query LIKE '%mustcheck_record%'";
        let begun = Instant::now();
        while watch.query(waits, &[]).await.unwrap().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the import does not come so far");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        raw.batch_execute("ROLLBACK").await.unwrap();
    });
    assert_eq!(desk.sources(), 0);
    let run = desk.run(&import);
    assert_eq!((run.0, desk.sources()), (Some(0), 1), "{run:?}");
}

#[test]
fn a_database_that_cannot_be_used_is_told_and_its_password_never_is() {
    needs!("initdb");
    let desk = Desk::new();
    let registry = case("registry.json").to_str().unwrap().to_owned();
    let refused = |command: &[&str], expected: &str| {
        let run = desk.run(&[command, &["--database", "database-url"]].concat());
        assert!(!run.1.contains("geheim") && !run.2.contains("geheim"), "{run:?}");
        let told = format!("error: database `database-url`\n  caused by: {expected}");
        assert!(run.2.starts_with(&told), "{}", run.2);
        run.0
    };
    let (import, show) = (["registry", "import", &*registry], ["registry", "show"]);
    // Nothing has been imported, so there are no tables.
    let none = "the database is of version 0; this program needs version 6: migrate it";
    assert_eq!(refused(&show, none), Some(1));
    assert_eq!(desk.run(&[&import[..], &["--database", "database-url"]].concat()).0, Some(0));
    desk.sql("DELETE FROM mustcheck_migrations WHERE version = 6");
    let older = "the database is of version 5; this program needs version 6: migrate it";
    assert_eq!(refused(&import, older), Some(1));
    desk.sql(
        "INSERT INTO mustcheck_migrations SELECT 9, 'later', applied_on, checksum \
         FROM mustcheck_migrations WHERE version = 1",
    );
    let newer = "the database is of version 9; this program knows versions up to 6";
    assert_eq!((refused(&import, newer), refused(&show, newer)), (Some(1), Some(1)));

    let url = desk.folder.path().join("database-url");
    secret(&url, "postgresql://mustcheck:geheim@[");
    let place = "the database's settings: the place is no connection string of PostgreSQL";
    assert_eq!((refused(&import, place), refused(&show, place)), (Some(3), Some(3)));
    secret(&url, "host=/nowhere user=mustcheck password=geheim dbname=credit");
    assert_eq!(refused(&import, "no connection to the database"), Some(1));
    std::fs::write(&url, b"geheim\xff").unwrap();
    let run = desk.run(&["registry", "show", "--database", "database-url"]);
    let told = "error: `database-url` cannot be read\n  caused by: it is no text in UTF-8\n";
    assert_eq!((run.0, &*run.2), (Some(3), told));
    std::fs::remove_file(&url).unwrap();
    let run = desk.run(&["registry", "show", "--database", "database-url"]);
    assert_eq!(run.0, Some(3), "{run:?}");
}

#[test]
fn a_registry_is_in_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let usage = |arguments: &[&str], told: &str| {
        let output = program(folder.path()).arg("registry").args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains(told), "{stderr}");
    };
    let missing = "the following required arguments were not provided";
    let both = "cannot be used with";
    usage(&["import", "r.json"], missing);
    usage(&["import", "r.json", "--into", "a", "--database", "b"], both);
    usage(&["import", "r.json", "--into", "a", "--authorities", "b"], both);
    usage(&["show"], missing);
    usage(&["show", "r.json", "--database", "b"], both);
    usage(&["show", "r.json", "--authorities", "b"], both);
}
