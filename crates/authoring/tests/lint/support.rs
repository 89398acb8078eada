//! The small catalogue, changed.

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck_authoring::Finding;
use tempfile::TempDir;

pub fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

/// The texts that the small catalogue cites.
pub const TEXTS: [&str; 5] = [
    "guofa-2016-33",
    "administrative-licensing-law-2019",
    "bidding-law-2017",
    "wage-payment-regulations-2019",
    "shanghai-social-credit-2017",
];

/// A copy of the small catalogue, with the texts that it cites.
pub fn good() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&tests().join("good"), folder.path());
    fs::create_dir(folder.path().join("texts")).unwrap();
    for text in TEXTS.map(|text| format!("texts/{text}.md")) {
        fs::copy(shipped().join(&text), folder.path().join(&text)).unwrap();
    }
    folder
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// One change of the small catalogue.
pub enum Edit {
    /// The first occurrence of a text in a file becomes another.
    Swap(&'static str, &'static str, &'static str),
    /// A text is added at the end of a file, which may be new.
    Append(&'static str, &'static str),
    /// A file holds these bytes.
    Bytes(&'static str, Vec<u8>),
    /// A file or folder is no more.
    Remove(&'static str),
    /// A folder is made.
    Folder(&'static str),
    /// A symbolic link is made: its path, and where it leads.
    #[cfg(unix)]
    Link(&'static str, &'static str),
}

impl Edit {
    pub fn apply(&self, folder: &Path) {
        match self {
            Self::Swap(file, from, to) => {
                let text = fs::read_to_string(folder.join(file)).unwrap();
                assert!(text.contains(from), "{file} has no {from}");
                fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
            }
            Self::Append(file, more) => {
                let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
                let path = folder.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text + more).unwrap();
            }
            Self::Bytes(file, bytes) => fs::write(folder.join(file), bytes).unwrap(),
            Self::Remove(path) if folder.join(path).is_dir() => {
                fs::remove_dir_all(folder.join(path)).unwrap();
            }
            Self::Remove(path) => fs::remove_file(folder.join(path)).unwrap(),
            Self::Folder(path) => fs::create_dir_all(folder.join(path)).unwrap(),
            #[cfg(unix)]
            Self::Link(path, target) => {
                std::os::unix::fs::symlink(target, folder.join(path)).unwrap();
            }
        }
    }
}

/// Findings in English, as the command prints them.
pub fn said(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

/// Compares a text with a file, or writes the file; returns the difference.
pub fn golden(name: &str, found: &str) -> Option<String> {
    let path = tests().join("expected").join(name);
    if std::env::var_os("MUSTCHECK_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, found).unwrap();
        return None;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    (expected != found)
        .then(|| format!("=== {name}\n--- expected\n{expected}\n--- found\n{found}\n"))
}

/// Fails with all that differs.
pub fn same(differences: impl IntoIterator<Item = Option<String>>) {
    let differences: Vec<String> = differences.into_iter().flatten().collect();
    assert!(
        differences.is_empty(),
        "{} texts differ; if that is meant:\n\
         MUSTCHECK_BLESS=1 cargo test --release -p mustcheck-guest --test lint\n{}",
        differences.len(),
        differences.concat()
    );
}
