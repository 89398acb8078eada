//! Suites of test cases: an application, what the sources hold, and the expected decision.
//!
//! Data flows one way: folders → cases → policies → decisions → differences → coverage. Nothing
//! here prints; `mustcheck test` reports the results in two languages.

pub mod case;
pub mod compare;
pub mod coverage;
pub mod expected;
pub mod find;
pub mod finding;
pub mod invent;
pub mod junit;
pub mod policies;
pub mod run;

pub use case::Case;
pub use find::find;
pub use finding::Finding;
pub use policies::{Policies, Source};
pub use run::{Ran, Verdict};
