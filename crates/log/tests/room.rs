//! Real cases of a full disk, and of a folder that may not be written to.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use common::{settings, trust};
use mustcheck_log::{Error, Log, Reader, verify};

/// Variable with the child's log.
const CHILD: &str = "MUSTCHECK_LOG_ROOM";

fn entry(index: u64) -> Vec<u8> {
    let head = format!("{index};");
    head.bytes().chain(std::iter::repeat_n(b'x', 3000)).collect()
}

/// A disk in memory, which only root can mount.
struct Mounted(tempfile::TempDir);

impl Mounted {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .output();
        done.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn set(&self, options: &str) {
        let remount = ["-o", &format!("remount,{options}")];
        assert!(Command::new("mount").args(remount).arg(self.0.path()).status().unwrap().success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// Appends until there is no room. Returns the number of entries in the log.
fn fill(log: &Log) -> u64 {
    loop {
        let next = log.checkpoint().unwrap().size();
        match log.append(&entry(next)) {
            Ok(appended) => assert_eq!(appended.index, next),
            Err(error) => {
                assert!(matches!(error, Error::NoRoom { .. }), "{error:?}");
                assert!(error.to_string().starts_with("no room to "), "{error}");
                assert_eq!(log.checkpoint().unwrap().size(), next);
                return next;
            }
        }
    }
}

/// Asserts that every entry is there and whole, and that there are no findings.
fn holds(directory: &Path, size: u64) {
    let report = verify(directory, &trust()).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.size, size);
    let reader = Reader::open(directory, &trust()).unwrap();
    for (index, read) in reader.entries(0..size).map(Result::unwrap) {
        assert_eq!(read, entry(index));
    }
}

#[test]
fn a_full_disk_refuses_and_loses_nothing_and_goes_on_when_there_is_room() {
    let Some(disk) = Mounted::new("3m") else {
        assert!(limited_by_size(), "neither a disk in memory nor a size limit can be had");
        return eprintln!("no disk can be mounted here: tested with a limit on file sizes");
    };
    // Kept small: the disk is filled within the first bundle, at its end, and in the second.
    for ballast in [2_500_000, 1_500_000, 700_000, 300_000, 0] {
        let directory = disk.0.path().join(format!("log-{ballast}"));
        let filler = disk.0.path().join("ballast");
        fs::write(&filler, vec![0; ballast]).unwrap();
        let log = Log::create(&directory, settings()).unwrap();
        let mut size = fill(&log);
        holds(&directory, size);
        for _ in 0..3 {
            assert!(matches!(log.append(&entry(size)).unwrap_err(), Error::NoRoom { .. }));
        }
        holds(&directory, size);
        // Another process finds the same.
        let other = Log::open(&directory, settings());
        if let Ok(other) = other {
            assert_eq!(other.checkpoint().unwrap().size(), size);
        }
        if ballast > 1_000_000 {
            fs::remove_file(&filler).unwrap();
            for _ in 0..200 {
                assert_eq!(log.append(&entry(size)).unwrap().index, size);
                size += 1;
            }
            holds(&directory, size);
        }
        drop(log);
        fs::remove_dir_all(&directory).unwrap();
    }
}

#[test]
fn a_full_disk_refuses_where_only_the_size_of_files_is_limited() {
    assert!(limited_by_size());
}

/// Fills a log in a process whose files may not grow beyond 400 KiB, then goes on in this one.
fn limited_by_size() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("log");
    drop(Log::create(&directory, settings()).unwrap());
    let child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 800 && exec \"$0\" --exact the_child_fills_the_log"])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, &directory)
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    let size = Reader::open(&directory, &trust()).unwrap().size();
    assert!(size > 10 && size < 256, "{size}");
    holds(&directory, size);
    let log = Log::open(&directory, settings()).unwrap();
    for index in size..300 {
        assert_eq!(log.append(&entry(index)).unwrap().index, index);
    }
    holds(&directory, 300);
    true
}

/// Work of the limited process; not a test by itself.
#[test]
fn the_child_fills_the_log() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let log = Log::open(Path::new(&directory), settings()).unwrap();
    let size = fill(&log);
    assert!(matches!(log.append(&entry(size)).unwrap_err(), Error::NoRoom { .. }));
}

#[test]
fn a_folder_that_is_only_read_from_is_read_and_verified_and_not_appended_to() {
    if let Some(disk) = Mounted::new("8m") {
        let directory = disk.0.path().join("log");
        let log = Log::create(&directory, settings()).unwrap();
        log.append_all((0..300).map(entry)).unwrap();
        drop(log);
        disk.set("ro");
        read_only(&directory);
        let error = Log::create(&disk.0.path().join("other"), settings()).err().unwrap();
        assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
        disk.set("rw");
        Log::open(&directory, settings()).unwrap().append(&entry(300)).unwrap();
        return holds(&directory, 301);
    }
    // Without a disk to mount this is not root, who may write everywhere.
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("log");
    let log = Log::create(&directory, settings()).unwrap();
    log.append_all((0..300).map(entry)).unwrap();
    drop(log);
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let (lock, tail) = (directory.join("lock"), directory.join("tail"));
    mode(&lock, 0o444);
    mode(&tail, 0o444);
    mode(&directory, 0o555);
    assert!(fs::write(directory.join("try"), "").is_err(), "no folder can be made read-only here");
    read_only(&directory);
    mode(&directory, 0o755);
}

fn read_only(directory: &Path) {
    let error = Log::open(directory, settings()).err().unwrap();
    assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
    assert_eq!(error.to_string(), "not allowed to open `lock`");
    holds(directory, 300);
    let reader = Reader::open(directory, &trust()).unwrap();
    reader.prove(299).unwrap().verify(&entry(299), &trust()).unwrap();
}
