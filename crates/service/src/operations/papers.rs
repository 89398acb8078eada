//! `POST /v1/papers`: one application, end to end, with its papers.

use mustcheck::input::{InputFault, JsonFault};
use mustcheck::model::Worded as _;
use mustcheck::words::Document;
use mustcheck::{Application, ApplicationExt as _, Disposition, Language, Papers};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::checks::{self, CheckAnswer};
use crate::callers::Role;
use crate::operation::{Access, Call, Example, Input, Json, Operation, Route, Verb};
use crate::problem::{Kind, Problem};
use crate::told::quotable;

/// An application, and the language of its papers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the application is read by itself")]
pub struct PapersRequest {
    /// `zh` or `en`.
    pub language: Language,
    /// The application, as a check takes it.
    #[serde(default)]
    #[schemars(with = "Application")]
    pub application: Option<serde_json::Value>,
}

/// A request as it is read: the application is read as every other.
pub(crate) struct Asked {
    language: Language,
    application: Application,
}

impl Input for Asked {
    fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(generator.subschema_for::<PapersRequest>())
    }

    fn read(body: &[u8]) -> Result<Self, Problem> {
        let wrong = |error| Problem::of_body(body, error, Kind::InvalidApplication);
        // Read as every document is: no key twice, and the application strictly.
        let shape = |kind, error: serde_json::Error| {
            let zh = match error.line() {
                0 => JsonFault::of_json(&error).zh(),
                _ => InputFault::of_json(&error).zh(),
            };
            Problem::new(kind).path("-").says(quotable(&zh), quotable(&error.to_string()))
        };
        let mut all =
            mustcheck::parse_value(body).map_err(|error| shape(Kind::Malformed, error))?;
        let own = all.get_mut("application").map(serde_json::Value::take).unwrap_or_default();
        let request: PapersRequest =
            serde_json::from_value(all).map_err(|error| shape(Kind::InvalidApplication, error))?;
        let application = serde_json::to_vec(&own).unwrap_or_default();
        let application = Application::from_json(&application).map_err(wrong)?;
        Ok(Self { language: request.language, application })
    }
}

/// A check and its papers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PapersAnswer {
    /// The answer of the check, as `POST /v1/checks` gives it.
    pub check: CheckAnswer,
    /// The officer's sheet (核查结果单).
    pub sheet: PaperAnswer,
    /// A notice (告知书) for each subject that a measure reaches; none if nothing applies, and none
    /// if the check is not complete.
    pub notices: Vec<NoticeAnswer>,
}

/// A paper.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PaperAnswer {
    /// Its title.
    pub title: String,
    /// The paper as an HTML page that loads nothing from elsewhere, to be printed on A4.
    pub html: String,
    /// The same as plain text.
    pub text: String,
}

/// The notice for a subject that a measure reaches.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NoticeAnswer {
    /// Position in the application's subjects, from 0.
    pub subject_index: u32,
    /// Name of the subject that the notice is for.
    pub addressee: String,
    /// The notice.
    pub paper: PaperAnswer,
}

impl PaperAnswer {
    fn of(document: &Document) -> Self {
        Self { title: document.title.clone(), html: document.html(), text: document.text() }
    }
}

impl PapersAnswer {
    fn of(check: CheckAnswer, papers: &Papers) -> Self {
        let notices = papers.notices.iter().map(|notice| NoticeAnswer {
            subject_index: notice.subject,
            addressee: notice.addressee.clone(),
            paper: PaperAnswer::of(&notice.document),
        });
        Self { check, sheet: PaperAnswer::of(&papers.sheet), notices: notices.collect() }
    }
}

/// Makes a check, and writes its papers.
pub(crate) struct WritePapers;

impl Operation for WritePapers {
    const ROUTE: Route = Route {
        verb: Verb::Post,
        path: "/v1/papers",
        id: "writePapers",
        summary: "Check an application, and write its papers",
        description: "A check as `POST /v1/checks` makes it, put on record as that is, with its \
                      papers in one language: the officer's sheet (核查结果单), and a notice (告知书) \
                      for each person or firm that a measure reaches. A person's number is masked \
                      in them, a firm's code stands whole. There is no notice where nothing \
                      applies, nor for `undetermined`, on which nothing may be decided. Whoever \
                      needs no papers asks for a check alone.",
        access: Access::Role(Role::Check),
        idempotent: true,
        problems: &[Kind::InvalidApplication],
    };

    type Input = Asked;
    type Output = Json<PapersAnswer>;

    async fn permit(call: &Call, asked: &Asked) -> Result<(), Problem> {
        checks::permit(call, &asked.application)
    }

    /// Whether the check is complete. An undetermined one is made again, because a lookup that was
    /// not answered may be by then.
    fn lasts(Json(answer): &Self::Output) -> bool {
        answer.check.decision.disposition != Disposition::Undetermined
    }

    async fn run(call: Call, asked: Asked) -> Result<Self::Output, Problem> {
        if let Some(receipt) = &call.recorded {
            let (zh, en) = (
                format!("核查已留存，回执 `{receipt}`；其文书须由证据重新制作"),
                format!("the check is on record with receipt `{receipt}`; its papers are not kept"),
            );
            return Err(Problem::new(Kind::Unavailable).says(zh, en));
        }
        let checked = checks::make(&call, asked.application).await?;
        let papers = checked
            .papers(asked.language)
            .map_err(|e| Problem::new(Kind::Internal).told(e.to_string()))?;
        Ok(Json(PapersAnswer::of(checks::answer(checked)?, &papers)))
    }

    fn examples() -> Vec<Example> {
        vec![Example {
            name: "restricted",
            summary: "A restriction applies, in Chinese",
            request: include_str!("papers.json"),
        }]
    }
}
