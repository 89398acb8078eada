//! Signing in with a caller's token, and out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use tokio::time::sleep;

use super::language::Lang;
use super::layout::token;
use super::problem::Problem;
use super::respond;
use super::state::Page;
use super::visit::{Guest, Posted, session_cookie};
use crate::peers::Peer;

/// Reason why the sign-in page is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Nobody tried to sign in.
    First,
    /// Nobody has this token.
    Unknown,
    /// Too many sign-ins from one address fail at a time.
    Busy,
}

/// Whether a path is an address that lasts: it may be sent to a colleague, who is led back to it
/// after signing in.
pub(super) fn lasts(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-".contains(&b);
    path.starts_with("/receipts/r") && path.bytes().all(plain)
}

/// The sign-in page. Whoever signs in is then led to `back`, if that is an address that lasts.
pub(super) fn page(guest: &Guest, why: Why, back: &str) -> Response {
    let lang = guest.lang;
    let title = lang.say("登录", "Sign in");
    let (status, said) = match why {
        Why::First => (StatusCode::OK, None),
        Why::Unknown => (
            StatusCode::UNAUTHORIZED,
            Some(lang.own("访问令牌无效。", "Nobody has this access token.")),
        ),
        Why::Busy => {
            (StatusCode::TOO_MANY_REQUESTS, Some(Problem::TooMany { seconds: 5 }.sentence(lang)))
        }
    };
    let title_of_page = match said {
        Some(_) => format!("{} {title}", lang.say("错误：", "Error:")),
        None => title.to_owned(),
    };
    let wrong = said.is_some();
    let main = html! {
        section.narrow {
            h1 { (title) }
            @if let Some(said) = said {
                p.alert #token-error role="alert" { (said) }
            }
            p { (lang.say(
                "请输入管理员发给本岗位的访问令牌。",
                "Enter the access token that the administrator gave to your post.",
            )) }
            form method="post" action="/sign-in" {
                (token(guest))
                @if lasts(back) { input type="hidden" name="back" value=(back); }
                div.field {
                    label for="token" { (lang.say("访问令牌", "Access token")) }
                    input #token type="password" name="token" required autocomplete="current-password"
                        spellcheck="false" aria-invalid=[wrong.then_some("true")]
                        aria-describedby=[wrong.then_some("token-error")];
                }
                p.actions { button type="submit" { (title) } }
            }
            p.small { (ends(guest)) }
        }
    };
    let shown_at = if lasts(back) { back } else { "/" };
    let mut response = guest.page(status, &title_of_page, shown_at, main);
    if why == Why::Busy {
        response.headers_mut().insert(axum::http::header::RETRY_AFTER, 5.into());
    }
    response
}

/// Text about the times at which a session ends.
fn ends(guest: &Guest) -> String {
    let settings = &guest.shared.settings;
    let idle = settings.idle.as_secs().div_ceil(60);
    let lasts = settings.lasts.as_secs().div_ceil(60 * 60);
    match guest.lang {
        Lang::Zh => {
            format!("闲置{idle}分钟或者满{lasts}小时后自动退出。证件号码不写入网址和日志。")
        }
        Lang::En => format!(
            "You are signed out when nothing is done for {idle} minutes, and after {lasts} hours \
             in any case. Identifiers never stand in an address or a log."
        ),
    }
}

/// `POST /sign-in`. A right token never waits: tokens are random, so they cannot be guessed, and
/// strangers who try keep nobody else out.
pub(super) async fn sign_in(
    State(page): State<Arc<Page>>,
    peer: Option<Extension<Peer>>,
    posted: Posted,
) -> Response {
    let Posted { guest, fields } = posted;
    let said = fields.get("token");
    let Some(caller) = page.office.caller(said) else {
        let peer = peer.map_or(Peer::UNKNOWN, |Extension(peer)| peer);
        return failed(&page, &guest, peer, fields.get("back")).await;
    };
    // A session that somebody else may know of is not reused: a new one begins.
    page.sessions.end(&guest.secret);
    let Ok(secret) = page.sessions.begin(said) else {
        let title = guest.lang.say("未能完成", "This was not done");
        let said = Problem::Failed.sentence(guest.lang);
        return respond::plain(&guest, StatusCode::INTERNAL_SERVER_ERROR, title, &said);
    };
    tracing::info!(caller = &**caller.name(), "signed in to the page");
    let back = Some(fields.get("back")).filter(|back| lasts(back));
    let mut response = respond::see_other(back.unwrap_or("/"));
    respond::set_cookie(&mut response, &session_cookie(page.settings.secure, &secret));
    response
}

/// Answers a failed sign-in after a delay. Only a few of one address wait at a time.
async fn failed(page: &Page, guest: &Guest, peer: Peer, back: &str) -> Response {
    let Some(_share) = page.failing.enter(peer) else {
        return self::page(guest, Why::Busy, back);
    };
    sleep(page.settings.failed_sign_in).await;
    tracing::warn!("a sign-in to the page failed");
    self::page(guest, Why::Unknown, back)
}

/// `POST /sign-out`.
pub(super) async fn sign_out(State(page): State<Arc<Page>>, posted: Posted) -> Response {
    page.sessions.end(&posted.guest.secret);
    let mut response = respond::see_other("/");
    let ended = format!("{}; Max-Age=0", session_cookie(page.settings.secure, ""));
    respond::set_cookie(&mut response, &ended);
    response
}
