//! `STYLE.md` is held: the openings of doc comments, and words that we do not use in them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Words that open a relative clause, and say nothing about what a thing is.
const OPENERS: [&str; 14] = [
    "What", "That", "Who", "Whom", "Whose", "Whoever", "Which", "Where", "When", "Why", "How",
    "As", "Of", "Those",
];

/// Words that have a plainer one.
const BANNED: [&str; 6] = ["held against", "is told", "are told", "founds", "mends", "mended"];

/// Folders whose code is made by others or by a build.
const LEFT_OUT: [&str; 3] = ["target", ".git", "node_modules"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every Rust file of the workspace.
fn sources() -> Vec<PathBuf> {
    let (mut folders, mut found) = (vec![root()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !LEFT_OUT.contains(&name) {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The doc comments of a file: line of the first, and the text without its marks.
fn docs(source: &str) -> Vec<(usize, String)> {
    let (mut docs, mut open) = (Vec::<(usize, String)>::new(), false);
    for (line, text) in (1..).zip(source.lines().map(str::trim_start)) {
        let doc = text.strip_prefix("///").or_else(|| text.strip_prefix("//!"));
        let doc = doc.filter(|doc| !doc.starts_with('/'));
        match (doc, docs.last_mut()) {
            (Some(more), Some((_, doc))) if open => {
                doc.push(' ');
                doc.push_str(more.trim());
            }
            (Some(first), _) => docs.push((line, first.trim().to_owned())),
            (None, _) => {}
        }
        open = doc.is_some();
    }
    docs
}

/// Finds what is wrong with a doc comment, if anything.
fn fault(doc: &str) -> Option<String> {
    let opener = doc.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if OPENERS.contains(&opener) {
        return Some(format!("opens with `{opener}`"));
    }
    let plain = format!(" {} ", doc.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " "));
    let banned = BANNED.iter().find(|word| plain.contains(&format!(" {word} ")));
    banned.map(|word| format!("says `{word}`"))
}

#[test]
fn doc_comments_say_what_a_thing_is() {
    let (mut count, mut faults) = (0, Vec::new());
    for path in sources() {
        let source = fs::read_to_string(&path).unwrap();
        for (line, doc) in docs(&source) {
            count += 1;
            if let Some(fault) = fault(&doc) {
                let file = path.strip_prefix(root()).unwrap().display().to_string();
                faults.push(format!("{file}:{line}: {fault}: {doc}"));
            }
        }
    }
    assert!(count > 5_000, "{count} doc comments");
    assert!(faults.is_empty(), "{} of {count}:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_riddle_is_seen() {
    let source = "/// What a thing is made in.\nstruct A;\n//// no doc\n/// Checks it.\n/// When it can.\nfn b() {}\n//! It is held\n//! against it.\n";
    let found: Vec<_> = docs(source).into_iter().map(|(line, doc)| (line, fault(&doc))).collect();
    let expected = [
        (1, Some("opens with `What`".to_owned())),
        (4, None),
        (7, Some("says `held against`".to_owned())),
    ];
    assert_eq!(found, expected);
}
