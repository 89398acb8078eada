//! The service as the officer's pages ask it. Pages and service meet here and nowhere else.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use mustcheck::{Application, Checked, Date, Language, Policy, PolicyError};
use mustcheck_audit::{FeedbackFile, RecordedFeedback, Source};
use mustcheck_evidence::DocumentId;
use mustcheck_evidence::replay::Verdict;
use tokio::time::Instant;

use crate::callers::{self, Days, Role};
use crate::config::Config;
use crate::operation::Told;
use crate::operation::work::{Work, unpanicked};
use crate::operations::{not_recorded, unknown, unreadable};
use crate::page::{self, Answer, Office, Settings, Task};
use crate::problem::{Kind, Problem};
use crate::records::{FoundCases, KeptReceipt, NoPapers, Papers, Reach, Search};
use crate::shared::Shared;

/// Returns the pages of a service; `None` if its configuration wants none.
pub(crate) fn router(config: &Config, shared: &Arc<Shared>) -> Result<Option<Router>, PolicyError> {
    if !config.page {
        return Ok(None);
    }
    let settings = Settings {
        // Browsers send no secure cookies over a connection in clear.
        secure: config.tls.is_some() || config.behind_proxy,
        body_bytes: config.limits.body_bytes,
        body_time: config.limits.body_time,
        patience: config.limits.request_time,
        ..Settings::default()
    };
    let office = Arc::new(ServiceOffice(Arc::clone(shared)));
    Ok(Some(page::router(office, settings)?.layer(from_fn(note))))
}

/// Names the page in the request's log line and in the metrics. Where there is no page, a client
/// that does not accept HTML is answered with a problem document.
async fn note(request: Request, next: Next) -> Response {
    let told = request.extensions().get::<Told>().cloned();
    let accepted = request.headers().get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    let is_browser = accepted.any(|value| value.contains("text/html"));
    let response = next.run(request).await;
    match response.extensions().get::<page::RouteName>() {
        Some(route) => {
            if let Some(told) = told {
                told.notes().route = Some(route.0);
            }
        }
        None if !is_browser => return Problem::new(Kind::NotFound).into_response(),
        None => {}
    }
    response
}

impl page::Caller for callers::Caller {
    fn name(&self) -> &Arc<str> {
        self.name()
    }

    fn may(&self, task: Task) -> bool {
        let role = match task {
            Task::Check => Role::Check,
            Task::Feedback => Role::Feedback,
            Task::Receipts => Role::Receipts,
        };
        self.permit(role).is_ok()
    }

    fn may_matter(&self, matter: &str) -> bool {
        self.reaches_matter(matter)
    }

    fn may_region(&self, region: &str) -> bool {
        self.reaches_region(region)
    }

    fn reach(&self) -> Reach {
        self.reach()
    }

    fn office(&self) -> (Option<&str>, Option<&str>) {
        (self.office(), self.region())
    }

    fn days(&self) -> Days {
        self.days()
    }

    fn count(&self) -> Result<(), page::Problem> {
        self.count().map_err(page::Problem::from)
    }
}

/// The service as the pages' [`Office`].
struct ServiceOffice(Arc<Shared>);

impl ServiceOffice {
    /// Does work that a page asks for, within the caller's rate and the service's limits. Work that
    /// was begun is finished, even if the browser goes away.
    async fn work<T: Send + 'static>(
        &self,
        caller: &dyn page::Caller,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, page::Problem> {
        caller.count()?;
        let shared = &self.0;
        let until = Instant::now() + shared.limits.request_time;
        let place = shared.admission.enter(until).await?;
        let begun = Work::begin(async move {
            let done = unpanicked(work).await;
            drop(place);
            done
        });
        begun.finished(until).await.map_err(|problem| {
            if matches!(problem.kind, Kind::Failed | Kind::Internal | Kind::Unavailable) {
                shared.metrics.fault(problem.fault);
                tracing::error!(
                    caller = &**caller.name(),
                    problem = problem.kind.code(),
                    fault = problem.fault.map(|fault| fault.code()),
                    detail = problem.told.as_deref(),
                    "the page could not be answered"
                );
            }
            problem.into()
        })
    }
}

impl Office for ServiceOffice {
    fn caller(&self, token: &str) -> Option<Arc<dyn page::Caller>> {
        let caller = self.0.callers().by_token(token)?;
        Some(caller)
    }

    fn today(&self) -> Option<Date> {
        self.0.policies.current().today()
    }

    fn policy(&self, region: &str) -> Option<Policy> {
        let set = self.0.policies.current();
        set.gate(region).ok()?.policy_as_of(set.today()?).cloned()
    }

