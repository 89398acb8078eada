//! The OpenAPI 3.1 document, made of the route table and the types' schemas.

use std::sync::OnceLock;

use axum::body::Bytes;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::operation::{Access, Entry, Verb};
use crate::operations::table;
use crate::problem::{Kind, ProblemDetails};

/// The document's bytes, which are the same for as long as the program runs.
pub(crate) fn bytes() -> Bytes {
    static BYTES: OnceLock<Bytes> = OnceLock::new();
    BYTES.get_or_init(|| serde_json::to_vec(&document()).unwrap_or_default().into()).clone()
}

/// Builds the OpenAPI document of the service.
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<ProblemDetails>();
    let mut paths = Map::new();
    for entry in table() {
        let verb = match entry.route.verb {
            Verb::Get => "get",
            Verb::Post => "post",
        };
        let operation = operation(&entry, &problem, &mut generator);
        let item = paths.entry(entry.route.path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(verb.into(), operation);
        }
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mustcheck",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "The credit check that approval systems embed (应查必查、奖惩到位), \
                over HTTP. Identifiers stand in bodies alone: never in a path, a query or a \
                header. Three kinds of \"no\" are never mixed: a finding is 200 with its \
                `disposition`; an application that cannot be evaluated is 400 or 422 and names the \
                place; a fault is 500 or 503. None of them means \"no measures\".",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "A token that `mustcheck serve token` made.",
                },
                "certificate": {
                    "type": "mutualTLS",
                    "description": "A certificate of one of the authorities that the service trusts.",
                },
            },
        },
    })
}

fn operation(entry: &Entry, problem: &Schema, generator: &mut SchemaGenerator) -> Value {
    let route = &entry.route;
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "description": route.description,
        "security": match route.access {
            Access::Open => json!([]),
            Access::Caller | Access::Role(_) => json!([{ "token": [] }, { "certificate": [] }]),
        },
        "parameters": parameters(entry),
    });
    let Some(members) = operation.as_object_mut() else { return operation };
    if let Access::Role(role) = route.access {
        members.insert("x-role".into(), role.code().into());
    }
    let examples = (entry.examples)();
    if let Some(schema) = (entry.input)(generator) {
        let requests = examples.iter().map(|e| (e.name, e.summary, Some(e.request)));
        let content = media(schema.to_value(), shown(requests));
        let body = json!({ "required": true, "content": { "application/json": content } });
        members.insert("requestBody".into(), body);
    }
    let mut responses = Map::new();
    let schema = (entry.output)(generator).to_value();
    let mut success = json!({
        "description": "The answer.",
        "headers": headers(false, false, route.idempotent),
        "content": { entry.media: media(schema, Map::new()) },
    });
    if let (true, Some(success)) = (route.id == "makeCheck", success.as_object_mut()) {
        let id = json!({ "id": "$response.body#/receipt/id" });
        let link = json!({ "operationId": "readReceipt", "parameters": id });
        success.insert("links".into(), json!({ "receipt": link }));
    }
    responses.insert("200".into(), success);
    for (status, kinds) in problems(entry) {
        responses.insert(status.to_string(), response(&kinds, problem));
    }
    members.insert("responses".into(), responses.into());
    operation
}

fn media(schema: Value, examples: Map<String, Value>) -> Value {
    let mut media = json!({ "schema": schema });
    if let (Some(media), false) = (media.as_object_mut(), examples.is_empty()) {
        media.insert("examples".into(), examples.into());
    }
    media
}

/// Examples as the document has them, by name. A text that is not JSON is left out.
fn shown<'a>(
    examples: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)>,
) -> Map<String, Value> {
    let one = |(name, summary, text): (&str, &str, Option<&str>)| {
        let value: Value = serde_json::from_str(text?).ok()?;
        Some((name.to_owned(), json!({ "summary": summary, "value": value })))
    };
    examples.filter_map(one).collect()
}

fn parameters(entry: &Entry) -> Value {
    let mut parameters = Vec::new();
    if entry.route.path.contains("{id}") {
        parameters.push(json!({
            "name": "id", "in": "path", "required": true,
            "description": "A receipt's id.",
            "schema": { "type": "string", "pattern": "^r[0-9a-f]{32}$" },
        }));
    }
    if entry.route.idempotent {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "What the caller calls this request, such as a UUID. The same key with \
                the same body is one piece of work and one answer, however often it is sent; the \
                key of a request that failed may be used again.",
            "schema": { "type": "string", "pattern": "^[!#-~]{1,255}$" },
        }));
    }
    parameters.into()
}

/// The problems that an operation may answer, by status.
pub(crate) fn problems(entry: &Entry) -> Vec<(u16, Vec<Kind>)> {
    let route = &entry.route;
    let mut kinds = vec![Kind::NotAcceptable, Kind::Internal, Kind::Late];
    kinds.extend(route.problems);
    if route.access != Access::Open {
        kinds.extend([Kind::Unauthenticated, Kind::RateLimited, Kind::Overloaded]);
    }
    if let Access::Role(_) = route.access {
        kinds.push(Kind::Forbidden);
    }
    if route.verb == Verb::Post {
        let of_body =
            [Kind::Malformed, Kind::BodyLate, Kind::BodyTooLarge, Kind::UnsupportedMediaType];
        kinds.extend(of_body);
        kinds.extend([Kind::Failed, Kind::Unavailable]);
    }
    if route.path.contains("{id}") {
        kinds.push(Kind::Unavailable);
    }
    if route.idempotent {
        kinds.extend([Kind::InvalidKey, Kind::InProgress, Kind::KeyReused]);
    }
    let mut by_status = std::collections::BTreeMap::<u16, Vec<Kind>>::new();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        by_status.entry(kind.status().as_u16()).or_default().push(kind);
    }
    by_status.into_iter().collect()
}

fn response(kinds: &[Kind], problem: &Schema) -> Value {
    let titles: Vec<String> =
        kinds.iter().map(|kind| format!("`{}`: {}", kind.code(), kind.title().en)).collect();
    let waits = kinds.iter().any(|kind| kind.retry_after().is_some());
    let unknown = kinds.contains(&Kind::Unauthenticated);
    json!({
        "description": format!("{}.", titles.join("; ")),
        "headers": headers(waits, unknown, false),
        "content": { "application/problem+json": { "schema": problem } },
    })
}

fn headers(waits: bool, unknown: bool, replays: bool) -> Value {
    let mut headers = json!({
        "X-Request-Id": {
            "description": "The request's id: the caller's if it is a UUID, else a new one.",
            "schema": { "type": "string", "format": "uuid" },
        },
    });
    let Some(members) = headers.as_object_mut() else { return headers };
    if waits {
        members.insert(
            "Retry-After".into(),
            json!({
                "description": "After how many seconds to try again, where that makes sense.",
                "schema": { "type": "integer", "minimum": 1 },
            }),
        );
    }
    if unknown {
        members.insert(
            "WWW-Authenticate".into(),
            json!({
                "description": "`Bearer`.", "schema": { "type": "string" },
            }),
        );
    }
    if replays {
        members.insert(
            "Idempotency-Replayed".into(),
            json!({
                "description": "`true` if this is the answer of an earlier request with this key.",
                "schema": { "type": "string", "enum": ["true"] },
            }),
        );
    }
    headers
}
