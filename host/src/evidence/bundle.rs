//! The bundle: all that a re-derivation of one decision needs, for the office's own file.
//!
//! It holds personal data in clear. Who may not see the case may not see the bundle.

mod folder;
mod sealed;

use mustcheck_model::{Answer, Application, Decision};

pub use folder::{
    AsyncBundleStore, BundleFolder, BundleStore, COMPONENTS, ENDING, KeepFuture, NewBundle,
    SEALED_ENDING, StoreError, id_of_file,
};
pub use sealed::{AgeError, Identities, Recipients};

use crate::evidence::canonical::{self, NotCanonical};
use crate::evidence::digest::Opening;
use crate::evidence::receipt::{Receipt, Texts, document, format_tag};
use crate::evidence::signed::{Sealed, Signed};

format_tag! {
    /// The format of bundles.
    BundleFormat = "mustcheck-evidence/1"
}

document! {
    /// What a re-derivation needs. The file is in canonical JSON (RFC 8785): the digests in the
    /// receipt are of the values as they stand in it.
    pub struct Bundle {
        /// The format.
        pub format: BundleFormat,
        /// The application.
        pub application: Application,
        /// What the registry answered, as given.
        pub answers: Vec<Answer>,
        /// The decision.
        pub decision: Decision,
        /// The key of the receipt's digests.
        pub opening: Opening,
        /// The receipt.
        pub receipt: Signed<Receipt>,
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
            b",\"format\":\"mustcheck-evidence/1\",\"opening\":",
            &opening,
            b",\"receipt\":",
            &receipt.bytes,
            b"}",
        ]
        .concat()
    }
}
