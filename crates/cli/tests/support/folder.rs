//! A folder in which the real program runs, and the rules that hold for each of its runs: no number
//! of a person that is in a file of the folder is shown, and in errors no firm's code either
//! (RAIL R13).

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mustcheck_testing::CLOCK;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

/// A temporary folder. The program is run in it, so that messages name files without a path.
pub struct Folder {
    folder: tempfile::TempDir,
    today: Cell<&'static str>,
    secrets: RefCell<HashSet<String>>,
}

/// Result of a run of the program.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The JSON document on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e} in {self:?}"))
    }

    /// The JSON documents on stdout, one a line.
    pub fn rows(&self) -> Vec<Value> {
        let rows = self.stdout.lines();
        rows.map(|row| serde_json::from_str(row).unwrap_or_else(|e| panic!("{e}: {row}"))).collect()
    }

    /// Exit code and stderr.
    pub fn told(&self) -> (i32, &str) {
        (self.code, &self.stderr)
    }
}

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, today: Cell::new(TODAY), secrets: RefCell::default() }
    }

    /// Sets the day of the runs that follow.
    pub fn on(&self, today: &'static str) -> &Self {
        self.today.set(today);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a JSON document.
    pub fn write(&self, name: &str, document: &Value) -> PathBuf {
        self.write_text(name, &document.to_string())
    }

    /// Writes JSON documents, one a line.
    pub fn write_lines(&self, name: &str, documents: &[Value]) -> PathBuf {
        let lines: Vec<String> = documents.iter().map(Value::to_string).collect();
        self.write_text(name, &lines.join("\n"))
    }

    /// Writes a text and remembers the identifiers in it.
    pub fn write_text(&self, name: &str, text: &str) -> PathBuf {
        self.secrets.borrow_mut().extend(identifiers(text));
        self.write_bytes(name, text.as_bytes())
    }

    /// Writes bytes in which no identifiers are looked for.
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("the folder is writable");
        path
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_with_input(arguments, &[])
    }

    /// Runs the program with something on its stdin.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = command(self.folder.path(), arguments)
            .env(CLOCK, self.today.get())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_owned();
        // A program that does not read its stdin closes it: no fault of the test.
        let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the input is written");
        let run = Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        };
        self.assert_masked(&run.stdout, &run);
        for row in run.stdout.lines().filter(|row| row.contains("\"error\":")) {
            self.assert_hidden(row, &run);
        }
        self.assert_hidden(&run.stderr, &run);
        run
    }

    /// `check` of an application with a registry, as JSON; text goes to stderr all the same.
    pub fn check(&self, application: &Value, registry: &Value) -> Run {
        self.write("application.json", application);
        self.write("registry.json", registry);
        self.run_check()
    }

    /// `check` of the files `application.json` and `registry.json`, as JSON.
    pub fn run_check(&self) -> Run {
        let files = ["application.json", "--registry", "registry.json"];
        self.run(&["check", files[0], files[1], files[2], "--format", "json"])
    }

    /// Checks that no person's number of any file is in a text, in whatever form.
    // RAIL R13
    pub fn assert_masked(&self, text: &str, run: &Run) {
        self.assert_without(text, run, is_personal);
    }

    /// Checks that no person's number and no firm's code of any file is in a text, in whatever
    /// form.
    // RAIL R13
    pub fn assert_hidden(&self, text: &str, run: &Run) {
        self.assert_without(text, run, |_| true);
    }

    fn assert_without(&self, text: &str, run: &Run, kind: fn(&str) -> bool) {
        let secrets = self.secrets.borrow();
        let mut by_length: BTreeMap<usize, HashSet<&str>> = BTreeMap::new();
        for secret in secrets.iter().filter(|secret| kind(secret)) {
            by_length.entry(secret.len()).or_default().insert(secret);
        }
        for word in words(text) {
            for (length, secrets) in by_length.range(..=word.len()) {
                for start in 0..=word.len() - length {
                    let shown = word.get(start..start + length).unwrap_or_default();
                    let hidden = !secrets.contains(shown);
                    assert!(hidden, "`{shown}` is shown by {}", shortened(run));
                }
            }
        }
    }
}

/// The day of every run that names no other: the cases' own.
const TODAY: &str = "2026-11-20";

/// The program, in a folder, with a day and a locale of its own and no colour forced on it.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mustcheck"));
    // Compiled once for all tests, and not among the user's own files.
    command.env("MUSTCHECK_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command.env(CLOCK, TODAY).args(arguments).current_dir(folder);
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "CLICOLOR_FORCE", "NO_COLOR", "FORCE_COLOR"] {
        command.env_remove(name);
    }
    command
}

fn shortened(run: &Run) -> String {
    format!("{run:?}").chars().take(2_000).collect()
}

/// Runs of capitals and digits, after NFKC and upper-casing.
fn words(text: &str) -> HashSet<String> {
    let plain = text.nfkc().collect::<String>().to_uppercase();
    let runs = plain.split(|c: char| !c.is_ascii_alphanumeric());
    runs.filter(|run| run.len() >= 9).map(str::to_owned).collect()
}

/// Whether an identifier is a resident number, also of the old form, or a passport number.
fn is_personal(identifier: &str) -> bool {
    use mustcheck::model::{Scheme, SubjectKind};
    let person = |scheme, country| {
        mustcheck::validate_identifier(SubjectKind::Person, scheme, identifier, country).is_ok()
    };
    person(Scheme::ResidentId, None)
        || (identifier.len() == 15 && identifier.bytes().all(|b| b.is_ascii_digit()))
        || (identifier.len() < 15 && person(Scheme::Passport, Some("CN")))
}

/// Returns the words that could identify somebody: long runs with digits in them, and passport
/// numbers.
fn identifiers(text: &str) -> HashSet<String> {
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    let passport = |word: &str| {
        let (head, tail) = word.split_at(1);
        word.len() == 9 && head.bytes().all(|b| b.is_ascii_uppercase()) && digits(tail) == 8
    };
    let long = |word: &str| (15..=20).contains(&word.len()) && digits(word) >= 4;
    words(text).into_iter().filter(|word| long(word) || passport(word)).collect()
}
