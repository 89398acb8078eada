//! `GET /v1/receipts/{id}`: a receipt, and the feedback about it.

use mustcheck_evidence::{DocumentId, FailureKind};

use crate::callers::Role;
use crate::operation::{Access, Call, Json, NoBody, Operation, Route, Verb};
use crate::problem::{Kind, Problem};
use crate::records::{KeptReceipt, RecordsError};

/// Reads a receipt.
pub(crate) struct ReadReceipt;

impl Operation for ReadReceipt {
    const ROUTE: Route = Route {
        verb: Verb::Get,
        path: "/v1/receipts/{id}",
        id: "readReceipt",
        summary: "Read a receipt",
        description: "The signed receipt, its index in the log, and the feedback about it. A \
                      receipt identifies nobody, and its id is no number of a person or firm.",
        access: Access::Role(Role::Receipts),
        idempotent: false,
        problems: &[Kind::UnknownReceipt, Kind::NoRecords],
    };

    type Input = NoBody;
    type Output = Json<KeptReceipt>;

    async fn run(call: Call, _: NoBody) -> Result<Self::Output, Problem> {
        call.shared.records()?;
        let id = call.parameter.as_deref().and_then(|id| id.parse::<DocumentId>().ok());
        // RAIL R13: what is no id may be anything, and is not repeated.
        let id = id.ok_or_else(|| Problem::new(Kind::UnknownReceipt))?;
        permitted(&call, &id).await.map(Json)
    }
}

/// Reads a receipt that the caller may see, and notes it for the log. A caller does not learn that
/// another's receipt exists.
pub(super) async fn permitted(call: &Call, id: &DocumentId) -> Result<KeptReceipt, Problem> {
    let receipt = call.shared.records()?.receipt(id.clone()).await;
    let receipt = receipt.map_err(|e| unreadable(&e))?.ok_or_else(|| unknown(id))?;
    let case = &receipt.receipt.payload.case;
    call.permit_case(&case.matter, &case.office.region).map_err(|_| unknown(id))?;
    let mut notes = call.told.notes();
    notes.matter = Some(case.matter.clone());
    notes.receipt = Some(receipt.id.to_string());
    drop(notes);
    Ok(receipt)
}

/// Problem: the log has no such receipt.
pub(crate) fn unknown(id: &DocumentId) -> Problem {
    let problem = Problem::new(Kind::UnknownReceipt);
    if id.is_receipt() {
        let (zh, en) = (format!("日志中没有回执 `{id}`"), format!("the log has no receipt `{id}`"));
        return problem.says(zh, en);
    }
    problem.says(
        format!("`{id}` 是执行反馈的编号；回执编号以 `r` 开头"),
        format!("`{id}` is the id of a feedback; a receipt's begins with `r`"),
    )
}

/// Problem: the records cannot be read.
pub(crate) fn unreadable(error: &RecordsError) -> Problem {
    Problem::new(Kind::Unavailable).failed(FailureKind::Record).told(crate::told::told(error))
}
