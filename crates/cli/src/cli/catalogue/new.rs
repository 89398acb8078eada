//! `mustcheck catalogue new`: begins a catalogue that compiles and has a first case.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use mustcheck::model::Text;
use mustcheck_authoring::scaffold::{Options, scaffold};
use serde_json::json;

use crate::cli::{Style, text};

#[derive(Args)]
pub struct Arguments {
    /// The folder of the new catalogue: one that is not there yet, or an empty one.
    folder: PathBuf,
    /// The id of its edition: small letters, digits and hyphens.
    #[arg(long, value_name = "ID", default_value = "first-list")]
    id: String,
    /// The edition's Chinese name.
    #[arg(long, value_name = "NAME", default_value = "措施清单")]
    name_zh: String,
    /// The edition's English name.
    #[arg(long, value_name = "NAME", default_value = "List of measures")]
    name_en: String,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let name = Text::new(arguments.name_zh.as_str(), arguments.name_en.as_str());
    let written = scaffold(&arguments.folder, &Options { id: arguments.id.clone(), name })?;
    let files: Vec<String> = written.iter().map(|file| file.display().to_string()).collect();
    if style.json {
        text::print_json(&json!({ "files": files }))?;
        return Ok(0);
    }
    for file in files {
        text::line(&file)?;
    }
    let folder = arguments.folder.display();
    eprintln!("{}", style.say("接下来：", "next:"));
    eprintln!("  mustcheck catalogue lint {folder}");
    eprintln!("  mustcheck test {folder}/cases --catalogue {folder}");
    Ok(0)
}
