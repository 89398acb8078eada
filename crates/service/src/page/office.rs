//! The interface that the pages need: authentication, checks and records.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use mustcheck::{Application, Checked, Date, Language, Policy};
use mustcheck_audit::{FeedbackFile, RecordedFeedback, Source};
use mustcheck_evidence::DocumentId;

use super::problem::Problem;
use crate::callers::Days;
use crate::records::{FoundCases, KeptReceipt, Papers, Reach, Search};

/// Future of an office's answer.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// Purpose of a page, for which its caller needs permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Check applications.
    Check,
    /// Record feedback.
    Feedback,
    /// Read receipts, what is overdue, and statistics.
    Receipts,
}

/// The caller that is signed in, and what it may do.
pub(crate) trait Caller: Send + Sync {
    /// The caller's name, which identifies no person.
    fn name(&self) -> &Arc<str>;

    /// Whether it may do this at all.
    fn may(&self, task: Task) -> bool;

    /// Whether it may ask about this matter, a code of the catalogue.
    fn may_matter(&self, matter: &str) -> bool;

    /// Whether it may ask for offices of this region, a code of GB/T 2260.
    fn may_region(&self, region: &str) -> bool;

    /// The matters and regions that it may see.
    fn reach(&self) -> Reach;

    /// Name and region of the office that it checks for, as far as they are configured.
    fn office(&self) -> (Option<&str>, Option<&str>);

    /// The as-of dates that the caller may use.
    fn days(&self) -> Days;

    /// Counts a request against the caller's rate, so that no caller blocks the others.
    fn count(&self) -> Result<(), Problem>;
}

/// The service that the pages ask. Before they ask, the pages check every case against the caller's
/// limits; the office counts what each caller asks.
pub(crate) trait Office: Send + Sync + 'static {
    /// Finds the caller that has this token. The pages ask this at every request, so that
    /// withdrawing a token ends its session.
    fn caller(&self, token: &str) -> Option<Arc<dyn Caller>>;

    /// The day on which checks are made; none if the system's clock is wrong.
    fn today(&self) -> Option<Date>;

    /// The policy that decides today for offices of a region. The region may be empty or
    /// incomplete, as in a form that is not filled in yet.
    fn policy(&self, region: &str) -> Option<Policy>;

    /// Finds everything that is wrong with an application, each with its place, without a check.
    fn faults<'a>(
        &'a self,
        caller: &'a dyn Caller,
        application: Application,
    ) -> Answer<'a, Vec<Problem>>;

    /// Checks an application.
    fn check<'a>(&'a self, caller: &'a dyn Caller, application: Application)
    -> Answer<'a, Checked>;

    /// Reads a receipt and the feedback about it; [`Problem::Invalid`] if the log has none of that
    /// id.
    fn receipt<'a>(&'a self, caller: &'a dyn Caller, id: DocumentId) -> Answer<'a, KeptReceipt>;

    /// Finds the cases that the caller may see, the newest first.
    fn search<'a>(&'a self, caller: &'a dyn Caller, search: Search) -> Answer<'a, FoundCases>;

    /// Writes the papers of a receipt that the caller may see again, from its evidence.
    fn papers<'a>(
        &'a self,
        caller: &'a dyn Caller,
        receipt: KeptReceipt,
        language: Language,
    ) -> Answer<'a, Papers>;

    /// Records what an office did about a receipt.
    fn record_feedback<'a>(
        &'a self,
        caller: &'a dyn Caller,
        file: FeedbackFile,
    ) -> Answer<'a, RecordedFeedback>;

    /// Opens the log as it is now.
    fn log<'a>(&'a self, caller: &'a dyn Caller) -> Answer<'a, Source>;
}
