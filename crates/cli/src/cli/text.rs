//! Text for a person at a terminal. Colour only there; what comes from outside is made safe.

use std::io::Write as _;

use anyhow::Result;
use mustcheck::model::{Disposition, LegalBasis, Subject};
use mustcheck::{Checked, safe, shown_identifier, words};
use serde::Serialize;

use crate::cli::Style;

/// Prints one line on stdout.
pub fn line(text: &str) -> Result<()> {
    writeln!(anstream::stdout(), "{text}")?;
    Ok(())
}

/// Prints a heading in bold.
pub fn heading(text: &str) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    line(&format!("{bold}{text}{bold:#}"))
}

/// Prints a JSON document on stdout.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    // The standard output is written line by line, and a document has hundreds.
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// Returns `instrument article` for each basis, in one text.
pub fn citations(bases: &[LegalBasis]) -> String {
    let cite = |basis: &LegalBasis| format!("{} {}", basis.instrument, basis.article);
    bases.iter().map(cite).collect::<Vec<_>>().join("; ")
}

/// Returns role, name, and code or masked number of a subject.
pub fn subject_line(subject: &Subject, style: Style) -> String {
    let role = words::role_words(subject.role);
    let name = safe(&subject.name);
    let shown = shown_identifier(subject.scheme, &subject.identifier);
    format!("{} {name} {shown}", style.words(role))
}

/// Prints a decision: the disposition with its code, and the officer's sheet; below it the reasons
/// that sources gave, in their own words.
pub fn decision(checked: &Checked, style: Style) -> Result<()> {
    let decision = checked.decision();
    let finding = words::disposition_words(decision.disposition);
    let colour = colour(decision.disposition).on_default().bold();
    let (code, finding) = (decision.disposition.code(), style.words(finding));
    // The code is what programs see; a person may have to look it up.
    line(&format!("{colour}{code}{colour:#}  {finding}"))?;
    line("")?;
    line(checked.papers(style.language())?.sheet.text().trim_end())?;
    let mut reasons: Vec<(Option<&str>, &str)> = Vec::new();
    for lookup in &decision.lookups {
        let Some(reason) = lookup.reason.as_deref() else { continue };
        let one = (lookup.source.as_deref(), reason);
        if !reasons.contains(&one) {
            reasons.push(one);
        }
    }
    if !reasons.is_empty() {
        line("")?;
        heading(style.say("数据源的说明", "What sources say"))?;
    }
    for (source, reason) in reasons {
        let source = source.map(|source| format!("{}: ", safe(source)));
        line(&format!("  {}{}", source.unwrap_or_default(), safe(reason)))?;
    }
    Ok(())
}

const fn colour(disposition: Disposition) -> anstyle::AnsiColor {
    match disposition {
        Disposition::Clear | Disposition::Facilitated => anstyle::AnsiColor::Green,
        Disposition::Review | Disposition::Undetermined => anstyle::AnsiColor::Yellow,
        Disposition::Restricted => anstyle::AnsiColor::Red,
    }
}
