//! The officer's pages: enter an application, read the decision, print its papers, find a case,
//! print them again, record feedback, see the overdue list, read statistics.
//!
//! Every page is made on the server, works without script, and loads nothing from any other host.
//! The pages decide nothing: they ask an [`Office`], which is the service.
//!
//! RAIL R13: text that may identify somebody is in bodies alone. A decision is reached by a number
//! that counts within one session, a case on record by its receipt's id, which is a digest and lasts;
//! every form is a POST.
//!
//! RAIL R10: no page compares persons or firms.

#![expect(
    clippy::result_large_err,
    reason = "whoever is refused is answered with a page, and that is rare"
)]

mod book;
mod check;
mod decision;
mod fields;
mod find;
mod form;
mod language;
mod layout;
mod office;
mod overdue;
mod papers;
mod parts;
mod problem;
mod receipt;
mod respond;
mod session;
mod sign_in;
mod state;
mod statics;
mod statistics;
mod usual;
mod visit;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use mustcheck::PolicyError;

pub(crate) use office::{Answer, Caller, Office, Task};
pub(crate) use problem::Problem;
pub(crate) use state::Settings;

use state::Page;

/// Route of the page that an answer is of, as an extension of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RouteName(pub(crate) &'static str);

/// Returns the router of the pages, from `/` on.
///
/// # Errors
///
/// [`PolicyError`] if the embedded editions, whose names the pages show, cannot be read.
pub(crate) fn router(office: Arc<dyn Office>, settings: Settings) -> Result<Router, PolicyError> {
    let body = settings.body_bytes;
    let page = Arc::new(Page::new(office, settings)?);
    let routes = [
        ("/", get(check::show).post(check::put)),
        ("/json", get(check::show_json).post(check::put_json)),
        ("/sign-in", post(sign_in::sign_in)),
        ("/sign-out", post(sign_in::sign_out)),
        ("/language", post(language::choose)),
        ("/decisions/{number}", get(decision::show)),
        ("/decisions/{number}/sheet", get(decision::sheet)),
        ("/decisions/{number}/notices/{subject}", get(decision::notice)),
        ("/decisions/{number}/json", post(decision::json)),
        ("/decisions/{number}/again", post(check::again)),
        ("/receipts", get(find::show).post(find::ask)),
        ("/receipts/{id}", get(receipt::show)),
        ("/receipts/{id}/feedback", post(receipt::feedback)),
        ("/receipts/{id}/json", post(receipt::json)),
        ("/receipts/{id}/papers", get(papers::list)),
        ("/receipts/{id}/papers/{paper}", get(papers::show)),
        ("/overdue", get(overdue::show).post(overdue::ask)),
        ("/statistics", get(statistics::show).post(statistics::ask)),
    ];
    let mut router = Router::new();
    for (path, pages) in routes {
        let name = async move |mut response: Response| {
            response.extensions_mut().insert(RouteName(path));
            response
        };
        router = router.route(path, pages.layer(map_response(name)));
    }
    let router = statics::routes(router)
        .fallback(respond::not_found)
        .method_not_allowed_fallback(respond::not_found);
    Ok(router
        .layer(DefaultBodyLimit::max(body))
        .layer(map_response(respond::secured))
        .with_state(page))
}
