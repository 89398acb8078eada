//! `mustcheck lookups`: shows the lookups that are due, without making them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use mustcheck::{JsonRegistry, shown_identifier};
use serde_json::json;

use crate::cli::backdated::Backdated;
use crate::cli::gates::{Gates, PolicyChoice, read_application};
use crate::cli::{Style, text};

#[derive(Args)]
pub struct Arguments {
    /// The application, in JSON; `-` reads stdin.
    application: PathBuf,
    #[command(flatten)]
    policy: PolicyChoice,
    #[command(flatten)]
    backdated: Backdated,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let application = read_application(&arguments.application)?;
    // No lookup is made, so an empty registry is enough.
    let empty = Arc::new(JsonRegistry::from_json(b"{}")?);
    let gates = Gates::over(&arguments.policy, empty).backdated(arguments.backdated);
    let (policy, due) = gates.due_lookups(&application)?;
    let description = policy.description();
    let rules = description.matters.iter().find(|m| m.code == application.matter);
    let subjects = due.iter().filter_map(|query| {
        let index = usize::try_from(query.subject).ok()?;
        application.subjects.get(index).map(|subject| (query, subject))
    });
    if style.json {
        let rows: Vec<_> = subjects
            .map(|(query, subject)| {
                json!({
                    "role": subject.role,
                    "subject_index": query.subject,
                    "subject": shown_identifier(subject.scheme, &subject.identifier),
                    "lists": query.lists,
                })
            })
            .collect();
        let bases = rules.map(|m| &m.due);
        text::print_json(&json!({
            "application": application.id,
            "matter": application.matter,
            "as_of": application.as_of,
            "policy": description.policy,
            "lookups": rows,
            "rules": bases,
        }))?;
        return Ok(0);
    }
    for (query, subject) in subjects {
        text::heading(&text::subject_line(subject, style))?;
        for code in &query.lists {
            let list = description.lists.iter().find(|l| l.code == *code);
            let name = list.map_or(code.as_str(), |l| style.pick(&l.name));
            let due = rules.and_then(|m| {
                m.due.iter().find(|d| d.roles.contains(&subject.role) && d.lists.contains(code))
            });
            let basis = due.map(|d| text::citations(&d.legal_basis)).unwrap_or_default();
            text::line(&format!("  {code:<32} {name}  ({basis})"))?;
        }
    }
    Ok(0)
}
