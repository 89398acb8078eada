//! Imports between files make no circle: whoever reads a file has read, or need not read, what it
//! takes from others.
//!
//! The rule, for the source files of each crate:
//!
//! - An arrow goes from a file to the file in which a name that it mentions is written: by a `use`,
//!   by a path in its code, in a macro, or in the words of an attribute such as
//!   `#[serde(default = "crate::…")]`.
//! - A `pub use` is a signpost. It makes no arrow itself: whoever takes a name by it has an arrow
//!   to the file where the name is written.
//! - A module and its parts are one idea. A part may name what a module above it is made of, and
//!   implement it, so an arrow from a file to a module that it lies in does not count. The root of
//!   a crate is no idea: arrows to `lib.rs` and `main.rs` count.
//! - No file may be reached from itself by the arrows that count.
//!
//! Calls of methods make no arrow, since their types are not known here; nor does what is compiled
//! for tests alone.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "circles/mentions.rs"]
mod mentions;
#[path = "circles/modules.rs"]
mod modules;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::modules::{Arrows, Crate};

/// Root files of the crates that are read.
const ROOTS: [&str; 6] = [
    "bench/benches/*/main.rs",
    "crates/*/src/*.rs",
    "crates/writer/component/src/*.rs",
    "examples/*/src/*.rs",
    "guest/src/*.rs",
    "host/src/*.rs",
];

/// Arrows that are left for now, though they close a circle. The table may only shrink.
const LEFT: [(&str, &str, &str); 13] = [
    ("crates/model/src/worded/datum.rs", "crates/model/src/identifier.rs", MASK),
    ("crates/cli/src/cli/replay/page.rs", "crates/cli/src/cli/replay/impact.rs", HOW),
    ("crates/service/src/page/sign_in.rs", "crates/service/src/page/visit.rs", GUEST),
    (CLI_FAILURE, "crates/cli/src/cli/replay.rs", BY_TYPE),
    (CLI_FAILURE, "crates/cli/src/cli/test.rs", BY_TYPE),
    (CLI_FAILURE, "crates/cli/src/cli/test/init.rs", BY_TYPE),
    ("crates/service/src/operations/status.rs", "crates/service/src/openapi.rs", OPENAPI),
    ("crates/service/src/shared.rs", "crates/service/src/readiness.rs", READINESS),
    (PAGE_LANGUAGE, "crates/service/src/page/respond.rs", CHOICE),
    (PAGE_LANGUAGE, "crates/service/src/page/visit.rs", CHOICE),
    ("crates/service/src/page/layout.rs", "crates/service/src/page/visit.rs", GUEST),
    ("crates/service/src/page/respond.rs", "crates/service/src/page/visit.rs", GUEST),
    ("crates/service/src/page/session.rs", "crates/service/src/page/state.rs", SETTINGS),
];

const CLI_FAILURE: &str = "crates/cli/src/cli/failure.rs";
const PAGE_LANGUAGE: &str = "crates/service/src/page/language.rs";
const BY_TYPE: &str =
    "the exit code of an error is found by its type: each verb should say its own";
const MASK: &str = "a masked identifier is a datum of the fault that the identifier has";
const HOW: &str = "the words for a difference are written beside the work that finds it";
const OPENAPI: &str = "the operation that serves the document of all operations is one of them";
const READINESS: &str = "what readiness found is kept with what it looks at";
const CHOICE: &str = "the language, and the page that chooses it, are in one file";
const GUEST: &str = "the guest is written beside the visit that begins with one";
const SETTINGS: &str = "the settings of pages are written beside the state that holds sessions";

/// The workspace, read once.
static WORKSPACE: LazyLock<Arrows> = LazyLock::new(|| read(&root()));

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Reads every crate below a folder.
fn read(root: &Path) -> Arrows {
    let mut arrows = Arrows::new();
    for pattern in ROOTS {
        for file in glob::glob(root.join(pattern).to_str().unwrap()).unwrap() {
            let file = file.unwrap();
            if is_root(&file) {
                arrows.extend(Crate::read(&file).arrows());
            }
        }
    }
    arrows
}

fn is_root(file: &Path) -> bool {
    file.ends_with("lib.rs") || file.ends_with("main.rs")
}

/// Whether an arrow goes from a part of a module to that module.
fn is_upward(from: &Path, to: &Path) -> bool {
    !is_root(to) && from.starts_with(to.with_extension(""))
}

/// Returns the circles that the arrows close, those to modules above and those for which `is_left`
/// holds aside; each with its files in their order.
fn circles(arrows: &Arrows, is_left: impl Fn(&Path, &Path) -> bool) -> Vec<Vec<&Path>> {
    let ends = arrows.iter().flat_map(|(from, to)| to.keys().map(|to| (&**from, &**to)));
    let counted = ends.filter(|(from, to)| !is_upward(from, to) && !is_left(from, to));
    let mut circles = tarjan_scc(&DiGraphMap::<&Path, ()>::from_edges(counted));
    circles.retain(|files| files.len() > 1);
    circles.iter_mut().for_each(|files| files.sort());
    circles.sort();
    circles
}

