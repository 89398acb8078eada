//! Registry, log, bundles and requests of `mustcheck` in PostgreSQL, so that any number of
//! replicas of a service share them.
//!
//! ```no_run
//! use mustcheck_evidence::{Keys, Recorder};
//! use mustcheck::{Gate, Policy};
//! use mustcheck_postgres::{Config, Database, PostgresBundles, PostgresLog, PostgresRegistry};
//!
//! # async fn gate() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Database::connect(&Config::new("postgresql://mustcheck@db/credit")).await?;
//! database.migrate().await?;
//! let keys = Keys::open("keys".as_ref())?;
//! let log = PostgresLog::open(&database, &keys).await?;
//! let recorder =
//!     Recorder::new_async(keys, log).async_bundles(PostgresBundles::new(&database, None));
//! let gate = Gate::builder()
//!     .policy(Policy::embedded()?)
//!     .async_registry(PostgresRegistry::new(database))
//!     .recorder(recorder)
//!     .build_async()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! - A lookup is one statement: one round trip, one consistent state of all sources. A database
//!   that is down or late is an error, which is a fault of the check, and never "no records".
//! - When an append returns an index, the transaction with the entry, the tree's edge and the
//!   signed checkpoint is committed. A commit without an answer is looked up; if it cannot be,
//!   the error says that it is not known, and the check has no decision.
//! - Replicas with the same keys share one log: no gap, no entry twice, one tree.
//!
//! # What is not portable
//!
//! The statements keep to what PostgreSQL, Citus, CockroachDB and YugabyteDB share: no extension,
//! no advisory lock, no `LISTEN`, no server-side code. What a database of another kind has to
//! give: `SELECT … FOR UPDATE` that waits, `ON CONFLICT`, `unnest` of several arrays, `SET LOCAL
//! statement_timeout`, foreign keys (Citus: only between tables that lie on one node). See the
//! README. Only PostgreSQL is tested.

mod bundles;
mod config;
mod database;
mod error;
mod log;
mod random;
mod registry;
mod requests;

pub use bundles::{PostgresBundles, StoredBundle};
pub use config::{Config, Tls};
pub use database::Database;
pub use error::{Error, Failure};
pub use log::{ClaimedLog, LogEntry, Mirrored, PostgresLog, Verified};
pub use registry::{BlockingRegistry, PostgresRegistry};
pub use requests::{Begun, Claim, Requests, Response};
