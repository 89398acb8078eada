//! What an operation is, and the one way in which every request to one is handled.
//!
//! An operation's route, the type that it reads and the type that it answers are one declaration.
//! The router and the OpenAPI document are both made of it, so neither can say something else.

pub(crate) mod work;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::body;
use crate::callers::{Caller, Days, Role};
use mustcheck_evidence::DocumentId;
use mustcheck_postgres::Claim;

use crate::idempotency::{self, Begun, End, Key};
use crate::problem::{Kind, Problem};
use crate::shared::Shared;
use crate::tls::ClientCertificate;
use work::{Work, unpanicked};

/// Which method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody: it says nothing of anybody.
    Open,
    /// Every caller.
    Caller,
    /// Callers with a role.
    Role(Role),
}

/// Where an operation is, and what is said of it.
pub(crate) struct Route {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) access: Access,
    /// Whether an idempotency key counts.
    pub(crate) idempotent: bool,
    /// The problems that are this operation's own.
    pub(crate) problems: &'static [Kind],
}

/// What an operation reads.
pub(crate) trait Input: Sized + Send + 'static {
    /// Its schema; none if there is no body.
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema>;

    /// Reads the body.
    fn read(body: &[u8]) -> Result<Self, Problem>;
}

/// Nothing is read.
pub(crate) struct NoBody;

impl Input for NoBody {
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }

    fn read(_: &[u8]) -> Result<Self, Problem> {
        Ok(Self)
    }
}

/// What an operation answers.
pub(crate) trait Output: Send + 'static {
    /// Its media type, with which the others that may be accepted begin.
    const MEDIA: &'static str;

    /// Its schema.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// The bytes.
    fn write(self) -> Result<Bytes, Problem>;
}

/// What a decision takes as JSON, in bytes; a longer one is copied as it grows.
const USUAL_JSON: usize = 16 << 10;

/// A JSON document.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize + JsonSchema + Send + 'static> Output for Json<T> {
    const MEDIA: &'static str = "application/json";

    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }

    fn write(self) -> Result<Bytes, Problem> {
        let failed = |e: serde_json::Error| Problem::new(Kind::Internal).told(e.to_string());
        let mut json = Vec::with_capacity(USUAL_JSON);
        serde_json::to_writer(&mut json, &self.0).map_err(failed)?;
        // What is kept for whoever asks again has room for nothing else.
        Ok(json.into_boxed_slice().into())
    }
}

/// An operation.
pub(crate) trait Operation: 'static {
    /// Where it is, and what is said of it.
    const ROUTE: Route;
    /// What it reads.
    type Input: Input;
    /// What it answers.
    type Output: Output;

    /// That the caller, as it is now, may ask this. It is asked before anything else, and so also
    /// before an answer is given a second time.
    fn permit(
        _call: &Call,
        _input: &Self::Input,
    ) -> impl Future<Output = Result<(), Problem>> + Send {
        std::future::ready(Ok(()))
    }

    /// Whether whoever asks again with the same key gets the same answer.
    fn lasts(_answer: &Self::Output) -> bool {
        true
    }

    /// Does it, for a caller who may.
    fn run(
        call: Call,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Problem>> + Send;

    /// Bodies that are read, for the documentation.
    fn examples() -> Vec<Example> {
        Vec::new()
    }
}

/// A request, for the documentation.
pub(crate) struct Example {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) request: &'static str,
}

/// A request as an operation sees it.
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    /// Who asks; none where anybody may.
    pub(crate) caller: Option<Arc<Caller>>,
    /// What stands in the path in the place of its one parameter.
    pub(crate) parameter: Option<String>,
    pub(crate) told: Told,
    /// What the request's key is claimed with, if replicas share keys.
    pub(crate) claim: Option<Claim>,
    /// The receipt of this very request, if it was checked by a replica that could not answer.
    pub(crate) recorded: Option<DocumentId>,
}

impl Call {
    /// As of which days the caller checks.
    pub(crate) fn days(&self) -> Days {
        self.caller.as_ref().map_or(Days::Usual, |caller| caller.days())
    }

    /// That the caller may see a case.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] with the place.
    pub(crate) fn permit_case(&self, matter: &str, region: &str) -> Result<(), Problem> {
        match &self.caller {
            Some(caller) => caller.permit_case(matter, region),
            None => Err(Problem::new(Kind::Unauthenticated)),
        }
    }
}

/// What a request's line in the log says, as far as it is known.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Notes>>);

/// What is noted of a request. None of it identifies anybody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) route: Option<&'static str>,
    pub(crate) caller: Option<Arc<str>>,
    pub(crate) matter: Option<String>,
    pub(crate) disposition: Option<String>,
    pub(crate) receipt: Option<String>,
    pub(crate) replayed: bool,
}

impl Told {
    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An operation as an entry of the route table.
pub(crate) struct Entry {
    pub(crate) route: Route,
    pub(crate) router: MethodRouter<Arc<Shared>>,
    pub(crate) media: &'static str,
    pub(crate) input: fn(&mut SchemaGenerator) -> Option<Schema>,
    pub(crate) output: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) examples: fn() -> Vec<Example>,
}

impl Entry {
    pub(crate) fn of<O: Operation>() -> Self {
        let route = O::ROUTE;
        let router = match route.verb {
            Verb::Get => get(handle::<O>),
            Verb::Post => post(handle::<O>),
        };
        Self {
            route,
            router,
            media: O::Output::MEDIA,
            input: O::Input::schema,
            output: O::Output::schema,
            examples: O::examples,
        }
    }
}

