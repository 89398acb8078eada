//! The recorder of a gate: it keeps the receipt, and the bundle that re-derives the decision.

use std::fmt;

use mustcheck_model::Application;

use crate::error::Fault;
use crate::receipts::bundle::{AsyncBundleStore, Bundle, BundleStore, NewBundle, Program};
use crate::receipts::digest::{ContentDigest, Moment, Opening};
use crate::receipts::entry::{Entry, Failed};
use crate::receipts::error::RecordError;
use crate::receipts::feedback::Feedback;
use crate::receipts::journal::{AsyncJournal, Journal};
use crate::receipts::payload::DocumentId;
use crate::receipts::receipt::{Observed, Receipt, Texts};
use crate::receipts::signed::{Sealed, Signed};
use crate::receipts::suite::Signer;
use crate::writer_component::WriterComponent;

/// Records every check of a gate before its decision is given out.
///
/// First the bundle, then the receipt: a receipt without its bundle would be a decision that nobody
/// can re-derive. A bundle without its receipt is one whose decision was never given out, or whose
/// receipt was cut off the log: verification reports it.
pub struct Recorder {
    signer: Signer,
    journal: Kept<dyn Journal, dyn AsyncJournal>,
    bundles: Option<Kept<dyn BundleStore, dyn AsyncBundleStore>>,
}

/// A store that keeps things at once, or one that is waited for.
enum Kept<S: ?Sized, A: ?Sized> {
    AtOnce(Box<S>),
    Awaited(Box<A>),
}

/// A receipt that is signed and not yet on record.
struct Prepared {
    sealed: Sealed<Receipt>,
    made_at: Moment,
    /// The bundle; empty if bundles are not kept.
    bundle: Vec<u8>,
}

impl Prepared {
    fn entry(&self) -> Vec<u8> {
        Entry::wrap("receipt", &self.sealed.bytes)
    }

    fn bundle<'a>(&'a self, digest: ContentDigest, bytes: &'a [u8]) -> NewBundle<'a> {
        NewBundle {
            id: &self.sealed.id,
            made_at: self.made_at,
            json: &self.bundle,
            policy: Program { digest, bytes },
            writer: Program {
                digest: WriterComponent::embedded_digest(),
                bytes: WriterComponent::embedded(),
            },
        }
    }

    fn recorded(self, index: u64) -> Recorded {
        Recorded { id: self.sealed.id, receipt: self.sealed.signed, index }
    }
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
    /// Makes a recorder that signs with this key.
    pub fn new(signer: impl Into<Signer>, journal: impl Journal + 'static) -> Self {
        Self { signer: signer.into(), journal: Kept::AtOnce(Box::new(journal)), bundles: None }
    }

    /// Makes a recorder that waits for its journal, for
    /// [`Gate::check_async`](crate::Gate::check_async).
    pub fn new_async(signer: impl Into<Signer>, journal: impl AsyncJournal + 'static) -> Self {
        Self { signer: signer.into(), journal: Kept::Awaited(Box::new(journal)), bundles: None }
    }

    /// Keeps bundles too. Without them a receipt shows that a check was made, and nobody can
    /// re-derive its decision.
    #[must_use]
    pub fn bundles(mut self, bundles: impl BundleStore + 'static) -> Self {
        self.bundles = Some(Kept::AtOnce(Box::new(bundles)));
        self
    }

    /// Keeps bundles too, in a store that is waited for.
    #[must_use]
    pub fn async_bundles(mut self, bundles: impl AsyncBundleStore + 'static) -> Self {
        self.bundles = Some(Kept::Awaited(Box::new(bundles)));
        self
    }

    /// Whether it waits, so that only an asynchronous check can be recorded.
    pub(crate) const fn waits(&self) -> bool {
        matches!(self.journal, Kept::Awaited(_)) || matches!(self.bundles, Some(Kept::Awaited(_)))
    }

