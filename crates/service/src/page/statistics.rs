//! Statistics of the checks that the caller may see, with charts.
//!
//! RAIL R10: only checks are counted; groups are in the order of their codes.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use maud::{PreEscaped, html};
use mustcheck::Date;
use mustcheck_audit::page::fragment;
use mustcheck_audit::report::{Question, report_of};
use mustcheck_audit::{By, Period, Report, Source, words as audit_words};

use super::fields::Fields;
use super::form::{Line, Wrong, marked, summary};
use super::language::Lang;
use super::layout::{Switch, token};
use super::office::Task;
use super::problem::Problem;
use super::respond;
use super::state::{Page, today};
use super::visit::{Sent, Visit};
use crate::records::Reach;

const ALL: [By; 6] = [By::Matter, By::Office, By::List, By::Measure, By::Month, By::Source];

/// `GET /statistics`: everything, by matter.
pub(super) async fn show(visit: Visit) -> Response {
    answer(&visit, &Fields::default()).await
}

/// `POST /statistics`.
pub(super) async fn ask(sent: Sent) -> Response {
    answer(&sent.visit, &sent.fields).await
}

async fn answer(visit: &Visit, fields: &Fields) -> Response {
    if let Err(refused) = visit.permit(Task::Receipts) {
        return refused;
    }
    let lang = visit.lang();
    let mut wrong = Vec::new();
    let mut day = |place: &str| -> Option<Date> {
        let day = fields.some(place)?.parse().ok();
        if day.is_none() {
            let told = lang.own("请按“年-月-日”填写日期。", "Write the day as year-month-day.");
            wrong.push(Wrong { place: place.into(), told });
        }
        day
    };
    let (from, to) = (day("from"), day("to"));
    let as_of = day("as_of").or_else(today);
    let by = ALL.into_iter().find(|by| by.to_string() == fields.get("by")).unwrap_or(By::Matter);
    let title = lang.say("统计", "Statistics");
    let mut figures = String::new();
    if let (Some(as_of), true) = (as_of, wrong.is_empty()) {
        let period = Period { from, to };
        figures = match read(visit, Question { period, by, as_of }).await {
            Ok(report) => fragment(&report, lang == Lang::Zh),
            Err(problem) => return respond::problem(visit, &problem),
        };
    }
    let main = html! {
        h1 { (title) }
        (summary(lang, &wrong, &|place| label(lang, place).to_owned()))
        form #statistics.inline.screen method="post" action="/statistics" novalidate {
            (token(&visit.guest))
            (Line::day("from", label(lang, "from"), fields.get("from")).show(&wrong))
            (Line::day("to", label(lang, "to"), fields.get("to")).show(&wrong))
            (Line::day("as_of", label(lang, "as_of"), fields.get("as_of")).show(&wrong))
            div.field.short {
                label for="by" { (lang.say("分组", "Set out by")) }
                select #by name="by" {
                    @for one in ALL {
                        option value=(one.to_string()) selected[one == by] {
                            (lang.words(audit_words::by(one)))
                        }
                    }
                }
            }
            p.actions { button type="submit" name="do" value="show" { (lang.say("查询", "Show")) } }
        }
        @if let (Some(said), true) = (limited(visit), wrong.is_empty()) { p.small { (said) } }
        // Made by the library, which escapes what it is given.
        div.report { (PreEscaped(figures)) }
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let switch = Switch::Form { id: "statistics", usual: "show" };
    visit.page_with(status, &marked(visit, title, !wrong.is_empty()), switch, main)
}

fn label(lang: Lang, place: &str) -> &'static str {
    match place {
        "from" => lang.say("核查日期自", "Checked from"),
        "to" => lang.say("核查日期至", "Checked to"),
        _ => lang.say("反馈截至", "Reports as of"),
    }
}

/// Sentence above the figures of a caller with limits: they are of what it may see.
fn limited(visit: &Visit) -> Option<&'static str> {
    let Reach { matters, regions } = visit.caller.reach();
    (matters.is_some() || regions.is_some()).then(|| {
        visit.lang().say(
            "只统计您有权查看的事项和地区；日志条数为全部日志的条数。",
            "Only the matters and regions that you may see are counted; the number of entries is \
             that of the whole log.",
        )
    })
}

/// Counts the checks that the caller may see.
async fn read(visit: &Visit, question: Question) -> Result<Report, Problem> {
    let caller = Arc::clone(&visit.caller);
    let read = move |log: &Source, page: &Page| {
        let counted =
            |matter: &str, region: &str| caller.may_matter(matter) && caller.may_region(region);
        report_of(log, &page.names, question, &counted, &|_| {})
    };
    visit.read_log(read).await
}
