//! A decision: what was found, and on which basis; its papers; its JSON.

mod paper;
mod view;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use mustcheck::{Checked, Decision, Papers};
use mustcheck_evidence::{ContentDigest, DocumentId};

use super::book::Book;
use super::office::Task;
use super::problem::Problem;
use super::respond;
use super::session::Made;
use super::state::Page;
use super::visit::{Sent, Visit};

/// A decision to download, in the shape of the answer of `POST /v1/checks`.
#[derive(Serialize)]
struct Download<'a> {
    decision: &'a Decision,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<Reference<'a>>,
    component: ContentDigest,
}

#[derive(Serialize)]
struct Reference<'a> {
    id: &'a DocumentId,
    log_index: u64,
}

impl<'a> Download<'a> {
    fn of(checked: &'a Checked) -> Option<Self> {
        let receipt = checked.receipt();
        Some(Self {
            decision: checked.decision(),
            receipt: receipt.map(|r| Reference { id: &r.id, log_index: r.index }),
            component: ContentDigest::from_hex(checked.component()).ok()?,
        })
    }
}

/// Finds the decision that the session keeps under a number, if the caller may see it; else returns
/// a page that says why not.
pub(super) fn made(visit: &Visit, number: u32) -> Result<Arc<Made>, Response> {
    visit.permit(Task::Check)?;
    match visit.session.kept(number) {
        Some(made) => {
            // The caller's permissions may have been narrowed since.
            let application = &made.application;
            let case = visit.permit_case(&application.matter, &application.office.region);
            case.map_err(|problem| respond::problem(visit, &problem))?;
            Ok(made)
        }
        None => Err(gone(visit)),
    }
}

/// Page: the decision or receipt is no longer kept.
pub(super) fn gone(visit: &Visit) -> Response {
    let lang = visit.lang();
    let title = lang.say("该页已不再保存", "This page is gone");
    let said = lang.say(
        "每个会话只保留最近的若干页。请查找该案件，从其回执重新打印文书。",
        "A session keeps its last pages only. Find the case: its receipt prints the papers again.",
    );
    let main = maud::html! {
        h1 { (title) }
        p.alert role="alert" { (said) }
        p { a href="/receipts" { (lang.say("查找案件", "Find a case")) } }
    };
    visit.page(StatusCode::NOT_FOUND, title, "/", main)
}

fn book<'a>(visit: &'a Visit, made: &'a Made) -> Book<'a> {
    Book { lang: visit.lang(), names: &visit.shared().names, policy: made.policy.as_ref() }
}

/// `GET /decisions/{number}`.
pub(super) async fn show(visit: Visit, Path(number): Path<u32>) -> Response {
    let made = match made(&visit, number) {
        Ok(made) => made,
        Err(response) => return response,
    };
    let papers = match papers(&visit, &made) {
        Ok(papers) => papers,
        Err(response) => return response,
    };
    let book = book(&visit, &made);
    let view = view::View { visit: &visit, made: &made, papers: &papers, book, number };
    let title = visit.lang().say("核查结果", "Decision");
    visit.page(StatusCode::OK, title, &format!("/decisions/{number}"), view.page(title))
}

/// The papers of a decision, in the language of the page.
fn papers(visit: &Visit, made: &Made) -> Result<Papers, Response> {
    let papers = made.checked.papers(visit.lang());
    papers.map_err(|_| respond::problem(visit, &Problem::Failed))
}

/// `GET /decisions/{number}/sheet`: the officer's sheet alone, to print.
pub(super) async fn sheet(visit: Visit, Path(number): Path<u32>) -> Response {
    let shown = made(&visit, number).and_then(|made| papers(&visit, &made));
    match shown {
        Ok(papers) => paper::page(&visit, number, "sheet", &papers.sheet),
        Err(response) => response,
    }
}

/// `GET /decisions/{number}/notices/{subject}`: the notice for a subject that a measure reaches, to
/// print. The address has the subject's position in the application, and nothing that identifies
/// it.
// RAIL R13
pub(super) async fn notice(visit: Visit, Path((number, subject)): Path<(u32, u32)>) -> Response {
    let shown = made(&visit, number).and_then(|made| papers(&visit, &made));
    let papers = match shown {
        Ok(papers) => papers,
        Err(response) => return response,
    };
    match papers.notices.iter().find(|notice| notice.subject == subject) {
        Some(notice) => {
            paper::page(&visit, number, &format!("notices/{subject}"), &notice.document)
        }
        None => gone(&visit),
    }
}

/// `POST /decisions/{number}/json`: the decision as a file to download.
pub(super) async fn json(
    State(_): State<Arc<Page>>,
    Path(number): Path<u32>,
    sent: Sent,
) -> Response {
    match made(&sent.visit, number) {
        Ok(made) => {
            let written = Download::of(&made.checked).map(|all| serde_json::to_vec_pretty(&all));
            match written {
                Some(Ok(json)) => respond::download("attachment; filename=\"decision.json\"", json),
                _ => respond::problem(&sent.visit, &Problem::Failed),
            }
        }
        Err(response) => response,
    }
}
