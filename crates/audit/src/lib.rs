//! Work after a check: feedback (执行反馈), overdue reports (督办), exports and statistics.
//!
//! All of it is read from the log, and always from the whole log: each function checks the entries
//! that it counts against the signed checkpoint, and gives no figure over a log that was changed.
//! The log is read from its end, on all cores. A feedback comes after its receipt; so when a
//! receipt is met, everything reported about it is known and can then be dropped.
//!
//! RAIL R10: checks are counted. Nothing here counts, sorts or compares persons or firms; the log
//! could not tell them apart.

pub mod export;
pub mod feedback;
mod names;
pub mod overdue;
pub mod page;
pub mod report;
mod reported;
mod scan;
mod sequel;
mod source;
mod view;
pub mod words;

pub use feedback::{FeedbackError, FeedbackFile, RecordedFeedback};
pub use names::Names;
pub use overdue::Overdue;
pub use report::{By, Period, Report};
pub use source::{AuditError, Source};
