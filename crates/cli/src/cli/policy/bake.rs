//! `mustcheck policy bake`: turns a catalogue into a component that decides by it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use mustcheck::{Policy, read_file};
use serde_json::json;

use crate::cli::{Style, text};

/// The largest catalogue that is read, in bytes.
const CATALOGUE_LIMIT: u64 = 1 << 30;

#[derive(Args)]
pub struct Arguments {
    /// The catalogue: a folder of TOML files, or its canonical JSON; without it, an embedded
    /// edition.
    catalogue: Option<PathBuf>,
    /// An edition of the folder, or an embedded one; without it, the newest embedded.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// An overlay of the folder, or an embedded one: what the place of use adopts; without it,
    /// `default`.
    #[arg(long, value_name = "NAME")]
    overlay: Option<String>,
    /// The file for the component.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let edition = arguments.edition.as_deref().unwrap_or(Policy::newest_edition());
    let overlay = arguments.overlay.as_deref().unwrap_or("default");
    let policy = match &arguments.catalogue {
        None => Policy::embedded_place(edition, overlay)?,
        Some(folder) if folder.is_dir() => Policy::from_folder(folder, edition, overlay)
            .with_context(|| format!("catalogue `{}`", folder.display()))?,
        Some(file) => {
            let said = [("edition", &arguments.edition), ("overlay", &arguments.overlay)];
            for (what, said) in said {
                let file = file.display();
                ensure!(said.is_none(), "`{file}` holds one {what}: leave `--{what}` out");
            }
            let json = read_file(file, CATALOGUE_LIMIT)
                .with_context(|| format!("catalogue `{}` cannot be read", file.display()))?;
            Policy::from_catalogue(&json)
                .with_context(|| format!("catalogue `{}`", file.display()))?
        }
    };
    let output = &arguments.output;
    fs::write(output, policy.component())
        .with_context(|| format!("`{}` cannot be written", output.display()))?;
    let (digest, bytes) = (policy.digest(), policy.component().len());
    if style.json {
        let file = output.display().to_string();
        text::print_json(&json!({ "file": file, "digest": digest, "size": bytes }))?;
    } else {
        text::line(&format!("{}  {bytes} bytes  sha256 {digest}", output.display()))?;
    }
    Ok(0)
}
