//! Checks of `ARCHITECTURE.md` against the code: the crates and their arrows, the files that it
//! names, and the places of the rails.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Crates that are compiled into WebAssembly; nobody may use them natively.
const COMPONENTS: [&str; 2] = ["mustcheck-guest", "mustcheck-writer-component"];

/// The crates of the product by name, each with its folder and the names of the product's crates
/// that it uses.
type Graph = BTreeMap<String, (String, BTreeSet<String>)>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap()
}

/// The graph that cargo knows. Examples and benchmarks are above all of it.
fn metadata() -> Graph {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    let base = fs::canonicalize(root()).unwrap();
    let mut graph = Graph::new();
    for package in packages {
        let manifest = fs::canonicalize(package["manifest_path"].as_str().unwrap()).unwrap();
        let folder = manifest.parent().unwrap().strip_prefix(&base).unwrap();
        let folder = folder.to_str().unwrap().to_owned();
        if folder.starts_with("examples") || folder == "bench" {
            continue;
        }
        let used = package["dependencies"].as_array().unwrap().iter();
        let used = used.filter(|used| used["kind"].is_null()).map(name);
        let used = used.filter(|used| ours.contains(used)).collect();
        graph.insert(name(package), (folder, used));
    }
    graph
}

/// Everything between back quotes.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The table's rows, from the top.
fn rows() -> Vec<(String, String, BTreeSet<String>)> {
    let page = page();
    let rows = page.lines().filter(|line| line.starts_with("| `mustcheck"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let one = |cell: &str| quoted(cell).into_iter().next().unwrap();
        (one(cells[1]), one(cells[2]), quoted(cells[4]))
    };
    rows.map(row).collect()
}

#[test]
fn the_table_of_crates_is_what_cargo_says() {
    let rows = rows();
    let told: Graph = rows
        .iter()
        .map(|(name, folder, uses)| (name.clone(), (folder.clone(), uses.clone())))
        .collect();
    assert_eq!(told.len(), rows.len(), "a crate stands twice");
    assert_eq!(told, metadata());
}

#[test]
fn arrows_go_down_and_nobody_uses_a_component() {
    let rows = rows();
    for (place, (name, _, uses)) in rows.iter().enumerate() {
        for used in uses {
            let below = rows[place + 1..].iter().any(|(name, _, _)| name == used);
            assert!(below, "`{name}` uses `{used}`, which does not stand below it");
            assert!(!COMPONENTS.contains(&used.as_str()), "`{name}` uses `{used}`");
        }
    }
}

/// Builds that use a component natively would pass the table where they are for tests alone.
#[test]
fn no_manifest_names_a_component() {
    let graph = metadata();
    for (folder, _) in graph.values().chain([&("bench".to_owned(), BTreeSet::new())]) {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        for component in COMPONENTS {
            let used = manifest.lines().any(|line| {
                line.strip_prefix(component).is_some_and(|rest| rest.starts_with([' ', '.', '=']))
            });
            assert!(!used, "`{folder}/Cargo.toml` uses `{component}`");
        }
    }
}

#[test]
fn every_file_that_it_names_is_there() {
    let page = page();
    let files = quoted(&page).into_iter().filter(|text| text.contains('/') && !text.contains(' '));
    let mut count = 0;
    for file in files {
        assert!(root().join(&file).exists(), "`{file}` is not there");
        count += 1;
    }
    assert!(count > 40, "{count} files");
}

#[test]
fn every_rail_is_marked_where_it_is_enforced() {
    let page = page();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| R")).collect();
    assert_eq!(rows.len(), 14);
    for (n, row) in (1..).zip(rows) {
        let rail = format!("R{n}");
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[1], rail);
        for file in quoted(cells[3]) {
            let source = fs::read_to_string(root().join(&file)).unwrap();
            let marked = source.lines().any(|line| {
                let words = line.split(|c: char| !c.is_ascii_alphanumeric());
                line.contains("RAIL") && words.into_iter().any(|word| word == rail)
            });
            assert!(marked, "`{file}` does not say `RAIL {rail}`");
        }
    }
}
