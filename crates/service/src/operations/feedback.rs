//! `POST /v1/feedback`: what an office did about a receipt's measures and obligations (执行反馈).

use mustcheck_audit::{FeedbackError, FeedbackFile};
use mustcheck_evidence::{DocumentId, FailureKind, Feedback};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::receipts::{permitted, unreadable};
use crate::callers::Role;
use crate::operation::{Access, Call, Example, Input, Json, Operation, Route, Verb};
use crate::problem::{Kind, Problem};

/// A feedback that is on record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FeedbackAnswer {
    /// Its id.
    pub id: DocumentId,
    /// Its index in the log, from 0.
    pub log_index: u64,
    /// The feedback as it is on record.
    pub feedback: Feedback,
}

impl Input for FeedbackFile {
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<Self>())
    }

    fn read(body: &[u8]) -> Result<Self, Problem> {
        Self::from_json(body).map_err(|error| Problem::of_body(body, error, Kind::InvalidFeedback))
    }
}

/// Records feedback.
pub(crate) struct RecordFeedback;

impl Operation for RecordFeedback {
    const ROUTE: Route = Route {
        verb: Verb::Post,
        path: "/v1/feedback",
        id: "recordFeedback",
        summary: "Record what the office did",
        description: "Holds the feedback against its receipt, signs it and appends it to the log. \
                      What may identify somebody is refused: the log identifies nobody.",
        access: Access::Role(Role::Feedback),
        idempotent: true,
        problems: &[Kind::InvalidFeedback, Kind::UnknownReceipt, Kind::NoRecords],
    };

    type Input = FeedbackFile;
    type Output = Json<FeedbackAnswer>;

    async fn permit(call: &Call, file: &FeedbackFile) -> Result<(), Problem> {
        permitted(call, &file.receipt).await.map(drop)
    }

    async fn run(call: Call, file: FeedbackFile) -> Result<Self::Output, Problem> {
        let records = call.shared.records()?;
        let recorded = records.record_feedback(file).await.map_err(|e| unreadable(&e))?;
        let recorded = recorded.map_err(|error| not_recorded(&error))?;
        call.shared.metrics.log_entries(recorded.index.saturating_add(1));
        Ok(Json(FeedbackAnswer {
            id: recorded.id,
            log_index: recorded.index,
            feedback: recorded.feedback,
        }))
    }

    fn examples() -> Vec<Example> {
        vec![Example {
            name: "applied",
            summary: "The measure was applied",
            request: include_str!("../../../../examples/service/feedback.json"),
        }]
    }
}

/// Returns the problem of feedback that could not be recorded.
pub(crate) fn not_recorded(error: &FeedbackError) -> Problem {
    match error {
        FeedbackError::Invalid { place, fault, .. } => {
            Problem::new(Kind::InvalidFeedback).path(place).detail(fault)
        }
        FeedbackError::Audit(_)
        | FeedbackError::Lock { .. }
        | FeedbackError::Sign(_)
        | FeedbackError::Journal(_) => Problem::new(Kind::Unavailable)
            .failed(FailureKind::Record)
            .told(crate::told::told(error)),
    }
}