    fn faults<'a>(
        &'a self,
        caller: &'a dyn page::Caller,
        application: Application,
    ) -> Answer<'a, Vec<page::Problem>> {
        // Nothing is looked up or recorded: it is not counted, and does not wait for its turn.
        let faults = self.0.faults(&application, caller.days());
        Box::pin(std::future::ready(match faults {
            Ok(faults) => Ok(faults.into_iter().map(page::Problem::from).collect()),
            Err(problem) => Err(problem.into()),
        }))
    }

    fn check<'a>(
        &'a self,
        caller: &'a dyn page::Caller,
        application: Application,
    ) -> Answer<'a, Checked> {
        let (shared, name) = (Arc::clone(&self.0), Arc::clone(caller.name()));
        let days = caller.days();
        let work = async move {
            let checked = shared.check(application, days, Some(Arc::clone(&name)), None).await?;
            let decision = checked.decision();
            tracing::info!(
                caller = &*name,
                matter = decision.matter,
                disposition = %decision.disposition,
                receipt = checked.receipt().map(|receipt| receipt.id.as_str()),
                "an application was checked from the page"
            );
            Ok(checked)
        };
        Box::pin(self.work(caller, work))
    }

    fn receipt<'a>(
        &'a self,
        caller: &'a dyn page::Caller,
        id: DocumentId,
    ) -> Answer<'a, KeptReceipt> {
        let shared = Arc::clone(&self.0);
        let work = async move {
            let kept = shared.records()?.receipt(id.clone()).await;
            let kept = kept.map_err(|error| unreadable(&error))?;
            kept.ok_or_else(|| unknown(&id))
        };
        Box::pin(async move {
            let kept = self.work(caller, work).await?;
            let case = &kept.receipt.payload.case;
            // A caller does not learn that another's receipt exists.
            if !caller.may_matter(&case.matter) || !caller.may_region(&case.office.region) {
                return Err(unknown(&kept.id).into());
            }
            Ok(kept)
        })
    }

    fn search<'a>(
        &'a self,
        caller: &'a dyn page::Caller,
        search: Search,
    ) -> Answer<'a, FoundCases> {
        let (shared, reach) = (Arc::clone(&self.0), caller.reach());
        let work = async move {
            let found = shared.records()?.search(search, reach).await;
            found.map_err(|error| unreadable(&error))
        };
        Box::pin(self.work(caller, work))
    }

    fn papers<'a>(
        &'a self,
        caller: &'a dyn page::Caller,
        receipt: KeptReceipt,
        language: Language,
    ) -> Answer<'a, Papers> {
        let (shared, name) = (Arc::clone(&self.0), Arc::clone(caller.name()));
        let work = async move {
            let records = shared.records()?;
            let papers = shared.archive.papers(records, &receipt, language).await;
            let papers = papers.map_err(|error| unreadable(&error))?;
            let none = papers.as_ref().err().map(|none| format!("{none:?}"));
            tracing::info!(
                caller = &*name,
                receipt = receipt.id.as_str(),
                none,
                "papers were asked for again from the page"
            );
            if let Err(NoPapers::NotEqual(verdict @ (Verdict::Broken | Verdict::Differs))) = papers
            {
                let (receipt, verdict) = (receipt.id.as_str(), verdict.code());
                tracing::error!(receipt, verdict, "the evidence of a check does not hold");
            }
            Ok(papers)
        };
        Box::pin(self.work(caller, work))
    }

    fn record_feedback<'a>(
        &'a self,
        caller: &'a dyn page::Caller,
        file: FeedbackFile,
    ) -> Answer<'a, RecordedFeedback> {
        let (shared, name) = (Arc::clone(&self.0), Arc::clone(caller.name()));
        let work = async move {
            let receipt = file.receipt.clone();
            let recorded = shared.records()?.record_feedback(file).await;
            let recorded = recorded.map_err(|error| unreadable(&error))?;
            let recorded = recorded.map_err(|error| not_recorded(&error))?;
            shared.metrics.log_entries(recorded.index.saturating_add(1));
            tracing::info!(
                caller = &*name,
                receipt = receipt.as_str(),
                "feedback was recorded from the page"
            );
            Ok(recorded)
        };
        Box::pin(self.work(caller, work))
    }

    fn log<'a>(&'a self, caller: &'a dyn page::Caller) -> Answer<'a, Source> {
        let shared = Arc::clone(&self.0);
        let work =
            async move { shared.records()?.source().await.map_err(|error| unreadable(&error)) };
        Box::pin(self.work(caller, work))
    }
}

impl From<Problem> for page::Problem {
    fn from(problem: Problem) -> Self {
        match problem.kind {
            Kind::InvalidApplication | Kind::InvalidFeedback | Kind::UnknownReceipt => {
                let (place, detail) = problem.of_input();
                Self::invalid(place, detail)
            }
            Kind::Forbidden => Self::Forbidden { place: None },
            Kind::NoRecords => Self::NoRecords,
            Kind::RateLimited => Self::TooMany { seconds: problem.retry_after_seconds() },
            Kind::Late => Self::Late,
            Kind::Overloaded | Kind::Unavailable | Kind::NotReady => Self::Unavailable,
            _ => Self::Failed,
        }
    }
}
