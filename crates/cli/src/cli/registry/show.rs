//! The sources of a registry, for a person: what is held, and how complete it is.

use anyhow::Result;
use mustcheck::registry::held::{EntrySummary, SourceSummary};
use mustcheck::safe;

use crate::cli::{Style, text};

pub fn source(summary: &SourceSummary, style: Style) -> Result<()> {
    let SourceSummary { source, records, lists, .. } = summary;
    text::heading(&format!("{} {}", safe(&source.id), safe(&source.name)))?;
    let as_of = style.say("数据截至", "as of");
    let held = style.say("条记录", "record(s)");
    let mut said = format!("  {as_of} {}, {records} {held}", source.as_of);
    if let Some(from) = source.records_from {
        said.push_str(&format!(", {} {from}", style.say("收录自", "records from")));
    }
    text::line(&said)?;
    let each: Vec<String> = lists.iter().map(|(list, n)| format!("{} {n}", safe(list))).collect();
    text::line(&format!("  {}", each.join(", ")))?;
    let schemes: Vec<&str> = summary.kept_schemes.iter().map(|scheme| scheme.code()).collect();
    let kept = style.say("主体标识：", "subjects by");
    text::line(&format!("  {kept} {}", schemes.join(", ")))?;
    completeness(summary, style)?;
    for entry in &summary.entries {
        text::line(&line(entry, style))?;
    }
    if let Some(as_of) = summary.undo {
        let told = style.say("可用 registry undo 恢复，数据截至", "`registry undo` brings back");
        text::line(&format!("  {told} {as_of}"))?;
    }
    Ok(())
}

fn completeness(summary: &SourceSummary, style: Style) -> Result<()> {
    let open = &summary.open;
    if open.entries() > 0 {
        let counts = [
            (open.subjects, "条可能指向特定主体", "may mean some subjects"),
            (open.everybody, "条可能指向任何主体", "may mean anybody"),
            (open.unnamed, "条没有主体标识", "name nobody by an identifier"),
        ];
        let counts = counts.iter().filter(|(n, _, _)| *n > 0);
        let each: Vec<String> =
            counts.map(|(n, zh, en)| format!("{n} {}", style.say(zh, en))).collect();
        let told = style.say("条被拒：", "rejected:");
        let mut said = format!("  {} {told} {}", open.entries(), each.join(", "));
        if open.patterns > 0 {
            said.push_str(&format!(" ({} {})", open.patterns, style.say("个模式", "patterns")));
        }
        if let Some(since) = open.since {
            said.push_str(&format!(", {} {since}", style.say("自", "since")));
        }
        text::line(&said)?;
    }
    if summary.acknowledged > 0 {
        let told = style.say("条已确认", "acknowledged");
        text::line(&format!("  {} {told}", summary.acknowledged))?;
    }
    Ok(())
}

fn line(entry: &EntrySummary, style: Style) -> String {
    let list = entry.list.as_deref().map_or("*".into(), safe);
    let (mark, place) = (&entry.mark, safe(&entry.place));
    let said = format!("    [{mark}] {list} {place}: {}", safe(&entry.reason));
    match &entry.acknowledged {
        None => said,
        Some(by) => {
            let told = style.say("已确认", "acknowledged by");
            format!("{said} ({told} {} {}: {})", safe(&by.by), by.on, safe(&by.why))
        }
    }
}
