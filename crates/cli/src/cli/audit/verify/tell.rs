//! Prints a verification: its findings, what holds, and what a log cannot prove by itself.

use std::path::Path;

use anyhow::Result;
use mustcheck_evidence::verify::{LogFinding, Verification};
use mustcheck_log::Checkpoint;
use serde_json::json;

use super::Arguments;
use crate::cli::{Lang, Style, text};

/// Name of the file in which the printed command keeps a checkpoint.
const CHECKPOINT: &str = "mustcheck-checkpoint";

/// A verification that is to be printed.
pub struct Told<'a> {
    pub arguments: &'a Arguments,
    pub verified: &'a Verification,
    /// Checkpoint with which the log was compared, if any.
    pub since: Option<&'a Checkpoint>,
    pub inclusion: Option<Option<u64>>,
}

impl Told<'_> {
    pub fn tell(&self, style: Style) -> Result<()> {
        let Self { verified, inclusion, .. } = self;
        let root = verified.checkpoint.as_ref().map(|checkpoint| checkpoint.root().to_string());
        if style.json {
            return text::print_json(&json!({
                "size": verified.size,
                "root": root,
                "sound": verified.is_sound(),
                "torn": verified.is_torn(),
                "continues": self.since.map(Checkpoint::size),
                "says": self.verdict(style),
                "entries": verified.entries,
                "included": inclusion.map(|index| json!({ "entry": index })),
                "findings": verified.findings,
            }));
        }
        verified.findings.iter().try_for_each(|finding| line(finding, style))?;
        let counts = verified.entries.iter().map(|(kind, n)| format!("{n} {kind}"));
        let counts: Vec<String> = counts.collect();
        let size = verified.size;
        text::line(&match style.lang {
            Lang::Zh => format!("日志共 {size} 条；已核验 {}", counts.join("、")),
            Lang::En => format!("{size} entries; verified {}", counts.join(", ")),
        })?;
        if let Some(root) = root {
            text::line(&format!("{}  {root}", style.say("根散列", "root")))?;
        }
        match inclusion {
            Some(Some(index)) => text::line(&match style.lang {
                Lang::Zh => format!("在日志中，第 {index} 条（自 0 起）"),
                Lang::En => format!("it is in the log: entry {index}"),
            })?,
            Some(None) => text::line(style.say("不在日志中", "it is not in the log"))?,
            None => {}
        }
        text::line(&self.verdict(style))?;
        if let Some(how) = self.how_to_keep(style) {
            text::line(&how)?;
        }
        Ok(())
    }

    /// Returns the verdict on the log, with what a log cannot prove by itself.
    fn verdict(&self, style: Style) -> String {
        let size = self.verified.size;
        match (self.verified.is_sound(), self.since.map(Checkpoint::size), style.lang) {
            (false, _, Lang::Zh) if self.verified.is_torn() => {
                format!("现存 {size} 条完好；日志末尾残缺，不能认定日志完好")
            }
            (false, _, Lang::En) if self.verified.is_torn() => format!(
                "the {size} entries that are here are sound; the end of the log is torn, and the \
                 log cannot be called sound"
            ),
            (false, _, Lang::Zh) => "日志不完好".into(),
            (false, _, Lang::En) => "the log is not sound".into(),
            (true, Some(kept), Lang::Zh) => format!(
                "日志完好，延续以前 {kept} 条的检查点（该检查点以前的各条未再重读）；此后的记录有无\
                 删除，须与其后保存的检查点核对"
            ),
            (true, Some(kept), Lang::En) => format!(
                "the log is sound and continues the kept checkpoint of {kept} entries, which were \
                 not read again; whether any after those were cut off, only a later one can show"
            ),
            (true, None, Lang::Zh) => {
                format!("现存 {size} 条完好；未与以前的检查点核对，不能排除末尾被删")
            }
            (true, None, Lang::En) => format!(
                "the {size} entries that are here are sound; they were not held against an earlier \
                 checkpoint, so it cannot be excluded that the end was cut off"
            ),
        }
    }

    /// Returns how to keep a checkpoint; none if the log is not sound, or was compared with a
    /// checkpoint already.
    fn how_to_keep(&self, style: Style) -> Option<String> {
        if self.since.is_some() || !self.verified.is_sound() {
            return None;
        }
        if let Some(path) = &self.arguments.save {
            let path = shell(path);
            return Some(match style.lang {
                Lang::Zh => {
                    format!("检查点已存入 {path}：另处保管，下次核验加 --checkpoint {path}")
                }
                Lang::En => format!(
                    "the checkpoint is in {path}: keep it elsewhere, and verify with \
                     `--checkpoint {path}` the next time"
                ),
            });
        }
        let keys = self.arguments.keys.as_deref();
        let keys = keys.map(|keys| format!(" --keys {}", shell(keys))).unwrap_or_default();
        let command = format!(
            "mustcheck audit verify {}{keys} --save {CHECKPOINT}",
            shell(&self.arguments.log)
        );
        let next = format!("--checkpoint {CHECKPOINT}");
        Some(match style.lang {
            Lang::Zh => {
                format!("保存检查点（另处保管），下次核验加 {next}：\n  {command}")
            }
            Lang::En => format!(
                "keep a checkpoint elsewhere, and verify with `{next}` the next time:\n  {command}"
            ),
        })
    }
}

fn line(finding: &LogFinding, style: Style) -> Result<()> {
    let colour = if finding.notice { anstyle::AnsiColor::Yellow } else { anstyle::AnsiColor::Red };
    let colour = colour.on_default();
    let kind = match (finding.notice, finding.torn) {
        (true, _) => style.say("提示", "notice"),
        (false, true) => style.say("残缺", "torn"),
        (false, false) => style.say("不符", "wrong"),
    };
    let told = match style.lang {
        Lang::Zh => finding.chinese(),
        Lang::En => finding.to_string(),
    };
    text::line(&format!("{colour}{kind}{colour:#}  {told}"))
}

/// Returns a path as a shell takes it, in quotes if it needs them.
fn shell(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+:@%,".contains(c);
    if path.chars().all(plain) && !path.is_empty() {
        return path;
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}
