//! Replay by the same policy: checks that every decision is what its bundle says.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::Result;
use mustcheck::{redact, safe};
use mustcheck_evidence::DocumentId;
use mustcheck_evidence::bundle::id_of_file;
use mustcheck_evidence::replay::{Difference, Fuel, Problem, Replayed, Replayer, Verdict};
use serde::Serialize;

use super::bundles::Bundles;
use super::{BROKEN, Logged, Missing};
use crate::cli::{Lang, Style, papers, text};

/// Report on one bundle.
#[derive(Serialize)]
struct Row {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<DocumentId>,
    verdict: Verdict,
    /// Whether the decision was derived again, or this was tried.
    derived: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel: Option<Fuel>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
}

/// Report on all bundles.
#[derive(Serialize)]
struct Report {
    replayed: usize,
    verdicts: BTreeMap<Verdict, usize>,
    other_fuel: usize,
    checked: Checked,
    /// Receipts of the log that have no bundle.
    missing: Vec<Missing>,
    bundles: Vec<Row>,
}

/// Checks against the log that were made, beside those of the bundles' own signatures and digests.
#[derive(Serialize)]
struct Checked {
    /// Whether each receipt was looked for in the log.
    inclusion: bool,
    /// Whether the bundle of every receipt of the log was looked for.
    every_receipt: bool,
}

/// Number of receipts without a bundle that are listed for a person; the rest is counted.
const LISTED: usize = 20;

pub fn run(
    bundles: &Bundles,
    replayer: &Replayer,
    logged: Option<&Logged>,
    papers: Option<&Path>,
    style: Style,
) -> Result<u8> {
    let rows = bundles.each(style, |file| {
        let name = bundles.name(file);
        match bundles.read(file) {
            Ok(json) => {
                let replayed = replayer.replay(&json);
                papers.map_or(Ok(()), |folder| write(folder, bundles, &replayed, style))?;
                Ok((id_of_file(file), Row::of(name, replayed)))
            }
            Err(why) => Ok((id_of_file(file), Row::unreadable(name, &why.to_string()))),
        }
    });
    let rows = rows.into_iter().collect::<Result<Vec<_>>>()?;
    // A bundle that cannot be read is reported as such, and its receipt not as one without a
    // bundle.
    let met = rows.iter().filter_map(|(named, row)| row.receipt.clone().or(named.clone()));
    let met: HashSet<DocumentId> = met.collect();
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    let missing = logged.map(|logged| logged.without_bundle(bundles, &met)).transpose()?;
    let mut verdicts = BTreeMap::new();
    for row in &rows {
        *verdicts.entry(row.verdict).or_default() += 1;
    }
    let other_fuel = rows.iter().filter(|row| row.fuel.is_some_and(Fuel::differs)).count();
    let inclusion = logged.is_some();
    let every_receipt = inclusion && bundles.is_folder;
    let report = Report {
        replayed: bundles.len(),
        verdicts,
        other_fuel,
        checked: Checked { inclusion, every_receipt },
        missing: missing.unwrap_or_default(),
        bundles: rows,
    };
    if style.json {
        text::print_json(&report)?;
    } else {
        report.tell(style)?;
    }
    Ok(report.exit_code())
}

