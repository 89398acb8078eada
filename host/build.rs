//! Builds what the library embeds: the rules as a component, and each edition as canonical JSON.
//!
//! The component is built from the guest crate of this workspace, by the same cargo, so that
//! nobody builds it by hand and it cannot be older than its source.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use mustcheck_authoring as authoring;

#[path = "build/guest.rs"]
mod guest;

fn main() {
    if let Err(error) = run() {
        // Cargo shows what follows `cargo::error=` without the noise of a build script's output.
        for line in error.to_string().lines() {
            println!("cargo::error={line}");
        }
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let host = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let root = host.parent().ok_or("the host crate has no workspace")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let members = ["guest", "crates/facts", "crates/model", "crates/rules", "crates/writer"];
    let members = members.map(|member| [format!("{member}/Cargo.toml"), format!("{member}/src")]);
    let others =
        ["Cargo.toml", "Cargo.lock", "wit", "host/build", "catalogue", "crates/writer/component"];
    for input in members.into_iter().flatten().chain(others.map(str::to_owned)) {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }

    let tools = guest::Tools { cargo: env::var("CARGO")?, rustc: env::var("RUSTC")? };
    for (file, source) in [("policy.wasm", guest::RULES), ("writer.wasm", guest::WRITER)] {
        let component = guest::component(&source, root, &out.join("guest"), &tools)?;
        fs::write(out.join(file), component)?;
    }
    embed_editions(&root.join("catalogue"), &out)
}

/// Compiles every edition with every overlay that goes with it, and lists them for `include!`.
fn embed_editions(catalogue: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut source = String::from("&[\n");
    let all = authoring::combinations::combinations(catalogue).map_err(|e| e.to_string())?;
    for (edition, overlay) in all {
        embed(catalogue, &edition, &overlay, out, &mut source)?;
    }
    source.push(']');
    fs::write(out.join("editions.rs"), source)?;
    Ok(())
}

/// Compiles one edition with one overlay.
fn embed(
    catalogue: &Path,
    edition: &str,
    overlay: &str,
    out: &Path,
    source: &mut String,
) -> Result<(), Box<dyn Error>> {
    let compiled = authoring::compile(catalogue, edition, overlay).map_err(|findings| {
        let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
        let lines = lines.join("\n");
        format!("edition `{edition}` with overlay `{overlay}` does not compile:\n{lines}")
    })?;
    let file = format!("{edition}+{overlay}.json");
    fs::write(out.join(&file), compiled.canonical)?;
    let from = compiled.data.edition.valid_from;
    writeln!(
        source,
        "    EmbeddedEdition {{ id: {edition:?}, overlay: {overlay:?}, \
         valid_from: ({}, {}, {}), \
         catalogue: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\")) }},",
        from.year, from.month, from.day
    )?;
    Ok(())
}
