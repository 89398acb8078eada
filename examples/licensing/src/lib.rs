//! A licensing office that embeds the credit check: intake → completeness → credit check →
//! examination → decision.
//!
//! One module per step. The step that matters is [`decision::approve`]: it takes
//! [`&Checked`](mustcheck::Checked), which only the gate makes, so that a licence without a check
//! is a program that does not compile.

pub mod completeness;
pub mod decision;
pub mod flow;
pub mod intake;
pub mod notice;
pub mod report;

pub use completeness::Completeness;
pub use decision::{Approval, Examined, NotApproved, approve};
pub use flow::{CaseError, Handled, Office, Outcome};
pub use intake::{CaseFile, IntakeError};
