//! The engine that a receipt names is the engine that runs.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use wasmtime::component::Component;

use super::EngineSettings;
use crate::engine;
use crate::limits::Limits;

/// The lock file is of the workspace whose engine these tests run.
#[test]
fn a_receipt_names_the_version_of_the_engine_that_is_linked() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    let (_, locked) = lock.split_once("name = \"wasmtime\"\nversion = \"").unwrap();
    let (locked, rest) = locked.split_once('"').unwrap();
    assert!(!rest.contains("name = \"wasmtime\"\n"), "two engines are linked");
    let settings = EngineSettings::of(&Limits::default());
    assert_eq!((settings.name.as_str(), settings.version.as_str()), ("wasmtime", locked));
}

/// Compiled code carries the major version of the engine, and the machine that it is for.
#[test]
fn compiled_code_is_of_that_version() {
    let empty = *b"\0asm\x0d\0\x01\0";
    let component = Component::new(engine::engine().unwrap(), empty).unwrap();
    let code = component.serialize().unwrap();
    let version = EngineSettings::of(&Limits::default()).version;
    let (major, _) = version.split_once('.').unwrap();
    // The version and its length, the length of the machine's name, and that name.
    let machine = std::env::consts::ARCH.as_bytes();
    let version = [&[u8::try_from(major.len()).unwrap()], major.as_bytes()].concat();
    let is_named = code
        .windows(version.len() + 1 + machine.len())
        .any(|bytes| bytes.starts_with(&version) && bytes.ends_with(machine));
    assert!(is_named, "it is not of version {major}");
}
