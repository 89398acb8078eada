//! Report to the clerk. Numbers of persons are masked, and a text from outside is shown safely.

use mustcheck::model::{
    AnswerStatus, AppliedMeasure, LegalBasis, Lookup, MeasureKind, ObligationKind, Target,
};
use mustcheck::words::{role_words, rule_words, status_words};
use mustcheck::{Checked, redact, safe, shown_identifier};

use crate::flow::{Handled, Outcome};
use crate::intake::Required;
use crate::notice::OneTimeNotice;

/// Makes a text from outside fit for a terminal and a log.
pub fn shown(text: &str) -> String {
    redact(&safe(text))
}

/// Writes a case in lines. `chinese` is the language of the notices to the applicant.
pub fn lines(handled: &Handled, chinese: bool) -> Vec<String> {
    let case = &handled.case;
    let application = &case.application;
    let mut lines = vec![format!(
        "{}  {}  as of {}",
        shown(&application.id),
        application.matter,
        application.as_of
    )];
    for subject in &application.subjects {
        let who = role_words(subject.role).en;
        let (name, identifier) =
            (shown(&subject.name), shown_identifier(subject.scheme, &subject.identifier));
        lines.push(row(who, &format!("{name} {identifier}")));
    }
    let (all, came) = (case.required.len(), case.provided.len());
    lines.push(row("materials", &format!("{came} of {all} provided")));
    if let Some(checked) = &handled.checked {
        lines.push(row("check", &check(checked)));
    }
    if handled.green_channel() {
        lines.push(row("channel", &format!("green channel, {}", channel(handled))));
    }
    if let Some(examination) = &case.examination {
        let officers: Vec<String> = examination.officers.iter().map(|o| shown(o)).collect();
        let met = if examination.meets_conditions { "met" } else { "not met" };
        let text = format!("{} by {}: conditions {met}", examination.on, officers.join(", "));
        lines.push(row("examined", &text));
    }
    outcome(&handled.outcome, chinese, &mut lines);
    lines.extend(feedback(handled));
    lines
}

fn row(what: &str, text: &str) -> String {
    format!("  {what:<20} {text}")
}

fn check(checked: &Checked) -> String {
    let decision = checked.decision();
    let due = || decision.lookups.iter().filter(|l| l.due);
    let answered = due().filter(|l| l.status == AnswerStatus::Answered).count();
    format!(
        "{}: {} ({answered} of {} due lookups answered)",
        decision.disposition,
        rule_words(decision.disposition_rule).en,
        due().count()
    )
}

fn channel(handled: &Handled) -> String {
    let decision = handled.checked.as_ref().map(Checked::decision);
    let measures = decision.map(|d| d.measures.as_slice()).unwrap_or_default();
    let green = measures.iter().find(|m| m.kind == MeasureKind::GreenChannel);
    green.map(|m| cited(&m.legal_basis)).unwrap_or_default()
}

/// 33 (十五): the department that listed the applicant gets feedback on a restriction carried out.
fn feedback(handled: &Handled) -> Vec<String> {
    let (Outcome::Refused(_), Some(checked)) = (&handled.outcome, &handled.checked) else {
        return Vec::new();
    };
    let due = checked.decision().obligations.iter().filter(|o| o.kind == ObligationKind::Feedback);
    due.map(|o| row("feedback", &format!("to {}. {}", shown(&o.to.en), o.note.en))).collect()
}

