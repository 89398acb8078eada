//! The language of a page, Chinese or English: by a cookie, else as the browser prefers, else
//! Chinese.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
pub(super) use mustcheck::Language as Lang;

use super::respond;
use super::state::Page;
use super::visit::Posted;
use crate::language::accepted;

/// Name of the cookie for the language. Its value is `zh` or `en`.
pub(super) const COOKIE: &str = "mustcheck_language";

/// The language of a request: that of its cookie, else the one that the browser prefers.
pub(super) fn of(headers: &HeaderMap) -> Lang {
    let chosen = super::visit::cookie(headers, COOKIE).and_then(|code| code.parse().ok());
    chosen.unwrap_or_else(|| accepted(headers, Lang::Zh))
}

/// The cookie that keeps the choice of a language for a year.
pub(super) fn cookie(lang: Lang, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    let code = lang.code();
    format!("{COOKIE}={code}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict{secure}")
}

/// `POST /language`: sets the language, and redirects to the page where that was asked.
pub(super) async fn choose(State(page): State<Arc<Page>>, posted: Posted) -> Response {
    let lang = posted.fields.get("language").parse().unwrap_or(posted.guest.lang);
    let back = posted.fields.get("back");
    // Only to a page of this router, by its path alone.
    let own = back.starts_with('/')
        && back.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-".contains(&b))
        && !back.starts_with("//");
    let mut response = respond::see_other(if own { back } else { "/" });
    respond::set_cookie(&mut response, &cookie(lang, page.settings.secure));
    response
}
