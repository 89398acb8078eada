//! The five places: baked from the folder, told apart, and embedded as the same components.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeSet;

use serde_json::Value;

use support::Folder;

const PLACES: [&str; 5] = ["shanghai", "shandong", "henan", "zhejiang", "shenzhen"];
const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalogue");

fn inspected(folder: &Folder, arguments: &[&str]) -> Value {
    let run = folder.run(&[&["policy", "inspect", "--format", "json"], arguments].concat());
    assert_eq!(run.code, 0, "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn each_bakes_and_is_told_apart() {
    let folder = Folder::new();
    let (mut components, mut catalogues, mut overlays) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for place in PLACES {
        let file = format!("{place}.wasm");
        let bake =
            ["policy", "bake", CATALOGUE, "--edition", "statutes", "--overlay", place, "-o", &file];
        let run = folder.run(&bake);
        assert_eq!(run.code, 0, "{run:?}");
        let baked = inspected(&folder, &[&file]);
        assert_eq!(baked["policy"]["overlay"], place);
        // What is embedded is what the folder gives, byte for byte.
        assert_eq!(baked, inspected(&folder, &["--overlay", place]));
        components.insert(baked["digest"].to_string());
        catalogues.insert(baked["catalogue_digest"].to_string());
        overlays.insert(baked["overlay_digest"].to_string());
    }
    assert_eq!((components.len(), catalogues.len(), overlays.len()), (5, 5, 5));
}

#[test]
fn an_unknown_place_is_named_with_those_there_are() {
    let folder = Folder::new();
    let run = folder.run(&["policy", "inspect", "--overlay", "nanjing"]);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.stderr,
        "error: edition `statutes` has no overlay `nanjing`; it has: `default`, `henan`, \
         `shandong`, `shanghai`, `shenzhen`, `zhejiang`\n"
    );
    // Before its regulation there is none.
    let run =
        folder.run(&["policy", "inspect", "--edition", "guofa-2016-33", "--overlay", "henan"]);
    assert_eq!(run.code, 3);
    assert_eq!(
        run.stderr,
        "error: edition `guofa-2016-33` has no overlay `henan`; it has: `default`\n"
    );
}
