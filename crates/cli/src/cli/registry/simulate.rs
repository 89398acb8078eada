//! `mustcheck registry simulate`: simulates a credit platform, and its faults.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use mustcheck::registry::json::{REGISTRY_LIMIT, RegistryFile};
use mustcheck::{JsonRegistry, read_file};
use mustcheck_platform::simulator::{Fault, Options, Shape, Simulator};

use crate::cli::text;

#[derive(Args)]
pub struct Arguments {
    /// The registry file, in JSON, that the platform holds.
    registry: PathBuf,
    /// The address on which the platform listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The interface that the platform offers.
    #[arg(long, value_enum, default_value_t = Interface::Paged)]
    shape: Interface,
    /// A fault: `[SOURCE:]KIND[=VALUE][@PROBABILITY][#FIRST-LAST]`, such as `down`,
    /// `slow=3000@0.2` or `status=503#1-2`; a request can ask for one by the header `X-Simulate`.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// The seed of the random numbers: with the same seed, the same requests meet the same faults.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// The number of records in one part of an answer.
    #[arg(long, value_name = "N", default_value_t = 10)]
    size: usize,
}

/// The interface of a platform.
#[derive(Clone, Copy, ValueEnum)]
enum Interface {
    /// Asked by POST, in Chinese, page by page.
    Paged,
    /// Asked by GET, list by list, with a cursor.
    Cursor,
}

pub fn run(arguments: &Arguments) -> Result<u8> {
    let file = opened(&arguments.registry)
        .with_context(|| format!("registry `{}`", arguments.registry.display()))?;
    let shape = match arguments.shape {
        Interface::Paged => Shape::Paged,
        Interface::Cursor => Shape::Cursor,
    };
    let faults = arguments.fault.clone();
    let options = Options {
        shape,
        size: arguments.size.max(1),
        faults,
        seed: arguments.seed,
        token: None,
        canaries: true,
    };
    let running = Simulator::new(file, options)
        .start(arguments.listen)
        .with_context(|| format!("cannot listen on `{}`", arguments.listen))?;
    text::line(running.mapping().trim_end())?;
    eprintln!("listening on {}; the mapping file is on stdout", running.address());
    running.serve()?;
    Ok(0)
}

/// Reads a registry file as a gate reads it: the platform holds nothing that a gate would refuse.
fn opened(path: &Path) -> Result<RegistryFile> {
    let json = read_file(path, REGISTRY_LIMIT)?;
    JsonRegistry::from_json(&json)?;
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&json);
    Ok(serde_json::from_slice(json)?)
}
