//! `POST /v1/lookups`: the lookups that are due, without asking any source.

use mustcheck::model::{DueRule, PolicyId, Query, Role as SubjectRole};
use mustcheck::{Application, Date, shown_identifier};
use schemars::JsonSchema;
use serde::Serialize;

use super::checks::permit;
use crate::callers::Role;
use crate::operation::{Access, Call, Example, Json, Operation, Route, Verb};
use crate::problem::{Kind, Problem};

/// The lookups that are due for an application.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LookupsAnswer {
    /// The application's id.
    pub application: String,
    /// Its matter.
    pub matter: String,
    /// Its as-of date.
    pub as_of: Date,
    /// The policy that requires them.
    pub policy: PolicyId,
    /// The subjects to look up, each with the lists to ask.
    pub lookups: Vec<DueLookup>,
    /// The rules that require the lookups, with their basis.
    pub rules: Vec<DueRule>,
}

/// Lists to ask about one subject.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DueLookup {
    /// The subject's role.
    pub role: SubjectRole,
    /// Position in the application's subjects, from 0.
    pub subject_index: u32,
    /// The subject's code, or the masked number of a person.
    pub subject: String,
    /// Codes of the lists.
    pub lists: Vec<String>,
}

/// Lists the lookups that are due.
pub(crate) struct ListLookups;

impl Operation for ListLookups {
    const ROUTE: Route = Route {
        verb: Verb::Post,
        path: "/v1/lookups",
        id: "listLookups",
        summary: "Say what is due for an application",
        description: "Says which lists the office must ask about whom, and by which article. \
                      Nothing is asked, nothing is recorded, and nothing is decided.",
        access: Access::Role(Role::Check),
        idempotent: false,
        problems: &[Kind::InvalidApplication],
    };

    type Input = Application;
    type Output = Json<LookupsAnswer>;

    async fn permit(call: &Call, application: &Application) -> Result<(), Problem> {
        permit(call, application)
    }

    async fn run(call: Call, application: Application) -> Result<Self::Output, Problem> {
        let set = call.shared.policies.current();
        let days = call.days();
        let gate = set.gate_of(&application.office.region, days)?;
        let work = move || {
            let due = gate.due_lookups(&application);
            let due = due.map_err(|error| set.problem(&error, application.as_of, days))?;
            let policy = set.today().and_then(|today| gate.policy_as_of(today));
            let description = policy.map(mustcheck::Policy::description);
            let description = description.ok_or_else(|| Problem::new(Kind::Internal))?;
            let rules = description.matters.iter().find(|m| m.code == application.matter);
            let rules = rules.map(|m| m.due.clone()).unwrap_or_default();
            Ok(LookupsAnswer {
                lookups: due.into_iter().filter_map(|query| row(&application, query)).collect(),
                application: application.id,
                matter: application.matter,
                as_of: application.as_of,
                policy: description.policy.clone(),
                rules,
            })
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(crate::shared::panicked)?.map(Json)
    }

    fn examples() -> Vec<Example> {
        vec![Example {
            name: "procurement",
            summary: "A supplier in a government procurement",
            request: include_str!(
                "../../../../examples/cases/0001-procurement-clear/application.json"
            ),
        }]
    }
}

fn row(application: &Application, query: Query) -> Option<DueLookup> {
    let subject = application.subjects.get(usize::try_from(query.subject).ok()?)?;
    Some(DueLookup {
        role: subject.role,
        subject_index: query.subject,
        // RAIL R13
        subject: shown_identifier(subject.scheme, &subject.identifier),
        lists: query.lists,
    })
}
