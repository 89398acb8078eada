//! The layer around every request: its id, its line in the log, its metrics, and the headers of its
//! answer.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use mustcheck::Language;

use crate::language::accepted;
use crate::operation::{Notes, Told};
use crate::problem::{Kind, Problem};
use crate::shared::Shared;
use crate::telemetry::{REQUEST_ID, request_id, trace};

/// Headers of every answer, for browsers: run nothing, frame nothing, keep nothing.
const SECURITY: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Handles a request, writes its problem if it ends in one, counts it and logs it.
pub(crate) async fn observe(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let id = request_id(request.headers());
    let trace = trace(request.headers());
    let language = accepted(request.headers(), Language::En);
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    // A task of its own would cost more than it tells: operations run in theirs already.
    let mut response = next.run(request).await;
    let mut problem = response.extensions_mut().remove::<Problem>();
    if problem.is_none() && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        problem = Some(Problem::new(Kind::MethodNotAllowed));
    }
    if let Some(problem) = &problem {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = problem.write(&id, language);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        if matches!(problem.kind, Kind::Failed | Kind::Internal | Kind::Unavailable) {
            shared.metrics.fault(problem.fault);
        }
    }
    secure(response.headers_mut(), &id, shared.speaks_tls);
    let took = begun.elapsed();
    let notes = std::mem::take(&mut *told.notes());
    let route = notes.route.unwrap_or("unknown");
    shared.metrics.request(route, response.status().as_u16(), took);
    let took = took.as_secs_f64();
    log(&id, trace.as_ref(), &notes, problem.as_ref(), response.status(), took);
    response
}

fn secure(headers: &mut HeaderMap, id: &str, speaks_tls: bool) {
    if speaks_tls {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, a_year);
    }
    for (name, value) in SECURITY {
        // A page may have a policy of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Writes the request's line in the log.
// RAIL R13: the path as it was asked for, the body and the headers are not part of it.
fn log(
    id: &str,
    trace: Option<&(String, String)>,
    notes: &Notes,
    problem: Option<&Problem>,
    status: StatusCode,
    seconds: f64,
) {
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                request_id = id,
                trace_id = trace.map(|(trace, _)| trace.as_str()),
                parent_id = trace.map(|(_, parent)| parent.as_str()),
                route = notes.route.unwrap_or("unknown"),
                caller = notes.caller.as_deref(),
                matter = notes.matter.as_deref(),
                disposition = notes.disposition.as_deref(),
                receipt = notes.receipt.as_deref(),
                replayed = notes.replayed.then_some(true),
                problem = problem.map(|p| p.kind.code()),
                fault = problem.and_then(|p| p.fault).map(|f| f.code()),
                detail = problem.and_then(|p| p.told.as_deref()),
                status = status.as_u16(),
                seconds,
                "request"
            )
        };
    }
    if status.is_server_error() {
        line!(error);
    } else {
        line!(info);
    }
}
