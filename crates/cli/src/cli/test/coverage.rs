//! Coverage of a suite, in words for a person.

use anyhow::Result;

use super::Arguments;
use crate::cli::audit::table::table;
use crate::cli::{Lang, Style, text};
use crate::suite::coverage::{Coverage, Group, Kind};

pub fn tell(coverage: &Coverage, arguments: &Arguments, style: Style) -> Result<()> {
    text::heading(style.say("覆盖", "Coverage"))?;
    let heads = [
        style.say("类别", "what"),
        style.say("已覆盖", "covered"),
        style.say("总数", "of"),
        style.say("百分比", "percent"),
    ];
    let row = |group: &Group| {
        let (covered, total) = (group.covered.to_string(), group.total.to_string());
        vec![word(group.kind, style).to_owned(), covered, total, format!("{} %", group.percent)]
    };
    let rows: Vec<Vec<String>> = coverage.groups.iter().map(row).collect();
    text::line(&table(&heads, &rows, 1))?;
    for group in coverage.groups.iter().filter(|group| !group.missing.is_empty()) {
        missing(group, arguments.verbose, style)?;
    }
    if coverage.description_only {
        text::line(style.say(
            "注：策略组件只说明其措施和应查事项；例外、救济、人员规则等条款未计入。",
            "note: a component tells its measures and lookups alone; clauses of exceptions, \
             remedies, rules on persons and the like are not counted",
        ))?;
    }
    let Some(minimum) = arguments.coverage_minimum else { return Ok(()) };
    if coverage.least() < minimum {
        let least = coverage.least();
        text::line(&match style.lang {
            Lang::Zh => format!("措施或者条款仅覆盖 {least} %，低于要求的 {minimum} %"),
            Lang::En => format!(
                "{least} % of the measures or clauses are covered, less than the {minimum} % \
                 asked for"
            ),
        })?;
    }
    Ok(())
}

/// Number of names of a group that are listed without `--verbose`. Measures and clauses are always
/// listed in full: those have to be covered.
const LISTED: usize = 20;

fn missing(group: &Group, verbose: bool, style: Style) -> Result<()> {
    text::heading(&match style.lang {
        Lang::Zh => format!("未覆盖的{}", word(group.kind, style)),
        Lang::En => format!("not covered: {}", word(group.kind, style)),
    })?;
    let in_full = verbose || group.kind.must_be_covered();
    let listed = if in_full { group.missing.len() } else { LISTED };
    for name in group.missing.iter().take(listed) {
        text::line(&format!("  {name}"))?;
    }
    let rest = group.missing.len().saturating_sub(listed);
    if rest > 0 {
        text::line(&match style.lang {
            Lang::Zh => format!("  另有 {rest} 项（用 `--verbose` 全部列出）"),
            Lang::En => format!("  and {rest} more (`--verbose` lists them)"),
        })?;
    }
    Ok(())
}

const fn word(kind: Kind, style: Style) -> &'static str {
    match kind {
        Kind::Measures => style.say("措施（适用或者不予适用）", "measures (applied or set aside)"),
        Kind::MeasuresApplied => style.say("措施（适用）", "measures (applied)"),
        Kind::Clauses => style.say("条款", "clauses"),
        Kind::Exceptions => style.say("例外", "exceptions"),
        Kind::Reasons => style.say("不予适用的理由", "reasons for setting aside"),
        Kind::Standings => style.say("效力状态", "standings"),
        Kind::Dispositions => style.say("处理建议", "dispositions"),
        Kind::Rules => style.say("判定规则", "rules that decide"),
        Kind::ListRules => style.say("名单规则", "rules of lists"),
        Kind::Events => style.say("记录变动", "events of records"),
        Kind::Matters => style.say("事项", "matters"),
        Kind::Lookups => style.say("应查事项（主体、名单、事项）", "lookups (role, list, matter)"),
    }
}