fn outcome(outcome: &Outcome, chinese: bool, lines: &mut Vec<String>) {
    let mut decided = |text: &str| lines.push(row("decision", text));
    match outcome {
        Outcome::SentBack(notice) => {
            decided("not accepted");
            told(notice, chinese, lines);
        }
        Outcome::Lapsed { overdue, complete_by } => {
            decided(&format!("closed: not complete by {complete_by}, as was promised"));
            lines.extend(overdue.iter().map(overdue_line));
        }
        Outcome::Suspended(lookups) => {
            decided("suspended until these lookups are answered");
            lines.extend(lookups.iter().map(open_line));
        }
        Outcome::Refused(measures) => {
            decided("refused");
            lines.extend(measures.iter().flat_map(measure_lines));
        }
        Outcome::Held(measures) => {
            decided(
                "held: the restriction reaches a person behind the applicant; the head decides",
            );
            lines.extend(measures.iter().flat_map(measure_lines));
        }
        Outcome::ForExamination { manual, notice } => {
            decided(if *manual {
                "accepted; waits for a manual examination by two officers"
            } else {
                "accepted; waits for examination"
            });
            if let Some(notice) = notice {
                told(notice, chinese, lines);
            }
        }
        Outcome::AwaitingMaterials(notice) => {
            decided("accepted on a promise; the licence is issued once everything is there");
            told(notice, chinese, lines);
        }
        Outcome::ConditionsNotMet(finding) => {
            decided(&format!("refused: the conditions are not met: {}", shown(finding)));
        }
        Outcome::Issued(approval) => {
            decided("licence issued");
            let day = approval.publish_by().map(|d| format!("by {d}. ")).unwrap_or_default();
            lines.push(row("publication", &format!("{day}{}", approval.publish_note())));
        }
    }
}

fn told(notice: &OneTimeNotice, chinese: bool, lines: &mut Vec<String>) {
    lines.extend(notice.lines(chinese).iter().map(|line| format!("    {line}")));
}

fn overdue_line(material: &Required) -> String {
    format!("    not in time: {}", shown(&material.name))
}

fn open_line(lookup: &Lookup) -> String {
    let who = role_words(lookup.role).en;
    let status = status_words(lookup.status).en;
    let source = lookup.source.as_deref().map(|s| format!(" ({})", shown(s)));
    let source = source.unwrap_or_default();
    let reason = lookup.reason.as_deref().map(|r| format!(": {}", shown(r))).unwrap_or_default();
    format!("    {who} {}, {}: {status}{source}{reason}", lookup.subject, lookup.list)
}

fn measure_lines(measure: &AppliedMeasure) -> Vec<String> {
    let Target { role, subject, .. } = &measure.target;
    let who = format!("{} {subject}", role_words(*role).en);
    let records: Vec<String> = measure.because.iter().map(|r| shown(r)).collect();
    let until = measure.until.map(|d| format!(", until {d}")).unwrap_or_default();
    let mut lines = vec![
        format!("    {}", measure.text.en),
        format!("      for {who}, record {}{until}", records.join(", ")),
    ];
    for basis in &measure.legal_basis {
        lines.push(format!("      {}: 「{}」", cite(basis), basis.clause));
    }
    lines
}

fn cited(bases: &[LegalBasis]) -> String {
    bases.first().map(cite).unwrap_or_default()
}

/// A pinpoint by the instrument's id in the catalogue.
pub fn cite(basis: &LegalBasis) -> String {
    let mut text = format!("{} art. {}", basis.instrument, basis.article);
    if let Some(paragraph) = basis.paragraph {
        text.push_str(&format!(" para. {paragraph}"));
    }
    if let Some(item) = basis.item {
        text.push_str(&format!(" item {item}"));
    }
    text
}

/// Writes the number of cases with each result, in one line.
pub fn summary(handled: &[Handled], failed: usize) -> String {
    let count = |f: fn(&Outcome) -> bool| handled.iter().filter(|h| f(&h.outcome)).count();
    let issued = count(|o| matches!(o, Outcome::Issued(_)));
    let refused = count(|o| matches!(o, Outcome::Refused(_) | Outcome::ConditionsNotMet(_)));
    let suspended = count(|o| matches!(o, Outcome::Suspended(_)));
    let waiting = handled.len() - issued - refused - suspended;
    format!(
        "{issued} issued, {refused} refused, {suspended} suspended, {waiting} waiting or sent \
         back, {failed} not handled"
    )
}
