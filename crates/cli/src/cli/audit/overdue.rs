//! `mustcheck audit overdue`: lists the measures and obligations that are not reported yet (督办).

use anyhow::Result;
use clap::Args;
use mustcheck::{Date, WorkingCalendar, safe, words};
use mustcheck_audit::overdue::{DueBy, Item, Overdue, Question, What, overdue};

use crate::cli::audit::source::{LogChoice, as_of, bar, tell_strangers};
use crate::cli::audit::table::table;
use crate::cli::{Lang, Style, text};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    log: LogChoice,
    /// The day as of which the list is made; without it, today. Later checks and reports do not
    /// count.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// The office's own rule: the number of working days after the check within which a report is
    /// due, where no legal text sets a day. Without it, such items are listed as open, with their
    /// age.
    #[arg(long, value_name = "WORKING_DAYS")]
    within: Option<u16>,
}

/// Exit code if something is late.
const LATE: u8 = 10;

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let source = arguments.log.open()?;
    let question = Question { as_of: as_of(arguments.as_of)?, within: arguments.within };
    let bar = bar(&source, style);
    let calendar = WorkingCalendar::embedded()?;
    let found = overdue(&source, &calendar, question, &|entries| bar.inc(entries));
    bar.finish_and_clear();
    let found = found?;
    tell_strangers(found.strangers, style);
    if style.json {
        text::print_json(&found)?;
    } else {
        show(&found, style)?;
    }
    Ok(if found.late > 0 { LATE } else { 0 })
}

fn show(found: &Overdue, style: Style) -> Result<()> {
    let Overdue { late, open, as_of, .. } = found;
    let head = match style.lang {
        Lang::Zh => format!("截至 {as_of}：逾期 {late} 项，未逾期未反馈 {open} 项"),
        Lang::En => format!("as of {as_of}: {late} late, {open} open"),
    };
    text::heading(&head)?;
    if found.items.is_empty() {
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found.items.iter().map(|item| row(item, style)).collect();
    let heads = match style.lang {
        Lang::Zh => ["逾期", "期限", "自核查", "案号", "机关", "未反馈事项", "回执"],
        Lang::En => ["late", "due", "age", "case", "office", "not reported", "receipt"],
    };
    text::line(&table(&heads, &rows, heads.len()))?;
    let unpublished = found.items.iter().find_map(|item| match item.due_by {
        DueBy::Unpublished(year) => Some(year),
        _ => None,
    });
    if let Some(year) = unpublished {
        text::line(&match style.lang {
            Lang::Zh => format!("{year} 年放假安排未收录，相应期限不能计算，不推定。"),
            Lang::En => format!(
                "The holidays of {year} are not published: where they are needed, no day is given."
            ),
        })?;
    }
    if found.items.iter().any(|item| item.due_by == DueBy::None) {
        text::line(style.say(
            "期限为“—”的，文件未规定期限；本机关有期限的，以 --within 指定工作日数。",
            "`-`: no text sets a day; where the office has a rule of its own, give `--within`.",
        ))?;
    }
    Ok(())
}

fn row(item: &Item, style: Style) -> Vec<String> {
    let days = |days: i32| match style.lang {
        Lang::Zh => format!("{days} 天"),
        Lang::En => format!("{days} d"),
    };
    let none = style.say("—", "-");
    let due = match (item.due_on, item.due_by) {
        (Some(day), _) => day.to_string(),
        (None, DueBy::Unpublished(year)) => match style.lang {
            Lang::Zh => format!("{year} 年未公布"),
            Lang::En => format!("{year}: unpublished"),
        },
        (None, _) => none.to_owned(),
    };
    let what = match &item.what {
        What::Measure { measure, role, subject_index } => {
            let role = style.words(words::role_words(*role));
            let measure = safe(measure);
            match style.lang {
                Lang::Zh => format!("措施 {measure}（{role} {subject_index}）"),
                Lang::En => format!("measure {measure} ({role} {subject_index})"),
            }
        }
        What::Obligation { obligation, to } => {
            let to = safe(style.pick(to));
            let kind = style.words(mustcheck_audit::words::obligation(*obligation));
            match style.lang {
                Lang::Zh => format!("{kind}（{to}）"),
                Lang::En => format!("{kind} ({to})"),
            }
        }
    };
    vec![
        item.days_late.map_or_else(|| none.to_owned(), days),
        due,
        days(item.age_days),
        safe(&item.case).into_owned(),
        safe(&item.office.name).into_owned(),
        what,
        item.receipt.to_string(),
    ]
}
