//! The bundle: everything that a re-derivation of one decision needs, for the office's own file.
//!
//! It holds personal data in clear. Who may not see the case may not see the bundle.

use std::future::Future;
use std::pin::Pin;

use mustcheck_model::{Answer, Application, Decision, Query, Verdict};

use crate::receipts::canonical::{self, NotCanonical};
use crate::receipts::digest::{ContentDigest, Moment, Opening};
use crate::receipts::error::StoreError;
use crate::receipts::payload::DocumentId;
use crate::receipts::receipt::{Receipt, Texts};
use crate::receipts::signed::{Sealed, Signed};

crate::format_tag! {
    /// The format of bundles.
    BundleFormat = "mustcheck-evidence/1"
}

crate::document! {
    /// Everything that a re-derivation needs. The file is in canonical JSON (RFC 8785): the digests
    /// in the receipt are of the values exactly as the file has them.
    pub struct Bundle {
        /// The format.
        pub format: BundleFormat,
        /// The application.
        pub application: Application,
        /// Answers of the registry, as given.
        pub answers: Vec<Answer>,
        /// The decision.
        pub decision: Decision,
        /// The lookups that were due.
        pub due: Vec<Query>,
        /// The key of the receipt's digests.
        pub opening: Opening,
        /// The receipt.
        pub receipt: Signed<Receipt>,
        /// Verdict of the component; the decision is this verdict in words.
        pub verdict: Verdict,
    }
}

impl Bundle {
    /// Reads a bundle, every byte of which counts.
    ///
    /// # Errors
    ///
    /// [`NotCanonical`] with the place.
    pub fn from_json(json: &[u8]) -> Result<Self, NotCanonical> {
        canonical::read(json)
    }

    /// The file of a bundle, from texts that are canonical JSON already.
    pub(crate) fn compose(texts: &Texts, opening: &Opening, receipt: &Sealed<Receipt>) -> Vec<u8> {
        let opening = canonical::canonical(opening).unwrap_or_default();
        [
            b"{\"answers\":[",
            &*texts.answers.join(&b','),
            b"],\"application\":",
            &texts.application,
            b",\"decision\":",
            &texts.decision,
            b",\"due\":",
            &texts.due,
            b",\"format\":\"mustcheck-evidence/1\",\"opening\":",
            &opening,
            b",\"receipt\":",
            &receipt.bytes,
            b",\"verdict\":",
            &texts.verdict,
            b"}",
        ]
        .concat()
    }
}

/// A component that evidence keeps.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    /// Its digest.
    pub digest: ContentDigest,
    /// The component.
    pub bytes: &'a [u8],
}

/// A bundle that is to be kept, with the components that decided and wrote.
pub struct NewBundle<'a> {
    /// The receipt's id, which names the file.
    pub id: &'a DocumentId,
    /// Moment at which the receipt was made.
    pub made_at: Moment,
    /// The bundle.
    pub json: &'a [u8],
    /// The component that decided.
    pub policy: Program<'a>,
    /// The writer's component, which writes the decision again.
    pub writer: Program<'a>,
}

/// A store of bundles. A folder is one; an office's case files may be another.
pub trait BundleStore: Send + Sync {
    /// Keeps a bundle. When this returns, it is there for good.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if that is not certain.
    fn keep(&self, bundle: &NewBundle<'_>) -> Result<(), StoreError>;
}

/// Future that an asynchronous store returns.
pub type KeepFuture<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// A store that is waited for, such as one behind a network.
pub trait AsyncBundleStore: Send + Sync {
    /// Keeps a bundle, as [`BundleStore::keep`] does.
    fn keep<'a>(&'a self, bundle: &'a NewBundle<'a>) -> KeepFuture<'a>;
}