/// Writes the papers of a check that was derived again.
fn write(folder: &Path, bundles: &Bundles, replayed: &Replayed, style: Style) -> Result<()> {
    let (pages, language) = (&replayed.papers, style.language());
    match &replayed.id {
        _ if pages.is_empty() => Ok(()),
        Some(id) if bundles.is_folder => papers::write_among(folder, id.as_str(), pages, language),
        _ => papers::write_pages(folder, pages, language),
    }
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
        let (receipt, derived, fuel) = (replayed.id, replayed.run, replayed.fuel);
        let differences = differences.unwrap_or_default();
        Self { file, receipt, verdict, derived, fuel, problems, byte, differences }
    }

    fn unreadable(file: String, why: &str) -> Self {
        Self {
            file,
            receipt: None,
            verdict: Verdict::Unreadable,
            derived: false,
            fuel: None,
            problems: vec![redact(&safe(why))],
            byte: None,
            differences: Vec::new(),
        }
    }

    fn tell(&self, style: Style) -> Result<()> {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let verdict = match style.lang {
            Lang::Zh => verdict_words(self.verdict),
            Lang::En => self.verdict.code(),
        };
        text::line(&format!("{red}{verdict}{red:#}  {}", safe(&self.file)))?;
        for problem in &self.problems {
            text::line(&format!("  {problem}"))?;
        }
        if self.verdict == Verdict::Broken && !self.derived {
            text::line(style.say(
                "  未重新推导其决定；--anyway 仍予推导",
                "  its decision was not derived again: `--anyway` does so all the same",
            ))?;
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
        self.tell_missing(style)?;
        let verdicts = self.verdicts.iter();
        if self.verdicts.keys().all(|verdict| *verdict == Verdict::Equal) {
            text::line(&self.all_equal(style))?;
        } else {
            let counts = verdicts.map(|(verdict, n)| match style.lang {
                Lang::Zh => format!("{} {n}", verdict_words(*verdict)),
                Lang::En => format!("{n} {}", verdict.code()),
            });
            let counts: Vec<String> = counts.collect();
            text::line(&counts.join(style.say("，", ", ")))?;
        }
        if self.other_fuel > 0 {
            let n = self.other_fuel;
            text::line(&match style.lang {
                Lang::Zh => format!("其中 {n} 件用量不同"),
                Lang::En => format!("{n} used another amount of fuel"),
            })?;
        }
        Ok(())
    }

    fn tell_missing(&self, style: Style) -> Result<()> {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        for missing in self.missing.iter().take(LISTED) {
            let told = missing.told(style);
            text::line(&format!("{red}{}{red:#}  {told}", style.say("缺失", "missing")))?;
        }
        let n = self.missing.len();
        if n > LISTED {
            let more = n - LISTED;
            text::line(&match style.lang {
                Lang::Zh => format!("另有 {more} 份回执没有证据文件"),
                Lang::En => format!("and {more} more receipts have no bundle"),
            })?;
        }
        Ok(())
    }

    /// Returns the sentence on what was checked, if all of it holds.
    fn all_equal(&self, style: Style) -> String {
        let (n, Checked { inclusion, every_receipt }) = (self.replayed, &self.checked);
        let complete = *every_receipt && self.missing.is_empty();
        match style.lang {
            Lang::Zh => {
                let held = if *inclusion { "签名、摘要、在册" } else { "签名、摘要" };
                let more = match (inclusion, complete) {
                    (false, _) => "；未核对是否在册，日志以 --audit 指定",
                    (true, true) => "；日志中的回执均有证据文件",
                    (true, false) => "",
                };
                format!("{n} 份证据：{held}、重新推导均一致{more}")
            }
            Lang::En => {
                let held = if *inclusion { ", inclusion in the log" } else { "" };
                let they = if n == 1 { "it is" } else { "they are" };
                let not_looked =
                    format!("; whether {they} in the log was not looked at (`--audit`)");
                let more = match (inclusion, complete) {
                    (false, _) => &not_looked,
                    (true, true) => "; every receipt of the log has its bundle",
                    (true, false) => "",
                };
                let bundles = if n == 1 { "bundle" } else { "bundles" };
                format!("{n} {bundles} equal: signature, digests{held} and derivation hold{more}")
            }
        }
    }

    fn exit_code(&self) -> u8 {
        let any = |verdict| self.verdicts.contains_key(&verdict);
        if any(Verdict::Differs) || any(Verdict::Broken) || !self.missing.is_empty() {
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

const fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equal => "一致",
        Verdict::Unreadable => "不可读",
        Verdict::MissingComponent => "缺少规则组件",
        Verdict::Fault => "未能重新推导",
        Verdict::Broken => "证据不成立",
        Verdict::Differs => "推导结果不同",
    }
}
