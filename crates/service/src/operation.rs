//! Operations, and the one way in which every request to one is handled.
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
use tokio::time::Instant;

use crate::body;
use crate::callers::{Caller, Days, Role};
use mustcheck_evidence::DocumentId;
use mustcheck_postgres::Claim;

use crate::idempotency::{self, Begun, End, Key};
use crate::problem::{Kind, Problem};
use crate::shared::Shared;
use crate::tls::ClientCertificate;
use work::{Work, unpanicked};

/// HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
}

/// The callers that may use an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody: the answer is about nobody.
    Open,
    /// Every caller.
    Caller,
    /// Callers with a role.
    Role(Role),
}

/// Method, path, access and documentation of an operation.
pub(crate) struct Route {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) access: Access,
    /// Whether the operation takes an idempotency key.
    pub(crate) idempotent: bool,
    /// Kinds of problems of this operation, beside those that others have too.
    pub(crate) problems: &'static [Kind],
}

/// Input of an operation.
pub(crate) trait Input: Sized + Send + 'static {
    /// Its schema; none if there is no body.
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema>;

    /// Reads the body.
    fn read(body: &[u8]) -> Result<Self, Problem>;
}

/// No input: nothing is read.
pub(crate) struct NoBody;

impl Input for NoBody {
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }

    fn read(_: &[u8]) -> Result<Self, Problem> {
        Ok(Self)
    }
}

/// Output of an operation.
pub(crate) trait Output: Send + 'static {
    /// Its media type, as `Content-Type` has it. Its parameters do not count for `Accept`.
    const MEDIA: &'static str;

    /// Its schema.
    fn schema(generator: &mut SchemaGenerator) -> Schema;

    /// Writes the body of the answer.
    fn write(self) -> Result<Bytes, Problem>;
}

/// Usual size of a decision as JSON, in bytes; a longer one is copied as it grows.
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
        // An answer may be kept for repeated requests, so spare capacity is given back.
        Ok(json.into_boxed_slice().into())
    }
}

/// An operation.
pub(crate) trait Operation: 'static {
    /// Its route and documentation.
    const ROUTE: Route;
    /// Its input.
    type Input: Input;
    /// Its output.
    type Output: Output;

    /// Checks that the caller, with its present permissions, may ask this. This comes before
    /// anything else, and so also before an answer is given a second time.
    fn permit(
        _call: &Call,
        _input: &Self::Input,
    ) -> impl Future<Output = Result<(), Problem>> + Send {
        std::future::ready(Ok(()))
    }

    /// Whether this answer is kept for the next request with the same key.
    fn lasts(_answer: &Self::Output) -> bool {
        true
    }

    /// Does the operation, for a caller that is permitted.
    fn run(
        call: Call,
        input: Self::Input,
    ) -> impl Future<Output = Result<Self::Output, Problem>> + Send;

    /// Example bodies, for the documentation.
    fn examples() -> Vec<Example> {
        Vec::new()
    }
}

/// An example of a request, for the documentation.
pub(crate) struct Example {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) request: &'static str,
}

/// A request as an operation sees it.
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    /// The caller; `None` if an open operation is asked by nobody who is known.
    pub(crate) caller: Option<Arc<Caller>>,
    /// Value of the one parameter of the path, such as a receipt's id.
    pub(crate) parameter: Option<String>,
    pub(crate) told: Told,
    /// Claim of the request's key, if replicas share keys.
    pub(crate) claim: Option<Claim>,
    /// Receipt of this same request, if another replica checked it and could not answer.
    pub(crate) recorded: Option<DocumentId>,
}

impl Call {
    /// The as-of dates that the caller may use.
    pub(crate) fn days(&self) -> Days {
        self.caller.as_ref().map_or(Days::Usual, |caller| caller.days())
    }

    /// Checks that the caller may see a case.
    ///
    /// # Errors
    ///
    /// [`Kind::Forbidden`] with the place; [`Kind::Unauthenticated`] without a caller.
    pub(crate) fn permit_case(&self, matter: &str, region: &str) -> Result<(), Problem> {
        match &self.caller {
            Some(caller) => caller.permit_case(matter, region),
            None => Err(Problem::new(Kind::Unauthenticated)),
        }
    }
}

/// Notes for a request's line in the log, shared by all who add to them.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Notes>>);

/// Facts about a request for its line in the log. None of them identifies anybody.
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

/// Handles a request to an operation.
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
        // A parameter that is not UTF-8 names nothing.
        let parameters = RawPathParams::from_request_parts(parts, state).await.ok();
        let first = parameters.as_ref().and_then(|all| all.iter().next());
        Ok(first.map(|(_, value)| Self(value.to_owned())))
    }
}

/// The answer of an operation.
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
        // A known caller may be shown more.
        Access::Open => authenticate(&shared, &parts, &told).ok(),
        Access::Caller => Some(authenticate(&shared, &parts, &told)?),
        Access::Role(role) => {
            let caller = authenticate(&shared, &parts, &told)?;
            caller.permit(role)?;
            Some(caller)
        }
    };
    // What is open to strangers costs a known caller none of its rate.
    if let (Some(caller), false) = (&caller, route.access == Access::Open) {
        caller.count()?;
    }
    let content = match route.verb {
        Verb::Get => Bytes::new(),
        Verb::Post => body::read(&parts.headers, body, &shared.limits).await?,
    };
    // One limit for the wait and the work together.
    let until = Instant::now() + shared.limits.request_time;
    // Monitoring has to get through to an overloaded service.
    let place = match route.access {
        Access::Open => None,
        Access::Role(Role::Metrics) => None,
        _ => Some(shared.admission.enter(until).await?),
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
    tokio::time::timeout_at(until, permitted).await.map_err(late)??;
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
    // Late work goes on, and its key has the answer for the next request.
    let body = begin::<O>(call, input, key, place).finished(until).await?;
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

/// Finds the caller of a request, by certificate, else by token, and notes its name.
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