/// Handles a request, whatever its operation.
async fn handle<O: Operation>(
    State(shared): State<Arc<Shared>>,
    parameters: Option<Parameter>,
    request: Request,
) -> Response {
    let parameter = parameters.map(|Parameter(text)| text);
    match answer::<O>(shared, parameter, request).await {
        Ok(answer) => answer.into_response(O::Output::MEDIA),
        Err(problem) => problem.into_response(),
    }
}

/// The one parameter of a path.
struct Parameter(String);

impl<S: Send + Sync> axum::extract::OptionalFromRequestParts<S> for Parameter {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        state: &S,
    ) -> Result<Option<Self>, Self::Rejection> {
        use axum::extract::FromRequestParts as _;
        // What is no UTF-8 names nothing.
        let parameters = RawPathParams::from_request_parts(parts, state).await.ok();
        let first = parameters.as_ref().and_then(|all| all.iter().next());
        Ok(first.map(|(_, value)| Self(value.to_owned())))
    }
}

/// An answer.
struct Answer {
    body: Bytes,
    replayed: bool,
}

impl Answer {
    fn into_response(self, media: &'static str) -> Response {
        let media = HeaderValue::from_static(media);
        let mut response = ([(header::CONTENT_TYPE, media)], self.body).into_response();
        if self.replayed {
            let yes = HeaderValue::from_static("true");
            response.headers_mut().insert(idempotency::REPLAYED, yes);
        }
        response
    }
}

async fn answer<O: Operation>(
    shared: Arc<Shared>,
    parameter: Option<String>,
    request: Request,
) -> Result<Answer, Problem> {
    let route = &O::ROUTE;
    let (parts, body) = request.into_parts();
    let told = parts.extensions.get::<Told>().cloned().unwrap_or_default();
    told.notes().route = Some(route.path);
    body::accepts(&parts.headers, O::Output::MEDIA)?;
    let caller = match route.access {
        // Who is known may be told more.
        Access::Open => authenticate(&shared, &parts, &told).ok(),
        Access::Caller => Some(authenticate(&shared, &parts, &told)?),
        Access::Role(role) => {
            let caller = authenticate(&shared, &parts, &told)?;
            caller.permit(role)?;
            Some(caller)
        }
    };
    if let Some(caller) = &caller {
        caller.count()?;
    }
    let content = match route.verb {
        Verb::Get => Bytes::new(),
        Verb::Post => body::read(&parts.headers, body, &shared.limits).await?,
    };
    // Whoever watches over an overloaded service has to get through to it.
    let place = match route.access {
        Access::Open => None,
        Access::Role(Role::Metrics) => None,
        _ => Some(shared.admission.enter(shared.limits.request_time).await?),
    };
    let input = O::Input::read(&content)?;
    let mut key = None;
    if let (true, Some(caller)) = (route.idempotent, &caller) {
        key = Key::of(&parts.headers, caller.name())?;
    }
    let mut call =
        Call { shared: Arc::clone(&shared), caller, parameter, told, claim: None, recorded: None };
    let permitted = O::permit(&call, &input);
    let late = |_| Problem::new(Kind::Late);
    tokio::time::timeout(shared.limits.request_time, permitted).await.map_err(late)??;
    if let Some(key) = key {
        let request = shared.idempotency.digest(&[route.path.as_bytes(), &content]);
        match shared.idempotency.begin(key, request).await? {
            Begun::Fresh(own) => call.claim = own,
            Begun::Recorded(receipt) => call.recorded = Some(receipt),
            Begun::Done(body) => {
                call.told.notes().replayed = true;
                return Ok(Answer { body, replayed: true });
            }
            Begun::InProgress => return Err(Problem::new(Kind::InProgress)),
            Begun::Conflict => return Err(Problem::new(Kind::KeyReused)),
        }
    }
    // What is late goes on, and its key has the answer for whoever asks again.
    let body = begin::<O>(call, input, key, place).finished(shared.limits.request_time).await?;
    Ok(Answer { body, replayed: false })
}

/// Begins the work of a request, which holds its place until it is finished.
fn begin<O: Operation>(
    call: Call,
    input: O::Input,
    key: Option<Key>,
    place: Option<crate::admission::Place>,
) -> Work<Bytes> {
    let shared = Arc::clone(&call.shared);
    Work::begin(async move {
        let work = async move {
            let answer = O::run(call, input).await?;
            let lasts = O::lasts(&answer);
            Ok((answer.write()?, lasts))
        };
        // A panic too gives the key back.
        let done = unpanicked(work).await;
        if let Some(key) = key {
            let end = match &done {
                Ok((body, true)) => End::Kept(body.clone()),
                Ok((_, false)) => End::Passing,
                Err(_) => End::Failed,
            };
            shared.idempotency.finish(key, end).await;
        }
        drop(place);
        done.map(|(body, _)| body)
    })
}

/// Who asks: by certificate, else by token.
fn authenticate(
    shared: &Shared,
    parts: &axum::http::request::Parts,
    told: &Told,
) -> Result<Arc<Caller>, Problem> {
    let callers = shared.callers();
    let certificate = parts.extensions.get::<Arc<ClientCertificate>>();
    let by_certificate = certificate.and_then(|c| callers.by_certificate(c));
    let by_token = || {
        let mut given = parts.headers.get_all(header::AUTHORIZATION).iter();
        let text = given.next()?.to_str().ok()?;
        let (scheme, token) = text.split_once(' ')?;
        let bearer = scheme.eq_ignore_ascii_case("bearer") && given.next().is_none();
        bearer.then(|| callers.by_token(token.trim())).flatten()
    };
    let caller = by_certificate.or_else(by_token);
    let caller = caller.ok_or_else(|| Problem::new(Kind::Unauthenticated))?;
    told.notes().caller = Some(Arc::clone(caller.name()));
    Ok(caller)
}
