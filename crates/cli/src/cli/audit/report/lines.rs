//! The figures of all checks, a line each.

use anyhow::Result;
use mustcheck::words::status_words;
use mustcheck_audit::report::{Checks, DecisionTime, Figures, Lookups, Measures, Records, Report};
use mustcheck_audit::words;

use crate::cli::{Lang, Style, text};

/// Prints the lines before the table: period, log, and the figures of all checks.
pub fn show(report: &Report, style: Style) -> Result<()> {
    let log = &report.log;
    let day = |day: Option<mustcheck::Date>, open| day.map_or(open, |day| day.to_string());
    let open = || style.say("…", "…").to_owned();
    let (from, to) = (day(report.from, open()), day(report.to, open()));
    text::heading(&match style.lang {
        Lang::Zh => format!("核查统计 {from} 至 {to}，截至 {}", report.as_of),
        Lang::En => format!("Checks from {from} to {to}, as of {}", report.as_of),
    })?;
    text::line(&match style.lang {
        Lang::Zh => format!("日志 {}，{} 项，根 {}", log.name, log.entries, log.root),
        Lang::En => format!("log {}, {} entries, root {}", log.name, log.entries, log.root),
    })?;
    for line in lines(&report.total, style) {
        text::line(&line)?;
    }
    Ok(())
}

fn lines(total: &Figures, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(total.checks.as_ref().map(|figures| checks(figures, style)));
    lines.extend(total.checks.as_ref().map(|figures| backdated(figures, style)));
    lines.extend(total.lookups.iter().flat_map(|figures| lookups(figures, style)));
    lines.extend(total.records.as_ref().map(|figures| records(figures, style)));
    lines.extend(total.measures.iter().flat_map(|figures| measures(figures, style)));
    for (kind, figures) in total.obligations.iter().flatten() {
        let kind = style.words(words::obligation(*kind));
        let due = figures.due();
        let mustcheck_audit::report::ObligationFigures { in_time, late, met, overdue, open } =
            figures;
        lines.push(match style.lang {
            Lang::Zh => format!(
                "{kind}　{due} 项：按期 {in_time}，逾期完成 {late}，完成（无期限） {met}，逾期未反馈 \
                 {overdue}，未逾期未反馈 {open}"
            ),
            Lang::En => format!(
                "{kind}: {due}; in time {in_time}, late {late}, met without a day set {met}, \
                 overdue {overdue}, open {open}"
            ),
        });
    }
    lines.extend(total.decision_time.as_ref().and_then(|figures| time(figures, style)));
    lines
}

/// Returns `name n` for each count, after a colon; empty if there are none.
fn detail<'a>(counts: impl Iterator<Item = (&'a str, u64)>, style: Style) -> String {
    let counts: Vec<String> = counts.map(|(name, n)| format!("{name} {n}")).collect();
    if counts.is_empty() {
        return String::new();
    }
    let (colon, comma) = (style.say("：", ": "), style.say("，", ", "));
    format!("{colon}{}", counts.join(comma))
}

fn checks(figures: &Checks, style: Style) -> String {
    let (due, made) = (figures.due(), figures.made);
    let failed = figures.failed.iter().map(|(kind, n)| (style.words(words::failure(*kind)), *n));
    let failed = match figures.failures() {
        0 => String::new(),
        n => match style.lang {
            Lang::Zh => format!("，核查失败 {n}{}", detail(failed, style)),
            Lang::En => format!(", failed {n}{}", detail(failed, style)),
        },
    };
    let found = figures.dispositions.iter();
    let found = found.map(|(what, n)| (style.words(words::disposition(*what)), *n));
    let found = match detail(found, style) {
        found if found.is_empty() => found,
        found => format!("{}{found}", style.say("；结论", "; found")),
    };
    match style.lang {
        Lang::Zh => format!("应查 {due}，已查 {made}{failed}{found}"),
        Lang::En => format!("checks due {due}, made {made}{failed}{found}"),
    }
}

fn backdated(figures: &Checks, style: Style) -> String {
    let n = figures.backdated;
    match style.lang {
        Lang::Zh => format!("已查中按较早日期核查（基准日早于核查前一日）{n}"),
        Lang::En => format!("of those made, as of more than a day before the check {n}"),
    }
}

fn lookups(figures: &Lookups, style: Style) -> Vec<String> {
    let (due, answered, not) = (figures.due(), figures.answered, figures.not_answered());
    let mut lines = vec![match style.lang {
        Lang::Zh => format!("应查名单 {due} 次，已获结果 {answered}，未获结果 {not}"),
        Lang::En => format!("lookups due {due}, answered {answered}, unanswered {not}"),
    }];
    for (key, n) in &figures.unanswered {
        let source = key.source.as_deref().unwrap_or("-");
        let status = style.words(status_words(key.status));
        lines.push(format!("  {}  {status}  {n}", mustcheck::safe(source)));
    }
    lines
}

fn records(figures: &Records, style: Style) -> String {
    let standings = figures.standings.iter();
    let standings = standings.map(|(key, n)| (style.words(words::standing(*key)), *n));
    let Records { found, disputed, .. } = figures;
    match style.lang {
        Lang::Zh => {
            format!("记录 {found} 条{}；有异议标注 {disputed}", detail(standings, style))
        }
        Lang::En => {
            format!("records found {found}{}; disputed {disputed}", detail(standings, style))
        }
    }
}

fn measures(figures: &Measures, style: Style) -> [String; 2] {
    let one = |name, figures: &mustcheck_audit::report::Outcomes| {
        let why = figures.not_applied.iter();
        let why = why.map(|(code, n)| (style.words(words::not_applied(*code)), *n));
        let why = match detail(why, style) {
            why if why.is_empty() => why,
            why => match style.lang {
                Lang::Zh => format!("（{}）", why.trim_start_matches('：')),
                Lang::En => format!(" ({})", why.trim_start_matches(": ")),
            },
        };
        let (due, applied, not) = (figures.due(), figures.applied, figures.refrained());
        let (unreported, corrected) = (figures.unreported, figures.corrected);
        match style.lang {
            Lang::Zh => format!(
                "{name} {due} 项：已执行 {applied}，未执行 {not}{why}，未反馈 {unreported}；经更正 \
                 {corrected}"
            ),
            Lang::En => format!(
                "{name} {due}: applied {applied}, not applied {not}{why}, unreported \
                 {unreported}; corrected {corrected}"
            ),
        }
    };
    [
        one(style.say("惩戒措施", "restrictions"), &figures.restrictions),
        one(style.say("激励措施", "incentives"), &figures.incentives),
    ]
}

fn time(figures: &DecisionTime, style: Style) -> Option<String> {
    let (median, most) = (figures.median_minutes()?, figures.minutes_90()?);
    let cases = figures.cases();
    let (median, most) = (span(median, style), span(most, style));
    let mut line = match style.lang {
        Lang::Zh => format!("核查至首次反馈 {cases} 件：中位数 {median}，90% 在 {most}以内"),
        Lang::En => format!("check to first report, {cases} cases: median {median}, 90 % {most}"),
    };
    if figures.clock_back > 0 {
        let n = figures.clock_back;
        line.push_str(&match style.lang {
            Lang::Zh => format!("；时钟回拨 {n} 件未计"),
            Lang::En => format!("; {n} not counted, the clock was set back"),
        });
    }
    Some(line)
}

/// Returns minutes as days, hours and minutes.
fn span(minutes: u64, style: Style) -> String {
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match style.lang {
        Lang::Zh => format!("{days} 天 {hours} 小时 {minutes} 分"),
        Lang::En => format!("{days} d {hours} h {minutes} min"),
    }
}
