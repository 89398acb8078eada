//! A receipt with the feedback about it, as known when further feedback is recorded.

use super::rules;
use super::{FeedbackError, FeedbackFile, RecordedFeedback, Recording, composed};
use crate::reported::Story;
use crate::sequel::Sequel;
use crate::source::AuditError;
use crate::view::{FeedbackEntry, View};
use mustcheck_evidence::{DocumentId, Entry, Feedback, Keys, Signed};

/// One receipt with the feedback about it in the log. Further feedback is checked against it. The
/// caller must keep others from recording feedback about the same receipt while a dossier exists.
pub struct Dossier {
    sequel: Sequel,
    story: Story,
}

/// A feedback that fits its receipt: signed, and not yet in the log.
#[derive(Clone, Debug)]
pub struct SignedFeedback {
    id: DocumentId,
    feedback: Feedback,
    /// The entry to append.
    pub entry: Vec<u8>,
}

impl SignedFeedback {
    /// Returns the feedback with its index, for the caller to use once the entry is appended.
    pub fn recorded(self, index: u64) -> RecordedFeedback {
        RecordedFeedback { id: self.id, index, feedback: self.feedback }
    }
}

impl Dossier {
    pub(super) const fn new(sequel: Sequel, story: Story) -> Self {
        Self { sequel, story }
    }

    /// Reads the entry of a receipt and those of the feedback about it, in the order of the log,
    /// each with its index.
    ///
    /// # Errors
    ///
    /// [`AuditError::Entry`] if an entry is not that receipt or not feedback about it.
    pub fn read<'a>(
        id: &DocumentId,
        receipt: (u64, &[u8]),
        feedback: impl IntoIterator<Item = (u64, &'a [u8])>,
    ) -> Result<Self, AuditError> {
        let (index, entry) = receipt;
        let view = match View::read(index, entry)? {
            View::Receipt(view) if view.id() == *id => view,
            _ => return Err(AuditError::entry(index, &format!("it is not receipt `{id}`"))),
        };
        let mut story = Story::default();
        for (index, entry) in feedback {
            match View::read(index, entry)? {
                View::Feedback(entry) if entry.feedback.receipt == *id => story.put(*entry),
                _ => {
                    let detail = format!("it is no feedback about receipt `{id}`");
                    return Err(AuditError::entry(index, &detail));
                }
            }
        }
        Ok(Self { sequel: Sequel::with_id(id.clone(), index, &view), story })
    }

    /// Checks a file against the receipt and the earlier reports, and signs it. An accepted file
    /// counts as reported for the next one.
    ///
    /// # Errors
    ///
    /// [`FeedbackError::Invalid`] with the place, `number` being the position of the file;
    /// [`FeedbackError::Sign`] if the key fails.
    pub fn accept(
        &mut self,
        number: usize,
        file: &FeedbackFile,
        recording: Recording,
        keys: &Keys,
    ) -> Result<SignedFeedback, FeedbackError> {
        let invalid = |(place, fault)| FeedbackError::Invalid { file: number, place, fault };
        let accepted =
            rules::accept(file, &self.sequel, &self.story, recording).map_err(invalid)?;
        let feedback = composed(accepted, &self.sequel, recording.at, keys);
        let one = Signed::seal(feedback, keys.signer())?;
        let (id, feedback) = (one.id, one.signed.payload);
        self.story.put(FeedbackEntry { id: id.clone(), feedback: feedback.clone() });
        let entry = Entry::wrap("feedback", &one.bytes);
        Ok(SignedFeedback { id, feedback, entry })
    }
}

/// Error for a receipt that the log does not have; `number` is the position of the file.
pub fn no_receipt(number: usize, id: &DocumentId) -> FeedbackError {
    let (place, fault) = rules::no_receipt(id);
    FeedbackError::Invalid { file: number, place, fault }
}
