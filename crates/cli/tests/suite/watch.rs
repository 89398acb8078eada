//! `--watch`: a change is seen and named, and its result is reported.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::support::{Folder, command};
use super::{RIGHT, case};

/// A program that runs until it is dropped.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut child = command(&folder.path(""), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The lines up to one that begins so.
    fn until(&self, start: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60));
            let line = line.unwrap_or_else(|e| panic!("{e}: no `{start}` after {seen:?}"));
            let is_last = line.starts_with(start);
            seen.push(line);
            if is_last {
                return seen;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_change_runs_the_suite_again() {
    let folder = Folder::new();
    case(&folder, "cases/a", RIGHT);
    let watching =
        Watching::start(&folder, &["test", "cases", "--watch", "--junit", "cases/r.xml"]);
    assert_eq!(
        watching.until("1 case: 1 passed"),
        ["1 case: 1 passed (restricted 1), 0 failed, 0 bad, 0 fault"]
    );
    folder.write_text("cases/a/expected.toml", &RIGHT.replace("restricted", "review"));
    let seen = watching.until("1 case: 0 passed");
    assert_eq!(seen[..2], ["", "changed: cases/a/expected.toml"]);
    assert!(seen.contains(&"  - disposition: expected `review`, found `restricted`".to_owned()));
    // A new case is found, and what cannot be evaluated does not end the watch.
    folder.write_text("cases/a/expected.toml", "disposition = ");
    watching.until("1 case: 0 passed, 0 failed, 1 bad");
    case(&folder, "cases/a", RIGHT);
    case(&folder, "cases/b", RIGHT);
    watching.until("2 cases: 2 passed");
}

#[test]
fn a_change_of_the_catalogue_is_seen() {
    let folder = Folder::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    super::shipped::copy(&root, &folder.path("catalogue"));
    case(&folder, "cases/a", RIGHT);
    let watching =
        Watching::start(&folder, &["test", "cases", "--catalogue", "catalogue", "--watch"]);
    watching.until("1 case: 1 passed");
    let path = folder.path("catalogue/overlays/default.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // Everything is stale, and no restriction applies any more.
    std::fs::write(&path, text.replace("freshness_days = 7", "freshness_days = 0")).unwrap();
    let seen = watching.until("1 case: 0 passed");
    assert_eq!(seen[1], "changed: catalogue/overlays/default.toml");
    assert!(seen.contains(&"failed  a  undetermined".to_owned()), "{seen:?}");
}
