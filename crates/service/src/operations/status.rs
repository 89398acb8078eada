//! The state of the service: policies, health, readiness, metrics, and its interface.

use std::sync::Arc;

use axum::body::Bytes;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::callers::{Caller, Role};
use crate::operation::{Access, Call, Json, NoBody, Operation, Output, Route, Verb};
use crate::policies::{LoadFailure, LoadedPolicy};
use crate::problem::{Kind, Problem};
use crate::readiness::Readiness;

/// The policies in force.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PoliciesAnswer {
    /// The policies in force.
    pub policies: Vec<LoadedPolicy>,
    /// The last attempt to replace them, if it failed; absent otherwise, and for callers without
    /// the role `metrics`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<LoadFailure>,
}

/// Lists the policies in force.
pub(crate) struct ListPolicies;

impl Operation for ListPolicies {
    const ROUTE: Route = Route {
        verb: Verb::Get,
        path: "/v1/policies",
        id: "listPolicies",
        summary: "List the policies in force",
        description: "What is loaded, for which offices and days, with the digests; and for \
                      callers with the role `metrics` why the last attempt to replace them \
                      failed, if it did.",
        access: Access::Caller,
        idempotent: false,
        problems: &[],
    };

    type Input = NoBody;
    type Output = Json<PoliciesAnswer>;

    async fn run(call: Call, _: NoBody) -> Result<Self::Output, Problem> {
        let policies = call.shared.policies.current().loaded.clone();
        // The reason names files of this machine, so it is for the operator.
        let watches = |caller: &Arc<Caller>| caller.permit(Role::Metrics).is_ok();
        let watches = call.caller.as_ref().is_some_and(watches);
        let last_failure = call.shared.policies.last_failure().filter(|_| watches);
        Ok(Json(PoliciesAnswer { policies, last_failure }))
    }
}

/// Answer of a service that runs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Running {
    /// Always `alive`.
    status: String,
}

/// Says that the service runs.
pub(crate) struct Alive;

impl Operation for Alive {
    const ROUTE: Route = Route {
        verb: Verb::Get,
        path: "/healthz",
        id: "isAlive",
        summary: "Say that the process runs",
        description: "Whether it can decide is for `/readyz` to say.",
        access: Access::Open,
        idempotent: false,
        problems: &[],
    };

    type Input = NoBody;
    type Output = Json<Running>;

    async fn run(_: Call, _: NoBody) -> Result<Self::Output, Problem> {
        Ok(Json(Running { status: "alive".into() }))
    }
}

/// Says whether the service can decide.
pub(crate) struct Ready;

impl Operation for Ready {
    const ROUTE: Route = Route {
        verb: Verb::Get,
        path: "/readyz",
        id: "isReady",
        summary: "Say whether the service can decide",
        description: "Policies are loaded, the registry answers, and the records can be used. It \
                      is found out once a second at most. Callers with the role `metrics` read \
                      the counts too.",
        access: Access::Open,
        idempotent: false,
        problems: &[Kind::NotReady],
    };

    type Input = NoBody;
    type Output = Json<Readiness>;

    async fn run(call: Call, _: NoBody) -> Result<Self::Output, Problem> {
        let watches = |caller: &Arc<Caller>| caller.permit(Role::Metrics).is_ok();
        if call.caller.as_ref().is_some_and(watches) {
            return call.shared.ready_in_detail().await.map(Json);
        }
        call.shared.ready().await.map(Json)
    }
}

/// The text format of OpenMetrics.
pub(crate) struct MetricsText(String);

impl Output for MetricsText {
    const MEDIA: &'static str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }

    fn write(self) -> Result<Bytes, Problem> {
        Ok(self.0.into())
    }
}

/// Reads metrics.
pub(crate) struct ReadMetrics;

impl Operation for ReadMetrics {
    const ROUTE: Route = Route {
        verb: Verb::Get,
        path: "/metrics",
        id: "readMetrics",
        summary: "Read metrics",
        description: "In the text format of OpenMetrics, which Prometheus reads.",
        access: Access::Role(Role::Metrics),
        idempotent: false,
        problems: &[],
    };

    type Input = NoBody;
    type Output = MetricsText;

    async fn run(call: Call, _: NoBody) -> Result<Self::Output, Problem> {
        let shared = &call.shared;
        if let Some(records) = &shared.records
            && let Some(free) = records.free().await
        {
            shared.metrics.records_free(free);
        }
        let (working, waiting) = (shared.admission.in_flight(), shared.admission.queued());
        Ok(MetricsText(shared.metrics.text(working, waiting, shared.idempotency.len())))
    }
}

/// An OpenAPI document.
pub(crate) struct OpenApi(Bytes);

impl Output for OpenApi {
    const MEDIA: &'static str = "application/json";

    fn schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "required": ["openapi", "info", "paths"] })
    }

    fn write(self) -> Result<Bytes, Problem> {
        Ok(self.0)
    }
}

/// Reads the description of this interface.
pub(crate) struct ReadOpenApi;

impl Operation for ReadOpenApi {
    const ROUTE: Route = Route {
        verb: Verb::Get,
        path: "/openapi.json",
        id: "readOpenApi",
        summary: "Read the description of this interface",
        description: "OpenAPI 3.1, generated from the types that are read and answered.",
        access: Access::Open,
        idempotent: false,
        problems: &[],
    };

    type Input = NoBody;
    type Output = OpenApi;

    async fn run(_: Call, _: NoBody) -> Result<Self::Output, Problem> {
        Ok(OpenApi(crate::openapi::bytes()))
    }
}
