//! A request as the pages take it: by whom, in which language, with which form.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
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
use super::state::Page;

/// The value of a cookie.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = sent.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

/// Anybody.
pub(super) struct Guest {
    pub(super) shared: Arc<Page>,
    pub(super) lang: Lang,
    /// Where the request goes.
    pub(super) path: String,
    /// What the session's cookie says, whether or not there is such a session; a fresh one if the
    /// browser has none.
    pub(super) secret: String,
    /// Whether the browser has to be told of it.
    fresh: bool,
    /// Whether the request chose another language.
    chose: bool,
}

/// The name of the session's cookie. With the prefix, browsers take it by TLS only and from this
/// host only.
pub(super) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-mustcheck" } else { "mustcheck" }
}

/// The session's cookie. It ends with the browser.
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
            // Without random bytes nobody is kept apart from anybody else.
            None => session::random().map_err(|_| failed())?,
        };
        Ok(Self {
            shared: Arc::clone(page),
            lang: Lang::of(&parts.headers),
            path: parts.uri.path().to_owned(),
            secret,
            fresh,
            chose: false,
        })
    }

    /// What each form must say.
    pub(super) fn form_token(&self) -> String {
        session::form_token(&self.secret)
    }

    /// A page for whoever is not signed in.
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
            respond::set_cookie(&mut response, &self.lang.cookie(secure));
        }
        response
    }
}

/// What is answered where nothing else can be.
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

/// Somebody who is signed in.
pub(super) struct Visit {
    pub(super) guest: Guest,
    pub(super) session: Arc<Session>,
    pub(super) caller: Arc<dyn Caller>,
}

impl Visit {
    /// Who this is; the guest, if nobody.
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

    /// That the caller may do this.
    pub(super) fn permit(&self, task: Task) -> Result<(), Response> {
        if self.caller.may(task) {
            return Ok(());
        }
        Err(respond::problem(self, &Problem::Forbidden { place: None }))
    }

    /// That the caller may see a case.
    pub(super) fn permit_case(&self, matter: &str, region: &str) -> Result<(), Problem> {
        if !self.caller.may_matter(matter) {
            return Err(Problem::Forbidden { place: Some("matter") });
        }
        if !self.caller.may_region(region) {
            return Err(Problem::Forbidden { place: Some("office.region") });
        }
        Ok(())
    }

    /// Reads the whole log, where that keeps nobody waiting but those who read it too.
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

    /// A page with what its form holds.
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

    /// Whoever is not signed in is sent to where that is done.
    async fn from_request_parts(parts: &mut Parts, page: &Arc<Page>) -> Result<Self, Response> {
        Self::of(Guest::of(parts, page)?).map_err(|_| respond::see_other("/"))
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
        if let Some(lang) = fields.get("do").strip_prefix("language-").and_then(Lang::from_code) {
            (guest.lang, guest.chose) = (lang, true);
        }
        Ok(Self { guest, fields })
    }
}

/// A form that somebody who is signed in sent.
pub(super) struct Sent {
    pub(super) visit: Visit,
    pub(super) fields: Fields,
}

impl Sent {
    /// What the button says that was pressed.
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

/// A form that was not made for this browser, or not in this session.
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
