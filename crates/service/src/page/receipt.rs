//! A receipt: found by its number, with the feedback about it, and a form to record more.

mod form;
mod view;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use mustcheck_evidence::DocumentId;

use self::form::Form;
use super::decision::gone;
use super::fields::Fields;
use super::form::{Wrong, marked};
use super::layout::Switch;
use super::office::Task;
use super::problem::{Problem, told};
use super::respond;
use super::session::Kept;
use super::state::Page;
use super::visit::{Sent, Visit};
use crate::records::KeptReceipt;

/// `GET /receipts`: the page to enter a receipt's number.
pub(super) async fn find(visit: Visit) -> Response {
    match permit(&visit) {
        Ok(()) => asked(&visit, "", None),
        Err(refused) => refused,
    }
}

/// Checks that the caller may see receipts. A caller that may record feedback may see what it is
/// about.
fn permit(visit: &Visit) -> Result<(), Response> {
    if visit.caller.may(Task::Feedback) { Ok(()) } else { visit.permit(Task::Receipts) }
}

/// `POST /receipts`: looks a number up, and redirects to its receipt.
pub(super) async fn found(sent: Sent) -> Response {
    let Sent { visit, fields } = &sent;
    if let Err(refused) = permit(visit) {
        return refused;
    }
    let typed = fields.get("receipt");
    if sent.button().starts_with("language-") {
        return asked(visit, typed, None);
    }
    let lang = visit.lang();
    // RAIL R13: what is no number of a receipt may be anything, and is not repeated in a sentence.
    let Ok(id) = typed.to_ascii_lowercase().parse::<DocumentId>() else {
        let told = lang.own(
            "回执编号以r开头，后接32位数字或者a至f的字母。",
            "A receipt's number is `r` and 32 digits or letters from a to f.",
        );
        return asked(visit, typed, Some(told));
    };
    match kept(visit, id).await {
        Ok(receipt) => {
            let number = visit.session.keep(Kept::Receipt { id: receipt.id, said: None });
            respond::see_other(&format!("/receipts/{number}"))
        }
        Err(Problem::Invalid { detail, .. }) => asked(visit, typed, Some(told(lang, &detail))),
        Err(problem) => respond::problem(visit, &problem),
    }
}

/// Reads a receipt that the caller may see.
async fn kept(visit: &Visit, id: DocumentId) -> Result<KeptReceipt, Problem> {
    let receipt = visit.shared().office.receipt(&*visit.caller, id).await?;
    let case = &receipt.receipt.payload.case;
    visit.permit_case(&case.matter, &case.office.region)?;
    Ok(receipt)
}

fn asked(visit: &Visit, typed: &str, told: Option<String>) -> Response {
    let title = visit.lang().say("查找回执", "Find a receipt");
    let wrong: Vec<Wrong> =
        told.into_iter().map(|told| Wrong { place: "receipt".into(), told }).collect();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let switch = Switch::Form { id: "find", usual: "find" };
    let title_of_page = marked(visit, title, !wrong.is_empty());
    visit.page_with(status, &title_of_page, switch, view::find(visit, title, typed, &wrong))
}

/// Reads the receipt that the session keeps under a number, with the id of feedback that was just
/// recorded; else returns a page that says why not.
async fn numbered(
    visit: &Visit,
    number: u32,
) -> Result<(KeptReceipt, Option<DocumentId>), Response> {
    permit(visit)?;
    let Some(Kept::Receipt { id, said }) = visit.session.kept(number) else {
        return Err(gone(visit));
    };
    match kept(visit, id).await {
        Ok(receipt) => Ok((receipt, said)),
        Err(Problem::Invalid { .. }) => Err(gone(visit)),
        Err(problem) => Err(respond::problem(visit, &problem)),
    }
}

/// `GET /receipts/{number}`.
pub(super) async fn show(visit: Visit, Path(number): Path<u32>) -> Response {
    match numbered(&visit, number).await {
        Ok((receipt, said)) => page(&visit, number, &receipt, said.as_ref(), &Form::default(), &[]),
        Err(response) => response,
    }
}

/// `POST /receipts/{number}/feedback`: records what the office did.
pub(super) async fn feedback(
    State(_): State<Arc<Page>>,
    Path(number): Path<u32>,
    sent: Sent,
) -> Response {
    let Sent { visit, fields } = &sent;
    if let Err(refused) = visit.permit(Task::Feedback) {
        return refused;
    }
    let receipt = match numbered(visit, number).await {
        Ok((receipt, _)) => receipt,
        Err(response) => return response,
    };
    let form = Form::read(fields);
    if sent.button() != "record" {
        return page(visit, number, &receipt, None, &form, &[]);
    }
    let (file, rows) = match form.file(visit.lang(), &receipt) {
        Ok(read) => read,
        Err(wrong) => return page(visit, number, &receipt, None, &form, &wrong),
    };
    match visit.shared().office.record_feedback(&*visit.caller, file).await {
        Ok(recorded) => {
            let said = Some(recorded.id);
            visit.session.replace(number, Kept::Receipt { id: receipt.id, said });
            respond::see_other(&format!("/receipts/{number}"))
        }
        Err(Problem::Invalid { place, detail }) => {
            let told = told(visit.lang(), &detail);
            let wrong = [Wrong { place: rows.place(&place), told }];
            page(visit, number, &receipt, None, &form, &wrong)
        }
        Err(problem) => respond::problem(visit, &problem),
    }
}

/// `POST /receipts/{number}/json`: the signed receipt as a file to download.
pub(super) async fn json(
    State(_): State<Arc<Page>>,
    Path(number): Path<u32>,
    sent: Sent,
) -> Response {
    match numbered(&sent.visit, number).await {
        Ok((receipt, _)) => {
            let name = "attachment; filename=\"receipt.json\"";
            respond::download(name, receipt.receipt.to_json())
        }
        Err(response) => response,
    }
}

fn page(
    visit: &Visit,
    number: u32,
    receipt: &KeptReceipt,
    said: Option<&DocumentId>,
    form: &Form,
    wrong: &[Wrong],
) -> Response {
    let title = visit.lang().say("核查回执", "Receipt");
    let back = format!("/receipts/{number}");
    let view = view::View { visit, number, receipt, said, form, wrong };
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
