//! What comes after a check: feedback (执行反馈), what is overdue (督办), exports and statistics.
//!
//! All of it is read from the log, and all of the log is read: each function holds the entries
//! that it counts against the signed checkpoint, and gives no figure over a log that was changed.
//! The log is read from its end, on all cores: a feedback comes after its receipt, so that whoever
//! meets a receipt knows what was reported about it, and forgets it again.
//!
//! RAIL R10: what is counted are checks. Nothing here counts, sorts or compares persons or firms;
//! the log could not tell them apart.

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
