//! Measures and obligations without feedback, and those of them that are late (督办).

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use mustcheck::Date;
use mustcheck::safe;
use mustcheck::words::role_words;
use mustcheck_audit::overdue::{DueBy, Item, Question, What, overdue};
use mustcheck_audit::{Overdue, words as audit_words};

use super::book::Book;
use super::form::{Line, Wrong, marked, summary};
use super::language::Lang;
use super::layout::{Switch, token};
use super::office::Task;
use super::parts::table;
use super::problem::Problem;
use super::respond;
use super::state::today;
use super::visit::{Sent, Visit};

/// Largest number of rows on a page.
const ROWS: usize = 500;

/// The question as it was typed.
struct Asked {
    as_of: String,
    within: String,
}

/// `GET /overdue`: as of today, without a time limit of the office's own.
pub(super) async fn show(visit: Visit) -> Response {
    let as_of = today().map(|day| day.to_string()).unwrap_or_default();
    answer(&visit, &Asked { as_of, within: String::new() }).await
}

/// `POST /overdue`.
pub(super) async fn ask(sent: Sent) -> Response {
    let Sent { visit, fields } = &sent;
    let [as_of, within] = ["as_of", "within"].map(|name| fields.get(name).to_owned());
    answer(visit, &Asked { as_of, within }).await
}

async fn answer(visit: &Visit, asked: &Asked) -> Response {
    if let Err(refused) = visit.permit(Task::Receipts) {
        return refused;
    }
    let lang = visit.lang();
    let mut wrong = Vec::new();
    let as_of: Option<Date> = asked.as_of.parse().ok();
    if as_of.is_none() {
        let told = lang.own("请按“年-月-日”填写日期。", "Write the day as year-month-day.");
        wrong.push(Wrong { place: "as_of".into(), told });
    }
    let within = match &*asked.within {
        "" => None,
        days => match days.parse::<u16>() {
            Ok(days) if (1..=366).contains(&days) => Some(days),
            _ => {
                let told = lang.own("请填写1至366的工作日数。", "Give a number of days, 1 to 366.");
                wrong.push(Wrong { place: "within".into(), told });
                None
            }
        },
    };
    let title = lang.say("逾期事项", "Overdue");
    let mut found = html! {};
    if let (Some(as_of), true) = (as_of, wrong.is_empty()) {
        found = match read(visit, Question { as_of, within }).await {
            Ok(list) => shown(visit, &list),
            Err(problem) => return respond::problem(visit, &problem),
        };
    }
    let main = html! {
        h1 { (title) }
        (summary(lang, &wrong, &|place| label(lang, place).to_owned()))
        form #overdue.inline.screen method="post" action="/overdue" novalidate {
            (token(&visit.guest))
            (Line::day("as_of", label(lang, "as_of"), &asked.as_of).needed().show(&wrong))
            (Line { kind: "number", class: "short", ..Line::text("within", label(lang, "within"), &asked.within) }
                .show(&wrong))
            p.actions { button type="submit" name="do" value="show" { (lang.say("查询", "Show")) } }
        }
        (found)
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let switch = Switch::Form { id: "overdue", usual: "show" };
    visit.page_with(status, &marked(visit, title, !wrong.is_empty()), switch, main)
}

fn label(lang: Lang, place: &str) -> &'static str {
    match place {
        "as_of" => lang.say("截至日期", "As of"),
        _ => lang.say(
            "本机关的反馈期限（工作日，可选）",
            "The office's own days (working days, optional)",
        ),
    }
}

/// Reads the list, and keeps the cases that the caller may see.
async fn read(visit: &Visit, question: Question) -> Result<Overdue, Problem> {
    let read = visit.read_log(move |log, page| overdue(log, &page.calendar, question, &|_| {}));
    let mut list = read.await?;
    let may = |item: &Item| visit.permit_case(&item.matter, &item.office.region).is_ok();
    list.items.retain(may);
    let late = list.items.iter().filter(|item| item.days_late.is_some()).count();
    list.late = u64::try_from(late).unwrap_or(u64::MAX);
    list.open = u64::try_from(list.items.len().saturating_sub(late)).unwrap_or(u64::MAX);
    Ok(list)
}

fn shown(visit: &Visit, list: &Overdue) -> Markup {
    let lang = visit.lang();
    let title = lang.say("未反馈的事项", "Not reported yet");
    let heads = [
        ("最迟日期", "Due"),
        ("逾期天数", "Days late"),
        ("事项", "What"),
        ("申请编号", "Case"),
        ("机关", "Office"),
        ("核查日", "Checked on"),
        ("回执", "Receipt"),
    ];
    html! {
        section aria-labelledby="list" {
            h2 #list { (title) }
            p {
                @match lang {
                    Lang::Zh => { "逾期" b { (list.late) } "项，未逾期" (list.open) "项；截至" (list.as_of) "。" }
                    Lang::En => { b { (list.late) } " late, " (list.open) " open and not late, as of " (list.as_of) "." }
                }
            }
            p.small { (lang.say(
                "公开期限为法定；其余反馈没有法定期限，只有填写本机关期限时才计逾期。",
                "The law sets a day for publication. For the rest no text does: it is late only by the \
                 office's own days.",
            )) }
            @if !list.items.is_empty() {
                (table(lang, title, &heads, html! {
                    @for item in list.items.iter().take(ROWS) { (row(visit, item)) }
                }))
                @if list.items.len() > ROWS {
                    p.small {
                        @match lang {
                            Lang::Zh => { "只列出前" (ROWS) "项，共" (list.items.len()) "项；全部以命令 mustcheck audit overdue 导出。" }
                            Lang::En => { "The first " (ROWS) " of " (list.items.len()) "; `mustcheck audit overdue` has all." }
                        }
                    }
                }
            }
        }
    }
}

fn row(visit: &Visit, item: &Item) -> Markup {
    let lang = visit.lang();
    let book = Book { lang, names: &visit.shared().names, policy: None };
    html! {
        tr class=[item.days_late.map(|_| "late")] {
            td {
                @match (item.due_on, item.due_by) {
                    (Some(day), _) => (day),
                    (None, DueBy::Unpublished(year)) => {
                        (year) (lang.say("年节假日安排尚未公布", ": holidays not published"))
                    }
                    (None, _) => (lang.say("无期限", "none set")),
                }
            }
            td.number { @if let Some(days) = item.days_late { b { (days) } } @else { "—" } }
            td {
                @match &item.what {
                    What::Measure { measure, role, subject_index } => {
                        (book.measure(measure)) " — " (lang.words(role_words(*role))) " "
                        (u64::from(*subject_index) + 1)
                    }
                    What::Obligation { obligation, to } => {
                        (lang.words(audit_words::obligation(*obligation))) (lang.say("：", ": "))
                        (safe(lang.text(to)))
                    }
                }
            }
            td { (safe(&item.case)) }
            td { (safe(&item.office.name)) }
            td { (item.checked_on) }
            td {
                a href=(format!("/receipts/{}", item.receipt))
                    aria-label=(format!("{} {}", lang.say("打开回执，申请", "Open the receipt of case"), safe(&item.case))) {
                    (lang.say("打开", "Open"))
                }
            }
        }
    }
}
