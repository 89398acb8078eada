//! Report to the person who opens the bids. Numbers of persons are masked.

use mustcheck::model::LegalBasis;
use mustcheck::words::{role_words, status_words};
use mustcheck::{redact, safe};

use crate::extension::{CreditCheck, FailureKind, Finding, Measure, Status};
use crate::screening::{Screened, ScreenedTender};

/// Writes the tenders in lines.
pub fn lines(screened: &Screened) -> Vec<String> {
    let mut lines = Vec::new();
    for tender in &screened.tenders {
        let matter = tender.tenderers.first().map(|t| t.check.matter.as_str());
        let (id, matter, as_of) = (&tender.id, matter.unwrap_or_default(), tender.as_of);
        lines.push(format!("{id}  {matter}  as of {as_of}"));
        for tenderer in &tender.tenderers {
            let name = redact(&safe(&tenderer.name));
            let status = tenderer.check.status.words();
            let places: Vec<&str> = std::iter::once(&tenderer.place)
                .chain(&tenderer.further)
                .map(String::as_str)
                .collect();
            lines.push(format!("  {status:<14} {name} ({})", places.join(", ")));
            detail(&tenderer.check, &mut lines);
        }
        lines.push(summary(tender));
    }
    for place in &screened.left_out {
        lines.push(format!("left out         {place}"));
    }
    lines
}

fn detail(check: &CreditCheck, lines: &mut Vec<String>) {
    if let Some(error) = &check.error {
        let kind = match error.kind {
            FailureKind::BadInput => "bad input",
            FailureKind::NotChecked => "cannot be checked",
            FailureKind::Fault => "fault",
        };
        let path = error.path.as_ref().map(|p| format!("{p}: ")).unwrap_or_default();
        lines.push(row(&format!("{kind}: {path}{}", error.detail)));
    }
    let Some(finding) = &check.finding else { return };
    let (subjects, lookups) = (finding.subjects.len(), finding.lookups);
    lines.push(row(&format!(
        "{}; {subjects} subjects, {} of {} due lookups answered",
        finding.disposition, lookups.answered, lookups.due
    )));
    for measure in &finding.measures {
        applied(finding, measure, lines);
    }
    for open in &finding.unanswered {
        let who = subject(finding, &open.place);
        let status = status_words(open.status).en;
        let source = open.source.as_ref().map(|s| format!(" ({s})")).unwrap_or_default();
        lines.push(row(&format!("{who}, {}: {status}{source}", open.list)));
    }
}

fn applied(finding: &Finding, measure: &Measure, lines: &mut Vec<String>) {
    lines.push(row(&measure.text.en));
    let until = measure.until.map(|d| format!(", until {d}")).unwrap_or_default();
    let records: Vec<String> = measure.records.iter().map(|r| redact(&safe(r))).collect();
    let records = records.join(", ");
    lines.push(row(&format!("  {}: record {records}{until}", subject(finding, &measure.place))));
    let bases: Vec<String> = measure.legal_basis.iter().map(cite).collect();
    lines.push(row(&format!("  on {}", bases.join(", "))));
}

fn subject(finding: &Finding, place: &str) -> String {
    let found = finding.subjects.iter().find(|s| s.place == place);
    let found = found.map(|s| format!("{} {}", role_words(s.role).en, s.identifier));
    format!("{} ({place})", found.unwrap_or_default())
}

fn row(text: &str) -> String {
    format!("                 {text}")
}

/// A pinpoint by the instrument's id in the catalogue; the words are in the document.
fn cite(basis: &LegalBasis) -> String {
    let mut text = format!("{} art. {}", basis.instrument, basis.article);
    if let Some(paragraph) = basis.paragraph {
        text.push_str(&format!(" para. {paragraph}"));
    }
    if let Some(item) = basis.item {
        text.push_str(&format!(" item {item}"));
    }
    text
}

fn summary(tender: &ScreenedTender) -> String {
    let count = |s: Status| tender.tenderers.iter().filter(|t| t.check.status == s).count();
    let statuses = [
        Status::MayTakePart,
        Status::Excluded,
        Status::Limited,
        Status::Review,
        Status::Undetermined,
        Status::Error,
    ];
    let parts: Vec<String> =
        statuses.iter().map(|s| format!("{} {}", count(*s), s.words())).collect();
    format!("{} tenderers: {}", tender.tenderers.len(), parts.join(", "))
}
