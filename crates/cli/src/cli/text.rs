//! Text for a person at a terminal. Colour only there; what comes from outside is made safe.

use std::io::Write as _;

use anyhow::Result;
use mustcheck::model::{
    AnswerStatus, Application, Decision, Disposition, LegalBasis, Lookup, Subject,
};
use mustcheck::{mask, safe, words};
use serde::Serialize;

use crate::cli::Style;

/// One line on stdout.
pub fn line(text: &str) -> Result<()> {
    writeln!(anstream::stdout(), "{text}")?;
    Ok(())
}

/// A heading.
pub fn heading(text: &str) -> Result<()> {
    let bold = anstyle::Style::new().bold();
    line(&format!("{bold}{text}{bold:#}"))
}

/// A JSON document on stdout.
pub fn print_json(value: &impl Serialize) -> Result<()> {
    // The standard output is written line by line, and a document has hundreds.
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// `instrument art. n` for each basis.
pub fn citations(bases: &[LegalBasis]) -> String {
    let cite = |basis: &LegalBasis| format!("{} {}", basis.instrument, basis.article);
    bases.iter().map(cite).collect::<Vec<_>>().join("; ")
}

/// Role, name and masked identifier.
pub fn subject_line(subject: &Subject, style: Style) -> String {
    let role = words::role_words(subject.role);
    let (name, shown) = (safe(&subject.name), mask(&subject.identifier));
    format!("{} {name} {shown}", style.words(role))
}

/// A decision: the finding, what was looked up and where, and the notice.
pub fn decision(application: &Application, decision: &Decision, style: Style) -> Result<()> {
    let finding = words::disposition_words(decision.disposition);
    let rule = words::rule_words(decision.disposition_rule);
    let colour = colour(decision.disposition).on_default().bold();
    let code = decision.disposition.code();
    let (finding, rule) = (style.words(finding), style.words(rule));
    // The code is what programs see; a person may have to look it up.
    line(&format!("{colour}{code}{colour:#}  {finding}: {rule}"))?;
    let policy = &decision.policy;
    line(&format!(
        "{} {} · {} {} · {} {}",
        style.say("策略", "policy"),
        policy.name,
        style.say("版本", "edition"),
        policy.edition,
        style.say("地方采用", "overlay"),
        policy.overlay
    ))?;
    line("")?;
    heading(style.say("查询", "Looked up"))?;
    for (index, subject) in application.subjects.iter().enumerate() {
        let rows: Vec<&Lookup> = decision
            .lookups
            .iter()
            .filter(|l| usize::try_from(l.subject_index).ok() == Some(index))
            .collect();
        if !rows.is_empty() {
            line(&format!("  {}", subject_line(subject, style)))?;
        }
        for row in rows {
            lookup(row, style)?;
        }
    }
    let Some(notice) = &decision.notice else { return Ok(()) };
    line("")?;
    heading(style.say("告知", "Notice"))?;
    line(style.pick(notice).trim_end())
}

fn lookup(row: &Lookup, style: Style) -> Result<()> {
    let answered = row.status == AnswerStatus::Answered;
    let colour = if answered { anstyle::AnsiColor::Green } else { anstyle::AnsiColor::Yellow };
    let colour = colour.on_default();
    let status = words::status_words(row.status);
    let mut text = format!("    {:<32} {colour}{}{colour:#}", row.list, style.words(status));
    let from = row
        .source
        .iter()
        .map(|s| safe(s).into_owned())
        .chain(row.source_as_of.map(|t| t.to_string()));
    let from: Vec<String> = from.collect();
    if !from.is_empty() {
        text.push_str(&format!("  {}", from.join(" ")));
    }
    if row.records > 0 {
        text.push_str(&format!("  {} {}", row.records, style.say("条记录", "record(s)")));
    }
    if !row.due {
        text.push_str(style.say("  （仅供参考）", "  (for reference)"));
    }
    if let Some(reason) = &row.reason {
        text.push_str(&format!("  {}", safe(reason)));
    }
    line(&text)
}

const fn colour(disposition: Disposition) -> anstyle::AnsiColor {
    match disposition {
        Disposition::Clear | Disposition::Facilitated => anstyle::AnsiColor::Green,
        Disposition::Review | Disposition::Undetermined => anstyle::AnsiColor::Yellow,
        Disposition::Restricted => anstyle::AnsiColor::Red,
    }
}
