//! Builds the components, of the rules and of the writer, free of the paths of the machine that builds them.
//!
//! Shared by the build script, which embeds them, and by the test that builds them again in another
//! folder and compares the bytes.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{ExportSection, Module};
use wasmparser::{Export, Parser};
use wit_component::ComponentEncoder;

const TARGET: &str = "wasm32-unknown-unknown";
/// The profile of the component, in the workspace's `Cargo.toml`.
const PROFILE: &str = "guest";

/// A crate that becomes a component.
pub struct Source {
    package: &'static str,
    /// The folder of the crate.
    folder: &'static str,
    /// Bytes of stack in the component.
    stack: u32,
}

/// The rules. They do not recurse on input; every check pays for the pages that it touches.
pub const RULES: Source = Source { package: "mustcheck-guest", folder: "guest", stack: 16_384 };

/// The writer. It reads JSON, and is run when evidence is.
pub const WRITER: Source = Source {
    package: "mustcheck-writer-component",
    folder: "crates/writer/component",
    stack: 1 << 20,
};

/// Names of the programs that build the components.
pub struct Tools {
    /// Cargo.
    pub cargo: String,
    /// The compiler.
    pub rustc: String,
}

/// Builds a component from the workspace at `root`.
///
/// # Errors
///
/// One clear line if the target is missing, the compiler's output if the crate does not build.
pub fn component(
    source: &Source,
    root: &Path,
    target_dir: &Path,
    tools: &Tools,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let module = without_post_return(&module(source, root, target_dir, tools)?)?;
    let encode = || ComponentEncoder::default().validate(true).module(&module)?.encode();
    encode().map_err(|e| format!("`{}` makes no component: {e:#}", source.package).into())
}

/// Removes the functions that free what was returned: a sandbox ends with its check, and its memory
/// with it.
fn without_post_return(module: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    struct Kept;
    impl Reencode for Kept {
        type Error = std::convert::Infallible;

        fn parse_export(
            &mut self,
            exports: &mut ExportSection,
            export: Export<'_>,
        ) -> Result<(), reencode::Error> {
            if export.name.starts_with("cabi_post_") {
                return Ok(());
            }
            reencode::utils::parse_export(self, exports, export)
        }
    }
    let mut kept = Module::new();
    Kept.parse_core_module(&mut kept, Parser::new(0), module)?;
    Ok(kept.finish())
}

fn module(
    source: &Source,
    root: &Path,
    target_dir: &Path,
    tools: &Tools,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let libraries = Command::new(&tools.rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()?;
    let libraries = PathBuf::from(String::from_utf8(libraries.stdout)?.trim());
    if !libraries.is_dir() {
        return Err(format!("the target is missing: run `rustup target add {TARGET}`").into());
    }
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"));
        home.map(|h| PathBuf::from(h).join(".cargo"))
    });
    let mut flags = vec![
        format!("--remap-path-prefix={}=/mustcheck", root.display()),
        // An instruction that copies goes through the host; most of what is copied is short.
        "-Ctarget-feature=-bulk-memory".into(),
    ];
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    let mut cargo = Command::new(&tools.cargo);
    cargo
        // `--crate-type` here and not in the manifest: the native library is linked into programs.
        .args(["rustc", "--package", source.package, "--lib", "--crate-type", "cdylib"])
        .args(["--target", TARGET, "--profile", PROFILE, "--quiet", "--manifest-path"])
        .arg(root.join(source.folder).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target_dir)
        .args(["--", &format!("-Clink-arg=-zstack-size={}", source.stack)])
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    // What the outer build says of its own compiler and target does not hold for this one.
    for variable in ["RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "CARGO_BUILD_TARGET"]
    {
        cargo.env_remove(variable);
    }
    let output = cargo.output()?;
    if !output.status.success() {
        let log = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`{}` does not build:\n{log}", source.package).into());
    }
    let file = target_dir
        .join(TARGET)
        .join(PROFILE)
        .join(source.package.replace('-', "_"))
        .with_extension("wasm");
    fs::read(&file).map_err(|e| format!("{} cannot be read: {e}", file.display()).into())
}
