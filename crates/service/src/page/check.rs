//! A new check: by a form, or by JSON.

mod draft;
mod view;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use mustcheck::{Application, ApplicationExt as _, Policy};

use super::decision;
use super::form::{Wrong, marked};
use super::layout::Switch;
use super::office::Task;
use super::problem::{Problem, told};
use super::respond;
use super::session::Made;
use super::sign_in::{self, Why};
use super::visit::{Guest, Sent, Visit};
use draft::Draft;

/// `GET /`: the form, or the sign-in page if nobody is signed in.
pub(super) async fn show(guest: Guest) -> Response {
    let visit = match Visit::of(guest) {
        Ok(visit) => visit,
        Err(guest) => return sign_in::page(&guest, Why::First, "/"),
    };
    if !visit.caller.may(Task::Check) && visit.caller.may(Task::Receipts) {
        return respond::see_other("/receipts");
    }
    if let Err(refused) = visit.permit(Task::Check) {
        return refused;
    }
    let shared = visit.shared();
    let usual = shared.remembered.of(&*visit.caller, |region| shared.office.policy(region));
    form(&visit, &Draft::new(shared.office.today(), usual), &[])
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
    let (application, mut wrong) = match draft.application(visit.lang()) {
        Ok(read) => read,
        Err(wrong) => return form(visit, &draft, &[wrong]),
    };
    match mistakes(visit, &draft, &application).await {
        Ok(more) => merge(&mut wrong, more),
        Err(problem) => return respond::problem(visit, &problem),
    }
    if !wrong.is_empty() {
        return form(visit, &draft, &wrong);
    }
    match check(visit, application).await {
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
    }
}

/// Everything that the service finds wrong with an application, and where the caller's limits are.
async fn mistakes(
    visit: &Visit,
    draft: &Draft,
    application: &Application,
) -> Result<Vec<Wrong>, Problem> {
    let lang = visit.lang();
    let mut wrong = Vec::new();
    let (matter, region) = (&application.matter, &application.office.region);
    let limits = [
        ("matter", visit.caller.may_matter(matter)),
        ("office.region", visit.caller.may_region(region)),
    ];
    let faults = visit.shared().office.faults(&*visit.caller, application.clone()).await?;
    for fault in faults {
        if let Problem::Invalid { place, detail } = fault {
            wrong.push(Wrong { place: draft.place(&place), told: told(lang, &detail) });
        }
    }
    let beyond = limits.into_iter().filter(|(_, may)| !may).map(|(place, _)| Wrong {
        place: place.into(),
        told: Problem::Forbidden { place: Some(place) }.sentence(lang),
    });
    merge(&mut wrong, beyond.collect());
    Ok(wrong)
}

/// Adds mistakes at fields that have none yet, and puts them in the order of the form.
fn merge(wrong: &mut Vec<Wrong>, more: Vec<Wrong>) {
    for one in more {
        if wrong.iter().all(|known| known.place != one.place) {
            wrong.push(one);
        }
    }
    wrong.sort_by_key(|one| Draft::order(&one.place));
}

/// `POST /decisions/{number}/again`: the form with what was checked, to change it or to check it once
/// more; JSON, if the form cannot hold all of it.
pub(super) async fn again(Path(number): Path<u32>, sent: Sent) -> Response {
    let visit = &sent.visit;
    let made = match decision::made(visit, number) {
        Ok(made) => made,
        Err(response) => return response,
    };
    let mut application = made.application.clone();
    let checked = made.checked.decision();
    // What was checked as of its own day is checked again as of this one.
    if let (true, Some(today)) = (checked.as_of == checked.made_on, visit.shared().office.today()) {
        application.as_of = today;
    }
    match Draft::of(&application, visit.lang()) {
        Some(draft) => form(visit, &draft, &[]),
        None => {
            let text = serde_json::to_string_pretty(&application).unwrap_or_default();
            json(visit, &text, None)
        }
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
    visit.shared().remembered.keep(&*visit.caller, &application);
    let made = Made { application, checked, policy };
    let number = visit.session.keep(made);
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
