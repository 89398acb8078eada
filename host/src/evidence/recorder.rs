//! What a gate records: the receipt, and what the decision can be re-derived from.

use std::fmt;

use mustcheck_guest::model::Application;

use crate::error::Fault;
use crate::evidence::bundle::{Bundle, BundleStore, NewBundle, StoreError};
use crate::evidence::digest::{InvalidForm, Moment, Opening};
use crate::evidence::entry::{Entry, Failed};
use crate::evidence::feedback::Feedback;
use crate::evidence::journal::{Journal, JournalError};
use crate::evidence::keys::Keys;
use crate::evidence::receipt::{Observed, Receipt, Texts};
use crate::evidence::signed::{DocumentId, Signed};
use crate::evidence::suite::{KeyError, Signer};

/// Records every check of a gate before its decision is given out.
///
/// First the bundle, then the receipt: a receipt without its bundle would be a decision that
/// nobody can re-derive, and a bundle without its receipt is harmless.
pub struct Recorder {
    signer: Signer,
    journal: Box<dyn Journal>,
    bundles: Option<Box<dyn BundleStore>>,
}

/// Why a check was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The operating system has no random bytes.
    #[error("the operating system has no random bytes")]
    NoRandom,
    /// The system's clock.
    #[error("the receipt could not be dated")]
    Clock(#[from] InvalidForm),
    /// The key.
    #[error("the receipt could not be signed")]
    Sign(#[from] KeyError),
    /// The check could not be written as JSON.
    #[error("the check cannot be written")]
    Json(#[from] serde_json::Error),
    /// The bundle was not kept.
    #[error("the bundle was not kept")]
    Bundle(#[from] StoreError),
    /// The receipt is not in the log.
    #[error("the receipt is not in the log")]
    Journal(#[from] JournalError),
}

/// A check that is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The receipt's id.
    pub id: DocumentId,
    /// The receipt.
    pub receipt: Signed<Receipt>,
    /// Its index in the log, from 0.
    pub index: u64,
}

impl Recorder {
    /// A recorder that signs with these keys.
    pub fn new(keys: Keys, journal: impl Journal + 'static) -> Self {
        Self { signer: keys.receipts, journal: Box::new(journal), bundles: None }
    }

    /// Keeps bundles too. Without them a receipt shows that a check was made, and nobody can
    /// re-derive its decision.
    #[must_use]
    pub fn bundles(mut self, bundles: impl BundleStore + 'static) -> Self {
        self.bundles = Some(Box::new(bundles));
        self
    }

    /// Records a check. When this returns, what is on record lasts.
    // RAIL R12: a decision that is given out can be re-derived.
    pub(crate) fn check(
        &self,
        observed: &Observed<'_>,
        component: &[u8],
    ) -> Result<Recorded, RecordError> {
        let opening = Opening::fresh().map_err(|_| RecordError::NoRandom)?;
        let made_at = Moment::now()?;
        let texts = Texts::of(observed)?;
        let suite = self.signer.public().suite();
        let receipt = Receipt::of(observed, &texts, made_at, suite, &opening);
        let sealed = Signed::seal(receipt, &self.signer)?;
        if let Some(bundles) = &self.bundles {
            bundles.keep(&NewBundle {
                id: &sealed.id,
                made_at,
                json: &Bundle::compose(&texts, &opening, &sealed),
                component: observed.component,
                component_bytes: component,
            })?;
        }
        let index = self.journal.append(&Entry::wrap("receipt", &sealed.bytes))?;
        Ok(Recorded { id: sealed.id, receipt: sealed.signed, index })
    }

    /// Records what an office did about a receipt: the feedback's id, and its index in the log.
    /// What in a free text may be an identifier is masked, and the suite is the key's.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if it cannot be signed or is not in the log.
    pub fn feedback(&self, feedback: Feedback) -> Result<(DocumentId, u64), RecordError> {
        let suite = self.signer.public().suite();
        let sealed = Signed::seal(Feedback { suite, ..feedback.masked() }, &self.signer)?;
        let index = self.journal.append(&Entry::wrap("feedback", &sealed.bytes))?;
        Ok((sealed.id, index))
    }

    /// Records that a check was due and failed.
    pub(crate) fn failure(
        &self,
        application: &Application,
        fault: &Fault,
    ) -> Result<u64, RecordError> {
        let failed = Failed::of(application, fault, Moment::now()?);
        Ok(self.journal.append(&Entry::Failure(failed).to_json())?)
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("signer", &self.signer).finish_non_exhaustive()
    }
}
