//! Results of a suite, for a person or a program.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Arguments, Results, coverage};
use crate::cli::audit::table::table;
use crate::cli::{Lang, Style, text};
use crate::suite::{Ran, Verdict};

pub fn results(results: &Results, arguments: &Arguments, style: Style) -> Result<()> {
    if style.json {
        return text::print_json(&as_json(results, style));
    }
    for finding in &results.findings {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        text::line(&format!("{red}{}{red:#}  {finding}", word(Verdict::Bad, style)))?;
    }
    for ran in results.ran.iter().filter(|ran| ran.verdict != Verdict::Passed) {
        in_full(ran, style)?;
    }
    if arguments.verbose {
        all(results, style)?;
    }
    summary(results, style)?;
    if let Some(coverage) = &results.coverage {
        text::line("")?;
        coverage::tell(coverage, arguments, style)?;
    }
    Ok(())
}

/// Returns the word for a verdict.
const fn word(verdict: Verdict, style: Style) -> &'static str {
    match verdict {
        Verdict::Passed => style.say("通过", "passed"),
        Verdict::Failed => style.say("未通过", "failed"),
        Verdict::Bad => style.say("不能核查", "bad"),
        Verdict::Fault => style.say("故障", "fault"),
    }
}

/// Returns the code of the disposition; empty if there is no decision.
fn disposition(ran: &Ran) -> &'static str {
    ran.decided.as_ref().map_or("", |(_, decision)| decision.disposition.code())
}

/// Prints a case that does not pass, with everything that keeps it from passing.
fn in_full(ran: &Ran, style: Style) -> Result<()> {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    let word = word(ran.verdict, style);
    let head = format!("{red}{word}{red:#}  {}  {}", ran.name, disposition(ran));
    text::line(head.trim_end())?;
    if let Some(title) = &ran.title {
        text::line(&format!("  {}", mustcheck::safe(style.pick(title))))?;
    }
    for line in ran.lines(|text| style.pick(text).to_owned()) {
        text::line(&format!("  - {}", line.replace('\n', "\n    ")))?;
    }
    Ok(())
}

/// Prints every case in a row.
fn all(results: &Results, style: Style) -> Result<()> {
    let heads = [
        style.say("案例", "case"),
        style.say("结果", "result"),
        style.say("处理建议", "disposition"),
    ];
    let rows: Vec<Vec<String>> = (results.ran.iter())
        .map(|ran| {
            let (word, disposition) = (word(ran.verdict, style), disposition(ran));
            vec![ran.name.clone(), word.to_owned(), disposition.to_owned()]
        })
        .collect();
    text::line(&table(&heads, &rows, heads.len()))
}

/// Prints the number of cases that passed, by disposition, and of those that did not.
fn summary(results: &Results, style: Style) -> Result<()> {
    let mut passed: BTreeMap<&str, usize> = BTreeMap::new();
    for ran in results.ran.iter().filter(|ran| ran.verdict == Verdict::Passed) {
        *passed.entry(disposition(ran)).or_default() += 1;
    }
    let each: Vec<String> = passed.iter().map(|(code, n)| format!("{code} {n}")).collect();
    let each = if each.is_empty() {
        String::new()
    } else {
        match style.lang {
            Lang::Zh => format!("（{}）", each.join("，")),
            Lang::En => format!(" ({})", each.join(", ")),
        }
    };
    let count = |verdict| results.count(verdict);
    let (ok, failed) = (count(Verdict::Passed), count(Verdict::Failed));
    let (bad, fault) = (count(Verdict::Bad), count(Verdict::Fault));
    let colour =
        if results.exit_code() == 0 { anstyle::AnsiColor::Green } else { anstyle::AnsiColor::Red };
    let colour = colour.on_default().bold();
    let all = results.ran.len();
    let cases = if all == 1 { "case" } else { "cases" };
    text::line(&match style.lang {
        Lang::Zh => format!(
            "{colour}共 {all} 例{colour:#}：通过 {ok}{each}，未通过 {failed}，\
             不能核查 {bad}，故障 {fault}"
        ),
        Lang::En => format!(
            "{colour}{all} {cases}{colour:#}: {ok} passed{each}, {failed} failed, {bad} bad, {fault} fault"
        ),
    })
}

fn as_json(results: &Results, style: Style) -> Value {
    let cases: Vec<Value> = results.ran.iter().map(|ran| case(ran, style)).collect();
    json!({
        "cases": cases,
        "passed": results.count(Verdict::Passed),
        "failed": results.count(Verdict::Failed),
        "bad": results.count(Verdict::Bad),
        "fault": results.count(Verdict::Fault),
        "findings": results.findings,
        "coverage": results.coverage,
    })
}

fn case(ran: &Ran, style: Style) -> Value {
    let decided = ran.decided.as_ref();
    let differences: Vec<Value> = (ran.differences.iter())
        .map(|difference| {
            let mut value = serde_json::to_value(difference).unwrap_or_default();
            if let Value::Object(members) = &mut value {
                members.insert("text".into(), style.pick(&difference.text()).into());
            }
            value
        })
        .collect();
    json!({
        "name": ran.name,
        "title": ran.title,
        "result": ran.verdict,
        "edition": decided.map(|(key, _)| &key.edition),
        "overlay": decided.map(|(key, _)| &key.overlay),
        "disposition": decided.map(|(_, decision)| decision.disposition),
        "differences": differences,
        "findings": ran.findings,
        "fault": ran.fault,
    })
}
