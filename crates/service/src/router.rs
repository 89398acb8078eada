//! The router, made of the route table.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::observe::observe;
use crate::operations::table;
use crate::problem::{Kind, Problem};
use crate::shared::Shared;

/// Returns the router of all routes and of the pages, with an answer for paths that are neither.
pub(crate) fn router(shared: Arc<Shared>, pages: Option<Router>) -> Router {
    let mut router = Router::new();
    for entry in table() {
        router = router.route(entry.route.path, entry.router);
    }
    let router = match pages {
        Some(pages) => router.fallback_service(pages),
        None => router.fallback(async || Problem::new(Kind::NotFound)),
    };
    router
        .method_not_allowed_fallback(async || Problem::new(Kind::MethodNotAllowed))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| {
                // RAIL R13: what a panic said may quote anything.
                axum::response::IntoResponse::into_response(
                    Problem::new(Kind::Internal).told("handling the request panicked".into()),
                )
            },
        ))
        .layer(from_fn_with_state(Arc::clone(&shared), observe))
        .with_state(shared)
}