    fn prepare(&self, observed: &Observed<'_>) -> Result<Prepared, RecordError> {
        let opening = Opening::fresh().map_err(|_| RecordError::NoRandom)?;
        let made_at = Moment::now()?;
        let texts = Texts::of(observed)?;
        let suite = self.signer.public().suite();
        let receipt = Receipt::of(observed, &texts, made_at, suite, &opening);
        let sealed = Signed::seal(receipt, &self.signer)?;
        let bundle = match &self.bundles {
            Some(_) => Bundle::compose(&texts, &opening, &sealed),
            None => Vec::new(),
        };
        Ok(Prepared { sealed, made_at, bundle })
    }

    /// Records a check. When this returns, what is on record lasts.
    // RAIL R12: a decision that is given out can be re-derived.
    pub(crate) fn check(
        &self,
        observed: &Observed<'_>,
        component: &[u8],
    ) -> Result<Recorded, RecordError> {
        let prepared = self.prepare(observed)?;
        match &self.bundles {
            None => {}
            Some(Kept::AtOnce(store)) => {
                store.keep(&prepared.bundle(observed.component, component))?;
            }
            Some(Kept::Awaited(_)) => return Err(RecordError::NeedsAsync),
        }
        let index = self.append(&prepared.entry())?;
        Ok(prepared.recorded(index))
    }

    /// Records a check as [`Recorder::check`] does, waiting for asynchronous stores and journals.
    /// With a journal of the caller's own, the receipt goes there.
    // RAIL R12
    pub(crate) async fn check_awaited(
        &self,
        observed: &Observed<'_>,
        component: &[u8],
        journal: Option<&dyn AsyncJournal>,
    ) -> Result<Recorded, RecordError> {
        let prepared = self.prepare(observed)?;
        let bundle = prepared.bundle(observed.component, component);
        match &self.bundles {
            None => {}
            Some(Kept::AtOnce(store)) => store.keep(&bundle)?,
            Some(Kept::Awaited(store)) => store.keep(&bundle).await?,
        }
        let index = self.append_awaited(prepared.entry(), journal).await?;
        Ok(prepared.recorded(index))
    }

    fn append(&self, entry: &[u8]) -> Result<u64, RecordError> {
        match &self.journal {
            Kept::AtOnce(journal) => Ok(journal.append(entry)?),
            Kept::Awaited(_) => Err(RecordError::NeedsAsync),
        }
    }

    async fn append_awaited(
        &self,
        entry: Vec<u8>,
        journal: Option<&dyn AsyncJournal>,
    ) -> Result<u64, RecordError> {
        Ok(match (journal, &self.journal) {
            (Some(journal), _) => journal.append(entry).await?,
            (None, Kept::AtOnce(journal)) => journal.append(&entry)?,
            (None, Kept::Awaited(journal)) => journal.append(entry).await?,
        })
    }

    /// Records what an office did about a receipt; returns the feedback's id and its index in the
    /// log. What in a free text may be an identifier is masked, and the suite is the key's.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if it cannot be signed or is not in the log.
    pub fn feedback(&self, feedback: Feedback) -> Result<(DocumentId, u64), RecordError> {
        let suite = self.signer.public().suite();
        let sealed = Signed::seal(Feedback { suite, ..feedback.masked() }, &self.signer)?;
        let index = self.append(&Entry::wrap("feedback", &sealed.bytes))?;
        Ok((sealed.id, index))
    }

    /// Records that a check was due and failed.
    pub(crate) fn failure(
        &self,
        application: &Application,
        fault: &Fault,
    ) -> Result<u64, RecordError> {
        let failed = Failed::of(application, fault, Moment::now()?);
        self.append(&Entry::Failure(failed).to_json())
    }

    /// Records that a check was due and failed, waiting for an asynchronous journal.
    pub(crate) async fn failure_awaited(
        &self,
        application: &Application,
        fault: &Fault,
    ) -> Result<u64, RecordError> {
        let failed = Failed::of(application, fault, Moment::now()?);
        self.append_awaited(Entry::Failure(failed).to_json(), None).await
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("signer", &self.signer).finish_non_exhaustive()
    }
}
