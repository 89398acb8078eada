//! Builds what the library embeds: the rules as a component, and each edition as canonical JSON.
//!
//! The component is built from the guest crate of this workspace, by the same cargo, so that
//! nobody builds it by hand and it cannot be older than its source.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mustcheck_guest::authoring;
use wit_component::ComponentEncoder;

const TARGET: &str = "wasm32-unknown-unknown";
/// The profile of the component, in the workspace's `Cargo.toml`.
const PROFILE: &str = "guest";
/// Bytes of stack in the component. The rules do not recurse on input; every check pays for the
/// pages that it touches.
const STACK: u32 = 65_536;

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
    for input in ["Cargo.toml", "Cargo.lock", "guest/Cargo.toml", "guest/src", "wit"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    println!("cargo::rerun-if-changed={}", root.join("guest/catalogue").display());

    let module = build_guest(root, &out)?;
    let encode = || ComponentEncoder::default().validate(true).module(&module)?.encode();
    let component = encode().map_err(|e| format!("the guest makes no component: {e:#}"))?;
    fs::write(out.join("policy.wasm"), component)?;
    embed_editions(&root.join("guest/catalogue"), &out)
}

/// Builds the guest for WebAssembly, free of this machine's paths.
fn build_guest(root: &Path, out: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let rustc = env::var("RUSTC")?;
    let libraries =
        Command::new(&rustc).args(["--print", "target-libdir", "--target", TARGET]).output()?;
    let libraries = PathBuf::from(String::from_utf8(libraries.stdout)?.trim());
    if !libraries.is_dir() {
        return Err(format!("the target is missing: run `rustup target add {TARGET}`").into());
    }
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        env::var_os("HOME")
            .or_else(|| env::var_os("USERPROFILE"))
            .map(|h| PathBuf::from(h).join(".cargo"))
    });
    let mut flags = vec![
        format!("--remap-path-prefix={}=/mustcheck", root.display()),
        format!("-Clink-arg=-zstack-size={STACK}"),
    ];
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    let target_dir = out.join("guest");
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo
        .args(["rustc", "--package", "mustcheck-guest", "--lib", "--crate-type", "cdylib"])
        .args(["--target", TARGET, "--profile", PROFILE, "--quiet", "--manifest-path"])
        .arg(root.join("guest/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    // What the outer build says of its own compiler and target does not hold for this one.
    for variable in ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "CARGO_BUILD_TARGET"]
    {
        cargo.env_remove(variable);
    }
    let output = cargo.output()?;
    if !output.status.success() {
        let log = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the guest does not build:\n{log}").into());
    }
    let file = target_dir.join(TARGET).join(PROFILE).join("mustcheck_guest.wasm");
    fs::read(&file).map_err(|e| format!("{} cannot be read: {e}", file.display()).into())
}

/// Compiles every edition with the default overlay and lists them for `include!`.
fn embed_editions(catalogue: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut source = String::from("&[\n");
    for edition in authoring::editions(catalogue).map_err(|f| f.to_string())? {
        let compiled = authoring::compile(catalogue, &edition, "default").map_err(|findings| {
            let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
            format!("edition `{edition}` does not compile:\n{}", lines.join("\n"))
        })?;
        let file = format!("{edition}.json");
        fs::write(out.join(&file), compiled.canonical)?;
        let head = &compiled.data.edition;
        writeln!(
            source,
            "    EmbeddedEdition {{ id: {edition:?}, valid_from: ({}, {}, {}), \
             catalogue: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\")) }},",
            head.valid_from.year, head.valid_from.month, head.valid_from.day
        )?;
    }
    source.push(']');
    fs::write(out.join("editions.rs"), source)?;
    Ok(())
}
