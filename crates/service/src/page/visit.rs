//! Requests to the pages: the visitor, the language, and the form.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use maud::Markup;
use mustcheck_audit::{AuditError, Source};

use super::fields::Fields;
use super::language::Lang;
use super::layout::{Layout, Switch};
use super::office::{Caller, Task};
use super::problem::Problem;
use super::respond;
use super::session::{self, Session};
use super::sign_in::{self, Why};
use super::state::Page;

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

/// A visitor, signed in or not.
pub(super) struct Guest {
    pub(super) shared: Arc<Page>,
    pub(super) lang: Lang,
    /// Path of the request.
    pub(super) path: String,
    /// Value of the session's cookie, whether or not there is such a session; a fresh one if the
    /// browser has none.
    pub(super) secret: String,
    /// Whether the value is fresh, so that the answer must set the cookie.
    fresh: bool,
    /// Whether the request chose another language.
    chose: bool,
}

/// Name of the session's cookie. With the prefix `__Host-`, browsers take it over TLS only and from
/// this host only.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-mustcheck" } else { "mustcheck" }
}

/// The session's cookie with its attributes. It ends with the browser.
pub(super) fn session_cookie(secure: bool, secret: &str) -> String {
    let (name, flag) = (cookie_name(secure), if secure { "; Secure" } else { "" });
    format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict{flag}")
}

impl Guest {
    fn of(parts: &Parts, page: &Arc<Page>) -> Result<Self, Response> {
        let known = cookie(&parts.headers, cookie_name(page.settings.secure));
        let known = known.filter(|secret| secret.len() == 64).map(str::to_owned);
        let fresh = known.is_none();
        let secret = match known {
            Some(secret) => secret,
            // Without random bytes, visitors cannot be kept apart.
            None => session::random().map_err(|_| failed())?,
        };
        Ok(Self {
            shared: Arc::clone(page),
            lang: super::language::of(&parts.headers),
            path: parts.uri.path().to_owned(),
            secret,
            fresh,
            chose: false,
        })
    }

    /// Token that every form must send.
    pub(super) fn form_token(&self) -> String {
        session::form_token(&self.secret)
    }

    /// A page for a visitor who is not signed in.
    pub(super) fn page(
        &self,
        status: StatusCode,
        title: &str,
        back: &str,
        main: Markup,
    ) -> Response {
        let layout = Layout { guest: self, caller: None, title, switch: Switch::Back(back) };
        self.answer(status, layout.page(&main))
    }

    /// A page as an answer, with the cookies that it needs.
    pub(super) fn answer(&self, status: StatusCode, markup: Markup) -> Response {
        let mut response = respond::html(status, markup);
        let secure = self.shared.settings.secure;
        if self.fresh {
            respond::set_cookie(&mut response, &session_cookie(secure, &self.secret));
        }
        if self.chose {
            respond::set_cookie(&mut response, &super::language::cookie(self.lang, secure));
        }
        response
    }
}

/// Empty answer with status 500, where nothing else can be answered.
fn failed() -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

impl FromRequestParts<Arc<Page>> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, page: &Arc<Page>) -> Result<Self, Response> {
        Self::of(parts, page)
    }
}

/// A visitor who is signed in.
pub(super) struct Visit {
    pub(super) guest: Guest,
    pub(super) session: Arc<Session>,
    pub(super) caller: Arc<dyn Caller>,
}

impl Visit {
    /// Finds the caller of a visitor's session; gives the guest back if nobody is signed in.
    pub(super) fn of(guest: Guest) -> Result<Self, Guest> {
        let shared = Arc::clone(&guest.shared);
        let Some(session) = shared.sessions.of(&guest.secret) else { return Err(guest) };
        match shared.office.caller(session.token()) {
            Some(caller) => Ok(Self { guest, session, caller }),
            None => {
                shared.sessions.end(&guest.secret);
                Err(guest)
            }
        }
    }

    pub(super) fn lang(&self) -> Lang {
        self.guest.lang
    }

    pub(super) fn shared(&self) -> &Arc<Page> {
        &self.guest.shared
    }

    /// Checks that the caller may do this; if not, returns a page that says so.
    pub(super) fn permit(&self, task: Task) -> Result<(), Response> {
        if self.caller.may(task) {
            return Ok(());
        }
        Err(respond::problem(self, &Problem::Forbidden { place: None }))
    }

    /// Checks that the caller may see a case.
    ///
    /// # Errors
    ///
    /// [`Problem::Forbidden`] with the place.
    pub(super) fn permit_case(&self, matter: &str, region: &str) -> Result<(), Problem> {
        if !self.caller.may_matter(matter) {
            return Err(Problem::Forbidden { place: Some("matter") });
        }
        if !self.caller.may_region(region) {
            return Err(Problem::Forbidden { place: Some("office.region") });
        }
        Ok(())
    }

