//! Several processes and threads on one log, and processes that are killed.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{settings, trust};
use mustcheck_log::{Checkpoint, Kind, Log, Reader, Verify, verify};

/// Variable with the child's log, its name, and the number of entries that each of its threads
/// appends.
const CHILD: &str = "MUSTCHECK_LOG_CHILD";
const THREADS: usize = 3;

/// An entry that shows by itself whether it is whole.
fn entry(name: &str) -> Vec<u8> {
    let length = name.bytes().fold(17usize, |sum, byte| sum * 31 % 2999 + usize::from(byte));
    let head = format!("{name};{length};");
    head.bytes().chain(b"whole ".iter().copied().cycle().take(length)).collect()
}

fn name_of(bytes: &[u8]) -> String {
    let name = bytes.split(|byte| *byte == b';').next().unwrap();
    let name = String::from_utf8(name.to_vec()).unwrap();
    assert_eq!(entry(&name), bytes, "half an entry");
    name
}

/// Work of a child process; not a test by itself.
#[test]
fn the_child_appends() {
    let Some(told) = std::env::var_os(CHILD) else { return };
    let told = told.into_string().unwrap();
    let [directory, name, many] = told.splitn(3, '|').collect::<Vec<_>>().try_into().unwrap();
    let many: u64 = many.parse().unwrap();
    let log = Log::open(Path::new(directory), settings()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let log = &log;
            scope.spawn(move || {
                for number in 0..many {
                    let name = format!("{name}.{thread}.{number}");
                    let index = log.append(&entry(&name)).unwrap().index;
                    let line = format!("@{index} {name}\n");
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

/// A child process, and the entries that it confirmed.
struct Appender {
    child: Child,
    confirmed: Arc<Mutex<Vec<(u64, String)>>>,
    listener: std::thread::JoinHandle<()>,
}

impl Appender {
    fn start(directory: &Path, name: &str, many: u64) -> Self {
        let told = format!("{}|{name}|{many}", directory.display());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_child_appends", "--nocapture", "--test-threads=1"])
            .env(CHILD, told)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let confirmed = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&confirmed);
        let listener = std::thread::spawn(move || {
            for line in lines {
                // The first line may come after output of the test harness.
                let line = line.unwrap();
                let Some((_, line)) = line.split_once('@') else { continue };
                let (index, name) = line.split_once(' ').unwrap();
                told.lock().unwrap().push((index.parse().unwrap(), name.to_owned()));
            }
        });
        Self { child, confirmed, listener }
    }

    fn has_begun(&self) -> bool {
        !self.confirmed.lock().unwrap().is_empty()
    }

    /// Waits for the child's end, or kills it. Returns the entries that it confirmed until then.
    fn end(mut self, kill: bool) -> Vec<(u64, String)> {
        if kill {
            self.child.kill().unwrap();
        }
        let status = self.child.wait().unwrap();
        assert!(kill || status.success(), "{status}");
        self.listener.join().unwrap();
        Arc::try_unwrap(self.confirmed).unwrap().into_inner().unwrap()
    }
}

/// Reads and verifies until `stop` is set. Returns the number of times that it did.
fn watch(directory: PathBuf, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<u64> {
    std::thread::spawn(move || {
        let trust = trust();
        let mut last: Option<Checkpoint> = None;
        let mut watched = 0;
        while !stop.load(Ordering::Relaxed) {
            let reader = Reader::open(&directory, &trust).unwrap();
            let known = last.as_ref().map_or(0, Checkpoint::size);
            assert!(reader.size() >= known, "entries are gone again");
            for entry in reader.entries(known..u64::MAX) {
                name_of(&entry.unwrap().1);
            }
            let mut verify = Verify::new(&directory, &trust).threads(1);
            if let Some(last) = &last {
                verify = verify.since(last);
            }
            let report = verify.run().unwrap();
            // A killed process may leave the end torn until the next writer comes.
            assert_eq!(report.damages().next(), None);
            assert!(report.size >= reader.size());
            last = report.checkpoint;
            watched += 1;
        }
        watched
    })
}

#[test]
fn what_was_confirmed_survives_kill_9_at_any_moment() {
    let rounds: u64 = if common::long() { 500 } else { 40 };
    let folder = tempfile::tempdir().unwrap();
    drop(Log::create(folder.path(), settings()).unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let watcher = watch(folder.path().to_owned(), Arc::clone(&stop));
    let mut confirmed: Vec<(u64, String)> = Vec::new();
    let mut kept = Reader::open(folder.path(), &trust()).unwrap().checkpoint().clone();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for round in 0..rounds {
        let start = |name| Appender::start(folder.path(), &format!("{name}{round}"), u64::MAX);
        let (a, b) = (start("a"), start("b"));
        while !(a.has_begun() || b.has_begun()) {
            std::thread::sleep(Duration::from_micros(200));
        }
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_micros(random % 60_000));
        let mut new = a.end(true);
        if random.is_multiple_of(3) {
            // The other goes on for a while alone.
            std::thread::sleep(Duration::from_micros(random % 7_001));
        }
        new.extend(b.end(true));
        let reader = Reader::open(folder.path(), &trust()).unwrap();
        for (index, name) in &new {
            assert_eq!(name_of(&reader.entry(*index).unwrap()), *name, "round {round}");
        }
        let report = Verify::new(folder.path(), &trust()).since(&kept).run().unwrap();
        assert_eq!(report.damages().next(), None, "round {round}");
        kept = report.checkpoint.unwrap();
        confirmed.extend(new);
    }
    stop.store(true, Ordering::Relaxed);
    let watched = watcher.join().unwrap();
    // All of them are there still, none twice, and the whole log verifies.
    drop(Log::open(folder.path(), settings()).unwrap());
    let report = verify(folder.path(), &trust()).unwrap();
    // Part of a tile that a killed writer left is no part of the log, and nobody reads it.
    let strays = report.findings.iter().filter(|finding| finding.kind == Kind::Stray).count();
    assert_eq!(report.findings.len(), strays, "{:?}", report.findings);
    let reader = Reader::open(folder.path(), &trust()).unwrap();
    let names: Vec<String> =
        reader.entries(0..u64::MAX).map(|entry| name_of(&entry.unwrap().1)).collect();
    for (index, name) in &confirmed {
        assert_eq!(names[usize::try_from(*index).unwrap()], *name);
    }
    let different: std::collections::BTreeSet<&String> = names.iter().collect();
    assert_eq!(different.len(), names.len());
    assert!(watched > rounds / 4, "watched {watched} times");
    eprintln!("{rounds} rounds, {} confirmed, {} logged", confirmed.len(), names.len());
}

#[test]
fn two_processes_append_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    drop(Log::create(folder.path(), settings()).unwrap());
    let many = 150;
    let a = Appender::start(folder.path(), "a", many);
    let b = Appender::start(folder.path(), "b", many);
    let mut all = a.end(false);
    all.extend(b.end(false));
    all.sort();
    let indices: Vec<u64> = all.iter().map(|(index, _)| *index).collect();
    assert_eq!(indices, (0..2 * many * THREADS as u64).collect::<Vec<_>>());
    let reader = Reader::open(folder.path(), &trust()).unwrap();
    assert_eq!(reader.size(), indices.len() as u64);
    for (index, name) in all {
        assert_eq!(name_of(&reader.entry(index).unwrap()), name);
    }
    assert_eq!(verify(folder.path(), &trust()).unwrap().findings, []);
}

#[test]
fn threads_share_a_log_and_each_gets_its_own_index() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::create(folder.path(), settings()).unwrap();
    let mut indices: Vec<u64> = std::thread::scope(|scope| {
        let append = |thread: u32| {
            let log = &log;
            scope.spawn(move || {
                let append = |n| {
                    let name = format!("{thread}.{n}");
                    let appended = log.append(&entry(&name)).unwrap();
                    assert!(appended.checkpoint.size() > appended.index);
                    (appended.index, name)
                };
                (0..80).map(append).collect::<Vec<_>>()
            })
        };
        let threads: Vec<_> = (0..8).map(append).collect();
        let all: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        let reader = Reader::open(folder.path(), &trust()).unwrap();
        for (index, name) in &all {
            assert_eq!(name_of(&reader.entry(*index).unwrap()), *name);
        }
        all.into_iter().map(|(index, _)| index).collect()
    });
    indices.sort_unstable();
    assert_eq!(indices, (0..640).collect::<Vec<_>>());
}

#[test]
fn a_log_is_made_once_however_many_open_or_create_it() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for n in 0..4 {
                let directory = folder.path().join("new");
                scope.spawn(move || {
                    let log = Log::open_or_create(&directory, common::buffered()).unwrap();
                    log.append(&[n]).unwrap();
                });
            }
        });
        let report = verify(&folder.path().join("new"), &trust()).unwrap();
        assert_eq!((report.size, report.findings.as_slice()), (4, &[][..]));
    }
}
