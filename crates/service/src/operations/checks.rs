//! `POST /v1/checks`: one application, end to end.

use std::sync::Arc;

use mustcheck::{Application, ApplicationExt as _, Checked, Decision, Disposition};
use mustcheck_evidence::{ContentDigest, DocumentId};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::callers::Role;
use crate::operation::{Access, Call, Example, Input, Json, Operation, Route, Verb};
use crate::problem::{Kind, Problem};
use crate::told::told;

/// A decision, and how to find it again.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckAnswer {
    /// The decision: findings with reasons, for the office to decide on.
    pub decision: Decision,
    /// Reference to the check's record; absent if the service keeps no records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<ReceiptReference>,
    /// Digest of the component that decided.
    pub component: ContentDigest,
}

/// Reference to the record of a check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReceiptReference {
    /// The receipt's id.
    pub id: DocumentId,
    /// Its index in the log, from 0.
    pub log_index: u64,
}

impl Input for Application {
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<Self>())
    }

    fn read(body: &[u8]) -> Result<Self, Problem> {
        Self::from_json(body)
            .map_err(|error| Problem::of_body(body, error, Kind::InvalidApplication))
    }
}

/// Makes a check.
pub(crate) struct MakeCheck;

impl Operation for MakeCheck {
    const ROUTE: Route = Route {
        verb: Verb::Post,
        path: "/v1/checks",
        id: "makeCheck",
        summary: "Check an application",
        description: "Makes every due lookup and decides on the answers. A finding is answered \
                      with 200, whatever its `disposition`: `undetermined` says that something was \
                      not answered, and is not `clear`; it is not kept under an idempotency key, \
                      so that asking again checks again. Nothing but 200 is a decision. `as_of` is \
                      today or yesterday; an earlier day asks for the role `backdate`, is no \
                      earlier than the service's `as_of_days_back` allows, and at best comes out \
                      as `review`. `made_on` of the decision is the service's day.",
        access: Access::Role(Role::Check),
        idempotent: true,
        problems: &[Kind::InvalidApplication],
    };

    type Input = Application;
    type Output = Json<CheckAnswer>;

    async fn permit(call: &Call, application: &Application) -> Result<(), Problem> {
        permit(call, application)
    }

    /// Whether the check is complete. An undetermined one is made again, because a lookup that was
    /// not answered may be by then.
    fn lasts(Json(answer): &Self::Output) -> bool {
        answer.decision.disposition != Disposition::Undetermined
    }

    async fn run(call: Call, application: Application) -> Result<Self::Output, Problem> {
        if let Some(receipt) = &call.recorded {
            return on_record(&call, receipt).await;
        }
        Ok(Json(answer(make(&call, application).await?)?))
    }

    fn examples() -> Vec<Example> {
        vec![
            Example {
                name: "clear",
                summary: "Nothing is on record",
                request: include_str!(
                    "../../../../examples/cases/0001-procurement-clear/application.json"
                ),
            },
            Example {
                name: "restricted",
                summary: "A restriction applies",
                request: include_str!(
                    "../../../../examples/cases/0002-procurement-wage-arrears/application.json"
                ),
            },
        ]
    }
}

/// Makes a check, and notes its disposition and receipt for the log.
pub(super) async fn make(call: &Call, application: Application) -> Result<Checked, Problem> {
    let asked_by = call.caller.as_ref().map(|caller| Arc::clone(caller.name()));
    let checked =
        call.shared.check(application, call.days(), asked_by, call.claim.as_ref()).await?;
    let mut notes = call.told.notes();
    notes.disposition = Some(checked.decision().disposition.to_string());
    notes.receipt = checked.receipt().map(|recorded| recorded.id.to_string());
    drop(notes);
    Ok(checked)
}

/// Makes the answer of a check.
pub(super) fn answer(checked: Checked) -> Result<CheckAnswer, Problem> {
    let receipt = checked
        .receipt()
        .map(|recorded| ReceiptReference { id: recorded.id.clone(), log_index: recorded.index });
    let component = ContentDigest::from_hex(checked.component())
        .map_err(|e| Problem::new(Kind::Internal).told(e.to_string()))?;
    Ok(CheckAnswer { decision: checked.into_decision(), receipt, component })
}

/// Makes the answer of a check that is on record, but whose answer was lost with the replica that
/// made it. It is made from the check's bundle, without a second check.
async fn on_record(call: &Call, id: &DocumentId) -> Result<Json<CheckAnswer>, Problem> {
    let lost = |detail: &str| {
        let (zh, en) = (
            format!("核查已留存，回执 `{id}`；其答复无法取得：{detail}"),
            format!(
                "the check is on record with receipt `{id}`; its answer is not at hand: {detail}"
            ),
        );
        Problem::new(Kind::Unavailable).says(zh, en)
    };
    let kept = call.shared.records()?.kept_check(id).await.map_err(|e| lost(&told(&e)))?;
    let kept = kept.ok_or_else(|| lost("its bundle is encrypted or missing"))?;
    {
        let mut notes = call.told.notes();
        notes.disposition = Some(kept.decision.disposition.to_string());
        notes.receipt = Some(id.to_string());
    }
    let receipt = Some(ReceiptReference { id: id.clone(), log_index: kept.log_index });
    Ok(Json(CheckAnswer { decision: kept.decision, receipt, component: kept.component }))
}

/// Checks that the caller may ask about the case, and notes the matter if a policy knows it.
pub(super) fn permit(call: &Call, application: &Application) -> Result<(), Problem> {
    let set = call.shared.policies.current();
    call.told.notes().matter = set.known_matter(&application.matter).map(str::to_owned);
    call.permit_case(&application.matter, &application.office.region)
}