/// Describes a circle: its files, and the names that tie each to another.
fn described(arrows: &Arrows, files: &[&Path], root: &Path) -> String {
    let short = |file: &Path| file.strip_prefix(root).unwrap().display().to_string();
    let mut text = format!("a circle of {} files:\n", files.len());
    for from in files {
        for (to, names) in &arrows[*from] {
            if files.contains(&&**to) && !is_upward(from, to) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let (from, to) = (short(from), short(to));
                writeln!(text, "  {from} -> {to}: {}", names.join(", ")).unwrap();
            }
        }
    }
    text
}

#[test]
fn files_that_import_each_other_make_no_circle() {
    let root = root();
    let arrows = &*WORKSPACE;
    assert!(arrows.len() > 500, "{} files", arrows.len());
    let is_left = |from: &Path, to: &Path| {
        LEFT.iter().any(|(f, t, _)| from == root.join(f) && to == root.join(t))
    };
    let found = circles(arrows, is_left);
    let texts: Vec<String> = found.iter().map(|files| described(arrows, files, &root)).collect();
    assert!(texts.is_empty(), "{}", texts.join("\n"));
}

#[test]
fn what_is_left_still_closes_a_circle() {
    let root = root();
    let arrows = &*WORKSPACE;
    let found = circles(arrows, |_, _| false);
    for (from, to, why) in LEFT {
        let (from, to) = (root.join(from), root.join(to));
        let is_there = arrows.get(&from).is_some_and(|taken| taken.contains_key(&to));
        let closes = |files: &Vec<&Path>| files.contains(&&*from) && files.contains(&&*to);
        assert!(
            is_there && found.iter().any(closes),
            "`{}` -> `{}` closes no circle any more, remove it from the table (`{why}`)",
            from.display(),
            to.display()
        );
    }
}

/// Writes a made-up crate, and returns its circles in words.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("crates/made-up/src");
    for (file, text) in files {
        let file = source.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let arrows = read(folder.path());
    let found = circles(&arrows, |_, _| false);
    found.iter().map(|files| described(&arrows, files, &source)).collect()
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; mod c; mod d; mod e; mod face; pub use e::E;"),
        ("face.rs", "pub(crate) use crate::b::*; pub(crate) use crate::c::C as Renamed;"),
        ("a.rs", "use crate::face::{B, Renamed}; pub struct A(B, Renamed);"),
        ("b.rs", "pub struct B; fn b() { print!(\"{:?}\", super::d::D) }"),
        ("c.rs", "pub struct C; #[derive(Serialize)] struct T(#[serde(with = \"crate::e\")] E);"),
        ("d.rs", "use crate::a; pub const D: usize = size_of::<a::A>();"),
        ("e.rs", "pub struct E; fn e() { use crate::a::A as _; }"),
    ]);
    let expected =
        "a circle of 3 files:\n  a.rs -> b.rs: B\n  b.rs -> d.rs: D\n  d.rs -> a.rs: A\n";
    assert_eq!(found, [expected]);
}

#[test]
fn a_part_may_name_its_module_and_nothing_else_that_uses_it() {
    let lib = ("lib.rs", "mod whole; mod other;");
    let part = (
        "whole/part.rs",
        "use super::Whole; impl Whole { pub fn part(&self) {} }\n\
                 pub struct Part(Whole);",
    );
    let whole = ("whole.rs", "mod part; pub use part::Part; pub struct Whole; fn w(_: Part) {}");
    assert!(circles_of(&[lib, whole, part, ("other.rs", "")]).is_empty());

    let other = ("other.rs", "use crate::whole::Whole; pub struct Other(Whole);");
    let part = ("whole/part.rs", "use crate::other::Other; pub struct Part(Other);");
    let expected = "a circle of 3 files:\n  other.rs -> whole.rs: Whole\n  \
                    whole/part.rs -> other.rs: Other\n  whole.rs -> whole/part.rs: Part\n";
    assert_eq!(circles_of(&[lib, whole, part, other]), [expected]);
}

#[test]
fn the_root_of_a_crate_is_a_file_like_others() {
    let lib = ("lib.rs", "mod a; pub struct Error; pub fn run() -> a::A { a::A(Error) }");
    let found = circles_of(&[lib, ("a.rs", "use crate::Error; pub struct A(pub Error);")]);
    assert_eq!(found, ["a circle of 2 files:\n  a.rs -> lib.rs: Error\n  lib.rs -> a.rs: A\n"]);
}

#[test]
fn signposts_and_tests_make_no_circle() {
    let found = circles_of(&[
        ("lib.rs", "mod a; pub mod b; pub use a::A; use mustcheck_model::b::A as Foreign;"),
        ("a.rs", "pub use crate::b::B; pub struct A; #[cfg(test)] mod tests { use crate::b::B; }"),
        ("b.rs", "use crate::A; use std::fmt; pub struct B(A); pub struct Foreign;"),
    ]);
    assert!(found.is_empty(), "{found:?}");
}
