//! One name for one idea: no two public types of one name in the workspace.
//!
//! Read are structs, enums, unions, traits and aliases that are `pub` where they are written, in
//! every crate, the examples too. What a macro writes is not seen.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use syn::{Item, Visibility};

/// Folders of the sources that are read.
const SOURCES: [&str; 5] = [
    "crates/*/src/**/*.rs",
    "crates/writer/component/src/**/*.rs",
    "examples/*/src/**/*.rs",
    "guest/src/**/*.rs",
    "host/src/**/*.rs",
];

/// Names that every verb of the command line, or every group of verbs, has for its own.
const OF_VERBS: [&str; 2] = ["Arguments", "Command"];

/// Names that several types still have, each with the number of types. The table may only shrink.
const LEFT: [(&str, usize); 70] = [
    ("Admission", 2),
    ("Begun", 2),
    ("Case", 2),
    ("Change", 3),
    ("Column", 2),
    ("Config", 2),
    ("Coverage", 3),
    ("Days", 2),
    ("Difference", 3),
    ("Document", 2),
    ("Due", 2),
    ("DueLookup", 2),
    ("Duty", 2),
    ("Encoding", 2),
    ("Entry", 3),
    ("Error", 2),
    ("Expected", 2),
    ("Failure", 5),
    ("FailureKind", 3),
    ("Fault", 3),
    ("Field", 2),
    ("Finding", 6),
    ("Found", 2),
    ("Gap", 2),
    ("Group", 2),
    ("Held", 2),
    ("Id", 2),
    ("Identity", 2),
    ("Item", 2),
    ("Key", 2),
    ("Kind", 3),
    ("Language", 2),
    ("Line", 2),
    ("ListRule", 2),
    ("Logged", 2),
    ("Measure", 3),
    ("Missing", 2),
    ("Office", 2),
    ("Opening", 2),
    ("Options", 3),
    ("Outcome", 4),
    ("Party", 2),
    ("Period", 2),
    ("Person", 2),
    ("Place", 2),
    ("Places", 2),
    ("Problem", 3),
    ("Progress", 2),
    ("Proof", 2),
    ("Question", 3),
    ("Recording", 2),
    ("Refusal", 2),
    ("Registry", 2),
    ("Report", 3),
    ("Response", 2),
    ("Setting", 2),
    ("Severity", 2),
    ("Shape", 2),
    ("Shared", 4),
    ("Side", 2),
    ("Sink", 2),
    ("Source", 4),
    ("StoreError", 2),
    ("Term", 3),
    ("Tls", 2),
    ("Told", 2),
    ("Unanswered", 2),
    ("Unreadable", 2),
    ("Verdict", 3),
    ("Words", 2),
];

/// Returns the names of the public types among some items, in their order.
fn public_types(items: &[Item]) -> Vec<String> {
    let mut names = Vec::new();
    for item in items {
        let (visibility, name) = match item {
            Item::Enum(it) => (&it.vis, &it.ident),
            Item::Struct(it) => (&it.vis, &it.ident),
            Item::Trait(it) => (&it.vis, &it.ident),
            Item::Type(it) => (&it.vis, &it.ident),
            Item::Union(it) => (&it.vis, &it.ident),
            Item::Mod(it) => {
                names.extend(it.content.iter().flat_map(|(_, items)| public_types(items)));
                continue;
            }
            _ => continue,
        };
        if matches!(visibility, Visibility::Public(_)) {
            names.push(name.to_string());
        }
    }
    names
}

/// Returns the files in which each public type is written.
fn places(root: &Path) -> BTreeMap<String, Vec<String>> {
    let mut places = BTreeMap::<String, Vec<String>>::new();
    for pattern in SOURCES {
        for path in glob::glob(root.join(pattern).to_str().unwrap()).unwrap() {
            let path = path.unwrap();
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            let short = path.strip_prefix(root).unwrap().display().to_string();
            let of_verbs = |name: &String| OF_VERBS.contains(&name.as_str());
            let is_verb = short.starts_with("crates/cli/src/cli/");
            let names = public_types(&file.items).into_iter();
            for name in names.filter(|name| !(is_verb && of_verbs(name))) {
                places.entry(name).or_default().push(short.clone());
            }
        }
    }
    places
}

#[test]
fn a_name_is_that_of_one_public_type() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let places = places(&root);
    assert!(places.len() > 500, "{} names", places.len());
    let mut left = BTreeMap::from(LEFT);
    let mut faults = Vec::new();
    for (name, files) in places {
        let allowed = left.remove(name.as_str()).unwrap_or(1);
        if files.len() > allowed {
            faults.push(format!("`{name}` names {} types:\n  {}", files.len(), files.join("\n  ")));
        } else if files.len() < allowed {
            let now = files.len();
            faults.push(format!("`{name}` names {now} types, not {allowed}: shrink the table"));
        }
    }
    faults.extend(left.keys().map(|name| format!("`{name}` names no type: shrink the table")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn public_types_are_seen_wherever_they_stand() {
    let source = "pub struct A; pub(crate) struct B; struct C; pub type D = A; pub fn e() {}\n\
                  mod inner { pub enum F {} pub trait G { type H; } } pub union I { a: u8 }";
    let file = syn::parse_file(source).unwrap();
    assert_eq!(public_types(&file.items), ["A", "D", "F", "G", "I"]);
}
