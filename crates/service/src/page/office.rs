//! What the pages need: somebody who authenticates, checks and keeps records.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use mustcheck::{Application, Checked, Date, Policy};
use mustcheck_audit::{FeedbackFile, RecordedFeedback, Source};
use mustcheck_evidence::DocumentId;

use super::problem::Problem;
use crate::callers::Days;
use crate::records::KeptReceipt;

/// What an office answers, once it does.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// What a page is for, and so what its caller must be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Check applications.
    Check,
    /// Record feedback.
    Feedback,
    /// Read receipts, what is overdue, and statistics.
    Receipts,
}

/// Who is signed in, and what that caller may do.
pub(crate) trait Caller: Send + Sync {
    /// Its name, which identifies no person.
    fn name(&self) -> &Arc<str>;

    /// Whether it may do this at all.
    fn may(&self, task: Task) -> bool;

    /// Whether it may ask about this matter, a code of the catalogue.
    fn may_matter(&self, matter: &str) -> bool;

    /// Whether it may ask for offices of this region, a code of GB/T 2260.
    fn may_region(&self, region: &str) -> bool;

    /// Whether it may see every matter and region: statistics are of the whole log.
    fn may_everything(&self) -> bool;

    /// As of which days it checks.
    fn days(&self) -> Days;

    /// Counts a request, so that nobody takes the service from everybody else.
    fn count(&self) -> Result<(), Problem>;
}

/// What the pages ask. The pages hold a caller's limits against every case before they ask; the
/// office counts what each caller asks.
pub(crate) trait Office: Send + Sync + 'static {
    /// Who has this token. It is asked again at every request, so that a token that is withdrawn
    /// ends what it began.
    fn caller(&self, token: &str) -> Option<Arc<dyn Caller>>;

    /// The day on which checks are made; none if the system's clock is wrong.
    fn today(&self) -> Option<Date>;

    /// The policy that decides for offices of a region today. A region that is empty or no region
    /// yet is of nowhere in particular.
    fn policy(&self, region: &str) -> Option<Policy>;

    /// Checks an application.
    fn check<'a>(&'a self, caller: &'a dyn Caller, application: Application)
    -> Answer<'a, Checked>;

    /// A receipt and what was reported about it; [`Problem::Invalid`] if the log has none of that
    /// id.
    fn receipt<'a>(&'a self, caller: &'a dyn Caller, id: DocumentId) -> Answer<'a, KeptReceipt>;

    /// Records what an office did about a receipt.
    fn record_feedback<'a>(
        &'a self,
        caller: &'a dyn Caller,
        file: FeedbackFile,
    ) -> Answer<'a, RecordedFeedback>;

    /// The log as it is now.
    fn log<'a>(&'a self, caller: &'a dyn Caller) -> Answer<'a, Source>;
}
