//! The component: it imports nothing, its bytes do not depend on the folder in which it is built,
//! and bytes that are no policy are refused with a reason.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use mustcheck::{Policy, PolicyError, WriterComponent};

#[path = "../build/guest.rs"]
mod guest;

#[test]
fn a_policy_imports_nothing() {
    for edition in Policy::embedded_editions() {
        let inspection = Policy::embedded_edition(edition).unwrap().inspect().unwrap();
        assert_eq!(inspection.imports, [""; 0]);
        assert_eq!(inspection.exports, ["mustcheck:credit/policy@0.2.0"]);
    }
}

#[test]
fn baking_twice_gives_the_same_bytes() {
    let catalogue = Policy::embedded_catalogue("statutes").unwrap();
    let again = Policy::from_catalogue(catalogue).unwrap();
    assert_eq!(again.digest(), Policy::embedded_edition("statutes").unwrap().digest());
}

/// A baked component has no part that only adopting, or freeing a result, needs; nor the data that
/// adopting left on its stack.
#[test]
fn a_baked_component_holds_no_way_to_adopt_and_nothing_dead() {
    let policy = Policy::embedded().unwrap();
    let (mut exports, mut stack, mut lowest) = (Vec::new(), 0, i32::MAX);
    let constant = |init: wasmparser::ConstExpr<'_>| match init.get_operators_reader().read() {
        Ok(wasmparser::Operator::I32Const { value }) => value,
        other => panic!("{other:?}"),
    };
    for payload in wasmparser::Parser::new(0).parse_all(policy.component()) {
        match payload.unwrap() {
            wasmparser::Payload::ExportSection(section) => {
                exports.extend(section.into_iter().map(|e| e.unwrap().name.to_owned()));
            }
            wasmparser::Payload::GlobalSection(globals) if stack == 0 => {
                stack = constant(globals.into_iter().next().unwrap().unwrap().init_expr);
            }
            wasmparser::Payload::DataSection(segments) => {
                for segment in segments {
                    let wasmparser::DataKind::Active { offset_expr, .. } = segment.unwrap().kind
                    else {
                        continue;
                    };
                    lowest = lowest.min(constant(offset_expr));
                }
            }
            _ => {}
        }
    }
    assert!(exports.iter().any(|e| e == "mustcheck:credit/policy@0.2.0#decide"), "{exports:?}");
    let dead = exports.iter().find(|e| *e == "adopt" || e.starts_with("cabi_post_"));
    assert_eq!(dead, None);
    assert!(stack > 0 && lowest >= stack, "data at {lowest}, a stack of {stack}");
}

#[test]
fn the_same_source_in_another_folder_gives_the_same_bytes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    copy(root, elsewhere.path());
    let tools = guest::Tools {
        cargo: std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()),
        rustc: "rustc".into(),
    };
    let target = elsewhere.path().join("target");
    let policy = fs::read(concat!(env!("OUT_DIR"), "/policy.wasm")).unwrap();
    let writer = WriterComponent::embedded().to_vec();
    for (source, embedded) in [(guest::RULES, policy), (guest::WRITER, writer)] {
        let built = guest::component(&source, elsewhere.path(), &target, &tools).unwrap();
        assert!(built == embedded, "{} bytes here, {} embedded", built.len(), embedded.len());
        let text = String::from_utf8_lossy(&built);
        for path in [root, elsewhere.path()] {
            assert!(!text.contains(&*path.to_string_lossy()), "the component holds a path");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_missing_target_is_one_line_that_says_what_to_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    // A compiler that knows of no such target prints where it would be.
    let rustc = folder.path().join("rustc");
    fs::write(&rustc, "#!/bin/sh\necho /nowhere/lib\n").unwrap();
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755)).unwrap();
    let tools = guest::Tools { cargo: "cargo".into(), rustc: rustc.display().to_string() };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let refused =
        guest::component(&guest::RULES, root, &folder.path().join("target"), &tools).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the target is missing: run `rustup target add wasm32-unknown-unknown`"
    );
}

/// Copies the sources of a workspace.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name == "target" || name == ".git" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

#[test]
fn what_is_no_policy_is_refused_in_words() {
    let said = |bytes: &[u8]| Policy::from_component(bytes.to_vec()).unwrap_err().to_string();
    assert_eq!(
        said(&wat::parse_str("(module)").unwrap()),
        "this is no policy component: it is a core module; encode it as a component (wasm-tools \
         component new)"
    );
    assert_eq!(
        said(&wat::parse_str("(component)").unwrap()),
        "this is no policy component: it exports `` and not `mustcheck:credit/policy@0.2.0`"
    );
    let clock = "(component (import \"wasi:clocks/wall-clock@0.2.0\" (instance)))";
    assert_eq!(
        said(&wat::parse_str(clock).unwrap()),
        "the component imports `wasi:clocks/wall-clock@0.2.0`; a policy imports nothing"
    );
    assert!(said(b"random bytes").starts_with("this is no policy component: "));
    let policy = Policy::embedded().unwrap();
    let half = &policy.component()[..policy.component().len() / 2];
    assert!(said(half).starts_with("this is no policy component: "));
}

#[test]
fn a_component_that_was_never_baked_is_refused() {
    let blank = fs::read(concat!(env!("OUT_DIR"), "/policy.wasm")).unwrap();
    let refused = Policy::from_component(blank).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "this is no policy component: `describe` failed: it trapped: it panicked, or its \
         catalogue was never baked in"
    );
}

#[test]
fn a_catalogue_that_a_rail_forbids_is_not_adopted() {
    let mut data: serde_json::Value =
        serde_json::from_slice(Policy::embedded_catalogue("statutes").unwrap()).unwrap();
    let measures = data["measures"].as_array_mut().unwrap();
    let ban = measures.iter().position(|m| m["id"] == "procurement-law-77-ban").unwrap();
    measures[ban]["legal_basis"] = serde_json::json!([]);
    let refused = Policy::from_catalogue(data.to_string().as_bytes()).unwrap_err();
    let PolicyError::Catalogue(findings) = refused else { panic!("{refused}") };
    assert_eq!(
        findings,
        "measure `procurement-law-77-ban` has no legal basis\n\
         measure `procurement-law-77-ban` of kind `disqualify` has no basis of sufficient rank\n\
         `procurement-law-77-ban` states a rule without a legal basis"
    );
}
