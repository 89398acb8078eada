//! The operations, and the one table of them.

mod checks;
mod feedback;
mod lookups;
mod papers;
mod receipts;
mod status;

pub use checks::{CheckAnswer, ReceiptReference};
pub use feedback::FeedbackAnswer;
pub(crate) use feedback::not_recorded;
pub use lookups::{DueLookup, LookupsAnswer};
pub(crate) use receipts::{unknown, unreadable};
pub use status::PoliciesAnswer;

use crate::operation::Entry;

/// Every operation.
pub(crate) fn table() -> Vec<Entry> {
    vec![
        Entry::of::<checks::MakeCheck>(),
        Entry::of::<papers::WritePapers>(),
        Entry::of::<lookups::ListLookups>(),
        Entry::of::<feedback::RecordFeedback>(),
        Entry::of::<receipts::ReadReceipt>(),
        Entry::of::<status::ListPolicies>(),
        Entry::of::<status::Alive>(),
        Entry::of::<status::Ready>(),
        Entry::of::<status::ReadMetrics>(),
        Entry::of::<status::ReadOpenApi>(),
    ]
}
