//! `mustcheck catalogue show`: prints the measure list for reading.

use anyhow::Result;
use clap::Args;
use mustcheck::model::{Description, MatterInfo, MeasureInfo};
use mustcheck::{Policy, PolicyError};

use crate::cli::{Style, text};

#[derive(Args)]
pub struct Arguments {
    /// The embedded edition; without it, the newest.
    #[arg(long, value_name = "NAME")]
    edition: Option<String>,
    /// An embedded overlay: what a place adopts of the edition.
    #[arg(long, value_name = "NAME", default_value = "default")]
    overlay: String,
    /// Only this matter and its measures.
    #[arg(long, value_name = "CODE")]
    matter: Option<String>,
    /// Only the measures that rest on this list.
    #[arg(long, value_name = "CODE")]
    list: Option<String>,
    /// Only this measure.
    #[arg(long, value_name = "ID")]
    measure: Option<String>,
}

pub fn run(show: &Arguments, style: Style) -> Result<u8> {
    // Reading needs no sandbox: the catalogue is data.
    let edition = match &show.edition {
        Some(edition) => edition.as_str(),
        None => Policy::newest_edition(),
    };
    let mut description = Policy::embedded_description_of(edition, &show.overlay)?;
    narrow(&mut description, show)?;
    if style.json {
        text::print_json(&description)?;
        return Ok(0);
    }
    let name = &description.policy;
    let edition_name = style.pick(&description.edition_name);
    text::heading(&format!("{} · {edition_name} · {}", name.edition, name.overlay))?;
    text::line("")?;
    for matter in &description.matters {
        print_matter(matter, style)?;
    }
    for measure in &description.measures {
        print_measure(measure, style)?;
    }
    Ok(0)
}

/// Keeps what was asked for. An unknown code is an error, not an empty answer.
fn narrow(description: &mut Description, show: &Arguments) -> Result<()> {
    if let Some(code) = &show.matter {
        description.matters.retain(|m| m.code == *code);
        if description.matters.is_empty() {
            return Err(unknown("matter", code, description));
        }
        description.measures.retain(|m| m.matters.contains(code));
    }
    if let Some(code) = &show.list {
        description.lists.retain(|l| l.code == *code);
        if description.lists.is_empty() {
            return Err(unknown("list", code, description));
        }
        description.measures.retain(|m| m.lists.contains(code));
    }
    if let Some(id) = &show.measure {
        description.measures.retain(|m| m.id == *id);
        if description.measures.is_empty() {
            return Err(unknown("measure", id, description));
        }
    }
    if show.matter.is_none() && (show.list.is_some() || show.measure.is_some()) {
        description.matters.clear();
    }
    Ok(())
}

fn unknown(what: &'static str, code: &str, description: &Description) -> anyhow::Error {
    let (code, edition) = (code.to_owned(), description.policy.edition.clone());
    PolicyError::UnknownCode { what, code, edition }.into()
}

fn print_matter(matter: &MatterInfo, style: Style) -> Result<()> {
    text::heading(&format!("{}  {}", matter.code, style.pick(&matter.name)))?;
    for due in &matter.due {
        let roles: Vec<&str> = due.roles.iter().map(|r| r.code()).collect();
        let basis = text::citations(&due.legal_basis);
        text::line(&format!("  {} {}", style.say("应查", "due for"), roles.join(", ")))?;
        text::line(&format!("    {}  ({basis})", due.lists.join(", ")))?;
    }
    text::line("")
}

fn print_measure(measure: &MeasureInfo, style: Style) -> Result<()> {
    let adopted = if measure.adopted { "" } else { style.say("（未采用）", " (not adopted)") };
    text::heading(&format!("{}  {}{adopted}", measure.id, style.pick(&measure.text)))?;
    let roles: Vec<&str> = measure.roles.iter().map(|r| r.code()).collect();
    text::line(&format!("  {} · {} · {}", measure.effect, measure.force, measure.kind))?;
    text::line(&format!("  {} {}", style.say("名单", "lists"), measure.lists.join(", ")))?;
    text::line(&format!("  {} {}", style.say("事项", "matters"), measure.matters.join(", ")))?;
    text::line(&format!("  {} {}", style.say("对象", "roles"), roles.join(", ")))?;
    for basis in &measure.legal_basis {
        text::line(&format!("  {} {}", basis.instrument, basis.article))?;
        text::line(&format!("    「{}」", basis.clause))?;
    }
    text::line("")
}
