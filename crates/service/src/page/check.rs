//! A new check: by a form, or by JSON.

mod draft;
mod view;

use axum::http::StatusCode;
use axum::response::Response;
use mustcheck::{Application, ApplicationExt as _, Policy};

use super::form::{Wrong, marked};
use super::layout::Switch;
use super::office::Task;
use super::problem::{Problem, told};
use super::respond;
use super::session::{Kept, Made};
use super::sign_in::{self, Why};
use super::visit::{Guest, Sent, Visit};
use draft::Draft;

/// `GET /`: the form, or the sign-in page if nobody is signed in.
pub(super) async fn show(guest: Guest) -> Response {
    let visit = match Visit::of(guest) {
        Ok(visit) => visit,
        Err(guest) => return sign_in::page(&guest, Why::First),
    };
    if !visit.caller.may(Task::Check) && visit.caller.may(Task::Receipts) {
        return respond::see_other("/receipts");
    }
    if let Err(refused) = visit.permit(Task::Check) {
        return refused;
    }
    form(&visit, &Draft::new(visit.shared().office.today()), &[])
}

/// `POST /`: changes the form, or checks its application.
pub(super) async fn put(sent: Sent) -> Response {
    let Sent { visit, fields } = &sent;
    if let Err(refused) = visit.permit(Task::Check) {
        return refused;
    }
    let mut draft = Draft::read(fields);
    if sent.button() != "check" {
        draft.change(sent.button());
        return form(visit, &draft, &[]);
    }
    match draft.application(visit.lang()) {
        Err(wrong) => form(visit, &draft, &wrong),
        Ok(application) => match check(visit, application).await {
            Ok(response) => response,
            Err(Problem::Invalid { place, detail }) => {
                let told = told(visit.lang(), &detail);
                form(visit, &draft, &[Wrong { place: draft.place(&place), told }])
            }
            Err(problem @ Problem::Forbidden { place: Some(place) }) => {
                let told = problem.sentence(visit.lang());
                form(visit, &draft, &[Wrong { place: place.into(), told }])
            }
            Err(problem) => respond::problem(visit, &problem),
        },
    }
}

/// `GET /json`: the page to paste JSON into.
pub(super) async fn show_json(visit: Visit) -> Response {
    match visit.permit(Task::Check) {
        Ok(()) => json(&visit, "", None),
        Err(refused) => refused,
    }
}

/// `POST /json`: checks the JSON that was pasted.
pub(super) async fn put_json(sent: Sent) -> Response {
    let Sent { visit, fields } = &sent;
    if let Err(refused) = visit.permit(Task::Check) {
        return refused;
    }
    let text = fields.raw("json");
    if sent.button() != "check" {
        return json(visit, text, None);
    }
    let checked = match Application::from_json(text.as_bytes()) {
        Ok(application) => check(visit, application).await,
        Err(error) => Err(Problem::from(&error)),
    };
    match checked {
        Ok(response) => response,
        Err(problem @ (Problem::Invalid { .. } | Problem::Forbidden { place: Some(_) })) => {
            json(visit, text, Some(&problem))
        }
        Err(problem) => respond::problem(visit, &problem),
    }
}

/// Makes a check, and redirects to its decision.
async fn check(visit: &Visit, application: Application) -> Result<Response, Problem> {
    visit.permit_case(&application.matter, &application.office.region)?;
    let office = &visit.shared().office;
    let policy = office.policy(&application.office.region);
    let checked = office.check(&*visit.caller, application.clone()).await?;
    let made = Made { application, checked, policy };
    let number = visit.session.keep(Kept::Decision(made.into()));
    Ok(respond::see_other(&format!("/decisions/{number}")))
}

fn form(visit: &Visit, draft: &Draft, wrong: &[Wrong]) -> Response {
    let lang = visit.lang();
    let title = lang.say("新建核查", "New check");
    let policy = policy(visit, draft);
    let view = view::View { visit, draft, wrong, policy: policy.as_ref() };
    let title_of_page = marked(visit, title, !wrong.is_empty());
    let switch = Switch::Form { id: "check", usual: "check" };
    visit.page_with(status(wrong.is_empty()), &title_of_page, switch, view.page(title))
}

fn json(visit: &Visit, text: &str, problem: Option<&Problem>) -> Response {
    let title = visit.lang().say("新建核查（JSON）", "New check (JSON)");
    let title_of_page = marked(visit, title, problem.is_some());
    let switch = Switch::Form { id: "check", usual: "check" };
    let main = view::json(visit, title, text, problem);
    visit.page_with(status(problem.is_none()), &title_of_page, switch, main)
}

const fn status(right: bool) -> StatusCode {
    if right { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// The policy whose matters the form offers.
fn policy(visit: &Visit, draft: &Draft) -> Option<Policy> {
    let office = &visit.shared().office;
    office.policy(&draft.region).or_else(|| office.policy(""))
}