    /// Reads the whole log on a thread of its own, where only other readers of the log have to
    /// wait.
    pub(super) async fn read_log<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Source, &Page) -> Result<T, AuditError> + Send + 'static,
    ) -> Result<T, Problem> {
        let shared = Arc::clone(self.shared());
        let turn = tokio::time::timeout(shared.settings.patience, shared.readers.acquire());
        let _turn = turn.await.ok().and_then(Result::ok).ok_or(Problem::Unavailable)?;
        let source = shared.office.log(&*self.caller).await?;
        let reading = Arc::clone(&shared);
        let work = tokio::task::spawn_blocking(move || read(&source, &reading));
        work.await.map_err(|_| Problem::Failed)?.map_err(|error| {
            let detail = crate::told::told(&error);
            tracing::error!(
                caller = &**self.caller.name(),
                detail,
                "a page could not read the log"
            );
            Problem::Unavailable
        })
    }

    /// A page that a GET of `back` shows again.
    pub(super) fn page(
        &self,
        status: StatusCode,
        title: &str,
        back: &str,
        main: Markup,
    ) -> Response {
        self.page_with(status, title, Switch::Back(back), main)
    }

    /// A page that is shown in the other language as `switch` says.
    pub(super) fn page_with(
        &self,
        status: StatusCode,
        title: &str,
        switch: Switch<'_>,
        main: Markup,
    ) -> Response {
        let caller = Some(&*self.caller);
        let layout = Layout { guest: &self.guest, caller, title, switch };
        self.guest.answer(status, layout.page(&main))
    }
}

impl FromRequestParts<Arc<Page>> for Visit {
    type Rejection = Response;

    /// Redirects a visitor who is not signed in to the sign-in page; at an address that lasts, shows
    /// it there.
    async fn from_request_parts(parts: &mut Parts, page: &Arc<Page>) -> Result<Self, Response> {
        Self::of(Guest::of(parts, page)?).map_err(|guest| {
            if parts.method == Method::GET && sign_in::lasts(&guest.path) {
                return sign_in::page(&guest, Why::First, &guest.path);
            }
            respond::see_other("/")
        })
    }
}

/// A form that one of our pages sent.
pub(super) struct Posted {
    pub(super) guest: Guest,
    pub(super) fields: Fields,
}

impl FromRequest<Arc<Page>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, page: &Arc<Page>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let mut guest = Guest::of(&parts, page)?;
        let foreign = parts.headers.get("sec-fetch-site");
        let foreign = foreign.is_some_and(|site| site != "same-origin" && site != "none");
        let form = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let form = form.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let request = Request::from_parts(parts, body);
        let body =
            tokio::time::timeout(page.settings.body_time, Bytes::from_request(request, page));
        let body = match body.await {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => return Err(too_large(&guest)),
            Err(_) => return Err(respond::late()),
        };
        let fields = Fields::read(&body);
        let ours = form && !foreign && session::is_of(&guest.secret, fields.raw("form_token"));
        if !ours || guest.fresh {
            return Err(not_ours(&guest));
        }
        if let Some(lang) =
            fields.get("do").strip_prefix("language-").and_then(|code| code.parse().ok())
        {
            (guest.lang, guest.chose) = (lang, true);
        }
        Ok(Self { guest, fields })
    }
}

/// A form that a visitor who is signed in sent.
pub(super) struct Sent {
    pub(super) visit: Visit,
    pub(super) fields: Fields,
}

impl Sent {
    /// Value of the button that was pressed.
    pub(super) fn button(&self) -> &str {
        self.fields.get("do")
    }
}

impl FromRequest<Arc<Page>> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, page: &Arc<Page>) -> Result<Self, Response> {
        let Posted { guest, fields } = Posted::from_request(request, page).await?;
        match Visit::of(guest) {
            Ok(visit) => Ok(Self { visit, fields }),
            Err(_) => Err(respond::see_other("/")),
        }
    }
}

fn too_large(guest: &Guest) -> Response {
    let lang = guest.lang;
    let title = lang.say("内容过大", "This is too large");
    let said =
        lang.say("提交的内容超过上限，未予处理。", "More was sent than is read; nothing was done.");
    respond::plain(guest, StatusCode::PAYLOAD_TOO_LARGE, title, said)
}

/// Page: the form was not made for this browser, or not in this session.
fn not_ours(guest: &Guest) -> Response {
    let lang = guest.lang;
    let title = lang.say("页面已失效", "This page is no longer valid");
    let said = lang.say(
        "该表单不属于当前会话，未予处理。请返回首页后重试。",
        "The form is not of this session, and nothing was done. Go back to the first page and try \
         again.",
    );
    respond::plain(guest, StatusCode::FORBIDDEN, title, said)
}
