//! Suites of cases: what is applied for, what the sources hold, and what must come of it.
//!
//! Data flows one way: folders → cases → policies → decisions → differences → coverage. Nothing
//! here prints; the verb `test` says in two languages what comes out.

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
