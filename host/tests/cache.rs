//! Compiled policies on disk: used if this program made them for this user, refused otherwise.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::{CodeCache, Origin, Policy};
use tempfile::TempDir;

const EDITION: &str = "statutes";

fn cache(folder: &Path) -> CodeCache {
    CodeCache::open(folder).unwrap()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut all: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "policy")).collect();
    all.sort();
    all
}

/// A folder with the entry of one edition.
fn filled() -> (TempDir, PathBuf, Policy) {
    let folder = TempDir::with_prefix("cache").unwrap();
    let inner = folder.path().join("inner");
    let policy = cache(&inner).embedded_edition(EDITION).unwrap();
    assert_eq!(*policy.origin(), Origin::Compiled);
    (folder, inner, policy)
}

fn refused(folder: &Path, expected: &str) {
    let policy = cache(folder).embedded_edition(EDITION).unwrap();
    match policy.origin() {
        Origin::Refused(why) => assert!(why.ends_with(expected), "{why}"),
        other => panic!("{other:?}"),
    }
    // What was refused was replaced.
    let again = cache(folder).embedded_edition(EDITION).unwrap();
    assert_eq!(*again.origin(), Origin::Cached);
}

const FOREIGN: &str = "was altered or is not this user's";

#[test]
fn a_policy_is_compiled_once_and_is_the_same_afterwards() {
    let (_keep, folder, first) = filled();
    let second = cache(&folder).embedded_edition(EDITION).unwrap();
    assert_eq!(*second.origin(), Origin::Cached);
    assert_eq!(second.digest(), first.digest());
    assert_eq!(second.component(), first.component());
    assert_eq!(second.description(), first.description());
    // Without a cache it is the same policy too.
    assert_eq!(Policy::embedded_edition(EDITION).unwrap().digest(), first.digest());
    // A file has an entry of its own.
    let file = folder.join("policy.wasm");
    fs::write(&file, first.component()).unwrap();
    assert_eq!(*cache(&folder).policy(&file).unwrap().origin(), Origin::Compiled);
    assert_eq!(*cache(&folder).policy(&file).unwrap().origin(), Origin::Cached);
    // One byte of the file more, and it is another component.
    let mut longer = first.component().to_vec();
    longer.extend([0, 2, 1, b'x']);
    fs::write(&file, longer).unwrap();
    let policy = cache(&folder).policy(&file).unwrap();
    assert_eq!(*policy.origin(), Origin::Compiled);
    assert_ne!(policy.digest(), first.digest());
}

#[test]
fn an_entry_that_was_altered_is_refused() {
    let (_keep, folder, _) = filled();
    let path = entries(&folder).remove(0);
    let sound = fs::read(&path).unwrap();
    let places = [0, 31, 32, 39, 40, 1_000, sound.len() / 2, sound.len() - 1];
    for place in places {
        let mut altered = sound.clone();
        altered[place] ^= 1;
        fs::write(&path, altered).unwrap();
        refused(&folder, FOREIGN);
    }
    for length in [0, 1, 31, 32, 40, sound.len() - 1] {
        fs::write(&path, &sound[..length]).unwrap();
        refused(&folder, FOREIGN);
    }
    let longer = [&sound[..], &[0]].concat();
    fs::write(&path, longer).unwrap();
    refused(&folder, FOREIGN);
}

#[test]
fn an_entry_of_another_policy_or_user_is_refused() {
    let (_keep, folder, _) = filled();
    let own = entries(&folder).remove(0);
    // Another edition's, under this one's name.
    cache(&folder).embedded_edition("guofa-2016-33").unwrap();
    let other = entries(&folder).into_iter().find(|path| *path != own).unwrap();
    fs::copy(&other, &own).unwrap();
    refused(&folder, FOREIGN);
    // The same edition's, made under another key.
    let (_keep, foreign, _) = filled();
    fs::copy(entries(&foreign).remove(0), &own).unwrap();
    refused(&folder, FOREIGN);
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_may_use_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let (_keep, folder, _) = filled();
    let said = |folder: &Path| CodeCache::open(folder).unwrap_err().to_string();
    for (path, open, closed) in [(folder.clone(), 0o755, 0o700), (folder.join("key"), 0o640, 0o600)]
    {
        mode(&path, open);
        let expected = format!(
            "`{}` cannot be used for compiled policies: others may use it (mode {open:o}): \
             `chmod go=` it",
            path.display()
        );
        assert_eq!(said(&folder), expected);
        mode(&path, closed);
        assert_eq!(*cache(&folder).embedded_edition(EDITION).unwrap().origin(), Origin::Cached);
    }
    fs::write(folder.join("key"), [7; 63]).unwrap();
    assert_eq!(
        said(&folder),
        format!(
            "`{}` cannot be used for compiled policies: the key has not 64 bytes: remove it, and \
             a new one is made",
            folder.join("key").display()
        )
    );
}

#[test]
fn programs_that_begin_at_once_share_one_key() {
    let folder = TempDir::with_prefix("cache").unwrap();
    let inner = folder.path().join("inner");
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| cache(&inner));
        }
    });
    cache(&inner).embedded_edition(EDITION).unwrap();
    assert_eq!(*cache(&inner).embedded_edition(EDITION).unwrap().origin(), Origin::Cached);
    let left: Vec<_> = fs::read_dir(&inner).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn old_entries_go() {
    let (_keep, folder, _) = filled();
    fs::remove_file(entries(&folder).remove(0)).unwrap();
    for i in 0..40 {
        let path = folder.join(format!("{i:02}.policy"));
        let file = fs::File::create(&path).unwrap();
        let age = std::time::Duration::from_secs(1_000 - i);
        file.set_modified(std::time::SystemTime::now() - age).unwrap();
    }
    cache(&folder).embedded_edition(EDITION).unwrap();
    let left = entries(&folder);
    assert_eq!(left.len(), 32);
    assert!(!folder.join("00.policy").exists() && folder.join("39.policy").exists());
    assert_eq!(*cache(&folder).embedded_edition(EDITION).unwrap().origin(), Origin::Cached);
}
