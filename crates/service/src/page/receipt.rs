//! A receipt, at an address that lasts: what was checked, the feedback about it, and a form to record
//! more.

mod form;
mod view;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use mustcheck_evidence::DocumentId;

use self::form::Form;
use super::fields::Fields;
use super::find::permit;
use super::form::{Wrong, marked};
use super::layout::Switch;
use super::office::Task;
use super::problem::{Problem, told};
use super::respond;
use super::state::Page;
use super::visit::{Sent, Visit};
use crate::records::KeptReceipt;

/// Reads the receipt of an address, if the caller may see it; else returns a page that says why
/// not.
pub(super) async fn lasting(visit: &Visit, id: &str) -> Result<KeptReceipt, Response> {
    // RAIL R13: what is no id may be anything, and is not repeated.
    let Ok(id) = id.parse::<DocumentId>() else { return Err(unknown(visit)) };
    match visit.shared().office.receipt(&*visit.caller, id).await {
        Ok(receipt) => Ok(receipt),
        Err(Problem::Invalid { .. }) => Err(unknown(visit)),
        Err(problem) => Err(respond::problem(visit, &problem)),
    }
}

/// Page: the log has no such receipt, or the caller may not see it.
fn unknown(visit: &Visit) -> Response {
    let lang = visit.lang();
    let title = lang.say("没有此回执", "There is no such receipt");
    let said = lang.say(
        "日志中没有该编号的回执，或者您无权查看。",
        "The log has no receipt of this number, or your access does not reach it.",
    );
    let main = maud::html! {
        h1 { (title) }
        p.alert role="alert" { (said) }
        p { a href="/receipts" { (lang.say("查找案件", "Find a case")) } }
    };
    visit.page(StatusCode::NOT_FOUND, title, "/receipts", main)
}

/// `GET /receipts/{id}`.
pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    if let Err(refused) = permit(&visit) {
        return refused;
    }
    match lasting(&visit, &id).await {
        Ok(receipt) => page(&visit, &receipt, &Form::default(), &[]),
        Err(response) => response,
    }
}

/// `POST /receipts/{id}/feedback`: records what the office did.
pub(super) async fn feedback(
    State(_): State<Arc<Page>>,
    Path(id): Path<String>,
    sent: Sent,
) -> Response {
    let Sent { visit, fields } = &sent;
    if let Err(refused) = visit.permit(Task::Feedback) {
        return refused;
    }
    let receipt = match lasting(visit, &id).await {
        Ok(receipt) => receipt,
        Err(response) => return response,
    };
    let form = Form::read(fields);
    if sent.button() != "record" {
        return page(visit, &receipt, &form, &[]);
    }
    let (file, rows) = match form.file(visit.lang(), &receipt) {
        Ok(read) => read,
        Err(wrong) => return page(visit, &receipt, &form, &wrong),
    };
    match visit.shared().office.record_feedback(&*visit.caller, file).await {
        Ok(recorded) => {
            let path = format!("/receipts/{}", receipt.id);
            visit.session.say(receipt.id, recorded.id);
            respond::see_other(&path)
        }
        Err(Problem::Invalid { place, detail }) => {
            let told = told(visit.lang(), &detail);
            let wrong = [Wrong { place: rows.place(&place), told }];
            page(visit, &receipt, &form, &wrong)
        }
        Err(problem) => respond::problem(visit, &problem),
    }
}

/// `POST /receipts/{id}/json`: the signed receipt as a file to download.
pub(super) async fn json(
    State(_): State<Arc<Page>>,
    Path(id): Path<String>,
    sent: Sent,
) -> Response {
    if let Err(refused) = permit(&sent.visit) {
        return refused;
    }
    match lasting(&sent.visit, &id).await {
        Ok(receipt) => {
            let name = "attachment; filename=\"receipt.json\"";
            respond::download(name, receipt.receipt.to_json())
        }
        Err(response) => response,
    }
}

fn page(visit: &Visit, receipt: &KeptReceipt, form: &Form, wrong: &[Wrong]) -> Response {
    let title = visit.lang().say("核查回执", "Receipt");
    let back = format!("/receipts/{}", receipt.id);
    let said = visit.session.said(&receipt.id);
    let view = view::View { visit, receipt, said: said.as_ref(), form, wrong };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let switch = match form.is_blank() || !view.has_form() {
        true => Switch::Back(&back),
        false => Switch::Form { id: "feedback", usual: "record" },
    };
    visit.page_with(status, &marked(visit, title, !wrong.is_empty()), switch, view.page(title))
}

impl Form {
    /// Takes the fields that a browser sent.
    fn read(fields: &Fields) -> Self {
        Self(fields.clone())
    }
}
