//! The same policy again: is every decision what its bundle says?

use std::collections::BTreeMap;

use anyhow::Result;
use mustcheck::evidence::DocumentId;
use mustcheck::evidence::replay::{Difference, Fuel, Problem, Replayed, Replayer, Verdict};
use mustcheck::{redact, safe};
use serde::Serialize;

use super::BROKEN;
use super::bundles::Bundles;
use crate::cli::{Lang, Style, text};

/// What is told of one bundle.
#[derive(Serialize)]
struct Row {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<DocumentId>,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel: Option<Fuel>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
}

/// What is told of all.
#[derive(Serialize)]
struct Report {
    replayed: usize,
    verdicts: BTreeMap<Verdict, usize>,
    other_fuel: usize,
    bundles: Vec<Row>,
}

pub fn run(bundles: &Bundles, replayer: &Replayer, style: Style) -> Result<u8> {
    let rows = bundles.each(style, |file| {
        let name = bundles.name(file);
        match bundles.read(file) {
            Ok(json) => Row::of(name, replayer.replay(&json)),
            Err(why) => Row::unreadable(name, &why.to_string()),
        }
    });
    let mut verdicts = BTreeMap::new();
    for row in &rows {
        *verdicts.entry(row.verdict).or_default() += 1;
    }
    let other_fuel = rows.iter().filter(|row| row.fuel.is_some_and(Fuel::differs)).count();
    let report = Report { replayed: bundles.len(), verdicts, other_fuel, bundles: rows };
    if style.json {
        text::print_json(&report)?;
    } else {
        report.tell(style)?;
    }
    Ok(report.exit_code())
}

impl Row {
    fn of(file: String, replayed: Replayed) -> Self {
        let verdict = replayed.verdict();
        let told = |problem: &Problem| redact(&safe(&problem.to_string()));
        let problems = replayed.problems.iter().map(told).collect();
        let found = replayed.problems.into_iter().find_map(|problem| match problem {
            Problem::Differs(differences) => Some(differences),
            _ => None,
        });
        let (byte, differences) = found.map(|d| (d.byte, d.values)).unzip();
        let (receipt, fuel) = (replayed.id, replayed.fuel);
        let differences = differences.unwrap_or_default();
        Self { file, receipt, verdict, fuel, problems, byte, differences }
    }

    fn unreadable(file: String, why: &str) -> Self {
        Self {
            file,
            receipt: None,
            verdict: Verdict::Unreadable,
            fuel: None,
            problems: vec![redact(&safe(why))],
            byte: None,
            differences: Vec::new(),
        }
    }

    fn tell(&self, style: Style) -> Result<()> {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        text::line(&format!("{red}{}{red:#}  {}", self.verdict.code(), safe(&self.file)))?;
        for problem in &self.problems {
            text::line(&format!("  {problem}"))?;
        }
        for difference in &self.differences {
            let none = style.say("（无）", "(nothing)");
            let value = |value: &Option<String>| value.clone().unwrap_or_else(|| none.into());
            text::line(&format!(
                "    {}  {}\n      {}  {}\n      {}  {}",
                difference.path,
                style.pick(&difference.matters),
                style.say("当时", "then"),
                value(&difference.recorded),
                style.say("现在", "now "),
                value(&difference.derived),
            ))?;
        }
        Ok(())
    }
}

impl Report {
    fn tell(&self, style: Style) -> Result<()> {
        for row in self.bundles.iter().filter(|row| row.verdict != Verdict::Equal) {
            row.tell(style)?;
        }
        let counts = self.verdicts.iter().map(|(verdict, n)| format!("{n} {}", verdict.code()));
        let counts: Vec<String> = counts.collect();
        text::line(&if counts.is_empty() {
            style.say("没有证据文件", "no bundles").to_owned()
        } else {
            counts.join(", ")
        })?;
        if self.other_fuel > 0 {
            let n = self.other_fuel;
            text::line(&match style.lang {
                Lang::Zh => format!("其中 {n} 件用量不同"),
                Lang::En => format!("{n} used another amount of fuel"),
            })?;
        }
        Ok(())
    }

    fn exit_code(&self) -> u8 {
        let any = |verdict| self.verdicts.contains_key(&verdict);
        if any(Verdict::Differs) || any(Verdict::Broken) {
            BROKEN
        } else if any(Verdict::Fault) {
            1
        } else if any(Verdict::MissingComponent) || any(Verdict::Unreadable) {
            3
        } else {
            0
        }
    }
}
