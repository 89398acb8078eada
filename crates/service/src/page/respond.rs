//! Answers, and the headers that every answer has.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64ct::{Base64, Encoding as _};
use maud::{Markup, html};
use sha2::{Digest as _, Sha256};

use super::language::Lang;
use super::problem::Problem;
use super::visit::{Guest, Visit};

/// Content security policy of a page: it loads from this server only, and nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the headers that every answer has. Unless an answer says that it may be cached, it may not:
/// decisions are about persons and firms.
pub(super) async fn secured(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let policy = HeaderValue::from_static(POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
    response
}

/// Redirects the browser to a path, with a GET.
pub(super) fn see_other(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, path);
    response
}

pub(super) fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A page as an answer.
pub(super) fn html(status: StatusCode, markup: Markup) -> Response {
    let mut response = (status, markup.into_string()).into_response();
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// A paper as it was written, to the byte. It loads nothing, and its own style is all that it may
/// use.
pub(super) fn paper(html: String) -> Response {
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let style = style.map_or_else(
        || "'none'".to_owned(),
        |(style, _)| {
            let digest = Sha256::digest(style.as_bytes());
            format!("'sha256-{}'", Base64::encode_string(&digest))
        },
    );
    let policy = format!(
        "default-src 'none'; style-src {style}; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A JSON file to download.
pub(super) fn download(name: &'static str, json: Vec<u8>) -> Response {
    let mut response = json.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    response
}

/// A page that shows a problem.
pub(super) fn problem(visit: &Visit, problem: &Problem) -> Response {
    let lang = visit.guest.lang;
    let title = lang.say("未能完成", "This was not done");
    let said = problem.sentence(lang);
    let mut response = visit.page(problem.status(), title, "/", alert(lang, title, &said));
    if let Some(seconds) = problem.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// A page with one message, for a visitor who is not signed in.
pub(super) fn plain(guest: &Guest, status: StatusCode, title: &str, said: &str) -> Response {
    guest.page(status, title, "/", alert(guest.lang, title, said))
}

fn alert(lang: Lang, title: &str, said: &str) -> Markup {
    html! {
        h1 { (title) }
        p.alert role="alert" { (said) }
        p { a href="/" { (lang.say("返回首页", "Back to the first page")) } }
    }
}

/// Answer to a form that did not arrive in time. Nobody waits for it. It closes the connection, so
/// that the rest of the form is not taken for the next request.
pub(super) fn late() -> Response {
    let mut response = StatusCode::REQUEST_TIMEOUT.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Page: there is no such page.
pub(super) async fn not_found(guest: Guest) -> Response {
    let lang = guest.lang;
    let title = lang.say("没有此页", "There is no such page");
    let said =
        lang.say("地址有误，或者该页已不再保存。", "The address is wrong, or the page is gone.");
    plain(&guest, StatusCode::NOT_FOUND, title, said)
}
